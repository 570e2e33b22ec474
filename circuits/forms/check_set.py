"""Editing what checks ask for: one layer, and the units and owners of values."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.text import slugify

from circuits.models import CheckKind
from circuits.set_editing import NEED_WORDS
from clinical.age import AgeGroup
from clinical.checkset import ASKABLE, GROUPS, KINDS, MODES, Sets
from clinical.inspection import ITEMS
from clinical.measures import MEASURES
from clinical.units import WRITTEN
from patients.models import Mode
from web.fields import ClinicalDateTimeField
from web.formbase import ClockedForm, OnceForm


def _many(label: str, choices: Any, help_text: str = "") -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=label,
        choices=choices,
        required=False,
        help_text=help_text,
        widget=forms.CheckboxSelectMultiple,
    )


class LayerForm(OnceForm):
    """One layer: for which checks, and what it adds to them."""

    label = forms.CharField(label="Name of the layer", max_length=80)
    kinds = _many("Kinds of check", [(kind, CheckKind(kind).label) for kind in KINDS])
    modes = _many(
        "Only in these modes",
        [(mode, Mode(mode).label) for mode in MODES],
        "None ticked: in every mode.",
    )
    bands = _many(
        "Only in this age at flow on",
        [(band.value, band.value.capitalize()) for band in AgeGroup],
        "None ticked: at every age.",
    )
    needs = _many(
        "Only if", [(need.value, words.capitalize()) for need, words in NEED_WORDS.items()]
    )
    values = _many("Values", [(g.label, [(c, MEASURES[c].label) for c in g.codes]) for g in GROUPS])
    looks = _many("Looked at", [(code, one.label) for code, one in ITEMS.items()])
    is_deleted = forms.BooleanField(label="Delete this layer", required=False)
    note = forms.CharField(label="What changes, and why", max_length=300)

    def body_with(self, body: Mapping[str, Any], layer: str) -> dict[str, Any]:
        """Return the table with this layer in the place of `layer`, or at its end, or without it."""
        data = self.cleaned_data
        row = {
            "id": layer or slugify(data["label"]),
            **{n: data[n] for n in ("label", "kinds", "modes", "bands", "needs")},
            **{n: data[n] for n in ("values", "looks")},
        }
        rows = [row if one["id"] == layer else one for one in body["layers"]]
        if not layer:
            rows.append(row)
        if data["is_deleted"]:
            rows = [one for one in rows if one["id"] != row["id"]]
        return {**body, "layers": rows}


class ShownForm(OnceForm):
    """Who owns which value, in which unit a value is shown, and what counts as a jump."""

    elsewhere = _many(
        "Owned by another system",
        [(code, MEASURES[code].label) for code in ASKABLE],
        "Received from there or left out; no check asks for it.",
    )
    jump_factor = forms.DecimalField(
        label="Ask back a value this many times what it was",
        required=False,
        help_text="Empty: never. Pressures are not asked.",
    )
    note = forms.CharField(label="What changes, and why", max_length=300)

    def __init__(self, *args: Any, sets: Sets, **options: Any) -> None:
        super().__init__(*args, **options)
        note = self.fields.pop("note")
        self.initial.setdefault("elsewhere", sorted(sets.elsewhere))
        self.initial.setdefault("jump_factor", sets.jump_factor)
        for code in ASKABLE:
            one = MEASURES[code]
            if one.other_units:
                choices = [(unit, WRITTEN.get(unit, unit)) for unit in one.other_units]
                self.fields[f"unit_{code}"] = forms.ChoiceField(
                    label=f"Unit of {one.label.lower()}",
                    choices=[("", one.display_unit), *choices],
                    required=False,
                    initial=sets.units.get(code, ""),
                )
        self.fields["note"] = note

    def body_with(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """Return the table with these units and owners."""
        data = self.cleaned_data
        factor = data["jump_factor"]
        units = {n.removeprefix("unit_"): v for n, v in data.items() if n.startswith("unit_") and v}
        return {
            **body,
            "elsewhere": data["elsewhere"],
            "units": units,
            "jump_factor": None if factor is None else float(factor),
        }


class ApproveSetsForm(ClockedForm, OnceForm):
    """From when the draft holds."""

    valid_from = ClinicalDateTimeField(label="In force from")
