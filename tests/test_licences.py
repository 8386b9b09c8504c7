"""Everything that is needed says its licence, and the table in the docs is the one of today."""

import pytest

from . import licences


def test_every_licence_is_known_or_explained():
    assert licences.faults() == []
    explained = licences.PAGE.read_text().partition("<!-- licences -->")[0]
    assert all(name in explained for name in licences.EXPLAINED)


def test_the_table_in_the_docs_is_that_of_the_packages():
    """Mend with: python -m tests.licences --write. Other systems need a package less; that is fine."""
    written = licences.TABLE.search(licences.PAGE.read_text())[1].splitlines()
    assert set(licences.table().splitlines()) <= set(written)


@pytest.mark.parametrize("licence", ["", "Proprietary", "GPL-3.0-or-later", "MIT AND LGPL-2.1", "MPL-2.0"])
def test_a_licence_that_asks_for_more_is_found(licence, monkeypatch):
    monkeypatch.setattr(licences, "rows", lambda: [("thing", "1.0", licence, "")])
    assert licences.faults()
