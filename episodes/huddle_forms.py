"""Forms of the huddle: a planned procedure, an action, closing either."""

from typing import Any

from django import forms
from django.db.models import QuerySet

from accounts.models import User
from episodes.models.huddle import Closing
from patients.models import Run
from web.fields import ClinicalDateTimeField
from web.formbase import ClockedForm, OnceForm, offer


class ProcedureForm(ClockedForm, OnceForm):
    """What is to be done, when, and what happens to anticoagulation around it."""

    what = forms.CharField(label="Procedure", max_length=120)
    planned_for = ClinicalDateTimeField(label="Begins")
    anticoagulation_off_at = ClinicalDateTimeField(label="Anticoagulation off at", required=False)
    anticoagulation_on_at = ClinicalDateTimeField(label="On again at", required=False)
    owner = forms.ModelChoiceField(User.objects.none(), label="Who sees to it")
    note = forms.CharField(max_length=300, required=False)

    def __init__(self, *args: Any, people: QuerySet[User], **options: Any) -> None:
        super().__init__(*args, **options)
        offer(self, "owner", people)


class ActionForm(ClockedForm, OnceForm):
    """Who does what until when, perhaps for one patient."""

    text = forms.CharField(label="What is to be done", max_length=300)
    run = forms.ModelChoiceField(
        Run.objects.none(), label="For", required=False, empty_label="The unit"
    )
    owner = forms.ModelChoiceField(User.objects.none(), label="Who")
    due_at = ClinicalDateTimeField(label="By when")

    def __init__(
        self, *args: Any, people: QuerySet[User], runs: QuerySet[Run], **options: Any
    ) -> None:
        super().__init__(*args, **options)
        offer(self, "owner", people)
        offer(self, "run", runs)


class ClosingForm(OnceForm):
    """How it ended."""

    closing = forms.ChoiceField(
        label="It was",
        choices=[(Closing.DONE, "Done"), (Closing.CANCELLED, "Called off")],
        widget=forms.RadioSelect,
        initial=Closing.DONE,
    )
    note = forms.CharField(max_length=300, required=False)
