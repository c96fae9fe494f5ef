"""What officers type about requests: whom to ask, and what came back; never what is asked about."""

from django import forms
from django.utils.translation import gettext_lazy as _

from luzeiro.casework.paper.phrases import LANGUAGES
from luzeiro.casework.requests.models import Provider, Request
from luzeiro.casework.requests.returns import MOST_BYTES

_NAMES = {"es": "Español", "pt": "Português", "en": "English"}


class DrawForm(forms.Form):
    kind = forms.ChoiceField(label=_("What is asked for"), choices=Request.What.choices)
    language = forms.ChoiceField(
        label=_("Language of the papers"), choices=[(one, _NAMES[one]) for one in LANGUAGES]
    )


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=200)


class ReturnForm(forms.Form):
    answer = forms.FileField(
        label=_("The provider's answer"),
        help_text=_("CSV or JSON, as the request asks for it."),
    )

    def clean_answer(self) -> object:
        """Refuse what is too large before it is read."""
        given = self.cleaned_data["answer"]
        if given.size > MOST_BYTES:
            raise forms.ValidationError(_("The file is too large: send the answer alone."))
        return given


class LineForm(forms.Form):
    """One line of an answer on paper: its echo is typed from the answer, never taken over."""

    reference = forms.CharField(label=_("Reference"), max_length=40)
    line = forms.CharField(label=_("Line"), max_length=6)
    address = forms.CharField(label=_("Address"), max_length=45)
    port = forms.CharField(label=_("Port"), max_length=5)
    at = forms.CharField(
        label=_("Instant, with its offset"),
        max_length=40,
        help_text=_("As the answer has it, for example 2026-03-04T09:00:00-03:00"),
    )
    result = forms.ChoiceField(
        label=_("Result"),
        required=False,
        choices=[("", _("subscriber found")), ("no record", _("no record"))],
    )
    name = forms.CharField(label=_("Name"), max_length=300, required=False)
    document = forms.CharField(label=_("Identity document"), max_length=300, required=False)
    installation_address = forms.CharField(
        label=_("Installation address"), max_length=300, required=False
    )
    billing_address = forms.CharField(label=_("Billing address"), max_length=300, required=False)
    account = forms.CharField(label=_("Account"), max_length=300, required=False)
    service_from = forms.CharField(label=_("Service since"), max_length=40, required=False)
    service_until = forms.CharField(label=_("Service until"), max_length=40, required=False)


class ProviderForm(forms.ModelForm):  # type: ignore[type-arg] # not generic at run time
    """Whom to ask."""

    class Meta:
        model = Provider
        fields = ("asn", "country", "organisation", "contact", "retention_days", "keeps_ports")

    def clean_country(self) -> str:
        """ISO 3166-1 alpha-2, in capitals."""
        country: str = self.cleaned_data["country"].upper()
        if len(country) != 2 or not country.isalpha() or not country.isascii():
            raise forms.ValidationError(_("Two letters, as in ISO 3166-1."))
        return country

    def validate_unique(self) -> None:
        """An ASN that is entered already is verified anew."""
