"""What the registry needs to know of one run, gathered once and frozen.

Each part carries its `source`: where a reader finds the original (a path, a check, a message).
Times are instants of any offset; `zone` is the centre's, in which they are exported. Measured
numbers are Decimal in the units of the bedside; None means that it is not recorded, never "no".
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from decimal import Decimal

from clinical.runtime import ModeSegment


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientRecord:
    """The patient. `mrn` and `family_name` are here to be searched for, and are never exported."""

    source: str
    unique_id: str
    mrn: str
    family_name: str
    born_at: datetime | None
    sex: str
    race: str
    birth_weight_kg: Decimal | None = None
    gestational_age_weeks: int | None = None
    apgar_1: int | None = None
    apgar_5: int | None = None
    delivery: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AdmissionRecord:
    source: str
    admitted_at: datetime | None
    transferred_in: str | None
    cannulated_by: str | None
    extubated_at: datetime | None = None
    icu_discharged_at: datetime | None = None
    hospital_discharged_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GasRow:
    """One blood gas; tensions in mm[Hg], HCO3 and lactate in mmol/L, saturation in %.

    `site` is a name from our list (`arterial_right_radial`), or the laboratory's own words if
    `from_laboratory`.
    """

    source: str
    taken_at: datetime
    site: str
    from_laboratory: bool = False
    ph: Decimal | None = None
    paco2: Decimal | None = None
    pao2: Decimal | None = None
    hco3: Decimal | None = None
    sao2: Decimal | None = None
    lactate: Decimal | None = None

    @property
    def is_arterial(self) -> bool:
        """Taken from the patient's artery: only such a gas is exported."""
        if self.from_laboratory:
            return "ARTERIAL" in self.site.upper()
        return self.site.startswith("arterial")


@dataclass(frozen=True, slots=True, kw_only=True)
class VentilatorRow:
    """Settings of one moment; `fio2` a fraction, `rate` /min, pressures in cm[H2O]."""

    source: str
    taken_at: datetime
    type: str | None
    fio2: Decimal | None = None
    rate: Decimal | None = None
    pip: Decimal | None = None
    peep: Decimal | None = None
    paw_mean: Decimal | None = None

    @property
    def fio2_pct(self) -> Decimal | None:
        """FiO2 as the registry wants it, in percent."""
        return None if self.fio2 is None else self.fio2 * 100


@dataclass(frozen=True, slots=True, kw_only=True)
class HaemodynamicsRow:
    """Arterial pressures of one moment in mm[Hg]."""

    source: str
    taken_at: datetime
    sbp: Decimal | None = None
    dbp: Decimal | None = None
    mbp: Decimal | None = None

    @property
    def pulse_pressure(self) -> Decimal | None:
        """Systolic less diastolic, of this row."""
        return None if self.sbp is None or self.dbp is None else self.sbp - self.dbp


@dataclass(frozen=True, slots=True, kw_only=True)
class AssessmentRecord:
    """The rows charted for one of the two assessments (before ECLS, at 24 h)."""

    source: str
    gases: Sequence[GasRow] = ()
    ventilator: Sequence[VentilatorRow] = ()
    haemodynamics: Sequence[HaemodynamicsRow] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SupportRow:
    """A drug or a device given before ECLS; an unknown start counts as long before."""

    item: str
    started_at: datetime | None = None
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CannulaRow:
    id: str
    site: str
    side: str
    purpose: str
    size_fr: Decimal | None
    inserted_at: datetime
    removed_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ComponentRow:
    id: str
    type: str
    installed_at: datetime
    removed_at: datetime | None = None
    removed_reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AdjunctRow:
    """One stretch of a device beside or on the circuit; its end is None while it runs."""

    id: str
    kind: str
    started_at: datetime
    ended_at: datetime | None = None
    end_reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ComplicationRow:
    code: str
    at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DiagnosisRow:
    icd10: str
    is_primary: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class InfectionRow:
    organism: str
    site: str
    collected_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowReading:
    """Circuit blood flow in L/min as it stands after amendments."""

    source: str
    taken_at: datetime
    flow: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class EcprRecord:
    source: str
    arrest_at: datetime | None = None
    arrest_location: str | None = None
    witnessed: bool | None = None
    bystander_cpr: bool | None = None
    initial_rhythm: str | None = None
    cpr_started_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeRecord:
    """How run and stay ended. `died_at` is a death in this stay."""

    reason_discontinued: str | None = None
    discharged_alive: bool | None = None
    discharge_location: str | None = None
    died_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CommentRow:
    """Free text that could carry a name."""

    source: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRecord:
    """One run with all that its registry record is made of, as known at `as_of`."""

    source: str
    zone: tzinfo
    as_of: datetime
    patient: PatientRecord
    admission: AdmissionRecord
    run_no: int
    run_numbers: Sequence[int]
    previous_ended_at: datetime | None = None
    support_type: str | None
    time_on: datetime
    time_on_here: datetime | None = None
    time_off: datetime | None = None
    intubated_at: datetime | None = None
    was_ventilated: bool | None = None
    weight_kg: Decimal | None
    height_cm: Decimal | None = None
    arrest_pre_ecls: bool | None
    bridge_to_transplant: str | None
    immunocompromised: bool | None
    trauma: bool | None
    pregnancy: bool | None
    age_group_recorded: str | None = None
    before: AssessmentRecord
    at_24h: AssessmentRecord
    laboratory_gases: Sequence[GasRow] = ()
    support_before: Sequence[SupportRow] = ()
    creatinine_before: Decimal | None = None
    bilirubin_before: Decimal | None = None
    modes: Sequence[ModeSegment] = ()
    cannulas: Sequence[CannulaRow] = ()
    components: Sequence[ComponentRow] = ()
    adjuncts: Sequence[AdjunctRow] = ()
    flows: Sequence[FlowReading] = ()
    complications: Sequence[ComplicationRow] = ()
    diagnoses: Sequence[DiagnosisRow] = ()
    infections: Sequence[InfectionRow] = ()
    procedures: frozenset[str] = frozenset()
    ecpr: EcprRecord | None = None
    outcome: OutcomeRecord = field(default_factory=OutcomeRecord)
    comments: Sequence[CommentRow] = ()
    abstractor: str = ""
    approver: str = ""
    choices: Mapping[tuple[str, str], tuple[str, datetime]] = field(default_factory=dict)
    """Rows that a person chose, by assessment and group: the source and the time of the row."""

    @property
    def is_closed(self) -> bool:
        """Flow is off for good."""
        return self.time_off is not None

    @property
    def last_moment(self) -> datetime:
        """Flow off, or as far as is known while the run goes on."""
        return self.time_off or self.as_of
