"""What an action refuses, each with words that a form can show."""


class ActionError(Exception):
    """An action that was refused; ``str()`` is a sentence for the person who asked for it."""


class StaleVersion(ActionError):
    """The record changed since the form was opened. ``current`` is it now; what was sent is kept."""

    def __init__(self, current):
        super().__init__("Somebody else saved this while you were writing. Nothing you typed is lost.")
        self.current = current


class ForeignRecord(ActionError):
    """A record of another evaluation was named."""


class NotAllowedNow(ActionError):
    """The record is in a state in which this cannot be done."""


class AlreadyThere(ActionError):
    """Something else in the evaluation has the same code, reference or name."""

    def __init__(self):
        super().__init__("Something else in this evaluation already has that code or name. Choose another.")
