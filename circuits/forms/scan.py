"""The label of a part in a form: scanned, typed, or both."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from circuits.models import ComponentKind, DeviceModel
from circuits.udi import Label, read_label
from circuits.udi.photo import NothingInPhoto, labels_in
from web.actions.attachments import FileRefused, clean_photo
from web.fields import DayField
from web.times import clinical_date

COMPARE = "Read from the label. Compare product, lot, serial and expiry with the print, then save."
UNLISTED = (
    "No product of the catalogue has the number {di} of the label. Choose the product, or name it "
    "below: it is kept as a draft, which who keeps the catalogue completes."
)
OTHER_KIND = (
    "This is the label of a {kind} ({name}). Take the label of the {wanted}, or scan this one at its "
    "own part."
)
NAME_BOTH = "Say of the new product what it is and how the label calls it."


class LabelForm(forms.Form):
    """A product and its label. A wedge scanner types into the first box and presses Enter.

    What a label says is filled into the boxes left empty, and shown once for confirmation; what
    somebody typed stays. A label that cannot be read is said so once, and then kept as it came.
    A form about one `kind` of part takes no other.
    """

    kind = ""

    udi = forms.CharField(
        label="UDI as scanned",
        max_length=200,
        required=False,
        strip=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        help_text="Scan the label here, or type lot, serial and expiry below.",
    )
    label_seen = forms.CharField(
        max_length=200, required=False, strip=False, widget=forms.HiddenInput
    )
    label_photo = forms.FileField(
        label="Or a photo of the label",
        required=False,
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png"}),
    )
    model = forms.ModelChoiceField(DeviceModel.objects.all(), label="Product")
    lot = forms.CharField(max_length=40, required=False)
    serial = forms.CharField(max_length=40, required=False)
    expires_on = DayField(label="Expiry", required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if self.is_bound:
            label = read_label(self.data.get(self.add_prefix("udi")) or "")
            self._offer_draft(label)

    def clean(self) -> dict[str, Any]:
        """Read the label once; each other string that is scanned is read anew."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        self._take_draft(data)
        raw, photo = data.get("udi", ""), data.get("label_photo")
        if photo:
            self._look_at(photo)
        elif raw.strip() and raw != data.get("label_seen"):
            self._show(read_label(raw))
        return data

    def _offer_draft(self, label: Label) -> None:
        """Ask for kind and name where the number of the label is not in the catalogue yet."""
        self._gtin = label.gtin
        if not label.gtin or DeviceModel.objects.filter(gtin=label.gtin).exists():
            return
        only = [(self.kind, ComponentKind(self.kind).label)] if self.kind else []
        kinds = only or [("", "Not a new product"), *ComponentKind.choices]
        self.fields["draft_kind"] = forms.ChoiceField(
            label="New product: what it is", choices=kinds, required=False
        )
        self.fields["draft_name"] = forms.CharField(
            label="New product: its name on the label", max_length=150, required=False
        )

    def _take_draft(self, data: dict[str, Any]) -> None:
        """Use the new product that was named, if none was chosen; the action lists it."""
        kind, name = data.pop("draft_kind", ""), data.pop("draft_name", "").strip()
        if data.get("model") or not (kind or name):
            return
        self.errors.pop("model", None)
        if not (kind and name):
            self.add_error("draft_name", NAME_BOTH)
            return
        data["model"] = DeviceModel(kind=kind, name=name, gtin=self._gtin, is_draft=True)

    def _look_at(self, photo: "UploadedFile[Any]") -> None:
        try:
            content, _ = clean_photo(photo.read())
            self._show(labels_in(content)[0])
        except (FileRefused, NothingInPhoto) as refused:
            self.add_error("label_photo", refused.message)

    def _show(self, label: Label) -> None:
        sent: Any = self.data
        typed, product = sent.copy(), _product_of(label)
        said = _said(label, product)
        if product and self.kind not in {"", product.kind}:
            self._say_other_kind(product)
            said.pop("model")
        self._offer_draft(label)
        for name in ("udi", "label_seen"):
            typed[self.add_prefix(name)] = label.raw
        for name, value in said.items():
            if not self[name].value():
                typed[self.add_prefix(name)] = value
                self.errors.pop(name, None)
        self.data = typed
        self.add_error("udi", [label.problem or COMPARE, *label.doubts])
        if label.di and product is None and not self["model"].value():
            self.errors.pop("model", None)
            self.add_error("model", UNLISTED.format(di=label.di))

    def _say_other_kind(self, product: DeviceModel) -> None:
        self.errors.pop("model", None)
        kind, wanted = product.get_kind_display().lower(), ComponentKind(self.kind).label.lower()
        self.add_error("model", OTHER_KIND.format(kind=kind, name=product, wanted=wanted))


def _product_of(label: Label) -> DeviceModel | None:
    return DeviceModel.objects.filter(gtin=label.gtin).first() if label.gtin else None


def _said(label: Label, product: DeviceModel | None) -> dict[str, Any]:
    """Return what the label says, as the boxes take it."""
    expiry = clinical_date(label.expires_on) if label.expires_on else ""
    said = {"lot": label.lot, "serial": label.serial, "expires_on": expiry}
    return {
        **({"model": product.pk} if product else {}),
        **{name: value for name, value in said.items() if value},
    }
