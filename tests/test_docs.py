"""What the guides name is there: the pages they link, and the commands they tell to run."""

import re

import pytest
from django.core.management import get_commands

from .dockerfile import ROOT

PAGES = [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_and_commands_exist(page):
    text = page.read_text("utf-8")
    links = re.findall(r"\]\((?!https?:|mailto:|#)([^)#\s]+)", text)
    assert not [link for link in links if not (page.parent / link).exists()]
    assert set(re.findall(r"manage\.py ([a-z_]+)", text)) <= set(get_commands())
