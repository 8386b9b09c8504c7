"""A page as a browser without JavaScript has it: its words, its elements, and what its forms would send."""

import re
from functools import cached_property
from html.parser import HTMLParser

_VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
_INLINE = {"a", "del", "em", "i", "ins", "strong", "time"}
_WORDLESS = {"script", "style", "template"}
_OPTIONAL_END = {"p", "li", "option", "use"}


class Element:
    """One element: ``tag``, ``attributes`` by name, ``children`` (elements and texts), ``parent``."""

    def __init__(self, tag, attributes, parent):
        self.tag, self.attributes, self.parent, self.children = tag, attributes, parent, []

    def __getitem__(self, name):
        return self.attributes[name]

    def get(self, name, default=None):
        """Return the value of an attribute."""
        return self.attributes.get(name, default)

    def all(self, tag=None, **attributes):
        """Return the elements inside this one with this tag and these attributes, in the order of the page.

        A ``class_`` is one of the element's classes; True as a value means any.
        """
        return [element for element in self.inside if _fits(element, tag, attributes)]

    @cached_property
    def inside(self):
        """Return every element inside this one, in the order of the page."""
        found = []
        for child in self.children:
            if isinstance(child, Element):
                found += [child, *child.inside]
        return found

    def one(self, tag=None, **attributes):
        """Return the only such element; fails when there is none or another one."""
        found = self.all(tag, **attributes)
        assert len(found) == 1, f"{len(found)} elements <{tag or '*'}> with {attributes}"
        return found[0]

    @property
    def text(self):
        """Return the text inside as it stands in the page, with a space around most elements."""
        return "".join(
            child if isinstance(child, str) else child.text if child.tag in _INLINE else f" {child.text} "
            for child in self.children
            if isinstance(child, str) or child.tag not in _WORDLESS
        )

    @property
    def words(self):
        """Return the text inside with single spaces."""
        return " ".join(self.text.split())


def _fits(element, tag, attributes):
    if tag and element.tag != tag:
        return False
    for name, value in attributes.items():
        if name == "class_":
            if value not in (element.get("class") or "").split():
                return False
            continue
        own = element.attributes.get(name.replace("_", "-"), False)
        if own is False or (value is not True and own != value):
            return False
    return True


class _Tree(HTMLParser):
    def __init__(self):
        super().__init__()
        self.root = self.at = Element("", {}, None)

    def handle_starttag(self, tag, attrs):
        element = Element(tag, dict(attrs), self.at)
        self.at.children.append(element)
        if tag not in _VOID:
            self.at = element

    def handle_startendtag(self, tag, attrs):
        self.at.children.append(Element(tag, dict(attrs), self.at))

    def handle_endtag(self, tag):
        while self.at.tag != tag:
            assert self.at.tag in _OPTIONAL_END, f"</{tag}> closes <{self.at.tag}>"
            self.at = self.at.parent
        self.at = self.at.parent

    def handle_data(self, data):
        self.at.children.append(data)


class Page(Element):
    """The answer to a request, parsed; refuses a page whose elements are not closed."""

    def __init__(self, response):
        super().__init__("", {}, None)
        tree = _Tree()
        tree.feed(response.content.decode())
        tree.close()
        assert tree.at is tree.root, f"<{tree.at.tag}> is not closed"
        self.children = tree.root.children
        self.address = response.wsgi_request.get_full_path()

    @property
    def title(self):
        """Return what the browser's tab says."""
        return self.one("title").words

    @cached_property
    def ids(self):
        """Return every id on the page."""
        return [element["id"] for element in self.all(id=True)]

    def with_id(self, id):
        """Return the element with this id; fails unless it stands on the page once."""
        return self.one(id=id)

    def links(self, words):
        """Return the addresses of the links whose words hold ``words``."""
        return [link["href"] for link in self.all("a", href=True) if words in link.words]

    def sends(self, action=None):
        """Return ``{name: value or list}``, what a browser sends of the form at ``action``, buttons apart.

        Without ``action``, of the only form that sends to the page's own address and is in the content.
        """
        place = action or self.address
        forms = [
            form
            for form in self.one("main").all("form", method="post")
            if _path(form.get("action") or self.address) == _path(place)
        ]
        assert len(forms) == 1, f"{len(forms)} forms send to {place}"
        return _sent(forms[0], self.all(form=forms[0].get("id") or ""))

    @cached_property
    def summary(self):
        """Return ``[(id that is linked to or None, message)]`` of the summaries of errors at the top."""
        found = []
        for item in (line for box in self.all(class_="error-summary") for line in box.all("li")):
            link = item.all("a")
            found.append((link[0]["href"].removeprefix("#") if link else None, item.words))
        return found

    def message_at(self, id):
        """Return the words of the messages beside the field with this id."""
        place = self.with_id(id)
        while not (place.get("id") or "").startswith("div_"):
            place = place.parent
            assert place is not None, f"#{id} stands in no field"
        return " ".join(message.words for message in place.all(class_="invalid-feedback"))

    @property
    def notices(self):
        """Return what the page says was done, or could not be."""
        return [item.words for box in self.all("ul", class_="messages") for item in box.all("li")]


def _path(address):
    return address.partition("?")[0]


def _sent(form, elsewhere=()):
    """Return what a form sends: its own fields, and those ``elsewhere`` on the page that name it."""
    sent = {}
    for field in [*form.all(), *elsewhere]:
        name = field.get("name")
        if not name or name in ("csrfmiddlewaretoken", "opened", "sender"):  # when and by whom it was opened
            continue
        for value in values_of(field):
            if name in sent:
                before = sent[name] if isinstance(sent[name], list) else [sent[name]]
                sent[name] = [*before, value]
            else:
                sent[name] = value
    return sent


def values_of(field):
    """Return what one field of a form sends, as a list."""
    if field.tag == "textarea":
        return [re.sub(r"^\r?\n", "", field.text)]
    if field.tag == "select":
        options = field.all("option")
        chosen = [option for option in options if "selected" in option.attributes] or options[:1]
        return [option.get("value", option.words) for option in chosen]
    if field.tag == "input":
        if field.get("type") in ("checkbox", "radio"):
            return [field.get("value", "on")] if "checked" in field.attributes else []
        return [] if field.get("type") in ("submit", "button") else [field.get("value") or ""]
    return []


def fill_in(browser, address, changes, *, action=None):
    """Open the page at ``address``, change fields of its form (at ``action``), send it; return the answer.

    A field whose value is None is left out, as an unticked box is.
    """
    sent = Page(browser.get(address)).sends(action) | changes
    return browser.post(action or address, {name: value for name, value in sent.items() if value is not None})
