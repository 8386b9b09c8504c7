""" "Will it last?" as its page and its file show it: gaps first, strands from public sources apart."""

from collections import Counter
from dataclasses import dataclass
from functools import cached_property

from evaluations import access
from evaluations.analysis.lasting import Achievement, Group, OriginPart, Row, will_it_last
from evaluations.analysis.matrix import MOST_MARKS
from evaluations.forms.lasting import LastingFilterForm
from evaluations.models import Lasting
from evaluations.queries.lasting import in_full, lasting_frame


@dataclass(frozen=True)
class ShownAchievement:
    """One achievement with its finding; ``words`` say whether it lasts, as it stands today."""

    item: Achievement
    row: object
    words: str

    @property
    def text(self):
        """Return the achievement in a sentence."""
        return self.row.text


@dataclass(frozen=True)
class ShownRow:
    """One likelihood of the table of figures, in words that fit the day."""

    words: str
    row: Row


@dataclass(frozen=True)
class ShownList:
    """One list of achievements: how many it holds under the filters, and those that are shown of it."""

    group: Group
    heading: str
    count: int
    shown: tuple


@dataclass(frozen=True)
class ShownPart:
    """Strands from interviews, or those that are not: figures of all their achievements, and their lists."""

    part: OriginPart
    rows: tuple
    reading: str | None
    lists: tuple

    @property
    def fits_unit_marks(self):
        """Say whether every figure is small enough to show one mark for each finding."""
        return self.part.largest <= MOST_MARKS


@dataclass(frozen=True)
class LastingScreen:
    """Achievements as somebody asked for them; ``ended`` when the programme's end date has passed.

    ``strands`` are all of the evaluation, ``parts`` hold those asked for, ``findings`` the rows they are
    read from, and ``form`` says what was asked for.
    """

    strands: tuple
    parts: tuple
    findings: object
    form: LastingFilterForm
    ended: bool

    @cached_property
    def chosen(self):
        """Return ``(part, achievement)`` for what the filters leave, in the order to read them."""
        return [(part, item) for part in self.parts for item in part.chosen(**self.form.narrowing)]

    @property
    def total(self):
        """Return how many achievements there are without filters."""
        return sum(part.total for part in self.parts)

    @property
    def strand(self):
        """Return the slug of the strand that is asked for; nothing for all of them."""
        return self.form.strand

    @property
    def public(self):
        """Return the strands asked for that do not come from interviews."""
        return [row for row in self.asked_for if not row.from_interviews]

    @property
    def asked_for(self):
        """Return the strands asked for: one, or all."""
        return [row for row in self.strands if self.form.strand in ("", row.slug)]

    @property
    def narrowed(self):
        """Return the filters on achievements in words, or nothing."""
        return self.form.in_words(ended=self.ended)

    @property
    def holders(self):
        """Return the names of all who hold something, to choose from while typing."""
        return [holder.name for part in self.parts for holder in part.holders]

    def shown(self, page=None):
        """Return one ``ShownPart`` a part, with the achievements of a ``page`` of ``chosen``, or with all.

        One query. A part appears with its figures also where the page holds none of its achievements.
        """
        page = self.chosen if page is None else list(page)
        rows = in_full(self.findings, [item.id for _, item in page])
        counts = Counter((part.from_interviews, item.group) for part, item in self.chosen)
        return [self._part(part, page, rows, counts) for part in self.parts if part.total]

    def _part(self, part, page, rows, counts):
        lists = []
        for group in Group:
            items = [item for owner, item in page if owner is part and item.group == group]
            shown = tuple(self._achievement(item, rows[item.id]) for item in items if item.id in rows)
            if shown:
                heading = group.heading(ended=self.ended)
                lists.append(ShownList(group, heading, counts[part.from_interviews, group], shown))
        return ShownPart(
            part=part,
            rows=tuple(ShownRow(self._words(row.lasting), row) for row in part.rows),
            reading=part.reading(ended=self.ended),
            lists=tuple(lists),
        )

    def _achievement(self, item, row):
        return ShownAchievement(item=item, row=row, words=self._words(item.lasting))

    def _words(self, lasting):
        return Lasting(lasting).worded(ended=self.ended)


def read_lasting(member, sent, *, for_readers):
    """Return the ``LastingScreen`` of a member's evaluation.

    ``sent`` are the parameters of the address (strand, lasting, held, holder, drafts). What leaves the
    screen is made ``for_readers``: then nobody's drafts are in it.
    """
    strands = tuple(access.strands_for(member))
    may_see_drafts = member.may[access.Ability.SEE_CONFIDENTIAL] and not for_readers
    form = LastingFilterForm(sent, strands=strands, may_see_drafts=may_see_drafts)
    form.is_valid()
    audience = access.Audience.EVALUATORS if form.shows_drafts else access.Audience.READERS
    findings = access.findings_for(member, audience)
    asked_for = [row for row in strands if form.strand in ("", row.slug)]
    frame = lasting_frame(findings.filter(strand__in=asked_for))
    result = will_it_last(frame, [(row.slug, row.name, row.from_interviews) for row in asked_for])
    return LastingScreen(
        strands=strands, parts=result, findings=findings, form=form, ended=member.evaluation.has_ended
    )
