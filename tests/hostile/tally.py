"""What was tried, counted: how many requests of each kind, how they were answered, and what was found."""

import os
from collections import Counter, defaultdict
from dataclasses import dataclass, field

from tests.hostile.corpus import WHY

# How often each place is tried, as steps through the corpus: in full with every category; in a sample
# once, each place with another entry, so that all places together meet all of them.
STEP = 5
IS_FULL = os.environ.get("WATERLINE_HOSTILE") == "full"
ROUNDS = range(0, len(WHY) * STEP, STEP) if IS_FULL else range(1)


@dataclass
class Tally:
    """The counts of one run. ``met`` are sets of names by what they are: routes, forms, fields."""

    requests: Counter = field(default_factory=Counter)
    statuses: Counter = field(default_factory=Counter)
    met: dict = field(default_factory=lambda: defaultdict(set))
    findings: list = field(default_factory=list)

    def count(self, kind, status, entries):
        """Count a request of a kind, how it was answered, and the entries that it held."""
        self.requests[kind] += 1
        self.statuses[status] += 1
        self.met["entries"].update(entries)
        self.met["categories"].update(entry.category for entry in entries)


TALLY = Tally()
