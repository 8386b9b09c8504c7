"""The model: the six conditions of systems change, in its order, and the two kinds of finding.

Source: Kania, Kramer and Senge, "The Water of Systems Change", FSG 2018; tangible and intangible as the
June 2023 evaluation of the SSBC legacy plan uses them. The six are the model, not user data.
"""

from enum import StrEnum


class Tangibility(StrEnum):
    """On which side of the waterline a condition lies."""

    TANGIBLE = "tangible"
    INTANGIBLE = "intangible"

    @property
    def label(self):
        """Return the word on screen, for example ``Tangible``."""
        return self.value.capitalize()


class Level(StrEnum):
    """FSG's three levels of systems change, from explicit to implicit."""

    STRUCTURAL = "structural"
    RELATIONAL = "relational"
    TRANSFORMATIVE = "transformative"


class Condition(StrEnum):
    """One of the six conditions that hold a problem in place."""

    POLICIES = "policies"
    PRACTICES = "practices"
    RESOURCES = "resources"
    RELATIONSHIPS = "relationships"
    POWER = "power"
    MENTAL_MODELS = "mental_models"

    @property
    def label(self):
        """Return the name on screen, for example ``Resource flows``."""
        return _LABELS[self]

    @property
    def definition(self):
        """Return what the condition means, in one plain sentence without a full stop."""
        return _DEFINITIONS[self]

    @property
    def in_everyday_words(self):
        """Return what the condition means to somebody who never heard of the model, without a full stop."""
        return _EVERYDAY[self]

    @property
    def level(self):
        """Return FSG's level: structural, relational or transformative."""
        return next(level for level, conditions in LEVELS.items() if self in conditions)

    @property
    def tangibility(self):
        """Return the side of the waterline: structural conditions are tangible, the others intangible."""
        return Tangibility.TANGIBLE if self.level is Level.STRUCTURAL else Tangibility.INTANGIBLE


LEVELS = {
    Level.STRUCTURAL: (Condition.POLICIES, Condition.PRACTICES, Condition.RESOURCES),
    Level.RELATIONAL: (Condition.RELATIONSHIPS, Condition.POWER),
    Level.TRANSFORMATIVE: (Condition.MENTAL_MODELS,),
}

_LABELS = {
    Condition.POLICIES: "Policies",
    Condition.PRACTICES: "Practices",
    Condition.RESOURCES: "Resource flows",
    Condition.RELATIONSHIPS: "Relationships & connections",
    Condition.POWER: "Power dynamics",
    Condition.MENTAL_MODELS: "Mental models",
}

_DEFINITIONS = {
    Condition.POLICIES: "Rules, strategies and priorities that guide action",
    Condition.PRACTICES: "What organisations and people do, habits and procedures included",
    Condition.RESOURCES: "How people, money, knowledge and information are allocated",
    Condition.RELATIONSHIPS: "Quality of connections and communication between actors",
    Condition.POWER: "Who holds decisions, authority and influence, formal and informal",
    Condition.MENTAL_MODELS: "Deeply held beliefs and assumptions that shape thought, talk and action",
}


_EVERYDAY = {
    Condition.POLICIES: "The rules, plans and priorities that people work to",
    Condition.PRACTICES: "What people and organisations do, day to day",
    Condition.RESOURCES: "Where money, people, skills and information go",
    Condition.RELATIONSHIPS: "How well people and organisations know and work with each other",
    Condition.POWER: "Who decides, and whose voice counts",
    Condition.MENTAL_MODELS: "What people believe and take for granted, often without saying so",
}


class Kind(StrEnum):
    """What a finding says: something achieved, or something in the way."""

    ACHIEVEMENT = "achievement"
    BARRIER = "barrier"

    @property
    def label(self):
        """Return the word for one finding, for example ``Barrier``."""
        return self.value.capitalize()

    @property
    def heading(self):
        """Return the heading of this kind's matrix."""
        return _KIND_HEADINGS[self]

    @property
    def short_heading(self):
        """Return the heading where space is short."""
        return _KIND_SHORT[self]

    @property
    def plural(self):
        """Return the word for several findings in a sentence, for example ``barriers``."""
        return f"{self.value}s"


class CodeKind(StrEnum):
    """What a passage of an interview is evidence for: a finding of either kind, or a recommendation."""

    ACHIEVEMENT = "achievement"
    BARRIER = "barrier"
    SUGGESTION = "suggestion"

    @property
    def label(self):
        """Return the word for one passage, for example ``Suggestion``."""
        return self.value.capitalize()

    @property
    def plural(self):
        """Return the word for several passages in a sentence, for example ``suggestions``."""
        return f"{self.value}s"


_KIND_HEADINGS = {
    Kind.ACHIEVEMENT: "Achievements and enablers",
    Kind.BARRIER: "Remaining to be done and barriers",
}
_KIND_SHORT = {Kind.ACHIEVEMENT: "Achievements", Kind.BARRIER: "To do and barriers"}

CONDITION_CHOICES = [(condition.value, condition.label) for condition in Condition]
KIND_CHOICES = [(kind.value, kind.label) for kind in Kind]
CODE_KIND_CHOICES = [(kind.value, kind.label) for kind in CodeKind]
TANGIBILITY_CHOICES = [(side.value, side.label) for side in Tangibility]
