"""What is stored is shown as words, on every page, to everybody, and in every file."""

import pytest

from tests.hostile import judge
from tests.hostile.stored import fill_with_hostile_texts, storable
from tests.hostile.survey import opens
from tests.hostile.tally import IS_FULL, TALLY
from tests.test_access_walk import ROUTES

FORMATS = ("xlsx", "csv", "docx", "html", "pdf")
# Files that are made of everything there is; a sample makes each in the formats that are quick.
QUICK = ("xlsx", "csv", "html")
STARTS = range(0, len(storable()), 20) if IS_FULL else (0,)


@pytest.mark.parametrize("start", STARTS)
def test_hostile_texts_that_are_stored_are_words_on_every_page_and_in_every_file(world, askers, start):
    used, shown = fill_with_hostile_texts(start), ""
    for person in askers if IS_FULL else ("evaluator", "lead", "signed out"):
        for row in opens(person, "get"):
            if not IS_FULL and person != "evaluator" and row in opens("evaluator", "get"):
                continue
            for values in forms_of_a_file(ROUTES[row], world.values):
                answer = askers[person].ask("GET", ROUTES[row].address(values), kind="stored")
                shown += answer.content
                if answer.format and answer.status == 200:
                    check_file(askers[person], row, answer)
    escaped = [text for text in used if judge.shown(text, shown)]
    assert len(escaped) > len(used) // 2, "most of what is stored is on some page"


def forms_of_a_file(route, values):
    """Yield the values of an address, once for each format where it ends with one."""
    place = next((place for place in route.places if place in ("export", "report-format")), None)
    for format in (FORMATS if IS_FULL else QUICK) if place else ("",):
        yield values | {place: format} if place else values


def check_file(asker, row, answer):
    """Open a file again and note what in it would run, reach out or be calculated."""
    TALLY.met["files"].add((row, answer.format))
    for fault in judge.file_faults(answer.body, answer.format):
        asker.find(f"{row} as {answer.format}: {fault}")
