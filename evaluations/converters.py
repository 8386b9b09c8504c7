"""What an address may hold beside numbers and words: codes, kinds, conditions."""

from django.urls import register_converter

from evaluations.conditions import Condition, Kind


class CodeConverter:
    """A code or reference such as P01 or R1: never a word that an address uses."""

    regex = "[A-Z]+[0-9]+"

    def to_python(self, value):
        """Return the code as it is."""
        return value

    def to_url(self, value):
        """Return the code as it is."""
        return value


class KindConverter:
    """A kind of finding; nothing else, so that words such as ``export`` stay free in the same place."""

    regex = "|".join(Kind)

    def to_python(self, value):
        """Return the kind."""
        return Kind(value)

    def to_url(self, value):
        """Return the kind as it stands in an address."""
        return str(value)


class ConditionConverter:
    """One of the six conditions."""

    regex = "|".join(Condition)

    def to_python(self, value):
        """Return the condition."""
        return Condition(value)

    def to_url(self, value):
        """Return the condition as it stands in an address."""
        return str(value)


def register():
    """Let addresses name a ``code``, a ``kind`` or a ``condition``."""
    register_converter(CodeConverter, "code")
    register_converter(KindConverter, "kind")
    register_converter(ConditionConverter, "condition")
