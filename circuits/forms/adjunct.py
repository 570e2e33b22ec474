"""Forms about adjunct devices."""

from django import forms

from circuits.models import AdjunctKind, Connection
from web.fields import ClinicalDateTimeField
from web.formbase import ClockedForm, OnceForm

CONNECTIONS = [("", "Not on the circuit, or not known"), *Connection.choices[1:]]


class AdjunctForm(ClockedForm, OnceForm):
    """An adjunct device that was started."""

    kind = forms.ChoiceField(choices=[("", "Choose"), *AdjunctKind.choices])
    started_at = ClinicalDateTimeField(
        label="Started at", help_text="Also before flow on, if it was there then"
    )
    connection = forms.ChoiceField(
        label="How it is joined to the circuit", choices=CONNECTIONS, required=False
    )
    model_name = forms.CharField(label="Device or filter", max_length=100, required=False)
    settings = forms.CharField(label="Settings, with their units", max_length=300, required=False)


class AdjunctEndForm(ClockedForm, OnceForm):
    """An adjunct device that stopped."""

    ended_at = ClinicalDateTimeField(label="Stopped at")
    reason = forms.CharField(max_length=200, required=False)


class TaskForm(ClockedForm, OnceForm):
    """A task that was done."""

    done_at = ClinicalDateTimeField(label="Done at")
