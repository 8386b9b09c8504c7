"""Rows for a walk over every page: the 2023 evaluation, a made-up one with everything in it, an empty one."""

from datetime import date, timedelta

from django.utils import timezone

from evaluations.actions.owner_links import make_owner_link
from evaluations.actions.setup import invite
from evaluations.conditions import Condition, Kind
from evaluations.models import (
    Action,
    Area,
    BlindCode,
    CodingRound,
    CodingUnit,
    ComparisonReading,
    DueDateChange,
    Finding,
    FindingOutcome,
    FindingStatus,
    GuideQuestion,
    InterviewCondition,
    InterviewStrand,
    Job,
    Owner,
    ParticipantIdentity,
    ProgressUpdate,
    RecommendationBarrier,
    RecommendationQuotation,
    Report,
    Role,
    SettlementVersion,
)
from evaluations.report.blocks import as_data
from evaluations.screens.publishing import read_publication
from evaluations.screens.report_check import read_check
from tests import builders
from tests.base import Cast, as_member, person
from tests.second_step import set_up

LONG_WORD = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"
SENTENCE = "Parents are asked what they think of a service, and seldom what they would do in its place."


class Scene:
    """The people and the rows that pages are made of, by name."""

    def __init__(self, legacy):
        self.legacy = legacy
        self.cast = Cast(legacy)
        self.people = {
            name: getattr(self.cast, name) for name in ("evelyn", "rowan", "leigh", "sam", "sasha")
        }
        self.people["nell"] = person("nell")  # has no password yet
        self.people["nell"].set_unusable_password()
        self.people["nell"].save()
        self.people["tess"] = person("tess")  # has two-step sign-in
        set_up(self.people["tess"])
        closed = builders.evaluation(slug="closed", title="For two-step sign-in only", two_step_required=True)
        builders.member(closed, self.people["nell"], Role.REVIEWER)
        self.practice = builders.evaluation(
            slug="practice",
            title="Practice evaluation",
            programme="A made-up programme of families and neighbours",
            programme_short="Families and Neighbours",
            phase="Second year",
            programme_ends=timezone.localdate() + timedelta(days=200),
            introduction=f"{SENTENCE}\n\n{SENTENCE}",
            objectives="To hear from everybody.\nTo say what stands in the way.",
            method=SENTENCE,
            is_made_up=True,
        )
        self.fresh = builders.evaluation(slug="fresh", title="An evaluation that starts today")
        for evaluation in (self.fresh, self.practice):
            builders.member(evaluation, self.cast.evelyn, Role.EVALUATOR)
            self.reviewer = builders.member(evaluation, self.cast.rowan, Role.REVIEWER)
            builders.member(evaluation, self.cast.leigh, Role.LEAD)
        self.quoted = Finding.objects.filter(evaluation=legacy, quotations__isnull=False).first()
        self._people()
        self._interview()
        self._findings()
        self._recommendations()
        self._owner_links()
        self._invitations()
        self._imports()
        self._reflections()
        self._second_codings()
        self._vote()
        self._legacy_plan()
        self._earlier_round()
        self._published()

    def address(self, evaluation, rest=""):
        """The address of a page of an evaluation."""
        return f"/e/{evaluation.slug}/{rest}"

    def _reflections(self):
        row, removed = self.practice, {"removed_at": timezone.now()}
        self.reflection = builders.reflection(row, theme=f"{SENTENCE} {LONG_WORD}", strand=self.strand)
        self.point = builders.point(self.reflection, text=f"{SENTENCE}\n\n{LONG_WORD}")
        self.point_out = builders.point(self.reflection, text=SENTENCE, **removed)
        for said in (self.willing_words, self.careful_words):
            self.point.quotations.add(said, through_defaults={"evaluation": row})
        builders.point(self.reflection, text=SENTENCE)
        builders.reflection(row, theme="Power", subject="heard", status="draft")
        builders.reflection(row, theme="The model", subject="model")
        self.reflection_out = builders.reflection(row, theme=SENTENCE, **removed)

    def _earlier_round(self):
        earlier = builders.evaluation(slug="first-round", title="The round before, a year ago")
        self.practice.follows = earlier
        self.practice.save()
        builders.member(earlier, self.cast.evelyn, Role.EVALUATOR)
        builders.member(earlier, self.cast.rowan, Role.REVIEWER)
        strand = builders.strand(earlier, slug="coproduction", name="Coproduction", position=0)
        self.before = [
            builders.finding(strand, text=f"{SENTENCE} {LONG_WORD}", kind=kind, condition="power")
            for kind in (*Kind, Kind.BARRIER, Kind.BARRIER)
        ]
        met = builders.finding(self.strand, kind="barrier", condition="power", text=SENTENCE)
        key = {"evaluation": self.practice, "by": self.cast.evelyn}
        FindingOutcome.objects.create(earlier=self.before[0], outcome="resolved", **key)
        self.outcome = FindingOutcome.objects.create(
            earlier=self.before[1], outcome="worsened", later=met, **key
        )
        taken_back = {"removed_at": timezone.now()}
        FindingOutcome.objects.create(earlier=self.before[2], outcome="resolved", **taken_back, **key)
        self.reading = ComparisonReading.objects.create(
            evaluation=self.practice,
            compared="coproduction,coproduction@first-round",
            text=SENTENCE,
            basis="of other figures",
            signed_by=self.cast.evelyn,
            signed_at=timezone.now(),
        )

    def _legacy_plan(self):
        wide = {"kind": "system_change", "dimension": LONG_WORD, "text": f"{SENTENCE} {LONG_WORD}"}
        builders.ambition(self.strand, *Condition, **wide)
        self.ambition = builders.ambition(self.strand, "policies", text=SENTENCE)
        self.ambition_out = builders.ambition(self.strand, text=SENTENCE, removed_at=timezone.now())
        accepted = builders.ambition(self.strand, "practices", "resources", kind="asset")
        self.gap = f"tangible_only:ambition:{self.ambition.pk}"
        self.accepted_gap = builders.acceptance(
            self.practice, f"tangible_only:ambition:{accepted.pk}", reason=f"{SENTENCE} {LONG_WORD}"
        )

    def _people(self):
        row = self.practice
        self.willing = builders.participant(
            row, code="P01", organisation="A health trust", attribution="sector"
        )
        self.careful = builders.participant(row, code="P02", consent="ask_first", sector="parent")
        self.private = builders.participant(row, code="P03", consent="no", organisation=LONG_WORD)
        ParticipantIdentity.objects.create(evaluation=row, participant=self.willing, name="Somebody")
        gone = builders.participant(row, code="P04", consent="no", withdrawn_on=date(2024, 6, 3))
        builders.interview(row, code="I90", participants=[gone], emptied_on=date(2024, 6, 3))

    def _interview(self):
        row = self.practice
        self.strand = builders.strand(row, slug="coproduction", name="Coproduction", position=0)
        self.strand.strategic_response = "Share the learning, so that partners can carry it on."
        self.strand.response_focus, self.strand.response_focus_label = "tangible", "Tangible actions"
        self.strand.save()
        self.other = builders.strand(row, slug="workforce", name="Workforce and volunteering", position=1)
        self.third = builders.strand(row, slug="long", name=LONG_WORD, position=2)
        for position, area in enumerate(Area):
            GuideQuestion.objects.create(
                evaluation=row,
                condition="power",
                area=area,
                prompt=f"Power, {area.label.lower()}?",
                position=position,
            )
        self.question = GuideQuestion.objects.filter(evaluation=row).first()
        builders.question(row, prompt=f"{SENTENCE} {LONG_WORD}", removed_at=timezone.now())
        builders.strand(row, slug="gone", name=f"No longer here, {LONG_WORD}", removed_at=timezone.now())
        self.interview = builders.interview(
            row,
            code="I01",
            mode="video",
            setting="group",
            status="written_up",
            interviewer=self.cast.evelyn,
            participants=[self.willing, self.careful, self.private],
        )
        InterviewStrand.objects.create(evaluation=row, interview=self.interview, strand=self.strand)
        InterviewCondition.objects.create(
            evaluation=row, interview=self.interview, condition="policies", state="asked"
        )
        self.answer = builders.answer(self.interview, text=f"{SENTENCE}\n\n{LONG_WORD}")
        builders.interview(row, code="I02", status="planned", date=None)

    def _findings(self):
        row = self.practice
        self.report = builders.source(
            row, label="First report", title="The first report", address="https://example.org/report"
        )
        self.draft = builders.finding(
            self.strand, status=FindingStatus.DRAFT, text=SENTENCE, note="Practices of partners", scope="area"
        )
        self.willing_words = builders.quotation(
            row, evidence_for=self.draft, text="We were asked once.", speaker=self.willing, answer=self.answer
        )
        self.careful_words = builders.quotation(
            row, evidence_for=self.draft, text="Ask us before, not after.", speaker=self.careful
        )
        builders.quotation(
            row,
            evidence_for=self.draft,
            text="Never say that I said so.",
            speaker=self.careful,
            refused_on=date(2024, 6, 3),
        )
        builders.quotation(row, evidence_for=self.draft, text=SENTENCE, speaker=self.private)
        builders.quotation(
            row,
            evidence_for=self.draft,
            text="That is how it went.",
            speaker=self.willing,
            approved_by=self.cast.evelyn,
            approved_on=date(2024, 6, 1),
        )
        builders.quotation(row, evidence_for=self.draft, text="In print.", source=self.report)
        self._passages(row)
        self._shared()
        self.spare_words = builders.quotation(
            row,
            text="Said, and not yet used.",
            speaker=self.willing,
            kind="barrier",
            condition="policies",
            strand=self.strand,
        )
        self.achievement = builders.finding(
            self.strand,
            kind=Kind.ACHIEVEMENT,
            condition=Condition.POWER,
            text=f"A finding with a long word, {LONG_WORD}",
            lasting="at_risk",
            holder="The city council",
            source=self.report,
        )
        builders.summary(self.strand, text=SENTENCE, signed_by=self.cast.evelyn)
        # One cell with more than a page shows, and something in each of the others.
        for number in range(53):
            builders.finding(self.other, text=f"Thing {number + 1} in the way. {SENTENCE}")
        for kind in Kind:
            for condition in Condition:
                builders.finding(self.strand, kind=kind, condition=condition, text=SENTENCE)

    def _shared(self):
        """Share a draft with everybody and with somebody for whom that ended; let them comment."""
        cast, question = self.cast, f"Is this so? {LONG_WORD}"
        for user in (cast.rowan, cast.leigh):
            builders.share(self.draft, user, question=question, by=cast.evelyn)
            builders.comment(self.draft, user, text=f"{SENTENCE}\n\n{LONG_WORD}")
        builders.share(self.draft, cast.sam, ended_at=timezone.now(), by=cast.evelyn)
        builders.comment(self.draft, cast.evelyn, text=SENTENCE)
        builders.comment(self.draft, cast.rowan, text=SENTENCE, removed_at=timezone.now())
        builders.comment(self.draft, cast.leigh, text=SENTENCE)

    def _passages(self, row):
        """Two passages of the answer that overlap, a word of the next paragraph, and one that is gone."""
        whole = len(self.answer.text)
        places = [(0, 46, "achievement"), (20, 60, "barrier"), (whole - 9, whole, "suggestion")]
        self.passages = [
            builders.passage(self.answer, start, end, kind=kind, strand=self.strand)
            for start, end, kind in places
        ]
        builders.quotation(row, text="No longer there.", answer=self.answer, passage="gone", kind="barrier")

    def _recommendations(self):
        row, today = self.practice, timezone.localdate()
        self.owner = Owner.objects.create(evaluation=row, name="Leigh", user=self.cast.leigh)
        self.committed = builders.recommendation(
            self.strand, ref="R1", source="committed", title="Pay parents for their time", owner=self.owner
        )
        self.late = builders.recommendation(
            self.strand,
            ref="R2",
            title=f"Write down who decides what. {SENTENCE}",
            text=SENTENCE,
            adds_to=self.committed,
            response="partly_accepted",
            response_reason="Only with partners.",
            responded_by=self.cast.leigh,
            responded_on=date(2024, 6, 3),
            status="in_progress",
            owner=self.owner,
            original_due=today - timedelta(days=60),
            due=today - timedelta(days=20),
            priority="high",
            depends_on_funding=True,
            taken_on_by=LONG_WORD,
        )
        builders.recommendation(self.other, ref="R3", status="completed", title=LONG_WORD)
        after_end = row.programme_ends + timedelta(days=30)
        builders.recommendation(
            self.strand,
            ref="R4",
            source="committed",
            status="on_hold",
            status_reason=f"{SENTENCE} {LONG_WORD}",
            original_due=today + timedelta(days=9),
            due=after_end,
        )
        DueDateChange.objects.create(
            evaluation=row,
            recommendation=self.late,
            old_due=self.late.original_due,
            new_due=self.late.due,
            reason="Waiting for the partners’ board",
            by=self.cast.leigh,
        )
        for number in range(2):
            ProgressUpdate.objects.create(
                evaluation=row,
                recommendation=self.late,
                date=today - timedelta(days=30 * number),
                note=SENTENCE,
                evidence_link=f"https://example.org/{LONG_WORD}",
                author=self.cast.leigh,
            )
        action = Action.objects.create(
            evaluation=row, recommendation=self.late, text=SENTENCE, owner=self.owner
        )
        earlier = self.late.updates.last()
        self.noted = builders.progress_update(
            self.late, note=SENTENCE, action=action, corrects=earlier, owner=self.owner
        )
        builders.evidence(self.noted, name=f"{LONG_WORD}.txt")
        self.barrier = self.strand.findings.filter(kind=Kind.BARRIER, status=FindingStatus.READY).first()
        RecommendationBarrier.objects.create(evaluation=row, recommendation=self.late, finding=self.barrier)
        words = builders.quotation(row, text="Tell us who decides.", source=self.report)
        RecommendationQuotation.objects.create(evaluation=row, recommendation=self.late, quotation=words)

    def _owner_links(self):
        """Private links of a team with actions, one late and one done, and of one without."""
        row, today = self.practice, timezone.localdate()
        self.team = Owner.objects.create(evaluation=row, name=f"Family hubs, {LONG_WORD}", email="hubs@a.org")
        self.idle = Owner.objects.create(evaluation=row, name="The board", wants_reminders=False)
        late = {"original_due": today - timedelta(days=9), "due": today - timedelta(days=9)}
        self.step = builders.action(self.late, owner=self.team, text=f"{SENTENCE} {LONG_WORD}", **late)
        builders.action(self.late, owner=self.team, text=SENTENCE)
        self.done = builders.action(self.late, owner=self.team, text=f"Done. {SENTENCE}", status="completed")
        self.gone = builders.action(self.late, text=f"{SENTENCE} {LONG_WORD}", removed_at=timezone.now())
        links = [make_owner_link(owner=owner, by=self.cast.leigh) for owner in (self.team, self.idle)]
        self.team_link, self.idle_link = (f"/o/{token}/" for _, token in links)

    def _imports(self):
        row, evelyn = self.practice, self.cast.evelyn
        self.table = builders.import_job(row, by=evelyn)
        wrong = builders.TABLE + f"Plumbing,Maybe,{LONG_WORD},{SENTENCE}\n".encode()
        self.wrong_table = builders.import_job(row, wrong, by=evelyn)
        self.jobs = {
            state: builders.import_job(
                row, by=evelyn, state=state, seen_at=timezone.now() - timedelta(minutes=1), result=result
            )
            for state, result in (
                ("waiting", {}),
                ("done", {"made": [["findings", 12], ["quotations", 3]], "already": 2}),
                ("failed", {"message": "2 rows cannot be brought in. Nothing was imported."}),
            )
        }
        parts = f"# Power dynamics\n{SENTENCE}\n# {LONG_WORD}\n{SENTENCE}\n"
        self.transcript = builders.transcript_job(self.interview, parts.encode())

    def _published(self):
        """A report with things to resolve and one accepted; two versions of 2023, the first one amended."""
        row, evelyn = self.practice, self.cast.evelyn
        builders.section(row, "acknowledgements", text="Thanks to somebody. Three of a health trust came.")
        prose = f"{SENTENCE}\n\n## In short\n\n- **One**\n- *Two*\n\n> {SENTENCE}"
        self.section = builders.section(row, "method", heading=f"How, {LONG_WORD}", text=prose)
        self.called = Report.objects.create(evaluation=row, has_coreq=True, coreq={"4": SENTENCE})
        member = as_member(evelyn, row)
        check = read_check(member, read_publication(member, 1).values())
        self.asked, accepted, *_ = [
            entry.subject for part in check.parts for entry in part.open if entry.subject
        ]
        reason = {"reason": SENTENCE, "by": evelyn}
        self.accepted = builders.acceptance(row, accepted, accepted_as="passage", **reason)
        for number, amended_on in ((1, date(2026, 11, 3)), (2, None)):
            documents = read_publication(as_member(evelyn, self.legacy), number)
            data = {kind.value: as_data(document) for kind, document in documents.items()}
            fields = {"note": SENTENCE, "by": evelyn, "amended_on": amended_on, "documents": data}
            version = builders.published_version(self.legacy, title=documents["report"].title, **fields)
        for format in ("docx", "pdf", "html"):
            builders.report_file(self.legacy, version=version, format=format, name=f"report.{format}")
        waits = {"seen_at": timezone.now(), "by": evelyn, "evaluation": row}
        order = {"document": "report", "format": "pdf"}
        failed = {
            "message": "The check found something that has to be resolved first. Nothing was published."
        }
        running = {"state": "running", "step": "Making the files", "done": 2, "total": 6}
        self.report_jobs = {
            "draft made": Job.objects.create(kind="export", state="done", order=order, **waits),
            "publishing": Job.objects.create(kind="publish", **running, **waits),
            "published": Job.objects.create(kind="publish", state="done", result={"version": 2}, **waits),
            "not published": Job.objects.create(kind="publish", state="failed", result=failed, **waits),
        }
        builders.report_file(row, job=self.report_jobs["draft made"], name=f"{LONG_WORD}.docx")

    def _invitations(self):
        fields = {"evaluation": self.practice, "role": Role.REVIEWER, "by": self.cast.evelyn}
        _, self.token = invite(email="somebody@example.org", **fields)
        revoked, _ = invite(email="", **fields)
        revoked.revoked_at = timezone.now()
        revoked.save()

    def _vote(self):
        """A workshop on two strands, with a vote that phones can take part in."""
        workshop = builders.workshop(self.strand, self.third, title=SENTENCE, shows_quotations=True)
        self.vote = builders.round(workshop, kind=Kind.ACHIEVEMENT, question=SENTENCE)
        builders.quotation(
            self.practice, evidence_for=self.achievement, text=f"{SENTENCE} {LONG_WORD}", source=self.report
        )
        builders.finding(self.third, kind=Kind.ACHIEVEMENT, condition=Condition.POWER, text=SENTENCE)
        self._workshops()

    def _workshops(self):
        """What the room said so far; a workshop before its first vote, one to come, one that closed."""
        for number, name in enumerate(("Ama", LONG_WORD[:40], "")):
            person = builders.phone(self.vote.workshop, name=name)
            builders.weighing(self.vote, self.achievement, phone_=person, dots=number, note=SENTENCE)
        self.opened = builders.workshop(self.strand, title=f"Before the first vote, {LONG_WORD}")
        self.to_come = builders.workshop(self.other, opened_at=None)
        builders.workshop(self.other, opened_at=None, removed_at=timezone.now())
        self.over = builders.workshop(self.strand, self.third, closed_at=timezone.now())
        vote = builders.round(
            self.over, closed_at=timezone.now(), shows_totals=True, question=SENTENCE, joined=9, started=7
        )
        builders.weighing(vote, self.barrier, dots=3, note=SENTENCE)
        for number, finding in enumerate(Finding.objects.filter(strand=self.strand)[:9]):
            builders.result(vote, finding, dots=number, people=number, confirm=1, challenge=2)

    def _second_codings(self):
        row, orla = self.practice, person("orla")
        builders.member(row, orla, Role.EVALUATOR)
        mine, theirs, done = (
            builders.answer(
                builders.interview(row, code=code), condition="power", text=f"{SENTENCE}\n\nAnd {LONG_WORD}"
            )
            for code in ("I91", "I92", "I93")
        )
        key = {"evaluation": row, "opened_by": orla}
        self.blind = CodingRound.objects.create(interview=mine.interview, second=self.cast.evelyn, **key)
        CodingRound.objects.create(interview=theirs.interview, second=orla, **key)
        closed = timezone.now() + timedelta(minutes=1)
        self.compared = CodingRound.objects.create(
            interview=done.interview, second=orla, closed_by=orla, closed_at=closed, **key
        )
        for start, end, kind in ((0, 31, "barrier"), (12, 70, "suggestion")):
            code = {"kind": kind, "condition": "power", "start": start, "end": end, "text_version": 1}
            BlindCode.objects.create(evaluation=row, round=self.blind, answer=mine, **code)
            BlindCode.objects.create(evaluation=row, round=self.compared, answer=done, **code)
        builders.quotation(
            row,
            text=SENTENCE[:31],
            answer=done,
            start=0,
            end=31,
            passage="in_place",
            kind="barrier",
            condition="power",
        )
        decided = [("barrier", True, True), ("suggestion", False, True), ("achievement", True, False)]
        for kind, first, second in decided:
            unit = CodingUnit.objects.create(
                evaluation=row,
                round=self.compared,
                answer=done,
                condition="power",
                kind=kind,
                first=first,
                second=second,
            )
            if kind == "suggestion":
                self.unit = unit
        decision = {"settled": "not_coded", "note": SENTENCE}
        CodingUnit.objects.filter(pk=unit.pk).update(
            version=2, settled_by=orla, settled_at=closed, **decision
        )
        for number in (1, 2):
            SettlementVersion.objects.create(evaluation=row, unit=unit, number=number, by=orla, **decision)
