"""The style guide: every component once, with invented data, for eyes and for the axe tests."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render

from accounts.access import UserRequest, requires
from accounts.permissions import Permission
from web import numbers
from web.fields import ClinicalDateTimeField, MeasureField, ThreeAnswers
from web.formbase import ClockedForm

AT = datetime(2026, 11, 24, 14, 5, tzinfo=UTC)
DENSITIES = ("touch", "wall")
FOUND = [("ok", "None seen"), ("bad", "Seen"), ("nc", "Not checked")]
TOKENS = [
    "page",
    "surface",
    "surface-2",
    "surface-3",
    "ink",
    "ink-2",
    "brand",
    "banner",
    "high",
    "med",
    "low",
    "ok",
    "local",
    "stale",
]


@dataclass(frozen=True)
class Banner:
    """What templates/parts/banner.html reads."""

    family: str
    given: str = ""
    title: str = ""
    born: date | None = None
    age: str = ""
    sex: str = ""
    mrn: str = ""
    weight: Decimal | None = None
    weight_on: date | None = None
    allergies: str = ""
    bed: str = ""
    mode: str = ""
    ecmo_day: int | None = None
    deceased_on: date | None = None


@dataclass(frozen=True)
class Tab:
    """What templates/parts/tabs.html reads."""

    label: str
    url: str = "#tabs"
    is_current: bool = False
    count: str = ""


@dataclass(frozen=True)
class Metric:
    """One tile of key figures."""

    label: str
    value: Decimal | None
    unit: str
    decimals: int
    sub: str = ""
    att: str = ""
    old: bool = False


class ExampleForm(ClockedForm):
    """One of each kind of field."""

    measured_at = ClinicalDateTimeField(label="Time of the check")
    blood_flow = MeasureField(label="Blood flow", unit="L/min", decimals=1, min_value=Decimal(0))
    p_drainage = MeasureField(label="Drainage pressure", unit="mmHg", decimals=0)
    mode = forms.ChoiceField(label="Mode", choices=[("", "Choose"), ("vv", "VV"), ("va", "VA")])
    clots = forms.ChoiceField(label="Clot or fibrin", choices=FOUND, widget=ThreeAnswers)
    note = forms.CharField(label="Note", required=False, widget=forms.Textarea(attrs={"rows": 2}))
    is_second_check = forms.BooleanField(label="A second person has checked", required=False)


@requires(Permission.SYSTEM_ADMIN)
def styleguide(request: UserRequest) -> HttpResponse:
    """Show every component in the theme (?theme=) and density (?density=) asked for.

    Only where nothing is real: in development and in the demo.
    """
    if not (settings.DEBUG or settings.DEMO):
        raise Http404("The style guide is part of the demo.")
    entered = {"measured_at": "2 pm", "blood_flow": "4,200", "p_drainage": "-68", "mode": "vv"}
    typed = {f"refused-{name}": value for name, value in entered.items()}
    refused = ExampleForm(typed, at=AT, prefix="refused")
    form = ExampleForm(at=AT)
    form.show_before("blood_flow", Decimal("4.3"), AT - timedelta(hours=1, minutes=5))
    form.show_before("p_drainage", Decimal(-68), AT - timedelta(hours=1, minutes=5))
    density = request.GET.get("density", "")
    context: dict[str, Any] = {
        "at": AT,
        "banners": _banners(),
        "tabs": [
            Tab("Overview", is_current=True),
            Tab("Checks"),
            Tab("Registry", count="6 missing"),
        ],
        "metrics": _metrics(),
        "resistance": [
            *map(Decimal, ["21", "21", "22", "21", "23", "22"]),
            None,
            *map(Decimal, (24, 31, 48)),
        ],
        "form": form,
        "refused": refused,
        "page": Paginator(range(137), 25).page(2),
        "tokens": TOKENS,
        "density": density if density in DENSITIES else "",
        "answers": FOUND,
    }
    if request.GET.get("theme") in {"light", "dark", "night"}:
        context["theme"] = request.GET["theme"]
    return render(request, "web/styleguide.html", context)


def _banners() -> list[Banner]:
    known = Banner(
        family="Oyelaran-Whittington",
        given="Oluwaseun Adebayo",
        title="Mr",
        born=date(1980, 3, 2),
        age="46y",
        sex="Male",
        mrn="704 118 2936",
        weight=Decimal(92),
        weight_on=date(2026, 11, 19),
        allergies="Known allergies: penicillin",
        bed="Bed 3",
        mode="VV fem-jug",
        ecmo_day=6,
    )
    died = Banner(
        family="Kowalczyk",
        given="Marta",
        title="Ms",
        born=date(1992, 9, 30),
        age="34y",
        sex="Female",
        mrn="611 204 7715",
        weight=Decimal(61),
        weight_on=date(2026, 11, 13),
        deceased_on=date(2026, 11, 24),
    )
    return [known, Banner(family="Unknown", given="Male"), died]


def _metrics() -> list[Metric]:
    return [
        Metric("Blood flow", Decimal("4.2"), "L/min", 1, "46 mL/kg/min · 4.3 at 13:00", "med"),
        Metric("Pump speed", Decimal(3450), "rpm", 0, "3,450 at 13:00"),
        Metric("Drainage pressure", Decimal(-70), "mmHg", 0, f"{numbers.MINUS}68 at 13:00"),
        Metric("Membrane ΔP", Decimal(48), "mmHg", 0, "43 at 13:00, +5", "high"),
        Metric("SpO2 right hand", Decimal(91), "%", 0, "91 at 13:00", "low"),
        Metric("PaCO2", Decimal("5.6"), "kPa", 1, "12:10"),
        Metric("Lactate", Decimal("1.4"), "mmol/L", 1, "06:05, 8hr old", old=True),
        Metric("Plasma-free Hb", None, "mg/L", 0, "none sent today"),
    ]
