"""The practice evaluation: made up from beginning to end, so that people can try everything on it.

Its words are in ``fixtures/practice.json``, where a passage is given by its words; where they stand is
looked up here.
"""

import json
from collections import defaultdict
from datetime import date, datetime, time
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils import timezone

from evaluations.models import (
    Action,
    Answer,
    AnswerVersion,
    AuditEvent,
    CellSummary,
    CodingUnit,
    DueDateChange,
    Evaluation,
    Finding,
    FindingQuotation,
    FindingStatus,
    GuideQuestion,
    Interview,
    InterviewCondition,
    InterviewParticipant,
    InterviewStrand,
    Invitation,
    Membership,
    Owner,
    Participant,
    ParticipantIdentity,
    Passage,
    ProgressUpdate,
    Quotation,
    Recommendation,
    RecommendationBarrier,
    RecommendationQuotation,
    Reflection,
    ReflectionPoint,
    ReflectionQuotation,
    Role,
    Strand,
)
from evaluations.signin import SECOND_CODER

from .audit import record
from .errors import NotAllowedNow
from .second_coding import close_second_coding, code_blind, open_second_coding, settle
from .setup import check_may_join

SLUG = "practice"
DATA = Path(settings.BASE_DIR) / "fixtures" / "practice.json"
# What stays when the evaluation is made afresh: who may open it, and what was done with that.
KEPT = (Membership, Invitation, AuditEvent)
# These refuse to let strands and owners go, so they go before everything else.
FIRST_TO_GO = (Action, Recommendation, Reflection, CellSummary, Finding, Quotation, Answer)


def practice_evaluation():
    """Return the practice evaluation, or None. Raises NotAllowedNow when its address is a real one's."""
    evaluation = Evaluation.objects.filter(slug=SLUG).first()
    if evaluation and not evaluation.is_made_up:
        raise NotAllowedNow(f"The evaluation at /e/{SLUG}/ is not made up. Nothing was loaded or changed.")
    return evaluation


@transaction.atomic
def load_practice(*, by, basis_of, replace=False):
    """Make the practice evaluation with ``by`` as its evaluator; return it and whether it was made just now.

    One that is there stays as people left it, unless ``replace``: then it is made afresh, and its members
    stay. ``basis_of`` takes findings and returns their fingerprint, for signed summaries. Raises
    NotAllowedNow when its address is a real evaluation's, for a superuser, and when somebody can sign in
    under the made-up coder's name.
    """
    check_may_join(by)
    evaluation = practice_evaluation()
    is_new = evaluation is None
    if evaluation is None:
        evaluation = Evaluation(slug=SLUG, is_made_up=True)
    elif replace:
        _clear(evaluation)
    if is_new or replace:
        second = _second_coder()
        data = json.loads(DATA.read_text(encoding="utf-8"))
        _write_facts(evaluation, data["evaluation"])
        for user in (by, second):
            join_practice(evaluation=evaluation, user=user, role=Role.EVALUATOR)
        _Writer(evaluation, {"first": by, "second": second}, basis_of).write(data)
        verb = "made practice evaluation" if is_new else "replaced practice evaluation"
        record(by=by, evaluation=evaluation, verb=verb, subject=SLUG)
    else:
        join_practice(evaluation=evaluation, user=by, role=Role.EVALUATOR)
    return evaluation, is_new or replace


def join_practice(*, evaluation, user, role):
    """Make ``user`` a member of the practice evaluation, unless they are one, and return the membership."""
    membership, is_new = Membership.objects.get_or_create(
        evaluation=evaluation, user=user, defaults={"role": role}
    )
    if is_new:
        subject = f"user {user.pk} is {membership.role}"
        record(by=user, evaluation=evaluation, verb="joined practice evaluation", subject=subject)
    return membership


def _second_coder():
    """Return the account that coded second: nobody can sign in with it."""
    user, is_new = get_user_model().objects.get_or_create(
        username=SECOND_CODER,
        defaults={"first_name": "Second coder", "last_name": "(made up)", "is_active": False},
    )
    if is_new:
        user.set_unusable_password()
        user.save()
    if user.is_active:
        raise NotAllowedNow(f"Somebody uses the account {SECOND_CODER}. Make it inactive first.")
    return user


def _write_facts(evaluation, facts):
    for name, value in facts.items():
        setattr(evaluation, name, _dated(name, value))
    evaluation.save()


def _clear(evaluation):
    """Delete everything of the practice evaluation but its members and what was recorded about them."""
    Recommendation.objects.filter(evaluation=evaluation).update(adds_to=None)
    others = [
        model
        for model in apps.get_app_config("evaluations").get_models()
        if hasattr(model, "evaluation") and model not in (*KEPT, *FIRST_TO_GO)
    ]
    for model in (*FIRST_TO_GO, *others):
        model._base_manager.filter(evaluation=evaluation).delete()


class _Writer:
    """Writes the rows of one evaluation and remembers them by their names in the data."""

    def __init__(self, evaluation, coders, basis_of):
        self.evaluation, self.coders, self.basis_of = evaluation, coders, basis_of
        self.strands, self.participants, self.questions, self.interviews = {}, {}, {}, {}
        self.answers, self.quotations, self.findings, self.owners = {}, {}, {}, {}

    def write(self, data):
        """Write everything, what is referred to before what refers to it."""
        self._write_setting(data)
        for row in data["interviews"]:
            self._write_interview(row)
        self._write_findings(data["findings"])
        self._write_recommendations(data["recommendations"])
        for row in data["cell_summaries"]:
            self._write_summary(row)
        for place, row in enumerate(data["reflections"]):
            self._write_reflection(place, row)
        for row in data["rounds"]:
            self._write_round(row)

    def _make(self, model, rows):
        """Make rows of ``model`` at once from dictionaries of fields, and return them."""
        made = [model(evaluation=self.evaluation, **row) for row in rows]
        return model.objects.bulk_create(made)

    def _write_setting(self, data):
        strands = [{**row, "position": place} for place, row in enumerate(data["strands"])]
        self.strands = {row.slug: row for row in self._make(Strand, strands)}
        guide = [{**row, "position": place} for place, row in enumerate(data["guide"])]
        self.questions = {(row.condition, row.area): row for row in self._make(GuideQuestion, guide)}
        self.owners = {row.name: row for row in self._make(Owner, data["owners"])}
        people = data["participants"]
        facts = [_fields(row, "identity") for row in people]
        self.participants = {row.code: row for row in self._make(Participant, facts)}
        self._make(
            ParticipantIdentity,
            [
                {"participant": self.participants[row["code"]], **row["identity"]}
                for row in people
                if "identity" in row
            ],
        )

    def _write_interview(self, row):
        coder = self.coders[row["interviewer"]]
        fields = _fields(row, "interviewer", "participants", "strands", "conditions", "answers")
        (interview,) = self._make(Interview, [fields | {"interviewer": coder}])
        self.interviews[interview.code] = interview
        people = [self.participants[code] for code in row["participants"]]
        links = [{"interview": interview, "participant": person} for person in people]
        self._make(InterviewParticipant, links)
        strands = [self.strands[slug] for slug in row["strands"]]
        self._make(InterviewStrand, [{"interview": interview, "strand": strand} for strand in strands])
        states = row["conditions"].items()
        self._make(
            InterviewCondition, [{"interview": interview, "condition": c, "state": s} for c, s in states]
        )
        speaker = people[0] if len(people) == 1 else None
        self._write_answers(interview, row["answers"], speaker, coder)

    def _write_answers(self, interview, rows, speaker, coder):
        answers = self._make(Answer, [self._answer_fields(interview, row) for row in rows])
        first = [{"answer": answer, "number": 1, "text": answer.text, "by": coder} for answer in answers]
        self._make(AnswerVersion, first)
        passages = [
            (passage, self._quotation_fields(answer, passage, speaker, coder))
            for answer, row in zip(answers, rows, strict=True)
            for passage in row["passages"]
        ]
        quotations = self._make(Quotation, [fields for _, fields in passages])
        for (passage, _), quotation in zip(passages, quotations, strict=True):
            self.quotations[passage["key"]] = quotation
        for answer in answers:
            self.answers[interview.code, answer.condition, answer.area] = answer

    def _answer_fields(self, interview, row):
        question = self.questions[row["condition"], row["area"]]
        return {
            "interview": interview,
            "condition": row["condition"],
            "area": row["area"],
            "question": question,
            "prompt": question.prompt,
            "text": row["text"],
        }

    def _quotation_fields(self, answer, row, speaker, coder):
        start, end = place_of(row["words"], answer.text)
        fields = _fields(row, "key", "words", "strand", "speaker")
        strands = self.strands
        return {
            "condition": answer.condition,
            **fields,
            "answer": answer,
            "text": row["words"],
            "start": start,
            "end": end,
            "passage": Passage.IN_PLACE,
            "strand": strands[row["strand"]],
            "speaker": self.participants[row["speaker"]] if "speaker" in row else speaker,
            "coder": coder,
            "approved_by": self.coders["first"] if "approved_on" in row else None,
        }

    def _write_findings(self, rows):
        filled, fields = defaultdict(int), []
        for row in rows:
            cell = row["strand"], row["kind"], row["condition"]
            own = _fields(row, "key", "evidence", "strand")
            fields.append({**own, "strand": self.strands[row["strand"]], "position": filled[cell]})
            filled[cell] += 1
        for row, finding in zip(rows, self._make(Finding, fields), strict=True):
            self.findings[row["key"]] = finding
            self._link(FindingQuotation, "finding", finding, row["evidence"])

    def _link(self, model, name, record, keys):
        """Link a record, by its field's name, to the quotations with these keys, in their order."""
        quotations = [self.quotations[key] for key in keys]
        self._make(
            model,
            [
                {name: record, "quotation": quotation, "position": place}
                for place, quotation in enumerate(quotations)
            ],
        )

    def _write_recommendations(self, rows):
        made = {}
        beside = ("barriers", "quotations", "actions", "updates", "due_changes")
        for row in rows:
            references = {
                "strand": self.strands[row["strand"]],
                "owner": self.owners.get(row.get("owner")),
                "adds_to": made.get(row.get("adds_to")),
                "responded_by": self.coders["first"] if "responded_on" in row else None,
            }
            (recommendation,) = self._make(Recommendation, [_fields(row, *beside) | references])
            made[recommendation.ref] = recommendation
            self._write_work(recommendation, row)

    def _write_work(self, recommendation, row):
        """Write what a recommendation addresses, what it rests on, and how it moved."""
        own, by = {"recommendation": recommendation}, self.coders["first"]
        barriers = [self.findings[key] for key in row["barriers"]]
        self._make(RecommendationBarrier, [own | {"finding": finding} for finding in barriers])
        self._link(RecommendationQuotation, "recommendation", recommendation, row["quotations"])
        steps = [
            own
            | _fields(step, "owner")
            | {"owner": self.owners.get(step["owner"]), "original_due": _dated("due", step["due"])}
            | {"position": place}
            for place, step in enumerate(row.get("actions", ()))
        ]
        self._make(Action, steps)
        updates = row.get("updates", ())
        self._make(ProgressUpdate, [own | _fields(update) | {"author": by} for update in updates])
        changes = row.get("due_changes", ())
        self._make(DueDateChange, [own | _fields(change) | {"by": by} for change in changes])

    def _write_summary(self, row):
        """Write a signed summary; ``without`` names findings that came under it only afterwards."""
        cell = {"strand": self.strands[row["strand"]], "kind": row["kind"], "condition": row["condition"]}
        later = [self.findings[key].pk for key in row.get("without", ())]
        shown = Finding.objects.filter(evaluation=self.evaluation, status=FindingStatus.READY, **cell)
        basis = self.basis_of(shown.exclude(pk__in=later))
        signed = {"signed_by": self.coders["first"], "signed_at": _noon(row["signed_on"])}
        self._make(CellSummary, [cell | signed | {"text": row["text"], "basis": basis}])

    def _write_reflection(self, place, row):
        fields = {"subject": row["subject"], "theme": row["theme"], "position": place}
        fields["strand"] = self.strands.get(row["strand"])
        (reflection,) = self._make(Reflection, [fields])
        points = [
            {"reflection": reflection, "text": point["text"], "position": at}
            for at, point in enumerate(row["points"])
        ]
        for point, made in zip(row["points"], self._make(ReflectionPoint, points), strict=True):
            self._link(ReflectionQuotation, "point", made, point["quotations"])

    def _write_round(self, row):
        """Open a second coding as people do, and close it and settle what the data says; then date it."""
        second = self.coders[row["second"]]
        (first,) = (user for user in self.coders.values() if user != second)
        interview = self.interviews[row["interview"]]
        coding_round = open_second_coding(interview=interview, second=second, by=first)
        for code in row["codes"]:
            self._code_blind(coding_round, code, second)
        coding_round.opened_at = _noon(row["opened_on"])
        coding_round.save()
        if row.get("closed_on"):
            closed = close_second_coding(coding_round=coding_round, by=first)
            closed.closed_at = _noon(row["closed_on"])
            closed.save()
        for decision in row["settled"]:
            self._settle(coding_round, decision, first)

    def _answer_of(self, coding_round, row):
        return self.answers[coding_round.interview.code, row["answer"]["condition"], row["answer"]["area"]]

    def _code_blind(self, coding_round, row, second):
        answer = self._answer_of(coding_round, row)
        start, end = place_of(row["words"], answer.text)
        passage = {"start": start, "end": end, "kind": row["kind"], "condition": row["condition"]}
        code_blind(coding_round=coding_round, answer=answer, by=second, **passage)

    def _settle(self, coding_round, row, by):
        unit = CodingUnit.objects.get(
            round=coding_round,
            answer=self._answer_of(coding_round, row),
            condition=row["condition"],
            kind=row["kind"],
        )
        unit = settle(unit=unit, version=unit.version, settled=row["settled"], note=row["note"], by=by)
        unit.settled_at = _noon(row["on"])
        unit.save()


def place_of(words, text):
    """Return ``(start, end)`` of words in a text. Raises ValueError unless they stand there exactly once.

    >>> place_of("two", "one two three")
    (4, 7)
    """
    if text.count(words) != 1:
        raise ValueError(f"These words stand {text.count(words)} times in their answer: {words}")
    start = text.index(words)
    return start, start + len(words)


def _fields(row, *left_out):
    """Return a row of the data as fields, without those named; dates as dates."""
    return {name: _dated(name, value) for name, value in row.items() if name not in left_out}


def _dated(name, value):
    is_date = name in DATES and value
    return date.fromisoformat(value) if is_date else value


def _noon(day):
    return timezone.make_aware(datetime.combine(date.fromisoformat(day), time(12)))


DATES = {
    *("agreed_on", "approved_on", "refused_on", "consent_on", "withdrawn_on", "withdrawal_cutoff"),
    *("date", "due", "original_due", "old_due", "new_due", "responded_on", "emptied_on", "programme_ends"),
}
