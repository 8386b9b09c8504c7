"""Which findings, quotations and links between them an audience sees; what is written around them."""

from enum import StrEnum

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
from django.db.models.lookups import Exact

from evaluations.models import (
    Action,
    Answer,
    ConflictingEdit,
    Consent,
    Finding,
    FindingChange,
    FindingQuotation,
    FindingStatus,
    InterviewParticipant,
    Quotation,
    QuotationVersion,
    Reflection,
    ReflectionPoint,
    ReflectionStatus,
    Source,
)

from .coding import blind_rounds_of
from .interviews import answers_for, participants_for
from .rules import Ability, Audience, can, confidential


class Waits(StrEnum):
    """What a quotation that readers do not see waits for."""

    ASK = "ask"
    APPROVE = "approve"
    REFUSED = "refused"
    NEVER = "never"


def findings_for(member, audience=None):
    """Return the findings that ``audience`` (the member's own unless given) sees; removed ones nobody."""
    return Finding.objects.filter(is_seen_by(audience or member.audience), evaluation=member.evaluation)


def is_seen_by(audience, path=""):
    """Return the condition that ``audience`` sees a finding; ``path`` leads to it from other rows."""
    is_there = Q(**{f"{path}removed_at__isnull": True})
    if audience is Audience.EVALUATORS:
        return is_there
    return is_there & Q(**{f"{path}status": FindingStatus.READY})


def quotations_for(member, audience=None):
    """Return the quotations that ``audience`` sees, each with ``reaches_readers`` (true or false).

    Removed ones nobody sees. Who codes an interview blind sees none from it until the round closes, not even
    on the pages that are made for readers.
    """
    rows = _but_blind(member, standing_quotations(member.evaluation), "answer")
    if (audience or member.audience) is Audience.EVALUATORS:
        return rows
    return rows.filter(reaches_readers=True)


def coded_quotations_for(member):
    """Return the quotations that somebody coded in an answer: for numbers of coders, never for words.

    Unlike ``quotations_for`` this asks nothing of speakers and consent.
    """
    rows = Quotation.objects.filter(evaluation=member.evaluation, removed_at__isnull=True)
    return _but_blind(member, rows.filter(coder__isnull=False, answer__isnull=False), "answer")


def removed_quotations_for(member):
    """Return the quotations that were removed and can be restored: to evaluators, else none.

    As of the others, who codes an interview blind sees none from it until the round closes.
    """
    rows = Quotation.objects.filter(evaluation=member.evaluation, removed_at__isnull=False)
    return confidential(member, _but_blind(member, rows, "answer"))


def _but_blind(member, rows, answer):
    """Leave out rows from interviews that the member codes blind; ``answer`` is where a row names its answer.

    These answers, mostly none, are looked up once and not for each row.
    """
    blind = Answer.objects.filter(interview__in=blind_rounds_of(member).values("interview"))
    return rows.exclude(**{f"{answer}__in": blind.values("pk")})


def standing_quotations(evaluation):
    """Return an evaluation's quotations but those removed, each with whether it ``reaches_readers``."""
    rows = Quotation.objects.filter(evaluation=evaluation, removed_at__isnull=True)
    return rows.annotate(reaches_readers=ExpressionWrapper(reaches_readers(), output_field=BooleanField()))


def reaches_readers():
    """Return the condition under which a quotation may be shown to readers.

    Published in its source; or approved by an evaluator, and its speaker, who has not withdrawn, consents
    (or asks to be asked first and agreed to these words) and did not refuse these words. With an unknown
    speaker in an interview the strictest consent among its participants decides.
    """
    consent, asked = _consent()
    approved = Q(approved_on__isnull=False, refused_on__isnull=True)
    return Q(source__isnull=False) | approved & consent & (Q(agreed_on__isnull=False) | ~asked)


def waiting_quotations_for(member):
    """Return the quotations that readers do not see, each with what it ``waits`` for (of ``Waits``).

    All to evaluators, none to anybody else.
    """
    consent, asked = _consent()
    willing = Case(
        When(refused_on__isnull=False, then=Value(Waits.REFUSED.value)),
        When(asked & Q(agreed_on__isnull=True), then=Value(Waits.ASK.value)),
        default=Value(Waits.APPROVE.value),
    )
    waits = Case(When(consent, then=willing), default=Value(Waits.NEVER.value), output_field=CharField())
    rows = quotations_for(member, Audience.EVALUATORS).filter(reaches_readers=False)
    return confidential(member, rows.annotate(waits=waits))


def _consent():
    """Return two conditions on quotations: all whose consent decides give it; one of them asks to be asked.

    That is the speaker or, when it is not known who spoke, everybody who took part in the interview. The
    second says nothing by itself where the first does not hold.
    """
    present = InterviewParticipant.objects.filter(interview=OuterRef("answer__interview"))
    refuses = Q(participant__withdrawn_on__isnull=False) | Q(
        participant__consent__in=[Consent.NO, Consent.NOT_RECORDED]
    )
    somebody = Q(speaker__isnull=True) & Q(Exists(present)) & ~Q(Exists(present.filter(refuses)))
    speaker = Q(speaker__withdrawn_on__isnull=True, speaker__consent__in=[Consent.YES, Consent.ASK_FIRST])
    one_asks = Q(Exists(present.filter(participant__consent=Consent.ASK_FIRST)))
    consent = Q(speaker__isnull=False) & speaker | somebody
    asked = Case(
        When(speaker__isnull=True, then=one_asks),
        When(speaker__consent=Consent.ASK_FIRST, then=Value(True)),
        default=Value(False),
        output_field=BooleanField(),
    )
    return consent, Q(Exact(asked, True))


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


def counted_links_for(member, audience=None):
    """Return the links between findings and quotations that count as evidence: for numbers, never for words.

    Whatever the speakers' consent, because how many interviews stand behind a finding tells nobody's words;
    who codes an interview blind counts none of it until the round closes. With an ``audience``, of the
    findings alone that it sees.
    """
    rows = FindingQuotation.objects.filter(evaluation=member.evaluation, quotation__removed_at__isnull=True)
    if audience:
        rows = rows.filter(is_seen_by(audience, "finding__"))
    return _but_blind(member, rows, "quotation__answer")


def unseen_links_for(member):
    """Return the links to quotations that readers do not see: all to evaluators, none to anybody else."""
    unseen = quotations_for(member, Audience.EVALUATORS).filter(reaches_readers=False)
    rows = FindingQuotation.objects.filter(evaluation=member.evaluation, quotation__in=unseen.values("pk"))
    return confidential(member, rows)


def changes_for(member):
    """Return the steps of work on findings: all to evaluators, none to anybody else."""
    return confidential(member, FindingChange.objects.filter(evaluation=member.evaluation))


def set_aside_for(member, record):
    """Return what people sent on top of an older version of a record: to evaluators, else to the sender.

    Of actions, which owners report on through private links too, to those who track.
    """
    rows = ConflictingEdit.objects.filter(
        evaluation=member.evaluation, record_type=record._meta.model_name, record_id=record.pk
    ).select_related("by")
    sees_all = can(member, Ability.SEE_CONFIDENTIAL) or (
        isinstance(record, Action) and can(member, Ability.TRACK_RECOMMENDATIONS)
    )
    return rows if sees_all else rows.filter(by=member.user)


def quotation_versions_for(member, quotation):
    """Return the words a quotation once had, and those set aside: to evaluators, else none."""
    rows = QuotationVersion.objects.filter(evaluation=member.evaluation, quotation=quotation)
    return confidential(member, rows.select_related("by"))


def earlier_words_for(member):
    """Return the words that every quotation once had, to look for them: to evaluators, else none.

    Who codes an interview blind gets none from it until the round closes.
    """
    rows = QuotationVersion.objects.filter(evaluation=member.evaluation)
    return confidential(member, _but_blind(member, rows, "quotation__answer"))


def reflections_for(member, audience=None):
    """Return the reflections that ``audience`` (the member's own unless given) sees; removed ones nobody."""
    rows = Reflection.objects.filter(evaluation=member.evaluation, removed_at__isnull=True)
    if (audience or member.audience) is Audience.EVALUATORS:
        return rows
    return rows.filter(status=ReflectionStatus.READY)


def points_for(member, audience=None):
    """Return the points of the reflections that ``audience`` sees; removed ones nobody."""
    return ReflectionPoint.objects.filter(
        evaluation=member.evaluation,
        removed_at__isnull=True,
        reflection__in=reflections_for(member, audience).values("pk"),
    )


def removed_reflections_for(member):
    """Return the reflections that were removed: to evaluators, none to anybody else."""
    rows = Reflection.objects.filter(evaluation=member.evaluation, removed_at__isnull=False)
    return confidential(member, rows)


def removed_points_for(member):
    """Return the points that were removed from reflections: to evaluators, none to anybody else."""
    rows = ReflectionPoint.objects.filter(evaluation=member.evaluation, removed_at__isnull=False)
    return confidential(member, rows)


def sources_for(member):
    """Return the published sources."""
    return Source.objects.filter(evaluation=member.evaluation)


def attributions_for(member):
    """Return whom a quotation may be attributed to: the rows that ``forms.findings.QuotationForm`` takes.

    Of an interview that the member codes blind, no answer: only their blind codes count there.
    """
    blind = blind_rounds_of(member).values("interview")
    return {
        "speakers": participants_for(member).filter(withdrawn_on__isnull=True),
        "answers": answers_for(member).exclude(interview__in=blind),
        "sources": list(sources_for(member)),
    }
