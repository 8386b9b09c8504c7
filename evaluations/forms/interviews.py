"""Forms for interviews: the facts, and what was asked and answered."""

from crispy_forms.layout import Div, Field, Fieldset, Layout
from django import forms
from django.utils import timezone
from django.utils.html import conditional_escape

from evaluations.conditions import Condition
from evaluations.models import Area, ConditionState, Interview, InterviewStatus

from .base import (
    ConditionField,
    DayField,
    RecordForm,
    RowField,
    RowsField,
    VersionField,
    WaterlineForm,
)
from .findings import CONDITION_PICKER

LONGEST_ANSWER = 100_000


class InterviewForm(RecordForm):
    """The facts of an interview.

    ``participants``, ``strands`` and ``evaluators`` are the rows to choose from.
    """

    date = DayField(label="Date", required=False)
    focus_condition = ConditionField(
        label="Mostly about",
        empty="Not decided yet",
        help_text="Needed before an interview is marked coded. It is never counted in figures.",
    )

    class Meta:
        model = Interview
        fields = ["code", "date", "mode", "setting", "interviewer", "status", "focus_condition"]
        help_texts = {"code": "Capital letters and a number, for example I01."}
        error_messages = {"code": {"required": "Give the interview a code, for example I01."}}

    def __init__(self, *args, participants, strands, evaluators, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["interviewer"] = RowField(
            evaluators,
            label="Interviewer",
            required=False,
            empty="Not recorded",
            name=lambda user: user.get_full_name() or user.get_username(),
        )
        self.fields["participants"] = RowsField(
            participants,
            label="Who took part",
            required=False,
            name=lambda person: " · ".join(
                part for part in (person.code, person.get_sector_display(), person.organisation) if part
            ),
        )
        self.fields["strands"] = RowsField(strands, label="Strands it speaks to", required=False)
        self.helper.layout = Layout(
            Fieldset(
                "The conversation",
                Div("code", "date", css_class="pair"),
                Div("mode", "setting", css_class="pair"),
                Div("interviewer", "status", css_class="pair"),
            ),
            Field("participants", template="evaluations/_checkboxes.html"),
            Field("strands", template="evaluations/_checkboxes.html"),
            Field("focus_condition", template=CONDITION_PICKER),
            "version",
        )

    @property
    def people(self):
        """Return who took part and which strands it speaks to, as lists of rows."""
        return {name: self.cleaned_data[name] for name in ("participants", "strands")}

    def clean(self):
        """Check the date of what was held, and that a coded one says what it was about."""
        data = super().clean()
        status, date = data.get("status"), data.get("date")
        held = status and status != InterviewStatus.PLANNED
        if held and "date" not in self.errors and date is None:
            self.add_error("date", "Give the date on which it was held, or leave the status at “Planned”.")
        if held and date and date > timezone.localdate():
            self.add_error("date", "This date is still to come. Correct it, or set the status to “Planned”.")
        if status == InterviewStatus.CODED and not data.get("focus_condition"):
            self.add_error(
                "focus_condition", "Say what the interview was mostly about before marking it coded."
            )
        if data.get("setting") == "one_to_one" and len(data.get("participants") or []) > 1:
            self.add_error(
                "participants", "A one-to-one interview has one participant. Choose one, or “Group”."
            )
        return data


class AnswersForm(WaterlineForm):
    """What was asked under each condition, and what was said.

    ``questions`` are the guide's; a condition without any takes one free answer. ``answers`` are those there
    are. ``sections`` lays the fields out by condition for the page.
    """

    def __init__(self, *args, questions, answers, states, **kwargs):
        super().__init__(*args, **kwargs)
        self.slots = {}
        self.unsettled = {}
        current = {(answer.condition, answer.question_id): answer for answer in answers}
        for condition in Condition:
            self.fields[f"state-{condition}"] = forms.ChoiceField(
                label=f"{condition.label}: in this interview",
                choices=ConditionState,
                widget=forms.RadioSelect,
                initial=states.get(condition, ConditionState.NOT_RECORDED),
            )
            self.fields[f"seen-{condition}"] = forms.Field(
                widget=forms.HiddenInput,
                required=False,
                initial=states.get(condition, ConditionState.NOT_RECORDED),
            )
            own = [question for question in questions if question.condition == condition]
            free = [None] if not own or (condition, None) in current else []
            for question in own + free:
                self._add_answer(condition, question, current.get((condition, question and question.pk)))

    def _add_answer(self, condition, question, answer):
        name = f"answer-{condition}-{question.pk if question else 'free'}"
        label = Area(question.area).label if question else "What was said"
        self.fields[name] = forms.CharField(
            label=f"{condition.label}: {label}",
            help_text=conditional_escape((answer.prompt if answer else question.prompt) if question else ""),
            required=False,
            max_length=LONGEST_ANSWER,
            widget=forms.Textarea(attrs={"rows": 6, "class": "words"}),
            initial=answer.text if answer else "",
        )
        self.fields[f"version-{name}"] = VersionField(initial=answer.version if answer else 0)
        self.slots[name] = (condition, question)

    @property
    def sections(self):
        """Return per condition its state field, the state that was seen, and its answers.

        ``[(condition, (state, seen), [(answer, version, (theirs, mine) or None)])]``
        """
        return [
            (
                condition,
                (self[f"state-{condition}"], self[f"seen-{condition}"]),
                [
                    (self[name], self[f"version-{name}"], self.unsettled.get(name))
                    for name, (own, _) in self.slots.items()
                    if own == condition
                ],
            )
            for condition in Condition
        ]

    def offer(self, unsettled):
        """Show both texts of answers that two people wrote, and start from both, theirs first.

        ``unsettled`` are ``(AnswerSent, current answer)`` pairs.
        """
        for sent, current in unsettled:
            self.unsettled[sent.name] = (current.text, sent.text)
            self.initial[sent.name] = "\n\n".join(filter(None, (current.text, sent.text)))

    @property
    def states(self):
        """Return what was asked where the sender changed it: condition to (seen, sent)."""
        pairs = {
            condition.value: (self.cleaned_data[f"seen-{condition}"], self.cleaned_data[f"state-{condition}"])
            for condition in Condition
        }
        return {condition: pair for condition, pair in pairs.items() if pair[0] != pair[1]}

    @property
    def sent(self):
        """Return the answers as sent: ``[(name, condition, question, text, version seen)]``."""
        return [
            (
                name,
                str(condition),
                question,
                self.cleaned_data[name],
                self.cleaned_data[f"version-{name}"],
            )
            for name, (condition, question) in self.slots.items()
        ]

    def clean(self):
        """Refuse words under a condition that is said not to have been asked about."""
        data = super().clean()
        for name, (condition, _) in self.slots.items():
            state = data.get(f"state-{condition}")
            if data.get(name) and state in (ConditionState.NOT_ASKED, ConditionState.NOTHING_SAID):
                label = ConditionState(state).label.lower()
                self.add_error(
                    f"state-{condition}",
                    f"There is text under {condition.label}, so “{label}” cannot be right. Choose “Asked”.",
                )
        return data
