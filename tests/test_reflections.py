"""Reflections: themes with points and the quotations behind each: evaluators write them, everybody reads."""

import pytest
from django.utils import timezone

from evaluations.actions.coding import remove_quotation, restore_quotation
from evaluations.actions.errors import ForeignRecord, NotAllowedNow
from evaluations.actions.reflections import attach_to_point
from evaluations.models import (
    CodingRound,
    ConflictingEdit,
    Quotation,
    Reflection,
    ReflectionPoint,
    ReflectionQuotation,
)

from . import builders
from .base import signed_in
from .pages import Page, fill_in

HERE = "/e/practice/reflections/"
REMOVED = {"removed_at": timezone.now()}


@pytest.fixture
def evaluator(cast):
    return signed_in(cast.evelyn)


@pytest.fixture
def reflection(evaluation):
    """A reflection on what was heard that is ready, with two points."""
    row = builders.reflection(evaluation, theme="Trust takes time", subject="heard")
    row.first = builders.point(row, text="It grew slowly.")
    row.second = builders.point(row, text="It goes quickly.")
    return row


def words_behind(evaluation, point, text, **fields):
    """Return a quotation behind a point."""
    row = builders.quotation(evaluation, text=text, **fields)
    point.quotations.add(row, through_defaults={"evaluation": evaluation})
    return row


def themes(response):
    """Return the themes of a list in its order, by subject."""
    page = Page(response)
    return {
        section["aria-labelledby"]: [item.one("h3").words for item in section.all(data_reflection=True)]
        for section in page.all("section")
        if section.all(data_reflection=True)
    }


def points(response):
    """Return the points of a reflection's page in its order."""
    return [item.one("p", class_="point").words for item in Page(response).all(data_point=True)]


# --- What each sees ---------------------------------------------------------------------------------------


def test_readers_see_those_that_are_ready_by_subject_and_evaluators_all(cast, evaluator, reflection):
    evaluation = cast.evaluation
    builders.reflection(evaluation, theme="The model helped", subject="model")
    builders.reflection(evaluation, theme="Not yet said", subject="heard", status="draft")
    builders.reflection(evaluation, theme="Taken away", **REMOVED)
    reader = signed_in(cast.rowan).get(HERE)
    assert themes(reader) == {"h-heard": ["Trust takes time"], "h-model": ["The model helped"]}
    assert "Removed" not in Page(reader).one("main").words
    own = evaluator.get(HERE)
    assert themes(own)["h-heard"] == ["Trust takes time", "Not yet said"]
    assert "Taken away" in Page(own).with_id("h-removed").parent.parent.words


def test_what_is_confidential_while_a_draft_is_not_what_a_reflection_is_called_in_logs(reflection):
    assert str(reflection) == f"Reflection {reflection.pk}"
    assert str(reflection.first) == f"Point {reflection.first.pk}"


def test_a_draft_looks_to_readers_like_one_that_does_not_exist(cast, evaluator, reflection):
    Reflection.objects.update(status="draft")
    address = f"{HERE}{reflection.pk}/"
    assert signed_in(cast.rowan).get(address).status_code == 404
    assert "Draft: seen by evaluators only" in Page(evaluator.get(address)).one("main").words


def test_readers_see_only_quotations_that_reach_them_and_evaluators_what_readers_will_see(
    cast, evaluator, reflection
):
    agrees = builders.participant(cast.evaluation, code="P1")
    words_behind(cast.evaluation, reflection.first, "We were asked", source=builders.source(cast.evaluation))
    words_behind(cast.evaluation, reflection.first, "Nobody rang", speaker=agrees)
    words_behind(cast.evaluation, reflection.first, "Long gone", **REMOVED)
    for address in (HERE, f"{HERE}{reflection.pk}/"):
        read = Page(signed_in(cast.rowan).get(address)).one("main").words
        assert "We were asked" in read and "Nobody rang" not in read
        own = Page(evaluator.get(address)).one("main").words
        assert "Nobody rang" in own and "Readers see nothing until an evaluator approves it." in own
        assert "1 of 2 quotations will reach readers" in own
        assert "Long gone" not in read + own


def test_a_strand_from_public_sources_says_so(cast, reflection):
    public = builders.strand(cast.evaluation, name="Fathers", provenance="public_sources")
    Reflection.objects.filter(pk=reflection.pk).update(strand=public)
    for address in (HERE, f"{HERE}{reflection.pk}/", "/e/practice/about/"):
        assert "Fathers public sources" in Page(signed_in(cast.rowan).get(address)).one("main").words


def test_the_reflections_of_2023_stand_by_subject_with_all_their_points(legacy_cast):
    for user in (legacy_cast.rowan, legacy_cast.evelyn):
        page = Page(signed_in(user).get("/e/ssbc-legacy-2023/reflections/"))
        assert [len(item.all(class_="said-points")) for item in page.all(data_reflection=True)] == [1, 1, 1]
        assert [len(item.all("li")) for item in page.all(class_="said-points")] == [5, 4, 5]
        assert len(page.all(class_="quoted-words")) == ReflectionQuotation.objects.count() == 9


# --- Writing ----------------------------------------------------------------------------------------------


def test_a_reflection_is_written_as_a_draft_and_then_shared(cast, evaluator, reflection):
    fields = {"theme": "Power", "subject": "heard", "strand": cast.evaluation.strand.pk}
    saved = fill_in(evaluator, f"{HERE}new/", fields)
    row = Reflection.objects.get(theme="Power")
    assert saved.url == f"{HERE}{row.pk}/"
    assert (row.status, row.strand) == ("draft", cast.evaluation.strand)
    evaluator.post(f"{HERE}{row.pk}/mark/", {"version": row.version, "status": "ready"})
    assert themes(signed_in(cast.rowan).get(HERE))["h-heard"] == ["Trust takes time", "Power"]
    evaluator.post(f"{HERE}{row.pk}/mark/", {"version": row.version + 1, "status": "draft"})
    assert themes(signed_in(cast.rowan).get(HERE))["h-heard"] == ["Trust takes time"]


def test_nobody_shares_what_they_have_not_read(cast, evaluator, reflection):
    Reflection.objects.update(status="draft", version=4)
    answer = evaluator.post(f"{HERE}{reflection.pk}/mark/", {"version": 3, "status": "ready"}, follow=True)
    assert "Somebody changed this reflection since you opened it" in Page(answer).notices[0]
    reflection.refresh_from_db()
    assert reflection.status == "draft"


def test_a_theme_is_needed_and_another_evaluations_strand_refused(cast, evaluator):
    elsewhere = builders.strand(builders.evaluation())
    page = Page(evaluator.post(f"{HERE}new/", {"theme": " ", "subject": "", "strand": elsewhere.pk}))
    assert [anchor for anchor, _ in page.summary] == ["id_theme", "id_subject_0", "id_strand"]
    assert not Reflection.objects.exists()


def test_under_another_subject_a_reflection_comes_last(cast, evaluator, reflection):
    builders.reflection(cast.evaluation, subject="model", theme="The model helped", position=7)
    fill_in(evaluator, f"{HERE}{reflection.pk}/edit/", {"subject": "model"})
    assert themes(evaluator.get(HERE)) == {"h-model": ["The model helped", "Trust takes time"]}


def test_a_stale_save_of_a_theme_or_a_point_shows_both_versions_and_keeps_what_was_typed(cast, reflection):
    other = signed_in(cast.evelyn)
    for address, field, row in (
        (f"{HERE}{reflection.pk}/edit/", "theme", reflection),
        (f"{HERE}{reflection.pk}/points/{reflection.first.pk}/edit/", "text", reflection.first),
    ):
        form = Page(other.get(address)).sends()
        other.post(address, form | {field: "Theirs"})
        answer = other.post(address, form | {field: "Mine"})
        assert answer.status_code == 409
        words = Page(answer).one(data_conflict=True).words
        assert "Theirs" in words and "Mine" in words
        assert ConflictingEdit.objects.get(record_type=row._meta.model_name).fields[field] == "Mine"
        assert "Mine" in Page(other.get(address)).with_id("h-aside").parent.words
        other.post(address, Page(answer).sends(address) | {"keep": "mine"})
        row.refresh_from_db()
        assert getattr(row, field) == "Mine"


def test_points_are_added_at_the_end_edited_and_moved(cast, evaluator, reflection):
    address = f"{HERE}{reflection.pk}/"
    added = fill_in(evaluator, address, {"text": "New"}, action=f"{address}points/new/")
    point = ReflectionPoint.objects.get(text="New")
    assert added.url == f"{address}?added={point.pk}#id_text", "to write the next one"
    page = Page(evaluator.get(added.url))
    assert page.with_id("h-add").parent.one("p", role="status").words == "Added: “New”"
    assert page.with_id("id_text").words == ""
    assert points(evaluator.get(address)) == ["It grew slowly.", "It goes quickly.", "New"]
    evaluator.post(f"{address}points/{point.pk}/move/", {"direction": "up"})
    fill_in(evaluator, f"{address}points/{point.pk}/edit/", {"text": "Newer"})
    assert points(evaluator.get(address)) == ["It grew slowly.", "Newer", "It goes quickly."]
    empty = Page(evaluator.post(f"{address}points/new/", {"text": " "}))
    assert empty.summary == [("id_text", "The point: Write the point.")]


def test_reflections_move_among_those_of_their_subject_only(cast, evaluator, reflection):
    builders.reflection(cast.evaluation, subject="model", theme="The model helped")
    last = builders.reflection(cast.evaluation, subject="heard", theme="Power")
    evaluator.post(f"{HERE}{last.pk}/move/", {"direction": "up"})
    assert themes(evaluator.get(HERE)) == {
        "h-heard": ["Power", "Trust takes time"], "h-model": ["The model helped"],
    }  # fmt: skip


def test_what_is_removed_can_be_undone_and_put_back_with_all_that_belongs_to_it(cast, evaluator, reflection):
    words_behind(cast.evaluation, reflection.first, "We were asked", source=builders.source(cast.evaluation))
    address = f"{HERE}{reflection.pk}/"
    answer = evaluator.post(f"{address}points/{reflection.first.pk}/remove/", follow=True)
    assert answer.redirect_chain[-1][0].endswith("#done")
    assert Page(answer).with_id("done")["tabindex"] == "-1"
    assert points(answer) == ["It goes quickly."]
    undo = f"{address}removed-points/{reflection.first.pk}/restore/"
    assert [form["action"] for form in Page(answer).one(class_="messages").all("form")] == [undo]
    evaluator.post(undo)
    assert points(evaluator.get(address)) == ["It goes quickly.", "It grew slowly."]
    answer = evaluator.post(f"{address}remove/", follow=True)
    assert evaluator.get(address).status_code == 404
    undo = f"/e/practice/removed-reflections/{reflection.pk}/restore/"
    assert [form["action"] for form in Page(answer).one(class_="messages").all("form")] == [undo]
    evaluator.post(undo)
    page = evaluator.get(address)
    assert points(page) == ["It goes quickly.", "It grew slowly."]
    assert "We were asked" in Page(page).one("main").words


def test_a_strand_with_a_reflection_is_not_empty(cast, evaluator):
    strand = builders.strand(cast.evaluation, slug="fathers")
    builders.reflection(cast.evaluation, strand=strand)
    answer = evaluator.post("/e/practice/set-up/strands/fathers/remove/", follow=True)
    assert "This strand is not empty" in Page(answer).notices[0]


# --- Quotations behind a point ----------------------------------------------------------------------------


def test_a_quotation_is_found_by_its_words_whatever_it_is_coded_as_attached_and_detached(
    cast, evaluator, reflection
):
    wanted = builders.quotation(cast.evaluation, text="Ring us before you decide", kind="suggestion")
    builders.quotation(cast.evaluation, text="Ring the bell", kind="barrier")
    builders.quotation(cast.evaluation, text="Before you ring, decide", **REMOVED)
    address = f"{HERE}{reflection.pk}/points/{reflection.first.pk}/quotations/"
    page = Page(evaluator.get(address, {"q": "decide RING"}))
    assert [item.words for item in page.all("blockquote")] == ["“Ring us before you decide”"]
    assert "Suggestion" in page.with_id("h-found").parent.parent.words
    for _ in range(2):  # twice is once
        evaluator.post(f"{address}?q=ring", {"quotation": wanted.pk})
    assert list(reflection.first.quotations.all()) == [wanted]
    page = Page(evaluator.get(address, {"q": "ring"}))
    assert [item.words for item in page.all("blockquote")] == ["“Ring the bell”"]
    assert "Ring us before you decide" in page.with_id("h-behind").parent.parent.words
    answer = Page(evaluator.post(f"{address}{wanted.pk}/detach/", follow=True))
    assert not ReflectionQuotation.objects.exists() and Quotation.objects.filter(pk=wanted.pk).exists()
    undo = answer.one(class_="messages").one("form")
    back = evaluator.post(undo["action"], answer.sends(undo["action"]))
    assert (list(reflection.first.quotations.all()), back.url) == ([wanted], f"{HERE}{reflection.pk}/")


def test_what_is_not_there_cannot_be_attached(cast, evaluator, reflection):
    foreign = builders.quotation(builders.evaluation())
    address = f"{HERE}{reflection.pk}/points/{reflection.first.pk}/quotations/"
    for sent in (foreign.pk, "", "x", "9" * 30):
        answer = evaluator.post(address, {"quotation": sent}, follow=True)
        assert "Choose a quotation that is here" in Page(answer).notices[0]
    with pytest.raises(ForeignRecord):
        attach_to_point(point=reflection.first, quotation=foreign, by=cast.evelyn)
    gone = builders.quotation(cast.evaluation, **REMOVED)
    with pytest.raises(NotAllowedNow):
        attach_to_point(point=reflection.first, quotation=gone, by=cast.evelyn)
    assert not ReflectionQuotation.objects.exists()


def test_who_codes_an_interview_blind_finds_nothing_of_it(cast, evaluator, reflection):
    answer = builders.answer(builders.interview(cast.evaluation), text="Ring us")
    words_behind(cast.evaluation, reflection.first, "Ring us", answer=answer)
    loose = builders.quotation(cast.evaluation, text="Ring", answer=answer)
    CodingRound.objects.create(
        evaluation=cast.evaluation, interview=answer.interview, second=cast.evelyn, opened_by=cast.evelyn
    )
    address = f"{HERE}{reflection.pk}/points/{reflection.second.pk}/quotations/"
    for place in (HERE, f"{HERE}{reflection.pk}/", f"{address}?q=ring"):
        assert "Ring" not in Page(evaluator.get(place)).one("main").words
    evaluator.post(address, {"quotation": loose.pk})
    assert not reflection.second.quotations.exists()


def test_approving_from_a_reflection_comes_back_to_it(cast, evaluator, reflection):
    speaker = builders.participant(cast.evaluation)
    finding = builders.finding(cast.evaluation.strand)
    said = words_behind(
        cast.evaluation, reflection.first, "We were asked", speaker=speaker, evidence_for=finding
    )
    address = f"{HERE}{reflection.pk}/"
    approve = f"/e/practice/quotations/{said.pk}/approve/"
    answer = evaluator.post(approve, Page(evaluator.get(address)).sends(approve))
    assert answer.url == address
    assert "We were asked" in Page(signed_in(cast.rowan).get(address)).one("main").words
    corrected = fill_in(
        evaluator, f"/e/practice/quotations/{said.pk}/edit/?back={address}", {"text": "Asked"}
    )
    assert corrected.url == address


def test_a_quotation_that_is_evidence_for_a_reflection_alone_leads_back_to_it(cast, evaluator, reflection):
    said = words_behind(
        cast.evaluation, reflection.first, "We", speaker=builders.participant(cast.evaluation)
    )
    saved = fill_in(evaluator, f"/e/practice/quotations/{said.pk}/edit/", {"text": "We were"})
    assert saved.url == f"{HERE}{reflection.pk}/"


def test_a_removed_quotation_leaves_its_point_and_comes_back_to_it(cast, evaluator, reflection):
    answer = builders.answer(builders.interview(cast.evaluation, code="I1"), text="We were asked")
    said = words_behind(
        cast.evaluation, reflection.first, "We were asked", answer=answer, condition=answer.condition
    )
    interview = Page(
        evaluator.get(f"/e/practice/interviews/I1/?condition={answer.condition}&code={answer.pk}")
    )
    place = f"{HERE}{reflection.pk}/#point-{reflection.first.pk}"
    assert interview.links("Trust takes time") == [place]
    remove_quotation(quotation=said, by=cast.evelyn)
    address = f"{HERE}{reflection.pk}/"
    assert "We were asked" not in Page(evaluator.get(address)).one("main").words
    restore_quotation(quotation=said, by=cast.evelyn)
    assert "We were asked" in Page(evaluator.get(address)).one("main").words
