"""Reading workshops: the list, what a room placed so far, what closed rounds came to, what weighs most."""

from collections import defaultdict
from datetime import datetime
from typing import NamedTuple

from django.db.models import Count, F, IntegerField, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from evaluations.conditions import Condition, Kind

FACTS = ("number", "question", "kind", "opened_at", "closed_at", "joined", "started", "finished")
OF_FINDING = ("pk", "text", "condition", "strand__slug", "strand__name", "strand__provenance")


class RoomWeight(NamedTuple):
    """What a room gave a finding: dots by how many people, in which workshop, closed when."""

    dots: int
    people: int
    workshop: str
    closed_at: datetime


def for_list(workshops, rounds):
    """Return workshops with their strands, how many ``people`` joined and how many ``votes`` there were.

    Those that are open come first, then those that are being prepared, then the closed ones, newest first.
    """
    rounds = rounds.filter(workshop=OuterRef("pk")).order_by().values("workshop")
    votes = Coalesce(Subquery(rounds.annotate(n=Count("pk")).values("n"), output_field=IntegerField()), 0)
    counted = workshops.prefetch_related("strands").annotate(votes=votes).annotate(people=Count("phones"))
    closed, opened = F("closed_at").desc(nulls_first=True), F("opened_at").desc(nulls_last=True)
    return counted.order_by(closed, opened, "-pk")


def in_groups(workshops):
    """Return workshops as [(state, [workshops])], those that are open first, without empty groups."""
    groups = {"open": [], "prepared": [], "closed": []}
    for row in workshops:
        groups["open" if row.is_open else "closed" if row.closed_at else "prepared"].append(row)
    return [(state, rows) for state, rows in groups.items() if rows]


def ready_by_kind(findings):
    """Return how many findings there are of each kind. One query."""
    counts = dict(findings.order_by().values_list("kind").annotate(Count("pk")))
    return {kind: counts.get(kind, 0) for kind in Kind}


def room_counts(round, phones, weighings):
    """Return how many people joined, started and finished in an open round. Two queries."""
    finished = Count("pk", filter=Q(finished_round=round))
    counts = phones.filter(workshop=round.workshop_id).aggregate(joined=Count("pk"), finished=finished)
    return counts | {"started": weighings.filter(round=round).people()}


def live_rows(round, findings, weighings):
    """Return what the room placed so far, as ``analysis.workshop.round_result`` takes rows. Two queries.

    ``findings`` are those that phones see now: what was said of others is not counted.
    """
    placed = weighings.filter(round=round).tallied()
    rows = findings.in_model_order().values(*OF_FINDING)
    return [_row(row, **placed.get(row["pk"], {})) for row in rows]


def last_round(workshop, rounds):
    """Return the round of a workshop that is open, or else the last one, or None. One query."""
    return rounds.filter(workshop=workshop).order_by("-number").first()


def facts_of(round, **counts):
    """Return a round's facts as ``analysis.workshop.round_result`` takes them.

    ``counts`` replace the frozen numbers of people while the round is open.
    """
    facts = {name: getattr(round, name) for name in FACTS} | counts
    return facts | {"kind": Kind(round.kind), "dots_each": round.dots}


def results_of(workshop, rounds, results, findings):
    """Return what the closed rounds of a workshop came to: what ``analysis.workshop.build_results`` takes.

    ``findings`` are as ``frozen_rows`` takes them. Four queries.
    """
    rows = frozen_rows(results.filter(round__workshop=workshop), findings)
    closed = rounds.filter(workshop=workshop, closed_at__isnull=False)
    return {
        "title": workshop.title,
        "strands": [_strand(row.slug, row.name, row.provenance) for row in workshop.strands.all()],
        "rounds": [(facts_of(row), rows[row.pk]) for row in closed],
    }


def frozen_rows(results, findings):
    """Return ``{round's number in the database: rows}`` as ``analysis.workshop.round_result`` takes them.

    ``findings`` are the readers' own: of a result on any other the words are left out and the figures stay.
    Two queries.
    """
    by_round = defaultdict(list)
    frozen = list(results.select_related("strand", "finding", "round").order_by("position", "pk"))
    weighed = [row.finding for row in frozen if row.finding]
    named = {row.pk for row in weighed} | {row.merged_into_id for row in weighed}
    shared = {row.pk: row for row in findings.filter(pk__in=named - {None})}
    for row in frozen:
        by_round[row.round_id].append(_frozen(row, shared))
    return by_round


def notes_of(workshop, weighings, findings):
    """Return ``{round's number: [(finding's words, [notes])]}``, of findings readers see. Two queries."""
    rows = weighings.filter(~Q(note=""), round__workshop=workshop)
    rows = rows.order_by("round__number", "finding__position", "finding_id", "pk")
    said = list(rows.values_list("round__number", "finding", "note"))
    shared = dict(findings.filter(pk__in={finding for _, finding, _ in said}).values_list("pk", "text"))
    notes = defaultdict(lambda: defaultdict(list))
    for number, finding, note in said:
        if finding in shared:
            notes[number][finding].append(note)
    return {
        number: [(shared[finding], found) for finding, found in by_finding.items()]
        for number, by_finding in notes.items()
    }


def room_weights(results, findings):
    """Return ``{finding's number: RoomWeight}``: what the last room gave it that weighed it. One query.

    ``findings`` are the numbers of those that are asked about. Of closed workshops only; a finding to which
    that room gave no dots is not among them.
    """
    rows = results.filter(round__workshop__closed_at__isnull=False, finding__in=findings)
    rows = rows.filter(finding__kind=F("round__kind"))  # dots for a barrier say nothing of an achievement
    rows = rows.order_by("round__closed_at", "round_id").values_list(
        "finding", "dots", "people", "round__workshop__title", "round__workshop__closed_at"
    )
    last = {finding: RoomWeight(*given) for finding, *given in rows}
    return {finding: given for finding, given in last.items() if given.dots}


def _row(finding, **figures):
    strand = _strand(*(finding[f"strand__{name}"] for name in ("slug", "name", "provenance")))
    place = {"condition": Condition(finding["condition"]), "strand": strand}
    return {"finding": finding["pk"], "text": finding["text"]} | place | figures


def _frozen(row, shared):
    """Return one frozen result, with what became of its finding since."""
    now = shared.get(row.finding_id)
    figures = {name: getattr(row, name) for name in ("dots", "people", "confirm", "challenge")}
    return figures | {
        "finding": now and now.pk,
        "text": now.text if now else "",
        "condition": Condition(row.condition),
        "strand": _strand(row.strand.slug, row.strand.name, row.strand.provenance),
        "since": _since(row, now, shared),
    }


def _since(row, now, shared):
    if now is None:
        merged = row.finding and row.finding.merged_into_id in shared
        return "merged into another finding since" if merged else ""
    if (now.kind, now.condition, now.strand_id) != (row.round.kind, row.condition, row.strand_id):
        return "moved since"
    return "reworded since" if now.text != row.text else ""


def _strand(slug, name, provenance):
    return {"slug": slug, "name": name, "from_interviews": provenance == "interviews"}
