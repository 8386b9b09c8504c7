"""The figures of the report as drawings: the model with its waterline, and strands side by side."""

from evaluations.conditions import LEVELS, Condition, Kind, Tangibility

from .drawing import Drawing, Line, Rect, Wave, Words

INK, SOFT, EDGE, PAPER = "#12303a", "#48626b", "#6b858e", "#ffffff"
DEPTHS = ("#eef7f9", "#d6eaf0", "#b4d6e1")  # from the surface down, one a level
DEEP = "#0d4a5e"
COLOURS = {Kind.ACHIEVEMENT: "#0a6b55", Kind.BARRIER: "#9a4a0a"}
WIDTH = 480
MARGIN, GAP = 12, 10
BOX, LINE_HEIGHT = 58, 16
LETTER = 0.53  # mean width of a letter, of the height of the type


def model_drawing(headings):
    """Return the six conditions in the model's shape, three above two above one, with the waterline.

    ``headings`` are the six names as they are to be printed, by condition.
    """
    shapes, y = [], 30
    for depth, (conditions, colour) in enumerate(zip(LEVELS.values(), DEPTHS, strict=True)):
        if depth == 1:
            shapes += _waterline(y)
            y += 56
        shapes += _row([headings[condition] for condition in conditions], y, colour)
        y += BOX + GAP
    top = Words(Tangibility.TANGIBLE.label, MARGIN, 20, 12, SOFT, bold=True)
    return Drawing(WIDTH, y - GAP + MARGIN, (top, *shapes))


def _waterline(y):
    return [
        Wave(MARGIN, WIDTH - MARGIN, y + 12, DEEP),
        Words("Waterline", WIDTH - MARGIN, y + 42, 11, DEEP, "end"),
        Words(Tangibility.INTANGIBLE.label, MARGIN, y + 42, 12, SOFT, bold=True),
    ]


def _row(names, y, colour):
    """Return the boxes of one level, in the middle of the sheet and all as wide as those of three."""
    width = (WIDTH - 2 * MARGIN - 2 * GAP) / 3
    left = (WIDTH - len(names) * width - (len(names) - 1) * GAP) / 2
    shapes = []
    for place, name in enumerate(names):
        x = left + place * (width + GAP)
        shapes.append(Rect(x, y, width, BOX, colour, EDGE, 6))
        shapes += _centred(name, x + width / 2, y + BOX / 2, width - 12)
    return shapes


def _centred(text, x, y, width):
    """Return a text in up to three lines around a point."""
    size = 13 if len(wrapped(text, width, 13, 3)) < 3 else 11
    lines = wrapped(text, width, size, 3)
    first = y - (len(lines) - 1) * LINE_HEIGHT / 2 + size * 0.35
    return [
        Words(line, x, first + number * LINE_HEIGHT, size, INK, "middle", bold=True)
        for number, line in enumerate(lines)
    ]


def wrapped(text, width, size, most):
    """Return a text in at most so many lines of a width in points; what does not fit ends in an ellipsis.

    >>> wrapped("Relationships & Connections", 130, 13, 3)
    ['Relationships &', 'Connections']
    """
    room = max(4, int(width / (size * LETTER)))
    lines = []
    for word in text.split():
        if lines and len(lines[-1]) + 1 + len(word) <= room:
            lines[-1] = f"{lines[-1]} {word}"
        else:
            lines.append(word)
    shown, cut = lines[:most], len(lines) > most
    return [_cut(line, room, cut and line is shown[-1]) for line in shown]


def _cut(line, room, is_cut):
    return f"{line[: room - 1]}…" if is_cut or len(line) > room else line


LABEL, BAR, ROW, COUNT_WORDS = 150, 11, 36, 100


def strand_drawing(headings, counts, *, largest, is_filled):
    """Return a strand's achievements and barriers by condition as bars, the waterline between the two sides.

    ``counts`` are ``{(kind, condition): number}``, ``largest`` is the number that the longest bar of all the
    strands stands for. What does not come from interviews is outlined and not filled.
    """
    shapes, y = [Words(Tangibility.TANGIBLE.label, MARGIN, 18, 11, SOFT, bold=True)], 28
    for condition in Condition:
        if condition is Condition.RELATIONSHIPS:
            shapes += [
                Wave(MARGIN, WIDTH - MARGIN, y + 6, DEEP),
                Words(Tangibility.INTANGIBLE.label, MARGIN, y + 28, 11, SOFT, bold=True),
            ]
            y += 38
        shapes += _label(headings[condition], y)
        for place, kind in enumerate(Kind):
            number = counts[kind, condition]
            shapes += _bar(kind, number, y + place * (BAR + 3), largest, is_filled)
        y += ROW
    axis = Line(MARGIN + LABEL, 24, MARGIN + LABEL, y - 6, EDGE)
    return Drawing(WIDTH, y, (*shapes, axis))


def _label(name, y):
    return [
        Words(line, MARGIN + LABEL - 8, y + 10 + number * 13, 10.5, INK, "end")
        for number, line in enumerate(wrapped(name, LABEL - 8, 10.5, 2))
    ]


def _bar(kind, number, y, largest, is_filled):
    """Return the bar of one number and its words; achievements have round ends, barriers square ones."""
    left, room = MARGIN + LABEL, WIDTH - 2 * MARGIN - LABEL - COUNT_WORDS
    long = room * number / largest if largest else 0
    colour, round_ = COLOURS[kind], BAR / 2 if kind is Kind.ACHIEVEMENT else 0
    bar = Rect(left, y, long, BAR, colour if is_filled else PAPER, colour, round_)
    words = Words(counted(number, kind), left + long + 6, y + BAR - 2, 10, INK)
    return [bar, words] if number else [words]


def counted(number, kind):
    """Return a number of findings of a kind in words, for example ``1 barrier`` or ``no achievements``."""
    return f"{number or 'no'} {kind.value if number == 1 else kind.plural}"


def model_in_words(headings):
    """Return what the model's drawing shows, for whoever does not see it."""
    above, below = (
        ", ".join(headings[condition] for condition in Condition if condition.tangibility is side)
        for side in Tangibility
    )
    return (
        "Six boxes in the shape of an iceberg: three above two above one, with a waterline below the first "
        f"three. Above the water, tangible: {above}. Below it, intangible: {below}."
    )


def strand_in_words(name, headings, counts):
    """Return what a strand's drawing shows, for whoever does not see it."""
    told = (
        f"{headings[condition]}: {counted(counts[Kind.ACHIEVEMENT, condition], Kind.ACHIEVEMENT)}, "
        f"{counted(counts[Kind.BARRIER, condition], Kind.BARRIER)}."
        for condition in Condition
    )
    return f"{name}, achievements and barriers by condition. {' '.join(told)}"
