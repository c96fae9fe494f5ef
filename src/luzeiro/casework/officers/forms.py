"""What officers type at the gate, and administrators and trainers at their pages."""

import re
from datetime import UTC, datetime
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext_lazy as _

from luzeiro.casework.officers.models import LANGUAGES, Course, Officer, Role, Unit

_CODE = re.compile(r"[A-Z]{2}(-[A-Z0-9]{1,3})?")


class SignInForm(forms.Form):
    login = forms.CharField(
        label=_("Login"),
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autofocus": True}),
    )
    password = forms.CharField(
        label=_("Password"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class CodeForm(forms.Form):
    code = forms.CharField(
        label=_("Code"),
        max_length=40,
        help_text=_("Six digits from your authenticator, or a recovery code."),
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "autofocus": True}),
    )


class PasswordForm(forms.Form):
    """A new password, twice."""

    password = forms.CharField(
        label=_("New password"),
        max_length=200,
        strip=False,
        help_text=_("At least 12 characters. A sentence is good."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label=_("The same again"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, officer: Officer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)  # Any: Django's own arguments
        self.officer = officer

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        validate_password(password, self.officer)
        return password

    def clean_again(self) -> str:
        again: str = self.cleaned_data["again"]
        if "password" in self.cleaned_data and again != self.cleaned_data["password"]:
            raise forms.ValidationError(_("The two are not the same."))
        return again


class PasswordChangeForm(PasswordForm):
    """A new password, by whoever knows the one in force."""

    current = forms.CharField(
        label=_("Your password until now"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "autofocus": True}),
    )
    field_order = ("current", "password", "again")


class AgreementForm(forms.Form):
    accepted = forms.BooleanField(label=_("I have read this and accept it."))


class AccountForm(forms.Form):
    language = forms.ChoiceField(label=_("Language"), choices=LANGUAGES)


class UnitForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=120)
    country = forms.RegexField(
        r"^[A-Z]{2}$", label=_("Country"), help_text=_("Two letters (ISO 3166-1), as AR or BR.")
    )
    contact = forms.CharField(
        label=_("Contact"),
        max_length=200,
        help_text=_("What other units are told when an address is claimed by both."),
    )
    time_zone = forms.CharField(
        label=_("Time zone"), max_length=60, help_text=_("As America/Sao_Paulo.")
    )
    codes = forms.CharField(
        label=_("Jurisdiction"),
        max_length=400,
        help_text=_("Countries or regions (ISO 3166-2), separated by spaces: AR, or AR-B AR-C."),
    )

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        if Unit.objects.filter(name=name).exists():
            raise forms.ValidationError(_("There is a unit of this name."))
        return name

    def clean_time_zone(self) -> str:
        zone: str = self.cleaned_data["time_zone"]
        if zone not in available_timezones():
            raise forms.ValidationError(_("No such time zone."))
        return zone

    def clean_codes(self) -> list[str]:
        codes = self.cleaned_data["codes"].upper().replace(",", " ").split()
        wrong = [code for code in codes if not _CODE.fullmatch(code)]
        if wrong:
            raise forms.ValidationError(
                _("%(codes)s: not a code of ISO 3166."), params={"codes": ", ".join(wrong)}
            )
        return list(codes)


class RolesForm(forms.Form):
    roles = forms.MultipleChoiceField(
        label=_("Roles"), choices=Role.choices, widget=forms.CheckboxSelectMultiple
    )
    active = forms.BooleanField(label=_("May sign in"), required=False)

    def clean_roles(self) -> list[Role]:
        return [Role(role) for role in self.cleaned_data["roles"]]


class EnlistForm(RolesForm):
    """A new officer."""

    login = forms.CharField(label=_("Login"), max_length=80)
    name = forms.CharField(label=_("Name"), max_length=120)
    unit = forms.ModelChoiceField(label=_("Unit"), queryset=Unit.objects.all())
    language = forms.ChoiceField(label=_("Language"), choices=LANGUAGES)
    field_order = ("login", "name", "unit", "language", "roles")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)  # Any: Django's own arguments
        del self.fields["active"]


class CourseForm(forms.Form):
    title = forms.CharField(label=_("Title"), max_length=120)
    validity_days = forms.IntegerField(
        label=_("Validity in days"), min_value=1, max_value=1100, initial=365
    )


class SessionForm(forms.Form):
    """A course at one time and place; times are typed in UTC."""

    course = forms.ModelChoiceField(label=_("Course"), queryset=Course.objects.all())
    on = forms.DateField(label=_("Day"), widget=forms.DateInput(attrs={"type": "date"}))
    at = forms.TimeField(label=_("Hour (UTC)"), widget=forms.TimeInput(attrs={"type": "time"}))
    place = forms.CharField(label=_("Place"), max_length=120)

    def starts_at(self) -> datetime:
        return datetime.combine(self.cleaned_data["on"], self.cleaned_data["at"], UTC)


class EnrolForm(forms.Form):
    officer = forms.ModelChoiceField(label=_("Officer"), queryset=Officer.objects.all())


class TokenForm(forms.Form):
    label = forms.CharField(
        label=_("What it is for"), max_length=60, help_text=_("As: nightly report.")
    )
