"""The number of queries of a page does not depend on how much data there is."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from evaluations.conditions import Condition, Kind
from evaluations.models import (
    Answer,
    AnswerVersion,
    Finding,
    FindingOutcome,
    FindingQuotation,
    FindingStatus,
    GuideQuestion,
    Quotation,
    Reflection,
    ReflectionPoint,
)

from . import builders
from .assertions import counts, marked, shows
from .base import signed_in

FEW, MANY = 40, 4_000
PAGES = [
    "",
    "about/",
    "matrix/coproduction/",
    "matrix/coproduction/?drafts=1",
    "matrix/coproduction/?print=1",
    "matrix/coproduction/?depth=figures",
    "matrix/coproduction/?drafts=1&q=trust&strength=published&lasting=not_judged",
    "matrix/coproduction/?present=1&slide=9",
    "compare/?strands=coproduction,other",
    "compare/?strands=coproduction,coproduction@first-round",
    "compare/reading/?strands=coproduction,other",
    "earlier-round/",
    "earlier-round/?show=decided",
    "matrix/coproduction/export/csv/",
    "compare/export/csv/?strands=coproduction,other",
    "lasting/export/csv/",
    "lasting/",
    "lasting/?print=1",
    "legacy-plan/",
    "report/",
    "report/sections/method/",
    "report/contributors/",
    "report/contributors/P9001/export/html/",
    "report/check/",
    "report/files/",
    "report/versions/",
    "findings/",
    "findings/?q=trust&kind=barrier",
    "findings/?strength=published",
    "findings/?page=2",
    "comments/",
    "comments/share/",
    "reflections/",
    "recommendations/",
    "recommendations/?group=owner&sort=-due&q=recommendation&state=stuck",
    "recommendations/mine/",
    "recommendations/calendar/",
    "recommendations/coverage/",
    "recommendations/report/",
    "recommendations/report/export/xlsx/",
    "recommendations/export/csv/",
    "recommendations/board/",
    "recommendations/timeline/",
    "interviews/",
    "interviews/I9001/",
    "interviews/I9001/check/",
    "interviews/I9001/versions/",
    "interviews/I9001/second-coding/",
    "participants/",
    "participants/P9001/",
    "participants/P9001/withdraw/",
    "participants/P9001/data/",
    "participants/P9001/identity/",
    "consent/",
    "matrix/coproduction/barrier/power/",
    "agreement/",
    "import/",
    "workshops/",
    "set-up/",
    "set-up/guide/",
    "set-up/record/",
    "set-up/record/export/csv/",
    "explainer/",
]


def fill(evaluation, size):
    """Add ``size`` findings spread over the cells of two strands, a fifth with a quotation."""
    strands = list(evaluation.strands_to_fill)
    cells = [(strand, kind, condition) for strand in strands for kind in Kind for condition in Condition]
    start = Finding.objects.count()
    findings = Finding.objects.bulk_create(
        Finding(
            evaluation=evaluation,
            strand=cells[n % len(cells)][0],
            kind=cells[n % len(cells)][1],
            condition=cells[n % len(cells)][2],
            text=f"Finding {n} about trust",
            status=FindingStatus.READY,
            position=n,
        )
        for n in range(start, start + size)
    )
    source = builders.source(evaluation)
    quotations = Quotation.objects.bulk_create(
        Quotation(evaluation=evaluation, text=f"Words {finding.pk}", source=source)
        for finding in findings[::5]
    )
    FindingQuotation.objects.bulk_create(
        FindingQuotation(evaluation=evaluation, finding=finding, quotation=quotation)
        for finding, quotation in zip(findings[::5], quotations, strict=True)
    )
    fill_interview(evaluation, size // 10)
    fill_reflection(evaluation, quotations[: size // 20])
    fill_earlier_round(evaluation, findings[: size // 2])
    for _ in range(max(1, size // 100)):
        builders.recommendation(strands[0])
        builders.ambition(strands[0], "power", "policies")
        builders.interview(evaluation, participants=[builders.participant(evaluation)])


def fill_earlier_round(evaluation, findings):
    """Add to the round before a finding for each of these; every other one persists, met by it."""
    strand = evaluation.follows.strand
    earlier = Finding.objects.bulk_create(
        Finding(evaluation=strand.evaluation, strand=strand, text="Then", status="ready", **cell)
        for cell in ({"kind": row.kind, "condition": row.condition} for row in findings)
    )
    FindingOutcome.objects.bulk_create(
        FindingOutcome(evaluation=evaluation, earlier=before, later=after, outcome="persists")
        for before, after in list(zip(earlier, findings, strict=True))[::2]
    )


def fill_reflection(evaluation, quotations):
    """Add to a reflection a point for each of these quotations, which stands behind it."""
    reflection = Reflection.objects.filter(evaluation=evaluation).first() or builders.reflection(evaluation)
    for quotation in quotations:
        point = builders.point(reflection)
        point.quotations.add(quotation, through_defaults={"evaluation": evaluation})


def fill_interview(evaluation, size):
    """Add ``size`` coded quotations, versions and questions to one interview, half of them with a finding."""
    answer = Answer.objects.filter(interview__code="I9001").first()
    if answer is None:
        person = builders.participant(evaluation, code="P9001")
        interview = builders.interview(evaluation, code="I9001", participants=[person])
        answer = builders.answer(interview, condition="power")
    key = {"evaluation": evaluation, "answer": answer}
    coded = {"kind": "barrier", "condition": "power", "strand": evaluation.strand, "passage": "in_place"}
    person = answer.interview.participants.get()
    quotations = Quotation.objects.bulk_create(
        Quotation(text="What", speaker=person, start=0, end=4, **coded, **key) for _ in range(size)
    )
    finding = builders.finding(evaluation.strand, condition="power", position=0)
    FindingQuotation.objects.bulk_create(
        FindingQuotation(evaluation=evaluation, finding=finding, quotation=row) for row in quotations[::2]
    )
    AnswerVersion.objects.bulk_create(AnswerVersion(number=n, text="Was", **key) for n in range(size))
    GuideQuestion.objects.bulk_create(
        GuideQuestion(evaluation=evaluation, condition="power", area="gaps", prompt="Who?")
        for _ in range(min(size, 20))
    )


def number_of_queries(client, address):
    """Return how many queries one page takes, the template's included (there are none)."""
    with CaptureQueriesContext(connection) as queries:
        response = client.get(address)
        assert response.status_code == 200
    return len(queries)


@pytest.fixture(autouse=True)
def nobody_is_noted(monkeypatch):
    """Leave out that it is written once a minute that somebody is there: no page's doing."""
    monkeypatch.setattr("evaluations.sessions.NOTED_EVERY", 24 * 60 * 60)


@pytest.fixture
def filled(cast):
    """The cast's evaluation with a second strand and 40 findings."""
    evaluation = cast.evaluation
    other = builders.strand(evaluation, slug="other", name="Other", position=1)
    evaluation.strands_to_fill = [evaluation.strand, other]
    evaluation.follows = builders.evaluation(slug="first-round")
    evaluation.save()
    evaluation.follows.strand = builders.strand(evaluation.follows, slug="coproduction")
    builders.member(evaluation.follows, cast.evelyn, "evaluator")
    fill(evaluation, FEW)
    return cast


def test_pages_take_the_same_number_of_queries_with_40_and_with_4000_findings(filled):
    client = signed_in(filled.evelyn)
    root = f"/e/{filled.evaluation.slug}/"
    client.get(root)
    quoted = Finding.objects.filter(quotations__isnull=False).first()
    pages = [*PAGES, f"findings/{quoted.pk}/", f"findings/{quoted.pk}/edit/"]
    pages += [f"matrix/{quoted.strand.slug}/?finding={quoted.pk}"]
    point = ReflectionPoint.objects.first()
    pages += [f"reflections/{point.reflection_id}/"]
    pages += [f"reflections/{point.reflection_id}/points/{point.pk}/quotations/?q=words"]
    few = {page: number_of_queries(client, root + page) for page in pages}
    fill(filled.evaluation, MANY - FEW)
    many = {page: number_of_queries(client, root + page) for page in pages}
    assert many == few


def test_a_full_cell_counts_all_and_shows_its_first_50(filled):
    fill(filled.evaluation, 24 * 60)
    response = signed_in(filled.rowan).get(f"/e/{filled.evaluation.slug}/matrix/coproduction/?kind=barrier")
    cells = counts(response)
    assert all(number > 60 for number in cells.values())
    assert len(marked(response, "data-finding")) == 6 * 50
    assert shows(response, f"Show all {cells['coproduction', 'barrier', 'policies']}")


def test_one_finding_takes_the_same_number_of_queries_with_one_and_with_many_quotations(filled):
    client = signed_in(filled.evelyn)
    finding = builders.finding(filled.evaluation.strand)
    address = f"/e/{filled.evaluation.slug}/findings/{finding.pk}/"
    person = builders.participant(filled.evaluation)
    interview = builders.interview(filled.evaluation, participants=[person])
    answer = builders.answer(interview)
    builders.quotation(filled.evaluation, evidence_for=finding, speaker=person, answer=answer)
    one = number_of_queries(client, address)
    for _ in range(30):
        builders.quotation(filled.evaluation, evidence_for=finding, speaker=person, answer=answer)
    assert number_of_queries(client, address) == one
