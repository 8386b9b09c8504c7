"""What only evaluators may see reaches nobody else, by no page, search, filter, print view or error.

Every confidential text of an evaluation holds a random string; then everybody walks every address.
"""

import io
import re
import secrets
import zipfile
from http.cookies import SimpleCookie
from itertools import product

import pytest
from django.contrib import admin
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from evaluations.models import (
    AnswerVersion,
    ConflictingEdit,
    FindingChange,
    FindingOutcome,
    GuideQuestion,
    HeldFile,
    Invitation,
    Job,
    Membership,
    Owner,
    ParticipantIdentity,
    QuotationVersion,
    ReportSection,
    Role,
    SettlementVersion,
)
from evaluations.report.blocks import as_data
from evaluations.screens.publishing import read_publication
from tests import builders
from tests.assertions import counts, marked
from tests.base import as_member, person, signed_in
from tests.pages import Page
from tests.routes import all_routes
from tests.test_access_walk import (
    bulk,
    earlier_round,
    legacy_plan,
    second_coding,
    secret_addresses,
    set_up,
    written,
)

NOBODY_ELSE = ("rowan", "leigh", "sam", "sasha", "signed out")

# What evaluators see of each secret, and where; None where no page shows it (yet) even to them.
WHERE_EVALUATORS_SEE_IT = {
    "draft finding": "matrix-detail",
    "note of a draft": "finding-detail",
    "holder of a draft": "finding-detail",
    "earlier words of a finding": "finding-detail",
    "set-aside finding": "finding-detail",
    "shared draft": "comment-list",
    "note of a shared draft": "comment-detail",
    "question about a shared draft": "comment-detail",
    "comment on a shared draft": "comment-detail",
    "quotation of a finding, not approved": "finding-list",
    "quotation of a finding, not consented": "matrix-detail",
    "quotation of a finding, withdrawn": "finding-detail",
    "quotation of a draft": "finding-list",
    "quotation of a recommendation": "recommendation-detail",
    "quotation of a reflection": "reflection-list",
    "draft reflection": "reflection-list",
    "removed reflection": "reflection-list",
    "point of a draft reflection": "reflection-detail",
    "removed point": "reflection-detail",
    "set-aside point": "reflection-point-edit",
    "quotation of nothing": "quotation-add",
    "removed quotation": "interview-detail",
    "how a disagreement was settled": "agreement-detail",
    "name of a file": "import-list",
    "what a file holds": "import-detail",
    "earlier words of a quotation": "quotation-edit",
    "set-aside quotation": "quotation-edit",
    "answer": "interview-detail",
    "set-aside answer": "interview-versions",
    "question of the guide": "interview-detail",
    "set-aside recommendation": "recommendation-detail",
    "interview code": "interview-list",
    "participant code": "participant-list",
    "how consent was given": "participant-edit",
    "organisation": "evaluation-about",
    "name": None,
    "contact": None,
    "address of an invitation": "setup-detail",
    "draft of the report": "report-detail",
    "file of the draft": "report-file",
}
# Where those see a draft that it is shared with.
WHERE_SHARED = {
    "shared draft": {"comment-list", "comment-detail"},
    "note of a shared draft": {"comment-detail"},
    "question about a shared draft": {"comment-detail"},
    "comment on a shared draft": {"comment-detail"},
}
# Codes are what the admin lists interviews and participants by, without their words or identity.
SHOWN_IN_THE_ADMIN = {"interview code", "participant code", "address of an invitation"}

COAXING = "?drafts=1&print=1&status=draft&unseen=1&audience=evaluators&role=evaluator&page=last"
# What else some addresses are asked for, beside plainly; COAXING where a route is not named.
QUERIES = {
    "finding-list": (
        COAXING,
        "?status=draft",
        "?unseen=1",
        "?drafts=1",
        "?print=1",
        "?q=e&kind=achievement&lasting=at_risk&condition=power",
        "?strand=coproduction&page=2",
    ),
    "matrix-detail": (
        COAXING,
        "?drafts=1",
        "?print=1",
        "?drafts=1&print=1",
        "?drafts=1&kind=achievement",
        "?kind=barrier",
        "?drafts=1&present=1&slide=6",
        "?kind=barrier&present=1&slide=2",
        "?drafts=1&strength=none&q=x&depth=headlines",
    ),
    "matrix-export": (COAXING, "?drafts=1&status=draft&depth=figures"),
    "comparison-detail": (
        "?strands=coproduction,fathers&drafts=1",
        "?strands=coproduction,fathers&drafts=1&print=1",
        "?strands=coproduction,coproduction@before-practice&drafts=1",
    ),
    "lasting-detail": (COAXING, "?drafts=1", "?print=1&drafts=1", "?held=nobody&drafts=1"),
    "recommendation-list": (COAXING, "?owner=none&due=none", "?status=not_started&source=added"),
}
EVALUATORS_ASK = {
    "matrix-detail": ("", "?drafts=1"),
    "interview-detail": ("?condition=policies", "?condition=power"),
}


class Told:
    """An evaluation with what readers see, and after ``confide`` also with every secret."""

    def __init__(self, cast):
        self.evaluation, self.strand = cast.evaluation, cast.evaluation.strand
        self.key = {"evaluation": self.evaluation}
        self.words = {what: f"x{secrets.token_hex(8)}" for what in WHERE_EVALUATORS_SEE_IT}
        self.words["interview code"] = f"Z{secrets.randbelow(10**9) + 10**9}"
        self.words["participant code"] = f"Q{secrets.randbelow(10**9) + 10**9}"
        self.words["address of an invitation"] += "@example.org"
        builders.strand(self.evaluation, slug="fathers", name="Father inclusivity")
        self.finding = builders.finding(self.strand, text=self.words["earlier words of a finding"])
        self.finding.text = "What readers see"
        self.finding.save()
        speaker = builders.participant(self.evaluation)
        builders.quotation(
            self.evaluation, text="Readers hear this", evidence_for=self.finding, **self.approved(speaker)
        )
        self.recommendation = builders.recommendation(self.strand)
        self.recommendation.barriers.add(self.finding, through_defaults=self.key)
        self.point = builders.point(builders.reflection(self.evaluation, theme="Time"), text="It takes time")
        Owner.objects.create(name="The team", **self.key)
        builders.source(self.evaluation)
        self.rounds = earlier_round(self.evaluation, self.strand)
        for user in (cast.rowan, cast.leigh):
            builders.member(self.evaluation.follows, user, Role.REVIEWER)

    @staticmethod
    def approved(speaker):
        return {"speaker": speaker, "approved_on": "2024-05-14", "agreed_on": "2024-05-14"}

    def confide(self, by):
        """Add every secret."""
        says, quote, key = self.words, self._quote, self.key
        refused = builders.participant(self.evaluation, consent="no")
        gone = builders.participant(self.evaluation, withdrawn_on="2024-06-01")
        self.speaker = builders.participant(
            self.evaluation,
            code=says["participant code"],
            consent_how=says["how consent was given"],
            organisation=says["organisation"],
        )
        ParticipantIdentity.objects.create(
            participant=self.speaker, name=says["name"], contact=says["contact"], **key
        )
        self.draft = builders.finding(
            self.strand,
            status="draft",
            text=says["draft finding"],
            note=says["note of a draft"],
            kind="achievement",
            condition="power",
            lasting="at_risk",
            holder=says["holder of a draft"],
        )
        self.draft_barrier = builders.finding(self.strand, status="draft")
        FindingOutcome.objects.create(
            earlier_id=self.rounds["taken-back-outcomes"], later=self.draft, outcome="persists", **key
        )
        self.recommendation.barriers.add(self.draft_barrier, through_defaults=key)
        self.shared = []
        self.share(person("robin"))  # nobody of those that the tests ask as
        self._set_aside(self.finding, says["set-aside finding"], by)
        self._set_aside(self.recommendation, says["set-aside recommendation"], by)
        GuideQuestion.objects.create(
            condition="power", area="gaps", prompt=says["question of the guide"], **key
        )
        self.interview = builders.interview(
            self.evaluation, code=says["interview code"], participants=[self.speaker]
        )
        answer = builders.answer(self.interview, text=says["answer"])
        AnswerVersion.objects.create(
            answer=answer, number=1, text=says["set-aside answer"], set_aside=True, **key
        )
        self.removed = quote("removed quotation", None, answer=answer, removed_at=timezone.now())
        self.coding = second_coding(self.interview, answer, code="I9001")
        note = says["how a disagreement was settled"]
        settled = {"number": 1, "settled": "coded", "note": note, **key}
        SettlementVersion.objects.create(unit_id=self.coding["units"], **settled)
        row = f"Coproduction,Barrier,Power dynamics,{says['what a file holds']}"
        content = f"Strand,Kind,Condition,Finding\n{row}"
        self.job = builders.import_job(self.evaluation, content.encode())
        HeldFile.objects.filter(pk=self.job.file_id).update(name=f"{says['name of a file']}.csv")
        self.quotation = quote("quotation of a finding, not approved", self.finding, speaker=self.speaker)
        quote("quotation of a finding, not consented", self.finding, **self.approved(refused))
        quote("quotation of a finding, withdrawn", self.finding, **self.approved(gone))
        quote("quotation of a draft", self.draft, **self.approved(self.speaker))
        quote("quotation of nothing", None, speaker=self.speaker, answer=answer)
        self.recommendation.quotations.add(
            quote("quotation of a recommendation", None, speaker=self.speaker), through_defaults=key
        )
        self.reflected = quote("quotation of a reflection", None, speaker=self.speaker)
        self.point.quotations.add(self.reflected, through_defaults=key)
        self._reflect(by)
        for number, what in enumerate(("earlier words of a quotation", "set-aside quotation"), start=1):
            QuotationVersion.objects.create(
                quotation=self.quotation, number=number, text=says[what], set_aside=number == 2, **key
            )
        self.vote = builders.round(builders.workshop(self.strand, shows_quotations=True))
        self.removed_workshop = builders.workshop(self.strand, opened_at=None, removed_at=timezone.now())
        self._publish(by)
        self.step = FindingChange.objects.create(label=self.draft.text, before={}, after={}, **key)
        self.invitation = Invitation.objects.create(
            role=Role.LEAD,
            email=says["address of an invitation"],
            token_hash="5" * 64,
            expires_at="2090-01-01T00:00Z",
            **key,
        )

    def _quote(self, what, finding, **fields):
        return builders.quotation(self.evaluation, text=self.words[what], evidence_for=finding, **fields)

    def share(self, user, *, what_of=""):
        """Share a draft with somebody, and add what is said of it; ``what_of`` ends its secrets' names."""
        says = {what: f"x{secrets.token_hex(8)}" for what in WHERE_SHARED}
        self.words |= {f"{what}{what_of}": words for what, words in says.items()}
        draft = builders.finding(
            self.strand, status="draft", text=says["shared draft"], note=says["note of a shared draft"]
        )
        share = builders.share(draft, user, question=says["question about a shared draft"])
        comment = builders.comment(draft, user, text=says["comment on a shared draft"])
        self.shared.append((draft, share, comment))

    def _reflect(self, by):
        """Add a draft reflection, one that was removed, and points that readers do not see."""
        says, removed = self.words, {"removed_at": timezone.now()}
        draft = {"status": "draft", "theme": says["draft reflection"]}
        self.draft_point = builders.point(
            builders.reflection(self.evaluation, **draft), text=says["point of a draft reflection"]
        )
        self.removed_point = builders.point(self.point.reflection, text=says["removed point"], **removed)
        self.removed_reflection = builders.reflection(
            self.evaluation, theme=says["removed reflection"], **removed
        )
        self._set_aside(self.point, says["set-aside point"], by)

    def _publish(self, by):
        """Publish the report, without thanking organisations, then go on writing and make a file of that."""
        says, written_here = self.words, written(self.evaluation)
        builders.section(self.evaluation, "acknowledgements", is_written=False, is_included=False)
        documents = read_publication(as_member(by, self.evaluation), 1)
        documents = {kind.value: as_data(document) for kind, document in documents.items()}
        version = builders.published_version(self.evaluation, documents=documents)
        ReportSection.objects.filter(key="introduction").update(text=says["draft of the report"])
        job = Job.objects.create(kind="export", state="done", by=by, **self.key)
        file = builders.report_file(self.evaluation, says["file of the draft"].encode(), job=job)
        accepted = builders.acceptance(self.evaluation, "name:1:front:abc", accepted_as="passage")
        self.report = {place: [key] for place, key in written_here.items()} | {
            "published": [version.number],
            "document": ["report", "summary"],
            "report-format": ["docx", "html"],
            "files": [file.pk],
            "accepted": [accepted.pk],
            "contributors": [self.speaker.code],
        }

    def _set_aside(self, record, text, by):
        ConflictingEdit.objects.create(
            record_type=record._meta.model_name,
            record_id=record.pk,
            based_on=1,
            fields={"text": text, "title": text},
            by=by,
            **self.key,
        )

    def addresses(self):
        """Return every address of the app, as ``(name of the route, address)``, for each object there is."""
        rowan = Membership.objects.get(evaluation=self.evaluation, role=Role.REVIEWER)
        owner = Owner.objects.create(evaluation=self.evaluation, name="The programme team")
        note = builders.progress_update(self.recommendation)
        values = {
            "e": [self.evaluation.slug],
            "interviews": [self.interview.code],
            "versions": [AnswerVersion.objects.get(answer__interview=self.interview).pk],
            "participants": [self.speaker.code],
            "findings": [self.finding.pk, self.draft.pk],
            "barriers": [self.finding.pk, self.draft_barrier.pk],
            "coverage": [self.finding.pk, self.draft_barrier.pk],
            "comments": [*(draft.pk for draft, _, _ in self.shared), self.draft.pk],
            "shares": [share.pk for _, share, _ in self.shared],
            "ended-shares": [share.pk for _, share, _ in self.shared],
            "said": [comment.pk for _, _, comment in self.shared],
            "taken-back": [comment.pk for _, _, comment in self.shared],
            "quotations": [self.quotation.pk, self.reflected.pk],
            "reflections": [self.point.reflection_id, self.draft_point.reflection_id],
            "points": [self.point.pk, self.draft_point.pk],
            "removed-points": [self.removed_point.pk],
            "removed-reflections": [self.removed_reflection.pk],
            "matrix": ["coproduction", "fathers"],
            "lasting": [self.draft.pk],
            "export": ["xlsx", "csv", "docx", "pdf"],
            "kind": ["achievement", "barrier"],
            "condition": ["policies", "power"],
            "changes": [self.step.pk],
            "strands": ["coproduction"],
            "recommendations": [self.recommendation.ref],
            "members": [rowan.pk],
            "invitations": [self.invitation.pk],
            "import": [self.job.pk],
            "jobs": [self.job.pk],
            "templates": ["findings.csv"],
            "transcript": [builders.transcript_job(self.interview).pk],
            "words": [self.speaker.code],
            "answers": [AnswerVersion.objects.get(answer__interview=self.interview).answer_id],
            "removed-quotations": [self.removed.pk],
            "invite": ["no-such-token"],
            "w": [self.vote.workshop.shown_code],
            "workshops": [self.vote.workshop_id],
            "votes": [self.vote.pk],
            "removed-workshops": [self.removed_workshop.pk],
            "confirm-email": ["abc"],
            "key": ["abc"],
        }
        besides = self.coding | self.rounds | set_up(self.evaluation) | bulk(self.strand)
        besides |= legacy_plan(self.strand)
        besides |= secret_addresses(rowan, self.recommendation, owner, token="a-token-that-was-sent")
        besides |= {"evidence": builders.evidence(note).pk}
        values |= {place: [key] for place, key in besides.items()} | self.report
        for model in admin.site._registry:
            rows = model._default_manager.values_list("pk", flat=True)
            values.setdefault(model._meta.model_name, list(rows))
        values |= {"admin": ["evaluations"], "r": [1], "object_id": [1]}
        found = set()
        for route in all_routes():
            places = sorted(set(route.places))
            for chosen in product(*(values[place] for place in places)):
                found.add((route.name, route.address(dict(zip(places, chosen, strict=True)))))
        return sorted(found)

    def told_by(self, answer):
        """Return which secrets a page tells."""
        text = words_of(answer)
        return {what for what, words in self.words.items() if words in text}


def words_of(answer):
    """Return what a page or a file holds; workbooks, documents and PDF files are packed."""
    if answer.content.startswith(b"%PDF"):
        return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.content)).pages)
    if not answer.content.startswith(b"PK"):
        return answer.content.decode()
    with zipfile.ZipFile(io.BytesIO(answer.content)) as file:
        return "\n".join(file.read(name).decode(errors="replace") for name in file.namelist())


class Reader:
    """One person's browser; whatever it sends is undone."""

    def __init__(self, cast, name):
        self.client = signed_in(None if name == "signed out" else getattr(cast, name))
        self.client.raise_request_exception = False
        self.cookies = self.client.cookies.output(header="")

    def send(self, method, address, body=None):
        """Return the answer to a request."""
        self.client.cookies = SimpleCookie(self.cookies)
        with transaction.atomic():
            answer = getattr(self.client, method)(address, body or {})
            transaction.set_rollback(True)
        assert answer.status_code < 500, address
        return answer

    def face(self, address, hidden="", *, method="get", body=None):
        """Return all that an answer shows, without ``hidden`` and without what differs at every request."""
        answer = self.send(method, address, body)
        text = re.sub(r'name="(csrfmiddlewaretoken|opened)" value="\w+"', "", words_of(answer))
        location = answer.get("Location", "")
        return answer.status_code, location, text.replace(hidden, "...") if hidden else text


@pytest.fixture
def told(cast):
    """The cast's evaluation with every secret; Rowan, who reads here, is an evaluator elsewhere."""
    builders.member(builders.evaluation(), cast.rowan, Role.EVALUATOR)
    told = Told(cast)
    told.confide(cast.evelyn)
    return told


def address(route, *arguments, slug="practice"):
    """Return an address of the evaluation."""
    return reverse(route, args=[slug, *arguments])


# --- No page shows it -------------------------------------------------------------------------------------


def answers(reader, addresses):
    """Yield ``(route, what was asked, answer)`` of every way in which a reader may ask for an address.

    What does not open is asked for once; what does, coaxed as well; and something is sent to each.
    """
    for route, plain in addresses:
        answer = reader.send("get", plain)
        yield route, plain, answer
        opens = answer.status_code == 200 and not route.startswith("admin:")
        for query in QUERIES.get(route, [COAXING] if opens else []):
            yield route, plain + query, reader.send("get", plain + query)
        yield route, f"POST {plain}", reader.send("post", plain)


@pytest.mark.parametrize("name", NOBODY_ELSE)
def test_no_page_shows_a_secret_to_anybody_but_evaluators(cast, told, name):
    """But for a draft that is shared with them: of that one two pages tell, and no other."""
    readers = ("rowan", "leigh")
    for reader in readers:
        told.share(getattr(cast, reader), what_of=f", {reader}")
    theirs = {f"{what}, {name}": routes for what, routes in WHERE_SHARED.items()} if name in readers else {}
    found, pages, addresses = {}, set(), told.addresses()
    if name != "sasha":
        addresses = [(route, plain) for route, plain in addresses if not route.startswith("admin:")]
    for route, asked, answer in answers(Reader(cast, name), addresses):
        pages |= {route} if answer.status_code == 200 else set()
        for what in told.told_by(answer) - (SHOWN_IN_THE_ADMIN if route.startswith("admin:") else set()):
            found.setdefault(what, {})[asked] = route
    assert {what: set(asked.values()) for what, asked in found.items()} == theirs, found
    assert pages > (set(QUERIES) if name in readers else {"account_inactive"})


def test_evaluators_find_each_where_they_should(cast, told):
    """Otherwise the test above would prove nothing."""
    reader, seen = Reader(cast, "evelyn"), {}
    for route, plain in told.addresses():
        if not route.startswith("admin:"):
            for query in EVALUATORS_ASK.get(route, ("",)):
                for what in told.told_by(reader.send("get", plain + query)):
                    seen.setdefault(what, set()).add(route)
    assert {what for what in told.words if what not in seen} == {
        what for what, route in WHERE_EVALUATORS_SEE_IT.items() if route is None
    }
    for what, route in WHERE_EVALUATORS_SEE_IT.items():
        assert route is None or route in seen[what], what


# --- No search tells of it --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "query"), [("rowan", ""), ("leigh", "&status=draft&unseen=1&drafts=1&print=1")]
)
def test_searching_for_a_secret_looks_like_searching_for_nonsense(cast, told, name, query):
    reader, place = Reader(cast, name), address("finding-list")
    nonsense = reader.face(f"{place}?q=n0such{query}", "n0such")
    for what, words in told.words.items():
        part = words[3:9]
        assert reader.face(f"{place}?q={part}{query}", part) == nonsense, what


def test_readers_find_what_they_may_read(cast, told):
    """Otherwise the test above would prove nothing."""
    for name in ("rowan", "leigh", "evelyn"):
        for words in ("What readers see", "Readers hear", "readers HEAR this"):
            answer = Reader(cast, name).send("get", address("finding-list"), {"q": words})
            assert [row["data-finding"] for row in marked(answer, "data-finding")] == [str(told.finding.pk)]


def test_evaluators_find_drafts_and_what_is_not_approved(cast, told):
    searched = {
        "draft finding": told.draft,
        "note of a draft": told.draft,
        "quotation of a draft": told.draft,
        "quotation of a finding, not approved": told.finding,
        "quotation of a finding, withdrawn": told.finding,
    }
    for what, finding in searched.items():
        answer = Reader(cast, "evelyn").send("get", address("finding-list"), {"q": told.words[what]})
        assert [row["data-finding"] for row in marked(answer, "data-finding")] == [str(finding.pk)], what


# --- No figure, list or error tells of it -----------------------------------------------------------------


@pytest.mark.parametrize("name", ["rowan", "leigh"])
def test_a_readers_pages_are_the_same_with_and_without_what_is_confidential(cast, name):
    """Not a count, not a place in a list, not the number of pages differs."""
    told, reader = Told(cast), Reader(cast, name)
    places = [
        address(route, *arguments) + query
        for route, *arguments in (
            ("evaluation-overview",),
            ("evaluation-about",),
            ("finding-list",),
            ("finding-detail", told.finding.pk),
            ("reflection-list",),
            ("reflection-detail", told.point.reflection_id),
            ("matrix-detail", "coproduction"),
            ("comparison-detail",),
            ("lasting-detail",),
            ("matrix-export", "coproduction", "xlsx"),
            ("matrix-export", "coproduction", "docx"),
            ("comparison-export", "csv"),
            ("lasting-export", "csv"),
            ("finding-export", "csv"),
            ("recommendation-list",),
            ("recommendation-detail", told.recommendation.ref),
        )
        for query in ("", *QUERIES.get(route, [COAXING]))
    ]
    # The newest published version is news for everybody, so it is there before and after.
    builders.published_version(cast.evaluation, number=99)
    before = {place: reader.face(place) for place in places}
    evaluator, overview = Reader(cast, "evelyn"), address("evaluation-overview")
    evaluator_before = evaluator.face(overview)
    told.confide(cast.evelyn)
    assert {place for place in places if reader.face(place) != before[place]} == set()
    assert evaluator.face(overview) != evaluator_before


@pytest.mark.parametrize("name", ["rowan", "leigh"])
def test_a_draft_looks_like_a_finding_that_does_not_exist(cast, told, name):
    reader, nothing = Reader(cast, name), 999_999
    for route in ("finding-detail", "finding-edit", "quotation-add", "comment-detail"):
        assert reader.face(address(route, told.draft.pk)) == reader.face(address(route, nothing))
    ref, faces = told.recommendation.ref, []
    for key in (told.draft_barrier.pk, nothing):
        link, unlink = address("recommendation-link", ref), address("recommendation-unlink", ref, key)
        refusal = f"choice. {key} is not"
        faces.append(reader.face(link, refusal, method="post", body={"finding": key}))
        faces.append(reader.face(unlink, method="post"))
    assert faces[:2] == faces[2:]


def test_a_reader_cannot_ask_for_drafts(cast, told):
    matrix = address("matrix-detail", "coproduction")
    for name in ("rowan", "leigh"):
        reader = Reader(cast, name)
        assert counts(reader.send("get", f"{matrix}?drafts=1")) == counts(reader.send("get", matrix))
        assert not Page(reader.send("get", address("finding-list"))).all(name="status")


# --- Print views are for readers, whoever asks ------------------------------------------------------------


@pytest.mark.parametrize(
    "query", ["?print=1", "?print=1&drafts=1", "?drafts=1&print=", "?print=1&kind=achievement&drafts=1"]
)
def test_a_printed_matrix_is_the_readers_even_for_an_evaluator(cast, told, query):
    place = address("matrix-detail", "coproduction") + query
    evaluator, reader = (Reader(cast, name).send("get", place) for name in ("evelyn", "rowan"))
    assert told.told_by(evaluator) == set()
    assert marked(evaluator, "data-finding") == marked(reader, "data-finding")
    assert counts(evaluator) == counts(reader)


@pytest.mark.parametrize("query", ["", "&print=1", "&print=1&drafts=1", "&drafts=1"])
def test_a_comparison_counts_what_readers_see_even_for_an_evaluator(cast, told, query):
    place = f"{address('comparison-detail')}?strands=coproduction,fathers{query}"
    evaluator, reader = (Reader(cast, name).send("get", place) for name in ("evelyn", "rowan"))
    assert told.told_by(evaluator) == set()
    assert counts(evaluator, "data-value") == counts(reader, "data-value")


def test_a_matrix_shows_an_evaluator_drafts_only_when_asked(cast, told):
    place, reader = address("matrix-detail", "coproduction"), Reader(cast, "evelyn")
    assert told.told_by(reader.send("get", place)) == set()
    assert {"draft finding", "quotation of a finding, not approved"} <= told.told_by(
        reader.send("get", f"{place}?drafts=1")
    )


def test_the_about_page_quotes_for_readers_even_to_an_evaluator(cast, told):
    """A page of the report: what an evaluator reads there is what the others read."""
    quotations = {what for what in told.words if what.startswith("quotation")}
    page = Reader(cast, "evelyn").send("get", address("evaluation-about"))
    assert told.told_by(page) & quotations == set()
