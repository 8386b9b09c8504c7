"""What can be imported: the sheets, their columns, what may stand in each, and what people head them with."""

from dataclasses import dataclass
from enum import StrEnum

from evaluations.conditions import Condition, Kind
from evaluations.models import (
    AmbitionKind,
    Area,
    Attribution,
    ConditionState,
    Consent,
    FindingStatus,
    Lasting,
    Mode,
    Sector,
    Setting,
)
from evaluations.text import LONGEST_ANSWER, LONGEST_TEXT


class SheetKind(StrEnum):
    """What a sheet holds, in the order in which sheets depend on each other."""

    PARTICIPANTS = "participants"
    INTERVIEWS = "interviews"
    FINDINGS = "findings"
    AMBITIONS = "ambitions"

    @property
    def label(self):
        """Return the word on screen and the name of the sheet in the template."""
        return self.value.capitalize()


class Holds(StrEnum):
    """What sort of thing stands in a column."""

    TEXT = "text"
    CODE = "code"
    CODES = "codes"
    DATE = "date"
    CHOICE = "choice"


@dataclass(frozen=True)
class Column:
    """One column: the field it fills, its label, what it holds, and other words that people head it with.

    ``choices`` are (value, label) pairs; ``hint`` is its line of help in the template.
    """

    name: str
    label: str
    hint: str
    words: tuple = ()
    holds: Holds = Holds.TEXT
    choices: tuple = ()
    required: bool = False
    longest: int = 160


def _choices(enumeration):
    pairs = getattr(enumeration, "choices", None) or [(item.value, item.label) for item in enumeration]
    return tuple((str(value), str(label)) for value, label in pairs)


CONDITIONS = _choices(Condition)
_FINDING_KINDS = _choices(Kind)

COLUMNS = {
    SheetKind.PARTICIPANTS: (
        Column(
            "code",
            "Code",
            "For example P01. Never a name.",
            ("participant", "participant code"),
            Holds.CODE,
            required=True,
        ),
        Column(
            "sector",
            "Sector",
            "Choose from the list",
            ("part of the system",),
            Holds.CHOICE,
            _choices(Sector),
        ),
        Column("organisation", "Organisation", "Where they work", ("organization", "employer")),
        Column(
            "consent",
            "May be quoted",
            "Empty: not recorded",
            ("consent", "quote"),
            Holds.CHOICE,
            _choices(Consent),
        ),
        Column(
            "attribution",
            "Attribution",
            "How a quotation may name them",
            ("attribution allowed", "attributed as"),
            Holds.CHOICE,
            _choices(Attribution),
        ),
        Column("consent_how", "How given", "For example: signed form", ("how consent was given",)),
        Column(
            "consent_on",
            "When given",
            "For example 14/05/2024",
            ("when consent was given", "consent date"),
            Holds.DATE,
        ),
    ),
    SheetKind.INTERVIEWS: (
        Column(
            "code",
            "Interview",
            "For example I01; one row for each answer",
            ("interview code", "interview id", "code"),
            Holds.CODE,
            required=True,
        ),
        Column(
            "date",
            "Date",
            "For example 14/05/2024",
            ("interview date", "held on", "date held"),
            Holds.DATE,
            required=True,
        ),
        Column(
            "mode", "Mode", "In person, By phone or By video", ("how held",), Holds.CHOICE, _choices(Mode)
        ),
        Column(
            "setting",
            "Setting",
            "One-to-one or Group",
            ("one-to-one or group",),
            Holds.CHOICE,
            _choices(Setting),
        ),
        Column(
            "participants",
            "Participants",
            "Codes, with commas between",
            ("participant", "who took part", "interviewee"),
            Holds.CODES,
            longest=1_000,
        ),
        Column("strands", "Strands", "Names, with commas between", ("strand",), longest=1_000),
        Column(
            "condition",
            "Condition",
            "One of the six",
            ("condition of change", "theme"),
            Holds.CHOICE,
            CONDITIONS,
            required=True,
        ),
        Column(
            "state",
            "State asked?",
            "Empty: asked",
            ("state", "asked", "was it asked"),
            Holds.CHOICE,
            _choices(ConditionState),
        ),
        Column(
            "area",
            "Area",
            "Activities to date, Gaps or Next steps",
            ("area asked about",),
            Holds.CHOICE,
            _choices(Area),
        ),
        Column(
            "question",
            "Question",
            "As it was asked; may be empty",
            ("prompt", "guide question"),
            longest=LONGEST_TEXT,
        ),
        Column(
            "text",
            "What was said",
            "The answer, word for word",
            ("answer", "response", "notes", "transcript", "text"),
            longest=LONGEST_ANSWER,
        ),
    ),
    SheetKind.FINDINGS: (
        Column("strand", "Strand", "As named in this evaluation", ("strand name",), required=True),
        Column(
            "kind",
            "Kind",
            "Achievement or Barrier",
            ("type", "achievement or barrier"),
            Holds.CHOICE,
            _FINDING_KINDS,
            required=True,
        ),
        Column(
            "condition",
            "Condition",
            "One of the six",
            ("condition of change", "theme"),
            Holds.CHOICE,
            CONDITIONS,
            required=True,
        ),
        Column(
            "text",
            "Finding",
            "One sentence",
            ("finding text", "the finding", "the finding, in a sentence"),
            required=True,
            longest=LONGEST_TEXT,
        ),
        Column(
            "note", "Note", "What else it touches", ("notes", "what else it touches"), longest=LONGEST_TEXT
        ),
        Column(
            "lasting",
            "Will it last",
            "Achievements only",
            ("will it last?", "sustainability", "lasting"),
            Holds.CHOICE,
            _choices(Lasting),
        ),
        Column("holder", "Who holds it", "Achievements only", ("who holds it afterwards", "holder", "owner")),
        Column("status", "Status", "Empty: draft", ("who sees it",), Holds.CHOICE, _choices(FindingStatus)),
        Column(
            "quotation",
            "Quotation",
            "Word for word, as evidence",
            ("quote", "evidence"),
            longest=LONGEST_TEXT,
        ),
        Column(
            "interview",
            "Interview",
            "In which it was said",
            ("interview code", "source interview"),
            Holds.CODE,
        ),
        Column(
            "speaker", "Said by", "The participant's code", ("speaker", "participant", "said"), Holds.CODE
        ),
    ),
    SheetKind.AMBITIONS: (
        Column("strand", "Strand", "As named in this evaluation", ("strand name",), required=True),
        Column(
            "kind",
            "Kind",
            "Outcome, Asset or System change",
            ("type", "what it is"),
            Holds.CHOICE,
            _choices(AmbitionKind),
            required=True,
        ),
        Column(
            "dimension",
            "Dimension",
            "System changes only: one that Set-up lists",
            ("dimension of change", "change dimension", "the programme's own dimension of change"),
            longest=120,
        ),
        Column(
            "text",
            "Ambition",
            "What is to remain, in one sentence",
            ("ambition text", "the ambition", "the ambition, in a sentence", "text"),
            required=True,
            longest=LONGEST_TEXT,
        ),
        Column(
            "conditions",
            "Conditions",
            "Those that need to shift, with commas between",
            ("condition", "conditions to shift", "conditions that need to shift for it"),
            required=True,
            longest=1_000,
        ),
    ),
}


def columns_of(kind):
    """Return the columns of a kind of sheet, by name."""
    return {column.name: column for column in COLUMNS[kind]}
