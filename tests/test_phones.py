"""Taking part in a workshop from a phone, without an account: the door, the dots, what is kept."""

import re
from datetime import timedelta
from hashlib import sha256
from io import StringIO
from threading import Event

import pytest
from django.conf import settings
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection
from django.db.models import Sum
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from evaluations import access, attempts, codes
from evaluations.actions import phones
from evaluations.actions.errors import NotAllowedNow
from evaluations.models import AuditEvent, CodingRound, Phone, Weighing, Workshop

from . import builders
from .base import person, signed_in
from .pages import Page
from .test_two_at_once import at_once

FINDING_GONE = "This is no longer in the vote, so it was not saved."
NOBODY = "No workshop is open with this code"
SCRIPT = {"X-Requested-With": "fetch"}


@pytest.fixture(autouse=True)
def no_earlier_attempts(request):
    """Start with no wrong codes counted: the cache's table outlives tests that use their own transactions."""
    request.getfixturevalue("db")
    cache.clear()


@pytest.fixture
def workshop(evaluation):
    """An open workshop on one strand."""
    return builders.workshop(evaluation.strand, title="What matters most")


@pytest.fixture
def round(workshop, evaluation):
    """An open round with three findings and five dots each."""
    row = builders.round(workshop)
    row.findings = [builders.finding(evaluation.strand, text=f"Barrier {n}") for n in range(3)]
    return row


def at(workshop, rest=""):
    """Return an address of a workshop's phones."""
    return f"/w/{workshop.shown_code}/{rest}"


def joined(workshop, name="", **options):
    """Return a browser that has joined."""
    browser = Client(**options)
    answer = browser.post(at(workshop, "join/"), {"name": name})
    assert answer.headers["Location"] == at(workshop)
    return browser


def weigh(browser, round, finding, *, script=False, **said):
    """Send what a phone says of a finding."""
    sent = {"row": finding.pk, "round": round.pk, **said}
    return browser.post(at(round.workshop, "weigh/"), sent, headers=SCRIPT if script else {})


def dots_of(round):
    """Return ``{finding: dots}`` of all phones together."""
    rows = Weighing.objects.filter(round=round, dots__gt=0).values_list("finding").annotate(n=Sum("dots"))
    return dict(rows.order_by("finding"))


def heading(answer):
    """Return the heading of a page."""
    return Page(answer).one("h1").words


# --- Codes ------------------------------------------------------------------------------------------------


def test_a_code_is_random_unambiguous_and_read_however_it_is_typed():
    made = {codes.new_code() for _ in range(500)}
    assert len(made) == 500
    assert all(len(code) == 8 and not set(code) & set("01OILSZBU") for code in made)
    assert codes.grouped("7KQ4M2RT") == "7KQ4-M2RT"
    for typed in ("7KQ4M2RT", " 7kq4-m2rt ", "7kq4 m2rt", "7KQ4–M2RT"):
        assert codes.tidy(typed) == "7KQ4M2RT"
    for typed in ("", "7KQ4", "7KQ4-M2R0", "7KQ4-M2RTX", "7KQ4/M2RT", "<script>"):
        assert codes.tidy(typed) == ""


def test_the_code_that_is_typed_leads_to_the_workshop(client, workshop):
    answer = client.post("/w/", {"code": f" {workshop.shown_code.lower().replace('-', ' ')} "}, follow=True)
    assert answer.redirect_chain == [(at(workshop), 302)]
    assert heading(answer) == "What matters most"
    assert heading(client.get(f"/w/{workshop.code.lower()}/")) == "What matters most"
    page = Page(client.post("/w/", {"code": "7KQ"}))
    assert (
        "eight letters and digits" in page.message_at("id_code") and page.with_id("id_code")["value"] == "7KQ"
    )


# --- The door ---------------------------------------------------------------------------------------------

# What somebody gets who opens the workshop's address.
DOOR = [
    # the workshop        joined                          not joined
    ("open, a vote", "What stands in the way?", "What matters most"),
    ("open, no vote", "You have joined", "What matters most"),
    ("closed", "The workshop is closed. Thank you", NOBODY),
    ("removed", NOBODY, NOBODY),
    ("not opened", NOBODY, NOBODY),
]


@pytest.mark.parametrize(("state", "inside", "outside"), DOOR)
def test_what_a_phone_sees_follows_from_the_workshop_and_from_having_joined(
    workshop, round, state, inside, outside
):
    phone = joined(workshop)
    if state != "open, a vote":
        round.closed_at = timezone.now()
        round.save()
    if state == "closed":
        workshop.closed_at = timezone.now()
    if state == "removed":
        workshop.removed_at = timezone.now()
    if state == "not opened":
        workshop.opened_at = None
        Phone.objects.all().delete()
    workshop.save()
    for browser, said in ((phone, inside), (Client(), outside)):
        answer = browser.get(at(workshop))
        assert heading(answer) == said
        assert answer.status_code == (404 if said == NOBODY else 200)
        assert "no-store" in answer.headers["Cache-Control"]
        assert answer.headers["Referrer-Policy"] == "same-origin"
        shown = answer.content.decode()
        assert ("Barrier 1" in shown) == (said == "What stands in the way?")


def test_a_closed_a_removed_and_an_unknown_code_answer_alike(evaluation, workshop):
    """Not only the page: every address below it, to a browser and to a script."""
    now = timezone.now()
    closed = builders.workshop(evaluation.strand, closed_at=now)
    removed = builders.workshop(evaluation.strand, removed_at=now)
    unopened = builders.workshop(evaluation.strand, opened_at=None)
    shown = [row.shown_code for row in (closed, removed, unopened)] + ["M2RT-7KQ4", "nonsense"]
    for rest in ("", "join/", "weigh/", "finish/", "state/"):
        for headers in ({}, SCRIPT):
            for method in ("get", "post"):
                faces = set()
                for code in shown:
                    answer = getattr(Client(), method)(f"/w/{code}/{rest}", headers=headers)
                    text = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", answer.content.decode())
                    cookies = frozenset(set(answer.cookies) - {"csrftoken"})
                    faces.add((answer.status_code, text.replace(code, "CODE"), cookies))
                assert len(faces) == 1 and next(iter(faces))[0] == 404, (rest, headers, method)
    assert Phone.objects.count() == 0


def test_wrong_codes_are_limited_by_address_and_phones_that_joined_are_not(workshop, round, monkeypatch):
    monkeypatch.setattr(attempts, "LIMIT", "5/10m/ip")
    inside, outside = joined(workshop), Client()
    assert [outside.get(f"/w/{codes.new_code()}/").status_code for _ in range(6)] == [404] * 5 + [429]
    for path in (at(workshop), at(workshop, "state/"), f"/w/{codes.new_code()}/"):
        limited = outside.get(path)
        assert limited.status_code == 429, "a right code tells no more than a wrong one"
        assert "Too many wrong codes from here" in limited.content.decode()
    assert outside.post(at(workshop, "join/"), {}).status_code == 429
    assert heading(inside.get(at(workshop))) == "What stands in the way?"
    assert weigh(inside, round, round.findings[0], dots=1).status_code == 302
    assert Client(REMOTE_ADDR="10.1.2.3").get(at(workshop)).status_code == 200, "another address"


def test_sixty_who_each_mistype_four_times_are_let_in(workshop):
    for _ in range(60):
        browser = Client()
        for typed in ("7KQ4-M2RT", "7KQ4-M2RV", "M2RT-7KQ4", "nonsense"):
            assert browser.get(f"/w/{typed}/").status_code == 404
        assert browser.post(at(workshop, "join/"), {}).status_code == 302
    assert Phone.objects.count() == 60


def test_phones_of_a_workshop_that_was_removed_use_up_no_attempts(workshop, monkeypatch):
    monkeypatch.setattr(attempts, "LIMIT", "2/10m/ip")
    phone = joined(workshop)
    workshop.removed_at = timezone.now()
    workshop.save()
    for _ in range(5):
        assert phone.get(at(workshop, "state/")).status_code == 404
    assert Client().get("/w/7KQ4-M2RT/").status_code == 404, "and not 429"


# --- Joining ----------------------------------------------------------------------------------------------


def test_joining_keeps_a_hash_and_gives_a_cookie_of_this_workshop_only(workshop, settings):
    settings.SESSION_COOKIE_SECURE = True
    browser = Client()
    answer = browser.post(at(workshop, "join/"), {"name": "  Ada \n Mary "})
    cookie = answer.cookies[f"phone-{workshop.pk}"]
    phone = Phone.objects.get()
    assert (phone.name, phone.workshop, phone.evaluation) == ("Ada Mary", workshop, workshop.evaluation)
    assert phone.token_hash == sha256(cookie.value.encode()).hexdigest()
    assert len(cookie.value) >= 40
    kept = {name: cookie[name] for name in ("path", "httponly", "secure", "samesite", "max-age")}
    assert kept == {"path": "/w/", "httponly": True, "secure": True, "samesite": "Lax", "max-age": 86400}


def test_joining_again_and_pressing_twice_is_one_phone(workshop):
    browser = Client()
    browser.get(at(workshop))
    for name in ("", "Ada", ""):
        assert browser.post(at(workshop, "join/"), {"name": name}).status_code == 302
    assert [phone.name for phone in Phone.objects.all()] == ["Ada"]


def test_a_name_that_is_too_long_is_kept_and_explained(workshop):
    answer = Client().post(at(workshop, "join/"), {"name": "A" * 41})
    page = Page(answer)
    assert page.summary and page.with_id("id_name")["value"] == "A" * 41
    assert not Phone.objects.exists()


def test_a_phone_of_one_workshop_is_none_in_another(workshop, evaluation):
    browser = joined(workshop)
    other = builders.workshop(evaluation.strand, title="Another one")
    browser.cookies[f"phone-{other.pk}"] = browser.cookies[f"phone-{workshop.pk}"].value
    assert heading(browser.get(at(other))) == "Another one"
    assert browser.post(at(other, "join/"), {}).status_code == 302
    assert [phone.workshop for phone in Phone.objects.all()] == [workshop, other]


@pytest.mark.parametrize("token", ["", "a", "\u00e9" * 43, "\xe2\x80\xae", '"a\\015\\012X: y"', "a" * 5000])
def test_a_cookie_that_was_never_given_is_replaced(workshop, token):
    headers = {"cookie": f"phone-{workshop.pk}={token}"}
    for answer in (
        Client(headers=headers).get(at(workshop)),
        Client(headers=headers).post(at(workshop, "join/"), {}),
    ):
        assert answer.status_code in (200, 302)
        assert re.fullmatch(r"[\w-]{43}", answer.cookies[f"phone-{workshop.pk}"].value, re.ASCII)


def test_a_signed_in_evaluator_is_just_a_phone(cast):
    workshop = builders.workshop(cast.evaluation.strand)
    round = builders.round(workshop)
    builders.finding(cast.evaluation.strand, text="Ready")
    builders.finding(cast.evaluation.strand, text="A draft", status="draft")
    browser = signed_in(cast.evelyn)
    assert "Join" in browser.get(at(workshop)).content.decode()
    browser.post(at(workshop, "join/"), {})
    shown = browser.get(at(workshop)).content.decode()
    assert round.question in shown and "A draft" not in shown
    assert "evelyn" not in shown.lower() and "Sign out" not in shown


def test_no_workshop_takes_phones_without_end(workshop, monkeypatch):
    monkeypatch.setattr(phones, "MOST_PHONES", 2)
    joined(workshop), joined(workshop)
    assert "as many phones as it can take" in Client().post(at(workshop, "join/"), {}).content.decode()


# --- What a phone is shown --------------------------------------------------------------------------------


def test_a_phone_shows_the_rounds_ready_findings_and_no_others(evaluation, workshop, round):
    other = builders.strand(evaluation, name="Another strand")
    hidden = {
        "a draft": builders.finding(evaluation.strand, status="draft"),
        "removed": builders.finding(evaluation.strand, removed_at=timezone.now()),
        "the other kind": builders.finding(evaluation.strand, kind="achievement"),
        "another strand": builders.finding(other),
        "another evaluation": builders.finding(builders.strand(builders.evaluation())),
    }
    browser = joined(workshop)
    page = Page(browser.get(at(workshop)))
    shown = [card["data-card"] for card in page.all(data_card=True)]
    assert shown == [str(finding.pk) for finding in round.findings]
    for what, finding in hidden.items():
        for script in (False, True):
            answer = weigh(browser, round, finding, dots=1, script=script)
            assert (answer.status_code, FINDING_GONE in answer.content.decode()) == (409, True), what
    assert not Weighing.objects.exists()


def test_quotations_are_shown_only_if_the_workshop_says_so_and_only_those_that_reach_readers(
    evaluation, workshop, round
):
    source = builders.source(evaluation)
    blind = builders.interview(evaluation)
    answer = builders.answer(blind)
    speaker = builders.participant(evaluation)
    approved = {"speaker": speaker, "approved_on": "2024-05-14"}
    for text, fields in {
        "In print": {"source": source},
        "Not approved": {"speaker": speaker},
        "Of an interview that is coded blind": {"answer": answer, **approved},
        "Of one that is not": {"answer": builders.answer(builders.interview(evaluation)), **approved},
    }.items():
        builders.quotation(evaluation, text=text, evidence_for=round.findings[0], **fields)
    second = person("second")
    CodingRound.objects.create(evaluation=evaluation, interview=blind, second=second)
    browser = joined(workshop)
    assert Page(browser.get(at(workshop))).all("q") == []
    workshop.shows_quotations = True
    workshop.save()
    assert [q.words for q in Page(browser.get(at(workshop))).all("q")] == ["In print", "Of one that is not"]


def test_strands_provenance_and_made_up_words_are_named(evaluation, workshop, round):
    browser = joined(workshop)
    shown = browser.get(at(workshop)).content.decode()
    assert "public sources" not in shown and "Made-up" not in shown
    public = builders.strand(evaluation, name="Father inclusivity", provenance="public_sources")
    builders.WorkshopStrand.objects.create(evaluation=evaluation, workshop=workshop, strand=public)
    builders.finding(public)
    evaluation.is_made_up = True
    evaluation.save()
    page = Page(browser.get(at(workshop)))
    assert [of.words for of in page.all("p", class_="of")] == [
        *["Coproduction"] * 3,
        "Father inclusivity public sources",
    ]
    assert "Father inclusivity is compiled from public sources, not from interviews." in page.words
    assert "Made-up practice workshop." in page.words


def test_a_phone_learns_nothing_of_what_others_say(workshop, round):
    first, second = joined(workshop, "Ada"), joined(workshop, "Grace")
    before = (second.get(at(workshop, "state/")).json(), Page(second.get(at(workshop))).words)
    weigh(first, round, round.findings[0], dots=5, verdict="challenge", note="Not so")
    assert (second.get(at(workshop, "state/")).json(), Page(second.get(at(workshop))).words) == before


def test_what_a_phone_asks_for_does_not_grow_with_the_findings(
    evaluation, workshop, round, django_assert_max_num_queries
):
    browser = joined(workshop)
    for _ in range(60):
        builders.quotation(
            evaluation, source=builders.source(evaluation), evidence_for=builders.finding(evaluation.strand)
        )
    workshop.shows_quotations = True
    workshop.save()
    with django_assert_max_num_queries(8):
        assert len(Page(browser.get(at(workshop))).all("q")) == 60
    with django_assert_max_num_queries(8):
        browser.get(at(workshop, "state/"))


def test_a_phone_notices_when_it_shows_what_it_should_no_longer_show(evaluation, workshop, round):
    browser, finding = joined(workshop), round.findings[0]
    words = builders.quotation(evaluation, source=builders.source(evaluation), evidence_for=finding)

    def shown():
        told = browser.get(at(workshop, "state/")).json()["shown"]
        assert Page(browser.get(at(workshop))).one("main")["data-shown"] == told
        return told

    without = shown()
    workshop.shows_quotations = True
    workshop.save()
    with_words = shown()
    assert with_words != without
    weigh(browser, round, finding, dots=2)
    assert shown() == with_words, "what somebody weighs changes nothing of it"
    words.removed_at = timezone.now()
    words.save()
    assert shown() == without
    finding.status = "draft"
    finding.save()
    assert shown() != without


def test_a_finding_that_left_the_vote_is_refused_and_the_others_go_on(workshop, round):
    browser, (gone, other, _) = joined(workshop), round.findings
    gone.status = "draft"
    gone.save()

    answer = weigh(browser, round, gone, script=True, dots=1, note="Typed")
    assert answer.status_code == 409
    assert answer.json()["now"] == "weighing"
    assert answer.json()["message"].startswith(FINDING_GONE)
    without_script = weigh(browser, round, gone, dots=1, note="Typed")
    assert without_script.status_code == 409
    assert "Typed" in without_script.content.decode()
    assert weigh(browser, round, other, script=True, dots=1).json()["weighed"] == {str(other.pk): [1, ""]}


# --- Weighing ---------------------------------------------------------------------------------------------


def test_buttons_without_a_script_set_dots_and_come_back_to_the_finding(workshop, round):
    browser, finding = joined(workshop), round.findings[1]
    for wanted in (1, 2):
        card = Page(browser.get(at(workshop))).with_id(f"f{finding.pk}")
        plus = card.one("button", data_step="1")
        said = {plus["name"]: plus["value"], "note": card.one("textarea").text.strip()}
        for _ in range(2):  # a double tap
            answer = weigh(browser, round, finding, **said)
            assert answer.headers["Location"] == f"{at(workshop)}#f{finding.pk}"
        assert dots_of(round) == {finding.pk: wanted}
    page = Page(browser.get(at(workshop)))
    assert page.one(class_="tray").words == "3 dots left"
    assert page.with_id(f"f{finding.pk}").one(class_="given").words == "2 dots"


def test_what_is_chosen_is_cleared_by_choosing_it_again_and_a_note_goes_with_any_button(workshop, round):
    browser, finding = joined(workshop), round.findings[0]

    def press(verdict, note):
        card = Page(browser.get(at(workshop))).with_id(f"f{finding.pk}")
        button = card.one("button", data_verdict=verdict)
        weigh(browser, round, finding, verdict=button["value"], note=note)
        row = Weighing.objects.get()
        return row.verdict, row.note

    assert press("confirm", "So it is") == ("confirm", "So it is")
    assert press("challenge", "Or not?\r\n") == ("challenge", "Or not?")
    assert press("challenge", "") == ("", "")


# What is sent, and what then stands there; the phone has 5 dots and 2 on another finding.
SENT = [
    ({"dots": 3}, 3, ""),
    ({"dots": 0}, 0, ""),
    ({"dots": 4}, 0, "You have 3 dots left, so nothing was changed."),
    ({"dots": 21}, 0, "Use a number up to 20."),
    ({"dots": -1}, 0, "Use a number from 0 up."),
    ({"dots": "two"}, 0, "whole number"),
    ({"verdict": "maybe"}, 0, "Select a valid choice"),
    ({"dots": 1, "note": "x" * 1001}, 0, "at most 1000 characters"),
]


@pytest.mark.parametrize(("said", "dots", "message"), SENT)
@pytest.mark.parametrize("script", [False, True])
def test_a_phone_never_places_more_than_its_dots_and_is_told_so(workshop, round, said, dots, message, script):
    browser, (first, second, _) = joined(workshop), round.findings
    weigh(browser, round, first, dots=2)
    said = {"note": "Typed", **said}
    answer = weigh(browser, round, second, script=script, **said)
    assert dots_of(round) == {first.pk: 2} | ({second.pk: dots} if dots else {})
    if script:
        assert answer.status_code == (409 if message else 200)
        assert message in answer.json().get("message", "")
        assert answer.json()["weighed"].get(str(second.pk), [0, ""])[0] == dots
    elif message:
        page = Page(answer)
        assert message in page.words and page.title.startswith("Error: ")
        assert page.summary[0][0] == f"f{second.pk}"
        assert page.with_id(f"n{second.pk}").text.strip() == said["note"], "what was typed is kept"


def test_when_all_are_placed_taking_one_back_frees_it(workshop, round):
    browser, (first, second, third) = joined(workshop), round.findings
    weigh(browser, round, first, dots=3)
    weigh(browser, round, second, dots=2)
    page = Page(browser.get(at(workshop)))
    assert all("disabled" in button.attributes for button in page.all("button", data_step="1"))
    assert "All your 5 dots are placed" in weigh(browser, round, third, dots=1, script=True).json()["message"]
    weigh(browser, round, first, dots=2)
    assert weigh(browser, round, third, dots=1, script=True).status_code == 200
    assert dots_of(round) == {first.pk: 2, second.pk: 2, third.pk: 1}


def test_dots_on_a_finding_that_is_no_longer_there_come_back(workshop, round):
    browser, (first, second, _) = joined(workshop), round.findings
    weigh(browser, round, first, dots=5)
    first.status = "draft"
    first.save()
    assert Page(browser.get(at(workshop))).one(class_="tray").words == "5 dots left"
    assert weigh(browser, round, second, dots=5, script=True).status_code == 200
    assert dots_of(round) == {second.pk: 5}


def test_a_request_that_arrives_late_changes_nothing(workshop, round):
    browser, finding = joined(workshop), round.findings[0]
    weigh(browser, round, finding, dots=3, turn=20, script=True)
    late = weigh(browser, round, finding, dots=1, turn=19, script=True)
    assert late.status_code == 200 and late.json()["weighed"] == {str(finding.pk): [3, ""]}
    again = weigh(browser, round, finding, dots=3, turn=20, script=True)
    assert again.status_code == 200 and dots_of(round) == {finding.pk: 3}
    weigh(browser, round, finding, dots=2)
    assert dots_of(round) == {finding.pk: 2}, "a plain button counts whenever it is pressed"


@pytest.mark.parametrize("closing", ["the vote", "the vote, another is open", "the workshop"])
def test_after_the_vote_closed_nothing_is_set_and_words_are_not_lost(workshop, round, closing):
    browser, finding = joined(workshop), round.findings[0]
    weigh(browser, round, finding, dots=2)
    round.closed_at = timezone.now()
    round.save()
    if closing == "the vote, another is open":
        builders.round(workshop)
    if closing == "the workshop":
        workshop.closed_at = timezone.now()
        workshop.save()
    answer = weigh(browser, round, finding, dots=3, note="Written meanwhile")
    assert answer.status_code == 409
    page = Page(answer)
    assert "The vote has closed" in page.words and page.with_id("typed").text == "Written meanwhile"
    said = weigh(browser, round, finding, dots=3, script=True)
    assert said.status_code == 409 and "The vote has closed" in said.json()["message"]
    assert list(Weighing.objects.values_list("dots", "note")) == [(2, "")]


def test_finishing_is_noted_and_taken_back_by_going_on(workshop, round):
    browser = joined(workshop)
    browser.post(at(workshop, "finish/"), {"round": round.pk})
    assert Phone.objects.get().finished_round == round
    said = Page(browser.get(at(workshop))).one("p", data_finished=True)
    assert "You have finished" in said.words and "hidden" not in said.attributes
    weigh(browser, round, round.findings[0], dots=1)
    assert Phone.objects.get().finished_round is None
    browser.post(at(workshop, "finish/"), {"round": round.pk + 1})
    assert Phone.objects.get().finished_round is None, "another round"


@pytest.mark.parametrize("rest", ["join/", "weigh/", "finish/"])
def test_what_only_takes_forms_leads_back_to_the_phone(workshop, round, rest):
    for browser in (joined(workshop), Client()):
        assert browser.get(at(workshop, rest)).headers["Location"].startswith(at(workshop))
    if rest != "join/":
        assert Client().post(at(workshop, rest), {}).headers["Location"].startswith(at(workshop))


def test_an_expired_page_leads_back_and_keeps_what_was_typed(workshop, round):
    browser = joined(workshop, enforce_csrf_checks=False)
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = browser.cookies
    answer = weigh(strict, round, round.findings[0], dots=1, note="A long note")
    page = Page(answer)
    assert answer.status_code == 403 and "no-store" in answer.headers["Cache-Control"]
    assert page.with_id("typed").text == "A long note"
    assert page.links("Go back to the workshop") == [at(workshop)]
    assert not Weighing.objects.exists()
    assert strict.get(at(workshop)).status_code == 200
    token = strict.cookies["csrftoken"].value
    sent = {"row": round.findings[0].pk, "round": round.pk, "dots": 1, "csrfmiddlewaretoken": token}
    assert strict.post(at(workshop, "weigh/"), sent).status_code == 302


# --- At the same moment -----------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    """On threads with connections of their own."""

    @pytest.fixture
    def phone(self, workshop, round):
        return phones.join(workshop=workshop, token="a token")

    def place(self, phone, round, finding, dots):
        among = type(finding).objects.filter(strand=finding.strand)
        said = {"changes": {"dots": dots}, "among": among}
        return lambda: phones.weigh(phone=phone, round=round, finding=finding, **said)

    def test_one_phone_never_places_more_than_its_dots(self, phone, round):
        outcomes = at_once(*[self.place(phone, round, finding, 3) for finding in round.findings])
        assert sum(isinstance(outcome, NotAllowedNow) for outcome in outcomes) == 2
        assert list(dots_of(round).values()) == [3]

    def test_the_same_tap_many_times_is_one(self, phone, round):
        at_once(*[self.place(phone, round, round.findings[0], 2) for _ in range(6)])
        assert dots_of(round) == {round.findings[0].pk: 2}
        assert Weighing.objects.count() == 1

    def test_joining_many_times_with_one_cookie_is_one_phone(self, workshop):
        at_once(*[lambda: phones.join(workshop=workshop, token="another") for _ in range(5)])
        assert Phone.objects.filter(workshop=workshop).count() == 1

    def test_what_was_acknowledged_before_a_vote_closed_is_in_its_results(self, phone, round, monkeypatch):
        """A phone that holds the round makes closing it wait; one that comes after is refused."""
        from evaluations.actions import workshops

        others = [phones.join(workshop=round.workshop, token=f"token {n}") for n in range(3)]
        holds, finding = Event(), round.findings[0]
        hold = phones._hold

        def slow(*args):
            held = hold(*args)
            holds.set()
            return held

        monkeypatch.setattr(phones, "_hold", slow)
        among = type(finding).objects.filter(strand=finding.strand)

        def close():
            holds.wait(20)
            return workshops.close_round(
                round=round, findings_of=lambda row: among, shows_totals=False, by=None
            )

        outcomes = at_once(*[self.place(one, round, finding, 1) for one in (phone, *others)], close)
        placed = sum(isinstance(outcome, Weighing) for outcome in outcomes)
        assert placed and placed + sum(isinstance(outcome, NotAllowedNow) for outcome in outcomes) == 4
        assert round.results.get(finding=finding).dots == placed == dots_of(round)[finding.pk]


# --- What is kept, and logged -----------------------------------------------------------------------------


def clear(now):
    """Delete what is due as the worker does, and return of how many workshops."""
    return phones.clear_workshops(now=now, findings_of=access.findings_for_phone)


def test_names_and_notes_are_deleted_a_set_time_after_closing_and_the_rest_stays(evaluation):
    now = timezone.now()
    rows = {}
    for days in (29, 31, None):
        closed = None if days is None else now - timedelta(days=days)
        workshop = builders.workshop(evaluation.strand, closed_at=closed)
        round = builders.round(workshop, closed_at=closed)
        key = {"evaluation": evaluation}
        phone = Phone.objects.create(workshop=workshop, name="Ada", token_hash=str(days), **key)
        finding = builders.finding(evaluation.strand)
        said = {"dots": 3, "verdict": "confirm", "note": "Just so"}
        Weighing.objects.create(round=round, phone=phone, finding=finding, **said, **key)
        rows[days] = workshop

    assert clear(now) == 1
    assert clear(now) == 0

    kept = {}
    for days, workshop in rows.items():
        workshop.refresh_from_db()
        row = Weighing.objects.get(round__workshop=workshop)
        kept[days] = (row.phone.name, row.note, row.dots, row.verdict, workshop.cleared_at is not None)
    there = ("Ada", "Just so", 3, "confirm", False)
    assert kept == {29: there, 31: ("", "", 3, "confirm", True), None: there}
    events = AuditEvent.objects.values_list("evaluation", "user", "verb", "subject")
    subject = f"workshop {rows[31].pk}"
    assert list(events) == [(evaluation.pk, None, "deleted first names and notes", subject)]


@pytest.mark.parametrize(
    ("opened", "voted", "joined", "is_cleared"),
    [
        (31, 31, 31, True),
        (60, 29, 31, False),
        (60, 31, 29, False),
        (60, None, 31, True),
        (60, None, None, False),
    ],
    ids=["all long ago", "a vote lately", "somebody joined lately", "never a vote", "nobody ever joined"],
)
def test_a_workshop_that_nobody_closed_is_closed_and_cleared_once_nothing_happened_for_as_long(
    evaluation, opened, voted, joined, is_cleared
):
    now = timezone.now()
    workshop = builders.workshop(evaluation.strand, opened_at=now - timedelta(days=opened))
    finding = builders.finding(evaluation.strand)
    round = voted and builders.round(workshop, opened_at=now - timedelta(days=voted))
    if joined:
        phone = builders.phone(workshop, name="Ada")
        Phone.objects.update(joined_at=now - timedelta(days=joined))
    if voted:
        builders.weighing(round, finding, phone_=phone, dots=3, note="Just so")

    assert clear(now) == is_cleared

    workshop.refresh_from_db()
    assert [workshop.closed_at is not None, workshop.cleared_at is not None] == [is_cleared] * 2
    assert Phone.objects.exclude(name="").exists() == (joined is not None and not is_cleared)
    if voted:
        assert Weighing.objects.get().note == ("" if is_cleared else "Just so")
        assert [row.dots for row in round.results.all()] == [3] * is_cleared
    verbs = set(AuditEvent.objects.values_list("verb", flat=True))
    assert ({"closed workshop", "deleted first names and notes"} <= verbs) == is_cleared


@pytest.mark.django_db(transaction=True)
def test_cleaning_the_database_deletes_what_is_due(evaluation):
    long_ago = timezone.now() - timedelta(days=settings.WORKSHOP_KEEP_DAYS + 1)
    workshop = builders.workshop(evaluation.strand, closed_at=long_ago)
    Phone.objects.create(evaluation=evaluation, workshop=workshop, name="Ada", token_hash="a")
    said = StringIO()
    call_command("clean_database", stdout=said)
    assert "1 workshop" in said.getvalue()
    assert Workshop.objects.get().cleared_at
    assert Phone.objects.get().name == ""


def test_joining_again_writes_the_name_and_nothing_else(round):
    workshop = round.workshop
    first = phones.join(workshop=workshop, token="one", name="Ada")
    phones.finish(phone=first, round=round)

    with CaptureQueriesContext(connection) as captured:
        phones.join(workshop=workshop, token="one", name="Ama")
        phones.join(workshop=workshop, token="one")

    (written,) = [query["sql"] for query in captured if query["sql"].startswith("UPDATE")]
    assert "finished_round" not in written
    phone = Phone.objects.get()
    assert (phone.name, phone.finished_round) == ("Ama", round)


def test_the_pages_say_how_long_words_are_kept(workshop, round):
    said = "A first name and notes are deleted 30 days after the workshop closes."
    assert said in Page(Client().get(at(workshop))).words
    assert said in Page(joined(workshop).get(at(workshop))).words


def test_no_log_holds_the_code(workshop, round, caplog, capsys):
    import logging

    from evaluations.logs import JsonLines

    lines, handler = [], logging.Handler()
    handler.emit = lambda record: lines.append(JsonLines().format(record))
    root = logging.getLogger()
    root.addHandler(handler)
    try:
        browser = joined(workshop, "Ada")
        weigh(browser, round, round.findings[0], dots=1, note="A note")
        browser.get(f"{at(workshop)}?code={workshop.code}")
        Client().get(f"/w/{workshop.shown_code[:-1]}/")
    finally:
        root.removeHandler(handler)
    written = "\n".join(lines)
    assert "phone-weigh" in written and "phone-detail" in written
    for secret in (workshop.code, workshop.shown_code[:-1], "Ada", "A note", "/w/"):
        assert secret not in written
