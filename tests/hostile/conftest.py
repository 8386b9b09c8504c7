"""The walk's world, with a browser for everybody, and an end that fails on findings."""

import pytest

from tests.hostile.asker import Asker
from tests.hostile.tally import TALLY
from tests.test_access_walk import world

__all__ = ["world"]


@pytest.fixture
def askers(world):
    """Everybody's browser, by name."""
    return {name: Asker(name, user) for name, user in world.people.items()}


@pytest.fixture(autouse=True)
def nothing_found():
    """Fail any test that found something, with all of it."""
    before = len(TALLY.findings)
    yield
    found = TALLY.findings[before:]
    assert not found, "\n".join(found[:60])
