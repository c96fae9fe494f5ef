"""What officers type about operations."""

from datetime import UTC, datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from luzeiro.casework.leads.access import leads_of
from luzeiro.casework.leads.models import Lead
from luzeiro.casework.officers.models import Officer, Unit
from luzeiro.casework.operations.models import DeviceType, Operation, OutcomeWhat


class ProposeForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=80)
    edition = forms.CharField(label=_("Edition"), max_length=20, required=False)


class InviteForm(forms.Form):
    unit = forms.ModelChoiceField(label=_("Unit"), queryset=Unit.objects.none())

    def __init__(self, *args: Any, operation: Operation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)  # Any: Django's own arguments
        field = self.fields["unit"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = Unit.objects.filter(sample=operation.sample).exclude(
            pk__in=operation.participations.values("unit")
        )


class HourForm(forms.Form):
    """The hour in UTC: one clock."""

    at = forms.DateTimeField(
        label=_("H-hour, UTC"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}),
    )

    def clean_at(self) -> datetime:
        """Whatever zone is in force, the hour is typed in UTC."""
        given: datetime = self.cleaned_data["at"]
        return given.replace(tzinfo=UTC)


class LimitsForm(forms.Form):
    """What is fresh, and what is silence: of the whole operation, for all its units."""

    fresh_days = forms.IntegerField(
        label=_("A target must have been seen within so many days"), min_value=1, max_value=365
    )
    silent_minutes = forms.IntegerField(
        label=_("Alert after so many minutes without news"), min_value=1, max_value=1440
    )


class LeadField(forms.ModelChoiceField):  # type: ignore[type-arg] # not generic at run time
    """Shows a lead by its address and score."""

    def label_from_instance(self, obj: Lead) -> str:
        return f"{obj.address} ({obj.score:.0f})"


class BringForm(forms.Form):
    lead = LeadField(label=_("Lead"), queryset=Lead.objects.none())

    def __init__(self, *args: Any, officer: Officer, operation: Operation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)  # Any: Django's own arguments
        field = self.fields["lead"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = (
            leads_of(officer)
            .filter(unit=officer.unit, state__in=[Lead.State.NEW, Lead.State.WORKED])
            .exclude(pk__in=operation.targets.values("lead"))
        )


class OrderForm(forms.Form):
    order_number = forms.CharField(label=_("Order number"), max_length=60)
    order_expires_on = forms.DateField(
        label=_("Last day on which it may be carried out"),
        widget=forms.DateInput(attrs={"type": "date"}),
    )


class PeopleForm(forms.Form):
    people = forms.CharField(
        label=_("People at risk there"),
        max_length=300,
        required=False,
        help_text=_("Leave it empty if it was looked into and nobody is known to be."),
    )


class OutcomeForm(forms.Form):
    what = forms.ChoiceField(label=_("What"), choices=OutcomeWhat.choices)
    detail = forms.ChoiceField(
        label=_("Type of device"), choices=[("", "–"), *DeviceType.choices], required=False
    )
    count = forms.IntegerField(label=_("How many"), min_value=1, max_value=1_000_000, initial=1)


class CorrectForm(forms.Form):
    count = forms.IntegerField(label=_("How many"), min_value=0, max_value=1_000_000)
    reason = forms.CharField(label=_("Reason"), max_length=200)
