"""Reading second codings: one's own blind codes in the text, units for the figures, disagreements."""

from collections import defaultdict
from dataclasses import dataclass

import pandas as pd
from django.db.models import Prefetch

from evaluations.conditions import Condition
from evaluations.models import AnswerVersion, Passage, SettlementVersion

from .coding import Coded, coded_answers

COLUMNS = ("round_id", "condition", "kind", "first", "second")


@dataclass(frozen=True)
class Mark:
    """A coded passage, whoever coded it: what the marked text needs to know of it."""

    pk: int
    answer_id: int
    condition: str
    kind: str
    start: int | None
    end: int | None
    passage: str
    text: str
    strand_id: int | None = None

    @property
    def condition_label(self):
        """Return the condition as people read it."""
        return Condition(self.condition).label


@dataclass(frozen=True)
class Disagreement:
    """A unit on which two coders differ, with the answer as marked text and the words that each coded.

    ``now`` are the quotations that say today that it is coded; ``log`` are the decisions, newest first.
    """

    unit: object
    marked: object
    first: tuple
    second: tuple
    now: tuple
    log: tuple
    text_changed: bool


def units_frame(units):
    """Return scoped units as a frame with ``COLUMNS``. One query."""
    return pd.DataFrame(list(units.order_by().values_list(*COLUMNS)), columns=list(COLUMNS))


def with_people(rounds):
    """Return rounds with their interview and who had a part in them."""
    return rounds.select_related("interview", "second", "opened_by", "closed_by")


def blind_desk(answers, codes):
    """Return an interview's answers with text as ``CodedAnswer`` objects, and one's own codes as ``Coded``.

    One query a parameter.
    """
    answers = list(answers.exclude(text=""))
    texts = {answer.pk: answer.text for answer in answers}
    coded = [
        Coded(number, _blind_mark(row, texts.get(row.answer_id, "")), row.kind, (), (), ())
        for number, row in enumerate(codes.order_by("at", "pk"), start=1)
    ]
    return list(coded_answers(answers, coded).values()), coded


def disagreements(units, quotations, codes):
    """Return scoped units of one round, each with all that settling it needs. A fixed number of queries."""
    log = Prefetch("versions", SettlementVersion.objects.select_related("by"), to_attr="log")
    units = list(units.select_related("answer__question", "round", "settled_by").prefetch_related(log))
    answers = {unit.answer_id: unit.answer for unit in units}
    by_first, by_second = defaultdict(list), defaultdict(list)
    for row in quotations.filter(answer__in=answers):
        by_first[row.answer_id, row.condition, row.kind].append(_quotation_mark(row))
    texts = _texts(answers)
    changed = set()
    for row in codes.filter(answer__in=answers):
        text = texts.get((row.answer_id, row.text_version), "")
        by_second[row.answer_id, row.condition, row.kind].append(_blind_mark(row, text))
        if text != answers[row.answer_id].text:
            changed.add(row.answer_id)
    return [
        _disagreement(unit, by_first[_key(unit)], by_second[_key(unit)], unit.answer_id in changed)
        for unit in units
    ]


def _disagreement(unit, now, second, text_changed):
    passages = [*now, *(mark for mark in second if not text_changed)]
    coded = [Coded(number, mark, mark.kind, (), (), ()) for number, mark in enumerate(passages, start=1)]
    return Disagreement(
        unit=unit,
        marked=coded_answers([unit.answer], coded)[unit.answer_id],
        first=tuple(now) if unit.first else (),
        second=tuple(second),
        now=tuple(now),
        log=tuple(unit.log),
        text_changed=text_changed,
    )


def _texts(answers):
    """Return the texts that answers have or had, by (answer, version)."""
    rows = AnswerVersion.objects.filter(answer__in=answers, set_aside=False)
    texts = {(row.answer_id, row.number): row.text for row in rows}
    return texts | {(row.pk, row.version): row.text for row in answers.values()}


def _key(row):
    return row.answer_id, row.condition, row.kind


def _quotation_mark(row):
    return Mark(row.pk, row.answer_id, row.condition, row.kind, row.start, row.end, row.passage, row.text)


def _blind_mark(row, text):
    words = text[row.start : row.end]
    place = Passage.IN_PLACE if words else Passage.GONE
    return Mark(row.pk, row.answer_id, row.condition, row.kind, row.start, row.end, place, words)
