"""How bad the lung is: Murray score, oxygenation index, saturation index, P/F ratio.

Source: registry reference 4.6 (ARRD 1988;138:720) and 4.7. `paw_mean` is the mean airway
pressure, never the mean arterial one. A value between two printed bands belongs to the worse
side of the lower one's end (a PEEP of 5.5 counts as 6 to 8 does: above 5).
"""

from dataclasses import dataclass
from decimal import Decimal

from clinical.gases import oxygenation_index
from clinical.scores.asking import number
from clinical.scores.score import ANYBODY, Score, Verdict, refuse, rounded

HIGHEST_SPO2_FOR_OSI = 97
PERCENT = Decimal(100)
SPO2 = ("SpO2", "%", "1", "100")


@dataclass(frozen=True, kw_only=True)
class Murray:
    """The components of the lung injury score; those that are known are averaged."""

    cxr_quadrants: Decimal | None = number(
        "Quadrants with consolidation", "", "0", "4", is_needed=False
    )
    pf: Decimal | None = number("PaO2/FiO2", "mm[Hg]", "5", "900", is_needed=False)
    peep: Decimal | None = number("PEEP", "cm[H2O]", "0", "50", is_needed=False)
    compliance: Decimal | None = number("Compliance", "mL/cm[H2O]", "0", "300", is_needed=False)


def murray(told: Murray) -> Verdict:
    """Average the components that are known, 0 to 4 each."""
    points = {
        name: value
        for name, value in (
            ("cxr", None if told.cxr_quadrants is None else int(told.cxr_quadrants)),
            ("pf", _falling(told.pf, (300, 225, 175, 100))),
            ("peep", _rising(told.peep, (5, 8, 11, 14))),
            ("compliance", _falling(told.compliance, (80, 60, 40, 20))),
        )
        if value is not None
    }
    if not points:
        return refuse(
            "The Murray score needs at least one of its components.",
            "compliance",
            "cxr_quadrants",
            "peep",
            "pf",
        )
    total = rounded(Decimal(sum(points.values())) / len(points), "0.01")
    left_out = sorted({"cxr", "pf", "peep", "compliance"} - set(points))
    remarks = (f"Averaged without: {', '.join(left_out)}.",) if left_out else ()
    return Verdict(total=total, points=points, band=murray_class(total), remarks=remarks)


def murray_class(total: Decimal) -> str:
    """Return none, mild_to_moderate (up to 2.5) or severe (above 2.5)."""
    if total == 0:
        return "none"
    return "mild_to_moderate" if total <= Decimal("2.5") else "severe"


def _falling(value: Decimal | None, at_least: tuple[int, ...]) -> int | None:
    """Return 0 from the first bound on, one more below each."""
    return None if value is None else sum(value < bound for bound in at_least)


def _rising(value: Decimal | None, up_to: tuple[int, ...]) -> int | None:
    """Return 0 up to the first bound, one more above each."""
    return None if value is None else sum(value > bound for bound in up_to)


@dataclass(frozen=True, kw_only=True)
class Oi:
    """Ventilator and gas of one moment; with SpO2 the saturation index as well."""

    paw_mean: Decimal = number("Mean airway pressure", "cm[H2O]", "0", "80")
    fio2_pct: Decimal = number("FiO2", "%", "21", "100")
    pao2: Decimal = number("PaO2", "mm[Hg]", "5", "760")
    spo2: Decimal | None = number(*SPO2, is_needed=False)


def oi(told: Oi) -> Verdict:
    """Return OI with P/F, and OSI where SpO2 is at most 97 %."""
    fraction = told.fio2_pct / PERCENT
    further = {"pf": rounded(told.pao2 / fraction, "0.1")}
    if told.spo2 is not None and told.spo2 <= HIGHEST_SPO2_FOR_OSI:
        further["osi"] = _saturation_index(told.paw_mean, told.fio2_pct, told.spo2)
    total = oxygenation_index(told.paw_mean, fraction, told.pao2)
    return Verdict(total=rounded(total, "0.1"), further=further)


@dataclass(frozen=True, kw_only=True)
class Osi:
    """Ventilator and saturation of one moment."""

    paw_mean: Decimal = number("Mean airway pressure", "cm[H2O]", "0", "80")
    fio2_pct: Decimal = number("FiO2", "%", "21", "100")
    spo2: Decimal = number(*SPO2)


def osi(told: Osi) -> Verdict:
    """Return OSI, or a refusal above 97 %: there the saturation no longer follows the tension."""
    if told.spo2 > HIGHEST_SPO2_FOR_OSI:
        return refuse("OSI says nothing at an SpO2 above 97 %. Use OI with an arterial gas.")
    return Verdict(total=_saturation_index(told.paw_mean, told.fio2_pct, told.spo2))


@dataclass(frozen=True, kw_only=True)
class Pf:
    """Gas and oxygen fraction of one moment."""

    pao2: Decimal = number("PaO2", "mm[Hg]", "5", "760")
    fio2_pct: Decimal = number("FiO2", "%", "21", "100")


def pf(told: Pf) -> Verdict:
    """Return PaO2 over FiO2 in mm[Hg]."""
    return Verdict(total=rounded(told.pao2 * PERCENT / told.fio2_pct, "0.1"))


def _saturation_index(paw_mean: Decimal, fio2_pct: Decimal, spo2: Decimal) -> Decimal:
    return rounded(paw_mean * fio2_pct / spo2, "0.1")


SCORES = (
    Score(
        name="MURRAY",
        version="1988",
        title="Murray lung injury score",
        source="Murray, Am Rev Respir Dis 1988;138:720",
        asks=Murray,
        rule=murray,
    ),
    Score(
        name="OI",
        version="1",
        title="Oxygenation index",
        source="registry reference 4.7",
        asks=Oi,
        rule=oi,
        population=ANYBODY,
    ),
    Score(
        name="OSI",
        version="1",
        title="Oxygen saturation index",
        source="registry reference 4.7",
        asks=Osi,
        rule=osi,
        population=ANYBODY,
    ),
    Score(
        name="P/F",
        version="1",
        title="PaO2 over FiO2",
        source="registry reference 4.7",
        asks=Pf,
        rule=pf,
        population=ANYBODY,
        unit="mm[Hg]",
    ),
)
