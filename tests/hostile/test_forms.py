"""Every form and every filter of every page, found on the pages, with hostile words in each field."""

import re
from contextlib import suppress

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.forms import IntegerField

from evaluations.forms.base import DayField
from evaluations.opened import MARK, SENDER
from tests.hostile import judge
from tests.hostile.asker import query_of, turns
from tests.hostile.corpus import Entry, short
from tests.hostile.fields import Form
from tests.hostile.survey import NAMES, opens, survey
from tests.hostile.tally import IS_FULL, ROUNDS, TALLY
from tests.test_access_walk import ROUTES

UNKNOWN = ("canary", "_method", "format", "__proto__", "page[]", "q[$ne]", "next")
# What somebody writes and nobody is to read again.
HELD_BACK = ("password", "csrf")
# What is kept, but not as it was typed: encrypted, or a token of a session.
KEPT_OTHERWISE = ("identity/edit/", "accounts/")
# What a form that saves is searched by, for its next page.
SEARCHED_BY = {"q"}
# Kept in parts, by route and field, with what stands between these: lines, terms and meanings, words.
IN_PARTS = {
    ("setup-edit", "glossary"): re.compile(r"[:\s]+"),
    ("setup-edit", "change_dimensions"): re.compile(r"\s+"),
    ("phone-join", "name"): re.compile(r"\s+"),
}
# What was tried by everybody so far: a form or the filters of a page, by route and names of fields.
TRIED = set()
# The evaluator opens nearly every page. Of the others, a sample opens what looks otherwise to them.
ALSO_OTHERS = {"recommendation-detail", "comment-detail", "phone-detail", "owner-link", "legacy-plan"}


def rows_of(person):
    """Return the routes whose pages somebody opens."""
    rows, evaluators = opens(person, "get"), {*opens("evaluator", "get")}
    is_whole = IS_FULL or person == "evaluator"
    return [row for row in rows if is_whole or row not in evaluators or row in ALSO_OTHERS]


@pytest.mark.parametrize("person", ["evaluator", "lead", "reviewer", "signed out"])
def test_every_field_that_somebody_finds_takes_whatever_is_typed(world, askers, person):
    asker, rows = askers[person], rows_of(person)
    found = survey(asker, rows, world.values)
    forms = [*found.forms.values(), *forms_of_nobody(person, found.forms.values(), world)]
    names = {row: {*found.filters.get(row, ()), *found.links.get(row, ()), *NAMES, *UNKNOWN} for row in rows}
    before = frozenset(TRIED)
    for turn in ROUNDS:
        for at, row in enumerate(rows):
            if (IS_FULL or row in found.filters) and is_news(before, turn, (row, frozenset(names[row]))):
                filter_with(asker, row, ROUTES[row].address(world.values), names[row], at * 7 + turn)
        for at, form in enumerate(forms):
            if not is_news(before, turn, form.key[1:]):
                continue
            if IS_FULL or at % 2 or not form.typed:
                send_nonsense(asker, form, at * 11 + turn)
            if IS_FULL or not at % 2:
                send_words(asker, form, world.body, at * 13 + turn)


def is_news(before, turn, place):
    """Say whether to try a place this turn: the first one in any case, all where nobody did ``before``.

    The same fields at the same address are read by the same code, whoever sends them.
    """
    TRIED.add(place)
    return turn == ROUNDS[0] or place not in before


def forms_of_nobody(person, forms, world):
    """Return forms for the routes that take one which stands on no page of these: what scripts send."""
    sent = {form.route for form in forms}
    return [
        Form(
            person,
            "",
            "post",
            ROUTES[row].address(world.values),
            {name: [value] for name, value in world.body.items()},
        )
        for row in opens(person, "post")
        if row not in sent and (person == "evaluator" or row not in {*opens("evaluator", "post")})
    ]


def filter_with(asker, row, address, names, turn):
    """Ask for a page with something hostile for everything that it may read out of its address."""
    entries = turns(turn, short(longest=300))
    once_and_twice = [*sorted(names), *sorted(names)[::4], *(f"{name}[]" for name in sorted(names)[::9])]
    pairs = [(name, next(entries)) for name in once_and_twice]
    TALLY.met["filters"].update((row, name) for name in names)
    asker.ask("GET", f"{address}?{query_of(pairs)}", kind="filters", entries=[entry for _, entry in pairs])


def send_nonsense(asker, form, turn):
    """Send a form with something hostile in every field, hidden ones and choices included."""
    entries = turns(turn)
    sent = {name: next(entries) for name in form.values if name not in (MARK, SENDER) or turn % 5 == 0}
    answer = send(asker, form, form.filled(sent, press=turn), sent)
    if answer.status == 200:
        ask_back(asker, form, sent, answer)


def send_words(asker, form, body, turn):
    """Send a form as it is meant, but for hostile words in fields that people write in, one after another."""
    one = turn % max(1, len(form.typed))
    for at, name in enumerate(form.typed if IS_FULL else form.typed[one : one + 1]):
        sent = {name: next(turns(turn + at))}
        empty = {
            name: value for name, value in body.items() if name in form.values and not any(form.values[name])
        }
        answer = send(asker, form, form.filled(empty | sent, press=turn + at), sent)
        if answer.status in (200, 409, 422):
            ask_back(asker, form, sent, answer)
        elif answer.status == 302:
            TALLY.met["accepted"].add((form.key, name))
            for held, entry in written_words(form, sent):
                if not is_kept(form, held, entry, answer.written):
                    asker.find(f"{form.action} {held}: {entry} was accepted and not stored")


def is_kept(form, name, entry, written):
    """Say whether what was accepted is among what was written, where it is kept as it was typed."""
    if name in SEARCHED_BY or any(place in form.action for place in KEPT_OTHERWISE):
        return True
    between = IN_PARTS.get((form.route, name))
    parts = between.split(entry.arrives) if between else [entry.arrives]
    return all(judge.is_stored(part, written) or as_read(part) in written for part in parts)


def as_read(text):
    """Return a text that is a day or a number as the database has it; None for any other."""
    for field in (DayField(), IntegerField()):
        with suppress(ValidationError):
            return str(field.clean(text))
    return None


def test_what_is_kept_in_parts_or_read_as_something_is_not_lost_and_anything_else_is():
    form = Form("evaluator", "", "post", "/e/practice/set-up/evaluation/")
    for name, sent, written in (
        ("glossary", "ICB: a board\r\nPC: one: two", ['{"ICB": "a board", "PC": "one: two"}']),
        ("change_dimensions", "one\u2028two", ['["one", "two"]']),
        ("programme_ends", "31/12/2199", ["2199-12-31"]),
        ("identities_kept_months", "٣", ["3"]),
        ("title", "one two", ["one two"]),
    ):
        assert is_kept(form, name, Entry("", sent, sent), written), name
        assert not is_kept(form, name, Entry("", sent, sent), ["another"]), name


def send(asker, form, pairs, sent):
    """Send a form and return the answer."""
    TALLY.met["forms"].add((form.person, form.route))
    TALLY.met["fields"].update((form.route, name) for name in sent if form.page)
    body, entries = query_of(pairs).encode(), list(sent.values())
    return asker.ask("POST", form.action, body, kind="forms", entries=entries, HTTP_ORIGIN=settings.SITE_URL)


def ask_back(asker, form, sent, answer):
    """Look for what was typed on the page that refused it."""
    typed = {name: entry.arrives for name, entry in written_words(form, sent)}
    for name in judge.lost(answer.content, typed):
        asker.find(f"{form.action} {name}: {sent[name]} was refused and is not on the page")


def written_words(form, sent):
    """Return what of a form people write and may read again."""
    return [
        (name, entry)
        for name, entry in sent.items()
        if name in form.typed and not any(word in name for word in HELD_BACK)
    ]
