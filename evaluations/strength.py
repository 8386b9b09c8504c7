"""How much evidence stands behind a finding: counted whenever it is asked for, never stored.

Filters narrow by these, and a finding's own line says the same of it: bounds and words stand here alone.
"""

from enum import StrEnum


class Strength(StrEnum):
    """What stands behind a finding, the weakest first."""

    NONE = "none"
    QUOTED = "quoted"
    PUBLISHED = "published"
    ONE = "one"
    FEW = "few"
    MANY = "many"

    @property
    def label(self):
        """Return the words on screen, for example ``Two to four interviews``."""
        return _LABELS[self]

    @classmethod
    def of(cls, *, interviews, is_published, is_quoted):
        """Return the strength of a finding with so many interviews behind it.

        ``is_quoted`` says that somebody said it, in whatever interview; it counts where none is recorded.
        """
        if interviews:
            return next(
                one
                for one, (least, most) in INTERVIEWS.items()
                if least <= interviews and (most is None or interviews <= most)
            )
        if is_published:
            return cls.PUBLISHED
        return cls.QUOTED if is_quoted else cls.NONE


INTERVIEWS = {  # how many, at least and at most
    Strength.ONE: (1, 1),
    Strength.FEW: (2, 4),
    Strength.MANY: (5, None),
}
_LABELS = {
    Strength.NONE: "No quotation",
    Strength.QUOTED: "Quoted, interview not recorded",
    Strength.PUBLISHED: "Published, unattributed",
    Strength.ONE: "One interview",
    Strength.FEW: "Two to four interviews",
    Strength.MANY: "Five or more interviews",
}
STRENGTH_CHOICES = [(strength.value, strength.label) for strength in Strength]
