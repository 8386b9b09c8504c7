"""Who may do what in an evaluation, and which rows they see. The only place that answers either.

A view asks ``evaluation_for`` once, before it looks anything up: a stranger and a role that may not see the
page get 404, a role that may see but not do gets 403. Rows are scoped to an audience: evaluators, who see
everything, or readers, who see what is ready and who may be quoted. Every export and print view uses readers.
"""

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from django.core.exceptions import PermissionDenied
from django.db.models import (
    BooleanField,
    Case,
    CharField,
    Exists,
    ExpressionWrapper,
    OuterRef,
    Q,
    Value,
    When,
)
from django.db.models.functions import Length
from django.http import Http404
from django.shortcuts import get_object_or_404

from evaluations.models import (
    Answer,
    AnswerVersion,
    Attribution,
    AuditEvent,
    BlindCode,
    CellSummary,
    CodingRound,
    CodingUnit,
    ConflictingEdit,
    Consent,
    Evaluation,
    Finding,
    FindingChange,
    FindingQuotation,
    FindingStatus,
    GuideQuestion,
    Interview,
    InterviewParticipant,
    Invitation,
    Job,
    Membership,
    Owner,
    Participant,
    ParticipantIdentity,
    Quotation,
    QuotationVersion,
    Recommendation,
    Reflection,
    Role,
    Source,
    Strand,
)

LONGEST_NUMBER = 18  # digits that every database takes for a row's number


class Audience(StrEnum):
    """For whom rows are shown."""

    EVALUATORS = "evaluators"
    READERS = "readers"


class Waits(StrEnum):
    """What a quotation that readers do not see waits for."""

    ASK = "ask"
    APPROVE = "approve"
    REFUSED = "refused"
    NEVER = "never"


class Ability(StrEnum):
    """Something a member may or may not do."""

    SEE_SHARED = "see_shared"
    SEE_CONFIDENTIAL = "see_confidential"
    WRITE_FINDINGS = "write_findings"
    SET_UP = "set_up"
    WRITE_RECOMMENDATIONS = "write_recommendations"
    LINK_BARRIERS = "link_barriers"
    TRACK_RECOMMENDATIONS = "track_recommendations"


@dataclass(frozen=True)
class Rule:
    """Which roles have an ability, and whether the page exists at all for the others."""

    roles: frozenset
    hidden: bool = False


RULES = {
    Ability.SEE_SHARED: Rule(frozenset(Role)),
    Ability.SEE_CONFIDENTIAL: Rule(frozenset({Role.EVALUATOR}), hidden=True),
    Ability.WRITE_FINDINGS: Rule(frozenset({Role.EVALUATOR})),
    Ability.SET_UP: Rule(frozenset({Role.EVALUATOR})),
    Ability.WRITE_RECOMMENDATIONS: Rule(frozenset({Role.EVALUATOR})),
    Ability.LINK_BARRIERS: Rule(frozenset({Role.EVALUATOR, Role.LEAD})),
    Ability.TRACK_RECOMMENDATIONS: Rule(frozenset({Role.LEAD})),
}


@dataclass(frozen=True)
class Member:
    """A signed-in person in one evaluation."""

    user: object
    evaluation: Evaluation
    role: Role

    @property
    def audience(self):
        """Return for whom this person's own screens are made."""
        return Audience.EVALUATORS if can(self, Ability.SEE_CONFIDENTIAL) else Audience.READERS

    @cached_property
    def may(self):
        """Return every ability's name with whether this person has it, for templates."""
        return {ability.value: can(self, ability) for ability in Ability}


def can(member, ability):
    """Say whether ``member`` has ``ability``."""
    return member.role in RULES[ability].roles


def check(member, ability):
    """Raise Http404 where the page is hidden from the member's role, PermissionDenied where only closed."""
    if not can(member, ability):
        if RULES[ability].hidden:
            raise Http404
        raise PermissionDenied


def evaluation_for(user, slug, ability=Ability.SEE_SHARED):
    """Return the ``Member`` that ``user`` is of the evaluation ``slug``.

    Raises Http404 to somebody who is no member of it (or when there is none), and as ``check`` does.
    """
    membership = (
        Membership.objects.select_related("evaluation").filter(user=user, evaluation__slug=slug).first()
    )
    if membership is None:
        raise Http404
    member = Member(user=user, evaluation=membership.evaluation, role=Role(membership.role))
    check(member, ability)
    return member


def row_for(rows, sent, **address):
    """Return the one of ``rows`` that a form names by its number (``row``), else that of the ``address``.

    A form that was opened before somebody gave the row another code still finds it. Raises Http404.
    """
    number = sent.get("row", "")
    if number.isascii() and number.isdecimal() and len(number) <= LONGEST_NUMBER:
        return get_object_or_404(rows, pk=int(number))
    return get_object_or_404(rows, **address)


def memberships_of(user):
    """Return a person's own memberships with their evaluations, by title."""
    return (
        Membership.objects.filter(user=user).select_related("evaluation").order_by("evaluation__title", "pk")
    )


def strands_for(member):
    """Return the strands of the member's evaluation, in order; removed ones nobody sees here."""
    return Strand.objects.filter(evaluation=member.evaluation, removed_at__isnull=True)


def removed_strands_for(member):
    """Return the strands that can be put back: to those who set up the evaluation, none to anybody else."""
    rows = Strand.objects.filter(evaluation=member.evaluation, removed_at__isnull=False)
    return rows if can(member, Ability.SET_UP) else rows.none()


def findings_for(member, audience=None):
    """Return the findings that ``audience`` (the member's own unless given) sees; removed ones nobody."""
    rows = Finding.objects.filter(evaluation=member.evaluation, removed_at__isnull=True)
    if (audience or member.audience) is Audience.EVALUATORS:
        return rows
    return rows.filter(status=FindingStatus.READY)


def quotations_for(member, audience=None):
    """Return the quotations that ``audience`` sees, each with ``reaches_readers`` (true or false).

    Removed ones nobody sees. Who codes an interview blind sees none from it until the round closes, not even
    on the pages that are made for readers.
    """
    rows = Quotation.objects.filter(evaluation=member.evaluation, removed_at__isnull=True).annotate(
        reaches_readers=ExpressionWrapper(reaches_readers(), output_field=BooleanField())
    )
    rows = rows.exclude(Exists(blind_rounds_of(member).filter(interview=OuterRef("answer__interview"))))
    if (audience or member.audience) is Audience.EVALUATORS:
        return rows
    return rows.filter(reaches_readers=True)


def removed_quotations_for(member):
    """Return the quotations that were removed and can be restored: to evaluators, else none.

    As of the others, who codes an interview blind sees none from it until the round closes.
    """
    rows = Quotation.objects.filter(evaluation=member.evaluation, removed_at__isnull=False)
    blind = blind_rounds_of(member).filter(interview=OuterRef("answer__interview"))
    return _confidential(member, rows.exclude(Exists(blind)))


def blind_rounds_of(member):
    """Return the open rounds in which the member is the second coder."""
    return CodingRound.objects.filter(
        evaluation=member.evaluation, second=member.user, closed_at__isnull=True
    )


def rounds_for(member):
    """Return the second codings, cancelled ones left out: all to evaluators, none to anybody else."""
    rows = CodingRound.objects.filter(evaluation=member.evaluation, is_cancelled=False)
    return _confidential(member, rows)


def blind_codes_for(member):
    """Return the codes of second coders to evaluators: one's own, and those of closed rounds.

    Of an interview that somebody codes blind, that person sees no other round's until they have finished.
    """
    rows = BlindCode.objects.filter(evaluation=member.evaluation)
    blind = blind_rounds_of(member).filter(interview=OuterRef("round__interview"))
    seen = Q(round__closed_at__isnull=False) & ~Q(Exists(blind)) | Q(round__second=member.user)
    return _confidential(member, rows.filter(seen))


def coding_units_for(member):
    """Return the units of closed second codings, how they were settled included: evaluators only.

    Of an interview that somebody codes blind once more, that person sees none until they have finished.
    """
    rows = CodingUnit.objects.filter(evaluation=member.evaluation)
    blind = blind_rounds_of(member).filter(interview=OuterRef("round__interview"))
    return _confidential(member, rows.exclude(Exists(blind)))


def reaches_readers():
    """Return the condition under which a quotation may be shown to readers.

    Published in its source; or approved by an evaluator, and its speaker, who has not withdrawn, consents
    (or asks to be asked first and agreed to these words) and did not refuse these words. With an unknown
    speaker in an interview the strictest consent among its participants decides.
    """
    consents, asks = _consent()
    agreed = Q(agreed_on__isnull=False)
    approved = Q(approved_on__isnull=False, refused_on__isnull=True)
    return Q(source__isnull=False) | approved & (consents | asks & agreed)


def waiting_quotations_for(member):
    """Return the quotations that readers do not see, each with what it ``waits`` for (of ``Waits``).

    All to evaluators, none to anybody else.
    """
    consents, asks = _consent()
    waits = Case(
        When((consents | asks) & Q(refused_on__isnull=False), then=Value(Waits.REFUSED.value)),
        When(consents | asks & Q(agreed_on__isnull=False), then=Value(Waits.APPROVE.value)),
        When(asks, then=Value(Waits.ASK.value)),
        default=Value(Waits.NEVER.value),
        output_field=CharField(),
    )
    rows = quotations_for(member, Audience.EVALUATORS).filter(reaches_readers=False)
    return _confidential(member, rows.annotate(waits=waits))


def _consent():
    """Return two conditions on quotations: everybody whose consent decides gave it; or has to be asked.

    That is the speaker or, when it is not known who spoke, everybody who took part in the interview.
    """
    present = InterviewParticipant.objects.filter(interview=OuterRef("answer__interview"))
    refuses = Q(participant__withdrawn_on__isnull=False) | Q(
        participant__consent__in=[Consent.NO, Consent.NOT_RECORDED]
    )
    one_asks = Q(Exists(present.filter(participant__consent=Consent.ASK_FIRST)))
    somebody = Q(speaker__isnull=True) & Q(Exists(present)) & ~Q(Exists(present.filter(refuses)))
    speaker = Q(speaker__isnull=False, speaker__withdrawn_on__isnull=True)
    consents = speaker & Q(speaker__consent=Consent.YES) | somebody & ~one_asks
    asks = speaker & Q(speaker__consent=Consent.ASK_FIRST) | somebody & one_asks
    return consents, asks


def evidence_links_for(member, audience=None):
    """Return the links between findings and quotations of which ``audience`` sees both."""
    return FindingQuotation.objects.filter(
        evaluation=member.evaluation,
        finding__in=findings_for(member, audience),
        quotation__in=quotations_for(member, audience).values("pk"),
    )


def all_links_for(member):
    """Return every link between findings and quotations, for reading pairs of numbers by finding.

    Who reads them has scoped the findings already and scopes the quotations next: unlike
    ``evidence_links_for`` this compares no table with another, so it stays fast whatever the database
    believes of their sizes.
    """
    return FindingQuotation.objects.filter(evaluation=member.evaluation)


def unseen_links_for(member):
    """Return the links to quotations that readers do not see: all to evaluators, none to anybody else."""
    unseen = quotations_for(member, Audience.EVALUATORS).filter(reaches_readers=False)
    rows = FindingQuotation.objects.filter(evaluation=member.evaluation, quotation__in=unseen.values("pk"))
    return _confidential(member, rows)


def changes_for(member):
    """Return the steps of work on findings: all to evaluators, none to anybody else."""
    return _confidential(member, FindingChange.objects.filter(evaluation=member.evaluation))


def summaries_for(member):
    """Return the signed summaries of cells, which every member sees; those taken back nobody."""
    return CellSummary.objects.filter(evaluation=member.evaluation, removed_at__isnull=True)


def taken_back_summaries_for(member):
    """Return the summaries that were taken back: all to evaluators, none to anybody else."""
    rows = CellSummary.objects.filter(evaluation=member.evaluation, removed_at__isnull=False)
    return _confidential(member, rows)


def recommendations_for(member):
    """Return the recommendations, which every member sees."""
    return Recommendation.objects.filter(evaluation=member.evaluation)


def history_lines_for(member, recommendation):
    """Return the history of a recommendation.

    What was said of draft barriers, and that a participant withdrew, is for evaluators only.
    """
    lines = recommendation.history.all()
    if can(member, Ability.SEE_CONFIDENTIAL):
        return lines
    confidential = Q(history_change_reason__endswith=" a draft barrier") | Q(
        history_change_reason="A participant withdrew"
    )
    return lines.exclude(confidential)


def owners_for(member):
    """Return the people and teams who can own recommendations."""
    return Owner.objects.filter(evaluation=member.evaluation)


def reflections_for(member):
    """Return the reflections, which every member sees as part of the published report."""
    return Reflection.objects.filter(evaluation=member.evaluation)


def sources_for(member):
    """Return the published sources."""
    return Source.objects.filter(evaluation=member.evaluation)


def attributions_for(member):
    """Return whom a quotation may be attributed to: the rows that ``forms.findings.QuotationForm`` takes.

    Of an interview that the member codes blind, no answer: only their blind codes count there.
    """
    blind = blind_rounds_of(member).values("interview")
    return {
        "speakers": list(participants_for(member).filter(withdrawn_on__isnull=True)),
        "answers": list(answers_for(member).exclude(interview__in=blind)),
        "sources": list(sources_for(member)),
    }


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


def interviews_for(member):
    """Return the interviews: all to evaluators, none to anybody else."""
    return _confidential(member, Interview.objects.filter(evaluation=member.evaluation))


def answers_for(member):
    """Return the answers with their interviews, without their words: all to evaluators, else none."""
    rows = Answer.objects.filter(evaluation=member.evaluation).select_related("interview", "question")
    by_code = rows.order_by(Length("interview__code"), "interview__code", "pk")
    return _confidential(member, by_code.defer("text", "prompt"))


def set_aside_for(member, record):
    """Return what people sent on top of an older version of a record: to evaluators, else to the sender."""
    rows = ConflictingEdit.objects.filter(
        evaluation=member.evaluation, record_type=record._meta.model_name, record_id=record.pk
    ).select_related("by")
    return rows if can(member, Ability.SEE_CONFIDENTIAL) else rows.filter(by=member.user)


def answer_versions_for(member, interview):
    """Return the texts that an interview's answers had, and those set aside: to evaluators, else none."""
    rows = AnswerVersion.objects.filter(evaluation=member.evaluation, answer__interview=interview)
    return _confidential(member, rows)


def quotation_versions_for(member, quotation):
    """Return the words a quotation once had, and those set aside: to evaluators, else none."""
    rows = QuotationVersion.objects.filter(evaluation=member.evaluation, quotation=quotation)
    return _confidential(member, rows.select_related("by"))


def participants_for(member):
    """Return the participants: all to evaluators, none to anybody else."""
    return _confidential(member, Participant.objects.filter(evaluation=member.evaluation))


def identities_for(member):
    """Return who the participants are: all to evaluators, none to anybody else."""
    return _confidential(member, ParticipantIdentity.objects.filter(evaluation=member.evaluation))


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


def guide_for(member):
    """Return the interview guide: all to evaluators, none to anybody else."""
    rows = GuideQuestion.objects.filter(evaluation=member.evaluation, removed_at__isnull=True)
    return _confidential(member, rows)


def removed_questions_for(member):
    """Return the questions that were taken out of the guide: all to evaluators, none to anybody else."""
    rows = GuideQuestion.objects.filter(evaluation=member.evaluation, removed_at__isnull=False)
    return _confidential(member, rows)


def members_for(member):
    """Return the memberships of the evaluation."""
    return (
        Membership.objects.filter(evaluation=member.evaluation).select_related("user").order_by("role", "pk")
    )


def invitations_for(member):
    """Return the invitations: all to those who set up the evaluation, none to anybody else."""
    rows = Invitation.objects.filter(evaluation=member.evaluation)
    return rows if can(member, Ability.SET_UP) else rows.none()


def audit_for(member):
    """Return the audit events: all to evaluators, none to anybody else."""
    return _confidential(member, AuditEvent.objects.filter(evaluation=member.evaluation))


def jobs_for(member):
    """Return the long work asked for, without the files it holds: all to evaluators, none to anybody else."""
    rows = Job.objects.filter(evaluation=member.evaluation).select_related("by", "file")
    return _confidential(member, rows.defer("file__content"))


def _confidential(member, rows):
    return rows if can(member, Ability.SEE_CONFIDENTIAL) else rows.none()
