"""What an evaluation holds already, as the rows of an import are recognised by it."""

from collections import Counter

from evaluations.importing.rows import same_words
from evaluations.models import (
    Ambition,
    Answer,
    CodingRound,
    Finding,
    FindingQuotation,
    GuideQuestion,
    Interview,
    InterviewCondition,
    InterviewParticipant,
    InterviewStrand,
    Participant,
    Quotation,
    Strand,
)


class Known:
    """What the evaluation holds, by what it is recognised by; the rows of the file are added as they come.

    Of an interview that ``by`` codes blind, nothing that was coded: not even by a row that repeats it.
    """

    def __init__(self, evaluation, by):
        key = {"evaluation": evaluation}
        self.strands = {}
        for strand in Strand.objects.filter(**key, removed_at__isnull=True):
            self.strands |= {same_words(strand.slug): strand, same_words(strand.name): strand}
        self.participants = {row.code: row for row in Participant.objects.filter(**key)}
        self.interviews = {row.code: row for row in Interview.objects.filter(**key)}
        self.guide = list(GuideQuestion.objects.filter(**key))
        rounds = CodingRound.objects.filter(**key, closed_at__isnull=True)
        self.second_coders = dict(rounds.values_list("interview", "second"))
        self.by = by
        codes = {row.pk: row.code for row in self.interviews.values()}
        people = {row.pk: row.code for row in self.participants.values()}
        self.took_part = {code: set() for code in self.interviews}
        for interview, person in InterviewParticipant.objects.filter(**key).values_list(
            "interview", "participant"
        ):
            self.took_part[codes[interview]].add(people[person])
        self.speaks_to = {code: set() for code in self.interviews}
        for interview, strand in InterviewStrand.objects.filter(**key).values_list("interview", "strand"):
            self.speaks_to[codes[interview]].add(strand)
        self.states = {
            (codes[row.interview_id], row.condition): row for row in InterviewCondition.objects.filter(**key)
        }
        self._answers(key, codes)
        self._evidence(key)
        self._plan(evaluation)

    def _answers(self, key, codes):
        self.answers, self.said = {}, {}
        for answer in Answer.objects.filter(**key).order_by("pk"):
            code = codes[answer.interview_id]
            self.answers[code, answer.condition, same_words(answer.prompt)] = answer
            if answer.question_id:
                self.answers[code, answer.condition, answer.question_id] = answer
            self.said.setdefault(code, []).append(answer)

    def is_locked(self, interview):
        """Say whether an interview is being coded blind, which locks its text."""
        return interview.pk in self.second_coders

    def is_blind_to(self, code):
        """Say whether whoever imports is coding an interview blind."""
        interview = self.interviews.get(code)
        return bool(self.by and interview and self.second_coders.get(interview.pk) == self.by.pk)

    def facts_of(self, code):
        """Return the facts of an interview that was there before."""
        row = self.interviews[code]
        return {
            "date": row.date,
            "mode": row.mode,
            "setting": row.setting,
            "participants": frozenset(self.took_part[code]),
            "strands": frozenset(self.speaks_to[code]),
        }

    def _evidence(self, key):
        self.findings, self.ends, self.links, self.quotations = {}, Counter(), {}, {}
        for row in Finding.objects.filter(**key).select_related("merged_into").order_by("pk"):
            cell = (row.strand_id, row.kind, row.condition)
            self.findings[*cell, same_words(row.text)] = row.merged_into or row
            self.ends[cell] = max(self.ends[cell], row.position + 1)
        blind = [row.pk for code, row in self.interviews.items() if self.is_blind_to(code)]
        rows = Quotation.objects.filter(**key, removed_at__isnull=True).exclude(answer__interview__in=blind)
        for row in rows.order_by("pk"):
            self.quotations[same_words(row.text), row.answer_id, row.speaker_id] = row
        words = {row.pk: same_words(row.text) for row in self.quotations.values()}
        for finding, quotation in FindingQuotation.objects.filter(**key).values_list("finding", "quotation"):
            if quotation in words:
                self.links.setdefault(finding, set()).add(words[quotation])

    def _plan(self, evaluation):
        self.headings = evaluation.headings
        self.dimensions = {same_words(name): name for name in evaluation.change_dimensions}
        self.ambitions, self.ambition_ends = {}, Counter()
        for row in Ambition.objects.filter(evaluation=evaluation).order_by("pk"):
            self.ambitions[row.strand_id, same_words(row.text)] = row
            self.ambition_ends[row.strand_id] = max(self.ambition_ends[row.strand_id], row.position + 1)


class Doubts:
    """What rows of interviews that have problems would have brought; None stands for what cannot be read."""

    def __init__(self):
        self.people, self.texts = {}, {}

    def add(self, code, people, text):
        """Remember a row's interview, participants and words."""
        self.people.setdefault(code, []).append(people)
        self.texts.setdefault(code, []).append(text)

    def may_include(self, code, person):
        """Say whether somebody may have taken part in an interview after all."""
        return any(people is None or person in people for people in self.people.get(code, ()))

    def may_hold(self, code, words):
        """Say whether words may stand in an interview after all, or in a row that names none."""
        texts = [*self.texts.get(code, ()), *self.texts.get(None, ())]
        return any(text is None or words in text for text in texts)
