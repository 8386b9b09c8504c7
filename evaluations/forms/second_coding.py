"""Forms for coding an interview blind, and for settling where two coders differ."""

from django import forms

from evaluations.models import CodingUnit, Settlement

from .base import RecordForm, RowField, WaterlineForm
from .coding import PassageForm


class SecondCoderForm(WaterlineForm):
    """Who codes an interview blind. ``evaluators`` are the users to choose from."""

    def __init__(self, *args, evaluators, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["second"] = RowField(
            evaluators,
            label="Second coder",
            widget=forms.RadioSelect,
            name=lambda user: user.get_full_name() or user.get_username(),
            help_text="Somebody who has not looked at the codes of this interview yet.",
            error_messages={"required": "Choose who codes this interview blind."},
        )
        self.fields["second"].choices = self.fields["second"].choices[1:]


class BlindCodeForm(PassageForm):
    """A passage that the second coder codes: what it is, under which condition, for no strand."""

    def __init__(self, *args, answer, **kwargs):
        kwargs.setdefault("initial", {"condition": answer.condition})
        super().__init__(*args, answer=answer, strands=[], auto_id=f"id_{answer.pk}_%s", **kwargs)
        del self.fields["strand"]

    @property
    def passage(self):
        """Return what ``actions.second_coding.code_blind`` takes."""
        names = ("start", "end", "kind", "condition")
        return {name: self.cleaned_data[name] for name in names} | {"answer": self.answer}


class SettleForm(RecordForm):
    """How two coders settle a disagreement."""

    settled = forms.ChoiceField(
        label="What you agreed",
        choices=Settlement,
        widget=forms.RadioSelect,
        error_messages={"required": "Say what you agreed: it is coded, or it is not."},
    )

    class Meta:
        model = CodingUnit
        fields = ["settled", "note"]
        labels = {"note": "Why"}
        widgets = {"note": forms.Textarea(attrs={"rows": 2})}

    def __init__(self, *args, instance, **kwargs):
        super().__init__(*args, instance=instance, auto_id=f"id_{instance.pk}_%s", **kwargs)
