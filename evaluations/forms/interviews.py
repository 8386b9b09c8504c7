"""Forms for interviews: the facts, and what was asked and answered."""

from dataclasses import dataclass

from crispy_forms.layout import Div, Field, Fieldset, Layout
from django import forms
from django.utils import timezone

from evaluations.models import Area, ConditionState, Interview, InterviewStatus
from evaluations.text import LONGEST_ANSWER

from .base import (
    ConditionField,
    DayField,
    RecordForm,
    RowField,
    RowsField,
    VersionField,
    WaterlineForm,
)
from .codes import rows_field
from .conflicts import KEEP_BOTH, both
from .findings import CONDITION_PICKER

IN_FORM = {"form": "answers"}  # fields that stand outside their form's element, beside forms of their own
LOST = "This question was taken out of the guide meanwhile. Move your words into another answer."
TOO_LONG = (
    f"Both texts together are longer than an answer can be, which is {LONGEST_ANSWER:,} characters. "
    "Keep one of them: the other stays under “Earlier versions”."
)


class InterviewForm(RecordForm):
    """The facts of an interview.

    ``participants`` (a queryset), ``strands`` and ``evaluators`` are the rows to choose from.
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
        error_messages = {
            "code": {
                "required": "Give the interview a code, for example I01.",
                "invalid": "Use capital letters and then a number, for example I01.",
            }
        }

    def __init__(self, *args, participants, strands, evaluators, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["interviewer"] = RowField(
            evaluators,
            label="Interviewer",
            required=False,
            empty="Not recorded",
            name=lambda user: user.get_full_name() or user.get_username(),
        )
        self.fields["participants"] = rows_field(
            participants,
            code="code",
            what="participant",
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
            Field("participants", **_boxes(self.fields["participants"])),
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


def _boxes(field):
    """Return how a field is drawn: as boxes to tick, or as any text."""
    return {"template": "evaluations/_checkboxes.html"} if isinstance(field, RowsField) else {}


class VersionForm(WaterlineForm):
    """The version that was on screen when a button was pressed."""

    version = VersionField()


class MarkForm(VersionForm):
    """How far the work on an interview is, by the button that was pressed, and what it was mostly about."""

    focus_condition = ConditionField(
        label="Mostly about", empty="Not decided yet", help_text="Never counted in figures."
    )
    status = forms.ChoiceField(choices=InterviewStatus, required=False)

    def sent(self, interview):
        """Return what to save, as ``mark_interview`` takes it; without a button the status stays."""
        data = self.cleaned_data
        return {
            "version": data["version"],
            "status": data["status"] or interview.status,
            "focus_condition": data["focus_condition"],
        }


@dataclass(frozen=True)
class AnswerBox:
    """One answer on the page: its fields, the question as it was asked, the row if there is one.

    ``conflict`` is None, or what is shown when somebody else saved the answer meanwhile.
    """

    field: object
    version: object
    strand: object
    seen_strand: object
    label: str
    prompt: str
    answer: object
    conflict: object

    @property
    def name(self):
        """Return the name of the field with the text."""
        return self.field.html_name

    @property
    def words(self):
        """Return how many words the saved answer has."""
        return len(self.answer.text.split()) if self.answer else 0


@dataclass(frozen=True)
class Slot:
    """A place for an answer: to a question, free under the condition, or to a question since taken out."""

    question: object
    answer: object

    @property
    def has_lost_its_question(self):
        """Say whether the question was taken out of the guide since it was answered."""
        return bool(self.question is None and self.answer and self.answer.prompt)

    @property
    def name(self):
        """Return what tells this place from others of the condition."""
        if self.has_lost_its_question:
            return f"kept{self.answer.pk}"
        return str(self.question.pk) if self.question else "free"

    @property
    def label(self):
        """Return the area that the question is after, as it was when it was asked."""
        source = self.answer if self.answer and self.answer.area else self.question
        return Area(source.area).label if source and source.area else "What was said"

    @property
    def prompt(self):
        """Return the question as it was asked; nothing for a free answer."""
        return self.answer.prompt if self.answer else self.question.prompt if self.question else ""


class AnswersForm(WaterlineForm):
    """Whether one condition was asked about, and what was said. What is not sent stays as it is.

    ``questions`` are the guide's; a condition without any takes one free answer. ``answers`` are those there
    are, ``state`` is what happened to the condition, ``strands`` those to choose from for an answer.
    ``undecided`` holds what was sent where both texts were to be kept and are too long together, by field.
    """

    def __init__(self, *args, condition, questions, answers, state, strands=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.condition, self.strands = condition, strands
        self.slots, self.conflicts, self.undecided = {}, {}, {}
        self.fields[f"state-{condition}"] = forms.ChoiceField(
            label="In this interview",
            choices=ConditionState,
            widget=forms.RadioSelect,
            required=False,
            initial=state,
        )
        self.fields[f"seen-{condition}"] = forms.Field(
            widget=forms.HiddenInput, required=False, initial=state
        )
        self.fields["page"] = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)
        self.fields["step"] = VersionField()
        for slot in _slots(condition, questions, answers):
            self._add(f"answer-{condition}-{slot.name}", slot)
        self.lost = self._lost()
        for name in self.lost:
            self._add(name, Slot(None, None))

    def _add(self, name, slot):
        strand = slot.answer.strand if slot.answer else None
        self.slots[name] = slot
        self.fields[name] = forms.CharField(
            label=slot.label,
            required=False,
            max_length=LONGEST_ANSWER,
            widget=forms.Textarea(attrs=_writing(name, slot)),
            initial=slot.answer.text if slot.answer else "",
        )
        self.fields[f"version-{name}"] = VersionField(
            initial=slot.answer.version if slot.answer else 0, widget=forms.HiddenInput(attrs=IN_FORM)
        )
        if len(self.strands) > 1:
            choices = {"empty": "Any of its strands", "required": False}
            self.fields[f"strand-{name}"] = RowField(
                self.strands,
                label="Strand",
                widget=forms.Select(attrs=IN_FORM),
                initial=strand and strand.pk,
                **choices,
            )
            self.fields[f"seen-strand-{name}"] = RowField(
                self.strands,
                widget=forms.HiddenInput(attrs=IN_FORM),
                initial=strand and strand.pk,
                **choices,
            )

    def _lost(self):
        """Return the fields with words for a question that somebody took out of the guide meanwhile."""
        prefix = f"answer-{self.condition}-"
        sent = [name for name in self.data if name.startswith(prefix) and name not in self.slots]
        return [name for name in sent if self.data[name].strip()]

    def clean(self):
        """Refuse words for a question that is no longer there, and two texts too long for one answer."""
        data = super().clean()
        for name in self.lost:
            self.add_error(name, LOST)
        self.undecided = self._too_long_together()
        for name in self.undecided:
            self.add_error(name, TOO_LONG)
        return data

    @property
    def understood(self):
        """Return the names of the fields that were sent and are this form's: texts, and the state."""
        return [name for name in (*self.slots, f"state-{self.condition}") if name in self.data]

    def _too_long_together(self):
        data = self.cleaned_data
        sent = [name for name in self.slots if isinstance(data.get(name), str)]
        joined = {name: self._both(name) for name in sent if self._keeps_both(name)}
        return {name: data[name] for name, text in joined.items() if len(text) > LONGEST_ANSWER}

    @property
    def state(self):
        """Return the field with what happened to the condition."""
        return self[f"state-{self.condition}"]

    @property
    def seen_state(self):
        """Return the hidden field with the state that was on screen."""
        return self[f"seen-{self.condition}"]

    @property
    def boxes(self):
        """Return the answers in the order of the page, as ``AnswerBox`` objects."""
        return [
            AnswerBox(
                field=self[name],
                version=self[f"version-{name}"],
                strand=self[f"strand-{name}"] if f"strand-{name}" in self.fields else None,
                seen_strand=self[f"seen-strand-{name}"] if f"strand-{name}" in self.fields else None,
                label=slot.label,
                prompt=slot.prompt,
                answer=slot.answer,
                conflict=self.conflicts.get(name),
            )
            for name, slot in self.slots.items()
        ]

    @property
    def states(self):
        """Return what was asked where the sender changed it: condition to (seen, sent)."""
        seen = self.cleaned_data[f"seen-{self.condition}"]
        sent = self.cleaned_data[f"state-{self.condition}"]
        return {self.condition: (seen, sent)} if sent and sent != seen else {}

    @property
    def sent(self):
        """Return the answers as sent, as keyword arguments of ``actions.interviews.AnswerSent``."""
        return [self._sent(name, slot) for name, slot in self.slots.items() if name in self.data]

    def _sent(self, name, slot):
        data, keep = self.cleaned_data, self.data.get(f"keep-{name}", "")
        decided = keep in ("mine", KEEP_BOTH) and self._has_seen_theirs(name)
        text = self._both(name) if self._keeps_both(name) else data[name]
        return {
            "name": name,
            "condition": str(self.condition),
            "question": slot.question,
            "text": text,
            "version": slot.answer.version if decided and slot.answer else data[f"version-{name}"],
            "without_question": slot.answer.pk if slot.has_lost_its_question else None,
            "strand": (data[f"seen-strand-{name}"], data[f"strand-{name}"])
            if f"strand-{name}" in self.data
            else None,
            "give_way": keep == "theirs",
            "page": data["page"],
            "step": data["step"],
        }

    def _has_seen_theirs(self, name):
        answer = self.slots[name].answer
        return self.data.get(f"current-{name}") == str(answer.version if answer else 0)

    def _keeps_both(self, name):
        return self.data.get(f"keep-{name}") == KEEP_BOTH and self._has_seen_theirs(name)

    def _both(self, name):
        answer = self.slots[name].answer
        return both(answer.text if answer else "", self.cleaned_data[name])


def _writing(name, slot):
    """Return the attributes of the box for an answer, described by its question."""
    described = {"aria-describedby": f"prompt-{name}"} if slot.prompt else {}
    return IN_FORM | described | {"rows": 6, "class": "words", "autocomplete": "off"}


def _slots(condition, questions, answers):
    """Return the places for answers under a condition: the guide's in its order, then what else was said."""
    own = [answer for answer in answers if answer.condition == condition]
    elsewhere = {answer.question_id for answer in answers if answer.condition != condition}
    asked = {answer.question_id: answer for answer in own if answer.question_id}
    guide = [
        Slot(question, asked.pop(question.pk, None))
        for question in questions
        if question.condition == condition and question.pk not in elsewhere
    ]
    moved = [Slot(answer.question, answer) for answer in asked.values()]
    rest = [Slot(None, answer) for answer in own if answer.question_id is None]
    has_place = guide or any(not slot.has_lost_its_question for slot in rest)
    return guide + moved + rest + ([] if has_place else [Slot(None, None)])
