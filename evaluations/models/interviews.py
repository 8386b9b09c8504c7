"""Interviews: facts, who took part, what was asked under each condition, and what was answered."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Length

from evaluations.conditions import CONDITION_CHOICES

from .base import EditableRecord, EvaluationRecord, not_empty, one_of
from .people import Participant, code_validator


class Mode(models.TextChoices):
    """How the conversation was held."""

    IN_PERSON = "in_person", "In person"
    PHONE = "phone", "By phone"
    VIDEO = "video", "By video"


class Setting(models.TextChoices):
    """With how many people the conversation was held."""

    ONE_TO_ONE = "one_to_one", "One-to-one"
    GROUP = "group", "Group"


class InterviewStatus(models.TextChoices):
    """How far the work on an interview is."""

    PLANNED = "planned", "Planned"
    HELD = "held", "Held, writing up"
    WRITTEN_UP = "written_up", "Written up"
    CODED = "coded", "Coded"


class GroupDecision(models.TextChoices):
    """What becomes of the answers of a group, in which others spoke too, when one of them withdraws."""

    DELETE = "delete", "Delete every answer"
    KEEP = "keep", "Keep the answers: their words are out of them"


class ConditionState(models.TextChoices):
    """What happened to a condition in an interview."""

    ASKED = "asked", "Asked"
    NOTHING_SAID = "nothing_said", "Asked, nothing said"
    NOT_ASKED = "not_asked", "Not asked"
    NOT_RECORDED = "not_recorded", "Not recorded"


class Area(models.TextChoices):
    """What a question of the guide is after (the 2023 evaluation's three)."""

    ACTIVITIES = "activities", "Activities to date"
    GAPS = "gaps", "Gaps"
    NEXT_STEPS = "next_steps", "Next steps"


class Interview(EditableRecord):
    """One conversation with one person or a group.

    ``emptied_on`` is the day on which its answers were deleted because a participant withdrew: none can be
    written down in it again.
    """

    code = models.CharField(max_length=12, validators=[code_validator])
    date = models.DateField(null=True, blank=True)
    mode = models.CharField(max_length=20, choices=Mode, blank=True)
    setting = models.CharField(max_length=20, choices=Setting, default=Setting.ONE_TO_ONE)
    interviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    participants = models.ManyToManyField(
        Participant, through="evaluations.InterviewParticipant", related_name="interviews", blank=True
    )
    strands = models.ManyToManyField(
        "evaluations.Strand", through="evaluations.InterviewStrand", related_name="+", blank=True
    )
    status = models.CharField(max_length=20, choices=InterviewStatus, default=InterviewStatus.PLANNED)
    focus_condition = models.CharField("mostly about", max_length=20, choices=CONDITION_CHOICES, blank=True)
    emptied_on = models.DateField(null=True, blank=True, editable=False)

    class Meta:
        ordering = [Length("code"), "code", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["evaluation", "code"], name="interview_code_unique"),
            models.CheckConstraint(condition=Q(code__regex=r"^[A-Z]+[0-9]+$"), name="interview_code_shape"),
            one_of("mode", Mode, name="interview_mode_known", blank=True),
            one_of("setting", Setting, name="interview_setting_known"),
            one_of("status", InterviewStatus, name="interview_status_known"),
            one_of("focus_condition", CONDITION_CHOICES, name="interview_focus_known", blank=True),
            models.CheckConstraint(
                condition=~Q(status=InterviewStatus.CODED) | ~Q(focus_condition=""),
                name="interview_coded_has_focus",
            ),
            models.CheckConstraint(
                condition=Q(status=InterviewStatus.PLANNED) | Q(date__isnull=False),
                name="interview_held_has_date",
            ),
        ]

    def __str__(self):
        return self.code


class InterviewParticipant(EvaluationRecord):
    """A participant who took part in an interview."""

    interview = models.ForeignKey(Interview, on_delete=models.CASCADE, related_name="+")
    participant = models.ForeignKey(Participant, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["evaluation", "interview", "participant"], name="interview_participant_once"
            )
        ]

    def __str__(self):
        return f"{self.interview_id}: {self.participant_id}"


class InterviewStrand(EvaluationRecord):
    """A strand that an interview speaks to."""

    interview = models.ForeignKey(Interview, on_delete=models.CASCADE, related_name="+")
    strand = models.ForeignKey("evaluations.Strand", on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["evaluation", "interview", "strand"], name="interview_strand_once"
            )
        ]

    def __str__(self):
        return f"{self.interview_id}: {self.strand_id}"


class InterviewCondition(EvaluationRecord):
    """Whether a condition was asked about in an interview: always said, never inferred from an empty box."""

    interview = models.ForeignKey(Interview, on_delete=models.CASCADE, related_name="conditions")
    condition = models.CharField(max_length=20, choices=CONDITION_CHOICES)
    state = models.CharField(max_length=20, choices=ConditionState, default=ConditionState.NOT_RECORDED)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["evaluation", "interview", "condition"], name="interview_condition_once"
            ),
            one_of("condition", CONDITION_CHOICES, name="interview_condition_known"),
            one_of("state", ConditionState, name="interview_condition_state_known"),
        ]

    def __str__(self):
        return f"{self.condition}: {self.state}"


class GuideQuestion(EditableRecord):
    """A question of the evaluation's interview guide; one that was taken out can be put back."""

    condition = models.CharField(max_length=20, choices=CONDITION_CHOICES)
    area = models.CharField(max_length=20, choices=Area)
    prompt = models.TextField("question")
    position = models.PositiveIntegerField(default=0)
    removed_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            one_of("condition", CONDITION_CHOICES, name="guide_question_condition_known"),
            one_of("area", Area, name="guide_question_area_known"),
            not_empty("prompt", name="guide_question_has_prompt"),
        ]

    def __str__(self):
        return self.prompt[:60]


class Answer(EditableRecord):
    """What was said to one question of the guide, or freely under one condition (then without question).

    ``prompt`` and ``area`` keep the question as it was asked. Holds a participant's words: no general
    history, only ``AnswerVersion``, which goes with the answer.
    """

    interview = models.ForeignKey(Interview, on_delete=models.CASCADE, related_name="answers")
    condition = models.CharField(max_length=20, choices=CONDITION_CHOICES)
    question = models.ForeignKey(
        GuideQuestion, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    prompt = models.TextField(blank=True)
    area = models.CharField(max_length=20, choices=Area, blank=True)
    text = models.TextField(blank=True)
    strand = models.ForeignKey(
        "evaluations.Strand", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["evaluation", "interview", "question"], name="answer_once_per_question"
            ),
            models.UniqueConstraint(
                fields=["evaluation", "interview", "condition"],
                condition=Q(question__isnull=True, prompt=""),
                name="answer_free_once_per_condition",
            ),
            one_of("condition", CONDITION_CHOICES, name="answer_condition_known"),
            one_of("area", Area, name="answer_area_known", blank=True),
        ]

    def __str__(self):
        return f"Answer {self.pk}"


class AnswerVersion(EvaluationRecord):
    """A text that an answer once had, or that was sent on top of an older version (then ``set_aside``).

    ``page`` names the open page that saved it by itself, ``step`` how many saves that page had sent.
    """

    answer = models.ForeignKey(Answer, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    text = models.TextField(blank=True)
    set_aside = models.BooleanField(default=False)
    page = models.CharField(max_length=40, blank=True)
    step = models.PositiveIntegerField(default=0)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-number", "-pk"]

    def __str__(self):
        return f"Version {self.number} of answer {self.answer_id}"
