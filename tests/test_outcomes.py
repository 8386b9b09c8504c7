"""What became of an earlier round's findings: decided, changed, taken back; stale saves; who may."""

from itertools import pairwise

import pytest

from evaluations.actions import board
from evaluations.actions.outcomes import (
    NotOfTheEarlierRound,
    NotOfThisRound,
    WithFinding,
    WithoutFinding,
    decide_outcome,
    put_back_outcome,
)
from evaluations.actions.setup import FollowsInACircle, NotFollowable, edit_evaluation
from evaluations.actions.steps import undo
from evaluations.models import (
    AuditEvent,
    ConflictingEdit,
    Evaluation,
    Finding,
    FindingOutcome,
    Membership,
)
from evaluations.queries.outcomes import SHOWN_OF_A_GROUP

from . import builders
from .assertions import refused
from .base import signed_in
from .pages import Page, fill_in

E = "/e/practice/"
LIST = f"{E}earlier-round/"


@pytest.fixture
def old(earlier):
    return builders.finding(earlier.strand, text="Nobody asks", condition="power")


@pytest.fixture
def new(cast):
    return builders.finding(cast.evaluation.strand, text="Still nobody asks", condition="power")


def at(finding, rest=""):
    return f"{LIST}{finding.pk}/{rest}"


def standing():
    """Return ``{(earlier, outcome, later)}`` of what is said now."""
    rows = FindingOutcome.objects.filter(removed_at__isnull=True)
    return {(row.earlier_id, row.outcome, row.later_id) for row in rows}


def item(client, finding):
    """Return an earlier finding as the list shows it."""
    return Page(client.get(LIST)).one("li", data_earlier=str(finding.pk))


# --- The list -----------------------------------------------------------------------------------------------


def test_the_list_says_how_many_are_decided_and_leaves_drafts_out(evaluator, cast, earlier, old, new):
    builders.finding(earlier.strand)
    builders.finding(earlier.strand, status="draft", text="A draft of then")
    assert "0 of 2 decided" in Page(evaluator.get(LIST)).words

    fill_in(evaluator, at(old), {"outcome": "resolved"})

    page = Page(evaluator.get(LIST))
    assert "1 of 2 decided" in page.words
    assert "A draft of then" not in page.words
    assert item(evaluator, old)["data-outcome"] == "resolved"


def test_the_list_is_narrowed_by_what_is_decided_and_by_condition(evaluator, earlier, old):
    other = builders.finding(earlier.strand, condition="policies")
    fill_in(evaluator, at(old), {"outcome": "resolved"})

    def shown(query):
        return [int(row["data-earlier"]) for row in Page(evaluator.get(LIST + query)).all(data_earlier=True)]

    assert shown("?show=decided") == [old.pk]
    assert shown("?show=undecided") == [other.pk]
    assert shown("?condition=policies&strand=coproduction") == [other.pk]
    assert shown("?show=decided&condition=policies") == []


def test_without_an_earlier_round_the_list_leads_to_the_set_up(evaluator):
    page = Page(evaluator.get(LIST))
    assert "No earlier round to look back on" in page.words
    assert page.links("Choose the earlier round") == [f"{E}set-up/evaluation/#id_follows"]


def test_to_no_member_of_the_earlier_round_there_is_none(cast, evaluator, earlier, old):
    Membership.objects.filter(user=cast.evelyn, evaluation=earlier).delete()

    page = Page(evaluator.get(LIST))
    assert "No earlier round to look back on" in page.words
    assert "First round" not in page.words
    assert evaluator.get(at(old)).status_code == 404


def test_readers_of_this_round_may_not_decide(cast, earlier, old):
    Membership.objects.filter(user=cast.rowan, evaluation=earlier).update(role="evaluator")
    client = signed_in(cast.rowan)
    assert client.get(LIST).status_code == 403
    assert client.post(at(old), {"outcome": "resolved"}).status_code == 403


# --- Deciding -----------------------------------------------------------------------------------------------


def test_a_finding_that_persists_meets_the_findings_that_were_ticked(evaluator, cast, old, new):
    draft = builders.finding(cast.evaluation.strand, condition="power", status="draft")

    fill_in(evaluator, at(old), {"outcome": "persists", "later": [new.pk, draft.pk]})

    assert standing() == {(old.pk, "persists", new.pk), (old.pk, "persists", draft.pk)}
    words = item(evaluator, old).words
    assert "Now: Still nobody asks" in words
    assert "readers see this as not decided" in words


def test_the_same_strand_and_condition_are_suggested_first_and_others_found_by_words(
    evaluator, cast, old, new
):
    kin = builders.finding(cast.evaluation.strand, kind="achievement", condition="power")
    other = builders.strand(cast.evaluation, slug="fathers", name="Fathers")
    far = builders.finding(other, condition="policies", text="Asked too late")

    def offered(page):
        return [int(box["value"]) for box in page.all("input", name="later")]

    assert offered(Page(evaluator.get(at(old)))) == [new.pk, kin.pk]

    sent = {"outcome": "persists", "later": [kin.pk], "q": "too late", "find": "1"}
    page = Page(evaluator.post(at(old), sent))
    assert offered(page) == [kin.pk, new.pk, far.pk]
    assert page.sends()["later"] == str(kin.pk), "what was ticked stays ticked"
    assert page.sends()["outcome"] == "persists"
    assert not standing()


def test_however_many_are_chosen_all_stay_chosen(evaluator, cast, old):
    many = [builders.finding(cast.evaluation.strand).pk for _ in range(SHOWN_OF_A_GROUP + 5)]
    sent = {"outcome": "persists", "later": many, "find": "1"}

    page = Page(evaluator.post(at(old), sent))

    boxes = page.all("input", name="later")
    ticked = [int(box["value"]) for box in boxes if "checked" in box.attributes]
    assert sorted(ticked) == many
    evaluator.post(at(old), {"outcome": "persists", "later": many, "version": 0})
    assert standing() == {(old.pk, "persists", number) for number in many}


@pytest.mark.parametrize(
    ("sent", "field", "message"),
    [
        ({}, "id_outcome_0", "Choose what became of it."),
        ({"outcome": "persists"}, "id_later_0", "Choose at least one finding of this round"),
        ({"outcome": "worsened", "later": "999999"}, "id_later_0", "was removed meanwhile"),
    ],
)
def test_what_is_missing_is_named_at_its_field(evaluator, old, new, sent, field, message):
    refused(evaluator.post(at(old), sent), field, message)
    assert not standing()


def test_a_resolved_finding_meets_none(evaluator, old, new):
    answer = evaluator.post(at(old), {"outcome": "resolved", "later": new.pk})
    refused(answer, "id_later_0", "A resolved finding meets none of this round")


def test_changing_an_outcome_keeps_what_was_said_before(evaluator, old, new):
    fill_in(evaluator, at(old), {"outcome": "persists", "later": [new.pk]})
    fill_in(evaluator, at(old), {"outcome": "resolved", "later": None})

    assert standing() == {(old.pk, "resolved", None)}
    assert FindingOutcome.objects.count() == 2


def test_saving_what_is_said_already_changes_nothing(evaluator, old, new):
    fill_in(evaluator, at(old), {"outcome": "persists", "later": [new.pk]})
    fill_in(evaluator, at(old), {})
    assert FindingOutcome.objects.get().version == 1


def test_an_outcome_is_taken_back_and_put_back(evaluator, old, new):
    fill_in(evaluator, at(old), {"outcome": "worsened", "later": [new.pk]})

    evaluator.post(at(old, "take-back/"), Page(evaluator.get(LIST)).sends(at(old, "take-back/")))
    assert not standing()
    assert item(evaluator, old)["data-outcome"] == "undecided"

    evaluator.post(
        f"{E}taken-back-outcomes/{old.pk}/put-back/",
        Page(evaluator.get(LIST)).sends(f"{E}taken-back-outcomes/{old.pk}/put-back/"),
    )
    assert standing() == {(old.pk, "worsened", new.pk)}


def test_what_was_decided_anew_cannot_be_put_back_over(evaluator, old, new):
    fill_in(evaluator, at(old), {"outcome": "worsened", "later": [new.pk]})
    evaluator.post(at(old, "take-back/"), Page(evaluator.get(LIST)).sends(at(old, "take-back/")))
    stale = Page(evaluator.get(LIST)).sends(f"{E}taken-back-outcomes/{old.pk}/put-back/")
    fill_in(evaluator, at(old), {"outcome": "resolved"})

    page = Page(evaluator.post(f"{E}taken-back-outcomes/{old.pk}/put-back/", stale, follow=True))

    assert any("Somebody decided about this finding since" in words for words in page.notices)
    assert standing() == {(old.pk, "resolved", None)}


def test_of_two_who_decide_at_once_the_second_sees_both(evaluator, old, new):
    fill_in(evaluator, at(old), {"outcome": "resolved"})
    sent = Page(evaluator.get(at(old))).sends()
    fill_in(evaluator, at(old), {"outcome": "worsened", "later": [new.pk]})

    answer = evaluator.post(at(old), sent | {"outcome": "persists", "later": [new.pk]})

    assert answer.status_code == 409
    page = Page(answer)
    assert "Worsened" in page.words
    assert "Persists" in page.words
    assert standing() == {(old.pk, "worsened", new.pk)}
    kept = ConflictingEdit.objects.get()
    assert kept.fields == {"outcome": "persists", "later": [new.pk]}
    aside = Page(evaluator.get(at(old))).with_id("h-aside").parent.words
    assert "Persists" in aside
    assert "Still nobody asks" in aside
    evaluator.post(at(old), page.sends() | {"keep": "mine"})
    assert standing() == {(old.pk, "persists", new.pk)}


def test_two_who_decide_at_once_for_the_first_time_meet_as_well(evaluator, old, new):
    sent = Page(evaluator.get(at(old))).sends()
    fill_in(evaluator, at(old), {"outcome": "resolved"})
    assert evaluator.post(at(old), sent | {"outcome": "persists", "later": [new.pk]}).status_code == 409


def test_a_first_outcome_is_saved_whatever_version_is_sent_with_it(evaluator, old):
    assert evaluator.post(at(old), {"outcome": "resolved", "version": 7}).status_code == 302
    assert standing() == {(old.pk, "resolved", None)}


def test_who_decided_took_back_and_put_back_is_recorded(evaluator, cast, old, new):
    fill_in(evaluator, at(old), {"outcome": "worsened", "later": [new.pk]})
    evaluator.post(at(old, "take-back/"), Page(evaluator.get(LIST)).sends(at(old, "take-back/")))
    back = f"{E}taken-back-outcomes/{old.pk}/put-back/"
    evaluator.post(back, Page(evaluator.get(LIST)).sends(back))

    events = AuditEvent.objects.order_by("pk").values_list("verb", "subject", "user")
    assert list(events) == [
        (verb, f"earlier finding {old.pk}", cast.evelyn.pk)
        for verb in ("decided worsened", "took back outcome", "put back outcome")
    ]


@pytest.mark.parametrize("gone", ["earlier", "later"])
def test_an_outcome_is_not_put_back_when_one_of_its_findings_went_meanwhile(
    evaluator, cast, earlier, old, new, gone
):
    fill_in(evaluator, at(old), {"outcome": "worsened", "later": [new.pk]})
    evaluator.post(at(old, "take-back/"), Page(evaluator.get(LIST)).sends(at(old, "take-back/")))
    version = FindingOutcome.objects.get().version
    row = old if gone == "earlier" else new
    Finding.objects.filter(pk=row.pk).update(removed_at="2024-06-01T00:00Z")

    with pytest.raises(NotOfTheEarlierRound if gone == "earlier" else NotOfThisRound):
        put_back_outcome(evaluation=cast.evaluation, earlier=old, version=version, by=cast.evelyn)

    assert not standing()
    if gone == "later":
        sent = Page(evaluator.get(LIST)).sends(f"{E}taken-back-outcomes/{old.pk}/put-back/")
        page = Page(evaluator.post(f"{E}taken-back-outcomes/{old.pk}/put-back/", sent, follow=True))
        assert any("or was removed" in words for words in page.notices)


def test_an_outcome_goes_with_a_finding_that_is_merged_and_comes_back_with_it(cast, earlier, old, new):
    also = builders.finding(earlier.strand)
    kept = builders.finding(cast.evaluation.strand)
    decide(cast, old, "persists", new)
    decide(cast, also, "worsened", new, kept)

    change = board.merge_findings(
        finding=kept, version=1, other=new, other_version=1, text="Both", by=cast.evelyn
    )

    page = Page(signed_in(cast.evelyn).get(LIST))
    for row, outcome in ((old, "persists"), (also, "worsened")):
        line = page.one("li", data_earlier=str(row.pk))
        assert line["data-outcome"] == outcome
        assert [link.words for link in line.all("a") if link["href"] == f"{E}findings/{kept.pk}/"] == ["Both"]

    undo(change=change, by=cast.evelyn)
    assert standing() == {
        (old.pk, "persists", new.pk),
        (also.pk, "worsened", new.pk),
        (also.pk, "worsened", kept.pk),
    }


def test_a_merge_that_changes_no_words_and_brings_no_evidence_is_undone(cast, new):
    kept = builders.finding(cast.evaluation.strand, status="draft")
    change = board.merge_findings(
        finding=kept, version=1, other=new, other_version=1, text=kept.text, by=cast.evelyn
    )

    undo(change=change, by=cast.evelyn)

    new.refresh_from_db()
    assert new.removed_at is None


def test_what_became_of_an_earlier_finding_goes_along_when_that_is_merged(cast, earlier, old, new):
    kept, decided = builders.finding(earlier.strand), builders.finding(earlier.strand)
    decide(cast, old, "persists", new)
    decide(cast, decided, "resolved")

    def merged_into(finding, other):
        finding.refresh_from_db()
        other.refresh_from_db()
        return board.merge_findings(
            finding=finding,
            version=finding.version,
            other=other,
            other_version=other.version,
            text="Both",
            by=cast.evelyn,
        )

    change = merged_into(kept, old)
    assert standing() == {(kept.pk, "persists", new.pk), (decided.pk, "resolved", None)}
    undo(change=change, by=cast.evelyn)
    assert standing() == {(old.pk, "persists", new.pk), (decided.pk, "resolved", None)}

    merged_into(decided, old)
    assert (decided.pk, "resolved", None) in standing(), "what is said of it already stays"
    assert (decided.pk, "persists", new.pk) not in standing()


def test_what_was_decided_after_a_merge_stands_when_it_is_undone(cast, earlier, old, new):
    kept = builders.finding(cast.evaluation.strand)
    decide(cast, old, "persists", new)
    change = board.merge_findings(
        finding=kept, version=1, other=new, other_version=1, text="Both", by=cast.evelyn
    )
    (row,) = FindingOutcome.objects.all()
    decide_outcome(
        evaluation=cast.evaluation,
        earlier=old,
        outcome="resolved",
        later=[],
        version=row.version,
        by=cast.evelyn,
    )

    undo(change=change, by=cast.evelyn)

    assert standing() == {(old.pk, "resolved", None)}


def test_taking_back_what_somebody_changed_is_refused(evaluator, old, new):
    fill_in(evaluator, at(old), {"outcome": "resolved"})
    stale = Page(evaluator.get(LIST)).sends(at(old, "take-back/"))
    fill_in(evaluator, at(old), {"outcome": "persists", "later": [new.pk]})

    page = Page(evaluator.post(at(old, "take-back/"), stale, follow=True))

    assert any("Somebody decided otherwise" in words for words in page.notices)
    assert standing() == {(old.pk, "persists", new.pk)}


# --- What the action refuses --------------------------------------------------------------------------------


def decide(cast, earlier, outcome, *later):
    return decide_outcome(
        evaluation=cast.evaluation, earlier=earlier, outcome=outcome, later=later, version=0, by=cast.evelyn
    )


def test_earlier_findings_are_ready_ones_of_the_round_that_is_followed(cast, earlier, old, new):
    elsewhere = builders.finding(builders.strand(builders.evaluation()))
    draft = builders.finding(earlier.strand, status="draft")
    for row in (elsewhere, draft, new):
        with pytest.raises(NotOfTheEarlierRound):
            decide(cast, row, "resolved")
    Membership.objects.filter(user=cast.evelyn, evaluation=earlier).delete()
    with pytest.raises(NotOfTheEarlierRound):
        decide(cast, old, "resolved")


def test_later_findings_are_this_rounds(cast, earlier, old, new):
    other = builders.finding(earlier.strand)
    removed = builders.finding(cast.evaluation.strand, removed_at="2024-06-01T00:00Z")
    for row in (other, removed):
        with pytest.raises(NotOfThisRound):
            decide(cast, old, "persists", new, row)
    with pytest.raises(WithoutFinding):
        decide(cast, old, "worsened")
    with pytest.raises(WithFinding):
        decide(cast, old, "resolved", new)
    assert not FindingOutcome.objects.exists()


# --- Which round an evaluation follows ----------------------------------------------------------------------

SET_UP = f"{E}set-up/evaluation/"


def test_an_evaluation_follows_one_that_the_person_is_an_evaluator_of(cast, evaluator):
    mine, read = builders.evaluation(title="Mine"), builders.evaluation(title="Read only")
    builders.evaluation(title="Not mine")
    builders.member(mine, cast.evelyn, "evaluator")
    builders.member(read, cast.evelyn, "reviewer")

    options = Page(evaluator.get(SET_UP)).one("select", name="follows").all("option")
    assert [option.words for option in options] == ["No, it is the first", "Mine"]

    fill_in(evaluator, SET_UP, {"follows": str(mine.pk)})
    assert Evaluation.objects.get(slug="practice").follows == mine
    fill_in(evaluator, SET_UP, {"follows": str(read.pk)})
    assert Evaluation.objects.get(slug="practice").follows == mine


def test_a_round_that_is_closed_to_the_person_is_kept_without_its_title(cast, evaluator, earlier):
    Membership.objects.filter(user=cast.evelyn, evaluation=earlier).delete()

    page = Page(evaluator.get(SET_UP))
    assert "First round" not in page.words
    fill_in(evaluator, SET_UP, {"title": "Another title"})

    row = Evaluation.objects.get(slug="practice")
    assert (row.title, row.follows) == ("Another title", earlier)


def test_two_versions_of_the_set_up_do_not_tell_what_a_closed_round_is_called(cast, evaluator, earlier):
    page = "/e/practice/set-up/evaluation/"
    sent = Page(evaluator.get(page)).sends(page)
    hidden = builders.evaluation(title="Nobody may know this title")
    Evaluation.objects.filter(pk=cast.evaluation.pk).update(follows=hidden, version=2)
    ConflictingEdit.objects.create(
        evaluation=cast.evaluation,
        record_type="evaluation",
        record_id=cast.evaluation.pk,
        based_on=1,
        fields={"follows": hidden.pk},
        by=cast.rowan,
    )

    both = evaluator.post(page, sent | {"introduction": "Mine"})

    assert both.status_code == 409
    for answer in (both, evaluator.get(page)):
        assert hidden.title not in answer.content.decode()
    assert "An evaluation that you are no evaluator of" in both.content.decode()
    assert "another evaluation" in evaluator.get(page).content.decode()


def test_evaluations_do_not_follow_each_other_in_a_circle(cast, evaluator, earlier):
    client, address = evaluator, "/e/first-round/set-up/evaluation/"
    refused(
        fill_in(client, address, {"follows": str(cast.evaluation.pk)}),
        "id_follows",
        "“Practice evaluation” already follows this evaluation.",
    )
    with pytest.raises(FollowsInACircle):
        edit_evaluation(evaluation=earlier, version=1, changes={"follows": cast.evaluation}, by=cast.evelyn)
    with pytest.raises(NotFollowable):
        edit_evaluation(
            evaluation=cast.evaluation, version=1, changes={"follows": builders.evaluation()}, by=cast.evelyn
        )


def follow(evaluation, earlier, by):
    return edit_evaluation(evaluation=evaluation, version=1, changes={"follows": earlier}, by=by)


@pytest.mark.parametrize("between", [0, 1, 2])
def test_a_circle_that_somebody_closed_meanwhile_is_noticed(cast, between):
    """The rows in hand are from before: what follows what is read when it is saved."""
    rows = [cast.evaluation, *(builders.evaluation() for _ in range(between + 1))]
    for row in rows[1:]:
        builders.member(row, cast.evelyn, "evaluator")
    stale = list(Evaluation.objects.filter(pk__in=[row.pk for row in rows]).order_by("pk"))
    for row, before in pairwise(stale):
        follow(Evaluation.objects.get(pk=row.pk), Evaluation.objects.get(pk=before.pk), cast.evelyn)

    with pytest.raises(FollowsInACircle):
        follow(stale[-1], stale[0], cast.evelyn)


def test_rounds_that_go_round_already_do_not_hold_up_who_follows_one(cast, earlier):
    other = builders.evaluation(follows=earlier)
    Evaluation.objects.filter(pk=earlier.pk).update(follows=other)
    Evaluation.objects.filter(pk=cast.evaluation.pk).update(follows=None)

    assert follow(Evaluation.objects.get(pk=cast.evaluation.pk), earlier, cast.evelyn).follows == earlier
