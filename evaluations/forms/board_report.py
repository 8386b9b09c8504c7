"""The form of the board's report: since which day it says what changed."""

from .base import DayField, FilterForm, not_to_come


class SinceForm(FilterForm):
    """The day from which changes are told; lives in the address. ``default`` holds when there is none."""

    since = DayField(label="What changed since")

    def __init__(self, sent, *, default):
        super().__init__(sent if "since" in sent else {"since": _words(default)})
        self.default = default

    def clean_since(self):
        """Refuse a day that is still to come."""
        return not_to_come(self.cleaned_data["since"])

    @property
    def day(self):
        """Return the day that was chosen; the default one in place of what is no such day."""
        return self.cleaned_data.get("since") or self.default

    @property
    def words(self):
        """Return that day as people write it, for the addresses of files."""
        return _words(self.day)


def _words(day):
    return DayField().prepare_value(day)
