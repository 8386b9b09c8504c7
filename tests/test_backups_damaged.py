"""Backups that are damaged or made to do harm: said with the place, and never believed."""

import io
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluations.backups.format import BackupError
from evaluations.backups.reading import open_backup

from .backup_files import EVALUATIONS, PARTICIPANTS, made, rewritten, several_databases

__all__ = ["made", "several_databases"]


def first_value(text):
    """Return a change: the first value of a line becomes another."""
    return lambda content: b"[" + text + content[content.index(b",") :]


DAMAGE = {
    "a value of the wrong type": (EVALUATIONS, first_value(b'"1"'), "line 1: column id: a whole number"),
    "a huge number": (EVALUATIONS, first_value(b"9" * 5000), "line 1: this is no row"),
    "a number too large": (EVALUATIONS, first_value(b"9" * 25), "line 1: column id: a whole number"),
    "no number": (EVALUATIONS, first_value(b"NaN"), "line 1: this is no row"),
    "no key": (EVALUATIONS, first_value(b"null"), "line 1: its key is not above"),
    "deep JSON": (EVALUATIONS, lambda _: b"[" * 100_000 + b"\n", "line 1: this is no row"),
    "deep JSON in a value": (
        EVALUATIONS,
        lambda content: content.replace(b'"[]"', b'"' + b"[" * 100_000 + b'"'),
        "line 1: column change_dimensions: JSON",
    ),
    "a number with an exponent too long": (
        EVALUATIONS,
        lambda content: content.replace(b'"[]"', b'"[1e99999999999999999999]"'),
        "line 1: column change_dimensions: JSON",
    ),
    "half a character": (
        PARTICIPANTS,
        lambda content: content.replace(b"P9", b"\\ud800"),
        "column code: text",
    ),
    "a day that is none": (
        EVALUATIONS,
        lambda content: content.replace(b"9999-12-31", b"2023-02-30"),
        "column programme_ends: a day",
    ),
    "bytes that are none": (
        "tables/evaluations_heldfile.jsonl",
        lambda content: content.replace(b"AAEC", b"!!!!"),
        "column content: bytes",
    ),
    "a value too few": (EVALUATIONS, lambda _: b"[1]\n", "line 1: a row has"),
    "no list": (EVALUATIONS, lambda _: b"{}\n", "line 1: a row has"),
    "the same key twice": (PARTICIPANTS, lambda content: content * 2, "line 2: its key is not above"),
    "a key above the last": (PARTICIPANTS, first_value(b"99"), "its last key is above"),
    "no manifest": ("manifest.json", lambda _: None, "manifest.json is missing"),
    "a manifest that is none": ("manifest.json", lambda _: b"[]", "no manifest"),
    "a deep manifest": ("manifest.json", lambda _: b"[" * 100_000, "no manifest"),
    "a manifest that says things twice": (
        "manifest.json",
        lambda content: content.replace(b'"format"', b'"format": 1, "format"'),
        "no manifest",
    ),
    "a migration that would write to the terminal": (
        "manifest.json",
        lambda content: content.replace(b'"0001_initial"', b'"\\u001b[2Jred"', 1),
        r"x1b\[2Jred",
    ),
    "another program's": (
        "manifest.json",
        lambda content: content.replace(b"waterline-backup", b"other"),
        "not a backup of Waterline",
    ),
    "a later form": (
        "manifest.json",
        lambda content: content.replace(b'"format_version": 1', b'"format_version": 2'),
        "later version",
    ),
    "a later migration": (
        "manifest.json",
        lambda content: content.replace(b"0007_trust", b"9999_later"),
        "later version of Waterline, with 'evaluations 9999_later'",
    ),
    "a column that no table has": (
        "manifest.json",
        lambda content: content.replace(b'"title": "text"', b'"x\\" = 1; --": "text"'),
        "does not describe the tables",
    ),
    "a wrong count": (
        "manifest.json",
        lambda content: content.replace(b'"rows": 2', b'"rows": 3'),
        "has 2 rows; the manifest says 3",
    ),
    "a count below nothing": (
        "manifest.json",
        lambda content: content.replace(b'"rows": 2', b'"rows": -2'),
        "does not describe",
    ),
    "a last number after which none can be given": (
        "manifest.json",
        lambda content: re.sub(rb'"last_id": [1-9]\d*', b'"last_id": %d' % (2**63 - 1), content, count=1),
        "does not describe",
    ),
}


@pytest.mark.own_database
@pytest.mark.parametrize("damage", DAMAGE)
def test_what_is_wrong_in_a_backup_is_said_with_its_place(made, tmp_path, damage):
    entry, change, words = DAMAGE[damage]
    damaged = rewritten(made, tmp_path / "damaged.zip", entry=entry, change=change)
    with pytest.raises(BackupError, match=words), open_backup(damaged):
        pass


@pytest.mark.own_database
def test_a_name_that_is_not_encrypted_counts_as_one_that_no_key_opens(made, tmp_path):
    open_name = rewritten(
        made,
        tmp_path / "open.zip",
        entry="tables/evaluations_participantidentity.jsonl",
        change=lambda content: re.sub(rb'"gAAAA[^"]+"', b'"Ada in the open"', content),
    )
    with open_backup(made) as right, open_backup(open_name) as wrong:
        assert (right.sealed, right.unreadable) == (2, 0)
        assert (wrong.sealed, wrong.unreadable) == (2, 1)


@pytest.mark.own_database
def test_entries_that_are_missing_added_changed_or_much_too_long_are_refused(made, tmp_path, monkeypatch):
    target = tmp_path / "damaged.zip"

    def refused(words, **how):
        damaged = rewritten(made, target, **{"entry": PARTICIPANTS, "change": bytes} | how)
        with pytest.raises(BackupError, match=words), open_backup(damaged):
            pass

    refused(f"{PARTICIPANTS} is missing", change=lambda _: None, right=False)
    refused("entries in it that no backup has", extra=[("../../etc/passwd", b"x")])
    refused("checksum", change=lambda content: content.replace(b"P9", b"P8"), right=False)
    refused("more rows than the 1", change=lambda content: content * 2, right=False)
    with monkeypatch.context() as patch:
        patch.setattr("evaluations.backups.reading.LONGEST_LINE", 5000)
        refused("line 1: the line is too long", entry=EVALUATIONS)
    with pytest.warns(UserWarning, match="Duplicate"):
        refused("entries in it that no backup has", extra=[(PARTICIPANTS, b"")])


@pytest.mark.own_database
@settings(max_examples=40)
@given(place=st.floats(0, 1, exclude_max=True), how=st.sampled_from(["flip", "cut"]), bit=st.integers(0, 7))
def test_a_flipped_bit_or_a_file_cut_short_never_passes_for_other_rows(made, place, how, bit):
    content = bytearray(made.read_bytes())
    position = int(place * len(content))
    if how == "cut":
        del content[position:]
    else:
        content[position] ^= 1 << bit
    try:
        with open_backup(io.BytesIO(content)) as backup, open_backup(made) as right:
            assert backup.manifest.summaries == right.manifest.summaries
    except BackupError as error:
        assert str(error)
