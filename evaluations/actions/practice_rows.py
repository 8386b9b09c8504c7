"""Writing the rows of the practice evaluation from its data, in which they go by names of their own.

A passage is given by its words; where they stand is looked up here.
"""

from collections import defaultdict
from datetime import date, datetime, time

from django.utils import timezone

from evaluations.models import (
    Action,
    Ambition,
    AmbitionCondition,
    Answer,
    AnswerVersion,
    CellSummary,
    CodingUnit,
    DueDateChange,
    Finding,
    FindingComment,
    FindingOutcome,
    FindingQuotation,
    FindingShare,
    FindingStatus,
    GuideQuestion,
    Interview,
    InterviewCondition,
    InterviewParticipant,
    InterviewStrand,
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
    ReflectionStatus,
    Source,
    Strand,
)

from .second_coding import close_second_coding, code_blind, open_second_coding, settle

DATES = {
    *("agreed_on", "approved_on", "refused_on", "consent_on", "withdrawn_on", "withdrawal_cutoff"),
    *("date", "due", "original_due", "old_due", "new_due", "responded_on", "emptied_on", "programme_ends"),
}


def write_facts(evaluation, facts):
    """Set the fields of the evaluation itself, and save it."""
    for name, value in facts.items():
        setattr(evaluation, name, _dated(name, value))
    evaluation.save()


class Writer:
    """Writes the rows of one evaluation and remembers them by their names in the data.

    ``coders`` are the two who coded, ``first`` and ``second``; ``basis_of`` is as in ``load_practice``.
    """

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
        for place, row in enumerate(data["ambitions"]):
            self._write_ambition(place, row)
        for row in data["rounds"]:
            self._write_round(row)
        for row in data["shares"]:
            self._write_share(row)

    def write_published(self, data):
        """Write a round of which only a report is there: its findings, with quotations printed in it."""
        self._write_strands(data["strands"])
        (report,) = self._make(Source, [data["source"]])
        rows = [{"text": row["text"], "source": report} for row in data["quotations"]]
        for row, quotation in zip(data["quotations"], self._make(Quotation, rows), strict=True):
            self.quotations[row["key"]] = quotation
        self._write_findings(data["findings"])

    def write_outcomes(self, rows, earlier):
        """Write what became of the round before, which the ``Writer`` called ``earlier`` wrote."""
        said = [
            {
                "earlier": earlier.findings[row["earlier"]],
                "outcome": row["outcome"],
                "later": self.findings.get(key),
                "by": self.coders["first"],
            }
            for row in rows
            for key in row["later"] or [None]
        ]
        self._make(FindingOutcome, said)

    def _make(self, model, rows):
        """Make rows of ``model`` at once from dictionaries of fields, and return them."""
        made = [model(evaluation=self.evaluation, **row) for row in rows]
        return model.objects.bulk_create(made)

    def _write_strands(self, rows):
        strands = [{**row, "position": place} for place, row in enumerate(rows)]
        self.strands = {row.slug: row for row in self._make(Strand, strands)}

    def _write_setting(self, data):
        self._write_strands(data["strands"])
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
        fields["status"] = ReflectionStatus.READY
        fields["strand"] = self.strands.get(row["strand"])
        (reflection,) = self._make(Reflection, [fields])
        points = [
            {"reflection": reflection, "text": point["text"], "position": at}
            for at, point in enumerate(row["points"])
        ]
        for point, made in zip(row["points"], self._make(ReflectionPoint, points), strict=True):
            self._link(ReflectionQuotation, "point", made, point["quotations"])

    def _write_ambition(self, place, row):
        fields = {**_fields(row, "conditions"), "strand": self.strands[row["strand"]], "position": place}
        (ambition,) = self._make(Ambition, [fields])
        needed = [{"ambition": ambition, "condition": condition} for condition in row["conditions"]]
        self._make(AmbitionCondition, needed)

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

    def _write_share(self, row):
        """Share a draft with the second coder for comment, with what both said of it."""
        finding = self.findings[row["finding"]]
        asked = {"member": self.coders["second"], "by": self.coders["first"], "question": row["question"]}
        self._make(FindingShare, [{**asked, "finding": finding, "at": _noon(row["shared_on"])}])
        said = [
            {"finding": finding, "by": self.coders[item["by"]], "at": _noon(item["on"]), "text": item["text"]}
            for item in row["comments"]
        ]
        self._make(FindingComment, said)

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
