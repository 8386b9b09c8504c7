"""Forms for bringing work in: sending a file, saying what its columns are, placing a transcript's pieces."""

from django import forms

from evaluations.conditions import Condition
from evaluations.importing.columns import SheetKind, columns_of
from evaluations.importing.naming import guess_columns
from evaluations.importing.problems import Refused
from evaluations.importing.rows import Part, name_of
from evaluations.importing.safety import MOST_BYTES, too_large
from evaluations.importing.sheets import is_blank, letter, read_sheets
from evaluations.importing.transcript import read_transcript

from .base import WaterlineForm

LEAVE_OUT = "leave-out"
SAMPLE = 40


class UploadForm(WaterlineForm):
    """Send one file; it is looked through before anything else is done with it.

    ``content`` are its bytes, ``read`` what reading it returned.
    """

    accepts = ""
    hint = ""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.content, self.read = b"", None
        self.fields["file"] = forms.FileField(
            label="File",
            allow_empty_file=True,
            help_text=self.hint,
            widget=forms.FileInput(attrs={"accept": self.accepts, "data-largest": MOST_BYTES}),
            error_messages={"required": "Choose a file first."},
        )

    def clean_file(self):
        """Refuse what is too large, harmful or unreadable, and say why."""
        file = self.cleaned_data["file"]
        try:
            if file.size > MOST_BYTES:
                raise Refused(too_large(file.size))
            self.content = file.read()
            self.read = self.look_through(self.content)
        except Refused as refused:
            raise forms.ValidationError(str(refused)) from None
        return file

    def look_through(self, content):
        """Read the file as what it has to be."""
        raise NotImplementedError


class TableForm(UploadForm):
    """Send a table of interviews, participants, findings or ambitions."""

    accepts = ".xlsx,.csv,.txt"
    hint = (
        "An Excel workbook (.xlsx) or a CSV file, of up to 10 MB and 10,000 rows a sheet. "
        "Hidden sheets are left out."
    )

    def look_through(self, content):
        """Return the sheets of the file."""
        return read_sheets(content)


class TranscriptForm(UploadForm):
    """Send the transcript of one interview. ``questions`` are the guide's."""

    accepts = ".docx,.txt"
    hint = "A Word document (.docx) or plain text, of up to 10 MB. Footnotes and comments are not read."

    def __init__(self, *args, questions, **kwargs):
        super().__init__(*args, **kwargs)
        self.questions = questions

    def look_through(self, content):
        """Return the pieces of the transcript."""
        return read_transcript(content, self.questions)


class ColumnsForm(WaterlineForm):
    """Say what each sheet of a file holds, and which of its columns is which.

    ``parts`` are what is known so far. ``sections`` lays the fields out by sheet for the page.
    """

    def __init__(self, data=None, *, sheets, parts):
        self.sheets, self.shown = sheets, parts
        super().__init__(data)

        for at, (sheet, part) in enumerate(zip(sheets, parts, strict=True)):
            kinds = [("", "Nothing: leave it out"), *((kind.value, kind.label) for kind in SheetKind)]
            self.fields[f"kind-{at}"] = forms.ChoiceField(
                label="What this sheet holds", choices=kinds, required=False, initial=part.kind or ""
            )
            for column in columns_of(part.kind).values() if part.kind else ():
                self.fields[f"column-{at}-{column.name}"] = forms.ChoiceField(
                    label=f"{column.label}{' (needed)' if column.required else ''}",
                    choices=[("", "Not in this file"), *_headings(sheet)],
                    required=False,
                    initial=str(part.columns.get(column.name, "")),
                )

    @property
    def sections(self):
        """Return per sheet ``(name, number of rows, what it holds, its columns)``."""
        return [
            (
                name_of(sheet, part),
                len(sheet.rows),
                self[f"kind-{at}"],
                [self[name] for name in self.fields if name.startswith(f"column-{at}-")],
            )
            for at, (sheet, part) in enumerate(zip(self.sheets, self.shown, strict=True))
        ]

    def clean(self):
        """Check that something is to be imported, and that what a sheet needs has a column, and only one."""
        data = super().clean()
        self.parts = [self._part(at) for at in range(len(self.sheets))]
        self.is_settled = all(
            part.kind == shown.kind for part, shown in zip(self.parts, self.shown, strict=True)
        )
        if not any(part.kind for part in self.parts):
            self.add_error("kind-0", "Say what at least one sheet holds.")
        for at, part in enumerate(self.parts if self.is_settled else ()):
            self._check(at, part)
        return data

    def _part(self, at):
        kind = self.cleaned_data.get(f"kind-{at}")
        if not kind:
            return Part(None)
        kind, shown = SheetKind(kind), self.shown[at]
        if kind != shown.kind:
            return Part(kind, guess_columns(kind, self.sheets[at].headings))
        chosen = {name: self.cleaned_data.get(f"column-{at}-{name}") for name in columns_of(kind)}
        return Part(kind, {name: int(index) for name, index in chosen.items() if index})

    def _check(self, at, part):
        used = {}
        for column in columns_of(part.kind).values() if part.kind else ():
            name = f"column-{at}-{column.name}"
            index = part.columns.get(column.name)
            if index is None and column.required and name not in self.errors:
                self.add_error(name, "Say which column of the file this is.")
            elif index is not None and index in used:
                self.add_error(name, f"This column is taken already, for {used[index]}.")
            used.setdefault(index, column.label)


class PlacesForm(WaterlineForm):
    """Say where each piece of a transcript goes. ``questions`` are the guide's rows."""

    def __init__(self, data=None, *, pieces, questions):
        super().__init__(data)
        self.pieces, self.questions = pieces, {str(row.pk): row for row in questions}
        places = _places(questions)
        known = {place for group in places[2:] for place, _ in group[1]}
        for at, piece in enumerate(pieces):
            self.fields[f"place-{at}"] = forms.ChoiceField(
                label=f"Where part {at + 1} goes",
                choices=places,
                initial=piece.place if piece.place in known else "",
                error_messages={"required": "Choose a place, or leave this part out."},
            )
            self.fields[f"append-{at}"] = forms.BooleanField(
                label="If there is text already, put this after it", required=False
            )

    @property
    def rows(self):
        """Return ``[(piece, its place field, its box)]``."""
        return [(piece, self[f"place-{at}"], self[f"append-{at}"]) for at, piece in enumerate(self.pieces)]

    @property
    def placed(self):
        """Return ``[(field's name, condition, question or None, text, may be appended)]`` of what is kept."""
        found = []
        for at, piece in enumerate(self.pieces):
            place = self.cleaned_data[f"place-{at}"]
            if place != LEAVE_OUT:
                condition, _, number = place.partition(":")
                question = self.questions.get(number)
                found.append(
                    (f"place-{at}", condition, question, piece.text, self.cleaned_data[f"append-{at}"])
                )
        return found


def _headings(sheet):
    """Return the columns of a sheet as choices, each with its letter, heading and first value."""
    found = []
    for at, heading in enumerate(sheet.headings):
        values = (cells[at] for _, cells in sheet.rows[:20] if at < len(cells) and not is_blank(cells[at]))
        sample = str(next(values, ""))
        short = sample if len(sample) <= SAMPLE else f"{sample[:SAMPLE]}…"
        found.append((str(at), f"{letter(at)}: {heading or 'no heading'}{f' ({short})' if short else ''}"))
    return found


def _places(questions):
    groups = [("", "Choose a place"), (LEAVE_OUT, "Leave this part out")]
    for condition in Condition:
        own = [(f"{condition}:{row.pk}", row.prompt) for row in questions if row.condition == condition]
        groups.append((condition.label, [*own, (f"{condition}:", f"{condition.label}: a free answer")]))
    return groups
