"""Reading what was coded in an interview: the marked text, the evidence column, the figures per condition."""

import re
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from urllib.parse import urlencode

from django.db.models import Case, Prefetch, Q, When

from evaluations.conditions import CodeKind, Condition
from evaluations.models import Passage
from evaluations.text import search_words

MOST_CHOICES = 10
KEPT = ("condition", "show", "code")  # of the page's address, from step to step
_PARAGRAPH = re.compile(r"[^\n]+(?:\n[^\n]+)*")


@dataclass(frozen=True)
class Coded:
    """A quotation of an interview: its number there, the row, and what it is evidence for."""

    number: int
    row: object
    kind: str
    findings: tuple
    recommendations: tuple
    points: tuple

    @property
    def is_loose(self):
        """Say whether it supports no finding and no recommendation yet."""
        return not (self.findings or self.recommendations)

    @property
    def thing(self):
        """Return what it can support, in a word: ``barrier``, ``achievement`` or ``recommendation``."""
        return "recommendation" if self.kind == CodeKind.SUGGESTION else self.kind

    @property
    def words_now(self):
        """Return what stands in its place where the answer was changed since, else nothing."""
        row = self.row
        return row.answer.text[row.start : row.end] if row.passage == Passage.CHANGED else ""


@dataclass(frozen=True)
class Segment:
    """A piece of a text with the passages that cover it and those that begin with it."""

    start: int
    text: str
    over: tuple
    begins: tuple


@dataclass(frozen=True)
class CodedAnswer:
    """An answer's text as paragraphs of segments; ``strand`` is the number of the one to begin with."""

    answer: object
    paragraphs: tuple
    quotations: int
    strand: int | None

    @property
    def words(self):
        """Return how many words the answer has."""
        return len(self.answer.text.split())


@dataclass(frozen=True)
class Choice:
    """A finding or a recommendation that a quotation could support."""

    pk: int
    text: str
    about: str


@dataclass(frozen=True)
class Evidence:
    """The evidence column: sums by kind, the entries shown (without a finding first), and how many in all."""

    sums: tuple
    entries: tuple
    show: str
    here: int
    whole: int
    loose: int


@dataclass(frozen=True)
class CodingDesk:
    """What the interview's page needs to code it.

    ``answers`` by number, what to choose from, the ``removed`` quotations and the one to ``undo``, the number
    of the one that is ``open`` with its ``choices``, and where the page stands: the numbers of the answers in
    ``code`` mode, and the page's ``query``.
    """

    answers: dict
    evidence: Evidence
    tallies: dict
    strands: tuple
    participants: tuple
    removed: tuple
    undo: object
    open: int
    choices: tuple
    code: tuple
    query: str

    @property
    def conditions(self):
        """Return the six conditions, to choose from."""
        return tuple(Condition)

    @property
    def kinds(self):
        """Return what a passage can be, with the key for each."""
        return tuple((kind, kind.label[0]) for kind in CodeKind)


def coding_desk(interview, quotations, removed, findings, recommendations, points, strands, asked):
    """Return the ``CodingDesk`` of an interview (from ``queries.interviews.with_answers``).

    The rows are those that the member sees, ``asked`` is ``forms.coding.EvidenceForm.asked`` with the
    condition that is on screen. A fixed number of queries.
    """
    own = quotations.filter(answer__interview=interview)
    coded = coded_quotations(own, findings, recommendations, points)
    gone = tuple(removed.filter(answer__interview=interview).order_by("-removed_at", "-pk"))
    opened = next((entry for entry in coded if entry.row.pk == asked["open"] and entry.kind), None)
    return CodingDesk(
        answers=coded_answers(interview.answers.all(), coded, interview.strands.all()),
        evidence=evidence(coded, condition=asked["condition"], show=asked["show"], opened=asked["open"]),
        tallies=tallies(coded),
        strands=tuple(strands),
        participants=tuple(interview.participants.all()),
        removed=gone,
        undo=next((row for row in gone if row.pk == asked["removed"]), None),
        open=opened.row.pk if opened else 0,
        choices=choices(opened, findings, recommendations) if opened else (),
        code=asked["code"],
        query=urlencode({name: asked[name] for name in KEPT if asked[name]}, doseq=True),
    )


def coded_quotations(quotations, findings, recommendations, points):
    """Return scoped quotations of one interview as ``Coded`` objects, numbered in the order of coding.

    ``findings``, ``recommendations`` and ``points`` (of reflections) are those that the member sees. Four
    queries.
    """
    rows = (
        quotations.select_related("answer__interview", "strand", "speaker")
        .prefetch_related(
            Prefetch("findings", findings, to_attr="seen_findings"),
            Prefetch("recommendations", recommendations, to_attr="seen_recommendations"),
            Prefetch("reflection_points", points.select_related("reflection"), to_attr="seen_points"),
        )
        .order_by("pk")
    )
    return [_coded(number, row) for number, row in enumerate(rows, start=1)]


def coded_answers(answers, coded, strands=()):
    """Return ``{answer's number: CodedAnswer}`` of answers with their text. No query.

    The strand to begin with is the answer's, or the interview's when it has one (``strands``), or the one
    used last, or the interview's first.
    """
    own = [strand.pk for strand in strands]
    used = [entry.row.strand_id for entry in reversed(coded) if entry.row.strand_id]
    start = next(iter(own if len(own) == 1 else used + own), None)
    return {answer.pk: _coded_answer(answer, coded, answer.strand_id or start) for answer in answers}


def evidence(coded, *, condition="", show="", opened=None):
    """Return the ``Evidence`` of an interview: of one ``condition``, "all" of it, or what is "loose".

    The quotation numbered ``opened`` in the database is always among the entries. No query.
    """
    here = [entry for entry in coded if condition in (entry.row.condition, entry.row.answer.condition)]
    loose = [entry for entry in coded if entry.is_loose]
    show = show or ("here" if condition else "all")
    chosen = {"here": here, "loose": loose}.get(show, coded)
    chosen = [*chosen, *(entry for entry in coded if entry.row.pk == opened and entry not in chosen)]
    return Evidence(
        sums=_sums(coded),
        entries=tuple(sorted(chosen, key=lambda entry: (entry.row.pk != opened, not entry.is_loose))),
        show=show,
        here=len(here),
        whole=len(coded),
        loose=len(loose),
    )


def tallies(coded):
    """Return ``{condition: ((CodeKind, count), ...)}`` of what was coded under each, zeros left out."""
    return {
        condition.value: _sums([entry for entry in coded if entry.row.condition == condition])
        for condition in Condition
    }


def choices(entry, findings, recommendations, words=""):
    """Return what a quotation could support, as ``Choice`` objects: the first ten that hold every word.

    That is recommendations for a suggestion, else findings of its kind. Those of its strand, and then of its
    condition, come first. One query.
    """
    is_suggestion = entry.kind == CodeKind.SUGGESTION
    rows, field = (recommendations, "title") if is_suggestion else (findings.filter(kind=entry.kind), "text")
    for word in search_words(words):
        rows = rows.filter(**{f"{field}__icontains": word})
    place = Case(
        When(Q(strand=entry.row.strand_id, condition=entry.row.condition), then=0),
        When(strand=entry.row.strand_id, then=1),
        default=2,
    )
    rows = rows.select_related("strand").order_by(place, "pk")[:MOST_CHOICES]
    return tuple(Choice(row.pk, getattr(row, field), _about(row)) for row in rows)


def _about(row):
    """Return for example ``Mental models · Coproduction · Draft``."""
    return " · ".join((row.get_condition_display(), row.strand.name, row.get_status_display()))


def _coded(number, row):
    findings, recommendations = tuple(row.seen_findings), tuple(row.seen_recommendations)
    kind = row.kind or (findings[0].kind if findings else "")
    return Coded(number, row, kind, findings, recommendations, tuple(row.seen_points))


def _sums(coded):
    counts = Counter(entry.kind for entry in coded)
    return tuple((kind, counts[kind]) for kind in CodeKind if counts[kind])


def _coded_answer(answer, coded, strand):
    own = [entry for entry in coded if entry.row.answer_id == answer.pk]
    marked = [entry for entry in own if entry.row.start is not None]
    paragraphs = [
        _segments(answer.text, match.start(), match.end(), marked)
        for match in _PARAGRAPH.finditer(answer.text)
    ]
    return CodedAnswer(answer, tuple(paragraphs), len(own), strand)


def _segments(text, low, high, marked):
    """Return the segments of one paragraph: cut wherever a passage begins or ends."""
    inside = [entry for entry in marked if entry.row.start < high and entry.row.end > low]
    edges = {low, high}
    for entry in inside:
        edges |= {max(low, entry.row.start), min(high, entry.row.end)}
    cuts = sorted(edges)
    return tuple(_segment(text, *span, inside) for span in pairwise(cuts))


def _segment(text, start, end, inside):
    over = tuple(entry for entry in inside if entry.row.start < end and entry.row.end > start)
    return Segment(start, text[start:end], over, tuple(entry for entry in over if entry.row.start == start))
