"""The consent queue: what waits for whom, asking, approving one or several, refusals. For evaluators only."""

from datetime import date

import pytest
from django.urls import reverse

from evaluations.models import AuditEvent, Quotation

from . import builders
from .assertions import refused, shows
from .base import signed_in
from .pages import Page, fill_in

E = "/e/practice/"
QUEUE = f"{E}consent/"
APPROVE = f"{QUEUE}?show=approve"
DAY = date(2024, 6, 3)


@pytest.fixture
def evaluator(cast):
    return signed_in(cast.evelyn)


@pytest.fixture
def waiting(cast):
    """Quotations in every state, by P2 (ask first), P10 (yes), P11 (no) and nobody known; three are seen."""
    return Waiting(cast.evaluation)


class Waiting:
    def __init__(self, row):
        self.careful = builders.participant(row, code="P2", consent="ask_first")
        self.willing = builders.participant(row, code="P10", consent="yes")
        self.private = builders.participant(row, code="P11", consent="no")
        self.gone = builders.participant(row, code="P12", withdrawn_on=DAY)
        self.group = builders.interview(row, code="I01", participants=[self.careful, self.willing])
        in_group = builders.answer(self.group)
        self.strand = builders.strand(row, slug="workforce", name="Workforce")
        words = {
            "asked": (self.careful, {}),
            "asked too": (self.careful, {"strand": self.strand}),
            "unnamed": (None, {"answer": in_group}),
            "agreed": (self.careful, {"agreed_on": DAY}),
            "first": (self.willing, {}),
            "second": (self.willing, {}),
            "said no": (self.careful, {"refused_on": DAY}),
            "private": (self.private, {}),
            "nobody known": (None, {}),
            "seen": (self.willing, {"approved_on": DAY}),
            "printed": (None, {"source": builders.source(row)}),
            "taken out": (self.willing, {"removed_at": "2024-06-03T10:00Z"}),
        }
        for text, (speaker, fields) in words.items():
            builders.quotation(row, text=text, speaker=speaker, **fields)
        self.finding = builders.finding(row.strand)

    def __getitem__(self, text):
        return Quotation.objects.get(text=text)


def listed(browser, address=QUEUE):
    """Return what the queue lists as ``[(whose, [words])]``."""
    page = Page(browser.get(address))
    groups = page.all("section", class_="asked-of")
    return [
        (group.one("h2").words, [_said(row) for row in group.all("li", class_="quote")]) for group in groups
    ]


def _said(row):
    found = row.all("blockquote") or row.all(class_="said")
    return found[0].words.strip("“”")


def parts(browser, address=QUEUE):
    """Return how many quotations wait for what, as the tabs say it."""
    tabs = Page(browser.get(address)).one("nav", class_="parts").all("a")
    return {tab.words.rsplit(" ", 1)[0]: int(tab.one("span").words) for tab in tabs}


# --- What is in it ----------------------------------------------------------------------------------------


def test_every_quotation_that_readers_do_not_see_waits_for_one_thing(evaluator, waiting):
    assert parts(evaluator) == {"To ask": 3, "To approve": 3, "Refused": 1, "Without consent": 2}
    assert listed(evaluator) == [("P2", ["asked", "asked too"]), ("Somebody in I01", ["unnamed"])]
    assert listed(evaluator, APPROVE) == [("P2", ["agreed"]), ("P10", ["first", "second"])]
    assert listed(evaluator, f"{QUEUE}?show=refused") == [("P2", ["said no"])]
    never = [("P11", ["private"]), ("Nobody is named", ["nobody known"])]
    assert listed(evaluator, f"{QUEUE}?show=never") == never


def test_the_queue_is_narrowed_by_strand_and_by_participant(evaluator, waiting):
    waiting.finding.strand = waiting.strand
    waiting.finding.save()
    waiting.finding.quotations.add(
        waiting["first"], through_defaults={"evaluation": waiting.finding.evaluation}
    )

    workforce = f"{QUEUE}?strand=workforce"
    assert parts(evaluator, workforce) == {
        "To ask": 1,
        "To approve": 1,
        "Refused": 0,
        "Without consent": 0,
    }
    assert listed(evaluator, workforce) == [("P2", ["asked too"])]
    willing = f"{QUEUE}?participant=P10"
    assert listed(evaluator, willing) == [("Somebody in I01", ["unnamed"])], "they were there"
    assert listed(evaluator, f"{willing}&show=approve") == [("P10", ["first", "second"])]
    options = [option.words for option in Page(evaluator.get(QUEUE)).with_id("id_participant").all("option")]
    assert options == ["Everybody", "P2", "P10", "P11"], "nobody who withdrew"


def test_an_empty_part_says_so_and_a_filter_that_finds_nothing_does_too(evaluator, cast):
    assert "Nobody has to be asked" in Page(evaluator.get(QUEUE)).words
    builders.participant(cast.evaluation, code="P01")
    assert "No quotation matches" in Page(evaluator.get(f"{QUEUE}?participant=P01")).words


def test_the_queue_goes_on_after_fifty_with_what_was_chosen(evaluator, waiting):
    for number in range(52):
        builders.quotation(waiting.group.evaluation, text=f"More {number}", speaker=waiting.willing)
    address = f"{APPROVE}&participant=P10"

    assert sum(len(words) for _, words in listed(evaluator, address)) == 50
    [after] = set(Page(evaluator.get(address)).links("Next"))
    assert sum(len(words) for _, words in listed(evaluator, f"{QUEUE}{after}")) == 4
    assert parts(evaluator, f"{QUEUE}{after}")["To approve"] == 54


# --- Asking -----------------------------------------------------------------------------------------------


def test_the_words_to_ask_about_are_those_that_wait_for_an_answer(evaluator, waiting):
    [address] = Page(evaluator.get(QUEUE)).links("Words to send to P2")

    letter = Page(evaluator.get(address)).one(class_="letter")

    lists = [[row.one(class_="said").words for row in found.all("li")] for found in letter.all("ol")]
    assert lists == [["“asked”", "“asked too”"], ["“unnamed”"]], "apart, what may be somebody else’s"
    assert "P2" not in letter.words, "the letter goes to them as it stands"
    assert "Nothing to ask" in Page(evaluator.get(f"{QUEUE}words/P11/")).words


def agreement(quotation):
    return reverse("quotation-agreement", args=["practice", quotation.pk])


def test_a_refusal_is_recorded_with_its_date_and_takes_the_approval_back(evaluator, cast, waiting):
    row = waiting["agreed"]
    row.approved_on = DAY
    row.save()

    response = fill_in(
        evaluator, f"{agreement(row)}?back=consent", {"agreed_on": "", "refused_on": "4 June 2024"}
    )

    assert response.url == QUEUE
    row.refresh_from_db()
    assert (row.refused_on, row.agreed_on, row.approved_on) == (date(2024, 6, 4), None, None)
    assert AuditEvent.objects.get(verb="recorded refusal of quotation").user == cast.evelyn
    assert ("P2", ["agreed", "said no"]) in listed(evaluator, f"{QUEUE}?show=refused")
    assert "P2 said no on 4 June 2024" in Page(evaluator.get(f"{QUEUE}?show=refused")).words


def test_a_refusal_can_be_changed_and_then_waits_for_approval(evaluator, waiting):
    row = waiting["said no"]
    [change] = Page(evaluator.get(f"{QUEUE}?show=refused")).links("Change their answer")

    both = fill_in(evaluator, change, {"agreed_on": "5 June 2024"})
    refused(both, "id_refused_on", "Give one day only")
    fill_in(evaluator, change, {"agreed_on": "5 June 2024", "refused_on": ""})

    row.refresh_from_db()
    assert (row.agreed_on, row.refused_on) == (date(2024, 6, 5), None)
    assert listed(evaluator, f"{QUEUE}?show=refused") == []
    assert "said no" in dict(listed(evaluator, APPROVE))["P2"]


def test_refused_words_cannot_be_approved(evaluator, waiting):
    row = waiting["said no"]

    evaluator.post(f"{QUEUE}approve/", {"one": f"{row.pk}.{row.version}"})

    row.refresh_from_db()
    assert row.approved_on is None


def test_a_findings_page_says_who_refused_and_leads_to_changing_the_answer(evaluator, waiting):
    row = waiting["said no"]
    waiting.finding.quotations.add(row, through_defaults={"evaluation": row.evaluation})

    page = Page(evaluator.get(reverse("finding-detail", args=["practice", waiting.finding.pk])))

    [quote] = page.all("li", class_="quote")
    assert "P2 said no on 3 June 2024" in quote.words
    assert "Approve for use" not in quote.words
    assert page.links("Change P2’s answer") == [agreement(row)]
    assert page.links("P2")[0] == reverse("participant-detail", args=["practice", "P2"])


# --- Approving --------------------------------------------------------------------------------------------


def ticks(browser):
    """Return the values of the boxes on the page to approve, by the words beside them."""
    rows = Page(browser.get(APPROVE)).all("label", class_="tick")
    return {row.one(class_="said").words.strip("“”"): row.one("input")["value"] for row in rows}


def approved():
    return set(Quotation.objects.filter(approved_by__isnull=False).values_list("text", flat=True))


def test_several_are_approved_at_once_and_one_press_undoes_it(evaluator, waiting):
    boxes = ticks(evaluator)

    response = evaluator.post(
        f"{QUEUE}approve/", {"quotation": [boxes["first"], boxes["agreed"]]}, follow=True
    )

    assert response.redirect_chain[-1][0] == APPROVE
    assert approved() == {"first", "agreed"}
    page = Page(response)
    assert page.notices == ["2 quotations approved: readers may now see the words."]
    evaluator.post(f"{QUEUE}undo/", page.sends(f"{QUEUE}undo/"))
    assert approved() == set()
    assert listed(evaluator, APPROVE) == [("P2", ["agreed"]), ("P10", ["first", "second"])]


def test_the_button_of_one_approves_that_one_whatever_is_ticked(evaluator, waiting):
    boxes = ticks(evaluator)

    evaluator.post(f"{QUEUE}approve/", {"quotation": [boxes["first"]], "one": boxes["second"]})

    assert approved() == {"second"}


def test_what_changed_since_the_page_was_opened_stays_and_does_not_hold_up_the_others(evaluator, waiting):
    boxes = ticks(evaluator)
    Quotation.objects.filter(text="first").update(version=2)

    response = evaluator.post(
        f"{QUEUE}approve/", {"quotation": [boxes["first"], boxes["second"]]}, follow=True
    )

    assert approved() == {"second"}
    assert any("1 quotation left as before" in notice for notice in Page(response).notices)


@pytest.mark.parametrize("sent", [{}, {"one": "x"}, {"quotation": ["1.1.1", "²", "9" * 30 + ".1", "-1.1"]}])
def test_nothing_ticked_or_nonsense_approves_nothing(evaluator, waiting, sent):
    response = evaluator.post(f"{QUEUE}approve/", sent, follow=True)

    assert response.status_code == 200
    assert "Tick the quotations to approve first." in Page(response).notices
    assert approved() == set()


# --- Nothing of it to readers -----------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["rowan", "leigh", "sam", "sasha"])
def test_nobody_else_learns_of_it(cast, waiting, name):
    other = signed_in(getattr(cast, name))
    row = waiting["first"]

    for address in (QUEUE, APPROVE, f"{QUEUE}words/P2/"):
        assert other.get(address).status_code == 404
    value = f"{row.pk}.{row.version}"
    for address in (f"{QUEUE}approve/", f"{QUEUE}undo/"):
        assert other.post(address, {"quotation": [value], "one": value}).status_code == 404
    assert approved() == set()


def test_readers_see_the_words_once_they_are_approved_and_not_before(cast, evaluator, waiting):
    row = waiting["first"]
    waiting.finding.quotations.add(row, through_defaults={"evaluation": row.evaluation})
    place = reverse("finding-detail", args=["practice", waiting.finding.pk])
    reader = signed_in(cast.rowan)
    assert not shows(reader.get(place), "“first”")

    evaluator.post(f"{QUEUE}approve/", {"one": f"{row.pk}.{row.version}"})

    assert shows(reader.get(place), "“first”")
