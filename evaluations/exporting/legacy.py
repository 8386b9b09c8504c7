"""The legacy plan as a file: its ambitions, the road test of each, the gaps and why some are accepted."""

from dataclasses import dataclass

from .book import Book
from .document import BULLET, NORMAL, Paper
from .file import About, file
from .tidy import Column, Table, comma_separated
from .words import day

NOT_A_SCORE = "Counts are of findings, not of people, and do not decide where to act. There is no score."
ON_PAPER = 20  # findings of one kind in a cell of a printed table
STRAND = (Column("Evaluation", 28), Column("Strand", 18), Column("Where this comes from", 24))
AMBITION = (Column("Ambition", 50), Column("What it is", 16), Column("Dimension of change", 22))
CONDITION = (Column("Condition", 20), Column("Tangible or intangible", 14))
FIGURES = (
    Column("Achievements that support it", 14),
    Column("Barriers that threaten it", 14),
    Column("Recommendations that answer these", 18),
    Column("Recommendations also placed here", 18),
)
GAP = (
    Column("Rule", 34),
    Column("Gap", 60),
    Column("Accepted as it is", 12),
    Column("Why", 40),
    Column("Accepted by", 20),
    Column("Accepted on", 16),
)


@dataclass(frozen=True)
class LegacyPlan:
    """What there is to take away.

    ``parts``, ``rules`` and ``accepted`` are those of ``screens.legacy``, with every row; ``sources`` are the
    strands' ``StrandSource`` by slug.
    """

    about: About
    parts: tuple
    rules: tuple
    accepted: tuple
    sources: dict

    @property
    def ambitions(self):
        """Return the ambitions, one a row, with the conditions that each needs to shift."""
        columns = (*STRAND, *AMBITION, Column("Conditions that need to shift", 50))
        rows = [
            (*self._strand(part.strand), *_ambition(one), ", ".join(row.label for row in one.conditions))
            for part in self.parts
            for one in part.ambitions
        ]
        return Table("Ambitions", columns, tuple(rows))

    @property
    def road_test(self):
        """Return the road test, one row for each condition that an ambition needs to shift."""
        rows = [
            (*strand, *ambition, *condition, *figures)
            for strand, ambition, condition, figures in self._tested()
        ]
        return Table("Road test", (*STRAND, *AMBITION, *CONDITION, *FIGURES), tuple(rows))

    @property
    def behind(self):
        """Return what stands behind the road test, one finding or recommendation a row, each once."""
        columns = (*STRAND, *CONDITION, Column("What it is", 30), Column("In words", 60))
        columns = (*columns, Column("Will it last?", 20), Column("Held by", 30))
        rows = [
            (*self._strand(part.strand), *_condition(cell.condition), *row)
            for part in self.parts
            for cell in _once(part.ambitions)
            for row in _behind(cell)
        ]
        return Table("Behind it", columns, tuple(rows))

    @property
    def gaps(self):
        """Return every gap: those that remain, rule by rule, then those accepted, with the reason."""
        rows = [(*strand, *condition, *gap) for strand, condition, gap in self._gaps()]
        return Table("Gaps", (*STRAND, *CONDITION, *GAP), tuple(rows))

    @property
    def in_one(self):
        """Return the road test and the gaps as one table, for a file that holds only one."""
        columns = (*STRAND, Column("What this row is", 12), *CONDITION, *AMBITION, *FIGURES, *GAP)
        no_gap, no_test = [""] * len(GAP), [""] * len((*AMBITION, *FIGURES))
        tested = [
            (*strand, "Road test", *condition, *ambition, *figures, *no_gap)
            for strand, ambition, condition, figures in self._tested()
        ]
        gaps = [(*strand, "Gap", *condition, *no_test, *gap) for strand, condition, gap in self._gaps()]
        return Table("Legacy plan", columns, (*tested, *gaps))

    @property
    def figures(self):
        """Return how many gaps each rule found, and how many remain, as (heading, words)."""
        return [
            (rule.heading, f"{rule.found} found, {rule.accepted} accepted, {rule.remaining} remain")
            for rule in self.rules
        ]

    def _tested(self):
        for part in self.parts:
            for one in part.ambitions:
                for cell in one.cells:
                    if cell.is_needed:
                        place = _condition(cell.condition)
                        yield self._strand(part.strand), _ambition(one), place, _figures(cell)

    def _gaps(self):
        headings = {rule.rule: rule.heading for rule in self.rules}
        remaining = [gap for rule in self.rules for gap in rule.shown]
        for one in (*remaining, *self.accepted):
            said = _gap(one, headings[one.gap.rule])
            yield self._strand(one.strand), _condition(one.gap.condition), said

    def _strand(self, strand):
        source = self.sources[strand.slug]
        return source.evaluation, source.name, source.words


def _ambition(one):
    return one.row.text, one.row.get_kind_display(), one.row.dimension


def _condition(condition):
    return (condition.label, condition.tangibility.label) if condition else ("", "")


def _figures(cell):
    return (
        cell.place.achievements,
        cell.place.barriers,
        ", ".join(row.ref for row in cell.answers),
        ", ".join(row.ref for row in cell.also_placed),
    )


def _once(ambitions):
    """Return the cells that one of a strand's ambitions needs, each condition once."""
    cells = {cell.condition: cell for one in ambitions for cell in one.cells if cell.is_needed}
    return cells.values()


def _behind(cell):
    yield from (
        ("Achievement that supports", shown.row.text, shown.words, shown.row.holder)
        for shown in cell.achievements
    )
    yield from (("Barrier that threatens", row.text, "", "") for row in cell.barriers)
    yield from (("Recommendation that answers", _in_short(row), "", "") for row in cell.answers)
    yield from (("Recommendation also placed here", _in_short(row), "", "") for row in cell.also_placed)


def _in_short(recommendation):
    return f"{recommendation.ref}: {recommendation.title} ({recommendation.get_status_display()})"


def _gap(shown, heading):
    row = shown.acceptance
    if row is None:
        return heading, shown.sentence, "No", "", "", ""
    return heading, shown.sentence, "Yes", row.reason, _who(row), day(row.at)


def _who(acceptance):
    """Return who accepted a gap; nothing for somebody since removed."""
    by = acceptance.by
    return (by.get_full_name() or by.get_username()) if by else ""


def _xlsx(plan):
    book = Book(plan.about)
    for table in (plan.ambitions, plan.road_test, plan.behind, plan.gaps):
        book.tidy(table.title, table)
    book.say_what_it_is(*plan.figures, ("What counts are for", NOT_A_SCORE))
    return book.bytes()


def _csv(plan):
    return comma_separated(plan.in_one, plan.about)


def _docx(plan):
    paper = Paper(plan.about)
    for part in plan.parts:
        paper.heading(f"{part.strand.name}: ambitions", 2)
        if not part.ambitions:
            paper.paragraph("No ambition is entered for this strand.")
        for one in part.ambitions:
            _on_paper(paper, one)
    paper.paragraph(NOT_A_SCORE)
    paper.heading("What the road test found", 2, new_page=True)
    for rule in plan.rules:
        _rule(paper, rule)
    _accepted(paper, plan)
    return paper.bytes()


def _on_paper(paper, one):
    """Add an ambition with its road test: one row a condition, in the model's order."""
    _, kind, dimension = _ambition(one)
    paper.heading(one.row.text, 3)
    paper.labelled("What it is", f"{kind}: {dimension}" if dimension else kind)
    if one.gap:
        paper.paragraph("It leans only on tangible conditions.")
    paper.table(
        ["Condition", "Achievements that support it", "Barriers that threaten it", "Recommendations"],
        [_row(cell) for cell in one.cells],
        title=f"Road test: {one.row.text}"[:200],
        description="One row a condition; those below the waterline are intangible.",
        widths=[2, 4, 4, 4],
        first_column_heads=True,
    )


def _row(cell):
    head = f"{cell.condition.label} ({cell.condition.tangibility})"
    if not cell.is_needed:
        return [head, "Not needed", "", ""]
    achievements = [f"{shown.row.text} ({_lasts(shown)})" for shown in cell.achievements]
    answers = [f"Answers: {_in_short(row)}" for row in cell.answers]
    also = [f"Also placed here: {_in_short(row)}" for row in cell.also_placed]
    return [
        head,
        _lines(achievements, "None is ready to share."),
        _lines([row.text for row in cell.barriers], "None is ready to share."),
        _lines([*answers, *also], "None."),
    ]


def _lasts(shown):
    return f"{shown.words}, held by {shown.row.holder}" if shown.row.holder else shown.words


def _lines(texts, empty):
    """Return the paragraphs of one cell: the first texts, and how many more there are."""
    more = len(texts) - ON_PAPER
    lines = [(BULLET, text) for text in texts[:ON_PAPER]] or [(NORMAL, empty)]
    return [*lines, (NORMAL, f"And {more} more.")] if more > 0 else lines


def _rule(paper, rule):
    paper.heading(rule.heading, 3)
    paper.paragraph(rule.explanation)
    for gap in rule.shown:
        paper.paragraph(f"{gap.strand.name}: {gap.sentence}", BULLET)
    if not rule.shown:
        paper.paragraph("All are accepted as they are." if rule.found else "None.")


def _accepted(paper, plan):
    paper.heading("Gaps that are accepted as they are", 3)
    for gap in plan.accepted:
        row, by = gap.acceptance, _who(gap.acceptance)
        who = f"Accepted by {by} on" if by else "Accepted on"
        paper.paragraph(f"{gap.strand.name}: {gap.sentence} {who} {day(row.at)}: {row.reason}", BULLET)
    if not plan.accepted:
        paper.paragraph("None.")


FORMATS = {"xlsx": _xlsx, "csv": _csv, "docx": _docx}


def legacy_file(plan, format, *, name):
    """Return a ``LegacyPlan`` in one of ``FORMATS`` as a ``File`` named after the parts of ``name``."""
    return file(format, FORMATS[format](plan), day=plan.about.day, name=(*name, "legacy-plan"))
