"""The report builder: sections in order, written by hand or drafted, what it is called, who sees what."""

import pytest

from evaluations.models import ConflictingEdit, Report, ReportSection, SectionKey
from tests import builders
from tests.assertions import shows
from tests.base import person, signed_in

E = "/e/practice/report/"
INTRODUCTION = f"{E}sections/introduction/"
KEYS = [key for key in SectionKey if key != SectionKey.SUMMARY]


def section(key="introduction"):
    return ReportSection.objects.get(key=key)


def order(client):
    """Return the keys of the sections as the builder lists them."""
    return [row.outline.key for row in client.get(E).context["builder"].rows]


def write(client, text, version=0, key="introduction", **sent):
    """Send what a section says as its page does without a script."""
    return client.post(f"{E}sections/{key}/", {"heading": "", "text": text, "version-text": version} | sent)


def autosave(client, text, version=0, **sent):
    """Send what the introduction says as its page does by itself."""
    fields = {"heading": "", "text": text, "version-text": version, "page": "one", "step": 1}
    return client.post(f"{INTRODUCTION}save/", fields | sent, headers={"X-Requested-With": "fetch"})


@pytest.fixture
def other(cast):
    """Another evaluator's browser."""
    user = person("nora")
    builders.member(cast.evaluation, user, "evaluator")
    return signed_in(user)


def test_evaluators_see_the_sections_in_the_order_of_the_2023_report_with_a_preview(evaluator):
    page = evaluator.get(E)
    assert order(evaluator) == KEYS
    shows(page, "Drafted from the data")
    shows(page, 'class="report-document"')


@pytest.mark.parametrize("address", ["", "settings/", "preview/", "contributors/", "sections/method/"])
def test_pages_of_the_builder_open(evaluator, address):
    assert evaluator.get(f"{E}{address}").status_code == 200
