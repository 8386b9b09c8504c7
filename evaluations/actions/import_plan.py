"""Comparing the rows of a file with what is there: what is new, what is known, what cannot come in."""

from collections import Counter
from dataclasses import dataclass, field

from django.utils import timezone

from evaluations import ranges
from evaluations.importing.columns import SheetKind, columns_of
from evaluations.importing.rows import same_words
from evaluations.models import (
    Answer,
    Area,
    Attribution,
    ConditionState,
    Consent,
    Finding,
    FindingQuotation,
    FindingStatus,
    Interview,
    InterviewCondition,
    InterviewParticipant,
    InterviewStatus,
    InterviewStrand,
    Lasting,
    Participant,
    Passage,
    Quotation,
    Sector,
    Setting,
)

from .import_known import Doubts, Known
from .interviews import NOT_SPOKEN_OF

# What is written, in order, and what it is called in the record; links and states are not counted.
WRITTEN = {
    Participant: "participants",
    Interview: "interviews",
    InterviewParticipant: "",
    InterviewStrand: "",
    InterviewCondition: "",
    Answer: "answers",
    Finding: "findings",
    Quotation: "quotations",
    FindingQuotation: "",
}


@dataclass
class Plan:
    """What an import does: rows by kind that are new and that are there already, and what is wrong.

    ``made`` counts what is written, by the names of things in the plural.
    """

    new: Counter = field(default_factory=Counter)
    already: Counter = field(default_factory=Counter)
    problems: list = field(default_factory=list)
    made: Counter = field(default_factory=Counter)


class Planner:
    """Goes through the rows once, as ``by`` may bring them in, and keeps what has to be written.

    ``new`` are rows to make by their model, in the order of ``WRITTEN``; ``filled`` are answers that were
    there without words, ``changed_states`` conditions of interviews that were there.
    """

    def __init__(self, evaluation, by):
        self.evaluation, self.known, self.plan = evaluation, Known(evaluation, by), Plan()
        self.today = timezone.localdate()
        self.new = {model: [] for model in WRITTEN}
        self.filled, self.changed_states = [], []
        self.facts = {}  # of new interviews by code, as their rows give them one by one
        self.doubts = Doubts()

    def take(self, rows, tell):
        """Plan every row; return itself."""
        steps = {
            SheetKind.PARTICIPANTS: self._participant,
            SheetKind.INTERVIEWS: self._answer,
            SheetKind.FINDINGS: self._finding,
        }
        for done, row in enumerate(rows, start=1):
            self._take(row, steps[row.kind])
            if tell and done % 100 == 0:
                tell(done, len(rows))
        self._complete_interviews()
        self.plan.made = Counter({label: len(self.new[model]) for model, label in WRITTEN.items() if label})
        self.plan.made["answers"] += len(self.filled)
        self.plan.made = +self.plan.made
        return self

    def _take(self, row, step):
        if not row.is_whole:
            self._doubt(row)
            return
        try:
            is_new = step(row)
        except _Objection as objection:
            self.plan.problems.append(row.problem(*objection.args))
            self._doubt(row)
        except _InDoubt:
            return
        else:
            (self.plan.new if is_new else self.plan.already)[row.kind] += 1

    def _doubt(self, row):
        """Remember what a row with a problem would have brought: what refers to it is no problem itself."""
        code = row.values.get("code")
        if row.kind is SheetKind.PARTICIPANTS and code:
            self.known.participants.setdefault(code, Participant(code=code))
        elif row.kind is SheetKind.INTERVIEWS:
            self.doubts.add(code, row.values.get("participants") or None, row.values.get("text") or None)

    def _add(self, model, **fields):
        row = model(evaluation=self.evaluation, **fields)
        self.new[model].append(row)
        return row

    # --- Participants -------------------------------------------------------------------------------------

    def _participant(self, row):
        if row["consent_on"] and row["consent_on"] > self.today:
            raise _Objection("consent_on", "This date is still to come.")
        here = self.known.participants.get(row["code"])
        if here:
            self._check_present(here, "code")
            self._check_same(
                row, here, ("sector", "organisation", "consent", "attribution", "consent_how", "consent_on")
            )
            return False
        starts = {"sector": Sector.OTHER, "consent": Consent.NOT_RECORDED, "attribution": Attribution.NONE}
        self.known.participants[row["code"]] = self._add(
            Participant, **{name: value or starts.get(name, value) for name, value in row.values.items()}
        )
        return True

    def _check_present(self, person, column):
        if person.withdrawn_on:
            raise _Objection(column, f"{person.code} withdrew. What they said cannot be brought in again.")

    def _check_same(self, row, here, names):
        """Object to a value that differs from what is there; an empty cell says nothing."""
        for name in names:
            if row[name] and row[name] != getattr(here, name):
                label = columns_of(row.kind)[name].label
                raise _Objection(
                    name, f"{row['code']} already has another “{label}”. Nothing is overwritten."
                )

    def _person(self, code, column):
        if code not in self.known.participants:
            raise _Objection(
                column,
                f"There is no participant {code} yet. Add them, or put them into a Participants sheet.",
            )
        person = self.known.participants[code]
        self._check_present(person, column)
        return person

    # --- Interviews ---------------------------------------------------------------------------------------

    def _answer(self, row):
        if row["date"] > self.today:
            raise _Objection("date", "This date is still to come.")
        people = [self._person(code, "participants") for code in dict.fromkeys(row["participants"])]
        strands = self._strands(row)
        made = self._interview(row, people, strands)
        interview = self.known.interviews[row["code"]]
        changes_text, answer = self._text(row)
        changes_state = self._state(row, interview)
        if changes_text or changes_state:
            self._check_open(interview)
        wrote = self._write_text(row, interview, answer) if changes_text else False
        return bool(changes_state and changes_state()) or wrote or made

    def _check_open(self, interview):
        """Object to changing an interview that is being coded blind, or from which somebody withdrew."""
        code = interview.code
        if self.known.is_locked(interview):
            raise _Objection(
                "text", f"{code} is being coded blind. Its text cannot change until that is over."
            )
        people = (self.known.participants[person] for person in self.known.took_part[code])
        if interview.emptied_on or any(person.withdrawn_on for person in people):
            raise _Objection("text", f"Somebody withdrew from {code}. Nothing more can be brought into it.")

    def _strands(self, row):
        if not row["strands"]:
            return []
        whole = self.known.strands.get(same_words(row["strands"]))
        names = (
            [] if whole else [name for name in row["strands"].replace(";", ",").split(",") if name.strip()]
        )
        return [whole] if whole else list(dict.fromkeys(self._strand(name, "strands") for name in names))

    def _strand(self, name, column):
        if strand := self.known.strands.get(same_words(name)):
            return strand
        raise _Objection(column, f"There is no strand “{name.strip()[:60]}” in this evaluation.")

    def _interview(self, row, people, strands):
        """Add the interview unless it is there, or object to facts that differ; say if it is new."""
        code = row["code"]
        given = {"date": row["date"], "mode": row["mode"], "setting": row["setting"]}
        given |= {
            "participants": frozenset(person.code for person in people),
            "strands": frozenset(strand.pk for strand in strands),
        }
        is_new = code not in self.known.interviews
        if is_new:
            status = InterviewStatus.WRITTEN_UP
            self.known.interviews[code] = self._add(Interview, code=code, date=row["date"], status=status)
            self.facts[code] = dict.fromkeys(given)
        facts = self.facts.get(code) or self.known.facts_of(code)
        for name, value in given.items():
            if value and facts[name] != value and (facts[name] or code not in self.facts):
                label = columns_of(row.kind)[name].label
                said = "An earlier row says" if code in self.facts else f"{code} is here already with"
                raise _Objection(name, f"{said} another “{label}”. Nothing is overwritten.")
        if code in self.facts:
            facts |= {name: value for name, value in given.items() if value}
            self.known.took_part[code] = facts["participants"] or frozenset()
        return is_new

    def _complete_interviews(self):
        """Give new interviews the facts that their rows gave together."""
        strands = {strand.pk: strand for strand in self.known.strands.values()}
        for code, facts in self.facts.items():
            interview, people = self.known.interviews[code], facts["participants"] or ()
            interview.mode = facts["mode"] or ""
            interview.setting = facts["setting"] or (Setting.GROUP if len(people) > 1 else Setting.ONE_TO_ONE)
            for person in sorted(people):
                self._add(
                    InterviewParticipant, interview=interview, participant=self.known.participants[person]
                )
            for strand in sorted(facts["strands"] or ()):
                self._add(InterviewStrand, interview=interview, strand=strands[strand])

    def _question(self, row):
        """Return the guide's question that a row answers (or None), and the prompt to keep."""
        own = [question for question in self.known.guide if question.condition == row["condition"]]
        if row["question"]:
            asked = same_words(row["question"])
            return next((q for q in own if same_words(q.prompt) == asked), None), row["question"]
        if row["area"]:
            of_area = [question for question in own if question.area == row["area"]]
            return (of_area[0], of_area[0].prompt) if len(of_area) == 1 else (None, Area(row["area"]).label)
        return None, ""

    def _text(self, row):
        """Return whether a row's words are new here, and the answer that they belong to, if there is one."""
        question, prompt = self._question(row)
        key = (row["code"], row["condition"])
        answer = self.known.answers.get((*key, same_words(prompt)))
        if answer is None and question:
            answer = self.known.answers.get((*key, question.pk))
        if not row["text"] or (answer and answer.text == row["text"]):
            return False, answer
        if answer and answer.text:
            raise _Objection("text", f"{row['code']} already has another text here. Nothing is overwritten.")
        return True, answer

    def _write_text(self, row, interview, answer):
        if answer:
            answer.text = row["text"]
            self.filled.append(answer)
            return True
        question, prompt = self._question(row)
        area = row["area"] or (question.area if question else "")
        answer = self._add(
            Answer,
            interview=interview,
            condition=row["condition"],
            question=question,
            prompt=prompt,
            area=area,
            text=row["text"],
        )
        self.known.answers[row["code"], row["condition"], same_words(prompt)] = answer
        self.known.said.setdefault(row["code"], []).append(answer)
        return True

    def _state(self, row, interview):
        """Return what sets the state of a row's condition, or None when it is as it should be."""
        key = (row["code"], row["condition"])
        here = self.known.states.get(key)
        now = here.state if here else ConditionState.NOT_RECORDED
        wanted = row["state"] or (ConditionState.ASKED if row["text"] else now)
        said = any(a.text and a.condition == row["condition"] for a in self.known.said.get(row["code"], []))
        if wanted == now:
            return None
        if now != ConditionState.NOT_RECORDED or (said and wanted in NOT_SPOKEN_OF):
            label = (
                ConditionState(now).label.lower() if now != ConditionState.NOT_RECORDED else "what was said"
            )
            raise _Objection("state", f"{row['code']} already has “{label}” here. Nothing is overwritten.")
        return lambda: self._set_state(key, here, interview, wanted)

    def _set_state(self, key, here, interview, wanted):
        if here:
            here.state = wanted
            self.changed_states.append(here)
        else:
            self.known.states[key] = self._add(
                InterviewCondition, interview=interview, condition=key[1], state=wanted
            )
        return True

    # --- Findings -----------------------------------------------------------------------------------------

    def _finding(self, row):
        self._check_not_blind(row)
        strand = self._strand(row["strand"], "strand")
        cell = (strand.pk, row["kind"], row["condition"])
        key = (*cell, same_words(row["text"]))
        finding = self.known.findings.get(key)
        if finding and finding.removed_at:
            return False
        evidence = self._evidence(row, finding) if row["quotation"] else None
        if finding is None:
            finding = self.known.findings[key] = self._new_finding(row, strand, cell)
        elif finding.pk is None:
            self._check_agrees(row, finding)
            if evidence is None:
                return False
        if evidence:
            self._attach(finding, strand, *evidence)
        return finding.pk is None or evidence is not None

    def _check_not_blind(self, row):
        """Object before anything is compared, which would tell how others coded the interview."""
        if self.known.is_blind_to(row["interview"]):
            raise _Objection(
                "interview",
                f"You are coding {row['interview']} blind. Bring this in when that is finished.",
            )

    def _new_finding(self, row, strand, cell):
        position, self.known.ends[cell] = self.known.ends[cell], self.known.ends[cell] + 1
        return self._add(
            Finding,
            strand=strand,
            kind=row["kind"],
            condition=row["condition"],
            text=row["text"],
            note=row["note"],
            lasting=row["lasting"] or Lasting.NOT_JUDGED,
            holder=row["holder"],
            status=row["status"] or FindingStatus.DRAFT,
            position=position,
        )

    def _check_agrees(self, row, finding):
        for name in ("note", "lasting", "holder", "status"):
            if row[name] and row[name] != getattr(finding, name):
                raise _Objection(name, "An earlier row of this file says something else of the same finding.")

    def _evidence(self, row, finding):
        """Return ``(quotation or None, fields for a new one)``; None when the finding has it already."""
        interview, speaker = self._who(row)
        if finding and same_words(row["quotation"]) in self.known.links.get(_handle(finding), ()):
            return None
        answer, span, words = self._passage(row) if interview else (None, None, row["quotation"])
        key = (same_words(words), _handle(answer), _handle(speaker))
        fields = {"text": words, "speaker": speaker, "kind": row["kind"], "condition": row["condition"]}
        if answer:
            fields |= {"answer": answer, "start": span[0], "end": span[1], "passage": Passage.IN_PLACE}
        return key, fields

    def _who(self, row):
        """Return the interview in which a quotation was said and who said it; either may be None."""
        code, speaker = row["interview"], row["speaker"] and self._person(row["speaker"], "speaker")
        if not code:
            return None, speaker or None
        if code not in self.known.interviews:
            if code in self.doubts.people:
                raise _InDoubt
            raise _Objection(
                "interview",
                f"There is no interview {code} yet. Import it first, or put its rows in the file.",
            )
        present = self.known.took_part[code]
        if speaker and speaker.code not in present and not self.doubts.may_include(code, speaker.code):
            raise _Objection("speaker", f"{speaker.code} took no part in {code}.")
        if not speaker and len(present) == 1:
            speaker = self._person(next(iter(present)), "interview")
        return self.known.interviews[code], speaker or None

    def _passage(self, row):
        """Return the answer in which a quotation stands, its range, and its words as they stand there."""
        answers = self.known.said.get(row["interview"], [])
        for answer in sorted(answers, key=lambda answer: answer.condition != row["condition"]):
            at = answer.text.find(row["quotation"])
            alike = [] if at >= 0 else ranges.ranges_alike(row["quotation"], answer.text)
            if at >= 0 or alike:
                start, end = (at, at + len(row["quotation"])) if at >= 0 else alike[0]
                return answer, (start, end), answer.text[start:end]
        if self.doubts.may_hold(row["interview"], row["quotation"]):
            raise _InDoubt
        raise _Objection(
            "quotation",
            f"These words do not stand in {row['interview']}, word for word. Correct them, or leave "
            "“Interview” empty.",
        )

    def _attach(self, finding, strand, key, fields):
        quotation = self.known.quotations.get(key)
        if quotation is None:
            quotation = self.known.quotations[key] = self._add(Quotation, strand=strand, **fields)
        words = self.known.links.setdefault(_handle(finding), set())
        self._add(FindingQuotation, finding=finding, quotation=quotation, position=len(words))
        words.add(same_words(quotation.text))


class _Objection(Exception):
    """What is wrong with a row, as the arguments of ``Row.problem``."""


class _InDoubt(Exception):
    """A row that rests on one with a problem: it cannot be judged before that is mended."""


def _handle(row):
    """Return what tells a row apart, saved or not; None for no row."""
    return row and (row.pk or ("new", id(row)))
