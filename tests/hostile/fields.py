"""Where something can be typed: the forms of a page with their fields, found in its HTML."""

from dataclasses import dataclass, field
from urllib.parse import urljoin, urlsplit

from django.urls import Resolver404, resolve

from tests.pages import Page, values_of

UNTYPED = ("radio", "checkbox", "file", "hidden", "submit", "button", "image", "reset")


@dataclass
class Form:
    """A form as it stands on a page: who sees it, where it goes, what it would send as it is.

    ``values`` are lists by name; ``typed`` are names of fields that people write in, ``files`` take a file,
    ``buttons`` are what pressing each of them adds.
    """

    person: str
    page: str
    method: str
    action: str
    values: dict = field(default_factory=dict)
    typed: list = field(default_factory=list)
    files: list = field(default_factory=list)
    buttons: list = field(default_factory=list)

    @property
    def route(self):
        """Return the name of the route that it is sent to, or None."""
        try:
            return resolve(urlsplit(self.action).path).view_name
        except Resolver404:
            return None

    @property
    def key(self):
        """Return what tells this form from another one at the same address."""
        return self.person, self.route, self.method, tuple(sorted(self.values))

    def filled(self, values, press=0):
        """Return what is sent with some fields filled in otherwise, as (name, value) pairs.

        ``press`` says which button, counted round and round.
        """
        merged = self.values | {name: [value] for name, value in values.items()}
        pressed = self.buttons[press % len(self.buttons)] if self.buttons else {}
        return [(name, value) for name, held in merged.items() for value in held] + [*pressed.items()]


def forms_of(page, person):
    """Return every ``Form`` of a page, the sign-out button apart."""
    root, found = Page(page), []
    for element in root.all("form"):
        method = (element.get("method") or "get").lower()
        action = urljoin(root.address, element.get("action") or root.address)
        form = Form(person, root.address, method, action)
        elsewhere = root.all(name=True, form=element["id"]) if element.get("id") else []
        for control in [*element.all(name=True), *elsewhere]:
            _add(form, control)
        for button in element.all("button"):
            if button.get("type") != "button":
                name = button.get("name")
                form.buttons.append({name: button.get("value") or ""} if name else {})
        if urlsplit(action).path != "/accounts/logout/":
            found.append(form)
    return found


def _add(form, control):
    name, kind = control["name"], control.get("type") or "text"
    if name == "csrfmiddlewaretoken" or control.tag not in ("input", "select", "textarea"):
        return
    held = form.values.setdefault(name, [])
    if kind == "file":
        form.files.append(name)
    else:
        held += values_of(control)
    if control.tag == "textarea" or (control.tag == "input" and kind not in UNTYPED):
        form.typed.append(name)
