"""What an action refuses, each with words that a form can show."""

from django.http import Http404


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


class Gone(ActionError, Http404):
    """The row was deleted while this was on its way: the answer is that of an address that is not there."""


class ClaimLost(NotAllowedNow):
    """The job was deleted, or ended or taken up by somebody else, while this was being worked on."""

    def __init__(self):
        super().__init__("This was deleted or finished meanwhile. Nothing was saved twice.")


class WordsTakenOut(NotAllowedNow):
    """A text was written on a page from before a participant withdrew: it may bring their words back."""

    def __init__(self):
        super().__init__(
            "A participant withdrew since you opened this page. Nothing was saved: what stands in the box "
            "may hold their words. Look it through, copy what is yours alone, then open the page again and "
            "put that in."
        )


class AlreadyThere(ActionError):
    """Something else in the evaluation has the same code, reference or name."""

    def __init__(self):
        super().__init__("Something else in this evaluation already has that code or name. Choose another.")


class TextLocked(NotAllowedNow):
    """The interview is being coded blind, on the text that both coders saw."""

    said = (
        "The text of {code} is locked while a second evaluator codes it blind. "
        "Close or cancel the second coding to change it."
    )

    def __init__(self, code):
        super().__init__(self.said.format(code=code))


class TextWithdrawn(TextLocked):
    """What was said in the interview was deleted because a participant withdrew: it cannot come back."""

    said = (
        "A participant of {code} withdrew, and what was said was deleted. Nothing was saved: text that you "
        "still have on screen may hold their words and cannot be stored again."
    )
