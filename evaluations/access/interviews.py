"""Who sees interviews, participants and the guide: evaluators, but for what readers are told of groups."""

from django.db.models.functions import Length

from evaluations.models import (
    Answer,
    AnswerVersion,
    Attribution,
    GuideQuestion,
    Interview,
    InterviewCondition,
    InterviewStatus,
    Participant,
    ParticipantIdentity,
)

from .rules import Ability, can, confidential


def interviews_for(member):
    """Return the interviews: all to evaluators, none to anybody else."""
    return confidential(member, Interview.objects.filter(evaluation=member.evaluation))


def answers_for(member):
    """Return the answers with their interviews, without their words: all to evaluators, else none."""
    rows = Answer.objects.filter(evaluation=member.evaluation).select_related("interview", "question")
    by_code = rows.order_by(Length("interview__code"), "interview__code", "pk")
    return confidential(member, by_code.defer("text", "prompt"))


def answer_versions_for(member, interview):
    """Return the texts that an interview's answers had, and those set aside: to evaluators, else none."""
    rows = AnswerVersion.objects.filter(evaluation=member.evaluation, answer__interview=interview)
    return confidential(member, rows)


def asked_conditions_for(member):
    """Return what happened to each condition in the interviews that were held: for numbers of them alone.

    Every member sees such numbers. Interviews whose answers went with a withdrawal are not counted.
    """
    return InterviewCondition.objects.filter(
        evaluation=member.evaluation, interview__emptied_on__isnull=True
    ).exclude(interview__status=InterviewStatus.PLANNED)


def participants_for(member):
    """Return the participants: all to evaluators, none to anybody else."""
    return confidential(member, Participant.objects.filter(evaluation=member.evaluation))


def identities_for(member):
    """Return who the participants are: all to evaluators, none to anybody else."""
    return confidential(member, ParticipantIdentity.objects.filter(evaluation=member.evaluation))


def speakers_for_readers(member):
    """Return what decides how readers see a speaker named: ``(participants, identities)``.

    The participants who have not withdrawn, whose groups are counted; and the identities of those who agreed
    to be named, the only ones that ever reach a reader.
    """
    people = Participant.objects.filter(evaluation=member.evaluation, withdrawn_on__isnull=True)
    named = ParticipantIdentity.objects.filter(
        evaluation=member.evaluation,
        participant__withdrawn_on__isnull=True,
        participant__attribution=Attribution.NAMED,
    )
    return people, named


def organisations_for(member):
    """Return the participants' organisations as names without numbers, as an acknowledgement prints them.

    Readers see them once there is a published report that thanks them; before, who was asked is confidential.
    """
    if not (member.evaluation.report_title or can(member, Ability.SEE_CONFIDENTIAL)):
        return Participant.objects.none().values_list("organisation", flat=True)
    return (
        Participant.objects.filter(evaluation=member.evaluation, withdrawn_on__isnull=True)
        .exclude(organisation="")
        .values_list("organisation", flat=True)
        .distinct()
        .order_by("organisation")
    )


def guide_for(member):
    """Return the interview guide: all to evaluators, none to anybody else."""
    rows = GuideQuestion.objects.filter(evaluation=member.evaluation, removed_at__isnull=True)
    return confidential(member, rows)


def removed_questions_for(member):
    """Return the questions that were taken out of the guide: all to evaluators, none to anybody else."""
    rows = GuideQuestion.objects.filter(evaluation=member.evaluation, removed_at__isnull=False)
    return confidential(member, rows)
