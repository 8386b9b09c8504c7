"""Work on findings that can be undone: written from quotations, merged, split, moved, ordered, removed.

Each verb is one step, and returns what ``steps.undo`` takes.
"""

from django.utils import timezone
from django.utils.text import Truncator

from evaluations.conditions import Condition, Kind
from evaluations.models import Finding, FindingQuotation, FindingStatus, Lasting

from . import comments, outcomes
from .errors import NotAllowedNow
from .findings import CELL, add_finding, attach_quotation, detach_quotation, place
from .steps import GONE, hold_quotations, link_recommendations, one_step, states_of
from .versions import check_version, same_evaluation, write


def write_finding(*, evaluation, fields, chosen, by):
    """Write a finding from quotations and return the ``FindingChange``.

    ``fields`` are the finding's by name; ``chosen`` are pairs of a quotation and the finding it leaves (None
    for one that stays where it is, or has none). Raises NotAllowedNow when one left meanwhile, ForeignRecord.
    """
    sources = [finding for _, finding in chosen if finding]
    verb = "Split off" if sources else "Wrote"
    with one_step(evaluation, sources, by=by) as step:
        finding = add_finding(evaluation=evaluation, fields=fields, by=by)
        step.added.append(finding.pk)
        _bring(chosen, finding, by)
        step.label = f"{verb} {_short(finding)}"
    return step.change


def move_quotations(*, evaluation, chosen, to, by):
    """Make quotations evidence for the finding ``to`` instead and return the ``FindingChange``.

    ``chosen`` is as in ``write_finding``; raises what it raises.
    """
    with one_step(evaluation, [to, *(finding for _, finding in chosen if finding)], by=by) as step:
        _bring(chosen, to, by)
        number = "a quotation" if len(chosen) == 1 else f"{len(chosen)} quotations"
        step.label = f"Moved {number} to {_short(to)}"
    return step.change


def reword_finding(*, finding, version, changes, by):
    """Save a finding's sentence, and whether it lasts and who holds it; return the ``FindingChange`` or None.

    None when that is there already. Raises StaleVersion (what was sent is kept) and NotAllowedNow.
    """
    with one_step(finding.evaluation, [finding], by=by) as step:
        current = step.rows[finding.pk]
        if any(getattr(current, name) != value for name, value in changes.items()):
            check_version(current, version, sent=changes, by=by)
            write(current, changes, by=by)
        step.label = f"Changed {_short(current)}"
    return step.change


def mark_finding(*, finding, version, status, by):
    """Make a finding ready to share, or a draft again; return the ``FindingChange`` or None as above."""
    with one_step(finding.evaluation, [finding], by=by) as step:
        current = step.rows[finding.pk]
        if current.status != status:
            check_version(current, version, sent={}, by=by)
            write(current, {"status": FindingStatus(status)}, by=by)
        shared = current.status == FindingStatus.READY
        step.label = f"{'Marked ready to share' if shared else 'Made a draft again'}: {_short(current)}"
    return step.change


def merge_findings(*, finding, version, other, other_version, text, by):
    """Merge ``other`` into ``finding``, with the sentence ``text``, and return the ``FindingChange``.

    The evidence and the recommendations of both are then those of ``finding``, which goes back to draft; so
    are their comments, the people they are shared with, and the earlier findings they meet. The other is
    kept, removed. Raises StaleVersion when either changed since its version (the sentence is kept),
    NotAllowedNow for findings that are not of one kind and strand.
    """
    with one_step(finding.evaluation, [finding, other], by=by) as step:
        kept, gone = step.rows[finding.pk], step.rows[other.pk]
        if kept == gone or (kept.kind, kept.strand_id) != (gone.kind, gone.strand_id):
            raise NotAllowedNow("Only two findings of one strand and kind can be merged.")
        sent = {"text": text}
        check_version(kept, version, sent=sent, by=by)
        check_version(gone, other_version, sent=sent, by=by)
        _carry_over(gone, kept)
        pair = {"gone": gone, "kept": kept, "by": by}
        step.carried[str(gone.pk)] = {"outcomes": outcomes.carry(**pair), **comments.carry(**pair)}
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
    with one_step(finding.evaluation, [finding], by=by) as step:
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
    with one_step(finding.evaluation, mates, by=by) as step:
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
    with one_step(finding.evaluation, [finding], by=by) as step:
        current = step.rows[finding.pk]
        check_version(current, version, sent={}, by=by)
        write(current, {"removed_at": timezone.now()}, by=by, reason="Removed")
        step.label = f"Removed {_short(current)}"
    return step.change


def _bring(chosen, finding, by):
    """Attach quotations to a finding, and detach each from the one it leaves."""
    hold_quotations([quotation.pk for quotation, _ in chosen])
    for quotation, leaves in chosen:
        if leaves and leaves.pk != finding.pk:
            if not FindingQuotation.objects.filter(finding=leaves, quotation=quotation).exists():
                raise NotAllowedNow("Somebody moved one of these quotations meanwhile. Choose again.")
            detach_quotation(finding=leaves, quotation=quotation, by=by)
        attach_quotation(finding=finding, quotation=quotation, by=by)


def _carry_over(gone, kept):
    """Add the evidence and the recommendations of one finding to another one."""
    state = states_of({row.pk: row for row in (gone, kept)})
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
    link_recommendations(kept, sorted({*own["recommendations"], *theirs["recommendations"]}))


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
