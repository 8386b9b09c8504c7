"""Comparing the rows of a file with what is there: what is new, what is known, what cannot come in."""

from collections import Counter
from dataclasses import dataclass, field

from evaluations.importing.columns import SheetKind
from evaluations.models import Participant

from .import_ambitions import AmbitionRows
from .import_draft import WRITTEN, Draft, InDoubt, Objection
from .import_findings import FindingRows
from .import_interviews import InterviewRows
from .import_participants import ParticipantRows


@dataclass
class Plan:
    """What an import does: rows by kind that are new and that are there already, and what is wrong.

    ``made`` counts what is written, by the names of things in the plural.
    """

    new: Counter = field(default_factory=Counter)
    already: Counter = field(default_factory=Counter)
    problems: list = field(default_factory=list)
    made: Counter = field(default_factory=Counter)


class Planner:
    """Goes through the rows once, as ``by`` may bring them in; ``draft`` is what has to be written."""

    def __init__(self, evaluation, by):
        self.plan, self.draft = Plan(), Draft(evaluation, by)
        self.interviews = InterviewRows(self.draft)
        self.takes = {
            SheetKind.PARTICIPANTS: ParticipantRows(self.draft).take,
            SheetKind.INTERVIEWS: self.interviews.take,
            SheetKind.FINDINGS: FindingRows(self.draft).take,
            SheetKind.AMBITIONS: AmbitionRows(self.draft).take,
        }

    def take(self, rows, tell):
        """Plan every row; return itself."""
        for done, row in enumerate(rows, start=1):
            self._take(row)
            if tell and done % 100 == 0:
                tell(done, len(rows))
        self.interviews.complete()
        new = self.draft.new
        self.plan.made = Counter({label: len(new[model]) for model, label in WRITTEN.items() if label})
        self.plan.made["answers"] += len(self.draft.filled)
        self.plan.made = +self.plan.made
        return self

    def _take(self, row):
        if not row.is_whole:
            self._doubt(row)
            return
        try:
            is_new = self.takes[row.kind](row)
        except Objection as objection:
            self.plan.problems.append(row.problem(*objection.args))
            self._doubt(row)
        except InDoubt:
            return
        else:
            (self.plan.new if is_new else self.plan.already)[row.kind] += 1

    def _doubt(self, row):
        """Remember what a row with a problem would have brought: what refers to it is no problem itself."""
        code = row.values.get("code")
        if row.kind is SheetKind.PARTICIPANTS and code:
            self.draft.known.participants.setdefault(code, Participant(code=code))
        elif row.kind is SheetKind.INTERVIEWS:
            self.draft.doubts.add(
                code, row.values.get("participants") or None, row.values.get("text") or None
            )
