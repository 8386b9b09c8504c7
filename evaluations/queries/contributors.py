"""Reading who said what: the participants with quotations, how many, and what these wait for."""

from collections import defaultdict
from dataclasses import dataclass

from django.db.models import CharField, Count, Value

PRESENT = "answer__interview__participants"
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
    """Return the ``Contributor`` objects among participants, in their order. Four queries.

    ``waiting`` are quotations with what each ``waits`` for, ``seen`` those that readers see.
    """
    people = [person.pk for person in participants]
    seen = seen.annotate(waits=Value(SEEN, output_field=CharField()))
    own = _sum(*(_counted(rows.filter(speaker__in=people), "speaker") for rows in (waiting, seen)))
    there = (rows.filter(speaker__isnull=True, **{f"{PRESENT}__in": people}) for rows in (waiting, seen))
    shared = _sum(*(_counted(rows, PRESENT) for rows in there))
    found = []
    for person in participants:
        if person.pk in own or person.pk in shared:
            counts = [own.get(person.pk, {}), shared.get(person.pk, {})]
            waits = {key: sum(part.get(key, 0) for part in counts) for key in {*counts[0], *counts[1]}}
            found.append(Contributor(person, *(sum(part.values()) for part in counts), waits))
    return found


def with_passages(own, *shared):
    """Return the numbers of all participants with passages.

    ``own`` are quotations of those who speak in them; of the others (``shared``) those that nobody is named
    for count for everybody who was there.
    """
    speakers = own.filter(speaker__isnull=False).order_by().values_list("speaker", flat=True)
    found = set(speakers.distinct())
    for rows in shared:
        there = rows.filter(speaker__isnull=True).order_by().values_list(PRESENT, flat=True)
        found.update(there.distinct())
    return found


def _counted(quotations, person):
    return quotations.order_by().values_list(person, "waits").annotate(n=Count("pk"))


def _sum(*counts):
    found = defaultdict(dict)
    for person, waits, number in (row for rows in counts for row in rows):
        found[person][waits] = number
    return found
