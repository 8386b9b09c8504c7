"""Every address of the URL configuration, for tests that walk them all."""

import re
from dataclasses import dataclass

from django.urls import get_resolver

ARGUMENT = re.compile(r"\(\?P<(\w+)>[^)]*\)|<(?:\w+:)?(\w+)>")


@dataclass(frozen=True)
class Route:
    """One address: ``name`` with its namespaces, the whole ``pattern``, whether it needs an account."""

    name: str
    pattern: str
    is_public: bool

    @property
    def arguments(self):
        """Return the names of the arguments in the address, in order."""
        return [match[1] or match[2] for match in ARGUMENT.finditer(self.pattern)]

    def address(self, values):
        """Return the address with ``values`` for its arguments."""
        filled = ARGUMENT.sub(lambda match: str(values[match[1] or match[2]]), self.pattern)
        return "/" + filled.replace("^", "").replace("$", "")


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
