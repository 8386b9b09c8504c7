"""The COREQ checklist for reports of interviews and groups, its 32 items in words of our own.

Source: Tong, Sainsbury and Craig, "Consolidated criteria for reporting qualitative research (COREQ)",
International Journal for Quality in Health Care 19(6), 2007.
"""

from dataclasses import dataclass

SOURCE = "Tong, Sainsbury and Craig 2007, in short"
NOT_RECORDED = "Not recorded"
ABOUT = "coreq"  # what its table in a document is called by


@dataclass(frozen=True)
class CoreqItem:
    """One item of the checklist: its number, its part, its topic in a few words, what is to be reported."""

    number: int
    part: str
    topic: str
    asks: str


_ITEMS = {
    "Who did the research": (
        ("Interviewer", "Who held the interviews and led the groups"),
        ("Qualifications", "Which qualifications the researchers have"),
        ("Occupation", "What the researchers’ work was at the time"),
        ("Gender", "The researchers’ gender"),
        ("Experience", "Which experience and training the researchers have"),
        ("Relationship beforehand", "Whether researchers and participants knew each other before"),
        ("What participants knew", "What participants knew of the researchers and their reasons"),
        ("The researchers’ position", "Which interests and assumptions the researchers brought along"),
    ),
    "How it was done": (
        ("Approach", "Which theory or approach the study rests on"),
        ("Choice of participants", "How participants were chosen"),
        ("First contact", "How participants were approached"),
        ("Number of participants", "How many people took part"),
        ("Who did not take part", "How many refused or left, and why"),
        ("Place", "Where the conversations were held"),
        ("Others present", "Whether anybody else was there"),
        ("Who the participants are", "What matters of the sample, with dates"),
        ("Guide", "Which questions or prompts there were, and whether they were tried out"),
        ("Repeated interviews", "Whether anybody was interviewed more than once, and how often"),
        ("Recording", "Whether sound or pictures were recorded"),
        ("Notes", "Whether notes were made during or after the conversations"),
        ("Length", "How long the conversations took"),
        ("Saturation", "Whether it was discussed when nothing new was being heard"),
        ("Transcripts returned", "Whether participants could comment on or correct what was written down"),
    ),
    "What came of it": (
        ("Coders", "How many people coded"),
        ("Codes", "How the codes are ordered"),
        ("Where themes come from", "Whether themes were set beforehand or drawn from what was said"),
        ("Software", "Which software was used"),
        ("Participants’ check", "Whether participants commented on the findings"),
        ("Quotations", "Whether quotations are shown, and who is named with them"),
        ("Consistency", "Whether what is concluded fits what was said"),
        ("Major themes", "Whether the main themes are clear"),
        ("Minor themes", "Whether differing cases and smaller themes are described"),
    ),
}
_IN_ORDER = ((part, *item) for part, items in _ITEMS.items() for item in items)
ITEMS = tuple(CoreqItem(number, *item) for number, item in enumerate(_IN_ORDER, start=1))


def answers(known, written):
    """Return what a report says of each item, as ``(CoreqItem, words)``.

    ``known`` is what the data says, ``written`` what the evaluators wrote, both by number; what is known
    comes first, and what neither says reads "Not recorded". Numbers may be texts, as JSON keeps them.
    """
    parts = [{int(number): words for number, words in given.items()} for given in (known, written)]
    return tuple(
        (item, " ".join(part[item.number] for part in parts if part.get(item.number)) or NOT_RECORDED)
        for item in ITEMS
    )


def unsaid(document):
    """Return of how many items of the checklist a document says nothing; None where it does not print it."""
    blocks = (block for section in document.sections for block in section.blocks)
    rows = next((block.rows for block in blocks if getattr(block, "about", "") == ABOUT), None)
    return None if rows is None else sum(row[-1] == NOT_RECORDED for row in rows)
