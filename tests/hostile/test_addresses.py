"""Addresses: whatever stands where an address names a thing."""

from tests.hostile.asker import turns
from tests.hostile.corpus import short
from tests.hostile.survey import who
from tests.hostile.tally import ROUNDS
from tests.test_access_walk import ROUTES

ENTRIES = short(longest=600)


def test_whatever_stands_in_an_address_is_taken_for_nothing_else(world, askers):
    """One argument at a time; of the others, what is there."""
    at = 0
    for row, route in ROUTES.items():
        for place in dict.fromkeys(route.places):
            at += 1
            for turn in ROUNDS:
                entry = next(turns(at + turn, ENTRIES))
                address = route.address(world.values | {place: entry.raw})
                method = ("GET", "POST")[(at + turn) % 2]
                askers[who(row)].ask(method, address, kind="addresses", entries=[entry])
