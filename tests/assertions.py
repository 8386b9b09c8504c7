"""What tests say of a page, in one place."""

from html.parser import HTMLParser

from django.utils.html import escape

from tests.pages import Page


class _Marked(HTMLParser):
    def __init__(self, attribute):
        super().__init__()
        self.attribute, self.found = attribute, []

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if self.attribute in attrs:
            self.found.append({name: value for name, value in attrs.items() if name.startswith("data-")})


def marked(response, attribute):
    """Return the ``data-`` attributes of every element that has ``attribute``, in the order of the page.

    >>> marked(response, "data-count")[0]["data-condition"]
    'policies'
    """
    parser = _Marked(attribute)
    parser.feed(response.content.decode())
    return parser.found


def counts(response, attribute="data-count"):
    """Return ``{(strand, kind, condition): number}`` of a matrix or, with ``data-value``, a comparison.

    Fails when a cell stands on the page twice.
    """
    cells = marked(response, attribute)
    found = {
        (cell["data-strand"], cell["data-kind"], cell["data-condition"]): int(cell[attribute])
        for cell in cells
    }
    assert len(found) == len(cells), "a cell stands on the page twice"
    return found


def shows(response, text):
    """Say whether ``text`` (unescaped) stands on a page, escaped as HTML shows it."""
    return escape(text) in response.content.decode()


def refused(response, field, message):
    """Check that a form came back with ``message`` at the field with this id, and a link to it at the top.

    Returns the page.
    """
    assert response.status_code == 200, f"the form answered {response.status_code}"
    page = Page(response)
    said = [words for target, words in page.summary if target == field]
    assert any(message in words for words in said), f"“{message}” does not link to #{field}: {page.summary}"
    assert message in page.message_at(field), f"beside #{field} stands “{page.message_at(field)}”"
    assert page.title.startswith("Error: "), "the tab does not say that something is wrong"
    return page
