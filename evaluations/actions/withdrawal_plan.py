"""What a withdrawal takes, counted before it does: for its page, and for ``withdrawal``."""

from dataclasses import dataclass

from django.db.models import Q
from simple_history.models import HistoricalChanges

from evaluations.importing.evidence_text import words_in
from evaluations.models import (
    CodingRound,
    EvidenceFile,
    Finding,
    FindingQuotation,
    HeldFile,
    ParticipantIdentity,
    Quotation,
    Recommendation,
    Reflection,
    ReflectionPoint,
    ReportFile,
    Setting,
)

from .amendments import find_amendments
from .copies import find_copies, traces_of
from .leaving import leaving


@dataclass(frozen=True)
class Said:
    """What was said in an interview, in numbers: ``quotations`` are those taken from it.

    All are None for somebody who is coding it blind.
    """

    interview: object
    answers: int | None = None
    words: int | None = None
    quotations: int | None = None

    @property
    def is_blind(self):
        """Say whether the numbers are kept from who asks, because they code the interview blind."""
        return self.answers is None


@dataclass(frozen=True)
class Evidence:
    """An evidence file that may hold something of who leaves; ``is_read`` says that it does, or its name.

    The others cannot be looked into: a picture, a PDF.
    """

    file: EvidenceFile
    is_read: bool


@dataclass(frozen=True)
class Going:
    """What a withdrawal takes, before it does.

    ``own`` are the one-to-one interviews, ``groups`` those in which others spoke too (each a ``Said``);
    ``rounds`` the second codings of ``own``, ``findings`` those left without evidence, ``copied`` the
    findings whose sentence holds the words or the name; ``other_copies`` counts other texts that do.
    ``versions`` are the numbers of the published versions that are amended, ``drafts`` counts files of the
    report's draft. ``evidence`` are files (each an ``Evidence``) that go only where somebody says so.
    """

    own: tuple
    groups: tuple
    rounds: tuple
    quotations: tuple
    findings: tuple
    copied: tuple
    other_copies: int
    reflections: tuple
    recommendations: tuple
    files: int
    drafts: int
    versions: tuple
    evidence: tuple
    has_identity: bool

    @property
    def is_blind(self):
        """Say whether numbers of an interview are kept from who asks, because they code it blind."""
        return any(said.is_blind for said in (*self.own, *self.groups))


def what_goes(participant, *, blind=frozenset()):
    """Return what a withdrawal takes, as ``Going``; what it would take with a group is counted there.

    Copies of what was taken out of a group's answers by hand are among what goes, as if these were kept.
    ``blind`` are the numbers of interviews that who asks is coding blind: nothing is told of what others
    coded or found in those.
    """
    own, groups = interviews_of(participant)
    open_own, open_groups = ([row for row in rows if row.pk not in blind] for rows in (own, groups))
    quotations = going_quotations(participant, own).exclude(answer__interview__in=blind)
    evaluation = participant.evaluation
    gone = leaving(participant, quotations, traces_of(participant, quotations, open_own, open_groups))
    copies = list(find_copies(evaluation, gone))
    amended = find_amendments(evaluation, gone)
    copied = {key for model, key, _ in copies if model is Finding}
    return Going(
        own=tuple(_said(row, blind) for row in own),
        groups=tuple(_said(row, blind) for row in groups),
        rounds=tuple(_second_codings(own)),
        quotations=tuple(quotations.select_related("answer__interview")),
        findings=tuple(left_without_evidence(quotations)),
        copied=tuple(Finding.objects.filter(pk__in=copied, removed_at__isnull=True)),
        other_copies=sum(not issubclass(model, (Finding, HistoricalChanges)) for model, _, _ in copies),
        reflections=tuple(_reflections(quotations)),
        recommendations=tuple(Recommendation.objects.filter(quotations__in=quotations).distinct()),
        files=HeldFile.objects.filter(evaluation=evaluation).count(),
        drafts=ReportFile.objects.filter(evaluation=evaluation, job__isnull=False).count(),
        versions=tuple(version.number for version in amended),
        evidence=tuple(_evidence(evaluation, gone)),
        has_identity=ParticipantIdentity.objects.filter(participant=participant).exists(),
    )


def _evidence(evaluation, gone):
    """Yield the evidence files in which something of theirs stands, and those that cannot be looked into."""
    rows = EvidenceFile.objects.filter(evaluation=evaluation).select_related("update__recommendation")
    for row in rows.iterator(chunk_size=1):  # a file can be large
        text, row.content = words_in(row.kind, bytes(row.content)), None
        about = [("recommendation", row.update.recommendation_id)]
        is_theirs = any(gone.strike(said, about) != said for said in (text or "", row.name))
        if is_theirs or text is None:
            yield Evidence(row, is_read=is_theirs)


def interviews_of(participant):
    """Return two lists: the interviews with nobody else in them, and the others."""
    rows = list(participant.interviews.filter(emptied_on__isnull=True).prefetch_related("participants"))
    own = [row for row in rows if row.setting != Setting.GROUP and len(row.participants.all()) == 1]
    return own, [row for row in rows if row not in own]


def going_quotations(participant, emptied):
    """Return the quotations that somebody said, whoever was with them, and all of what is to be emptied."""
    theirs = Q(speaker=participant) | Q(answer__interview__in=emptied)
    return Quotation.objects.filter(theirs, evaluation=participant.evaluation).order_by("pk")


def left_without_evidence(quotations):
    """Return the findings whose evidence is these quotations and nothing else."""
    going = set(quotations.values_list("pk", flat=True))
    linked = FindingQuotation.objects.filter(quotation__in=quotations.values("pk")).values("finding")
    links = FindingQuotation.objects.filter(finding__in=linked, quotation__removed_at__isnull=True)
    staying = {finding for finding, key in links.values_list("finding", "quotation") if key not in going}
    return [
        row
        for row in Finding.objects.filter(pk__in=linked, source__isnull=True, removed_at__isnull=True)
        if row.pk not in staying
    ]


def _reflections(quotations):
    """Return the reflections with a point that these quotations stand behind."""
    points = ReflectionPoint.objects.filter(quotations__in=quotations.values("pk"), removed_at__isnull=True)
    return Reflection.objects.filter(pk__in=points.values("reflection"), removed_at__isnull=True)


def _second_codings(interviews):
    """Return the second codings that go with these interviews, by interview."""
    rows = CodingRound.objects.filter(interview__in=interviews, is_cancelled=False)
    return rows.select_related("interview").order_by("interview", "pk")


def _said(interview, blind):
    if interview.pk in blind:
        return Said(interview)
    texts = [text for text in interview.answers.values_list("text", flat=True) if text]
    return Said(
        interview=interview,
        answers=len(texts),
        words=sum(len(text.split()) for text in texts),
        quotations=Quotation.objects.filter(answer__interview=interview).count(),
    )
