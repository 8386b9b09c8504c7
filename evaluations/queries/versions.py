"""Reading in which published versions a quotation stands, whoever may be shown it by now."""

import re
from dataclasses import dataclass
from datetime import date

from django.db.models import TextField
from django.db.models.functions import Cast
from django.utils.formats import date_format

# A quotation's number in a document as JSON. Within a text the marks around the name would be escaped.
_NUMBER = re.compile(r'"quotation": ?(\d+)')


@dataclass(frozen=True)
class Standing:
    """A published version in which a quotation stands."""

    number: int
    published_on: date

    def __str__(self):
        return f"Version {self.number}, published on {date_format(self.published_on, 'j F Y')},"


def standing_in(versions, quotations):
    """Return ``{quotation: (Standing, ...)}`` of those numbers that stand in versions, newest first.

    One query. The documents are searched as the text that they are kept as: reading them takes far longer.
    """
    found = {}
    rows = versions.order_by("-number").annotate(words=Cast("documents", TextField()))
    for number, day, words in rows.values_list("number", "published_on", "words"):
        for quotation in {int(one) for one in _NUMBER.findall(words)}.intersection(quotations):
            found[quotation] = (*found.get(quotation, ()), Standing(number, day))
    return found


def still_shown(versions, quotations):
    """Say in words which versions show any of the quotations that readers may not see by now; or nothing.

    ``quotations`` are scoped and have ``reaches_readers``. Two queries.
    """
    kept_back = set(quotations.filter(reaches_readers=False).values_list("pk", flat=True))
    standing = set().union(*standing_in(versions, kept_back).values()) if kept_back else set()
    if not standing:
        return ""
    named = " and ".join(map(str, sorted(standing, key=lambda one: -one.number)))
    return (
        f"{named} still show{'s' if len(standing) == 1 else ''} words that nobody may be shown by now: only "
        "a withdrawal strikes them out there. The next version will be without them."
    )
