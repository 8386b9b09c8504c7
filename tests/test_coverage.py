"""Coverage: which barriers recommendations answer, what is left open, and linking from the same screen."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from evaluations.conditions import Condition
from evaluations.models import Finding, Recommendation, RecommendationBarrier
from evaluations.screens.coverage import SHOWN

from . import builders
from .assertions import shows
from .base import LEGACY, signed_in
from .pages import Page

E = "/e/practice/recommendations/coverage/"


@pytest.fixture
def lead(cast):
    return signed_in(cast.leigh)


@pytest.fixture
def row(cast):
    return builders.recommendation(cast.evaluation.strand, ref="R1", title="Ask parents", condition="power")


def link(row, finding):
    return RecommendationBarrier.objects.create(
        evaluation=row.evaluation, recommendation=row, finding=finding
    )


def open_barriers(page):
    """Return the numbers of the barriers that a page lists."""
    return {int(item["data-finding"]) for item in page.all("li") if item.get("data-finding")}


def figures(page):
    """Return ``{condition: (answered, barriers)}`` of the shape, and the line's pair."""
    marked = [tag for tag in page.all("li") if tag.get("data-barriers")]
    shape = {tag["data-condition"]: (int(tag["data-answered"]), int(tag["data-barriers"])) for tag in marked}
    (line,) = [tag for tag in page.all("p") if tag.get("data-barriers")]
    return shape, (int(line["data-answered"]), int(line["data-barriers"]))


def press_link(browser, finding, row, **sent):
    return browser.post(f"{E}{finding.pk}/link/", {"answered_by": row.pk} | sent)


def test_before_the_first_link_it_says_so_instead_of_listing_gaps(legacy_cast):
    address = f"/e/{LEGACY}/recommendations/coverage/"
    seen = signed_in(legacy_cast.rowan).get(address)
    assert shows(seen, "No links recorded yet")
    assert not shows(seen, "Barriers that no recommendation answers")
    assert not shows(seen, "Recommendations that answer no barrier")
    assert not shows(seen, "24")
    assert open_barriers(Page(seen)) == set()
    lead = signed_in(legacy_cast.leigh).get(address)
    assert shows(lead, "To begin:")
    assert Page(lead).all("select")


def test_after_an_error_the_strands_still_lead_to_the_page(cast, lead):
    builders.strand(cast.evaluation, slug="other", name="Other")
    barrier = builders.finding(cast.evaluation.strand)
    page = Page(lead.post(f"{E}{barrier.pk}/link/", {}))

    (address,) = page.links("Other")

    assert lead.get(address).status_code == 200
    assert address.startswith(E)


def test_a_strand_from_public_sources_says_so(legacy_cast):
    seen = signed_in(legacy_cast.rowan).get(
        f"/e/{LEGACY}/recommendations/coverage/?strand=father-inclusivity"
    )
    assert shows(seen, "Father Inclusivity is compiled from public sources, not from interviews.")
    assert shows(seen, "All six: no recommendation belongs to Father Inclusivity yet.")


def test_gaps_equal_a_naive_recount(cast, lead):
    """Every barrier, recommendation and condition is looked at by hand."""
    strand = cast.evaluation.strand
    barriers = [
        builders.finding(strand, condition=condition, status=status)
        for condition in list(Condition)[:5]
        for status in ("ready", "ready", "draft")
    ]
    builders.finding(strand, kind="achievement")
    rows = [
        builders.recommendation(strand, ref=f"R{n}", condition=("power", "policies")[n % 2])
        for n in range(1, 6)
    ]
    for recommendation, finding in ((0, 0), (0, 1), (1, 0), (2, 5), (3, 8)):  # 5 and 8 are drafts
        link(rows[recommendation], barriers[finding])

    seen = lead.get(E)
    ready = [finding for finding in barriers if finding.status == "ready"]
    answered = [f for f in ready if RecommendationBarrier.objects.filter(finding=f).exists()]
    page = Page(seen)
    assert open_barriers(page) == {f.pk for f in ready if f not in answered}
    shape, line = figures(page)
    assert line == (len(answered), len(ready)) == (2, 10)
    assert shape == {
        condition: (
            sum(f.condition == condition for f in answered),
            sum(f.condition == condition for f in ready),
        )
        for condition in Condition
    }
    idle = page.with_id("h-idle").parent
    assert [item.one("b").words for item in idle.all("li")] == ["R3", "R4", "R5"]
    without = page.with_id(f"h-without-{strand.slug}").parent
    assert [item.one("b").words for item in without.all("li")] == [
        condition.label for condition in Condition if condition not in ("power", "policies")
    ]


@pytest.mark.parametrize("name", ["evelyn", "rowan", "leigh"])
def test_everybody_sees_the_same_and_nobody_a_draft(cast, row, name):
    link(row, builders.finding(cast.evaluation.strand))
    builders.finding(cast.evaluation.strand, status="draft", text="wq-draft-wq")
    builders.finding(cast.evaluation.strand, text="Open to all")
    seen = signed_in(getattr(cast, name)).get(E)
    assert shows(seen, "1 of 2 barriers is answered by a recommendation.")
    assert shows(seen, "Open to all")
    assert not shows(seen, "wq-draft-wq")
    assert bool(Page(seen).all("select")) == (name != "rowan")


def test_a_barrier_is_linked_where_it_stands_and_the_link_undone(cast, lead, row):
    strand = cast.evaluation.strand
    barrier = builders.finding(strand, condition="power", text="Nobody asks")
    answer = press_link(lead, barrier, row, strand=strand.slug)
    assert answer.url == f"{E}?strand={strand.slug}&done=R1-{barrier.pk}#{strand.slug}-power"
    assert list(row.barriers.all()) == [barrier]

    page = Page(lead.get(answer.url))
    said = page.with_id(f"{strand.slug}-power").one("div", role="status")
    assert said.words.startswith("R1 now answers: “Nobody asks”")
    form = said.one("form")
    assert form["action"] == f"{E}{barrier.pk}/unlink/"
    answer = lead.post(form["action"], {"answered_by": row.pk, "strand": strand.slug})
    assert not row.barriers.exists()
    said = Page(lead.get(answer.url)).one("div", role="status")
    assert said.words.startswith("R1 no longer answers: “Nobody asks”")
    lead.post(said.one("form")["action"], {"answered_by": row.pk})
    assert list(row.barriers.all()) == [barrier]
    reasons = [line.history_change_reason for line in row.history.all()[:3]]
    assert reasons == ["Linked a barrier", "Unlinked a barrier", "Linked a barrier"]


def test_a_forgotten_choice_is_asked_for_at_its_barrier(cast, lead, row):
    barrier = builders.finding(cast.evaluation.strand)
    seen = lead.post(f"{E}{barrier.pk}/link/", {})
    message = "Choose the recommendation that answers this barrier."
    page = Page(seen)
    field = page.with_id(f"answer-{barrier.pk}-answered_by")
    assert page.with_id(field["aria-describedby"]).words == message
    assert page.one("div", class_="error-summary").one("a")["href"] == f"#{field['id']}"
    assert not RecommendationBarrier.objects.exists()


def test_only_ready_barriers_and_recommendations_of_their_strand_can_be_linked(cast, lead, row):
    strand = cast.evaluation.strand
    draft = builders.finding(strand, status="draft")
    achievement = builders.finding(strand, kind="achievement")
    elsewhere = builders.finding(builders.strand(builders.evaluation()))
    for finding in (draft, achievement, elsewhere):
        assert press_link(lead, finding, row).status_code == 404
    other = builders.recommendation(builders.strand(cast.evaluation), ref="R2")
    foreign = builders.recommendation(elsewhere.strand, ref="R3")
    for wrong in (other, foreign):
        assert shows(press_link(lead, builders.finding(strand), wrong), "Something needs another look")
    assert not RecommendationBarrier.objects.exists()


@pytest.mark.parametrize("done", ["R1-0", "R1-", "R9-1", "-", "R1-²", "R1-" + "9" * 30, "R1-1-1"])
def test_an_address_that_says_nothing_true_was_done_says_nothing(cast, lead, row, done):
    assert not Page(lead.get(E, {"done": done})).all("div", role="status")


def test_one_strand_can_be_looked_at_alone(cast, lead, row):
    other = builders.strand(cast.evaluation, slug="food", name="Food")
    link(row, builders.finding(cast.evaluation.strand))
    here, there = builders.finding(cast.evaluation.strand), builders.finding(other)
    builders.recommendation(other, ref="R2")
    assert open_barriers(Page(lead.get(E))) == {here.pk, there.pk}
    page = Page(lead.get(E, {"strand": "food"}))
    assert open_barriers(page) == {there.pk}
    assert [item.one("b").words for item in page.with_id("h-idle").parent.all("li")] == ["R2"]
    assert shows(lead.get(E, {"strand": "nowhere"}), "It is left out.")


def test_of_many_barriers_the_first_are_shown_and_a_link_to_the_rest(cast, lead, row):
    strand = cast.evaluation.strand
    link(row, builders.finding(strand))
    for _ in range(SHOWN + 3):
        builders.finding(strand)
    page = Page(lead.get(E))
    assert len(open_barriers(page)) == SHOWN
    assert [a.words for a in page.all("a") if f"All {SHOWN + 4} barriers" in a.words]


def test_the_number_of_queries_does_not_grow(cast, lead, row):
    strand = cast.evaluation.strand

    def queries():
        with CaptureQueriesContext(connection) as taken:
            assert lead.get(E, {"done": f"R1-{first.pk}"}).status_code == 200
        return len(taken)

    first = builders.finding(strand)
    link(row, first)
    builders.finding(strand)
    queries()
    few = queries()
    for n in range(30):
        finding = builders.finding(strand, condition=list(Condition)[n % 6])
        link(builders.recommendation(strand, ref=f"R{n + 10}"), finding)
        builders.finding(strand, condition=list(Condition)[n % 6])
    assert (Finding.objects.count(), Recommendation.objects.count()) == (62, 31)
    assert queries() == few
