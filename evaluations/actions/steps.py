"""Steps of work on findings, and undoing them.

Each step notes the findings it touches as they were and as they are after it (a ``FindingChange``). Undoing
puts back what the step changed, unless somebody changed one of these findings since.
"""

from collections import defaultdict
from contextlib import contextmanager

from django.db import transaction
from django.utils import timezone

from evaluations.models import (
    Finding,
    FindingChange,
    FindingQuotation,
    FindingStatus,
    Quotation,
    RecommendationBarrier,
)

from . import comments, outcomes
from .errors import NotAllowedNow, StaleVersion
from .versions import write

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


class Step:
    """A step under way: the findings it touches, locked; those it adds; what to call it.

    ``carried`` is what ``undo`` needs to give a finding back what went with its evidence, by its number.
    """

    def __init__(self, rows):
        self.rows, self.added, self.carried, self.label, self.change = rows, [], {}, "", None


@contextmanager
def one_step(evaluation, findings, *, by):
    """Lock ``findings``, note them before and after what is done inside, all or nothing, and keep both.

    A StaleVersion goes on only after the transaction ended well: what was sent with it is kept.
    """
    stale = None
    with transaction.atomic():
        step = Step(_locked(evaluation, {finding.pk for finding in findings}))
        if any(row.removed_at for row in step.rows.values()):
            raise NotAllowedNow(GONE)
        before = states_of(step.rows)
        try:
            yield step
        except StaleVersion as error:
            stale = error
        else:
            _keep(step, evaluation, before, by)
    if stale:
        raise stale


def _keep(step, evaluation, before, by):
    after = states_of(Finding.objects.in_bulk([*step.rows, *step.added]))
    touched = {key for key, state in after.items() if before.get(key) != state}
    for key, carried in step.carried.items():
        before[key]["carried"] = carried
        touched.add(str(after[key]["merged_into_id"]))  # undoing gives back from there
    if touched:
        step.change = FindingChange.objects.create(
            evaluation=evaluation,
            label=step.label,
            before={key: before.get(key) for key in after if key in touched},
            after={key: state for key, state in after.items() if key in touched},
            by=by,
        )


@transaction.atomic
def undo(*, change, by):
    """Put back what a step changed and return the ``FindingChange``. A finding it added is removed (kept).

    Raises NotAllowedNow when it was undone already, or somebody changed one of its findings since.
    """
    rows = _locked(change.evaluation, [int(key) for key in change.after])
    change = FindingChange.objects.select_for_update().get(pk=change.pk)
    if change.undone_at:
        raise NotAllowedNow("This step was undone already.")
    if not _is_undoable(change, states_of(rows), _present_quotations([change])):
        raise NotAllowedNow(CHANGED_SINCE)
    for key, after in change.after.items():
        _put_back(rows[int(key)], change.before[key], after, change.label, by)
        if carried := (change.before[key] or {}).get("carried"):
            pair = {"gone": rows[int(key)], "kept": rows[after["merged_into_id"]], "by": by}
            outcomes.carry_back(carried["outcomes"], **pair)
            comments.carry_back(carried, **pair)
    change.undone_at = timezone.now()
    change.save()
    return change


def undoable(changes):
    """Return the numbers of those ``changes`` that ``undo`` would take. A fixed number of queries."""
    rows = Finding.objects.in_bulk({int(key) for change in changes for key in change.after})
    states, present = states_of(rows), _present_quotations(changes)
    return {change.pk for change in changes if not change.undone_at and _is_undoable(change, states, present)}


def _locked(evaluation, ids):
    rows = Finding.objects.select_for_update().filter(evaluation=evaluation, pk__in=ids)
    return {row.pk: row for row in rows.order_by("pk")}


def states_of(rows):
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
        link_recommendations(row, before["recommendations"])
    if _has_lost_its_evidence(row, before):
        fields["status"] = FindingStatus.DRAFT
    write(row, fields, by=by, reason=f"Undone: {label}")


def _has_lost_its_evidence(row, before):
    """Say whether nothing is left of what a finding rested on, because participants withdrew since."""
    rested_on_words = before["quotations"] and not row.source_id
    return rested_on_words and not FindingQuotation.objects.filter(finding=row).exists()


def _link_quotations(finding, links):
    FindingQuotation.objects.filter(finding=finding).delete()
    present = hold_quotations([key for key, _ in links])
    FindingQuotation.objects.bulk_create(
        FindingQuotation(
            evaluation=finding.evaluation, finding=finding, quotation_id=quotation, position=position
        )
        for quotation, position in links
        if quotation in present
    )


def hold_quotations(keys):
    """Lock those of these quotations that are still there, so that they stay; return their numbers."""
    rows = Quotation.objects.select_for_update().filter(pk__in=keys).order_by("pk")
    return set(rows.values_list("pk", flat=True))


def link_recommendations(finding, recommendations):
    """Make these recommendations, by their numbers, the ones that address a finding, and no others."""
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
