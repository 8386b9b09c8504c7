"""Rows for tests, each with sensible defaults; what matters to a test is named in it.

They write through the models, not the actions, so that a test of an action does not rest on another.
"""

from datetime import date
from itertools import count

from django.utils import timezone

from evaluations.codes import new_code
from evaluations.conditions import Condition, Kind
from evaluations.models import (
    Acceptance,
    Action,
    Ambition,
    AmbitionCondition,
    Answer,
    CellSummary,
    Evaluation,
    EvidenceFile,
    Finding,
    FindingComment,
    FindingQuotation,
    FindingShare,
    FindingStatus,
    GuideQuestion,
    HeldFile,
    Interview,
    InterviewParticipant,
    Job,
    JobKind,
    Membership,
    Participant,
    Phone,
    ProgressUpdate,
    PublishedVersion,
    Quotation,
    Recommendation,
    Reflection,
    ReflectionPoint,
    ReportFile,
    ReportSection,
    Source,
    Strand,
    Weighing,
    Workshop,
    WorkshopResult,
    WorkshopRound,
    WorkshopStrand,
)
from evaluations.report.blocks import Document, as_data

_number = count(1)


def evaluation(**fields):
    """Return an evaluation of a made-up programme."""
    number = next(_number)
    defaults = {"slug": f"evaluation-{number}", "title": f"Evaluation {number}", "programme": "A programme"}
    return Evaluation.objects.create(**defaults | fields)


def member(evaluation, user, role):
    """Make ``user`` a member and return the membership."""
    return Membership.objects.create(evaluation=evaluation, user=user, role=role)


def strand(evaluation, **fields):
    """Return a strand that comes from interviews."""
    number = next(_number)
    defaults = {"slug": f"strand-{number}", "name": f"Strand {number}", "position": number}
    return Strand.objects.create(evaluation=evaluation, **defaults | fields)


def finding(strand, **fields):
    """Return a barrier under policies that is ready to share."""
    number = next(_number)
    defaults = {
        "kind": Kind.BARRIER,
        "condition": Condition.POLICIES,
        "text": f"Finding {number}",
        "status": FindingStatus.READY,
        "position": number,
    }
    return Finding.objects.create(evaluation=strand.evaluation, strand=strand, **defaults | fields)


def share(finding, member, **fields):
    """Return an open share of a finding with a user, for comment."""
    defaults = {"at": timezone.now()} | fields
    return FindingShare.objects.create(
        evaluation=finding.evaluation, finding=finding, member=member, **defaults
    )


def comment(finding, by, **fields):
    """Return what a user said of a finding."""
    defaults = {"at": timezone.now(), "text": f"Comment {next(_number)}"}
    return FindingComment.objects.create(
        evaluation=finding.evaluation, finding=finding, by=by, **defaults | fields
    )


def summary(strand, **fields):
    """Return a signed summary of the barriers under policies, of findings that were others then."""
    defaults = {
        "kind": Kind.BARRIER,
        "condition": Condition.POLICIES,
        "text": "In short",
        "signed_at": timezone.now(),
    }
    return CellSummary.objects.create(evaluation=strand.evaluation, strand=strand, **defaults | fields)


def participant(evaluation, **fields):
    """Return a participant who may be quoted, attributed to nobody."""
    defaults = {"code": f"P{next(_number)}", "consent": "yes", "sector": "health"}
    return Participant.objects.create(evaluation=evaluation, **defaults | fields)


def interview(evaluation, *, participants=(), **fields):
    """Return an interview that was held, with those who took part."""
    defaults = {"code": f"I{next(_number)}", "status": "held", "date": date(2024, 5, 14)}
    row = Interview.objects.create(evaluation=evaluation, **defaults | fields)
    for person in participants:
        InterviewParticipant.objects.create(evaluation=evaluation, interview=row, participant=person)
    return row


def answer(interview, **fields):
    """Return a free answer under policies."""
    defaults = {"condition": Condition.POLICIES, "text": "What was said."}
    return Answer.objects.create(evaluation=interview.evaluation, interview=interview, **defaults | fields)


def question(evaluation, **fields):
    """Return a question of the guide about gaps in who decides."""
    number = next(_number)
    defaults = {
        "condition": Condition.POWER,
        "area": "gaps",
        "prompt": f"Question {number}?",
        "position": number,
    }
    return GuideQuestion.objects.create(evaluation=evaluation, **defaults | fields)


def source(evaluation, **fields):
    """Return a published source."""
    return Source.objects.create(evaluation=evaluation, **{"title": f"Report {next(_number)}"} | fields)


def quotation(evaluation, *, evidence_for=None, **fields):
    """Return a quotation nobody is known to have said; ``evidence_for`` is a finding to attach it to."""
    row = Quotation.objects.create(evaluation=evaluation, **{"text": f"Words {next(_number)}"} | fields)
    if evidence_for:
        FindingQuotation.objects.create(evaluation=evaluation, finding=evidence_for, quotation=row)
    return row


def passage(answer, start, end, **fields):
    """Return a quotation with its place in an answer, coded as a barrier under the answer's condition."""
    place = {"start": start, "end": end, "passage": "in_place", "text": answer.text[start:end]}
    code = {"kind": "barrier", "condition": answer.condition}
    return quotation(answer.evaluation, answer=answer, **place | code | fields)


def recommendation(strand, **fields):
    """Return a recommendation that the evaluators added."""
    number = next(_number)
    defaults = {
        "ref": f"R{number}",
        "condition": Condition.POWER,
        "source": "added",
        "title": f"Recommendation {number}",
    }
    return Recommendation.objects.create(evaluation=strand.evaluation, strand=strand, **defaults | fields)


def action(recommendation, **fields):
    """Return an action of a recommendation, without owner and date."""
    defaults = {"text": f"Action {next(_number)}"}
    return Action.objects.create(
        evaluation=recommendation.evaluation, recommendation=recommendation, **defaults | fields
    )


def progress_update(recommendation, **fields):
    """Return a progress note of a recommendation, by nobody who is still known."""
    defaults = {"date": date(2024, 5, 3), "note": f"Note {next(_number)}"} | fields
    return ProgressUpdate.objects.create(
        evaluation=recommendation.evaluation, recommendation=recommendation, **defaults
    )


def evidence(update, **fields):
    """Return a file of text that shows what a progress note says."""
    content = fields.setdefault("content", b"Made up for this test")
    defaults = {"name": "minutes.txt", "kind": "txt", "size": len(content), "sha256": f"hash {next(_number)}"}
    return EvidenceFile.objects.create(evaluation=update.evaluation, update=update, **defaults | fields)


TABLE = b"Strand,Kind,Condition,Finding\nCoproduction,Barrier,Power dynamics,Made up for this test\n"
TABLE_ORDER = {
    "parts": [{"kind": "findings", "columns": {"strand": 0, "kind": 1, "condition": 2, "text": 3}}]
}


def import_job(evaluation, content=TABLE, *, order=None, **fields):
    """Return a draft of an import with its file: one finding, unless said otherwise."""
    file = HeldFile.objects.create(evaluation=evaluation, name="findings.csv", content=content)
    return Job.objects.create(
        evaluation=evaluation, kind=JobKind.IMPORT, file=file, order=order or TABLE_ORDER, **fields
    )


def transcript_job(interview, content=b"# Power dynamics\nMade up for this test.\n"):
    """Return a draft of bringing a transcript into an interview."""
    return import_job(
        interview.evaluation, content, order={"transcript": interview.pk, "code": interview.code}
    )


def workshop(*strands, **fields):
    """Return a workshop that is open, about these strands of one evaluation."""
    evaluation = strands[0].evaluation
    defaults = {"title": f"Workshop {next(_number)}", "code": new_code(), "opened_at": timezone.now()}
    row = Workshop.objects.create(evaluation=evaluation, **defaults | fields)
    for strand in strands:
        WorkshopStrand.objects.create(evaluation=evaluation, workshop=row, strand=strand)
    return row


def round(workshop, **fields):
    """Return an open round of a workshop: five dots for barriers."""
    defaults = {
        "number": workshop.rounds.count() + 1,
        "question": "What stands in the way?",
        "kind": Kind.BARRIER,
        "opened_at": timezone.now(),
    }
    return WorkshopRound.objects.create(
        evaluation=workshop.evaluation, workshop=workshop, **defaults | fields
    )


def phone(workshop, **fields):
    """Return somebody who joined a workshop, without a name."""
    defaults = {"token_hash": f"hash {next(_number)}"}
    return Phone.objects.create(evaluation=workshop.evaluation, workshop=workshop, **defaults | fields)


def weighing(round, finding, *, phone_=None, **said):
    """Return what a phone, a new one unless given, said of a finding in a round."""
    by = phone_ or phone(round.workshop)
    return Weighing.objects.create(
        evaluation=round.evaluation, round=round, phone=by, finding=finding, **said
    )


def result(round, finding, **figures):
    """Return the frozen result of a round for a finding, as that is now."""
    defaults = {"dots": 0, "people": 0, "confirm": 0, "challenge": 0}
    return WorkshopResult.objects.create(
        evaluation=round.evaluation,
        round=round,
        finding=finding,
        text=finding.text,
        strand=finding.strand,
        condition=finding.condition,
        position=finding.position,
        **defaults | figures,
    )


def ambition(strand, *conditions, **fields):
    """Return an outcome that a strand's plan wants to last, and that needs policies shifted unless told."""
    number = next(_number)
    defaults = {"kind": "outcome", "text": f"Ambition {number}", "position": number}
    row = Ambition.objects.create(evaluation=strand.evaluation, strand=strand, **defaults | fields)
    for condition in conditions or (Condition.POLICIES,):
        AmbitionCondition.objects.create(evaluation=strand.evaluation, ambition=row, condition=condition)
    return row


def acceptance(evaluation, subject, **fields):
    """Return that a gap of the road test is accepted."""
    defaults = {"accepted_as": "gap", "reason": "For later", "at": timezone.now()}
    return Acceptance.objects.create(evaluation=evaluation, subject=subject, **defaults | fields)


def reflection(evaluation, **fields):
    """Return a reflection on what was heard that is ready to share."""
    number = next(_number)
    defaults = {"theme": f"Theme {number}", "status": "ready", "position": number}
    return Reflection.objects.create(evaluation=evaluation, **defaults | fields)


def point(reflection, **fields):
    """Return a point of a reflection."""
    number = next(_number)
    defaults = {"text": f"Point {number}", "position": number}
    return ReflectionPoint.objects.create(
        evaluation=reflection.evaluation, reflection=reflection, **defaults | fields
    )


def section(evaluation, key="introduction", **fields):
    """Return a section of the report that was written."""
    defaults = {"text": "Written by hand.", "is_written": True}
    return ReportSection.objects.create(evaluation=evaluation, key=key, **defaults | fields)


def document(title="A report", *sections):
    """Return a document as a published version holds it."""
    today = timezone.localdate()
    lines = ("Version 1",)
    return as_data(Document(title, "An evaluation", lines, (), "Version 1", today, sections))


def published_version(evaluation, **fields):
    """Return a published version without files that holds no documents."""
    number = PublishedVersion.objects.filter(evaluation=evaluation).count() + 1
    now = timezone.now()
    defaults = {"number": number, "title": "A report", "documents": {}, "published_at": now}
    defaults["published_on"] = timezone.localdate(now)
    return PublishedVersion.objects.create(evaluation=evaluation, **defaults | fields)


def report_file(evaluation, content=b"A file", **fields):
    """Return a file of a report in Word, of the ``version`` or ``job`` in ``fields``."""
    defaults = {"document": "report", "format": "docx", "name": "report.docx", "sha256": "0" * 64}
    return ReportFile.objects.create(
        evaluation=evaluation, content=content, size=len(content), **defaults | fields
    )
