"""Addresses: whatever stands where an address names a thing."""

from tests.hostile.asker import query_of, turns
from tests.hostile.corpus import short
from tests.hostile.survey import who
from tests.hostile.tally import IS_FULL, ROUNDS
from tests.test_access_walk import ROUTES, admin_addresses

ENTRIES = short(longest=600)


def test_whatever_stands_in_an_address_is_taken_for_nothing_else(world, askers):
    """One argument at a time; of the others, what is there."""
    at = 0
    for row, route in ROUTES.items():
        for place in dict.fromkeys(route.places):
            at += 1
            if place == "e" and len(route.places) > 1 and not IS_FULL:
                continue  # found by the same code everywhere; a sample tries the other arguments
            for turn in ROUNDS:
                entry = next(turns(at + turn, ENTRIES))
                address = route.address(world.values | {place: entry.raw})
                method = ("GET", "POST")[(at + turn) % 2]
                askers[who(row)].ask(method, address, kind="addresses", entries=[entry])


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
