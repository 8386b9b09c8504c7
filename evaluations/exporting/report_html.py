"""A document of the report as one page of HTML that asks for nothing: styles and fonts are in it."""

import re
from base64 import b64encode
from functools import cache
from hashlib import sha256
from pathlib import Path

from django.conf import settings
from django.template.loader import render_to_string

SHEETS = ("tokens", "report_document", "report_file")
LINK = '<link rel="stylesheet" href="css/{}.css">'
ADDRESS = re.compile(r'url\("\.\./([^"]+)"\)')
TYPES = {".woff2": "font/woff2", ".svg": "image/svg+xml"}


def report_html(document):
    """Return a ``Document`` as the bytes of a page."""
    styles = _styles()
    shown = {"document": document, "heads_page": True, "policy": _policy(styles)}
    page = render_to_string("evaluations/report_file.html", shown)
    first, *others = (LINK.format(name) for name in SHEETS)
    page = page.replace(first, f"<style>{styles}</style>")
    for link in others:
        page = page.replace(link, "")
    return page.encode()


def _policy(styles):
    """Return what such a page may do: show these styles, and what is in it."""
    found = b64encode(sha256(styles.encode()).digest()).decode()
    return (
        f"default-src 'none'; style-src 'sha256-{found}'; font-src data:; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


@cache
def _styles():
    """Return the style sheets as one, with what they lead to in it."""
    static = Path(settings.BASE_DIR, "static")
    sheets = "\n".join((static / f"css/{name}.css").read_text() for name in SHEETS)
    return ADDRESS.sub(lambda found: f'url("{_data(static / found[1])}")', sheets)


def _data(path):
    return f"data:{TYPES[path.suffix]};base64,{b64encode(path.read_bytes()).decode()}"
