"""Reading who said what: the participants with quotations, how many, and what these wait for."""

from collections import defaultdict
from dataclasses import dataclass

from django.db.models import CharField, Count, Value

SEEN = "seen"  # readers see it: it waits for nothing


@dataclass(frozen=True)
class Contributor:
    """A participant with passages: their own, and ``shared`` ones of talks where it is not known who spoke.

    ``waits`` is ``{what they wait for: how many}``, of ``access.Waits`` or ``SEEN``.
    """

    participant: object
    own: int
    shared: int
    waits: dict


def contributors(participants, waiting, seen):
    """Return the ``Contributor`` objects among participants, in their order. Five queries.

    ``waiting`` are quotations with what each ``waits`` for, ``seen`` those that readers see.
    """
    seen = seen.annotate(waits=Value(SEEN, output_field=CharField()))
    own = _sum(_by_speaker(waiting), _by_speaker(seen))
    shared = _sum(_by_presence(waiting), _by_presence(seen))
    found = []
    for person in participants:
        if person.pk in own or person.pk in shared:
            counts = [own.get(person.pk, {}), shared.get(person.pk, {})]
            waits = {key: sum(part.get(key, 0) for part in counts) for key in {*counts[0], *counts[1]}}
            found.append(Contributor(person, *(sum(part.values()) for part in counts), waits))
    return found


def _by_speaker(quotations):
    return _counted(quotations.filter(speaker__isnull=False), "speaker")


def _by_presence(quotations):
    """Count quotations that nobody is named for, for everybody who was there."""
    return _counted(quotations.filter(speaker__isnull=True), "answer__interview__participants")


def _counted(quotations, person):
    return quotations.order_by().values_list(person, "waits").annotate(n=Count("pk"))


def _sum(*counts):
    found = defaultdict(dict)
    for person, waits, number in (row for rows in counts for row in rows):
        found[person][waits] = number
    return found
