"""One form for every exchange: a part, several, or the whole circuit; and for the old parts."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from django import forms

from circuits.actions.exchange import ExchangeFacts, NewPart
from circuits.forms.circuit import PartForm
from circuits.models import ComponentUse, Fate, PartPhoto, RemovalReason, Urgency
from clinical.complications import ANY_FAULT, BY_CODE, codes_of, is_fault, is_told
from web.fields import ClinicalDateTimeField, MeasureField
from web.formbase import ClockedForm, OnceForm

MOST_SECONDS = 86_400
WHOLE_CIRCUIT = "132"
KEEP, NEW, OUT = "keep", "new", "out"
ANSWERS = [(KEEP, "Stays in"), (NEW, "Replaced"), (OUT, "Out, nothing in its place")]
REASONS = [
    one
    for one in RemovalReason.choices
    if one[0] not in {RemovalReason.END_OF_RUN, RemovalReason.MOVED, RemovalReason.FOUND_ELSEWHERE}
]
CODES = [(code, f"{code} {BY_CODE[code].label}") for code in sorted({*ANY_FAULT, WHOLE_CIRCUIT})]


def photo_field(label: str) -> forms.FileField:
    """Return a field for one photo, taken with the camera where there is one."""
    widget = forms.FileInput(attrs={"accept": "image/jpeg,image/png"})
    return forms.FileField(label=label, required=False, widget=widget)


class SlotForm(PartForm):
    """One part of the circuit in an exchange: what becomes of it, and what takes its place."""

    answer = forms.ChoiceField(
        label="What becomes of it",
        choices=ANSWERS,
        widget=forms.RadioSelect,
        initial=KEEP,
        required=False,
    )
    fate = forms.ChoiceField(label="Where the old part went", choices=Fate.choices, required=False)
    photo = photo_field("Photo of the old part")

    def __init__(self, *args: Any, use: ComponentUse, **options: Any) -> None:
        super().__init__(*args, prefix=f"p{use.pk}", kind=use.kind, **options)
        self.use = use
        self.fields.pop("client_uuid")
        model = self.fields["model"]
        model.required = not self.is_bound or self["answer"].value() == NEW
        model.error_messages["required"] = "Choose the product that was put in."

    @property
    def becomes(self) -> str:
        """What becomes of the part; of one that came in meanwhile nothing was said: it stays."""
        return str(self.cleaned_data["answer"] or KEEP)


class ExchangeForm(ClockedForm, OnceForm):
    """What was exchanged, when and why; a fault asks for its complication."""

    exchanged_at = ClinicalDateTimeField(label="Exchanged at")
    urgency = forms.ChoiceField(choices=Urgency.choices, required=False)
    reason = forms.ChoiceField(choices=[("", "Choose"), *REASONS])
    off_support_s = MeasureField(
        label="Off support",
        unit="s",
        decimals=0,
        min_value=0,
        max_value=MOST_SECONDS,
        required=False,
        help_text="Seconds without flow. Leave it empty if nobody counted.",
    )
    is_whole = forms.BooleanField(
        label="The whole circuit was changed: what stays in moves along to the new one",
        required=False,
    )
    complications = forms.MultipleChoiceField(
        label="Complication",
        choices=CODES,
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text="The registry asks for the one that says why a failed part came out.",
    )
    no_complication_by = forms.CharField(
        label="Said to be no complication by",
        max_length=120,
        required=False,
        help_text="Who said so: a name and a role.",
    )
    is_told_later = forms.BooleanField(
        label="Not decided yet: keep it on the list of what is owed", required=False
    )
    note = forms.CharField(max_length=300, required=False)

    def __init__(
        self,
        *args: Any,
        uses: Iterable[ComponentUse],
        chosen: Collection[int],
        told: Collection[tuple[str, datetime | None]],
        **options: Any,
    ) -> None:
        super().__init__(*args, **options)
        self._told = told
        given = [self.data if self.is_bound else None, self.files if self.is_bound else None]
        self.slots = [
            SlotForm(
                *given, use=use, at=self.at, initial={"answer": NEW if use.pk in chosen else KEEP}
            )
            for use in uses
        ]

    def clean(self) -> dict[str, Any]:
        """Read every part, and ask once for the complication of a fault."""
        data = super().clean() or self.cleaned_data
        if wrong := [slot for slot in self.slots if not slot.is_valid()]:
            names = ", ".join(slot.use.get_kind_display().lower() for slot in wrong)
            raise forms.ValidationError(f"Look at what is marked below: {names}.")
        if all(slot.becomes == KEEP for slot in self.slots):
            raise forms.ValidationError("Say of at least one part that it was replaced or is out.")
        self._ask_for_complication(data)
        return data

    def changes(self) -> list[tuple[ComponentUse, NewPart | None]]:
        """Return what came out, each with what went in."""
        return [
            (slot.use, slot.part() if slot.becomes == NEW else None)
            for slot in self.slots
            if slot.becomes != KEEP
        ]

    def facts(self, next_label: str) -> ExchangeFacts:
        """Return what else was told; `next_label` names the new circuit if there is one."""
        data = self.cleaned_data
        out = [slot for slot in self.slots if slot.becomes != KEEP]
        stays = [slot.use for slot in self.slots if slot.becomes == KEEP]
        circuit_id = out[0].use.circuit_id
        seconds = data["off_support_s"]
        return ExchangeFacts(
            urgency=data["urgency"],
            off_support_s=None if seconds is None else int(seconds),
            fates={slot.use.pk: slot.cleaned_data["fate"] for slot in out},
            complications=tuple(data["complications"]),
            no_complication_by=data["no_complication_by"],
            new_circuit=next_label if data["is_whole"] else "",
            moved=tuple(use for use in stays if data["is_whole"] and use.circuit_id == circuit_id),
        )

    def photos(self) -> list[tuple[ComponentUse, Any]]:
        """Return the photos of parts that came out."""
        return [
            (slot.use, slot.cleaned_data["photo"])
            for slot in self.slots
            if slot.becomes != KEEP and slot.cleaned_data["photo"]
        ]

    def _ask_for_complication(self, data: dict[str, Any]) -> None:
        reason, when = data.get("reason", ""), data.get("exchanged_at")
        if not reason or when is None or not is_fault(reason):
            return
        told = [*self._told, *((code, when) for code in data.get("complications", ()))]
        if data.get("no_complication_by") or data.get("is_told_later"):
            return
        if not is_told(reason, when, told):
            fitting = ", ".join(
                f"{BY_CODE[code].label.lower()} ({code})" for code in sorted(codes_of(reason))
            )
            self.add_error(
                "complications",
                f"With this reason goes one of: {fitting}. Choose it, say who said that it was "
                "none, or leave it for later.",
            )


class OldPartForm(ClockedForm, OnceForm):
    """Where a part went that came out, and a photo of it."""

    fate = forms.ChoiceField(
        label="Where it went", choices=[("", "As it is"), *Fate.choices[1:]], required=False
    )
    kind = forms.ChoiceField(label="What the photo shows", choices=PartPhoto.Kind.choices)
    photo = photo_field("Photo")
