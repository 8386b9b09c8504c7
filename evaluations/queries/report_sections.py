"""Reading the history of the report's sections: who wrote what is there now, and what they said before."""

from bisect import bisect_left
from dataclasses import dataclass, replace
from datetime import timedelta

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
    now = lines.filter(version=Subquery(version), version__gt=0).select_related("history_user").defer("text")
    found = {}
    for line in now.order_by("history_id"):
        found.setdefault(line.key, Written(line.history_user, line.history_date))
    return found


def last_by_hand(lines):
    """Return the newest line of a section's history with text that somebody wrote, None without one."""
    return lines.filter(is_written=True).select_related("history_user").order_by("-history_id").first()


def sittings(lines):
    """Return the steps in which a section was written, newest first, as lists of ``history_id``. One query.

    ``lines`` are those of its history. Those of a list are by one person within ten minutes, under one
    heading. No text is read for it.
    """
    columns = ("history_id", "version", "history_user_id", "history_date", "heading", "is_written")
    steps = lines.filter(version__gt=0).order_by("history_id").values_list(*columns, named=True)
    wrote = {}  # moving a section or leaving it out adds lines of the same version
    for step in steps:
        wrote.setdefault(step.version, step)
    found, newest = [], None
    for step in reversed(wrote.values()):
        if newest is None or not _is_one_sitting(step, newest):
            found.append([])
            newest = step
        found[-1].append(step.history_id)
    return found


def versions_in(sittings, section, lines):
    """Return what a section said in some of its ``sittings``, as ``SectionVersion`` objects. One query.

    A step of typing is counted with the text that it led to, unless more than a few letters went with it.
    """
    place = {step: at for at, steps in enumerate(sittings) for step in steps}
    found, last = [], None
    for line in lines.filter(history_id__in=place).select_related("history_user").order_by("-history_id"):
        at = place[line.history_id]
        if at == last and _taken_out(line.text, found[-1].line.text) <= FEW_LETTERS:
            found[-1] = replace(found[-1], steps=found[-1].steps + 1)
        else:
            found.append(SectionVersion(line, line.version == section.version, 0))
        last = at
    return found


def _is_one_sitting(step, newest):
    """Say whether somebody took a step in the sitting that ended with the newest one."""
    same = all(
        getattr(step, name) == getattr(newest, name) for name in ("history_user_id", "heading", "is_written")
    )
    return same and newest.history_date - step.history_date < ONE_SITTING


def _taken_out(before, after):
    """Return how many letters of a text another one no longer has, where they differ in one place."""
    head = _in_common(before, after)
    return len(before) - head - _in_common(before[head:][::-1], after[head:][::-1])


def _in_common(one, other):
    """Return how many letters two texts begin with alike, found by halving."""
    most = min(len(one), len(other))
    return bisect_left(range(1, most + 1), True, key=lambda end: one[:end] != other[:end])
