"""Who may be quoted to readers, under what name, and what takes that back."""

from datetime import date
from itertools import product

import pytest
from django.urls import reverse

from evaluations import access
from evaluations.actions.errors import NotAllowedNow, StaleVersion
from evaluations.actions.interviews import edit_interview
from evaluations.actions.quotations import (
    approve_quotation,
    edit_quotation,
    record_agreement,
    stop_using_quotation,
)
from evaluations.models import AuditEvent, ParticipantIdentity
from evaluations.queries.quotations import A_PARTICIPANT, attribution, gated_quotations, reader_groups
from tests import builders
from tests.assertions import shows
from tests.base import as_member, signed_in
from tests.pages import Page

DAY = date(2024, 5, 14)
CONSENTS = ("yes", "ask_first", "no", "not_recorded")


@pytest.fixture
def finding(cast):
    """A finding that is ready to share."""
    return builders.finding(cast.evaluation.strand, text="What readers see")


def quotation(finding, *, approved=False, agreed=False, **fields):
    """Return a quotation that is evidence for a finding."""
    decided = {"approved_on": DAY if approved else None, "agreed_on": DAY if agreed else None}
    return builders.quotation(finding.evaluation, evidence_for=finding, **decided | fields)


def speaker(finding, consent="yes", *, withdrawn=False, **fields):
    """Return a participant."""
    withdrawn_on = DAY if withdrawn else None
    return builders.participant(finding.evaluation, consent=consent, withdrawn_on=withdrawn_on, **fields)


def groups(cast):
    """Return what decides the attributions that readers see."""
    return reader_groups(*access.speakers_for_readers(as_member(cast.rowan, cast.evaluation)))


def read_by(finding, user):
    """Return the texts of the quotations that somebody's page of a finding shows."""
    address = reverse("finding-detail", kwargs={"slug": "practice", "pk": finding.pk})
    page = Page(signed_in(user).get(address))
    return {element.words.strip("“”") for element in page.all("blockquote")}


def seen_by_readers(cast, finding):
    """Return the texts that readers see, which the rows, the page and the matrix must agree on."""
    member = as_member(cast.rowan, cast.evaluation)
    rows = {row.text for row in access.quotations_for(member)}
    for user in (cast.rowan, cast.leigh):
        assert read_by(finding, user) == rows
    asked_for_readers = access.quotations_for(
        as_member(cast.evelyn, cast.evaluation), access.Audience.READERS
    )
    assert {row.text for row in asked_for_readers} == rows
    matrix = signed_in(cast.rowan).get(reverse("matrix-detail", args=["practice", "coproduction"]))
    assert {element.words for element in Page(matrix).all("q")} == rows
    return rows


# --- The truth table --------------------------------------------------------------------------------------

# Of a known speaker's 32 cases, all that reach readers: consent, approved, agreed to these words, withdrawn.
REACHES_READERS = {
    ("yes", "approved", "", ""),
    ("yes", "approved", "agreed", ""),
    ("ask_first", "approved", "agreed", ""),
}


def words(*case):
    """Return a case as the text of its quotation."""
    return " ".join(filter(None, case))


def test_a_known_speaker_is_quoted_only_with_consent_and_approval(cast, finding):
    cases = set(product(CONSENTS, ("approved", ""), ("agreed", ""), ("withdrawn", "")))
    assert len(cases) == 32
    for consent, approved, agreed, withdrawn in cases:
        quotation(
            finding,
            text=words(consent, approved, agreed, withdrawn),
            speaker=speaker(finding, consent, withdrawn=bool(withdrawn)),
            approved=bool(approved),
            agreed=bool(agreed),
        )
    assert seen_by_readers(cast, finding) == {words(*case) for case in REACHES_READERS}
    assert len(read_by(finding, cast.evelyn)) == 32


# Nobody knows who of those present said it: the strictest of them decides. "gone" consented and withdrew.
GROUPS = {
    ("yes",): "approved",
    ("yes", "yes"): "approved",
    ("yes", "ask_first"): "approved and agreed",
    ("ask_first", "ask_first"): "approved and agreed",
    ("yes", "no"): "never",
    ("yes", "not_recorded"): "never",
    ("yes", "gone"): "never",
    ("ask_first", "no"): "never",
    ("no",): "never",
    ("not_recorded",): "never",
    (): "never",
}
DECIDED = {
    "approved": {("approved", ""), ("approved", "agreed")},
    "approved and agreed": {("approved", "agreed")},
    "never": set(),
}


def test_of_an_unknown_speaker_the_strictest_consent_present_decides(cast, finding):
    expected = set()
    for present, when in GROUPS.items():
        people = [
            speaker(finding, "yes" if consent == "gone" else consent, withdrawn=consent == "gone")
            for consent in present
        ]
        interview = builders.interview(cast.evaluation, participants=people, setting="group")
        answer = builders.answer(interview)
        for approved, agreed in product(("approved", ""), ("agreed", "")):
            text = words("+".join(present) or "nobody", approved, agreed)
            quotation(finding, text=text, answer=answer, approved=bool(approved), agreed=bool(agreed))
            if (approved, agreed) in DECIDED[when]:
                expected.add(text)
    assert len(expected) == 6
    assert seen_by_readers(cast, finding) == expected


def test_a_known_speakers_own_consent_decides_whoever_else_was_there(cast, finding):
    willing, unwilling = speaker(finding, "yes"), speaker(finding, "no")
    interview = builders.interview(cast.evaluation, participants=[willing, unwilling], setting="group")
    answer = builders.answer(interview)
    quotation(finding, text="Quote me", speaker=willing, answer=answer, approved=True)
    quotation(finding, text="Do not quote me", speaker=unwilling, answer=answer, approved=True)
    assert seen_by_readers(cast, finding) == {"Quote me"}


def test_of_somebody_unknown_in_no_interview_nothing_is_quoted(cast, finding):
    quotation(finding, approved=True, agreed=True)
    assert seen_by_readers(cast, finding) == set()


def test_what_was_published_is_shown_with_where(cast, finding):
    source = builders.source(cast.evaluation, label="June 2023 report", title="The whole title")
    quotation(finding, text="Printed already", source=source)
    assert seen_by_readers(cast, finding) == {"Printed already"}
    page = signed_in(cast.rowan).get(reverse("finding-detail", args=["practice", finding.pk]))
    assert [element.words for element in Page(page).all("p", class_="src")] == ["June 2023 report"]


def test_consent_counts_as_it_is_now_not_as_it_was_at_approval(cast, finding):
    person = speaker(finding, "yes")
    quotation(finding, text="Said once", speaker=person, approved=True)
    assert seen_by_readers(cast, finding) == {"Said once"}
    person.consent = "no"
    person.save()
    assert seen_by_readers(cast, finding) == set()
    person.consent, person.withdrawn_on = "yes", DAY
    person.save()
    assert seen_by_readers(cast, finding) == set()


def test_somebody_who_was_there_after_all_and_did_not_consent_takes_the_words_back(cast, finding):
    interview = builders.interview(cast.evaluation, participants=[speaker(finding)])
    quotation(finding, text="Who said it?", answer=builders.answer(interview), approved=True)
    assert seen_by_readers(cast, finding) == {"Who said it?"}
    interview.participants.add(speaker(finding, "no"), through_defaults={"evaluation": cast.evaluation})
    assert seen_by_readers(cast, finding) == set()


# --- Approving and agreeing -------------------------------------------------------------------------------


@pytest.mark.parametrize("consent", ["no", "not_recorded"])
def test_without_consent_nothing_can_be_approved(cast, finding, consent):
    row = quotation(finding, text="Not yours to show", speaker=speaker(finding, consent))
    refuse_approval(row, cast.evelyn)
    answer = signed_in(cast.evelyn).post(
        reverse("quotation-approve", args=["practice", row.pk]), {"version": row.version}, follow=True
    )
    assert shows(answer, f"{row.speaker} has not consented to be quoted, so readers cannot see it.")
    assert seen_by_readers(cast, finding) == set()


def test_somebody_who_withdrew_cannot_be_approved(cast, finding):
    refuse_approval(quotation(finding, speaker=speaker(finding, withdrawn=True)), cast.evelyn)


@pytest.mark.parametrize("present", [present for present, when in GROUPS.items() if when == "never"])
def test_where_somebody_present_did_not_consent_nobodys_words_can_be_approved(cast, finding, present):
    people = [
        speaker(finding, "yes" if consent == "gone" else consent, withdrawn=consent == "gone")
        for consent in present
    ]
    answer = builders.answer(builders.interview(cast.evaluation, participants=people))
    refuse_approval(quotation(finding, answer=answer), cast.evelyn)


def test_words_of_somebody_unknown_in_no_interview_cannot_be_approved(cast, finding):
    refuse_approval(quotation(finding), cast.evelyn)


def test_what_was_published_needs_no_approval(cast, finding):
    refuse_approval(quotation(finding, source=builders.source(cast.evaluation)), cast.evelyn)


def test_approval_is_offered_exactly_where_it_is_possible(cast, finding):
    for consent, withdrawn in product(CONSENTS, (False, True)):
        quotation(finding, speaker=speaker(finding, consent, withdrawn=withdrawn))
    for present in GROUPS:
        people = [speaker(finding, consent) for consent in present if consent != "gone"]
        quotation(finding, answer=builders.answer(builders.interview(cast.evaluation, participants=people)))
    quotation(finding)
    rows = access.quotations_for(as_member(cast.evelyn, cast.evaluation))
    offered = {row.id: row.can_approve for row in gated_quotations(rows, groups(cast))}
    assert set(offered.values()) == {True, False}
    for row in rows:
        try:
            approve_quotation(quotation=row, version=1, by=cast.evelyn)
        except NotAllowedNow:
            assert not offered[row.pk]
        else:
            assert offered[row.pk]


def refuse_approval(row, user):
    """Check that an approval and an agreement are refused and leave nothing behind."""
    with pytest.raises(NotAllowedNow):
        approve_quotation(quotation=row, version=row.version, by=user)
    with pytest.raises(NotAllowedNow):
        record_agreement(quotation=row, version=row.version, agreed_on=DAY, by=user)
    row.refresh_from_db()
    assert (row.approved_on, row.approved_by, row.agreed_on, row.version) == (None, None, None, 1)
    assert not AuditEvent.objects.exists()


def test_approving_lets_readers_see_the_words_and_stopping_takes_them_back(cast, finding):
    row = quotation(finding, text="Worth quoting", speaker=speaker(finding))
    assert seen_by_readers(cast, finding) == set()
    client = signed_in(cast.evelyn)
    client.post(reverse("quotation-approve", args=["practice", row.pk]), {"version": 1})
    assert seen_by_readers(cast, finding) == {"Worth quoting"}
    client.post(reverse("quotation-stop-using", args=["practice", row.pk]), {"version": 2})
    assert seen_by_readers(cast, finding) == set()
    events = AuditEvent.objects.order_by("pk").values_list("verb", "subject", "user")
    assert list(events) == [
        ("approved quotation", f"quotation {row.pk}", cast.evelyn.pk),
        ("took back approval of quotation", f"quotation {row.pk}", cast.evelyn.pk),
    ]


def test_who_asks_to_be_asked_is_quoted_once_they_agreed_and_an_evaluator_approved(cast, finding):
    row = quotation(finding, text="Ask me", speaker=speaker(finding, "ask_first"))
    client = signed_in(cast.evelyn)
    client.post(
        reverse("quotation-agreement", args=["practice", row.pk]), {"agreed_on": "1 May 2024", "version": 1}
    )
    assert seen_by_readers(cast, finding) == set()
    client.post(reverse("quotation-approve", args=["practice", row.pk]), {"version": 2})
    assert seen_by_readers(cast, finding) == {"Ask me"}


def test_approval_and_agreement_are_of_the_words_that_were_on_screen(cast, finding):
    row = quotation(finding, speaker=speaker(finding, "ask_first"))
    edit_quotation(quotation=row, version=1, changes={"text": "Other words"}, by=cast.evelyn)
    for act in (
        lambda: approve_quotation(quotation=row, version=1, by=cast.evelyn),
        lambda: record_agreement(quotation=row, version=1, agreed_on=DAY, by=cast.evelyn),
        lambda: stop_using_quotation(quotation=row, version=1, by=cast.evelyn),
    ):
        with pytest.raises(StaleVersion):
            act()
    row.refresh_from_db()
    assert (row.approved_on, row.agreed_on) == (None, None)
    assert not AuditEvent.objects.exists()


# --- Other words or another speaker void an approval ------------------------------------------------------


def other_words(row):
    return {"text": "Other words"}


def another_speaker(row):
    return {"speaker": builders.participant(row.evaluation)}


def nobody_as_speaker(row):
    return {"speaker": None}


def another_answer(row):
    return {"answer": builders.answer(builders.interview(row.evaluation, participants=[row.speaker]))}


def a_publication(row):
    return {"speaker": None, "answer": None, "source": builders.source(row.evaluation)}


@pytest.mark.parametrize(
    "change", [other_words, another_speaker, nobody_as_speaker, another_answer, a_publication]
)
def test_a_change_of_words_or_attribution_voids_approval_and_agreement(cast, finding, change):
    person = speaker(finding)
    answer = builders.answer(builders.interview(cast.evaluation, participants=[person]))
    row = quotation(
        finding, speaker=person, answer=answer, approved=True, agreed=True, approved_by=cast.evelyn
    )
    row = edit_quotation(quotation=row, version=1, changes=change(row), by=cast.evelyn)
    row.refresh_from_db()
    assert (row.approved_on, row.approved_by, row.agreed_on) == (None, None, None)


def test_correcting_a_quotation_on_its_page_hides_it_until_it_is_approved_again(cast, finding):
    person = speaker(finding)
    row = quotation(finding, text="Right words", speaker=person, approved=True)
    client = signed_in(cast.evelyn)
    address = reverse("quotation-edit", args=["practice", row.pk])
    client.post(address, {"version": 1, "text": "Right words", "speaker": person.pk})
    assert seen_by_readers(cast, finding) == {"Right words"}
    client.post(address, {"version": 1, "text": "Better words", "speaker": person.pk})
    assert seen_by_readers(cast, finding) == set()
    client.post(reverse("quotation-approve", args=["practice", row.pk]), {"version": 2})
    assert seen_by_readers(cast, finding) == {"Better words"}


def test_when_others_took_part_than_was_thought_unnamed_words_need_approval_again(cast, finding):
    """What was agreed and approved stood for everybody who was there."""
    first, second = speaker(finding, "ask_first"), speaker(finding)
    interview = builders.interview(cast.evaluation, participants=[first])
    answer = builders.answer(interview)
    quotation(finding, text="Somebody said", answer=answer, approved=True, agreed=True)
    quotation(finding, text="The first said", speaker=first, answer=answer, approved=True, agreed=True)
    assert seen_by_readers(cast, finding) == {"Somebody said", "The first said"}
    edit_interview(
        interview=interview, version=1, changes={}, participants=[first, second], strands=[], by=cast.evelyn
    )
    assert seen_by_readers(cast, finding) == {"The first said"}


@pytest.mark.parametrize(
    ("field", "value"), [("attribution", "named"), ("organisation", "A charity"), ("sector", "parent")]
)
def test_another_attribution_of_a_person_voids_the_approvals_of_what_they_said(cast, finding, field, value):
    """Somebody who approved "a participant" has not approved a name."""
    person, other = speaker(finding), speaker(finding)
    quotation(finding, text="Mine", speaker=person, approved=True, agreed=True)
    quotation(finding, text="Another's", speaker=other, approved=True)
    client, place = signed_in(cast.evelyn), reverse("participant-edit", args=["practice", person.code])
    form = Page(client.get(place)).sends()
    client.post(place, form | {"consent_how": "By email"})
    assert seen_by_readers(cast, finding) == {"Mine", "Another's"}
    client.post(place, Page(client.get(place)).sends() | {field: value})
    assert seen_by_readers(cast, finding) == {"Another's"}
    assert AuditEvent.objects.filter(verb="voided approval of quotation").count() == 1


def test_who_may_be_quoted_is_changed_on_a_page_and_recorded(cast, finding):
    person = speaker(finding)
    quotation(finding, text="Mine", speaker=person, approved=True)
    client, place = signed_in(cast.evelyn), reverse("participant-edit", args=["practice", person.code])
    client.post(place, Page(client.get(place)).sends() | {"consent": "no"})
    assert seen_by_readers(cast, finding) == set()
    event = AuditEvent.objects.get(verb="changed consent")
    assert (event.subject, event.user) == (f"participant {person.code} is no", cast.evelyn)


# --- Under what name --------------------------------------------------------------------------------------


def crowd(evaluation, number, **fields):
    """Add people to an evaluation."""
    for _ in range(number):
        builders.participant(evaluation, **fields)


def attributed(cast, finding, person):
    """Return how a person's words are attributed, on the page of a finding too."""
    row = quotation(finding, speaker=person, approved=True)
    shown = attribution(row, groups(cast))
    page = Page(signed_in(cast.rowan).get(reverse("finding-detail", args=["practice", finding.pk])))
    assert [element.words for element in page.all("p", class_="src")] == [shown]
    return shown


@pytest.mark.parametrize(
    ("allowed", "others", "expected"),
    [
        ("none", 9, "a participant"),
        ("sector", 3, "a participant"),
        ("sector", 4, "a participant, voluntary sector"),
        ("organisation", 3, "a participant"),
        ("organisation", 4, "a participant, A charity"),
    ],
)
def test_a_group_is_named_only_when_it_is_five_people_or_more(cast, finding, allowed, others, expected):
    group = {"sector": "voluntary", "organisation": "A charity"}
    crowd(cast.evaluation, others, **group)
    assert attributed(cast, finding, speaker(finding, attribution=allowed, **group)) == expected


@pytest.mark.parametrize("allowed", ["sector", "organisation"])
def test_only_people_of_this_evaluation_who_have_not_withdrawn_make_a_group(cast, finding, allowed):
    group = {"sector": "voluntary", "organisation": "A charity"}
    crowd(cast.evaluation, 3, **group)
    crowd(cast.evaluation, 5, **group, withdrawn_on=DAY)
    crowd(builders.evaluation(), 5, **group)
    person = speaker(finding, attribution=allowed, **group)
    assert attributed(cast, finding, person) == A_PARTICIPANT


def test_the_smallest_group_is_a_setting(cast, finding, settings):
    settings.SMALLEST_GROUP = 2
    crowd(cast.evaluation, 1, sector="parent")
    person = speaker(finding, attribution="sector", sector="parent")
    assert attributed(cast, finding, person) == "a participant, parent sector"


def test_people_without_an_organisation_are_no_group(cast, finding):
    crowd(cast.evaluation, 9, organisation="")
    person = speaker(finding, attribution="organisation", organisation="")
    assert attributed(cast, finding, person) == A_PARTICIPANT


def test_who_agreed_to_be_named_is_named_however_small_their_group(cast, finding):
    person = speaker(finding, attribution="named")
    ParticipantIdentity.objects.create(evaluation=cast.evaluation, participant=person, name="Ada Lovelace")
    assert attributed(cast, finding, person) == "Ada Lovelace"


def test_whose_name_is_not_recorded_is_a_participant(cast, finding):
    assert attributed(cast, finding, speaker(finding, attribution="named")) == A_PARTICIPANT


@pytest.mark.parametrize("allowed", ["none", "sector", "organisation"])
def test_nobody_is_named_who_did_not_agree_to_it(cast, finding, allowed):
    crowd(cast.evaluation, 9, sector="health", organisation="A charity")
    person = speaker(finding, attribution=allowed, organisation="A charity")
    ParticipantIdentity.objects.create(evaluation=cast.evaluation, participant=person, name="Ada Lovelace")
    assert "Ada" not in attributed(cast, finding, person)


def test_an_unknown_speaker_is_a_participant(cast, finding):
    person = speaker(finding, attribution="named")
    answer = builders.answer(builders.interview(cast.evaluation, participants=[person]))
    row = quotation(finding, answer=answer, approved=True)
    assert attribution(row, groups(cast)) == A_PARTICIPANT


def thanked(user):
    """Return the lines of thanks on the page about the evaluation, and the words of that part."""
    about = Page(signed_in(user).get(reverse("evaluation-about", args=["practice"])))
    found = about.all("section", aria_labelledby="h-thanks")
    return [line.words for part in found for line in part.all("li")], " ".join(part.words for part in found)


@pytest.mark.parametrize("name", ["evelyn", "rowan", "leigh"])
def test_acknowledgements_name_organisations_once_and_without_numbers(cast, name):
    cast.evaluation.report_title = "The published report"
    cast.evaluation.save()
    crowd(cast.evaluation, 3, organisation="A charity")
    crowd(cast.evaluation, 1, organisation="One person's practice")
    crowd(cast.evaluation, 2, organisation="Left it all", withdrawn_on=DAY)
    crowd(cast.evaluation, 2, organisation="")
    crowd(builders.evaluation(), 2, organisation="Elsewhere")
    lines, words = thanked(getattr(cast, name))
    assert lines == ["A charity", "One person's practice"]
    assert not any(character.isdigit() for character in words)


def test_whose_people_were_asked_is_confidential_until_a_report_thanks_them(cast):
    crowd(cast.evaluation, 9, organisation="A charity")
    assert thanked(cast.evelyn)[0] == ["A charity"]
    assert thanked(cast.rowan) == thanked(cast.leigh) == ([], "")
