"""Reading interviews: rows for the list, one with everything in it, its conditions at a glance, versions."""

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Prefetch

from evaluations.conditions import LEVELS, Condition
from evaluations.models import AnswerVersion, CodingRound, ConditionState

SETTLED = (ConditionState.NOTHING_SAID, ConditionState.NOT_ASKED)
ONE_SITTING = timedelta(minutes=10)


@dataclass(frozen=True)
class Place:
    """One condition of an interview at a glance: words, what happened to it, what was coded under it."""

    condition: Condition
    words: int
    state: ConditionState
    tally: tuple

    @property
    def is_settled(self):
        """Say whether nothing more is to be written here."""
        return self.words > 0 or self.state in SETTLED

    @property
    def contradiction(self):
        """Say whether there is text where the evaluator said that nothing was asked or said."""
        return self.words > 0 and self.state in SETTLED

    @property
    def coded(self):
        """Return how many passages were coded under it."""
        return sum(count for _, count in self.tally)


@dataclass(frozen=True)
class Version:
    """A text that an answer had, or that was set aside: the row, and how many steps of typing led to it."""

    row: AnswerVersion
    is_now: bool
    steps: int


def for_list(interviews):
    """Return interviews with who took part and which strands they speak to."""
    return interviews.prefetch_related("participants", "strands")


def with_answers(interviews):
    """Return interviews with everything that one's own page shows."""
    open_rounds = CodingRound.objects.filter(closed_at__isnull=True).select_related("second")
    return interviews.select_related("interviewer").prefetch_related(
        "participants",
        "strands",
        "conditions",
        "answers__question",
        "answers__strand",
        Prefetch("rounds", open_rounds, to_attr="open_rounds"),
    )


def places(interview, tallies):
    """Return the six ``Place`` objects of an interview from ``with_answers``, in the model's order. No query.

    ``tallies`` is what ``queries.coding.tallies`` returns.
    """
    states = {row.condition: row.state for row in interview.conditions.all()}
    words = dict.fromkeys(Condition, 0)
    for answer in interview.answers.all():
        words[Condition(answer.condition)] += len(answer.text.split())
    return [
        Place(
            condition=condition,
            words=words[condition],
            state=ConditionState(states.get(condition, ConditionState.NOT_RECORDED)),
            tally=tuple(tallies[condition]),
        )
        for condition in Condition
    ]


def in_levels(places):
    """Return places as the model draws them: three, two, one."""
    by_condition = {place.condition: place for place in places}
    return [[by_condition[condition] for condition in level] for level in LEVELS.values()]


def first_open(interview):
    """Return the first condition that still needs writing up, else the first. No query."""
    nothing_coded = dict.fromkeys(Condition, ())
    shown = places(interview, nothing_coded)
    return next((place.condition for place in shown if not place.is_settled), shown[0].condition)


def suggested_focus(places):
    """Return the place under which most was coded, or None when none leads."""
    first, second = sorted(places, key=lambda place: place.coded, reverse=True)[:2]
    return first if first.coded > second.coded else None


def last_saved(answer):
    """Return the ``AnswerVersion`` of an answer as it is now, with who saved it; None before the first."""
    rows = answer.versions.filter(number=answer.version, set_aside=False)
    return rows.select_related("by").first()


def versions_of(answer, rows):
    """Return the texts of an answer, newest first, as ``Version`` objects. One query.

    ``rows`` are scoped versions. A step of typing that only added to the one before, within one sitting, is
    counted with the text that it led to.
    """
    found, newer = [], None
    for row in rows.filter(answer=answer).select_related("by").order_by("-at", "-pk"):
        if newer is not None and _led_to(row, newer):
            found[-1] = Version(found[-1].row, found[-1].is_now, found[-1].steps + 1)
        else:
            is_now = row.number == answer.version and not row.set_aside
            found.append(Version(row, is_now, 0))
        newer = row
    return found


def _led_to(row, newer):
    """Say whether a text is held whole in the next one, by the same person in the same sitting."""
    same = row.by_id == newer.by_id and not (row.set_aside or newer.set_aside)
    return same and newer.at - row.at < ONE_SITTING and newer.text.startswith(row.text)


def next_code(rows, letter="I"):
    """Return the code after the highest of interviews or participants, for example ``I08`` or ``P22``."""
    codes = rows.filter(code__regex=rf"^{letter}[0-9]{{1,6}}$").values_list("code", flat=True)
    highest = max((int(code[1:]) for code in codes), default=0)
    return f"{letter}{highest + 1:02d}"


def emptied_lately(interviews, today):
    """Return the numbers of the ``interviews`` emptied by a withdrawal while a browser may keep copies.

    Copies go after seven days by themselves (``drafts.js``).
    """
    return list(interviews.filter(emptied_on__gte=today - timedelta(days=8)).values_list("pk", flat=True))
