"""What the rows of a file bring into an evaluation, gathered row by row before anything is written."""

from django.utils import timezone

from evaluations.importing.rows import same_words
from evaluations.models import (
    Ambition,
    AmbitionCondition,
    Answer,
    Finding,
    FindingQuotation,
    Interview,
    InterviewCondition,
    InterviewParticipant,
    InterviewStrand,
    Participant,
    Quotation,
)

from .import_known import Doubts, Known

# What is written, in order, and what it is called in the record; links and states are not counted.
WRITTEN = {
    Participant: "participants",
    Interview: "interviews",
    InterviewParticipant: "",
    InterviewStrand: "",
    InterviewCondition: "",
    Answer: "answers",
    Finding: "findings",
    Quotation: "quotations",
    FindingQuotation: "",
    Ambition: "ambitions",
    AmbitionCondition: "",
}


class Objection(Exception):
    """What is wrong with a row, as the arguments of ``Row.problem``."""


class InDoubt(Exception):
    """A row that rests on one with a problem: it cannot be judged before that is mended."""


class Draft:
    """What has to be written when ``by`` brings rows in, beside what there is already.

    ``new`` are rows to make by their model, in the order of ``WRITTEN``; ``filled`` are answers that were
    there without words, ``changed_states`` conditions of interviews that were there.
    """

    def __init__(self, evaluation, by):
        self.evaluation, self.known, self.doubts = evaluation, Known(evaluation, by), Doubts()
        self.today = timezone.localdate()
        self.new = {model: [] for model in WRITTEN}
        self.filled, self.changed_states = [], []

    def add(self, model, **fields):
        """Add a row to what is made, and return it."""
        row = model(evaluation=self.evaluation, **fields)
        self.new[model].append(row)
        return row

    def person(self, code, column):
        """Return the participant whom a cell names. Raises Objection to one unknown or withdrawn."""
        if code not in self.known.participants:
            raise Objection(
                column,
                f"There is no participant {code} yet. Add them, or put them into a Participants sheet.",
            )
        person = self.known.participants[code]
        self.check_present(person, column)
        return person

    def strand(self, name, column):
        """Return the strand that a cell names. Raises Objection to an unknown one."""
        if strand := self.known.strands.get(same_words(name)):
            return strand
        raise Objection(column, f"There is no strand “{name.strip()[:60]}” in this evaluation.")

    def check_present(self, person, column):
        """Raise Objection to somebody who withdrew."""
        if person.withdrawn_on:
            raise Objection(column, f"{person.code} withdrew. What they said cannot be brought in again.")

    def check_past(self, day, column):
        """Raise Objection to a day that is still to come."""
        if day and day > self.today:
            raise Objection(column, "This date is still to come.")
