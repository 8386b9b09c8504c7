"""Quotations: writing them down as evidence, approving them, correcting them; words for words."""

from datetime import date

import pytest
from django.utils import timezone

from evaluations.models import AuditEvent, Quotation, QuotationVersion
from evaluations.report import blocks

from . import builders
from .assertions import refused, shows
from .base import signed_in
from .pages import Page, fill_in

E = "/e/practice/"


@pytest.fixture
def evaluator(cast):
    return signed_in(cast.evelyn)


@pytest.fixture
def reviewer(cast):
    return signed_in(cast.rowan)


@pytest.fixture
def finding(cast):
    return builders.finding(cast.evaluation.strand, text="Parents have no vote")


@pytest.fixture
def speaker(cast):
    return builders.participant(cast.evaluation, code="P01", consent="yes")


@pytest.fixture
def answer(cast, speaker):
    interview = builders.interview(cast.evaluation, code="I01", participants=[speaker])
    return builders.answer(interview, text="We are never asked, ever.")


@pytest.fixture
def quotation(cast, finding, speaker, answer):
    """A quotation of somebody who consents, not approved yet."""
    return builders.quotation(
        cast.evaluation, evidence_for=finding, speaker=speaker, answer=answer, text="never asked"
    )


def page_of(finding):
    return f"{E}findings/{finding.pk}/"


def new_for(finding):
    return f"{page_of(finding)}quotations/new/"


def press(browser, finding, quotation, button):
    """Press a button beside a quotation on its finding's page; return the page that follows."""
    browser_page = page_of(finding)
    action = f"{E}quotations/{quotation.pk}/{button}/"
    if button == "detach":
        action = f"{browser_page}quotations/{quotation.pk}/detach/"
    response = fill_in(browser, browser_page, {}, action=action)
    return Page(browser.get(response.url))


# Writing down


def test_a_quotation_is_written_down_as_evidence_with_who_coded_it(evaluator, finding, speaker, answer):
    response = fill_in(
        evaluator,
        new_for(finding),
        {"text": "never asked", "speaker": speaker.pk, "answer": answer.pk},
    )

    assert response.url == page_of(finding)
    quotation = finding.quotations.get()
    assert (quotation.text, quotation.speaker, quotation.answer) == ("never asked", speaker, answer)
    assert quotation.coder.username == "evelyn"
    page = Page(evaluator.get(response.url))
    assert "0 of 1 quotation will reach reviewers" in page.words
    passage = f"?condition={answer.condition}&code={answer.pk}#w{quotation.pk}"
    assert page.links("Show in interview I01") == [f"{E}interviews/I01/{passage}"]


def test_several_quotations_stand_in_the_order_they_were_attached(evaluator, reviewer, cast, finding):
    source = builders.source(cast.evaluation)
    for text in ("third", "first", "second"):
        fill_in(evaluator, new_for(finding), {"text": text, "source": source.pk})

    said = [item.words for item in Page(reviewer.get(page_of(finding))).all("blockquote")]
    assert said == ["“third”", "“first”", "“second”"]


def test_a_publication_named_twice_is_one_source(evaluator, finding):
    for text in ("one", "two"):
        fill_in(evaluator, new_for(finding), {"text": text, "new_source_title": "The annual report"})

    assert {row.source.title for row in Quotation.objects.all()} == {"The annual report"}
    assert Quotation.objects.values("source").distinct().count() == 1


def test_words_are_kept_as_they_were_said(evaluator, finding):
    said = "  “It’s — well… \t we 'ask' <them>,\r\n& nothing happens” "

    fill_in(evaluator, new_for(finding), {"text": said})

    assert Quotation.objects.get().text == "“It’s — well… \t we 'ask' <them>,\n& nothing happens”"


def test_a_quotation_is_either_said_in_confidence_or_published(evaluator, cast, finding, speaker):
    source = builders.source(cast.evaluation)
    changes = {"text": "never asked", "speaker": speaker.pk, "source": source.pk}

    response = fill_in(evaluator, new_for(finding), changes)

    page = refused(response, "id_source", "Choose either who said it or where it was published, not both.")
    assert page.sends(new_for(finding))["text"] == "never asked"
    assert not Quotation.objects.exists()


def test_the_speaker_must_have_been_in_the_interview(evaluator, cast, finding, answer):
    absent = builders.participant(cast.evaluation, code="P09")

    response = fill_in(evaluator, new_for(finding), {"text": "x", "speaker": absent.pk, "answer": answer.pk})

    refused(response, "id_speaker", "P09 did not take part in interview I01.")


@pytest.mark.parametrize(
    ("changes", "field", "message"),
    [
        ({"new_source_title": "New", "source": "listed"}, "new_source_title", "not both"),
        ({"new_source_address": "https://example.org/"}, "new_source_title", "Give the title"),
        (
            {"new_source_title": "New", "new_source_address": "not an address"},
            "new_source_address",
            "valid URL",
        ),
        (
            {"new_source_title": "New", "new_source_address": "javascript:alert(1)"},
            "new_source_address",
            "valid URL",
        ),
    ],
)
def test_a_publication_needs_a_title_and_a_web_address(evaluator, cast, finding, changes, field, message):
    if "source" in changes:
        changes = changes | {"source": builders.source(cast.evaluation).pk}

    response = fill_in(evaluator, new_for(finding), {"text": "never asked"} | changes)

    refused(response, f"id_{field}", message)
    assert not Quotation.objects.exists()


# One that is here already


def test_the_same_words_can_be_evidence_for_several_findings(evaluator, cast, finding, quotation):
    second = builders.finding(cast.evaluation.strand)
    attach = f"{page_of(second)}quotations/attach/"

    fill_in(evaluator, new_for(second), {"here-quotation": quotation.pk}, action=attach)

    assert list(second.quotations.all()) == [quotation]
    assert list(finding.quotations.all()) == [quotation]
    assert Quotation.objects.count() == 1


def test_a_quotation_that_is_attached_is_not_offered_again(evaluator, finding, quotation):
    choices = Page(evaluator.get(new_for(finding))).with_id("id_here-quotation").all("option")

    assert [choice["value"] for choice in choices] == [""]


def test_attaching_nothing_asks_for_a_choice(evaluator, finding):
    response = fill_in(evaluator, new_for(finding), {}, action=f"{page_of(finding)}quotations/attach/")

    refused(response, "id_here-quotation", "Choose a quotation.")


def test_detaching_keeps_the_quotation_and_offers_it_again(evaluator, finding, quotation):
    page = press(evaluator, finding, quotation, "detach")

    assert page.notices == ["Quotation detached. It is kept: attach it again under “Attach a quotation”."]
    assert not finding.quotations.exists()
    choices = Page(evaluator.get(new_for(finding))).with_id("id_here-quotation").all("option")
    assert [choice["value"] for choice in choices] == ["", str(quotation.pk)]


# Approving


def test_an_approved_quotation_of_somebody_who_consents_reaches_readers(
    evaluator, reviewer, cast, finding, quotation
):
    assert not shows(reviewer.get(page_of(finding)), "never asked")

    page = press(evaluator, finding, quotation, "approve")

    assert page.notices == ["Approved: readers may now see these words."]
    quotation.refresh_from_db()
    assert (quotation.approved_by, quotation.approved_on) == (cast.evelyn, timezone.localdate())
    assert shows(reviewer.get(page_of(finding)), "never asked")
    event = AuditEvent.objects.get(verb="approved quotation")
    assert (event.user, event.subject) == (cast.evelyn, f"quotation {quotation.pk}")


def test_an_approval_can_be_taken_back(evaluator, reviewer, finding, quotation):
    press(evaluator, finding, quotation, "approve")

    page = press(evaluator, finding, quotation, "stop-using")

    assert page.notices[-1] == "Readers no longer see these words."
    assert not shows(reviewer.get(page_of(finding)), "never asked")
    assert AuditEvent.objects.filter(verb="took back approval of quotation").count() == 1


@pytest.mark.parametrize("consent", ["no", "not_recorded"])
def test_words_of_somebody_who_does_not_consent_cannot_be_approved(evaluator, finding, quotation, consent):
    approve = f"{E}quotations/{quotation.pk}/approve/"
    quotation.speaker.consent = consent
    quotation.speaker.save()
    assert not Page(evaluator.get(page_of(finding))).all("form", action=approve)

    response = evaluator.post(approve, {"version": quotation.version})

    (notice,) = Page(evaluator.get(response.url)).notices
    assert notice.startswith("P01 has not consented to be quoted")
    quotation.refresh_from_db()
    assert quotation.approved_on is None


def test_a_published_quotation_needs_no_approval(evaluator, cast, finding):
    quotation = builders.quotation(
        cast.evaluation, evidence_for=finding, source=builders.source(cast.evaluation)
    )

    response = evaluator.post(f"{E}quotations/{quotation.pk}/approve/", {"version": 1})

    page = Page(evaluator.get(response.url))
    assert page.notices == ["This quotation is published already: readers see it without approval."]
    quotation.refresh_from_db()
    assert quotation.approved_on is None


def test_words_that_changed_since_the_page_was_opened_are_not_approved(evaluator, finding, quotation):
    approve = f"{E}quotations/{quotation.pk}/approve/"
    seen = Page(evaluator.get(page_of(finding))).sends(approve)
    fill_in(evaluator, f"{E}quotations/{quotation.pk}/edit/", {"text": "other words"})

    evaluator.post(approve, seen)

    quotation.refresh_from_db()
    assert quotation.approved_on is None
    notice = Page(evaluator.get(page_of(finding))).notices[-1]
    assert notice.startswith("Somebody changed these words since you opened the page.")


def test_somebody_who_asks_to_be_asked_first_has_to_agree_to_the_words(
    evaluator, reviewer, finding, quotation
):
    quotation.speaker.consent = "ask_first"
    quotation.speaker.save()
    page = Page(evaluator.get(page_of(finding)))
    (answer,) = page.links("Record P01’s answer")
    assert "Readers see nothing until P01 has said yes." in page.words

    fill_in(evaluator, answer, {"agreed_on": "14 May 2024"})
    quotation.refresh_from_db()
    assert quotation.agreed_on == date(2024, 5, 14)
    assert not shows(reviewer.get(page_of(finding)), "never asked")

    press(evaluator, finding, quotation, "approve")
    assert shows(reviewer.get(page_of(finding)), "never asked")
    assert AuditEvent.objects.filter(verb="recorded agreement to quotation").count() == 1


def test_an_agreement_needs_its_day(evaluator, quotation):
    quotation.speaker.consent = "ask_first"
    quotation.speaker.save()

    response = fill_in(evaluator, f"{E}quotations/{quotation.pk}/agreement/", {"agreed_on": ""})

    refused(response, "id_agreed_on", "Give the day on which they agreed.")


# Correcting


@pytest.mark.parametrize("change", ["text", "speaker"])
def test_other_words_or_another_speaker_void_the_approval_and_the_agreement(
    evaluator, reviewer, cast, finding, quotation, change
):
    other = builders.participant(cast.evaluation, code="P02", consent="yes")
    builders.InterviewParticipant.objects.create(
        evaluation=cast.evaluation, interview=quotation.answer.interview, participant=other
    )
    quotation.agreed_on = date(2024, 5, 14)
    quotation.save()
    press(evaluator, finding, quotation, "approve")
    changes = {"text": {"text": "never even asked"}, "speaker": {"speaker": other.pk}}[change]

    fill_in(evaluator, f"{E}quotations/{quotation.pk}/edit/", changes)

    quotation.refresh_from_db()
    assert (quotation.approved_on, quotation.approved_by, quotation.agreed_on) == (None, None, None)
    assert not shows(reviewer.get(page_of(finding)), quotation.text)


def test_saving_a_quotation_without_a_change_keeps_its_approval(evaluator, finding, quotation):
    press(evaluator, finding, quotation, "approve")

    fill_in(evaluator, f"{E}quotations/{quotation.pk}/edit/", {})

    quotation.refresh_from_db()
    assert quotation.approved_on is not None


def test_the_words_a_quotation_had_are_kept_with_it(evaluator, cast, quotation):
    fill_in(evaluator, f"{E}quotations/{quotation.pk}/edit/", {"text": "never even asked"})

    version = QuotationVersion.objects.get()
    assert (version.quotation, version.number, version.text) == (quotation, 1, "never asked")
    assert (version.by, version.set_aside) == (cast.evelyn, False)


def test_correcting_leads_back_to_the_finding(evaluator, finding, quotation):
    (correct,) = Page(evaluator.get(page_of(finding))).links("Correct this quotation")

    response = fill_in(evaluator, correct, {"text": "never even asked"})

    assert response.url == page_of(finding)


def test_a_quotation_of_nobodys_finding_leads_back_to_the_findings(evaluator, cast):
    quotation = builders.quotation(cast.evaluation)

    response = fill_in(evaluator, f"{E}quotations/{quotation.pk}/edit/", {"text": "corrected"})

    assert response.url == f"{E}findings/"


def test_what_follows_for_readers_is_said_beside_every_quotation(evaluator, cast, finding):
    said = {
        "Readers never see these words.": {"consent": "no"},
        "No consent is recorded, which counts as no: readers never see these words.": {
            "consent": "not_recorded"
        },
        "Readers see nothing until an evaluator approves it.": {"consent": "yes"},
    }
    for fields in said.values():
        person = builders.participant(cast.evaluation, **fields)
        builders.quotation(cast.evaluation, evidence_for=finding, speaker=person)

    page = Page(evaluator.get(page_of(finding)))

    assert [line.words for line in page.all("p", class_="then")] == list(said)


def test_approving_twice_is_as_good_as_once(evaluator, finding, cast):
    speaker = builders.participant(cast.evaluation, consent="yes")
    row = builders.quotation(cast.evaluation, evidence_for=finding, speaker=speaker)
    address = f"{E}quotations/{row.pk}/approve/"

    answers = [evaluator.post(address, {"version": 1}, follow=True) for _ in range(2)]

    for answer in answers:
        assert Page(answer).notices == ["Approved: readers may now see these words."]
    row.refresh_from_db()
    assert (row.approved_by, row.version) == (cast.evelyn, 2)
    assert AuditEvent.objects.filter(verb="approved quotation").count() == 1


@pytest.fixture
def published(cast, quotation):
    """Version 1, in which the quotation stands: its speaker consented, and it was approved."""
    Quotation.objects.filter(pk=quotation.pk).update(approved_on=date(2026, 12, 1), approved_by=cast.evelyn)
    quote = blocks.as_data(blocks.Quote("never asked", "a participant", quotation.pk))
    return builders.published_version(
        cast.evaluation, documents={"report": {"body": [quote]}}, published_on=date(2026, 12, 3)
    )


STILL_SHOWS = "Version 1, published on 3 December 2026, still shows"


def test_whoever_takes_consent_back_is_told_which_version_still_shows_the_words(
    evaluator, speaker, finding, published
):
    assert STILL_SHOWS not in Page(evaluator.get(page_of(finding))).words

    answer = fill_in(evaluator, f"{E}participants/P01/edit/", {"consent": "no"})

    assert answer.url == f"{E}participants/P01/"
    page = Page(evaluator.get(answer.url))
    assert page.notices[-1].startswith(STILL_SHOWS)
    for shown in (page, Page(evaluator.get(page_of(finding)))):
        (then,) = (line.words for line in shown.all("p", class_="then"))
        assert f"{STILL_SHOWS} this quotation" in then
        assert "never" not in then
        assert shown.links("Version 1") == [f"{E}report/versions/1/"]
        assert shown.links("a withdrawal") == [f"{E}participants/P01/withdraw/"]


def test_a_version_is_named_only_for_quotations_that_stand_in_it(evaluator, cast, finding, published):
    """A number within words is none of a quotation; nor is a longer one that begins with it."""
    person = builders.participant(cast.evaluation, consent="no")
    other = builders.quotation(cast.evaluation, evidence_for=finding, speaker=person)
    published.documents["report"]["body"] += [
        blocks.as_data(blocks.Quote(f'"quotation": {other.pk}')),
        blocks.as_data(blocks.Quote("Longer", quotation=int(f"{other.pk}0"))),
    ]
    published.save()

    page = Page(evaluator.get(f"{E}participants/{person.code}/"))

    assert [line.words for line in page.all("p", class_="then")] == ["Readers never see these words."]


def test_taking_an_approval_back_names_the_version_that_still_shows_the_words(
    evaluator, finding, quotation, published
):
    page = press(evaluator, finding, quotation, "stop-using")

    assert page.notices[-1].startswith(STILL_SHOWS)


def test_a_refusal_names_the_version_that_still_shows_the_words(evaluator, speaker, quotation, published):
    type(speaker).objects.filter(pk=speaker.pk).update(consent="ask_first")

    answer = fill_in(evaluator, f"{E}quotations/{quotation.pk}/agreement/", {"refused_on": "2024-05-14"})

    (notice,) = Page(evaluator.get(answer.url)).notices
    assert notice.startswith(f"Refusal recorded. {STILL_SHOWS}")
