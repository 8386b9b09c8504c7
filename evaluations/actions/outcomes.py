"""Saying what became of an earlier round's finding: one outcome, and the findings of this round it meets."""

from django.db import transaction
from django.utils import timezone

from evaluations.models import Finding, FindingOutcome, FindingStatus, Outcome, Verb, memberships_of

from .audit import record
from .errors import ActionError, ForeignRecord, NotAllowedNow, StaleVersion
from .versions import keep_conflicting, locked, save_as, write


class NotOfTheEarlierRound(ForeignRecord):
    """The finding is not a ready one of the evaluation that this one follows, or that is closed to them."""

    def __init__(self):
        super().__init__("That is not a finding of the earlier round.")


class NotOfThisRound(ForeignRecord):
    """A later finding is another evaluation's, or was removed."""

    def __init__(self):
        super().__init__("Choose findings of this round. One of those you chose is not, or was removed.")


class WithoutFinding(ActionError):
    """A finding that persists or worsened meets at least one of this round."""

    def __init__(self):
        super().__init__("Choose at least one finding of this round, or say that it is resolved.")


class WithFinding(ActionError):
    """A finding that is resolved meets none of this round."""

    def __init__(self):
        super().__init__(
            "A resolved finding meets none of this round. Untick them, or choose another outcome."
        )


def decide_outcome(*, evaluation, earlier, outcome, later, version, by):
    """Say what became of ``earlier`` and return the rows of the outcome; what was said before is kept.

    ``later`` are the findings of this round that it meets: none when resolved, else one or more. ``version``
    is that of the outcome on screen (see ``FindingOutcome.version_of``), 0 for none. Raises
    NotOfTheEarlierRound, NotOfThisRound, WithoutFinding, WithFinding, and StaleVersion when somebody decided
    meanwhile (what was sent is kept, ``current`` is one row of their outcome).
    """
    later = list(dict.fromkeys(later))
    with transaction.atomic():
        _check_earlier(evaluation, locked(earlier), by)
        rows = _rows(evaluation, earlier, later)
        _check_later(evaluation, outcome, later)
        if _says(rows, outcome, later):
            return _standing(rows)
        # Where nothing was ever said there is nothing that the sender could have missed.
        if not rows or FindingOutcome.version_of(rows) == version:
            _remove(_standing(rows), by=by)
            _record(evaluation, earlier, f"decided {Outcome(outcome)}", by)
            return [_add(evaluation, earlier, row, outcome, by) for row in later or [None]]
        sent = {"outcome": Outcome(outcome), "later": [row.pk for row in later]}
        keep_conflicting(rows[0], version, sent, by)
    raise StaleVersion(rows[0])


@transaction.atomic
def take_back_outcome(*, evaluation, earlier, version, by):
    """Take back what was said of an earlier finding; it is undecided again. Its rows are kept.

    Raises StaleVersion when somebody decided otherwise since, NotAllowedNow when nothing is said of it.
    """
    locked(earlier)
    rows = _rows(evaluation, earlier)
    if not _standing(rows):
        raise NotAllowedNow("Nothing is decided about this finding any more. Look at the page again.")
    if FindingOutcome.version_of(rows) != version:
        raise StaleVersion(rows[0])
    _remove(_standing(rows), by=by)
    _record(evaluation, earlier, Verb.TOOK_BACK_OUTCOME, by)


@transaction.atomic
def put_back_outcome(*, evaluation, earlier, version, by):
    """Put back the outcome of an earlier finding that was taken back last, and return its rows.

    Raises NotAllowedNow when somebody decided anew since, or there is none; NotOfTheEarlierRound and
    NotOfThisRound when a finding in it is no longer one that could be decided about.
    """
    _check_earlier(evaluation, locked(earlier), by)
    rows = _rows(evaluation, earlier)
    if _standing(rows) or not rows or FindingOutcome.version_of(rows) != version:
        raise NotAllowedNow("Somebody decided about this finding since. Look at it again.")
    last = max(row.removed_at for row in rows)
    back = [row for row in rows if row.removed_at == last]
    _check_later(evaluation, back[0].outcome, [row.later for row in back if row.later])
    _record(evaluation, earlier, Verb.PUT_BACK_OUTCOME, by)
    return [write(row, {"removed_at": None}, by=by) for row in back]


def carry(*, gone, kept, by):
    """Let what outcomes say of ``gone`` be said of ``kept``, into which it is merged; return what moved.

    Earlier findings that met it meet ``kept``; in a later round, its own outcome becomes that of ``kept``.
    What is said of ``kept`` already stays, and then the other stays where it is. Returns the numbers of the
    rows by the end that moved, for ``carry_back``. The caller holds both findings.
    """
    rows = FindingOutcome.objects.filter(removed_at__isnull=True)
    met = set(rows.filter(later=kept).values_list("earlier", flat=True))
    decided = set(rows.filter(earlier=kept).values_list("evaluation", flat=True))
    moving = {
        "later": rows.filter(later=gone).exclude(earlier__in=met),
        "earlier": rows.filter(earlier=gone).exclude(evaluation__in=decided),
    }
    return {
        end: [_move(row, end, kept, by).pk for row in moved.select_for_update().order_by("pk")]
        for end, moved in moving.items()
    }


def carry_back(carried, *, gone, kept, by):
    """Undo ``carry``: what it ``carried`` is said of ``gone`` again, unless somebody changed it since."""
    for end, numbers in carried.items():
        rows = FindingOutcome.objects.select_for_update().filter(pk__in=numbers, **{end: kept})
        for row in rows.order_by("pk"):
            _move(row, end, gone, by)


def _move(row, end, finding, by):
    """Let a row say of another finding what it says: by number, because rows cross evaluations here alone."""
    return write(row, {f"{end}_id": finding.pk}, by=by)


def _rows(evaluation, earlier, later=()):
    """Return all rows of an outcome, locked.

    The findings of this round in them, and those in ``later``, are locked before them, as merging does it.
    """
    rows = FindingOutcome.objects.filter(evaluation=evaluation, earlier=earlier)
    numbers = {*rows.values_list("later", flat=True), *(row.pk for row in later)} - {None}
    list(Finding.objects.select_for_update().filter(evaluation=evaluation, pk__in=numbers).order_by("pk"))
    return list(rows.select_for_update().order_by("pk"))


def _record(evaluation, earlier, verb, by):
    record(by=by, evaluation=evaluation, verb=verb, subject=f"earlier finding {earlier.pk}")


def _standing(rows):
    return [row for row in rows if row.removed_at is None]


def _says(rows, outcome, later):
    standing = {(row.outcome, row.later_id) for row in _standing(rows)}
    return standing == {(outcome, row.pk if row else None) for row in later or [None]}


def _remove(rows, *, by):
    now = timezone.now()  # one moment for all, so that they can be put back together
    for row in rows:
        write(row, {"removed_at": now}, by=by)


def _add(evaluation, earlier, later, outcome, by):
    row = FindingOutcome(evaluation=evaluation, earlier=earlier, later=later, outcome=outcome, by=by)
    return save_as(row, by=by)


def _check_earlier(evaluation, earlier, by):
    is_theirs = memberships_of(by).filter(is_open=True, evaluation=earlier.evaluation_id).exists()
    is_ready = earlier.status == FindingStatus.READY and earlier.removed_at is None
    if earlier.evaluation_id != evaluation.follows_id or not (is_theirs and is_ready):
        raise NotOfTheEarlierRound


def _check_later(evaluation, outcome, later):
    if (outcome == Outcome.RESOLVED) is bool(later):
        raise WithFinding if later else WithoutFinding
    numbers = [row.pk for row in later]
    known = Finding.objects.filter(evaluation=evaluation, pk__in=numbers, removed_at__isnull=True)
    if known.count() != len(numbers):
        raise NotOfThisRound
