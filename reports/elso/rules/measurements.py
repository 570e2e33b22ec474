"""C14 to C29: how the run is classed, and whether the exported measurements can be true."""

from collections.abc import Iterator
from decimal import Decimal
from math import log10

from clinical.age import AgeGroup
from reports.elso.assessments import gases, window_before
from reports.elso.findings import Facts, Finding, block, warn
from reports.elso.mapping import VENOVENOUS, initial_mode
from reports.elso.records import GasRow, HaemodynamicsRow

HEAVIEST_NEONATE_KG = 6
LIGHTEST_ADULT_KG = 25
PREGNANCY_YEARS = range(10, 61)
PH_TOLERANCE = 0.15
PK = 6.1
CO2_SOLUBILITY = 0.0307
HIGHEST_PAO2_PER_FIO2 = 500
KPA_BELOW = 13
HIGHEST_CREATININE = 20
HIGHEST_BILIRUBIN = 50


def support_type(facts: Facts) -> Iterator[Finding]:
    """C14 to C16: a support type, and one that fits arrest and mode."""
    run = facts.run
    if not run.support_type:
        yield block("C14", f"{run.source}.support_type", "missing")
    if run.support_type == "ecpr" and not run.arrest_pre_ecls:
        yield block("C15", f"{run.source}.arrest_pre_ecls", "ECPR without arrest")
    mode = initial_mode(run)
    if mode in VENOVENOUS and run.support_type in {"cardiac", "ecpr"}:
        yield warn("C16", f"{run.source}.modes[0]", f"{mode} for {run.support_type}")


def person(facts: Facts) -> Iterator[Finding]:
    """C17 to C19: age group, weight and pregnancy fit birth date and sex."""
    run, group = facts.run, facts.age_group
    if run.age_group_recorded and run.age_group_recorded != group:
        subject = f"{run.source}.age_group_recorded"
        yield block("C17", subject, "recorded age group differs from birth and on")
    if run.weight_kg is not None and _is_odd_weight(group, run.weight_kg):
        yield warn("C18", f"{run.source}.weight_kg", f"{run.weight_kg} kg for {group}")
    years = facts.fields["age_years"]
    may_be = facts.fields["sex"] == "Female" and years in PREGNANCY_YEARS
    if run.pregnancy and not may_be:
        yield block("C19", f"{run.source}.pregnancy", "pregnancy and not female aged 10 to 60")


def window(facts: Facts) -> Iterator[Finding]:
    """C20: what was charted before ECLS was taken in the six hours that count."""
    run, charted = facts.run, facts.run.before
    groups = (
        ("gases", charted.gases, (*charted.gases, *gases(run, charted))),
        ("vent", charted.ventilator, charted.ventilator),
        ("haemodynamics", charted.haemodynamics, charted.haemodynamics),
    )
    for name, rows, candidates in groups:
        if rows and not window_before(run, candidates):
            yield block("C20", f"{charted.source}.{name}", "rows exist, none within 6 h before on")


def exported_gases(facts: Facts) -> Iterator[Finding]:
    """C21, C22, C27: an exported gas is whole, agrees with itself and is in mm[Hg]."""
    for subject, gas in (("pre gas", facts.before.gas), ("24 h gas", facts.at_24h.gas)):
        if gas is not None:
            yield from _gas(subject, gas)


def ventilation(facts: Facts) -> Iterator[Finding]:
    """C24, C26: airway pressures in their order, and an oxygenation that air can give."""
    vent, gas = facts.before.ventilator, facts.before.gas
    if vent and not _ascends(vent.peep, vent.paw_mean, vent.pip):
        yield warn("C24", "pre ventilator", "PEEP <= mean <= PIP does not hold")
    fio2, pao2 = (vent and vent.fio2), (gas and gas.pao2)
    if fio2 and pao2 and pao2 > HIGHEST_PAO2_PER_FIO2 * fio2:
        yield warn("C26", "pre gas", "PaO2 > 500 x FiO2")


def pressures(facts: Facts) -> Iterator[Finding]:
    """C25: diastolic, mean and systolic pressure in their order."""
    chosen: tuple[tuple[str, HaemodynamicsRow | None], ...] = (
        ("pre haemodynamics", facts.before.haemodynamics),
        ("24 h haemodynamics", facts.at_24h.haemodynamics),
    )
    for subject, row in chosen:
        if row and not _ascends(row.dbp, row.mbp, row.sbp):
            yield warn("C25", subject, "DBP <= MBP <= SBP does not hold")


def chemistry(facts: Facts) -> Iterator[Finding]:
    """C28, C29: values so high that they were probably meant in umol/L."""
    creatinine, bilirubin = facts.run.creatinine_before, facts.run.bilirubin_before
    if creatinine is not None and creatinine > HIGHEST_CREATININE:
        yield warn("C28", "pre labs", "creatinine > 20 mg/dL: umol/L?")
    if bilirubin is not None and bilirubin > HIGHEST_BILIRUBIN:
        yield warn("C29", "pre labs", "bilirubin > 50 mg/dL: umol/L?")


RULES = (
    support_type,
    person,
    window,
    exported_gases,
    ventilation,
    pressures,
    chemistry,
)


def _is_odd_weight(group: AgeGroup | None, weight_kg: Decimal) -> bool:
    heavy = group is AgeGroup.NEONATAL and weight_kg > HEAVIEST_NEONATE_KG
    light = group is AgeGroup.ADULT and weight_kg < LIGHTEST_ADULT_KG
    return heavy or light


def _gas(subject: str, gas: GasRow) -> Iterator[Finding]:
    values = (gas.ph, gas.paco2, gas.pao2, gas.hco3)
    missing = values.count(None)
    if 0 < missing < len(values):
        yield warn("C21", subject, f"{len(values) - missing} of pH, PaCO2, PaO2, HCO3")
    if not _agrees(gas):
        yield warn("C22", subject, "pH, PaCO2 and HCO3 disagree")
    for name, tension in (("PaCO2", gas.paco2), ("PaO2", gas.pao2)):
        if tension is not None and tension < KPA_BELOW:
            yield warn("C27", subject, f"{name} < 13 mm[Hg]: kPa?")


def _agrees(gas: GasRow) -> bool:
    """Henderson-Hasselbalch: pH = 6.1 + log10(HCO3 / (0.0307 PaCO2)), within 0.15.

    A gas without the three values, or with one that has no logarithm, says nothing here.
    """
    if gas.ph is None or not gas.paco2 or not gas.hco3 or gas.paco2 < 0 or gas.hco3 < 0:
        return True
    expected = PK + log10(float(gas.hco3) / (CO2_SOLUBILITY * float(gas.paco2)))
    return abs(float(gas.ph) - expected) <= PH_TOLERANCE


def _ascends(*values: Decimal | None) -> bool:
    """Whether the values that were measured do not fall; what is missing is not judged."""
    measured = [value for value in values if value is not None]
    return measured == sorted(measured)
