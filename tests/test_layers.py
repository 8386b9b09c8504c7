"""Who may import whom (docs/maintainers.md), read from the imports; and what templates may not hold."""

import ast
import re
from pathlib import Path

import pytest
from django.conf import settings

APP = Path(settings.BASE_DIR) / "evaluations"
TEMPLATES = Path(settings.BASE_DIR) / "templates"

# Room by room: what of the app it may import. Its own files, the standard library and other packages are
# not listed, but for the two kinds of rooms in OUTSIDE.
MAY_IMPORT = {
    "conditions": set(),
    "text": set(),
    "traces": set(),
    "ranges": set(),
    "strength": set(),
    "codes": set(),
    "attempts": set(),
    "qr": set(),
    "report": {"conditions", "text"},
    "models": {"codes", "conditions"},
    "access": {"models", "conditions"},
    "queries": {"models", "conditions", "replica", "strength", "text"},
    "starter_guide": {"conditions"},
    "actions": {
        "codes",
        "starter_guide",
        "importing",
        "models",
        "conditions",
        "ranges",
        "report",
        "signin",
        "text",
        "traces",
    },
    "analysis": {"conditions", "report", "strength"},
    "charts": {"analysis", "conditions"},
    "forms": {
        "attempts",
        "codes",
        "faults",
        "models",
        "conditions",
        "importing",
        "ranges",
        "report",
        "strength",
        "text",
    },
    "importing": {"models", "conditions", "text"},
    "exporting": {"analysis", "conditions", "report"},
    "faults": {"logs"},
    "jobs": {"access", "actions", "exporting", "faults", "importing", "models", "report", "screens"},
    "navigation": {"access"},
    "reminders": {"access", "actions", "analysis", "models", "queries"},
    "screens": {"access", "analysis", "conditions", "forms", "models", "queries", "report", "traces"},
    "views": {
        "accepting",
        "access",
        "actions",
        "analysis",
        "attempts",
        "charts",
        "codes",
        "conditions",
        "downloads",
        "exporting",
        "faults",
        "forms",
        "importing",
        "jobs",
        "logs",
        "models",
        "navigation",
        "opened",
        "qr",
        "queries",
        "replica",
        "report",
        "screens",
        "sessions",
        "signin",
        "unsent",
    },
    "templatetags": {"navigation", "conditions"},
    "backups": {"actions", "models"},
    "management": {"access", "actions", "attempts", "backups", "jobs", "queries", "reminders", "signin"},
    "converters": {"conditions"},
    "urls": {"converters", "views"},
    "admin": {"actions", "models"},
    "admin_site": set(),
    "apps": {"checks", "sessions", "two_step"},
    "checks": {"replica", "signin"},
    "logs": set(),
    "middleware": {"logs", "signin", "unsent"},
    "replica": set(),
    "signin": set(),
    "sessions": set(),
    "two_step": {"actions", "attempts", "models", "qr"},
    "accepting": {"access", "actions", "forms", "models", "queries"},
    "downloads": {"actions", "exporting"},
    "uploads": set(),
    "unsent": {"signin"},
    "opened": {"access", "actions", "signin", "traces", "unsent"},
}
# Packages from outside, where not every one is fit for a room.
OUTSIDE = {
    "conditions": set(),
    "text": set(),
    "ranges": set(),
    "strength": set(),
    "analysis": {"pandas", "pycm"},
    "charts": {"plotly"},
    "report": {"markdown_it"},
}
STANDARD = {
    "collections",
    "dataclasses",
    "datetime",
    "difflib",
    "enum",
    "functools",
    "hashlib",
    "itertools",
    "math",
    "re",
    "unicodedata",
}


def modules():
    """Return ``{module name within the app: source}``, migrations apart."""
    paths = [
        path for path in APP.rglob("*.py") if "migrations" not in path.parts and path != APP / "__init__.py"
    ]
    return {".".join(path.relative_to(APP).with_suffix("").parts): path.read_text() for path in paths}


def imported(name, source):
    """Return the dotted names that a module of the app imports, relative ones made whole."""
    package = ["evaluations", *name.split(".")]
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level] if node.level else []
            start = ".".join([*base, node.module] if node.module else base)
            found += [f"{start}.{alias.name}" for alias in node.names]
    return found


def room_of(dotted):
    """Return the room of a dotted name: ``evaluations.models.people`` is in ``models``."""
    parts = dotted.split(".")
    return parts[1] if parts[0] == "evaluations" and len(parts) > 1 else None


def faults(name, source):
    """Return what a module breaks of the rules, in words."""
    room = name.split(".")[0]
    if room not in MAY_IMPORT:
        return [f"{name}: nobody decided what the room {room} may import"]
    found = []
    for dotted in imported(name, source):
        target = room_of(dotted)
        if target and target != room and target not in MAY_IMPORT[room]:
            found.append(f"{name} imports {dotted}")
        outside = dotted.split(".")[0]
        if not target and room in OUTSIDE and outside not in OUTSIDE[room] | STANDARD:
            found.append(f"{name} imports {dotted}")
        if room == "views" and target == "views":
            found.append(f"{name}: a view imports another")
    if room == "views" and re.search(r"\b[A-Z]\w+\.objects\b", source):
        found.append(f"{name}: a view asks a model's own manager")
    if "mark_safe" in source or "SafeString" in source:
        found.append(f"{name}: marks text as safe")
    return found


def template_faults(source):
    """Return what a template holds that a strict content security policy and our rules forbid."""
    forbidden = {
        "a safe filter": r"\|\s*safe\b",
        "autoescape off": r"autoescape\s+off",
        "an inline style": r"\sstyle\s*=|<style\b",
        "an inline script": r"<script(?![^>]*\bsrc=)",
        "an event handler": r"\son[a-z]+\s*=",
        "another site": r"(?:src|href|action)=[\"'](?:https?:)?//",
    }
    return [what for what, pattern in forbidden.items() if re.search(pattern, source)]


@pytest.mark.parametrize(("name", "source"), modules().items(), ids=modules())
def test_a_module_imports_only_what_its_room_may(name, source):
    assert faults(name, source) == []


@pytest.mark.parametrize("path", sorted(TEMPLATES.rglob("*.html")), ids=lambda path: path.name)
def test_a_template_holds_nothing_inline_or_unescaped(path):
    assert template_faults(path.read_text()) == []


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("analysis.matrix", "from django.db import models"),
        ("analysis.matrix", "from evaluations.models import Finding"),
        ("models.people", "from evaluations import access"),
        ("models.people", "from ..actions import audit"),
        ("queries.findings", "from evaluations.actions import findings"),
        ("actions.findings", "from evaluations.forms.findings import FindingForm"),
        ("forms.findings", "from evaluations.actions.findings import add_finding"),
        ("charts", "from evaluations.models import Finding"),
        ("views.matrix", "from evaluations.views import findings"),
        ("views.matrix", "from .findings import finding_list"),
        ("views.matrix", "rows = Finding.objects.all()"),
        ("helpers", "import json"),
        ("templatetags.waterline", "from django.utils.safestring import mark_safe"),
    ],
)
def test_the_rules_find_what_breaks_them(name, source):
    assert faults(name, source)


@pytest.mark.parametrize(
    "source",
    [
        "{{ text|safe }}",
        "{% autoescape off %}",
        '<p style="color: red">',
        "<style>p {}</style>",
        "<script>alert(1)</script>",
        '<a onclick="go()">',
        '<script src="https://cdn.example.org/x.js"></script>',
        '<link href="//fonts.example.org/x.css">',
    ],
)
def test_the_rules_for_templates_find_what_breaks_them(source):
    assert template_faults(source)
