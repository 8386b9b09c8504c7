"""Reading the quotations that wait for consent or approval: counted, narrowed, and by whom to ask."""

from collections import Counter
from dataclasses import dataclass
from itertools import groupby

from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Length

from evaluations.models import Finding, InterviewParticipant


@dataclass(frozen=True)
class Asked:
    """Quotations of one speaker or, where nobody is named, of one interview (both empty: of nobody known)."""

    speaker: str
    interview: str
    quotations: tuple


def tallies(quotations):
    """Return ``{what they wait for: how many}`` of quotations with ``waits``.

    Counted here: to group by what is told by so many conditions, PostgreSQL works it out again and again.
    """
    return Counter(quotations.order_by().values_list("waits", flat=True))


def narrowed(quotations, *, strand="", participant=""):
    """Return the quotations of a strand (its slug) and of a participant (a code), in order of who spoke.

    A quotation belongs to the strand it was coded under, and to those of its findings. One that nobody is
    named for belongs to everybody who was there.
    """
    if strand:
        found = Finding.objects.filter(
            quotations=OuterRef("pk"), strand__slug=strand, removed_at__isnull=True
        )
        quotations = quotations.filter(Q(strand__slug=strand) | Exists(found))
    if participant:
        there = InterviewParticipant.objects.filter(
            interview=OuterRef("answer__interview"), participant__code=participant
        )
        quotations = quotations.filter(Q(speaker__code=participant) | Q(speaker__isnull=True) & Exists(there))
    return quotations.order_by(
        Length("speaker__code").asc(nulls_last=True),
        F("speaker__code").asc(nulls_last=True),
        Length("answer__interview__code").asc(nulls_last=True),
        F("answer__interview__code").asc(nulls_last=True),
        "pk",
    )


def by_speaker(quotations):
    """Return ``GatedQuotation`` objects, in the order of ``narrowed``, as ``Asked`` groups."""
    return [
        Asked(speaker=speaker, interview=interview, quotations=tuple(rows))
        for (speaker, interview), rows in groupby(quotations, key=_whom)
    ]


def _whom(quotation):
    return quotation.speaker, "" if quotation.speaker else str(quotation.interview or "")
