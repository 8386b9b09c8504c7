"""Reading the history of the report's sections: who wrote what is there now, and what they said before."""

from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import takewhile

from django.db.models import OuterRef, Subquery

ONE_SITTING = timedelta(minutes=10)
FEW_LETTERS = 40  # taking out so much is still a step of typing


@dataclass(frozen=True)
class Written:
    """Who wrote what a section says now (None when since removed), and when."""

    by: object
    at: object


@dataclass(frozen=True)
class SectionVersion:
    """What a section said: the line of its history, whether it says so now, how many steps led to it."""

    line: object
    is_now: bool
    steps: int


def last_written(sections, lines):
    """Return ``{key: Written}`` of sections that somebody wrote. One query.

    ``lines`` are their histories. Moving a section or leaving it out is no writing: the first line of a
    version tells who wrote it.
    """
    version = sections.filter(pk=OuterRef("id")).values("version")[:1]
    now = lines.filter(version=Subquery(version), version__gt=0).select_related("history_user")
    found = {}
    for line in now.order_by("history_id"):
        found.setdefault(line.key, Written(line.history_user, line.history_date))
    return found


def last_by_hand(lines):
    """Return the newest line of a section's history with text that somebody wrote, None without one."""
    return lines.filter(is_written=True).select_related("history_user").order_by("-history_id").first()


def versions_of(section, lines):
    """Return what a section said, newest first, as ``SectionVersion`` objects. One query.

    ``lines`` are those of its history. A step of typing by the same person within one sitting is counted with
    the text that it led to, unless more than a few letters went with it.
    """
    wrote = {}  # moving a section or leaving it out adds lines of the same version
    for line in lines.filter(version__gt=0).select_related("history_user").order_by("history_id"):
        wrote.setdefault(line.version, line)
    found = []
    for line in reversed(wrote.values()):
        if found and _led_to(line, found[-1].line):
            found[-1] = replace(found[-1], steps=found[-1].steps + 1)
        else:
            found.append(SectionVersion(line, line.version == section.version, 0))
    return found


def _led_to(line, shown):
    """Say whether a line is a step of typing on the way to the one that is shown."""
    same = line.history_user_id == shown.history_user_id and line.is_written == shown.is_written
    near = shown.history_date - line.history_date < ONE_SITTING
    return (
        same and near and line.heading == shown.heading and _taken_out(line.text, shown.text) <= FEW_LETTERS
    )


def _taken_out(before, after):
    """Return how many letters of a text another one no longer has, where they differ in one place."""
    head = _in_common(before, after)
    return len(before) - head - _in_common(before[head:][::-1], after[head:][::-1])


def _in_common(one, other):
    """Return how many letters two texts begin with alike."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))
