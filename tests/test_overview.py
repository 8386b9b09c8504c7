"""Where the work stands and what each role does next; the list of one's evaluations; about the evaluation."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from evaluations.models import Owner, Reflection, ReflectionQuotation

from . import builders
from .assertions import marked, shows
from .base import person, signed_in
from .pages import Page

E = "/e/practice/"
TODAY = timezone.localdate


@pytest.fixture
def strand(cast):
    return cast.evaluation.strand


def steps(user):
    """Return what the overview tells somebody to do next: ``[(words, address)]``."""
    page = Page(signed_in(user).get(E))
    return [(link.words, link["href"]) for link in page.one("ol", class_="steps").all("a")]


def standing(user):
    """Return where the work stands, line by line."""
    page = Page(signed_in(user).get(E))
    return [line.words for line in page.one("ul", class_="stands").all("li")]


# What to do next


def test_a_new_evaluation_tells_its_evaluator_where_to_begin(cast, strand):
    strand.delete()

    assert steps(cast.evelyn) == [
        ("Name the strands of the plan under study.", f"{E}set-up/"),
        ("Add the first interview.", f"{E}interviews/new/"),
        ("Add a finding.", f"{E}findings/new/"),
    ]


def test_an_evaluator_is_led_to_drafts_and_quotations_that_wait(cast, strand):
    builders.interview(cast.evaluation)
    for _ in range(2):
        builders.finding(strand, status="draft")
    builders.quotation(cast.evaluation)

    (check, drafts), (look, _), (_, add) = steps(cast.evelyn)

    assert "2 draft findings" in check
    assert len(marked(signed_in(cast.evelyn).get(drafts), "data-finding")) == 2
    assert "1 quotation " in look
    assert add == f"{E}findings/new/"


def test_a_reviewer_is_led_to_read_and_to_compare_where_there_is_more_than_one_strand(cast, strand):
    assert [address for _, address in steps(cast.rowan)] == [f"{E}matrix/", f"{E}recommendations/"]

    builders.strand(cast.evaluation)

    assert [address for _, address in steps(cast.rowan)] == [
        f"{E}matrix/",
        f"{E}compare/",
        f"{E}recommendations/",
    ]


def test_the_report_is_led_to_evaluators_to_write_and_reviewers_to_read(cast, strand):
    address = f"{E}report/"
    assert address not in [place for user in (cast.evelyn, cast.rowan) for _, place in steps(user)]
    builders.finding(strand)
    assert [words for words, place in steps(cast.evelyn) if place == address]
    builders.published_version(cast.evaluation, published_on=date(2024, 6, 3))
    assert address not in [place for _, place in steps(cast.evelyn)]
    for reader in (cast.rowan, cast.leigh):
        assert steps(reader)[0] == ("The report was published on 3 June 2024. Read it.", address)


def test_a_lead_is_led_to_what_lacks_an_answer_an_owner_or_a_date_and_to_what_is_late(cast, strand):
    yesterday = TODAY() - timedelta(days=1)
    owner = Owner.objects.create(evaluation=cast.evaluation, name="Family hubs")
    builders.recommendation(strand, source="committed", owner=owner, due=yesterday, original_due=yesterday)
    builders.recommendation(strand, owner=owner)
    builders.recommendation(strand)

    told = steps(cast.leigh)

    browser = signed_in(cast.leigh)
    found = [len(marked(browser.get(address), "data-recommendation")) for _, address in told]
    assert found == [2, 1, 2, 1]
    for (words, _), number in zip(told, found, strict=True):
        assert f" {number} " in words, "each step leads to as many as it says"


def test_a_lead_with_nothing_to_do_is_told_so(cast, strand):
    due = TODAY() + timedelta(days=9)
    owner = Owner.objects.create(evaluation=cast.evaluation, name="Family hubs")
    builders.recommendation(strand, source="committed", owner=owner, due=due, original_due=due)

    assert steps(cast.leigh) == [
        ("Everything open has an owner and a date. See the tracker.", f"{E}recommendations/")
    ]


# Where the work stands


def test_evaluators_see_where_confidential_work_stands_and_others_do_not(cast, strand):
    builders.interview(cast.evaluation)
    builders.finding(strand, status="draft")
    builders.recommendation(strand)

    assert standing(cast.evelyn) == [
        "1 interview",
        "1 draft finding",
        "0 quotations that readers cannot see",
        "1 open recommendation of 1",
        "0 overdue: none has a date",
        "1 without an owner",
    ]
    for user in (cast.rowan, cast.leigh):
        assert standing(user) == standing(cast.evelyn)[3:]


def test_each_strand_is_drawn_in_the_models_shape_with_the_counts_that_everybody_sees(cast, strand):
    builders.finding(strand, kind="barrier", condition="power")
    builders.finding(strand, kind="barrier", condition="power", status="draft")
    builders.finding(strand, kind="achievement", condition="policies")
    public = builders.strand(cast.evaluation, name="Public", provenance="public_sources")

    for user in (cast.evelyn, cast.rowan, cast.leigh):
        first, second = Page(signed_in(user).get(E)).all("article")
        assert "1 achievement 1 barrier" in first.words
        assert [item.words for item in first.one(class_="mini").all("li")] == [
            "Policies 1 achievements 0 barriers",
            "Practices 0 achievements 0 barriers",
            "Resource flows 0 achievements 0 barriers",
            "Relationships & connections 0 achievements 0 barriers",
            "Power dynamics 0 achievements 1 barriers",
            "Mental models 0 achievements 0 barriers",
        ]
        assert second.one("h3").words == f"{public.name} public sources"


@pytest.mark.parametrize(
    ("days", "said"), [(-1, "The programme ended on {}; 1 recommendation remains open."), (0, "ends on {}.")]
)
def test_the_end_of_the_programme_is_said_as_it_is(cast, strand, days, said):
    builders.recommendation(strand)
    ends = TODAY() + timedelta(days=days)
    cast.evaluation.programme_ends = ends
    cast.evaluation.save()

    page = Page(signed_in(cast.rowan).get(E))

    assert said.format(f"{ends.day} {ends:%B %Y}") in page.words
    assert "time left" not in page.words


def test_made_up_evaluations_say_so_on_every_page(cast):
    cast.evaluation.is_made_up = True
    cast.evaluation.save()

    for address in (E, f"{E}findings/", f"{E}matrix/coproduction/", f"{E}recommendations/"):
        page = Page(signed_in(cast.rowan).get(address))
        assert "Made-up practice evaluation." in page.words, address


# The menu and the list of evaluations


def test_the_menu_offers_what_the_role_may_open(cast):
    def menu(user):
        return [
            link.words
            for link in Page(signed_in(user).get(E)).one("nav", aria_label="This evaluation").all("a")
        ]

    shared = ["Findings", "Matrix", "Compare", "Legacy plan", "Recommendations", "Workshops", "Report"]
    assert menu(cast.rowan) == ["Overview", *shared]
    assert menu(cast.leigh) == ["Overview", *shared]
    assert menu(cast.evelyn) == ["Overview", "Interviews", *shared, "Set-up"]


def test_with_one_evaluation_the_first_page_is_its_overview(cast):
    assert signed_in(cast.rowan).get("/").url == E


def test_with_several_the_first_page_lists_ones_own_by_title(cast):
    for title in ("Zebra", "Aardvark"):
        builders.member(builders.evaluation(title=title, slug=title.lower()), cast.rowan, "lead")
    builders.evaluation(title="Somebody else’s")

    page = Page(signed_in(cast.rowan).get("/"))

    addresses = [link["href"] for link in page.one("main").all("a")]
    assert addresses == ["/e/aardvark/", "/e/practice/", "/e/zebra/"]
    assert "Somebody else" not in page.words


def test_somebody_without_an_evaluation_is_told_how_to_get_into_one(db):
    page = Page(signed_in(person("newcomer")).get("/"))

    assert "You are a member of no evaluation yet" in page.words


# About


def test_the_about_page_holds_what_the_evaluation_is(cast, strand):
    evaluation = cast.evaluation
    evaluation.introduction = "Why we ask."
    evaluation.objectives = "Find out\nSay so"
    evaluation.method = "One-to-one interviews."
    evaluation.evaluators = "A team\nAnother team"
    evaluation.glossary = {"ICB": "Integrated Care Board"}
    evaluation.report_title = "The report"
    evaluation.save()
    builders.participant(evaluation, organisation="Family hubs")
    builders.participant(evaluation, organisation="Family hubs")
    builders.participant(evaluation, organisation="Gone", withdrawn_on=TODAY())

    page = Page(signed_in(cast.rowan).get(f"{E}about/"))

    for words in ("Why we ask.", "One-to-one interviews.", "A team, Another team", "Integrated Care Board"):
        assert words in page.words, words
    thanked = page.with_id("h-thanks").parent.all("li")
    assert [item.words for item in thanked] == ["Family hubs"]
    model = [item.one("h3").words for item in page.one("ul", class_="model").all("li") if item.all("h3")]
    assert model == [
        "Policies",
        "Practices",
        "Resource flows",
        "Relationships & connections",
        "Power dynamics",
        "Mental models",
    ]


def test_who_was_asked_stays_with_the_evaluators_until_a_report_thanks_them(cast):
    builders.participant(cast.evaluation, organisation="Family hubs")

    assert not shows(signed_in(cast.rowan).get(f"{E}about/"), "Family hubs")
    assert shows(signed_in(cast.evelyn).get(f"{E}about/"), "Family hubs")


def test_reflections_stand_with_the_quotations_that_readers_may_see(cast):
    evaluation = cast.evaluation
    draft = Reflection.objects.create(evaluation=evaluation, theme="Haste", subject="heard")
    reflection = builders.reflection(evaluation, theme="Trust")
    point = builders.point(reflection, text="It grew.")
    builders.point(reflection, text="It was taken out.", removed_at="2024-06-01T00:00Z")
    for position, fields in enumerate([{"source": builders.source(evaluation)}, {}]):
        quotation = builders.quotation(evaluation, text=f"words {position}", **fields)
        ReflectionQuotation.objects.create(evaluation=evaluation, point=point, quotation=quotation)

    for user in (cast.rowan, cast.evelyn):
        response = signed_in(user).get(f"{E}about/")
        assert Page(response).with_id("h-heard").parent.parent.words.endswith("Trust It grew. words 0")
        assert not shows(response, draft.theme)
        assert not shows(response, "words 1")


# The legacy plan


def test_those_who_write_the_plan_are_led_to_its_first_ambition_once_something_is_ready(cast, strand):
    first = (
        "Enter the first ambition of the legacy plan, to road-test it.",
        f"{E}legacy-plan/ambitions/new/",
    )
    for user in (cast.evelyn, cast.leigh):
        assert first not in steps(user), "there is nothing to test an ambition against"

    builders.finding(strand)

    assert first in steps(cast.evelyn)
    assert first in steps(cast.leigh)
    assert first not in steps(cast.rowan)

    builders.ambition(strand)

    for user in (cast.evelyn, cast.leigh):
        assert first not in steps(user)
    assert ("See how the legacy plan stands its road test.", f"{E}legacy-plan/") in steps(cast.rowan)
