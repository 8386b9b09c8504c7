"""Every address of the URL configuration, for tests that walk them all."""

import re
from dataclasses import dataclass

from django.urls import get_resolver

ARGUMENT = re.compile(r"\(\?P<(\w+)>[^)]*\)|<(?:\w+:)?(\w+)>")
# Where one word of an address stands before different things: (route, that word) to a name of its own.
OWN = {
    ("version-detail", "versions"): "published",
    ("version-export", "versions"): "published",
    ("version-export", "export"): "report-format",
    ("report-export", "export"): "report-format",
    ("summary-export", "export"): "report-format",
    ("contributor-export", "export"): "report-format",
}


@dataclass(frozen=True)
class Route:
    """One address: ``name`` with its namespaces, the whole ``pattern``, whether it needs no account."""

    name: str
    pattern: str
    is_public: bool

    @property
    def places(self):
        """Return what stands before each argument in the address, in order: ``["e", "findings"]``.

        An argument that follows another one at once stands under its own name: ``["matrix", "kind"]``.
        """
        return [self._before(match) for match in ARGUMENT.finditer(self.pattern)]

    def address(self, values):
        """Return the address; ``values`` are by what stands before the argument, for example ``findings``."""
        filled = ARGUMENT.sub(lambda match: str(values[self._before(match)]), self.pattern)
        return "/" + filled.replace("^", "").replace("$", "")

    def _before(self, match):
        before = self.pattern[: match.start()]
        if before.endswith(">/"):
            return match[1] or match[2]
        before = ARGUMENT.sub("", before).strip("/^-").split("/")[-1].lstrip("^")
        return OWN.get((self.name, before), before)


def all_routes(patterns=None, before="", namespaces=()):
    """Return every ``Route``, through all includes."""
    found = []
    for entry in get_resolver().url_patterns if patterns is None else patterns:
        pattern = before + str(entry.pattern)
        if hasattr(entry, "url_patterns"):
            inside = (*namespaces, entry.namespace) if entry.namespace else namespaces
            found += all_routes(entry.url_patterns, pattern, inside)
        else:
            name = ":".join((*namespaces, entry.name or ""))
            found.append(Route(name, pattern, not getattr(entry.callback, "login_required", True)))
    return found
