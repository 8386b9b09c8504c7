"""A made-up evaluation of any size over eight strands, the same one every time: ``make(10_000, people)``.

For each ten findings there is an interview with six answers and sixteen quotations with their places in them:
one for each of the ten, five for findings of other interviews, one without a finding. For each hundred
findings there is a recommendation with three barriers, two actions and two notes. Rows are made in bulk, past
the actions that people's work goes through.
"""

from datetime import date, datetime, timedelta
from itertools import count, cycle, islice
from random import Random
from zoneinfo import ZoneInfo

from django.db import connection

from evaluations.conditions import Condition, Kind
from evaluations.models import (
    Action,
    Ambition,
    AmbitionCondition,
    Answer,
    AnswerVersion,
    Area,
    AuditEvent,
    CellSummary,
    Evaluation,
    Finding,
    FindingComment,
    FindingQuotation,
    FindingShare,
    GuideQuestion,
    Interview,
    InterviewCondition,
    InterviewParticipant,
    InterviewStrand,
    Membership,
    Owner,
    Participant,
    ParticipantIdentity,
    ProgressUpdate,
    Quotation,
    Recommendation,
    RecommendationBarrier,
    Reflection,
    ReflectionPoint,
    ReflectionQuotation,
    Sector,
    Source,
    Strand,
)
from evaluations.queries.summaries import basis_of

from .words import WHO, Writer, name_of

BATCH = 2_000
STRANDS = (
    "Coproduction",
    "Father inclusivity",
    "Family mentors",
    "Early language",
    "Nutrition",
    "Workforce",
    "Data sharing",
    "Parent power",
)
# Cells differ in size, as they do in real evaluations: the largest holds six times what the smallest does.
STRAND_SHARES = (3, 2, 2, 2, 1.5, 1.5, 1, 1)
CONDITION_SHARES = (2, 2, 1.5, 1.5, 1, 1)
CONSENTS = ("yes",) * 6 + ("ask_first",) * 2 + ("no", "not_recorded")
ATTRIBUTIONS = ("none", "sector", "sector", "organisation", "named")
TODAY = date(2024, 6, 3)
NOW = datetime(2024, 6, 3, 9, 0, tzinfo=ZoneInfo("Europe/London"))
# What one interview tells of.
FINDINGS, QUOTATIONS = 10, 16


class Maker:
    """Makes one evaluation; ``people`` are the users by role."""

    def __init__(self, size, people):
        self.random, self.size, self.people = Random(size), size, people
        self.writer, self.pick = Writer(self.random), self.random.choice

    def make(self):
        """Make everything and return the evaluation."""
        self.evaluation = Evaluation.objects.create(
            slug=f"made-up-{self.size}",
            title=f"Made up, {self.size:,} findings",
            programme="A made-up programme",
            programme_ends=TODAY + timedelta(days=300),
            is_made_up=True,
        )
        for role, user in self.people.items():
            Membership.objects.create(evaluation=self.evaluation, user=user, role=role)
        self.strands = self.add(
            Strand(slug=name.lower().replace(" ", "-"), name=name, position=place)
            for place, name in enumerate(STRANDS)
        )
        self.guide = self.add(
            GuideQuestion(
                condition=condition, area=area, prompt=f"{area.label}: what about this?", position=n
            )
            for n, (condition, area) in enumerate((c, a) for c in Condition for a in Area)
        )
        self.findings = self.make_findings()
        self.make_interviews()
        self.make_talk()
        self.make_summaries()
        self.make_recommendations()
        self.make_plan()
        self.make_record()
        return self.evaluation

    def add(self, rows):
        """Save rows of one model in bulk and return them."""
        rows = list(rows)
        for row in rows:
            row.evaluation = self.evaluation
        return type(rows[0]).objects.bulk_create(rows, batch_size=BATCH) if rows else rows

    def make_findings(self):
        """Make the findings: most ready, some drafts, a few removed."""
        strands = self.random.choices(self.strands, STRAND_SHARES, k=self.size)
        conditions = self.random.choices(list(Condition), CONDITION_SHARES, k=self.size)
        places = {}
        return self.add(
            self.finding(strand, condition, places)
            for strand, condition in zip(strands, conditions, strict=True)
        )

    def finding(self, strand, condition, places):
        """Return a finding that comes last in its cell; ``places`` counts each cell's."""
        kind = self.pick((Kind.ACHIEVEMENT, Kind.BARRIER))
        place = places[strand, kind, condition] = places.get((strand, kind, condition), -1) + 1
        lasts = kind is Kind.ACHIEVEMENT and self.random.random() < 0.6
        return Finding(
            strand=strand,
            condition=condition,
            kind=kind,
            text=self.writer.finding(),
            note=self.writer.finding() if self.random.random() < 0.2 else "",
            status="draft" if self.random.random() < 0.08 else "ready",
            position=place,
            lasting=self.pick(("embedded", "at_risk", "ends")) if lasts else "not_judged",
            holder=self.pick(WHO) if lasts and self.random.random() < 0.5 else "",
            removed_at=NOW if self.random.random() < 0.01 else None,
        )

    def make_interviews(self):
        """Make participants, interviews, answers and quotations, and link these to the findings."""
        number = max(1, self.size // FINDINGS)
        people = self.make_participants(number)
        interviews = self.add(
            Interview(
                code=f"I{n + 1:02d}",
                date=TODAY - timedelta(days=n % 400),
                mode=self.pick(("in_person", "phone", "video")),
                setting="group" if n % 10 == 9 else "one_to_one",
                interviewer=self.people["evaluator"],
                status="coded",
                focus_condition=self.pick(list(Condition)),
            )
            for n in range(number)
        )
        present = [people[n : n + 3] if n % 10 == 9 else people[n : n + 1] for n in range(number)]
        self.add(
            InterviewParticipant(interview=interview, participant=person)
            for interview, there in zip(interviews, present, strict=True)
            for person in there
        )
        self.add(
            InterviewStrand(interview=interview, strand=strand)
            for interview in interviews
            for strand in self.random.sample(self.strands, 2)
        )
        self.add(
            InterviewCondition(interview=interview, condition=condition, state="asked")
            for interview in interviews
            for condition in Condition
        )
        self.make_answers(interviews, present)

    def make_participants(self, number):
        """Make participants with consent of all kinds, and who they are."""
        people = self.add(
            Participant(
                code=f"P{n + 1:02d}",
                sector=self.pick(Sector.values),
                organisation=self.pick(WHO),
                consent=self.pick(CONSENTS),
                attribution=self.pick(ATTRIBUTIONS),
                withdrawn_on=TODAY if n % 200 == 199 else None,
            )
            for n in range(number)
        )
        self.add(
            ParticipantIdentity(
                participant=person, name=name_of(n), contact=f"{person.code.lower()}@example.org"
            )
            for n, person in enumerate(people)
            if person.withdrawn_on is None
        )
        return people

    def make_answers(self, interviews, present):
        """Make six answers an interview, the quotations in them, and the links to findings."""
        answers, quoted = [], []
        for n, (interview, there) in enumerate(zip(interviews, present, strict=True)):
            told = self.findings[n * FINDINGS : (n + 1) * FINDINGS]
            elsewhere = self.random.choices(self.findings, k=QUOTATIONS - 1 - FINDINGS)
            behind = [*islice(cycle(told), FINDINGS), *elsewhere, None]
            for question in self.guide[:: len(Area)]:
                under = [row for row in behind if (row or told[0]).condition == question.condition]
                words = [self.writer.said() for _ in under]
                text, places = self.writer.answer(words)
                answer = Answer(
                    interview=interview,
                    condition=question.condition,
                    question=question,
                    prompt=question.prompt,
                    area=question.area,
                    text=text,
                )
                answers.append(answer)
                for said, place, finding in zip(words, places, under, strict=True):
                    row = self.quotation(answer, said, place, finding or told[0], there)
                    quoted.append((row, finding))
        self.add(answers)
        self.add(AnswerVersion(answer=row, number=1, text=row.text) for row in answers)
        self.publish([row for row, _ in quoted[:: 20 * QUOTATIONS]])
        self.quotations = self.add(row for row, _ in quoted)
        self.add(
            FindingQuotation(finding=finding, quotation=row, position=n)
            for n, (row, finding) in enumerate(quoted)
            if finding
        )

    def publish(self, quotations):
        """Let these be quotations from a report instead."""
        source = self.add([Source(title="A made-up report", label="Made-up report")])[0]
        for row in quotations:
            row.answer = row.speaker = row.start = row.end = None
            row.agreed_on = row.approved_by = row.approved_on = None
            row.source, row.passage = source, ""

    def quotation(self, answer, said, place, finding, there):
        """Return a quotation of one of those who were ``there``, coded as its finding is."""
        is_approved = self.random.random() < 0.6
        is_group = len(there) > 1
        asks = there[0].consent == "ask_first" and self.random.random() < 0.5
        return Quotation(
            text=said,
            answer=answer,
            start=place[0],
            end=place[1],
            passage="in_place",
            kind=finding.kind,
            condition=finding.condition,
            strand=finding.strand,
            coder=self.people["evaluator"],
            speaker=None if is_group and self.random.random() < 0.5 else self.pick(there),
            agreed_on=TODAY if asks else None,
            approved_by=self.people["evaluator"] if is_approved else None,
            approved_on=TODAY if is_approved else None,
        )

    def make_talk(self):
        """Share every twentieth draft with the reviewer, who comments on two of three."""
        drafts = [row for row in self.findings if row.status == "draft" and row.removed_at is None]
        shared = drafts[::20]
        evaluator, reviewer = self.people["evaluator"], self.people["reviewer"]
        self.add(FindingShare(finding=row, member=reviewer, by=evaluator, at=NOW) for row in shared)
        self.add(
            FindingComment(finding=row, by=reviewer, at=NOW, text=self.writer.finding())
            for row in shared[::3] + shared[1::3]
        )

    def make_summaries(self):
        """Sign two of three cells."""
        cells = [(strand, kind, c) for strand in self.strands for kind in Kind for c in Condition]
        ready = Finding.objects.filter(evaluation=self.evaluation, status="ready", removed_at__isnull=True)
        self.add(
            CellSummary(
                strand=strand,
                kind=kind,
                condition=condition,
                text=f"{self.writer.finding()} {self.writer.finding()}",
                basis=basis_of(ready.filter(strand=strand, kind=kind, condition=condition)),
                signed_by=self.people["evaluator"],
                signed_at=NOW,
            )
            for strand, kind, condition in cells[::3] + cells[1::3]
        )

    def make_recommendations(self):
        """Make recommendations with barriers, owners, actions, notes and histories."""
        owners = self.add(Owner(name=f"{name}, made up") for name in WHO)
        barriers = [row for row in self.findings if row.kind == Kind.BARRIER and row.removed_at is None]
        numbers = count(1)
        recommendations = self.add(
            Recommendation(
                ref=f"R{next(numbers)}",
                strand=barrier.strand,
                condition=barrier.condition,
                source="added" if n % 2 else "committed",
                title=self.writer.title(),
                text=self.writer.finding(),
                response=self.pick(("none", "accepted")) if n % 2 else "none",
                status=self.pick(("not_started", "in_progress", "in_progress", "completed")),
                owner=self.pick([None, *owners]),
                **self.due(),
                priority=self.pick(("high", "medium", "low", "")),
            )
            for n, barrier in enumerate(barriers[: max(10, self.size // 100)])
        )
        self.add(
            RecommendationBarrier(recommendation=row, finding=barrier)
            for row in recommendations
            for barrier in self.random.sample(barriers, 3)
        )
        actions = self.add(
            Action(
                recommendation=row,
                text=self.writer.title(),
                owner=self.pick([None, *owners]),
                **self.due(),
                status=self.pick(("not_started", "in_progress", "completed")),
                position=place,
            )
            for row in recommendations
            for place in range(2)
        )
        self.add(
            ProgressUpdate(recommendation=row, date=TODAY - timedelta(days=days), note=self.writer.finding())
            for row in recommendations
            for days in (9, 40)
        )
        Recommendation.history.bulk_history_create(recommendations, batch_size=BATCH)
        Action.history.bulk_history_create(actions, batch_size=BATCH)

    def due(self):
        """Return a date for four in five."""
        day = TODAY + timedelta(days=self.random.randint(-120, 300))
        return {"due": day, "original_due": day} if self.random.random() < 0.8 else {}

    def make_plan(self):
        """Make the legacy plan and the reflections."""
        ambitions = self.add(
            Ambition(strand=strand, kind=kind, text=self.writer.finding(), position=place)
            for strand in self.strands
            for place, kind in enumerate(("outcome", "asset", "system_change", "system_change"))
        )
        self.add(
            AmbitionCondition(ambition=row, condition=condition)
            for row in ambitions
            for condition in self.random.sample(list(Condition), 2)
        )
        reflections = self.add(
            Reflection(theme=f"What was heard, {n}", status="ready", position=n) for n in range(6)
        )
        points = self.add(
            ReflectionPoint(reflection=row, text=self.writer.finding(), position=n)
            for row in reflections
            for n in range(5)
        )
        self.add(
            ReflectionQuotation(point=row, quotation=quotation)
            for row in points
            for quotation in self.random.sample(self.quotations, 2)
        )

    def make_record(self):
        """Make the record of access: a line for every fifth finding."""
        user = self.people["evaluator"]
        self.add(
            AuditEvent(user=user, verb="approved quotation", subject=f"quotation {row.pk}")
            for row in self.quotations[::7]
        )


def make(size, people):
    """Make an evaluation of ``size`` findings and return it; ``people`` are users by role."""
    return Maker(size, people).make()


def settle():
    """Let the database know how large its tables are, as it does in production a moment after an import."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")
