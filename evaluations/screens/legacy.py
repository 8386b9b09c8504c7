"""The legacy plan and its road test, as the page and the files show them. Never a draft, whoever asks."""

from collections import Counter
from dataclasses import dataclass

from evaluations import access
from evaluations.analysis.road_test import (
    Gap,
    Place,
    Plan,
    PlanAmbition,
    PlanRecommendation,
    Rule,
    conditions_of,
    levels_of,
    road_test,
)
from evaluations.analysis.sentences import listed
from evaluations.conditions import Condition, Kind
from evaluations.forms.legacy import PlanFilterForm
from evaluations.models import Lasting
from evaluations.queries.findings import cell_counts
from evaluations.queries.legacy import (
    conditions_by_ambition,
    ending_unheld,
    first_in_cells,
    places_answered,
    standing,
)

SHOWN = 3  # findings of one kind, and recommendations, in one cell
SHOWN_GAPS = 50  # of one rule


@dataclass(frozen=True)
class ShownAchievement:
    """An achievement that supports an ambition; ``words`` say whether it lasts, as it stands today."""

    row: object
    words: str


@dataclass(frozen=True)
class ShownCell:
    """One condition of an ambition: how much there is (``place``), and those rows that are shown of it."""

    place: Place
    is_needed: bool
    achievements: tuple = ()
    barriers: tuple = ()
    answers: tuple = ()
    also_placed: tuple = ()

    @property
    def condition(self):
        """Return the condition."""
        return self.place.condition


@dataclass(frozen=True)
class ShownAmbition:
    """An ambition with its six cells, in the model's order, and the gap that it is itself, if it is one."""

    row: object
    conditions: tuple
    cells: tuple
    gap: object

    @property
    def levels(self):
        """Return the cells in the model's shape: three above two above one."""
        return levels_of(self.cells)


@dataclass(frozen=True)
class ShownStrand:
    """A strand and its ambitions, in their order."""

    strand: object
    ambitions: tuple


@dataclass(frozen=True)
class ShownGap:
    """A gap in words, the row that it is about, and, where it is accepted as it is, the acceptance."""

    gap: Gap
    strand: object
    row: object
    sentence: str
    acceptance: object = None

    @property
    def subject(self):
        """Return what the gap is called."""
        return self.gap.subject


@dataclass(frozen=True)
class ShownRule:
    """A rule in words, and what it found: how many gaps, and those that remain and are shown."""

    rule: Rule
    heading: str
    explanation: str
    found: int
    remaining: int
    shown: tuple

    @property
    def accepted(self):
        """Return how many of its gaps are accepted as they are."""
        return self.found - self.remaining


@dataclass(frozen=True)
class LegacyScreen:
    """The plan as somebody asked for it; ``ended`` when the programme's end date has passed.

    ``strands`` are all of the evaluation, ``parts`` those asked for; ``is_begun`` says whether there is any
    ambition in the whole evaluation; ``accepted`` are the gaps that are accepted as they are.
    """

    form: PlanFilterForm
    strands: tuple
    parts: tuple
    rules: tuple
    accepted: tuple
    is_begun: bool
    ended: bool

    @property
    def strand(self):
        """Return the slug of the strand that is asked for; nothing for all of them."""
        return self.form.strand

    @property
    def public(self):
        """Return the strands shown that do not come from interviews."""
        return [part.strand for part in self.parts if not part.strand.from_interviews]

    @property
    def found(self):
        """Return how many gaps the road test found."""
        return sum(rule.found for rule in self.rules)

    @property
    def remaining(self):
        """Return how many of them are not accepted."""
        return sum(rule.remaining for rule in self.rules)


def read_plan(member, sent, *, most=SHOWN, most_gaps=SHOWN_GAPS):
    """Return the ``LegacyScreen`` of a member's evaluation: the same for everybody. Fixed queries.

    ``sent`` are the parameters of the address (strand, show); a cell shows ``most`` rows of each sort, a rule
    ``most_gaps`` gaps; None for all.
    """
    reader = _Reader(member)
    form = PlanFilterForm(sent, strands=reader.strands.values())
    form.is_valid()
    asked_for = {number: row for number, row in reader.strands.items() if form.strand in ("", row.slug)}
    gaps = [gap for gap in reader.gaps.values() if gap.strand in asked_for]
    remaining = {rule: [] for rule in Rule}
    for gap in gaps:
        if gap.subject not in reader.acceptances:
            remaining[gap.rule].append(gap)
    accepted = [gap for gap in gaps if gap.subject in reader.acceptances]
    reader.fetch([*accepted, *(gap for left in remaining.values() for gap in left[:most_gaps])])
    reader.fill(asked_for, most)
    found = Counter(gap.rule for gap in gaps)
    return LegacyScreen(
        form=form,
        strands=tuple(reader.strands.values()),
        parts=tuple(ShownStrand(row, reader.ambitions_of(row, most)) for row in asked_for.values()),
        rules=tuple(reader.rule(rule, found[rule], left, most_gaps) for rule, left in remaining.items()),
        accepted=reader.in_words(accepted),
        is_begun=bool(reader.ambitions),
        ended=reader.ended,
    )


def find_gap(member, subject):
    """Return the ``ShownGap`` with this subject, accepted or not; None when there is no such gap now."""
    reader = _Reader(member)
    gaps = [reader.gaps[subject]] if subject in reader.gaps else []
    reader.fetch(gaps)
    return next(iter(reader.in_words(gaps)), None)


class _Reader:
    """What the road test of one evaluation looks at, read once, and what it found, put into words."""

    def __init__(self, member):
        recommendations = standing(access.recommendations_for(member))
        ambitions = access.ambitions_for(member)
        self.ended = member.evaluation.has_ended
        self.strands = {row.pk: row for row in access.strands_for(member)}
        self.ambitions = {row.pk: row for row in ambitions}
        self.recommendations = {row.pk: row for row in recommendations}
        self.acceptances = {row.subject: row for row in access.accepted_gaps_for(member).select_related("by")}
        self.findings, self.cells = {}, {}  # those of ``fetch`` and ``fill``
        findings = access.findings_for(member, access.Audience.READERS).filter(strand__in=self.strands)
        self._all_findings = findings
        self.plan = _plan(
            self.strands,
            self.ambitions.values(),
            conditions_by_ambition(ambitions),
            cell_counts(findings),
            ending_unheld(findings),
            self.recommendations.values(),
            places_answered(recommendations, findings),
        )
        self.gaps = {gap.subject: gap for gap in road_test(self.plan)}

    def fetch(self, gaps):
        """Read the findings that these gaps are about."""
        wanted = [gap.number for gap in gaps if gap.rule is Rule.ENDS_UNHELD]
        self.findings = self._all_findings.in_bulk(wanted)

    def fill(self, strands, most):
        """Read the first ``most`` findings of every cell of these strands, of those that have an ambition."""
        in_use = [strand for strand in strands if self.plan.needed[strand]]
        self.cells = first_in_cells(self._all_findings, in_use, most=most)

    def ambitions_of(self, strand, most):
        """Return the ``ShownAmbition`` objects of a strand."""
        own = [row for row in self.plan.ambitions if row.strand == strand.pk]
        return tuple(self._ambition(row, most) for row in own)

    def rule(self, rule, found, remaining, most):
        """Return a ``ShownRule`` that shows the first ``most`` of its ``remaining`` gaps."""
        return ShownRule(
            rule=rule,
            heading=rule.heading(ended=self.ended),
            explanation=rule.explanation(ended=self.ended),
            found=found,
            remaining=len(remaining),
            shown=self.in_words(remaining[:most]),
        )

    def in_words(self, gaps):
        """Return gaps as ``ShownGap`` objects; one whose finding went meanwhile is left out."""
        found = ((gap, self._about(gap)) for gap in gaps)
        return tuple(
            ShownGap(
                gap=gap,
                strand=self.strands[gap.strand],
                row=row,
                sentence=self._sentence(gap, row),
                acceptance=self.acceptances.get(gap.subject),
            )
            for gap, row in found
            if row
        )

    def _about(self, gap):
        rows = {
            Rule.TANGIBLE_ONLY: self.ambitions,
            Rule.UNANSWERED_CONDITION: self.strands,
            Rule.ENDS_UNHELD: self.findings,
            Rule.SERVES_NO_AMBITION: self.recommendations,
        }
        return rows[gap.rule].get(gap.number)

    def _sentence(self, gap, row):
        match gap.rule:
            case Rule.TANGIBLE_ONLY:
                needs = next(one for one in self.plan.ambitions if one.id == gap.number).conditions
                return f"{_quoted(row.text)} leans only on {_labels(needs)}."
            case Rule.UNANSWERED_CONDITION:
                number = self.plan.places[gap.strand][gap.condition].barriers
                barriers = f"{number} barrier{'' if number == 1 else 's'}"
                return f"{gap.condition.label} has {barriers}, and neither an ambition nor a recommendation."
            case Rule.ENDS_UNHELD:
                verb = "ended" if self.ended else "ends"
                return f"{_quoted(row.text)} {verb} with the programme, and nobody is named who holds it."
            case Rule.SERVES_NO_AMBITION:
                own = next(one for one in self.plan.recommendations if one.id == gap.number)
                bears_on = _labels(conditions_of(own))
                said = f"{row.ref}, {_quoted(row.title)}, bears on {bears_on}"
                return f"{said}, which no ambition of its strand needs to shift."

    def _ambition(self, planned, most):
        gap = self.gaps.get(Gap(Rule.TANGIBLE_ONLY, planned.strand, planned.id).subject)
        places = self.plan.places[planned.strand].values()
        return ShownAmbition(
            row=self.ambitions[planned.id],
            conditions=tuple(one for one in Condition if one in planned.conditions),
            cells=tuple(
                self._cell(planned.strand, place, place.condition in planned.conditions, most)
                for place in places
            ),
            gap=next(iter(self.in_words([gap] if gap else [])), None),
        )

    def _cell(self, strand, place, is_needed, most):
        if not is_needed:
            return ShownCell(place, is_needed)
        achievements, barriers = (self.cells.get((strand, kind, place.condition), ()) for kind in Kind)
        return ShownCell(
            place=place,
            is_needed=is_needed,
            achievements=tuple(
                ShownAchievement(row, Lasting(row.lasting).worded(ended=self.ended)) for row in achievements
            ),
            barriers=tuple(barriers),
            answers=tuple(self.recommendations[number] for number in place.answers[:most]),
            also_placed=tuple(self.recommendations[number] for number in place.also_placed[:most]),
        )


def _plan(strands, ambitions, conditions, counts, unheld, recommendations, answered):
    """Return the ``Plan`` of rows."""
    return Plan(
        strands=tuple(strands),
        ambitions=tuple(
            PlanAmbition(row.pk, row.strand_id, frozenset(conditions.get(row.pk, ()))) for row in ambitions
        ),
        counts=counts,
        unheld=unheld,
        recommendations=tuple(
            PlanRecommendation(row.pk, row.strand_id, row.condition, frozenset(answered[row.pk]))
            for row in recommendations
        ),
    )


def _quoted(text):
    """Return somebody's sentence as part of another one."""
    return f"“{text.rstrip('. ')}”"


def _labels(conditions):
    """Return conditions in a sentence, in the model's order: ``Policies, Practices and Power dynamics``."""
    return listed([one.label for one in Condition if one in conditions])
