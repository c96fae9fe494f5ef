"""What officers choose about a report: its language; nothing else is typed."""

from django import forms
from django.utils.translation import gettext_lazy as _


class LanguageForm(forms.Form):
    language = forms.ChoiceField(
        label=_("Language of the report"),
        choices=[("es", "Español"), ("pt", "Português"), ("en", "English")],
    )
