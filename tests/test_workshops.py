"""Preparing, opening and running a workshop, its screen, what is frozen at the end, and who sees what."""

from collections import Counter

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from evaluations import access
from evaluations.actions import phones, workshops
from evaluations.actions.board import remove_finding, reword_finding
from evaluations.actions.errors import NotAllowedNow
from evaluations.actions.setup import remove_strand
from evaluations.conditions import Condition
from evaluations.models import AuditEvent, Workshop, WorkshopResult, WorkshopRound
from evaluations.queries.workshops import for_list, room_weights

from . import builders
from .assertions import refused, shows
from .base import as_member, signed_in
from .pages import Page, fill_in
from .test_two_at_once import at_once

ROOM = "The room’s weighing is kept apart from the evaluators’ findings and changes none of them."


def at(workshop, rest=""):
    """Return an address of a workshop's pages for members."""
    return f"/e/{workshop.evaluation.slug}/workshops/{workshop.pk}/{rest}"


@pytest.fixture
def workshop(cast):
    """An open workshop about three barriers under two conditions, and one achievement."""
    row = builders.workshop(cast.evaluation.strand, title="In May", hides_totals=False)
    strand = cast.evaluation.strand
    row.findings = [
        builders.finding(strand, text="Nobody has an overview.", condition="policies"),
        builders.finding(strand, text="Trust is easily lost.", condition="power"),
        builders.finding(strand, text="Who decides is unclear.", condition="power"),
    ]
    row.achievement = builders.finding(strand, text="Parents are heard.", kind="achievement")
    return row


@pytest.fixture
def vote(workshop):
    """An open vote of that workshop, which four joined and three said something in."""
    row = builders.round(workshop, shows_totals=True)
    row.people = [builders.phone(workshop, name=name) for name in ("Ama", "", "Ben", "Cy")]
    overview, trust, _ = workshop.findings
    said = [
        (0, overview, {"dots": 2, "verdict": "confirm"}),
        (0, trust, {"dots": 3, "note": "We saw this in March."}),
        (1, overview, {"dots": 3, "verdict": "challenge"}),
        (2, trust, {"dots": 0, "verdict": "confirm"}),
    ]
    for person, finding, words in said:
        builders.weighing(row, finding, phone_=row.people[person], **words)
    return row


def close(vote, by, *, shows_totals=True):
    """Close a vote as the view does, and return it."""
    given = {"findings_of": access.findings_for_phone, "shows_totals": shows_totals}
    return workshops.close_round(round=vote, by=by, **given)


def close_all(workshop, by):
    """Close a workshop as the view does, and return it."""
    return workshops.close_workshop(workshop=workshop, findings_of=access.findings_for_phone, by=by)


def rows_of(answer):
    """Return the rows of the table of findings on a page, each as its cells' words."""
    table = Page(answer).one(class_="tally-table")
    return [[cell.words for cell in row.all() if cell.tag in ("td", "th")] for row in table.all("tr")[1:]]


# --- Preparing --------------------------------------------------------------------------------------------


def test_a_workshop_is_prepared_opened_and_then_takes_phones(cast):
    browser, root = signed_in(cast.evelyn), f"/e/{cast.evaluation.slug}/workshops/"
    changes = {"title": "In May", "strands": str(cast.evaluation.strand.pk)}
    answer = fill_in(browser, f"{root}new/", changes)
    row = Workshop.objects.get()
    assert answer.url == at(row)
    assert (row.hides_totals, row.shows_quotations, row.is_open) == (True, False, False)
    assert list(row.strands.all()) == [cast.evaluation.strand]
    with pytest.raises(NotAllowedNow):
        phones.join(workshop=row, token="one")
    browser.post(at(row, "open/"))
    phones.join(workshop=row, token="one")
    events = AuditEvent.objects.values_list("verb", "subject", "user")
    assert list(events) == [("opened workshop", f"workshop {row.pk}", cast.evelyn.pk)]


def test_a_workshop_needs_a_title_and_a_strand(cast):
    browser = signed_in(cast.evelyn)
    answer = fill_in(browser, f"/e/{cast.evaluation.slug}/workshops/new/", {"title": ""})
    refused(answer, "id_title", "Give the workshop a title.")
    refused(answer, "id_strands_0", "Choose at least one strand.")
    assert not Workshop.objects.exists()


def test_somebody_elses_save_meanwhile_shows_both_versions_and_keeps_what_was_sent(cast, workshop):
    other = builders.strand(cast.evaluation, name="Workforce")
    browser = signed_in(cast.evelyn)
    sent = Page(browser.get(at(workshop, "edit/"))).sends()
    assert sent["strands"] == str(cast.evaluation.strand.pk)
    changes = {"title": "Theirs", "shows_quotations": False, "hides_totals": True}
    workshops.edit_workshop(
        workshop=workshop, version=1, changes=changes, strands=[cast.evaluation.strand], by=cast.evelyn
    )
    answer = browser.post(at(workshop, "edit/"), sent | {"title": "Mine", "strands": [other.pk]})
    assert answer.status_code == 409
    assert shows(answer, "Theirs") and shows(answer, "Mine") and shows(answer, "Workforce")
    workshop.refresh_from_db()
    assert workshop.title == "Theirs"
    kept = access.set_aside_for(as_member(cast.evelyn, cast.evaluation), workshop).get()
    assert kept.fields["strands"] == [other.pk]
    answer = browser.post(at(workshop, "edit/"), Page(answer).sends() | {"keep": "mine"})
    assert answer.status_code == 302
    assert list(workshop.strands.all()) == [other]


def test_the_strands_stay_while_a_vote_is_open(cast, workshop, vote):
    other = builders.strand(cast.evaluation, name="Workforce")
    answer = fill_in(signed_in(cast.evelyn), at(workshop, "edit/"), {"strands": str(other.pk)})
    assert shows(answer, "Close it before you change the strands.")
    assert list(workshop.strands.all()) == [cast.evaluation.strand]


def test_a_strand_that_a_vote_weighed_stays_and_others_come_and_go(cast, workshop, vote):
    strand, browser = cast.evaluation.strand, signed_in(cast.evelyn)
    other = builders.strand(cast.evaluation, name="Workforce")
    close(vote, cast.evelyn)

    answer = fill_in(browser, at(workshop, "edit/"), {"strands": str(other.pk)})
    assert shows(answer, f"{strand.name} was weighed in a vote, so it stays")
    assert list(workshop.strands.all()) == [strand]
    fill_in(browser, at(workshop, "edit/"), {"strands": [str(strand.pk), str(other.pk)]})
    assert set(workshop.strands.all()) == {strand, other}
    fill_in(browser, at(workshop, "edit/"), {"strands": str(strand.pk)})
    assert list(workshop.strands.all()) == [strand]


def test_of_a_closed_workshop_only_the_title_changes(cast, workshop):
    close_all(workshop, cast.evelyn)
    browser = signed_in(cast.evelyn)
    page = Page(browser.get(at(workshop, "edit/")))
    assert set(page.sends()) == {"title", "row", "version"}
    fill_in(browser, at(workshop, "edit/"), {"title": "In June"})
    workshop.refresh_from_db()
    assert (workshop.title, workshop.strands.count()) == ("In June", 1)


def test_a_workshop_without_a_vote_is_removed_and_put_back(cast):
    row = builders.workshop(cast.evaluation.strand, opened_at=None)
    browser, listed = signed_in(cast.evelyn), f"/e/{cast.evaluation.slug}/workshops/"
    browser.post(at(row, "remove/"))
    assert browser.get(at(row)).status_code == 404
    assert not Page(browser.get(listed)).all(class_="workshops")
    browser.post(f"/e/{cast.evaluation.slug}/removed-workshops/{row.pk}/restore/")
    assert browser.get(at(row)).status_code == 200
    events = AuditEvent.objects.order_by("pk").values_list("verb", "user")
    assert list(events) == [(verb, cast.evelyn.pk) for verb in ("removed workshop", "restored workshop")]


@pytest.mark.parametrize("state", ["open", "voted in"])
def test_a_workshop_that_is_open_or_has_results_is_not_removed(cast, workshop, vote, state):
    if state == "voted in":
        close_all(workshop, cast.evelyn)
    signed_in(cast.evelyn).post(at(workshop, "remove/"))
    workshop.refresh_from_db()
    assert workshop.removed_at is None


# --- Running ----------------------------------------------------------------------------------------------


def test_a_lead_runs_a_workshop_that_an_evaluator_opened(cast, workshop):
    browser = signed_in(cast.leigh)
    answer = fill_in(
        browser, at(workshop), {"kind": "barrier", "dots": "3"}, action=at(workshop, "votes/new/")
    )
    vote = WorkshopRound.objects.get()
    assert answer.url == at(workshop)
    assert (vote.question, vote.dots) == ("What stands in the way of coproduction?", 3)
    assert browser.post(at(workshop, f"votes/{vote.pk}/close/"), {"shows_totals": "on"}).status_code == 302
    assert browser.post(at(workshop, "close/")).url == at(workshop, "results/")
    workshop.refresh_from_db()
    assert workshop.closed_at
    events = AuditEvent.objects.order_by("pk").values_list("verb", "subject", "user")
    number = f"workshop {workshop.pk}"
    assert list(events) == [
        ("closed vote", f"{number}, vote 1", cast.leigh.pk),
        ("closed workshop", number, cast.leigh.pk),
    ]


@pytest.mark.parametrize(
    ("sent", "question"),
    [
        ({"kind": "achievement"}, "What has helped coproduction most?"),
        ({"kind": "achievement", "question": ""}, "What has helped coproduction most?"),
        ({"kind": "achievement", "question": "What do we keep?"}, "What do we keep?"),
    ],
)
def test_a_question_follows_its_kind_unless_somebody_wrote_another(cast, workshop, sent, question):
    fill_in(signed_in(cast.evelyn), at(workshop), sent, action=at(workshop, "votes/new/"))
    assert WorkshopRound.objects.get().question == question


@pytest.mark.parametrize("dots", ["0", "21", "many", ""])
def test_a_vote_with_too_few_or_too_many_dots_is_refused_at_the_field(cast, workshop, dots):
    sent = {"kind": "barrier", "question": "Why?", "dots": dots}
    answer = signed_in(cast.evelyn).post(at(workshop, "votes/new/"), sent)
    assert [target for target, _ in Page(answer).summary] == ["id_dots"]
    assert Page(answer).sends(at(workshop, "votes/new/"))["question"] == "Why?"
    assert not WorkshopRound.objects.exists()


def test_one_vote_is_open_at_a_time_and_only_on_what_can_be_weighed(cast, workshop):
    given = {"workshop": workshop, "findings_of": access.findings_for_phone, "by": cast.evelyn}
    workshop.achievement.status = "draft"
    workshop.achievement.save()
    with pytest.raises(NotAllowedNow, match="No achievement of these strands is ready"):
        workshops.open_round(fields={"kind": "achievement", "question": "Why?", "dots": 5}, **given)
    fields = {"kind": "barrier", "question": "Why?", "dots": 5}
    workshops.open_round(fields=fields, **given)
    with pytest.raises(NotAllowedNow, match="open already"):
        workshops.open_round(fields=fields, **given)
    assert WorkshopRound.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_facilitators_open_one_vote(cast, workshop):
    fields = {"kind": "barrier", "question": "Why?", "dots": 5}

    def act():
        workshops.open_round(
            workshop=workshop, fields=fields, findings_of=access.findings_for_phone, by=cast.evelyn
        )

    outcomes = at_once(act, act)
    assert [type(outcome) for outcome in outcomes].count(NotAllowedNow) == 1
    assert WorkshopRound.objects.count() == 1


def test_a_closed_workshop_takes_no_vote_and_opens_no_more(cast, workshop):
    close_all(workshop, cast.evelyn)
    for act, more in (
        (workshops.open_workshop, {}),
        (workshops.show_quotations, {"shows": True}),
        (workshops.open_round, {"fields": {}, "findings_of": access.findings_for_phone}),
    ):
        with pytest.raises(NotAllowedNow):
            act(workshop=workshop, by=cast.evelyn, **more)
    closed = Workshop.objects.get().closed_at
    close_all(workshop, cast.leigh)
    assert Workshop.objects.get().closed_at == closed


def test_before_closing_the_page_says_what_cannot_be_undone(cast, workshop, vote, settings):
    settings.WORKSHOP_KEEP_DAYS = 12
    answer = signed_in(cast.leigh).get(at(workshop, "close/"))
    for words in ("still open", "stops working", "deleted 12 days later", "cannot be opened again"):
        assert shows(answer, words)


def test_the_facilitator_sees_how_far_the_room_is_and_first_names_but_no_tally(cast, workshop, vote):
    page = Page(signed_in(cast.leigh).get(at(workshop)))
    assert [item.words for item in page.one(id="live-vote").all("dd")] == ["3 of 4", "8 of 20", "0 of 4"]
    assert [item.words for item in page.one(class_="names").all("li")] == ["Ama", "Ben", "Cy"]
    assert "Trust is easily lost" not in page.words


def test_the_code_and_its_picture_lead_to_the_phones_page(cast, workshop, settings):
    settings.SITE_URL = "https://waterline.example"
    browser = signed_in(cast.leigh)
    picture = Page(browser.get(at(workshop))).one("img", width="232")
    assert picture["alt"] == f"QR code of the address https://waterline.example/w/{workshop.shown_code}/"
    answer = browser.get(picture["src"])
    assert answer.headers["Content-Type"] == "image/svg+xml" and answer.content.startswith(b"<?xml")
    close_all(workshop, cast.evelyn)
    assert browser.get(picture["src"]).status_code == 404


# --- Freezing ---------------------------------------------------------------------------------------------


def recount(vote):
    """Count a vote's rows one by one: ``{finding: (dots, people, confirm, challenge)}`` of those said of."""
    figures = {}
    for row in vote.weighings.all():
        figure = figures.setdefault(row.finding_id, Counter())
        figure["dots"] += row.dots
        figure["people"] += row.dots > 0
        figure[row.verdict] += 1
    return {
        key: (figure["dots"], figure["people"], figure["confirm"], figure["challenge"])
        for key, figure in figures.items()
    }


def test_what_is_frozen_and_what_the_screen_shows_equal_a_naive_recount(cast, workshop, vote):
    counted = recount(vote)
    counted[workshop.findings[2].pk] = (0, 0, 0, 0)
    screen = rows_of(signed_in(cast.leigh).get(at(workshop, "screen/")))
    vote = close(vote, cast.leigh)
    frozen = {row.finding_id: row for row in WorkshopResult.objects.all()}
    found = {key: (row.dots, row.people, row.confirm, row.challenge) for key, row in frozen.items()}
    assert found == counted
    assert (vote.joined, vote.started, vote.finished) == (4, 3, 0)
    results = signed_in(cast.leigh).get(at(workshop, "results/"))
    assert (
        rows_of(results)
        == screen
        == [
            ["1", "5", "Nobody has an overview.", "Policies", "Coproduction", "2", "1", "1"],
            ["2", "3", "Trust is easily lost.", "Power dynamics", "Coproduction", "1", "1", "0"],
            ["none", "0", "Who decides is unclear.", "Power dynamics", "Coproduction", "0", "0", "0"],
        ]
    )
    shape = Page(results).one(class_="shape")
    assert [item.words for item in shape.all("li")] == [
        "Policies 5 dots",
        "Practices 0 dots",
        "Resource flows 0 dots",
        "Relationships & connections 0 dots",
        "Power dynamics 3 dots",
        "Mental models 0 dots",
    ]
    assert shows(results, "3 of 4 people took part and placed 8 of 20 dots on 3 barriers")


def test_a_closed_vote_stays_as_it_is_whatever_comes_later(cast, workshop, vote):
    close(vote, cast.evelyn)
    first = list(WorkshopResult.objects.values_list())
    with pytest.raises(NotAllowedNow):
        phones.weigh(
            phone=vote.people[3],
            round=vote,
            finding=workshop.findings[2],
            among=access.findings_for_phone(vote),
            changes={"dots": 5},
        )
    close(vote, cast.evelyn, shows_totals=False)
    assert list(WorkshopResult.objects.values_list()) == first
    assert WorkshopRound.objects.get().shows_totals


@pytest.mark.django_db(transaction=True)
def test_a_dot_that_was_acknowledged_is_in_the_results_and_one_that_came_later_is_refused(
    cast, workshop, vote
):
    def place(person):
        return phones.weigh(
            phone=person,
            round=vote,
            finding=workshop.findings[2],
            among=access.findings_for_phone(vote),
            changes={"dots": 1},
        )

    outcomes = at_once(
        lambda: place(vote.people[2]), lambda: close(vote, cast.evelyn), lambda: place(vote.people[3])
    )
    saved = sum(outcome.__class__.__name__ == "Weighing" for outcome in outcomes)
    assert WorkshopResult.objects.get(finding=workshop.findings[2]).dots == saved


def test_dots_on_a_finding_that_was_taken_back_meanwhile_are_not_counted(cast, workshop, vote):
    remove_finding(finding=workshop.findings[0], version=1, by=cast.evelyn)
    close(vote, cast.evelyn)
    assert sum(WorkshopResult.objects.values_list("dots", flat=True)) == 3
    assert not WorkshopResult.objects.filter(text="Nobody has an overview.").exists()


def test_a_finding_that_changed_later_keeps_its_place_and_one_taken_back_loses_its_words(
    cast, workshop, vote
):
    close_all(workshop, cast.evelyn)
    overview, trust, decides = workshop.findings
    reword_finding(finding=overview, version=1, changes={"text": "Other words."}, by=cast.evelyn)
    remove_finding(finding=trust, version=1, by=cast.evelyn)
    decides.status = "draft"
    decides.save()
    for user in (cast.rowan, cast.evelyn):
        rows = [row[1:3] for row in rows_of(signed_in(user).get(at(workshop, "results/")))]
        assert rows == [
            ["5", "Other words. (reworded since)"],
            ["3", "A finding that is no longer shared"],
            ["0", "A finding that is no longer shared"],
        ]


def test_a_finding_that_became_an_achievement_says_so_and_its_dots_do_not_follow(cast, workshop, vote):
    close_all(workshop, cast.evelyn)
    overview = workshop.findings[0]
    overview.kind = "achievement"
    overview.save()

    rows = rows_of(signed_in(cast.rowan).get(at(workshop, "results/")))
    assert rows[0][1:3] == ["5", "Nobody has an overview. (moved since)"]
    assert room_weights(WorkshopResult.objects.all(), [overview.pk]) == {}


def test_a_strand_that_a_workshop_is_about_is_not_removed(cast, workshop):
    strand = workshop.strands.first()
    strand.findings.all().delete()
    with pytest.raises(NotAllowedNow, match="workshops belong"):
        remove_strand(strand=strand, by=cast.evelyn)


def test_a_vote_in_which_nobody_placed_a_dot_says_so(cast, workshop):
    close(builders.round(workshop), cast.evelyn)
    answer = signed_in(cast.evelyn).get(at(workshop, "results/"))
    assert shows(answer, "Nobody placed a dot in this vote.")
    assert [row[0] for row in rows_of(answer)] == ["none"] * 3
    assert shows(signed_in(cast.evelyn).get(at(workshop, "screen/")), "No dots were placed.")


def test_equal_findings_share_a_rank(cast, workshop):
    vote = builders.round(workshop, shows_totals=True)
    for finding, dots in zip(workshop.findings, (2, 4, 4), strict=True):
        builders.weighing(vote, finding, dots=dots)
    assert [row[0] for row in rows_of(signed_in(cast.leigh).get(at(workshop, "screen/")))] == ["1", "1", "3"]


# --- The screen -------------------------------------------------------------------------------------------


def test_while_totals_are_hidden_the_screen_tells_only_how_far_the_room_is(cast, workshop, vote):
    browser = signed_in(cast.leigh)
    browser.post(at(workshop, f"votes/{vote.pk}/totals/"), {"shows": "no", "back": "screen"})
    faces = []
    for query in ("", "?condition=power", "?condition=policies"):
        answer = browser.get(at(workshop, f"screen/{query}"))
        assert shows(answer, "Totals are hidden until the facilitator shows them.")
        words = Page(answer).one(class_="far").words
        assert words == "3 of 4 people have started 8 of 20 dots placed"
        faces.append(Page(answer).one(id="live-room").words)
    # Where the dots went changes nothing of it, not even the order.
    for row in vote.weighings.all():
        row.finding = workshop.findings[2] if row.finding == workshop.findings[1] else row.finding
        row.save()
    later = [
        Page(browser.get(at(workshop, f"screen/{query}"))).one(id="live-room").words
        for query in ("", "?condition=power", "?condition=policies")
    ]
    assert later == faces


def test_one_condition_at_a_time_lives_in_the_address(cast, workshop, vote):
    page = Page(signed_in(cast.leigh).get(at(workshop, "screen/?condition=power")))
    listed = [item.one(class_="words").words for item in page.one(id="live-room").all("li")]
    assert listed == ["Trust is easily lost.", "Who decides is unclear."]
    assert page.one("a", aria_current="true").words == "Power dynamics"
    assert page.one(class_="means").words == f"{Condition.POWER.definition}."
    assert Page(signed_in(cast.leigh).get(at(workshop, "screen/?condition=none"))).one(class_="tiles")


def test_the_screen_and_what_reviewers_read_hold_no_name_and_no_note(cast, workshop, vote):
    browser = signed_in(cast.leigh)
    screens = [browser.get(at(workshop, "screen/"))]
    close_all(workshop, cast.evelyn)
    screens += [browser.get(at(workshop, "screen/")), signed_in(cast.rowan).get(at(workshop, "results/"))]
    for answer in screens:
        assert not any(shows(answer, words) for words in ("Ama", "Ben", "We saw this in March."))
        assert shows(answer, ROOM)
    for user in (cast.evelyn, cast.leigh):
        answer = signed_in(user).get(at(workshop, "results/"))
        assert shows(answer, "We saw this in March.") and not shows(answer, "Ama")


def test_a_strand_from_public_sources_is_labelled(cast):
    public = builders.strand(cast.evaluation, name="Fathers", provenance="public_sources")
    builders.finding(public)
    workshop = builders.workshop(cast.evaluation.strand, public)
    builders.round(workshop, shows_totals=True)
    browser = signed_in(cast.evelyn)
    for rest in ("", "screen/?condition=policies", "screen/", "results/"):
        assert shows(browser.get(at(workshop, rest)), "public sources")


def test_a_screen_before_the_first_vote_says_how_to_join(cast, workshop):
    page = Page(signed_in(cast.leigh).get(at(workshop, "screen/")))
    assert workshop.shown_code in page.one(id="live-room").words
    assert "0 people have joined" in page.words


# --- Who sees what ----------------------------------------------------------------------------------------


def test_reviewers_find_closed_workshops_and_their_results_only(cast, workshop, vote):
    browser, listed = signed_in(cast.rowan), f"/e/{cast.evaluation.slug}/workshops/"
    builders.workshop(cast.evaluation.strand, title="In September", opened_at=None)
    close(vote, cast.evelyn)
    assert shows(browser.get(listed), "No workshop has closed yet")
    assert browser.get(at(workshop, "results/")).status_code == 404
    close_all(workshop, cast.evelyn)
    page = Page(browser.get(listed))
    assert page.links("In May") == [at(workshop, "results/")] and "In September" not in page.words
    assert browser.get(at(workshop, "results/")).status_code == 200
    assert browser.get(at(workshop)).status_code == 403


def test_priorities_come_from_the_last_closed_workshop_that_weighed_a_finding(cast, workshop, vote):
    overview, trust, decides = workshop.findings
    asked = [overview.pk, trust.pk, decides.pk]

    def weights(by, findings=asked):
        return room_weights(access.results_for(as_member(by, cast.evaluation)), findings)

    close(vote, cast.evelyn)
    assert weights(cast.evelyn) == {}
    first = close_all(workshop, cast.evelyn)
    assert list(weights(cast.rowan, [trust.pk])) == [trust.pk]
    assert weights(cast.rowan) == {
        overview.pk: (5, 2, "In May", first.closed_at),
        trust.pk: (3, 1, "In May", first.closed_at),
    }
    later = builders.workshop(cast.evaluation.strand, title="In June")
    second = builders.round(later)
    builders.weighing(second, decides, dots=4)
    builders.weighing(second, trust, dots=1)
    later = close_all(later, cast.evelyn)
    assert {key: row.dots for key, row in weights(cast.rowan).items()} == {decides.pk: 4, trust.pk: 1}


def test_the_list_counts_people_and_votes_each_once_whoever_looks(cast, workshop, vote):
    close(vote, cast.evelyn)
    builders.round(workshop)
    builders.workshop(cast.evaluation.strand, title="Nobody came")
    member = as_member(cast.leigh, cast.evaluation)
    listed = for_list(access.workshops_for(member), access.workshop_rounds_for(member))
    assert {row.title: (row.people, row.votes) for row in listed} == {"In May": (4, 2), "Nobody came": (0, 0)}
    close_all(workshop, cast.evelyn)
    assert shows(
        signed_in(cast.rowan).get(f"/e/{cast.evaluation.slug}/workshops/"), "4 people joined, 2 votes"
    )


def test_a_note_on_a_finding_that_was_taken_back_is_left_out_of_the_results(cast, workshop, vote):
    overview = workshop.findings[0]
    builders.weighing(vote, overview, note="Not any longer.")
    close(vote, cast.evelyn)
    remove_finding(finding=overview, version=1, by=cast.evelyn)
    page = Page(signed_in(cast.evelyn).get(at(workshop, "results/"))).words
    assert "We saw this in March." in page and "Not any longer." not in page


def test_a_list_without_workshops_says_what_one_is_for_and_what_to_do_next(cast):
    root = f"/e/{cast.evaluation.slug}/"
    assert Page(signed_in(cast.evelyn).get(f"{root}workshops/")).links("Prepare a workshop")
    assert shows(signed_in(cast.leigh).get(f"{root}workshops/"), "An evaluator prepares and opens a workshop")
    assert Page(signed_in(cast.rowan).get(root)).links("Workshops") == [f"{root}workshops/"]


# --- What it costs ----------------------------------------------------------------------------------------


def queries(browser, address):
    """Return how many queries a page takes."""
    with CaptureQueriesContext(connection) as captured:
        assert browser.get(address).status_code == 200
    return len(captured)


def test_pages_and_the_screen_take_as_many_queries_with_few_and_with_many_people(cast, workshop, vote):
    browser = signed_in(cast.evelyn)
    closed = builders.workshop(cast.evaluation.strand)
    earlier = builders.round(workshop, number=9, closed_at=timezone.now())

    def fill(number):
        for n in range(number):
            finding = builders.finding(cast.evaluation.strand, condition="power")
            builders.weighing(
                vote, finding, dots=1, note="Yes", phone_=builders.phone(workshop, name=f"P{n}")
            )
            builders.result(earlier, finding, dots=n)
            builders.workshop(cast.evaluation.strand, opened_at=None)

    fill(1)
    pages = [at(workshop, rest) for rest in ("", "screen/", "screen/?condition=power", "results/", "close/")]
    pages += [at(closed), f"/e/{cast.evaluation.slug}/workshops/"]
    few = {page: queries(browser, page) for page in pages}
    fill(30)
    assert {page: queries(browser, page) for page in pages} == few
    assert few[at(workshop, "screen/")] <= 12
