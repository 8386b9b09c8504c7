"""Rows of interviews in an import: an interview by its code, its answers by their questions."""

from evaluations.importing.columns import columns_of
from evaluations.importing.rows import same_words
from evaluations.models import (
    Answer,
    Area,
    ConditionState,
    Interview,
    InterviewCondition,
    InterviewParticipant,
    InterviewStatus,
    InterviewStrand,
    Setting,
)

from .import_draft import Objection
from .interviews import NOT_SPOKEN_OF


class InterviewRows:
    """Takes rows of interviews into a ``Draft``; ``complete`` ends it, as their facts come row by row."""

    def __init__(self, draft):
        self.draft, self.known = draft, draft.known
        self.facts = {}  # of new interviews by code

    def take(self, row):
        """Take a row and say whether it brings something new. Raises Objection."""
        self.draft.check_past(row["date"], "date")
        people = [self.draft.person(code, "participants") for code in dict.fromkeys(row["participants"])]
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
            raise Objection(
                "text", f"{code} is being coded blind. Its text cannot change until that is over."
            )
        people = (self.known.participants[person] for person in self.known.took_part[code])
        if interview.emptied_on or any(person.withdrawn_on for person in people):
            raise Objection("text", f"Somebody withdrew from {code}. Nothing more can be brought into it.")

    def _strands(self, row):
        if not row["strands"]:
            return []
        if whole := self.known.strands.get(same_words(row["strands"])):
            return [whole]
        names = [name for name in row["strands"].replace(";", ",").split(",") if name.strip()]
        return list(dict.fromkeys(self.draft.strand(name, "strands") for name in names))

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
            self.known.interviews[code] = self.draft.add(
                Interview, code=code, date=row["date"], status=status
            )
            self.facts[code] = dict.fromkeys(given)
        facts = self.facts.get(code) or self.known.facts_of(code)
        for name, value in given.items():
            if value and facts[name] != value and (facts[name] or code not in self.facts):
                label = columns_of(row.kind)[name].label
                said = "An earlier row says" if code in self.facts else f"{code} is here already with"
                raise Objection(name, f"{said} another “{label}”. Nothing is overwritten.")
        if code in self.facts:
            facts |= {name: value for name, value in given.items() if value}
            self.known.took_part[code] = facts["participants"] or frozenset()
        return is_new

    def complete(self):
        """Give new interviews the facts that their rows gave together."""
        strands = {strand.pk: strand for strand in self.known.strands.values()}
        for code, facts in self.facts.items():
            interview, people = self.known.interviews[code], facts["participants"] or ()
            interview.mode = facts["mode"] or ""
            interview.setting = facts["setting"] or (Setting.GROUP if len(people) > 1 else Setting.ONE_TO_ONE)
            for person in sorted(people):
                self.draft.add(
                    InterviewParticipant, interview=interview, participant=self.known.participants[person]
                )
            for strand in sorted(facts["strands"] or ()):
                self.draft.add(InterviewStrand, interview=interview, strand=strands[strand])

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
            raise Objection("text", f"{row['code']} already has another text here. Nothing is overwritten.")
        return True, answer

    def _write_text(self, row, interview, answer):
        if answer:
            answer.text = row["text"]
            self.draft.filled.append(answer)
            return True
        question, prompt = self._question(row)
        area = row["area"] or (question.area if question else "")
        answer = self.draft.add(
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
            raise Objection("state", f"{row['code']} already has “{label}” here. Nothing is overwritten.")
        return lambda: self._set_state(key, here, interview, wanted)

    def _set_state(self, key, here, interview, wanted):
        if here:
            here.state = wanted
            self.draft.changed_states.append(here)
        else:
            self.known.states[key] = self.draft.add(
                InterviewCondition, interview=interview, condition=key[1], state=wanted
            )
        return True
