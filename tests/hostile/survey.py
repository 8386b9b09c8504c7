"""Who may open what, and what they find there to type into: read from routes, decisions and pages."""

import re
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from django.urls import Resolver404, resolve

from tests.hostile.fields import forms_of
from tests.pages import Page
from tests.test_access_walk import PEOPLE, ROUTES, decisions

VIEWS = Path(__file__).resolve().parents[2] / "evaluations"
READ = re.compile(r"""request\.GET(?:\.get|\.getlist)?[(\[]\s*"(\w+)\"""")
# Names that our views read out of an address without a form.
NAMES = sorted({name for file in VIEWS.rglob("*.py") for name in READ.findall(file.read_text("utf-8"))})


@dataclass
class Survey:
    """What one person finds: ``forms`` to send, and by route the names that ``filters`` and ``links`` use."""

    forms: dict = field(default_factory=dict)
    filters: dict = field(default_factory=dict)
    links: dict = field(default_factory=dict)

    def read(self, page, person):
        """Add what a page holds."""
        for form in forms_of(page, person):
            if form.method == "post":
                self.forms.setdefault(form.key, form)
            else:
                _name(self.filters, form.action, form.values)
        for link in Page(page).all("a", href=True):
            address = urlsplit(link["href"])
            _name(self.links, address.path or page.wsgi_request.path, dict(parse_qsl(address.query)))


def _name(found, address, names):
    """Add the names that an address holds behind its question mark to those of its route."""
    with suppress(Resolver404):
        found.setdefault(resolve(urlsplit(address).path).view_name, set()).update(names)


def opens(person, method):
    """Return the rows of the routes that somebody may open."""
    return [
        row for row, (methods, people) in decisions().items() if method in methods and people[person] == "ok"
    ]


def who(row):
    """Return somebody who may open a route."""
    _, people = decisions().get(row, ((), {}))
    return next((name for name in PEOPLE if people.get(name) == "ok"), "evaluator")


def survey(asker, rows, values):
    """Return what somebody finds on the pages of some routes."""
    found = Survey()
    for row in rows:
        answer = asker.ask("GET", ROUTES[row].address(values), kind="pages")
        if answer.status == 200 and not answer.format:
            found.read(answer.response, asker.person)
    return found
