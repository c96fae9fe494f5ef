"""What officers type about leads."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from luzeiro.casework.leads.ranking import Weighing
from luzeiro.casework.officers.models import Officer, Unit

PURPOSES = (
    ("", "–"),
    ("triage", _("Looking through new leads")),
    ("investigation", _("An investigation in hand")),
    ("request", _("Preparing a legal request")),
    ("supervision", _("Supervision")),
    ("operation", _("Preparing an operation")),
)


class PurposeForm(forms.Form):
    """Why: journalled, and read by auditors."""

    purpose = forms.ChoiceField(label=_("Purpose"), choices=PURPOSES)
    reference = forms.CharField(
        label=_("Reference"),
        max_length=120,
        required=False,
        help_text=_("Case or order number, if there is one."),
    )

    def told(self) -> str:
        """Both, as the journal keeps them."""
        parts = (self.cleaned_data["purpose"], self.cleaned_data["reference"])
        return ": ".join(part for part in parts if part)


class AddressForm(PurposeForm):
    address = forms.CharField(label=_("Address"), max_length=45)
    field_order = ("address", "purpose", "reference")


class AssignForm(forms.Form):
    officer = forms.ModelChoiceField(label=_("Officer"), queryset=Officer.objects.none())

    def __init__(self, *args: Any, officer: Officer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)  # Any: Django's own arguments
        field = self.fields["officer"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = Officer.objects.filter(
            unit=officer.unit, is_active=True, grants__role="investigator"
        ).distinct()


class UnitChoiceForm(forms.Form):
    unit = forms.ModelChoiceField(label=_("Unit"), queryset=Unit.objects.all())


class NoteForm(forms.Form):
    text = forms.CharField(
        label=_("Note"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )


class TaskForm(forms.Form):
    text = forms.CharField(label=_("Task"), max_length=200)
    due_on = forms.DateField(
        label=_("Due"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )


class CloseForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=200)


class ViewForm(forms.Form):
    name = forms.CharField(label=_("Name of the view"), max_length=60)
    query = forms.CharField(max_length=500, required=False, widget=forms.HiddenInput)


class ExportForm(PurposeForm):
    query = forms.CharField(max_length=500, required=False, widget=forms.HiddenInput)


class WeightsForm(forms.Form):
    """One field a reason."""

    def __init__(
        self, *args: Any, weighing: Weighing, labels: dict[str, str], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)  # Any: Django's own arguments
        for name, label in labels.items():
            self.fields[name] = forms.FloatField(
                label=label, min_value=0, max_value=100, initial=getattr(weighing, name)
            )
