"""Rows in their order: the place after the last of them, and moving one up or down among its neighbours."""

from django.db.models import Max


def next_place(rows):
    """Return the position after the last of ``rows``, 0 where there is none."""
    last = rows.aggregate(last=Max("position"))["last"]
    return 0 if last is None else last + 1


def move(rows, row, *, up):
    """Move ``row`` one place among ``rows`` (a queryset in its order) and number them anew; return the row.

    At either end, and where the row is no longer among them, nothing moves.
    """
    ordered = list(rows.select_for_update())
    place = next((place for place, other in enumerate(ordered) if other.pk == row.pk), None)
    if place is None:
        return row
    ordered.insert(max(place + (-1 if up else 1), 0), ordered.pop(place))
    for position, other in enumerate(ordered):
        if other.position != position:
            other.position = position
            other.save(update_fields=["position"])
    return row
