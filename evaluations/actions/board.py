"""Work on findings that can be undone: written from quotations, merged, split, moved, ordered, removed.

Each step notes the findings it touches as they were and as they are after it (a ``FindingChange``). Undoing
puts back what the step changed, unless somebody changed one of these findings since.
"""

from collections import defaultdict
from contextlib import contextmanager

from django.db import transaction
from django.utils import timezone
from django.utils.text import Truncator

from evaluations.conditions import Condition, Kind
from evaluations.models import (
    Finding,
    FindingChange,
    FindingQuotation,
    FindingStatus,
    Lasting,
    Quotation,
    RecommendationBarrier,
)

from .errors import NotAllowedNow, StaleVersion
from .findings import CELL, add_finding, attach_quotation, detach_quotation, place
from .versions import check_version, same_evaluation, write

FIELDS = (
    "strand_id",
    "condition",
    "kind",
    "text",
    "note",
    "scope",
    "status",
    "position",
    "lasting",
    "holder",
    "source_id",
    "merged_into_id",
)
GONE = "This finding was removed or merged meanwhile. See “Recent changes” on its board."
CHANGED_SINCE = (
    "Somebody changed one of these findings since, so this step can no longer be undone by itself. "
    "Undo the later steps first, or change the finding as it is now."
)


def write_finding(*, evaluation, fields, chosen, by):
    """Write a finding from quotations and return the ``FindingChange``.

    ``fields`` are the finding's by name; ``chosen`` are pairs of a quotation and the finding it leaves (None
    for one that stays where it is, or has none). Raises NotAllowedNow when one left meanwhile, ForeignRecord.
    """
    sources = [finding for _, finding in chosen if finding]
    verb = "Split off" if sources else "Wrote"
    with _step(evaluation, sources, by=by) as step:
        finding = add_finding(evaluation=evaluation, fields=fields, by=by)
        step.added.append(finding.pk)
        _bring(chosen, finding, by)
        step.label = f"{verb} {_short(finding)}"
    return step.change


def move_quotations(*, evaluation, chosen, to, by):
    """Make quotations evidence for the finding ``to`` instead and return the ``FindingChange``.

    ``chosen`` is as in ``write_finding``; raises what it raises.
    """
    with _step(evaluation, [to, *(finding for _, finding in chosen if finding)], by=by) as step:
        _bring(chosen, to, by)
        number = "a quotation" if len(chosen) == 1 else f"{len(chosen)} quotations"
        step.label = f"Moved {number} to {_short(to)}"
    return step.change


def reword_finding(*, finding, version, changes, by):
    """Save a finding's sentence, and whether it lasts and who holds it; return the ``FindingChange`` or None.

    None when that is there already. Raises StaleVersion (what was sent is kept) and NotAllowedNow.
    """
    with _step(finding.evaluation, [finding], by=by) as step:
        current = step.rows[finding.pk]
        if any(getattr(current, name) != value for name, value in changes.items()):
            check_version(current, version, sent=changes, by=by)
            write(current, changes, by=by)
        step.label = f"Changed {_short(current)}"
    return step.change


def mark_finding(*, finding, version, status, by):
    """Make a finding ready to share, or a draft again; return the ``FindingChange`` or None as above."""
    with _step(finding.evaluation, [finding], by=by) as step:
        current = step.rows[finding.pk]
        if current.status != status:
            check_version(current, version, sent={}, by=by)
            write(current, {"status": FindingStatus(status)}, by=by)
        shared = current.status == FindingStatus.READY
        step.label = f"{'Marked ready to share' if shared else 'Made a draft again'}: {_short(current)}"
    return step.change


def merge_findings(*, finding, version, other, other_version, text, by):
    """Merge ``other`` into ``finding``, with the sentence ``text``, and return the ``FindingChange``.

    The evidence and the recommendations of both are then those of ``finding``, which goes back to draft; the
    other is kept, removed. Raises StaleVersion when either changed since its version (the sentence is kept),
    NotAllowedNow for findings that are not of one kind and strand.
    """
    with _step(finding.evaluation, [finding, other], by=by) as step:
        kept, gone = step.rows[finding.pk], step.rows[other.pk]
        if kept == gone or (kept.kind, kept.strand_id) != (gone.kind, gone.strand_id):
            raise NotAllowedNow("Only two findings of one strand and kind can be merged.")
        sent = {"text": text}
        check_version(kept, version, sent=sent, by=by)
        check_version(gone, other_version, sent=sent, by=by)
        _carry_over(gone, kept)
        step.label = f"Merged {_short(gone)} into {_short(kept)}"
        write(kept, {"text": text, "status": FindingStatus.DRAFT}, by=by, reason=f"Merged {_short(gone)} in")
        removal = {"removed_at": timezone.now(), "merged_into": kept}
        write(gone, removal, by=by, reason=f"Merged into {_short(kept)}")
    return step.change


def move_finding(*, finding, version, changes, by):
    """Move a finding to the end of another cell and return the ``FindingChange``, or None when it is there.

    ``changes`` are strand, kind and condition. A barrier says nothing on whether it lasts: that is cleared.
    Raises StaleVersion, NotAllowedNow for a barrier that recommendations address, ForeignRecord.
    """
    with _step(finding.evaluation, [finding], by=by) as step:
        current = step.rows[finding.pk]
        changes = {name: changes[name] for name in CELL}
        if any(getattr(current, name) != value for name, value in changes.items()):
            check_version(current, version, sent=changes, by=by)
            same_evaluation(finding.evaluation, changes.values())
            place(current, changes)
            if changes["kind"] == Kind.BARRIER:
                changes |= {"lasting": Lasting.NOT_JUDGED, "holder": ""}
            write(current, changes, by=by)
        where = f"{changes['strand']}, {Condition(current.condition).label.lower()}, {current.kind}s"
        step.label = f"Moved {_short(current)} to {where}"
    return step.change


def reorder_finding(*, finding, by, direction="", before=None):
    """Move a finding within its cell and return the ``FindingChange``, or None when it is there already.

    One step ``up`` or ``down``; or, without a direction, before the finding ``before`` (None: to the end).
    Works on the order as it is now, so that of two people who order at once neither loses anything.
    """
    cell = {name: getattr(finding, name) for name in CELL}
    mates = Finding.objects.filter(evaluation=finding.evaluation, removed_at__isnull=True, **cell)
    with _step(finding.evaluation, mates, by=by) as step:
        if finding.pk not in step.rows:
            raise NotAllowedNow(GONE)
        order = sorted(step.rows.values(), key=lambda row: (row.position, row.pk))
        order = _reordered([row.pk for row in order], finding.pk, direction, before and before.pk)
        _set_positions([step.rows[pk] for pk in order])
        step.label = f"Changed the order: {_short(finding)}"
    return step.change


def remove_finding(*, finding, version, by):
    """Remove a finding and return the ``FindingChange``; it is kept, and comes back by undoing.

    Raises StaleVersion.
    """
    with _step(finding.evaluation, [finding], by=by) as step:
        current = step.rows[finding.pk]
        check_version(current, version, sent={}, by=by)
        write(current, {"removed_at": timezone.now()}, by=by, reason="Removed")
        step.label = f"Removed {_short(current)}"
    return step.change


@transaction.atomic
def undo(*, change, by):
    """Put back what a step changed and return the ``FindingChange``. A finding it added is removed (kept).

    Raises NotAllowedNow when it was undone already, or somebody changed one of its findings since.
    """
    rows = _locked(change.evaluation, [int(key) for key in change.after])
    change = FindingChange.objects.select_for_update().get(pk=change.pk)
    if change.undone_at:
        raise NotAllowedNow("This step was undone already.")
    if not _is_undoable(change, _states(rows), _present_quotations([change])):
        raise NotAllowedNow(CHANGED_SINCE)
    for key, after in change.after.items():
        _put_back(rows[int(key)], change.before[key], after, change.label, by)
    change.undone_at = timezone.now()
    change.save()
    return change


def undoable(changes):
    """Return the numbers of those ``changes`` that ``undo`` would take. A fixed number of queries."""
    rows = Finding.objects.in_bulk({int(key) for change in changes for key in change.after})
    states, present = _states(rows), _present_quotations(changes)
    return {change.pk for change in changes if not change.undone_at and _is_undoable(change, states, present)}


class _Step:
    """A step under way: the findings it touches, locked; those it adds; what to call it."""

    def __init__(self, rows):
        self.rows, self.added, self.label, self.change = rows, [], "", None


@contextmanager
def _step(evaluation, findings, *, by):
    """Lock ``findings``, note them before and after what is done inside, all or nothing, and keep both.

    A StaleVersion goes on only after the transaction ended well: what was sent with it is kept.
    """
    stale = None
    with transaction.atomic():
        step = _Step(_locked(evaluation, {finding.pk for finding in findings}))
        if any(row.removed_at for row in step.rows.values()):
            raise NotAllowedNow(GONE)
        before = _states(step.rows)
        try:
            yield step
        except StaleVersion as error:
            stale = error
        else:
            _keep(step, evaluation, before, by)
    if stale:
        raise stale


def _keep(step, evaluation, before, by):
    after = _states(Finding.objects.in_bulk([*step.rows, *step.added]))
    touched = [key for key, state in after.items() if before.get(key) != state]
    if touched:
        step.change = FindingChange.objects.create(
            evaluation=evaluation,
            label=step.label,
            before={key: before.get(key) for key in touched},
            after={key: after[key] for key in touched},
            by=by,
        )


def _locked(evaluation, ids):
    rows = Finding.objects.select_for_update().filter(evaluation=evaluation, pk__in=ids)
    return {row.pk: row for row in rows.order_by("pk")}


def _states(rows):
    """Return what is noted of findings (by number, as a dict): their fields and links. Two queries."""
    quotations, recommendations = defaultdict(list), defaultdict(list)
    links = FindingQuotation.objects.filter(finding__in=list(rows)).order_by("position", "pk")
    for finding, quotation, position in links.values_list("finding_id", "quotation_id", "position"):
        quotations[finding].append([quotation, position])
    barriers = RecommendationBarrier.objects.filter(finding__in=list(rows)).order_by("recommendation_id")
    for finding, recommendation in barriers.values_list("finding_id", "recommendation_id"):
        recommendations[finding].append(recommendation)
    return {
        str(pk): {name: getattr(row, name) for name in FIELDS}
        | {
            "removed": row.removed_at is not None,
            "quotations": quotations[pk],
            "recommendations": recommendations[pk],
        }
        for pk, row in rows.items()
    }


def _present_quotations(changes):
    """Return the numbers of the quotations in ``changes`` that were not deleted since, by a withdrawal."""
    states = [
        state for change in changes for noted in (change.before, change.after) for state in noted.values()
    ]
    noted = {quotation for state in states if state for quotation, _ in state["quotations"]}
    return set(Quotation.objects.filter(pk__in=noted).values_list("pk", flat=True))


def _is_undoable(change, states, present):
    return all(
        key in states and _stands(states[key], change.before[key], after, present)
        for key, after in change.after.items()
    )


def _stands(now, before, after, present):
    """Say whether a finding is as a step left it; its place counts only where the step changed the order."""
    if before and _changed(before, after) == ["position"]:
        return now["position"] == after["position"] and not now["removed"]
    expected = after | {"quotations": [link for link in after["quotations"] if link[0] in present]}
    return all(now[name] == expected[name] for name in after if name != "position")


def _changed(before, after):
    return [name for name in after if before[name] != after[name]]


def _put_back(row, before, after, label, by):
    """Put back those fields and links of a finding that a step changed; remove one that it added."""
    if before is None:
        write(row, {"removed_at": timezone.now()}, by=by, reason=f"Undone: {label}")
        return
    changed = _changed(before, after)
    if changed == ["position"]:
        row.position = before["position"]
        Finding.objects.bulk_update([row], ["position"])
        return
    fields = {name: before[name] for name in changed if name in FIELDS}
    if "removed" in changed:
        fields["removed_at"] = None
    if "quotations" in changed:
        _link_quotations(row, before["quotations"])
    if "recommendations" in changed:
        _link_recommendations(row, before["recommendations"])
    if _has_lost_its_evidence(row, before):
        fields["status"] = FindingStatus.DRAFT
    write(row, fields, by=by, reason=f"Undone: {label}")


def _has_lost_its_evidence(row, before):
    """Say whether nothing is left of what a finding rested on, because participants withdrew since."""
    rested_on_words = before["quotations"] and not row.source_id
    return rested_on_words and not FindingQuotation.objects.filter(finding=row).exists()


def _link_quotations(finding, links):
    FindingQuotation.objects.filter(finding=finding).delete()
    present = _hold([key for key, _ in links])
    FindingQuotation.objects.bulk_create(
        FindingQuotation(
            evaluation=finding.evaluation, finding=finding, quotation_id=quotation, position=position
        )
        for quotation, position in links
        if quotation in present
    )


def _hold(keys):
    """Lock those of these quotations that are still there, so that they stay; return their numbers."""
    rows = Quotation.objects.select_for_update().filter(pk__in=keys).order_by("pk")
    return set(rows.values_list("pk", flat=True))


def _link_recommendations(finding, recommendations):
    rows = RecommendationBarrier.objects.filter(finding=finding)
    rows.exclude(recommendation__in=recommendations).delete()
    have = set(rows.values_list("recommendation_id", flat=True))
    RecommendationBarrier.objects.bulk_create(
        RecommendationBarrier(
            evaluation=finding.evaluation, finding=finding, recommendation_id=recommendation
        )
        for recommendation in recommendations
        if recommendation not in have
    )


def _bring(chosen, finding, by):
    """Attach quotations to a finding, and detach each from the one it leaves."""
    _hold([quotation.pk for quotation, _ in chosen])
    for quotation, leaves in chosen:
        if leaves and leaves.pk != finding.pk:
            if not FindingQuotation.objects.filter(finding=leaves, quotation=quotation).exists():
                raise NotAllowedNow("Somebody moved one of these quotations meanwhile. Choose again.")
            detach_quotation(finding=leaves, quotation=quotation, by=by)
        attach_quotation(finding=finding, quotation=quotation, by=by)


def _carry_over(gone, kept):
    """Add the evidence and the recommendations of one finding to another one."""
    state = _states({row.pk: row for row in (gone, kept)})
    theirs, own = state[str(gone.pk)], state[str(kept.pk)]
    have = {quotation for quotation, _ in own["quotations"]}
    end = max((position for _, position in own["quotations"]), default=-1) + 1
    FindingQuotation.objects.bulk_create(
        FindingQuotation(
            evaluation=kept.evaluation, finding=kept, quotation_id=quotation, position=end + position
        )
        for quotation, position in theirs["quotations"]
        if quotation not in have
    )
    _link_recommendations(kept, sorted({*own["recommendations"], *theirs["recommendations"]}))


def _reordered(order, moved, direction, before):
    """Return the numbers in their new order. ``before`` one that is no longer there means the end."""
    at = order.index(moved)
    rest = [pk for pk in order if pk != moved]
    if direction:
        to = max(at - 1, 0) if direction == "up" else at + 1
    else:
        to = rest.index(before) if before in rest else len(rest)
    return [*rest[:to], moved, *rest[to:]]


def _set_positions(rows):
    """Number findings in this order. Their place is not part of their history, nor of their version."""
    moved = []
    for position, row in enumerate(rows):
        if row.position != position:
            row.position = position
            moved.append(row)
    Finding.objects.bulk_update(moved, ["position"])


def _short(finding):
    return f"“{Truncator(finding.text).chars(60)}”"
