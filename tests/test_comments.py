"""Drafts shared for comment: who sees which, what is said of them, what is answered, and how it ends."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from evaluations import access
from evaluations.actions import board
from evaluations.actions import comments as actions
from evaluations.actions.errors import NotAllowedNow
from evaluations.actions.setup import remove_member
from evaluations.actions.steps import undo
from evaluations.models import AuditEvent, Finding, FindingComment, FindingShare, Membership, Role

from . import builders
from .assertions import marked, refused, shows
from .base import person, signed_in
from .pages import Page, fill_in

E = "/e/practice/"
LIST, SHARE = f"{E}comments/", f"{E}comments/share/"
DRAFT = "Half of the nests were counted twice."
QUESTION = "Is it half?"


@pytest.fixture
def draft(cast):
    return builders.finding(cast.evaluation.strand, status="draft", text=DRAFT, note="Practices of counting")


def thread(finding):
    """Return the address of a finding's comments."""
    return f"{LIST}{finding.pk}/"


def membership(user):
    """Return the number of somebody's membership, as the form sends it."""
    return Membership.objects.get(user=user, evaluation__slug="practice").pk


def said(answer):
    """Return the words of every comment on a page, in order."""
    return [line.one("p", class_="words").words for line in Page(answer).all("li", data_comment=True)]


def steps(client):
    """Return what the overview tells somebody to do next."""
    return [link.words for link in Page(client.get(E)).one("ol", class_="steps").all("a")]


# --- Who sees what ----------------------------------------------------------------------------------------

# Of a finding's two pages: the comments on it and the finding itself.
TRUTH = """
who       share       status  comments  finding
rowan     never       draft   404       404
rowan     open        draft   200       404
rowan     ended       draft   404       404
rowan     others      draft   404       404
rowan     never       ready   404       200
rowan     open        ready   200       200
rowan     ended       ready   404       200
leigh     open        draft   200       404
leigh     ended       draft   404       404
leigh     others      ready   404       200
evelyn    never       draft   404       200
evelyn    others      draft   200       200
evelyn    ended       draft   200       200
evelyn    others      ready   200       200
sam       never       draft   404       404
sam       open        draft   404       404
sasha     open        draft   404       404
rowan     open        removed 404       404
evelyn    others      removed 404       404
"""


@pytest.mark.parametrize("row", TRUTH.strip().splitlines()[1:], ids=lambda row: " ".join(row.split()[:3]))
def test_a_shared_finding_is_seen_by_whom_it_is_shared_with_until_that_ends(cast, row):
    name, shared, status, comments, finding = row.split()
    kept = {"status": "draft", "removed_at": timezone.now()} if status == "removed" else {"status": status}
    built = builders.finding(cast.evaluation.strand, **kept)
    if shared != "never":
        whom = person("robin") if shared == "others" else getattr(cast, name)
        builders.share(built, whom, ended_at=timezone.now() if shared == "ended" else None)
    client = signed_in(getattr(cast, name))
    assert client.get(thread(built)).status_code == int(comments)
    assert client.get(f"{E}findings/{built.pk}/").status_code == int(finding)
    is_listed = built.pk in {int(line["data-finding"]) for line in marked(client.get(LIST), "data-finding")}
    assert is_listed == (comments == "200")
    body = {"text": "Changed by somebody"}
    sent = client.post(thread(built), body).status_code
    assert sent == (302 if comments == "200" else 409 if _opened_once(name, shared) else 404)
    assert FindingComment.objects.exists() == (comments == "200")


def _opened_once(name, shared):
    """A form that was opened in time gets an answer with its words, and not that there is nothing."""
    if name == "evelyn":
        return shared == "others"
    return name in ("rowan", "leigh") and shared in ("ended", "open")


def test_a_shared_draft_stands_nowhere_else(cast, draft, reviewer):
    def everywhere():
        pages = [E, f"{E}findings/", f"{E}findings/?q=nests", f"{E}matrix/coproduction/", f"{E}compare/"]
        return [Page(reviewer.get(page)).one("main").words for page in pages]

    before = everywhere()
    builders.share(draft, cast.rowan)
    after = everywhere()
    told = "1 draft is shared with you for comment. "
    assert told in after[0]
    assert [words.replace(told, "") for words in after] == before


def test_those_asked_see_the_sentence_its_place_and_only_what_reaches_readers(cast, draft, reviewer):
    speaker = builders.participant(cast.evaluation)
    builders.quotation(
        cast.evaluation,
        evidence_for=draft,
        text="Counted, they said.",
        speaker=speaker,
        approved_on="2024-06-01",
    )
    builders.quotation(cast.evaluation, evidence_for=draft, text="Not for readers.", speaker=speaker)
    builders.share(draft, cast.rowan, question=QUESTION, by=cast.evelyn)
    builders.share(draft, cast.leigh, question="Something for Leigh")
    page = Page(reviewer.get(thread(draft)))
    for words in (
        DRAFT,
        "Practices of counting",
        "Barrier",
        "Policies",
        "Coproduction",
        "Counted, they said.",
    ):
        assert words in page.words
    assert "Evelyn asks you: Is it half?" in page.words
    assert "Not for readers." not in page.words
    assert "Something for Leigh" not in page.words
    for address in (thread(draft), f"{SHARE}?finding={draft.pk}"):
        seen = Page(signed_in(cast.evelyn).get(address))
        assert "Counted, they said." in seen.words
        assert "Not for readers." not in seen.words, "an evaluator sees what they will see"


# --- Sharing ----------------------------------------------------------------------------------------------


def test_an_evaluator_shares_several_drafts_with_several_people(cast, draft, evaluator, mailoutbox):
    other = builders.finding(cast.evaluation.strand, status="draft")
    address = f"{SHARE}?finding={draft.pk}&finding={other.pk}"
    sent = Page(evaluator.get(address)).sends(SHARE)
    assert sorted(sent["finding"]) == sorted([str(draft.pk), str(other.pk)])
    sent |= {"member": [membership(cast.rowan), membership(cast.leigh)], "question": QUESTION}
    answer = evaluator.post(SHARE, sent, follow=True)
    assert "No mail is sent." in Page(answer).notices[0]
    assert mailoutbox == []
    shares = FindingShare.objects.order_by("finding", "member")
    assert [(row.finding, row.member, row.question, row.by) for row in shares] == [
        (finding, user, QUESTION, cast.evelyn)
        for finding in (draft, other)
        for user in (cast.rowan, cast.leigh)
    ]
    events = AuditEvent.objects.filter(verb="shared for comment")
    assert {event.subject for event in events} == {
        f"finding {finding.pk} with user {user.pk}"
        for finding in (draft, other)
        for user in (cast.rowan, cast.leigh)
    }


def test_drafts_are_ticked_in_the_list_and_offered_on_the_page_and_on_the_board(cast, draft, evaluator):
    builders.finding(cast.evaluation.strand, text="Ready")
    boxes = Page(evaluator.get(f"{E}findings/")).all("input", name="finding")
    assert [box["value"] for box in boxes] == [str(draft.pk)]
    share = f"{SHARE}?finding={draft.pk}"
    assert share in Page(evaluator.get(f"{E}findings/{draft.pk}/")).links("Share for comment")
    board = evaluator.get(f"{E}matrix/coproduction/barrier/policies/")
    assert share in Page(board).links("Share for comment")
    for user in (cast.rowan, cast.leigh):
        assert not Page(signed_in(user).get(f"{E}findings/")).all("input", name="finding")


def test_what_is_shared_already_is_left_as_it_is(cast, draft, evaluator):
    first = builders.share(draft, cast.rowan, question="First asked")
    body = {
        "finding": draft.pk,
        "member": [membership(cast.rowan), membership(cast.leigh)],
        "question": "New",
    }
    page = Page(evaluator.get(f"{SHARE}?finding={draft.pk}"))
    assert "Shared already with Rowan; they keep it as it is." in page.words
    evaluator.post(SHARE, body)
    evaluator.post(SHARE, body)
    assert FindingShare.objects.count() == 2
    first.refresh_from_db()
    assert first.question == "First asked"


def test_one_shares_drafts_only_and_not_with_oneself_strangers_or_closed_accounts(cast, draft, evaluator):
    asleep = person("asleep", is_active=False)
    builders.member(cast.evaluation, asleep, Role.REVIEWER)
    other = person("orla")
    builders.member(cast.evaluation, other, Role.EVALUATOR)
    page = Page(evaluator.get(SHARE))
    names = [label.words for label in page.with_id("div_id_member").all("label")]
    assert [name for name in names if "," in name] == [
        "Orla, evaluator",
        "Leigh, project lead",
        "Rowan, reviewer",
    ]
    ready = builders.finding(cast.evaluation.strand)
    for finding in (ready.pk, 999_999, "no number", ""):
        refused(
            evaluator.post(SHARE, {"finding": finding, "member": membership(cast.rowan)}),
            "id_finding_0",
            "Choose",
        )
    for user in (cast.evelyn, asleep):
        body = {"finding": draft.pk, "member": membership(user)}
        refused(evaluator.post(SHARE, body), "id_member_0", "no longer a member")
    answer = evaluator.post(SHARE, {"finding": draft.pk, "question": QUESTION})
    page = refused(answer, "id_member_0", "Choose at least one person.")
    assert page.sends(SHARE)["finding"] == str(draft.pk)
    assert page.sends(SHARE)["question"] == QUESTION, "what was typed is still there"
    assert not FindingShare.objects.exists()


def test_what_changed_while_the_page_was_open_is_refused(cast, draft):
    what = {"evaluation": cast.evaluation, "findings": [draft], "question": "", "by": cast.evelyn}
    with pytest.raises(NotAllowedNow, match="no longer a member"):
        actions.share(people=[cast.sam], **what)
    Finding.objects.update(status="ready")
    with pytest.raises(NotAllowedNow, match="no longer a draft"):
        actions.share(people=[cast.rowan], **what)


def test_sharing_ends_and_is_put_back_as_it_was(cast, draft, evaluator, reviewer):
    row = builders.share(draft, cast.rowan, question=QUESTION)
    builders.comment(draft, cast.rowan, text="It is a third.")
    evaluator.post(f"{thread(draft)}shares/{row.pk}/end/")
    assert reviewer.get(thread(draft)).status_code == 404
    page = Page(evaluator.get(thread(draft)))
    assert "It is a third." in page.words, "evaluators go on reading what was said"
    evaluator.post(f"{thread(draft)}ended-shares/{row.pk}/restore/")
    assert said(reviewer.get(thread(draft))) == ["It is a third."]
    assert steps(reviewer)[0].startswith("Read the matrices"), "nobody is asked for a second comment"
    verbs = list(AuditEvent.objects.filter(subject__startswith="finding").values_list("verb", flat=True))
    assert sorted(verbs) == ["ended sharing for comment", "shared for comment"]


def test_sharing_again_does_not_make_a_second_share_of_one_that_is_open(cast, draft, evaluator):
    ended = builders.share(draft, cast.rowan, ended_at=timezone.now())
    builders.share(draft, cast.rowan)
    answer = evaluator.post(f"{thread(draft)}ended-shares/{ended.pk}/restore/")
    assert answer.status_code == 302
    assert FindingShare.objects.filter(ended_at=None).count() == 1


def test_who_leaves_the_evaluation_and_comes_back_finds_nothing_shared(cast, draft, reviewer, evaluator):
    row = builders.share(draft, cast.rowan)
    remove_member(membership=Membership.objects.get(user=cast.rowan), by=cast.evelyn)
    evaluator.post(f"{thread(draft)}ended-shares/{row.pk}/restore/")
    builders.member(cast.evaluation, cast.rowan, Role.REVIEWER)
    assert reviewer.get(thread(draft)).status_code == 404


# --- Commenting -------------------------------------------------------------------------------------------


def test_a_comment_is_made_answered_and_the_finding_marked_ready(cast, draft, evaluator, reviewer):
    builders.share(draft, cast.rowan)
    builders.share(draft, cast.leigh)
    assert steps(reviewer)[0] == "1 draft is shared with you for comment."
    answer = fill_in(reviewer, thread(draft), {"text": "  It is a third.\r\nI counted.  "})
    comment = FindingComment.objects.get()
    assert comment.text == "It is a third.\nI counted."
    assert answer.url == f"{thread(draft)}#comment-{comment.pk}"
    assert not steps(reviewer)[0].startswith("1 draft")
    assert steps(signed_in(cast.leigh))[0] == "1 draft is shared with you for comment."
    assert steps(evaluator)[0] == "1 comment to answer."
    assert Page(evaluator.get(f"{E}findings/{draft.pk}/")).links("1 comment, 1 to answer") == [thread(draft)]

    fill_in(evaluator, thread(draft), {"text": "Thank you, corrected."}, action=thread(draft))
    assert "to answer" not in " ".join(steps(evaluator))
    assert said(signed_in(cast.leigh).get(thread(draft)))[-1] == "Thank you, corrected."
    assert "Answered" in Page(reviewer.get(LIST)).one("li", data_finding=str(draft.pk)).words

    mark = f"{E}findings/{draft.pk}/mark/"
    sent = Page(evaluator.get(thread(draft))).sends(mark) | {"status": "ready"}
    answer = evaluator.post(mark, sent)
    assert answer.url.startswith(f"{thread(draft)}?done=")
    assert "Undo" in Page(evaluator.get(answer.url)).words
    page = Page(reviewer.get(thread(draft)))
    assert "It is now ready to share" in page.words
    assert len(page.all("li", data_comment=True)) == 2


def test_the_edit_form_leads_back_to_the_comments(cast, draft, evaluator):
    builders.share(draft, cast.rowan)
    (edit,) = Page(evaluator.get(thread(draft))).links("Edit")
    sent = Page(evaluator.get(edit)).sends() | {"text": "A third of the nests were counted twice."}
    assert evaluator.post(f"{E}findings/{draft.pk}/edit/", sent).url == thread(draft)
    for elsewhere in ("https://example.org/", "//example.org/", "/e/another/", ""):
        answer = evaluator.post(f"{E}findings/{draft.pk}/edit/", sent | {"version": 2, "back": elsewhere})
        assert answer.url == f"{E}findings/{draft.pk}/"


def test_drafts_that_wait_come_first(cast, reviewer, evaluator):
    strand = cast.evaluation.strand
    first, second, third = (
        builders.finding(strand, status=status, position=place)
        for place, status in enumerate(("draft", "draft", "ready"))
    )
    for finding in (first, second, third):
        builders.share(finding, cast.rowan)
    builders.comment(first, cast.rowan)

    def order(client):
        return [int(line["data-finding"]) for line in marked(client.get(LIST), "data-finding")]

    assert order(reviewer) == [second.pk, first.pk, third.pk]
    assert order(evaluator) == [first.pk, second.pk, third.pk], "what is to answer"
    builders.comment(third, cast.rowan)
    builders.comment(first, cast.evelyn)
    assert order(evaluator) == [third.pk, first.pk, second.pk]


def test_whose_word_answers_whose(cast, draft, evaluator):
    """What staff say waits for an evaluator; what an evaluator says answers the others, never themselves."""
    orla = person("orla")
    builders.member(cast.evaluation, orla, Role.EVALUATOR)
    for user in (cast.rowan, orla):
        builders.share(draft, user)

    def to_answer():
        told = [step for step in steps(evaluator) if "to answer" in step]
        return int(told[0].split()[0]) if told else 0

    found = []
    for who in (orla, cast.rowan, cast.evelyn, cast.rowan, orla, cast.rowan):
        builders.comment(draft, who)
        found.append(to_answer())
    assert found == [1, 2, 0, 1, 0, 1]
    assert steps(signed_in(orla))[0] == "1 comment to answer."


def test_an_answer_stays_one_when_its_author_is_no_evaluator_any_more(cast, draft):
    orla = person("orla")
    builders.member(cast.evaluation, orla, Role.EVALUATOR)
    builders.share(draft, cast.rowan)
    builders.comment(draft, cast.rowan)
    builders.comment(draft, cast.evelyn)
    Membership.objects.filter(user=cast.evelyn).delete()
    assert not [step for step in steps(signed_in(orla)) if "to answer" in step]


def test_the_same_words_sent_twice_are_one_comment(cast, draft, reviewer):
    builders.share(draft, cast.rowan)
    builders.share(draft, cast.leigh)
    for _ in range(2):
        reviewer.post(thread(draft), {"text": "It is a third."})
    signed_in(cast.leigh).post(thread(draft), {"text": "It is a third."})
    assert FindingComment.objects.count() == 2
    FindingComment.objects.update(at=timezone.now() - timedelta(hours=1))
    reviewer.post(thread(draft), {"text": "It is a third."})
    assert FindingComment.objects.count() == 3, "somebody may say the same again another day"


def test_what_cannot_be_sent_stays_on_the_screen(cast, draft, reviewer):
    builders.share(draft, cast.rowan)
    for text, message in (("  ", "Write something first."), ("x" * 4001, "at most 4000")):
        page = refused(reviewer.post(thread(draft), {"text": text}), "id_text", message)
        assert page.sends(thread(draft))["text"].strip() == text.strip()
    assert not FindingComment.objects.exists()


def test_a_comment_written_while_sharing_ended_is_not_sent_and_not_lost(cast, draft, reviewer):
    builders.share(draft, cast.rowan, question=QUESTION)
    sent = Page(reviewer.get(thread(draft))).sends() | {"text": "A long <b>comment</b>."}
    FindingShare.objects.update(ended_at=timezone.now())
    answer = reviewer.post(thread(draft), sent)
    assert answer.status_code == 409
    page = Page(answer)
    assert "Your comment was not sent" in page.words
    assert page.with_id("kept").words == "A long <b>comment</b>."
    assert page.title.startswith("Error: ")
    for words in (DRAFT, QUESTION):
        assert words not in page.words, "the draft is no longer theirs to read"
    assert not FindingComment.objects.exists()


def test_a_number_that_no_row_can_have_is_not_found(cast, reviewer, evaluator):
    for client in (reviewer, evaluator):
        for number in (0, 10**30):
            assert client.get(f"{LIST}{number}/").status_code == 404
            assert client.post(f"{LIST}{number}/", {"text": "To nobody"}).status_code == 404
        assert client.post(f"{LIST}{10**30}/said/{10**30}/take-back/").status_code == 404


def test_sharing_that_ends_between_the_check_and_the_writing_stops_the_comment(cast, draft):
    row = builders.share(draft, cast.rowan)
    FindingShare.objects.update(ended_at=timezone.now())
    with pytest.raises(NotAllowedNow, match="no longer shared"):
        actions.comment(finding=draft, share=row, text="Late", by=cast.rowan)


def test_ones_own_comment_is_taken_back_and_put_back(cast, draft, reviewer, evaluator):
    builders.share(draft, cast.rowan)
    builders.share(draft, cast.leigh)
    row = builders.comment(draft, cast.rowan, text="It is a third.")
    lead = signed_in(cast.leigh)
    take, put = f"{thread(draft)}said/{row.pk}/take-back/", f"{thread(draft)}taken-back/{row.pk}/put-back/"
    for somebody in (lead, evaluator):
        assert somebody.post(take).status_code == 404, "one's own only"
    reviewer.post(take)
    assert said(lead.get(thread(draft))) == said(evaluator.get(thread(draft))) == []
    assert "You took this back" in Page(reviewer.get(thread(draft))).words
    assert steps(reviewer)[0] == "1 draft is shared with you for comment."
    assert "to answer" not in " ".join(steps(evaluator))
    reviewer.post(put)
    assert said(lead.get(thread(draft))) == ["It is a third."]
    FindingShare.objects.update(ended_at=timezone.now())
    assert reviewer.post(take).status_code == 404


def test_nobody_takes_back_or_puts_back_what_somebody_else_said(cast, draft):
    row = builders.comment(draft, cast.rowan)
    for act in (actions.take_back, actions.put_back):
        with pytest.raises(NotAllowedNow, match="Only who wrote a comment"):
            act(comment=row, by=cast.evelyn)
    row.refresh_from_db()
    assert row.removed_at is None


# --- Merging ----------------------------------------------------------------------------------------------


def merge(finding, other, by):
    return board.merge_findings(
        finding=finding, version=1, other=other, other_version=1, text="A third, counted twice.", by=by
    )


@pytest.fixture
def kept(cast):
    return builders.finding(cast.evaluation.strand, status="draft", text="A third of the nests.")


def test_what_is_shared_and_said_goes_on_under_the_merged_finding(cast, draft, kept, evaluator, reviewer):
    builders.share(draft, cast.rowan, question=QUESTION)
    builders.share(draft, cast.leigh)
    builders.share(kept, cast.leigh)
    builders.comment(draft, cast.rowan, text="It is a third.")
    builders.comment(kept, cast.leigh, text="Of all nests?")

    merge(kept, draft, cast.evelyn)

    for client in (evaluator, reviewer, signed_in(cast.leigh)):
        assert said(client.get(thread(kept))) == ["It is a third.", "Of all nests?"]
    page = Page(reviewer.get(thread(kept)))
    assert "A third, counted twice." in page.words
    assert QUESTION in page.words
    assert not steps(reviewer)[0].startswith("1 draft"), "nobody is asked for a second comment"
    assert steps(evaluator)[0] == "2 comments to answer."
    assert FindingShare.objects.filter(finding=kept, ended_at=None).count() == 2


def test_undoing_a_merge_gives_each_finding_its_own_comments_and_shares_again(
    cast, draft, kept, evaluator, reviewer
):
    builders.share(draft, cast.rowan)
    builders.share(kept, cast.leigh)
    builders.comment(draft, cast.rowan, text="It is a third.")
    builders.comment(kept, cast.leigh, text="Of all nests?")
    change = merge(kept, draft, cast.evelyn)
    fill_in(evaluator, thread(kept), {"text": "Of all."}, action=thread(kept))

    undo(change=change, by=cast.evelyn)

    assert said(reviewer.get(thread(draft))) == ["It is a third."]
    assert reviewer.get(thread(kept)).status_code == 404
    lead = signed_in(cast.leigh)
    assert said(lead.get(thread(kept))) == ["Of all nests?", "Of all."]
    assert lead.get(thread(draft)).status_code == 404


@pytest.mark.parametrize("had", ["one", "both"])
def test_sharing_that_ended_after_a_merge_has_ended_when_it_is_undone(cast, draft, kept, reviewer, had):
    builders.share(draft, cast.rowan)
    if had == "both":
        builders.share(kept, cast.rowan)
    change = merge(kept, draft, cast.evelyn)
    actions.end_share(share=FindingShare.objects.get(finding=kept), by=cast.evelyn)

    undo(change=change, by=cast.evelyn)

    for finding in (draft, kept):
        assert reviewer.get(thread(finding)).status_code == 404


def test_a_comment_written_while_its_finding_is_merged_is_not_lost(cast, draft, kept, reviewer):
    builders.share(draft, cast.rowan)
    merge(kept, draft, cast.evelyn)
    answer = reviewer.post(thread(draft), {"text": "A long comment."})
    assert answer.status_code == 409
    assert Page(answer).with_id("kept").words == "A long comment."


def test_who_left_the_evaluation_reads_nothing_of_a_merged_finding(cast, draft, kept, reviewer):
    builders.share(draft, cast.rowan)
    Membership.objects.filter(user=cast.rowan).delete()
    merge(kept, draft, cast.evelyn)
    builders.member(cast.evaluation, cast.rowan, Role.REVIEWER)
    assert reviewer.get(thread(kept)).status_code == 404


def test_lists_and_threads_take_the_same_few_queries_however_much_is_shared(cast, draft, evaluator, reviewer):
    def fill(size):
        for number in range(size):
            finding = builders.finding(cast.evaluation.strand, status="draft")
            words = builders.quotation(cast.evaluation, evidence_for=finding, source=source)
            draft.quotations.add(words, through_defaults={"evaluation": cast.evaluation})
            for user in (cast.rowan, cast.leigh):
                builders.share(finding, user)
                builders.comment(finding, user)
                builders.comment(draft, user)
            builders.share(draft, person(f"moss{number}-{size}"))

    def queries():
        pages = [
            (client, address)
            for client in (evaluator, reviewer)
            for address in (E, LIST, thread(draft), f"{SHARE}?finding={draft.pk}", f"{E}findings/")
            if client is evaluator or address != f"{SHARE}?finding={draft.pk}"
        ]
        counted = []
        for client, address in pages:
            with CaptureQueriesContext(connection) as asked:
                assert client.get(address).status_code == 200
            counted.append((address, len(asked)))
        return counted

    source = builders.source(cast.evaluation)
    builders.share(draft, cast.rowan)
    fill(2)
    queries()
    few = queries()
    fill(12)
    assert queries() == few


def test_a_made_up_word_in_html_stays_text(cast, draft, reviewer):
    builders.share(draft, cast.rowan)
    reviewer.post(thread(draft), {"text": "<script>alert(1)</script>"})
    assert shows(reviewer.get(thread(draft)), "<script>alert(1)</script>")


def test_a_share_that_ends_while_its_page_is_read_takes_no_comment(cast, reviewer, draft, monkeypatch):
    share = builders.share(draft, cast.rowan)
    still_shared = access.shared_findings_for

    def ends_now(member):
        found = Finding.objects.filter(pk__in=[row.pk for row in still_shared(member)])
        actions.end_share(share=share, by=cast.evelyn)
        return found

    monkeypatch.setattr(access, "shared_findings_for", ends_now)
    answer = reviewer.post(thread(draft), {"text": "Too late"})
    assert answer.status_code == 409
    assert DRAFT not in answer.content.decode() and not FindingComment.objects.exists()
