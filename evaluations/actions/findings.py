"""Writing findings and linking their evidence."""

from django.db import transaction

from evaluations.models import Finding, FindingQuotation

from . import order
from .errors import NotAllowedNow
from .quotations import add_quotation
from .versions import locked, note, same_evaluation, save_as, save_changes

CELL = ("strand", "kind", "condition")


@transaction.atomic
def add_finding(*, evaluation, fields, by, evidence=None):
    """Add a finding at the end of its cell and return it. ``fields`` are its fields by name.

    ``evidence`` is what ``add_quotation`` takes for a first quotation. Raises ForeignRecord when something
    named is another evaluation's; then nothing is saved.
    """
    same_evaluation(evaluation, fields.values())
    finding = Finding(evaluation=evaluation, **fields)
    finding.position = end_of_cell(finding)
    save_as(finding, by=by)
    if evidence:
        add_evidence(finding=finding, by=by, **evidence)
    return finding


def edit_finding(*, finding, version, changes, by):
    """Save ``changes`` and return the finding; moved to another cell, it goes to that cell's end.

    Raises StaleVersion when somebody saved it since ``version`` (what was sent is kept), ForeignRecord as
    ``add_finding`` does, NotAllowedNow for a barrier that recommendations address and that would be none.
    """
    return save_changes(finding, version=version, changes=changes, by=by, before_save=place)


@transaction.atomic
def add_evidence(*, finding, fields, by, new_source=None):
    """Add a quotation (as ``add_quotation`` does) as evidence for a finding, and return it."""
    quotation = add_quotation(evaluation=finding.evaluation, fields=fields, by=by, new_source=new_source)
    attach_quotation(finding=finding, quotation=quotation, by=by)
    return quotation


@transaction.atomic
def attach_quotation(*, finding, quotation, by):
    """Make a quotation evidence for a finding (once) and return the finding.

    Raises ForeignRecord, Gone, and NotAllowedNow when either was removed meanwhile.
    """
    same_evaluation(finding.evaluation, [quotation])
    if locked(finding).removed_at or locked(quotation).removed_at:
        raise NotAllowedNow("It was removed or merged meanwhile. Look at the page again, then decide.")
    last = order.next_place(FindingQuotation.objects.filter(finding=finding))
    _, is_new = FindingQuotation.objects.get_or_create(
        evaluation=finding.evaluation, finding=finding, quotation=quotation, defaults={"position": last}
    )
    return note(finding, by=by, reason="Attached a quotation") if is_new else finding


@transaction.atomic
def detach_quotation(*, finding, quotation, by):
    """Stop using a quotation as evidence for a finding; the quotation itself stays. Returns the finding."""
    removed, _ = FindingQuotation.objects.filter(finding=finding, quotation=quotation).delete()
    return note(finding, by=by, reason="Detached a quotation") if removed else finding


def place(current, changes):
    """Add to ``changes`` the end of the cell that a finding moves to, when it moves.

    Raises NotAllowedNow for a barrier that recommendations address and that would be none.
    """
    if changes.get("kind", current.kind) != current.kind and current.recommendations.exists():
        raise NotAllowedNow(
            "Recommendations address this barrier. Unlink them before it becomes an achievement."
        )
    if any(name in changes and changes[name] != getattr(current, name) for name in CELL):
        moved = Finding(
            evaluation=current.evaluation, **{n: changes.get(n, getattr(current, n)) for n in CELL}
        )
        changes["position"] = end_of_cell(moved)


def end_of_cell(finding):
    """Return the position after the last finding of the cell that ``finding`` is in, or will be."""
    cell = {name: getattr(finding, name) for name in CELL}
    return order.next_place(Finding.objects.filter(evaluation=finding.evaluation, **cell))
