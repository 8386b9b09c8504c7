"""Addresses: whatever stands where an address names a thing."""

from tests.hostile.asker import query_of, turns
from tests.hostile.corpus import short
from tests.hostile.survey import who
from tests.hostile.tally import IS_FULL, ROUNDS, TALLY
from tests.test_access_walk import ROUTES, admin_addresses

ENTRIES = short(longest=600)


def test_whatever_stands_in_an_address_is_taken_for_nothing_else(world, askers):
    """One argument at a time; of the others, what is there. Where there is none, behind a question mark."""
    at = 0
    for row, route in ROUTES.items():
        TALLY.met["routes"].add(row)
        for place in places_of(route):
            at += 1
            for turn in ROUNDS:
                entry = next(turns(at + turn, ENTRIES))
                address = route.address(world.values | {place: entry.raw})
                method = ("GET", "POST")[(at + turn) % 2]
                query = "" if place else f"?{entry.raw}={entry.raw}"
                askers[who(row)].ask(method, address + query, kind="addresses", entries=[entry])


def places_of(route):
    """Return the arguments to try of a route; a sample leaves out the first, read by one piece of code."""
    places = list(dict.fromkeys(route.places))
    return places[not IS_FULL and len(places) > 1 and places[0] == "e" :] or [None]


def test_the_admin_takes_whatever_is_asked_of_its_lists_and_rows(world, askers):
    """Its pages are Django's own; superusers alone get there."""
    asker, names = (
        askers["superuser"],
        ("q", "o", "p", "e", "all", "_popup", "_to_field", "next", "term", "user__id"),
    )
    for at, address in enumerate(sorted(admin_addresses(world))):
        for turn in ROUNDS:
            entries = turns(at * 7 + turn, short(longest=300))
            pairs = [(name, next(entries)) for name in names]
            sent = [entry for _, entry in pairs]
            asker.ask("GET", f"{address}?{query_of(pairs)}", kind="filters", entries=sent)
