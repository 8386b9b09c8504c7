"""The legacy plan: its page, writing and ordering ambitions, accepting gaps, and the files."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from evaluations.actions.errors import NotAllowedNow
from evaluations.actions.legacy import add_ambition, edit_ambition, move_ambition
from evaluations.models import (
    Acceptance,
    Ambition,
    AmbitionCondition,
    ConflictingEdit,
    Finding,
    RecommendationBarrier,
    Strand,
)
from evaluations.screens.legacy import SHOWN, SHOWN_GAPS

from . import builders
from .assertions import marked, refused, shows
from .base import LEGACY, signed_in
from .files import book_of, rows_in, rows_of, sent, tables_of, words_of
from .pages import Page, fill_in

E = "/e/practice/"
PLAN = f"{E}legacy-plan/"
NEW = f"{PLAN}ambitions/new/"
ACCEPT = f"{PLAN}gaps/accept/"


@pytest.fixture
def strand(cast):
    return cast.evaluation.strand


@pytest.fixture
def lead(cast):
    return signed_in(cast.leigh)


@pytest.fixture
def reader(cast):
    return signed_in(cast.rowan)


def page_of(ambition):
    return f"{PLAN}ambitions/{ambition.pk}/"


def needs(ambition):
    """Return the conditions that an ambition needs to shift, as they are stored."""
    return set(AmbitionCondition.objects.filter(ambition=ambition).values_list("condition", flat=True))


def test_an_ambition_does_not_come_into_a_strand_that_is_being_removed(cast):
    """The form was opened, and checked, while the strand still stood."""
    gone = builders.strand(cast.evaluation, removed_at=timezone.now())
    fields = {"strand": gone, "kind": "asset", "dimension": "", "text": "A toolkit"}
    with pytest.raises(NotAllowedNow):
        add_ambition(evaluation=cast.evaluation, fields=fields, conditions=["power"], by=cast.leigh)
    assert not Ambition.objects.exists()


def in_order(browser):
    """Return the ambitions in the order of the page, by number."""
    return [int(row["data-ambition"]) for row in Page(browser.get(PLAN)).all("article")]


def cell(page, ambition, condition):
    return page.one(**{"data-ambition": str(ambition.pk), "data-condition": condition})


def open_gaps(page):
    """Return ``{rule: subjects}`` of the gaps that a page shows as open."""
    rules = [box for box in page.all("section", class_="rule") if box.get("data-rule")]
    return {box["data-rule"]: {one["data-gap"] for one in box.all("li", class_="gap")} for box in rules}


def accepted_gaps(page):
    return {one["data-gap"]: one for one in page.with_id("accepted").all("li", class_="gap")}


# Before the first ambition


def test_before_the_first_ambition_writers_are_told_what_one_is_and_readers_that_none_is_there(cast):
    for user in (cast.evelyn, cast.leigh):
        page = Page(signed_in(user).get(PLAN))
        assert "An ambition is a line of the legacy plan" in page.words
        assert page.links("Add the first ambition") == [NEW]
    assert Page(signed_in(cast.evelyn).get(PLAN)).links("Import ambitions") == [f"{E}import/"]
    assert not Page(signed_in(cast.leigh).get(PLAN)).links("Import ambitions")

    page = Page(signed_in(cast.rowan).get(PLAN))

    assert "No ambition is entered yet" in page.words
    assert not page.links("Add")
    assert "What the road test found" not in page.words


# Writing


def test_the_first_ambition_is_added_with_its_conditions_and_the_road_test_begins(cast, lead, strand):
    said = {"strand": strand.pk, "text": "Parents decide", "kind": "outcome"}

    answer = fill_in(lead, NEW, said | {"conditions": ["power", "policies"]})

    row = Ambition.objects.get()
    assert answer.url == f"{PLAN}#ambition-{row.pk}"
    assert (row.text, row.kind, row.strand, needs(row)) == (
        "Parents decide",
        "outcome",
        strand,
        {"power", "policies"},
    )
    page = Page(lead.get(PLAN))
    assert cell(page, row, "power")["data-needed"] == "yes"
    assert cell(page, row, "mental_models")["data-needed"] == "no"
    assert "What the road test found" in page.words


def test_an_ambition_whose_words_stand_in_the_strand_is_refused_and_nothing_is_added(cast, lead, strand):
    first = builders.ambition(strand, text="Parents decide")
    other = builders.ambition(strand, text="Money lasts")
    said = {"strand": strand.pk, "text": "Parents  decide", "kind": "outcome", "conditions": ["power"]}
    here = "This ambition is here already: the plan of this strand has the same words."

    refused(lead.post(NEW, said), "id_text", here)
    refused(fill_in(lead, page_of(other), said), "id_text", here)
    assert fill_in(lead, page_of(first), said).status_code == 302

    elsewhere = builders.strand(cast.evaluation, name="Elsewhere")
    assert fill_in(lead, NEW, said | {"strand": elsewhere.pk}).status_code == 302
    assert Ambition.objects.filter(strand=strand).count() == 2


def test_an_ambition_without_text_kind_or_condition_is_refused_at_each_field(lead, strand):
    answer = lead.post(NEW, {"strand": strand.pk})
    refused(answer, "id_text", "Write the ambition in a sentence.")
    refused(answer, "id_kind_0", "Say whether it is an outcome, an asset or a system change.")
    refused(answer, "id_conditions_0", "Tick at least one condition that needs to shift.")
    assert not Ambition.objects.exists()


def test_only_a_system_change_has_one_of_the_programmes_own_dimensions(cast, lead, strand):
    assert "None is listed yet. Evaluators keep" in Page(lead.get(NEW)).words
    cast.evaluation.change_dimensions = ["Culture", "Workforce"]
    cast.evaluation.save()
    said = {"strand": strand.pk, "text": "Better", "conditions": ["power"], "dimension": "Culture"}

    refused(
        lead.post(NEW, {**said, "kind": "asset"}), "id_dimension", "Only a system change has a dimension."
    )
    refused(
        lead.post(NEW, {**said, "kind": "system_change", "dimension": "Another"}),
        "id_dimension",
        "Choose one of the dimensions",
    )
    lead.post(NEW, {**said, "kind": "system_change"})

    assert Ambition.objects.get().dimension == "Culture"
    assert shows(lead.get(PLAN), "Culture")


def test_a_dimension_that_set_up_no_longer_lists_can_be_kept(lead, strand):
    row = builders.ambition(strand, "power", kind="system_change", dimension="Of old")

    fill_in(lead, page_of(row), {"text": "In other words"})

    row.refresh_from_db()
    assert (row.text, row.dimension) == ("In other words", "Of old")


def test_a_gap_leads_to_a_new_ambition_with_its_strand_and_condition_chosen(cast, lead, strand):
    other = builders.strand(cast.evaluation)
    builders.ambition(strand, "power")
    builders.finding(other, condition="resources")
    page = Page(lead.get(PLAN))

    (address,) = [link for link in page.links("Add an ambition") if "condition=" in link]

    chosen = Page(lead.get(address)).sends()
    assert (chosen["strand"], chosen["conditions"]) == (str(other.pk), "resources")


def test_a_change_of_conditions_alone_is_a_new_version_and_the_same_again_is_none(cast, strand):
    row = builders.ambition(strand, "power", "policies")
    same = {"strand": strand, "text": row.text, "kind": row.kind, "dimension": ""}
    edit_ambition(ambition=row, version=1, changes=same, conditions=["policies", "power"], by=cast.leigh)
    row.refresh_from_db()
    assert row.version == 1

    edit_ambition(ambition=row, version=1, changes=same, conditions=["power", "resources"], by=cast.leigh)

    row.refresh_from_db()
    assert row.version == 2
    assert needs(row) == {"power", "resources"}


def test_of_two_who_edit_one_ambition_the_second_sees_both_versions_and_nothing_is_lost(cast, lead, strand):
    row = builders.ambition(strand, "policies", text="As it was")
    mine = Page(lead.get(page_of(row))).sends() | {"text": "Mine", "conditions": ["power"]}
    fill_in(signed_in(cast.evelyn), page_of(row), {"text": "Theirs", "conditions": ["resources"]})

    answer = lead.post(page_of(row), mine)

    assert answer.status_code == 409
    page = Page(answer)
    assert "Theirs" in page.words
    assert "Mine" in page.words
    assert "Resource flows" in page.words
    assert "Power dynamics" in page.words
    row.refresh_from_db()
    assert (row.text, needs(row)) == ("Theirs", {"resources"})
    assert ConflictingEdit.objects.get().fields["conditions"] == "Power dynamics"
    assert "Conditions that need to shift: Power dynamics" in Page(lead.get(page_of(row))).words

    lead.post(page_of(row), page.sends() | {"keep": "mine"})

    row.refresh_from_db()
    assert (row.text, needs(row)) == ("Mine", {"power"})


def test_in_another_strand_an_ambition_comes_last(cast, lead, strand):
    other = builders.strand(cast.evaluation)
    there = builders.ambition(other, position=7)
    row = builders.ambition(strand, position=0)

    fill_in(lead, page_of(row), {"strand": other.pk})

    assert in_order(lead) == [there.pk, row.pk]


def test_hostile_words_are_shown_as_words(cast, lead, strand):
    hostile = "<script>alert('a')</script>"
    cast.evaluation.change_dimensions = [hostile]
    cast.evaluation.save()
    said = {"strand": strand.pk, "kind": "system_change", "dimension": hostile, "conditions": ["policies"]}
    lead.post(NEW, {**said, "text": hostile})
    row = Ambition.objects.get()
    builders.acceptance(cast.evaluation, f"tangible_only:ambition:{row.pk}", reason=hostile)
    for address in (PLAN, page_of(row), f"{ACCEPT}?gap=tangible_only:ambition:{row.pk}"):
        answer = lead.get(address)
        assert hostile not in answer.content.decode()
        assert shows(answer, hostile)


# Order, taking out, putting back


def test_ambitions_move_up_and_down_among_those_of_their_strand(cast, lead, strand):
    one, two, three = (builders.ambition(strand) for _ in range(3))
    elsewhere = builders.ambition(builders.strand(cast.evaluation))

    answer = lead.post(f"{page_of(three)}move/", {"direction": "up"})
    assert Page(lead.get(answer.url)).with_id(answer.url.partition("#")[2])["tabindex"] == "-1"
    assert in_order(lead) == [one.pk, three.pk, two.pk, elsewhere.pk]
    lead.post(f"{page_of(one)}move/", {"direction": "down"})
    assert in_order(lead) == [three.pk, one.pk, two.pk, elsewhere.pk]
    lead.post(f"{page_of(three)}move/", {"direction": "up"})
    assert in_order(lead) == [three.pk, one.pk, two.pk, elsewhere.pk]


def test_two_who_reorder_at_once_leave_every_ambition_in_a_place_of_its_own(cast, strand):
    rows = [builders.ambition(strand, position=0) for _ in range(3)]
    seen_by_both = Ambition.objects.get(pk=rows[2].pk)

    move_ambition(ambition=rows[2], up=True, by=cast.leigh)
    move_ambition(ambition=seen_by_both, up=True, by=cast.evelyn)

    places = dict(Ambition.objects.values_list("pk", "position"))
    assert places == {rows[2].pk: 0, rows[0].pk: 1, rows[1].pk: 2}


def test_an_ambition_taken_out_can_be_put_back_from_the_notice_and_comes_last(cast, lead, reader, strand):
    row, other = builders.ambition(strand, text="Ours"), builders.ambition(strand)

    answer = lead.post(f"{page_of(row)}remove/", {"strand": "coproduction"})

    assert answer.url == f"{PLAN}?strand=coproduction&done={row.pk}#done"
    page = Page(lead.get(answer.url))
    assert (page.with_id("done")["role"], page.with_id("done")["tabindex"]) == ("status", "-1")
    assert any("Taken out of the plan: “Ours”" in said for said in page.notices)
    assert "Ours" not in Page(reader.get(answer.url)).words
    assert lead.get(page_of(row)).status_code == 404
    back = f"{PLAN}removed-ambitions/{row.pk}/restore/"
    assert len(page.all("form", action=back)) == 2, "in the notice, and in the list of those taken out"
    lead.post(back)
    assert in_order(lead) == [other.pk, row.pk]


# The road test on the page


def test_a_cell_tells_what_supports_threatens_and_answers(cast, reader, strand):
    row = builders.ambition(strand, "power")
    builders.finding(strand, kind="achievement", condition="power", lasting="ends", text="A panel")
    held = {"lasting": "embedded", "holder": "The ICB"}
    builders.finding(strand, kind="achievement", condition="power", text="A seat", **held)
    barrier = builders.finding(strand, condition="power", text="Few are asked")
    builders.finding(strand, condition="power", text="A draft", status="draft")
    answers = builders.recommendation(strand, ref="R1", condition="policies", title="Ask more")
    builders.recommendation(strand, ref="R2", condition="power", title="Stand here")
    RecommendationBarrier.objects.create(evaluation=cast.evaluation, recommendation=answers, finding=barrier)

    power = cell(Page(reader.get(PLAN)), row, "power")

    assert (power["data-achievements"], power["data-barriers"], power["data-recommendations"]) == (
        "2",
        "1",
        "2",
    )
    for words in (
        "A panel Ends with the programme, held by nobody",
        "A seat Embedded, held by The ICB",
        "Threatened by 1 barrier",
        "Answered by 1 recommendation R1 Ask more",
        "Also placed here R2 Stand here",
    ):
        assert words in power.words
    assert "A draft" not in power.words


def test_a_full_cell_shows_the_first_few_and_leads_to_all_that_it_counts(cast, strand):
    row = builders.ambition(strand, "power")
    for _ in range(SHOWN + 2):
        builders.finding(strand, condition="power")
    builders.finding(strand, condition="power", status="draft")
    for user in (cast.evelyn, cast.rowan):
        browser = signed_in(user)
        power = cell(Page(browser.get(PLAN)), row, "power")
        assert len([one for one in power.all("li") if one.get("data-finding")]) == SHOWN
        (more,) = [link["href"] for link in power.all("a", class_="more")]
        assert len(marked(browser.get(more), "data-finding")) == SHOWN + 2 == int(power["data-barriers"])


def test_after_the_programmes_end_the_page_says_so_and_not_that_something_ends(cast, reader, strand):
    builders.ambition(strand, "power")
    builders.finding(strand, kind="achievement", condition="power", lasting="ends", text="A panel.")
    assert shows(reader.get(PLAN), "“A panel” ends with the programme, and nobody is named who holds it.")
    cast.evaluation.programme_ends = "2025-03-31"
    cast.evaluation.save()

    answer = reader.get(PLAN)

    assert "ended on 31 March 2025" in Page(answer).words
    assert shows(answer, "“A panel” ended with the programme, and nobody is named who holds it.")
    assert not shows(answer, "ends with the programme")


def test_the_2023_evaluation_says_which_strand_comes_from_public_sources_and_what_counts_are_for(legacy_cast):
    strands = {row.slug: row for row in Strand.objects.filter(evaluation=legacy_cast.evaluation)}
    fathers = builders.ambition(strands["father-inclusivity"], "mental_models")
    builders.ambition(strands["coproduction"], "mental_models")
    address = f"/e/{LEGACY}/legacy-plan/"
    page = Page(signed_in(legacy_cast.rowan).get(address))
    assert "Father Inclusivity is compiled from public sources, not from interviews." in page.words
    assert "Counts are of findings, not of people, and do not decide where to act." in page.words
    part = page.with_id(f"ambition-{fathers.pk}").parent
    assert "public" in part["class"].split()
    assert "public sources, not interviews" in part.words
    only = Page(signed_in(legacy_cast.rowan).get(f"{address}?strand=coproduction"))
    assert "compiled from public sources" not in only.words
    assert len(only.all("article")) == 1


def test_gaps_only_leaves_the_ambitions_out_and_a_strand_only_its_own_gaps(cast, reader, strand):
    other = builders.strand(cast.evaluation, slug="other")
    here, there = builders.ambition(strand, "policies"), builders.ambition(other, "policies")
    page = Page(reader.get(f"{PLAN}?show=gaps"))
    assert page.all("article") == []
    assert len(open_gaps(page)["tangible_only"]) == 2
    page = Page(reader.get(f"{PLAN}?strand=other"))
    assert open_gaps(page)["tangible_only"] == {f"tangible_only:ambition:{there.pk}"}
    assert [int(one["data-ambition"]) for one in page.all("article")] == [there.pk]
    assert "It is left out." in Page(reader.get(f"{PLAN}?strand=nowhere")).words
    assert here.pk != there.pk


def test_each_gap_leads_to_a_screen_that_its_reader_may_open(cast, strand):
    builders.ambition(strand, "policies")
    builders.finding(strand, condition="power")
    builders.finding(strand, kind="achievement", lasting="ends")
    builders.recommendation(strand, condition="mental_models")
    for user in (cast.evelyn, cast.leigh, cast.rowan):
        browser = signed_in(user)
        page = Page(browser.get(PLAN))
        assert [len(subjects) for subjects in open_gaps(page).values()] == [1, 1, 1, 1]
        for gap in page.all("li", class_="gap"):
            links = [link["href"] for link in gap.all("a") if "gaps/accept" not in link["href"]]
            assert links
            for address in links:
                assert address.startswith("#") or browser.get(address).status_code == 200


def test_a_rule_shows_its_first_gaps_and_says_how_many_there_are(cast, reader, strand):
    builders.ambition(strand, "power")
    ends = {"kind": "achievement", "condition": "power", "lasting": "ends", "status": "ready"}
    key = {"evaluation": cast.evaluation, "strand": strand}
    Finding.objects.bulk_create(Finding(text=f"Number {n}", **ends, **key) for n in range(SHOWN_GAPS + 3))
    page = Page(reader.get(PLAN))
    assert len(open_gaps(page)["ends_unheld"]) == SHOWN_GAPS
    assert page.with_id("rule-ends_unheld")["data-remaining"] == str(SHOWN_GAPS + 3)
    assert f"The first {SHOWN_GAPS} of {SHOWN_GAPS + 3} are shown." in page.words
    assert len(rows_in(book_of(sent(reader, f"{PLAN}export/xlsx/"))["Gaps"])) == SHOWN_GAPS + 3


# Accepting gaps


@pytest.fixture
def gap(strand):
    return f"tangible_only:ambition:{builders.ambition(strand, 'policies').pk}"


def test_a_gap_is_accepted_with_a_reason_and_listed_apart_with_who_and_when(cast, lead, reader, gap):
    assert open_gaps(Page(reader.get(PLAN)))["tangible_only"] == {gap}
    refused(lead.post(ACCEPT, {"gap": gap}), "id_reason", "Say why the gap is accepted.")

    fill_in(lead, f"{ACCEPT}?gap={gap}", {"reason": "The policy is enough here."})

    page = Page(reader.get(PLAN))
    assert open_gaps(page)["tangible_only"] == set()
    told = accepted_gaps(page)[gap].words
    today = timezone.localdate()
    assert "The policy is enough here." in told
    assert f"Accepted by Leigh on {today.day} {today:%B %Y}" in told
    figures = [box.words for box in page.all("div", class_="fig")]
    assert figures == ["1 gap found", "1 accepted as it is", "0 remain open"]


def test_an_accepted_gap_can_be_taken_back_and_accepted_again_with_the_reason_still_there(lead, gap, cast):
    builders.acceptance(cast.evaluation, gap, reason="Enough")
    row = Acceptance.objects.get()

    lead.post(f"{PLAN}gaps/{row.pk}/take-back/", {"version": 1})

    page = Page(lead.get(PLAN))
    assert open_gaps(page)["tangible_only"] == {gap}
    assert accepted_gaps(page) == {}
    assert Page(lead.get(f"{ACCEPT}?gap={gap}")).sends(ACCEPT)["reason"] == "Enough"
    fill_in(lead, f"{ACCEPT}?gap={gap}", {})
    assert list(accepted_gaps(Page(lead.get(PLAN)))) == [gap]
    assert Acceptance.objects.count() == 1


def test_of_two_who_accept_one_gap_the_second_sees_both_reasons(cast, lead, gap):
    mine = Page(lead.get(f"{ACCEPT}?gap={gap}")).sends() | {"reason": "Mine"}
    fill_in(signed_in(cast.evelyn), f"{ACCEPT}?gap={gap}", {"reason": "Theirs"})

    answer = lead.post(ACCEPT, mine)

    assert answer.status_code == 409
    page = Page(answer)
    assert "Theirs" in page.words
    lead.post(ACCEPT, page.sends() | {"keep": "both"})
    assert Acceptance.objects.get().reason == "Theirs\n\nMine"


def test_a_stale_button_does_not_take_back_another_reason(cast, lead, gap):
    row = builders.acceptance(cast.evaluation, gap, version=2)

    answer = lead.post(f"{PLAN}gaps/{row.pk}/take-back/", {"version": 1}, follow=True)

    assert "Somebody gave another reason" in Page(answer).words
    assert list(accepted_gaps(Page(answer))) == [gap]


def test_a_reason_for_a_gap_that_closed_meanwhile_is_given_back_and_nothing_is_accepted(lead, gap):
    AmbitionCondition.objects.update(condition="power")

    answer = lead.post(ACCEPT, {"gap": gap, "reason": "Enough"}, follow=True)

    assert any("not there any more" in said and "Enough" in said for said in Page(answer).notices)
    assert not Acceptance.objects.exists()


# Files


@pytest.fixture
def filled(cast, strand):
    """One ambition with something in its cell, a gap that is open and one that is accepted."""
    row = builders.ambition(strand, "policies", text="=Parents decide", kind="asset")
    builders.finding(strand, kind="achievement", text="A charter", lasting="ends")
    barrier = builders.finding(strand, text="Few know it")
    builders.finding(strand, text="A draft", status="draft")
    answers = builders.recommendation(strand, ref="R1", condition="policies", title="Tell them")
    RecommendationBarrier.objects.create(evaluation=cast.evaluation, recommendation=answers, finding=barrier)
    builders.acceptance(
        cast.evaluation, f"tangible_only:ambition:{row.pk}", reason="Enough here", by=cast.leigh
    )
    return row


def test_the_workbook_holds_the_plan_its_road_test_what_is_behind_it_and_the_gaps(cast, filled):
    book = book_of(sent(signed_in(cast.evelyn), f"{PLAN}export/xlsx/"))
    assert book.sheetnames == ["Ambitions", "Road test", "Behind it", "Gaps", "About"]
    (ambition,), (tested,) = rows_in(book["Ambitions"]), rows_in(book["Road test"])
    assert (ambition["Ambition"], ambition["What it is"]) == ("=Parents decide", "Asset")
    assert ambition["Conditions that need to shift"] == tested["Condition"] == "Policies"
    assert (tested["Achievements that support it"], tested["Barriers that threaten it"]) == (1, 1)
    assert tested["Recommendations that answer these"] == "R1"
    behind = {row["In words"]: row["What it is"] for row in rows_in(book["Behind it"])}
    assert behind == {
        "A charter": "Achievement that supports",
        "Few know it": "Barrier that threatens",
        "R1: Tell them (Not started)": "Recommendation that answers",
    }
    gaps = [(row["Gap"], row["Accepted as it is"], row["Why"]) for row in rows_in(book["Gaps"])]
    assert gaps == [
        ("“A charter” ends with the programme, and nobody is named who holds it.", "No", None),
        ("“=Parents decide” leans only on Policies.", "Yes", "Enough here"),
    ]


def test_the_table_holds_road_test_and_gaps_and_says_where_they_come_from(reader, filled):
    rows = rows_of(sent(reader, f"{PLAN}export/csv/"))
    assert [row["What this row is"] for row in rows] == ["Road test", "Gap", "Gap"]
    assert rows[0]["Ambition"] == "'=Parents decide"
    assert rows[2]["Why"] == "Enough here"
    assert rows[2]["Accepted by"] == "Leigh"
    assert {row["Where this comes from"] for row in rows} == {"From interviews"}


def test_the_document_lays_each_ambition_against_the_six_conditions_and_lists_the_gaps(reader, filled):
    content = sent(reader, f"{PLAN}export/docx/")
    (table,) = tables_of(content)
    first_cells = ["".join(line.run_strings) for row in table for line in row[0]]
    assert first_cells[:2] == ["Condition", "Policies (tangible)"]
    assert len(table) == 7
    words = words_of(content, "docx")
    for said in ("A charter (Ends with the programme)", "Answers: R1: Tell them", "Enough here", "Leigh"):
        assert said in words
    assert "A draft" not in words


def test_a_file_of_one_strand_says_so_and_an_unknown_format_is_not_found(cast, reader, filled):
    other = builders.strand(cast.evaluation, slug="other", name="Other")
    builders.ambition(other, "power", text="Elsewhere")
    rows = rows_of(sent(reader, f"{PLAN}export/csv/?strand=other"))
    assert [row["Ambition"] for row in rows] == ["Elsewhere"]
    assert rows[0]["Filters"] == "Other"
    assert reader.get(f"{PLAN}export/pdf/").status_code == 404


# However much there is


def test_the_page_and_its_file_take_the_same_number_of_queries_however_much_there_is(cast, lead, strand):
    def grow():
        for condition in ("power", "policies", "practices"):
            row = builders.ambition(strand, condition)
            builders.acceptance(cast.evaluation, f"tangible_only:ambition:{row.pk}", by=cast.leigh)
            barrier = builders.finding(strand, condition=condition)
            builders.finding(strand, kind="achievement", condition=condition, lasting="ends")
            linked = builders.recommendation(strand, condition=condition)
            RecommendationBarrier.objects.create(
                evaluation=cast.evaluation, recommendation=linked, finding=barrier
            )
            builders.ambition(strand, removed_at=timezone.now())

    def taken(address):
        with CaptureQueriesContext(connection) as queries:
            assert lead.get(address).status_code == 200
        return len(queries)

    grow()
    addresses = (PLAN, f"{PLAN}?show=gaps", f"{PLAN}export/csv/")
    few = [taken(address) for address in addresses]
    for _ in range(5):
        grow()
    assert [taken(address) for address in addresses] == few
