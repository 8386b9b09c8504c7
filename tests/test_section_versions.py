"""Earlier versions of a section stay quick to read: texts of the shown page alone, compared at once."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from evaluations.queries.report_sections import _taken_out
from tests import builders

VERSIONS = "/e/practice/report/sections/introduction/versions/"


def test_the_texts_of_the_page_that_is_shown_are_read_alone_and_once(evaluator, cast, monkeypatch):
    monkeypatch.setattr("evaluations.views.report_sections.SITTINGS_PER_PAGE", 2)
    row, now = builders.section(cast.evaluation, text="Word 1"), timezone.now()
    for step in range(2, 6):
        row.version, row.text = step, f"Word {step}"
        row.save()
        row.history.filter(version=step).update(history_date=now + timedelta(hours=step))

    with CaptureQueriesContext(connection) as queries:
        page = evaluator.get(f"{VERSIONS}?page=2")

    assert [version.line.text for version in page.context["versions"]] == ["Word 3", "Word 2"]
    assert page.context["page"].paginator.count == 5
    assert len([query for query in queries if 'historicalreportsection"."text"' in query["sql"]]) == 1


@pytest.mark.parametrize(
    ("before", "after", "gone"),
    [
        ("", "", 0),
        ("One", "One two", 0),
        ("One two", "One", 4),
        ("One two three", "One three", 4),
        ("aaa", "aa", 1),
        ("One", "Two", 3),
    ],
)
def test_what_is_taken_out_of_a_text_is_counted(before, after, gone):
    assert _taken_out(before, after) == gone


def test_texts_are_not_compared_letter_by_letter():
    class Text(str):
        def __iter__(self):
            raise AssertionError("letter by letter")

    assert _taken_out(Text("Families were asked."), Text("Families were not asked.")) == 0
