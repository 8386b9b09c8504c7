"""The parts of a document that are always as the data is: below the prose of each section, and around all."""

from evaluations.analysis.sentences import listed
from evaluations.conditions import Condition, Kind, Tangibility
from evaluations.models import Lasting, RecommendationSource, Response, SectionKey
from evaluations.report.blocks import (
    Bullets,
    Figure,
    Grid,
    GridCell,
    Heading,
    Item,
    Note,
    Paragraph,
    Quote,
    Run,
    Table,
)
from evaluations.report.coreq import ABOUT, SOURCE, answers
from evaluations.report.figures import model_drawing, model_in_words, strand_drawing, strand_in_words
from evaluations.report.words import COUNTS_NOTE, MADE_UP, day, number_of, where_from

from .report_method import known_of_coreq

ILLUSTRATION = (
    "An illustration: not every strand here comes from interviews, so how many findings each has does not "
    "compare them."
)
ONE_STRAND = "The report is long: of its matrices, this page shows those of {}. Its files hold all of them."
FOOT = 85  # letters that stand on one line beside the number of the page
CHANGED_SINCE = "The findings behind it changed since."


def live_parts(data, key):
    """Return what stands below the prose of a section, as blocks."""
    return tuple(_PARTS[key](data)) if key in _PARTS else ()


def document_lines(data, said):
    """Return the lines below the title: programme and phase, evaluators, which state of it this is."""
    evaluation = data.evaluation
    programme = ", ".join(part for part in (evaluation.programme, evaluation.phase) if part)
    by = f"By {listed(data.evaluators)}" if data.evaluators else ""
    return tuple(line for line in (programme, by, said) if line)


def document_notes(data):
    """Return what holds for the whole document: that it is made up, where strands come from."""
    made_up = (MADE_UP,) if data.evaluation.is_made_up else ()
    return (*made_up, *(_where_from(row).text for row in data.public))


def document_foot(data, said):
    """Return what is printed on every page, in one line: of a long title its beginning."""
    beside = [said, *(["Made-up practice evaluation"] if data.evaluation.is_made_up else [])]
    room = FOOT - len(". ".join(["", *beside]))
    title = f"{data.title}." if len(data.title) <= room else f"{data.title[:room].rstrip()}…"
    return f"{title} {'. '.join(beside)}"


def _where_from(row):
    return Note(f"{row.name}: {where_from(False, row.provenance_note)}", f"strand:{row.slug}")


def _provenance(data):
    """Return a note for each strand that does not come from interviews."""
    return (_where_from(row) for row in data.public)


def _model(data):
    drawing = model_drawing(data.headings)
    yield Figure(drawing, "The six conditions of systems change", model_in_words(data.headings))
    yield Table(
        title="What the six conditions mean",
        description="One row a condition: its name, on which side of the waterline it lies, what it means.",
        heads=("Condition", "Side", "What it means"),
        rows=tuple((data.headings[c], c.tangibility.label, c.definition) for c in Condition),
        widths=(30, 15, 55),
    )


def _reflections(rows, data):
    yield from _provenance(data)
    for row in rows:
        of_strand = f" ({row.strand})" if row.strand and len(data.rows) > 1 else ""
        yield Heading(f"{row.theme}{of_strand}", about=f"reflection:{row.id}")
        yield Bullets(tuple(_point(point) for point in row.points))


def _point(point):
    return Item(_said(point.text), f"point:{point.id}", _quotes(point.quotations))


def _said(text):
    return (Run(text),)


def _quotes(quotations):
    return tuple(Quote(row.text, row.attribution, row.id) for row in quotations)


def _achievements(data):
    yield from _grids(data, Kind.ACHIEVEMENT)
    for part in data.strands:
        if part.is_judged:
            yield _will_it_last(part, data)


def _grids(data, kind):
    yield from _provenance(data)
    if data.rows:
        yield Note(COUNTS_NOTE)
    if len(data.shown) < len(data.rows):
        yield Note(ONE_STRAND.format(listed([row.name for row in data.shown])))
    for row in data.shown:
        yield _grid(row, kind, data)


def _grid(row, kind, data):
    matrix = data.matrices(kind)[row.pk]
    noun = kind.value if row.from_interviews else "fact"
    source = "" if row.from_interviews else " from public sources"
    return Grid(
        title=f"{row.name}: {kind.heading.lower()}",
        kind=kind.value,
        strand=row.name,
        words=f"{number_of(matrix.total, noun)}{source}",
        rows=tuple(tuple(_cell(cell, data) for cell in level) for level in matrix.levels),
    )


def _cell(cell, data):
    summary = cell.summary
    return GridCell(
        condition=cell.condition.value,
        heading=data.headings[cell.condition],
        items=(*(_finding(finding, data) for finding in cell.findings), *_more(cell, data)),
        summary=_signed(summary) if summary else "",
        summary_about=f"summary:{summary.id}" if summary else "",
        empty="" if cell.findings else cell.why_empty,
    )


def _more(cell, data):
    """Say on a page how many further findings of a cell the report's files hold."""
    if data.is_cut and cell.has_more:
        yield Item(_further(cell.count - len(cell.findings)))


def _further(number):
    return (Run(f"and {number:,} more, in the report’s files", italic=True),)


def _signed(summary):
    changed = f" {CHANGED_SINCE}" if summary.changed else ""
    by = f" by {summary.signer}" if summary.signer else ""
    return f"{summary.text} (Signed{by}, {day(summary.signed_at)}.{changed})"


def _finding(finding, data):
    """Return a finding with its published source, and whether it will last where that was judged."""
    beside = [finding.source, _lasts(finding.row, data)]
    runs = [Run(f" {words.removesuffix('.')}.", italic=True) for words in beside if words]
    return Item((Run(finding.text), *runs), f"finding:{finding.id}", _quotes(finding.quotations))


def _lasts(row, data):
    if row.lasting == Lasting.NOT_JUDGED:
        return ""
    words = Lasting(row.lasting).worded(ended=data.has_ended)
    return f"{words}; held by {row.holder}" if row.holder else words


def _will_it_last(part, data):
    rows = tuple(
        (Lasting(row.lasting).worded(ended=data.has_ended), *map(str, (row.somebody, row.nobody, row.total)))
        for row in part.lasting.rows
    )
    return Table(
        title=f"{part.row.name}: will it last?",
        description="One row a judgement: how many achievements somebody holds, how many nobody, and all.",
        heads=("Judgement", "Held by somebody", "Held by nobody", "Achievements"),
        rows=rows,
        widths=(40, 20, 20, 20),
    )


def _remaining(data):
    yield from _grids(data, Kind.BARRIER)
    yield from _comparison(data)
    answered = [row for row in data.rows if row.strategic_response]
    for row in answered:
        yield Heading(f"{row.name}: the strategic response", about=f"strand:{row.slug}")
        label = (Run(f"{row.response_focus_label}. ", bold=True),) if row.response_focus_label else ()
        yield Paragraph((*label, Run(row.strategic_response)), f"strand:{row.slug}")


def _comparison(data):
    """Return two or more strands side by side: a chart of each by one scale, and all figures as a table."""
    strands = data.comparison.strands
    if len(strands) < 2:
        return
    yield Heading("The strands side by side")
    if not data.comparison.from_interviews:
        yield Note(ILLUSTRATION)
    elif data.comparison.sentences:
        yield Paragraph(_said(" ".join(data.comparison.sentences)))
    yield Note(COUNTS_NOTE)
    for strand in strands:
        yield _chart(strand, data)
    yield Table(
        title="Findings of each strand by condition",
        description="One row a condition; of each strand its achievements, then its barriers.",
        heads=("Condition", *(f"{row.name}: {kind.plural}" for row in strands for kind in Kind)),
        rows=(
            *(
                _counts(data.headings[c], strands, lambda row, kind, c=c: row.counts[kind, c])
                for c in Condition
            ),
            *(
                _counts(side.label, strands, lambda row, kind, side=side: row.side(kind, side))
                for side in Tangibility
            ),
            _counts("All", strands, lambda row, kind: row.total(kind)),
        ),
    )


def _counts(head, strands, count):
    return (head, *(str(count(row, kind)) for row in strands for kind in Kind))


def _chart(strand, data):
    drawing = strand_drawing(
        data.headings, strand.counts, largest=data.comparison.largest, is_filled=strand.from_interviews
    )
    caption = f"{strand.name}: achievements and barriers by condition"
    if not strand.from_interviews:
        caption = f"{caption}. {where_from(False).removesuffix('.')}"
    return Figure(drawing, caption, strand_in_words(strand.name, data.headings, strand.counts))


def _recommendations(data):
    yield from _provenance(data)
    if data.recommendations and data.evaluation.condition_note:
        yield Note(data.evaluation.condition_note)
    parts = (
        (f"Committed by {data.evaluation.programme_name}", RecommendationSource.COMMITTED, data.committed),
        ("Added by the evaluators", RecommendationSource.ADDED, data.added),
    )
    for heading, source, rows in parts:
        if rows:
            yield Heading(heading)
        shown = data.recommended(source)
        for row in shown:
            yield from _recommendation(row, data)
        if data.is_cut and len(shown) < len(rows):
            yield Paragraph(_further(len(rows) - len(shown)))


def _recommendation(shown, data):
    row = shown.row
    about = f"recommendation:{row.ref}"
    yield Heading(f"{row.ref} {row.title}", 4, about)
    if row.text:
        yield Paragraph(_said(row.text), about)
    if shown.actions:
        yield Bullets(tuple(Item(_said(action.text), about) for action in shown.actions))
    yield from _quotes(shown.quotations)
    if row.response != Response.NONE:
        reason = f". {row.response_reason}" if row.response_reason else "."
        yield Paragraph((Run("Response: ", bold=True), Run(f"{row.get_response_display()}{reason}")), about)
    yield Paragraph((Run(_place(row, data), italic=True),), about)


def _place(row, data):
    """Return what a recommendation belongs to: its condition, what it adds to, its strand among several."""
    of_strand = f"{row.strand.name}. " if len(data.rows) > 1 else ""
    adds = f" Adds to {row.adds_to.ref}." if row.adds_to else ""
    return f"{of_strand}Condition: {data.headings[Condition(row.condition)]}.{adds}"


def _organisations(data):
    if data.organisations:
        yield Bullets(tuple(Item(_said(name)) for name in data.organisations))


def _coreq(data):
    if data.report is None or not data.report.has_coreq:
        return
    said = answers(known_of_coreq(data), data.report.coreq)
    yield Heading("The COREQ checklist")
    yield Table(
        title=f"What this report says of each item ({SOURCE})",
        description="One row an item: its number and topic, what it asks, what this report says.",
        heads=("Item", "What it asks", "What this report says"),
        rows=tuple((f"{item.number}. {item.topic}", item.asks, words) for item, words in said),
        widths=(25, 35, 40),
        about=ABOUT,
    )


def _glossary(data):
    terms = sorted(data.evaluation.glossary.items(), key=lambda pair: (pair[0].casefold(), pair[0]))
    if terms:
        yield Table(
            title="Words and short forms",
            description="One row a word or a short form: the word, what it stands for.",
            heads=("Word", "What it stands for"),
            rows=tuple(terms),
            widths=(25, 75),
            about="glossary",
        )


_PARTS = {
    SectionKey.ABOUT_MODEL: _model,
    SectionKey.REFLECTIONS: lambda data: _reflections(data.heard, data),
    SectionKey.ACHIEVEMENTS: _achievements,
    SectionKey.REMAINING: _remaining,
    SectionKey.RECOMMENDATIONS: _recommendations,
    SectionKey.MODEL_REFLECTIONS: lambda data: _reflections(data.on_model, data),
    SectionKey.ACKNOWLEDGEMENTS: _organisations,
    SectionKey.METHOD: _coreq,
    SectionKey.GLOSSARY: _glossary,
}
