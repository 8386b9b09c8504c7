"""What a phone in a workshop shows: the round's findings by condition, with what this phone says of each."""

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256

from evaluations.conditions import LEVELS, Condition
from evaluations.models import Verdict, Weighing

from .findings import quotations_by_finding


@dataclass(frozen=True)
class Card:
    """One finding on a phone, what this phone says of it, and the words of its quotations."""

    id: int
    text: str
    strand: object
    quotations: tuple
    dots: int
    verdict: str
    note: str

    @property
    def fewer(self):
        """Return the number of dots after one is taken back."""
        return self.dots - 1

    @property
    def more(self):
        """Return the number of dots after one is given."""
        return self.dots + 1

    @property
    def verdicts(self):
        """Return ``[(verdict, whether it is chosen)]``."""
        return [(verdict, verdict == self.verdict) for verdict in Verdict]


@dataclass(frozen=True)
class ConditionPart:
    """The findings under one condition."""

    condition: Condition
    cards: tuple


@dataclass(frozen=True)
class Ballot:
    """The findings of a round in the model's shape (``levels`` of ``ConditionPart``), and its dots."""

    levels: tuple
    dots: int
    placed: int
    turn: int

    @property
    def left(self):
        """Return how many dots can still be placed."""
        return max(self.dots - self.placed, 0)

    @property
    def parts(self):
        """Return the conditions that hold findings, in the model's order."""
        return [part for level in self.levels for part in level if part.cards]

    @property
    def cards(self):
        """Return all findings in the order they are shown."""
        return [card for part in self.parts for card in part.cards]

    @cached_property
    def strands(self):
        """Return the strands that the findings are of, in order."""
        found = {card.strand for card in self.cards}
        return sorted(found, key=lambda strand: (strand.position, strand.pk))

    @property
    def weighed(self):
        """Return ``{finding: [dots, verdict]}`` of what this phone says of them."""
        return {card.id: [card.dots, card.verdict] for card in self.cards if card.dots or card.verdict}

    @property
    def fingerprint(self):
        """Return a short text that differs when other findings, or other words of them, are to be shown."""
        shown = [(card.id, card.text, card.quotations) for card in self.cards]
        return sha256(repr(shown).encode()).hexdigest()[:16]


def ballot(round, findings, links, quotations, weighings):
    """Return the ``Ballot`` of a phone: four queries, however many findings there are.

    All but ``round`` are as ``access`` scopes them to the phone.
    """
    rows = list(findings.select_related("strand").in_model_order())
    said = {row.finding_id: row for row in weighings}
    words = quotations_by_finding(
        rows, links, lambda ids: dict(quotations.filter(pk__in=ids).values_list("pk", "text"))
    )
    cards = defaultdict(list)
    for row in rows:
        cards[row.condition].append(_card(row, said.get(row.pk) or Weighing(), tuple(words[row.pk])))
    return Ballot(
        levels=tuple(
            tuple(ConditionPart(condition, tuple(cards[condition])) for condition in level)
            for level in LEVELS.values()
        ),
        dots=round.dots,
        placed=sum(said[row.pk].dots for row in rows if row.pk in said),
        turn=max((row.turn for row in said.values()), default=0),
    )


def _card(row, said, quotations):
    return Card(row.pk, row.text, row.strand, quotations, said.dots, said.verdict, said.note)
