"""Rows of participants in an import: recognised by their codes, never changed."""

from evaluations.importing.columns import columns_of
from evaluations.models import Attribution, Consent, Participant, Sector

from .import_draft import Objection

COMPARED = ("sector", "organisation", "consent", "attribution", "consent_how", "consent_on")


class ParticipantRows:
    """Takes rows of participants into a ``Draft``."""

    def __init__(self, draft):
        self.draft, self.known = draft, draft.known

    def take(self, row):
        """Take a row and say whether it brings something new. Raises Objection."""
        self.draft.check_past(row["consent_on"], "consent_on")
        here = self.known.participants.get(row["code"])
        if here:
            self.draft.check_present(here, "code")
            self._check_same(row, here)
            return False
        starts = {"sector": Sector.OTHER, "consent": Consent.NOT_RECORDED, "attribution": Attribution.NONE}
        self.known.participants[row["code"]] = self.draft.add(
            Participant, **{name: value or starts.get(name, value) for name, value in row.values.items()}
        )
        return True

    def _check_same(self, row, here):
        """Object to a value that differs from what is there; an empty cell says nothing."""
        for name in COMPARED:
            if row[name] and row[name] != getattr(here, name):
                label = columns_of(row.kind)[name].label
                raise Objection(name, f"{row['code']} already has another “{label}”. Nothing is overwritten.")
