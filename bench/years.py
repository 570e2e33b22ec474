"""Years of a large programme: runs that are over, with their parts and checks.

Half a million checks are written by PostgreSQL itself, without history: what is measured is how
pages read.
"""

import itertools
from datetime import datetime, timedelta

from psycopg.types.json import Jsonb

from bench.data import CORE_VALUES, Ward
from bench.floors import Floors
from circuits.actions.recalls import Notice, receive_recall
from circuits.models import Circuit, Component, ComponentUse, DeviceModel, Recall
from patients.models import Patient, Run

RUNS = 2_000
KINDS = ("oxygenator", "pump_head", "console", "tubing", "heater")
CHECKS_A_RUN = 250
RUNS_A_LOT = 100
CHANGES = 50
LOT = "oxygenator-0"
CHECKS = """
INSERT INTO circuits_check (public_id, root_id, version, run_id, kind, trial, checked_at, entered_at,
                            performed_by_id, transmitted_by_id, reason, note, document,
                            is_withdrawn)
SELECT gen_random_uuid(), gen_random_uuid(), 1, r.id, 'hourly', '', r.started_at + h * interval '1 hour',
       r.started_at + h * interval '1 hour', %(user)s, %(user)s, '', '', %(document)s,
       false
FROM patients_run r, generate_series(1, %(hours)s) h WHERE r.ended_at IS NOT NULL
"""


class Years:
    """What two thousand runs left behind, and a recall of the lot of a hundred of them."""

    def __init__(self, ward: Ward, floors: Floors) -> None:
        self.ward, self.floors = ward, floors
        self.models = [DeviceModel.objects.create(kind=kind, name=kind) for kind in KINDS]
        self._fill()
        self._checks()
        floors.owner.execute("ANALYZE")
        self.long = self._changed_often()
        self.small_recall = self._recalled("FSN-0", self.models[-1], serials=("0",))
        self.recall = self._recalled("FSN-1", self.models[0], lots=(LOT,))

    def _fill(self) -> None:
        patients = list(Patient.objects.filter(runs=None).order_by("pk")[:RUNS])
        runs = Run.objects.bulk_create(
            Run(
                patient=patient,
                unit=self.ward.unit,
                run_no=1,
                started_at=self._began(number),
                ended_at=self._began(number) + timedelta(hours=CHECKS_A_RUN + 1),
                entered_at=self.ward.at,
                entered_by=self.ward.user,
            )
            for number, patient in enumerate(patients)
        )
        self.ended = runs
        circuits = Circuit.objects.bulk_create(self._circuit(run) for run in runs)
        for model in self.models:
            parts = Component.objects.bulk_create(
                Component(
                    model=model,
                    lot=f"{model.kind}-{number // RUNS_A_LOT}",
                    serial=f"{number}",
                    entered_at=self.ward.at,
                )
                for number in range(len(runs))
            )
            ComponentUse.objects.bulk_create(
                self._use(circuit, part, circuit.run.started_at, circuit.run.ended_at)
                for circuit, part in zip(circuits, parts, strict=True)
            )

    def _began(self, number: int) -> datetime:
        return self.ward.at - timedelta(days=60 + number)

    def _circuit(self, run: Run) -> Circuit:
        return Circuit(
            run=run,
            label="C1",
            started_at=run.started_at,
            entered_at=self.ward.at,
            entered_by=self.ward.user,
        )

    def _use(
        self, circuit: Circuit, part: Component, since: datetime, until: datetime | None
    ) -> ComponentUse:
        return ComponentUse(
            circuit=circuit,
            component=part,
            position=part.model.kind,
            kind=part.model.kind,
            installed_at=since,
            removed_at=until,
            removed_reason="end_of_run" if until else "",
            removed_by=self.ward.user if until else None,
            removal_entered_at=self.ward.at if until else None,
            entered_at=self.ward.at,
            entered_by=self.ward.user,
        )

    def _changed_often(self) -> Run:
        """Give the run of thirty days a circuit whose oxygenator was changed twice a day."""
        run = self.ward.runs[0]
        circuit = self._circuit(run)
        circuit.save()
        times: list[datetime | None] = [
            run.started_at + timedelta(hours=12 * turn) for turn in range(CHANGES)
        ]
        for number, (since, until) in enumerate(itertools.pairwise([*times, None])):
            part = Component.objects.create(
                model=self.models[0], lot=LOT, serial=f"N{number}", entered_at=self.ward.at
            )
            self._use(circuit, part, since or run.started_at, until).save()
        return run

    def _checks(self) -> None:
        document = {
            "values": {c: {"value": str(v), "method": "typed"} for c, v in CORE_VALUES.items()},
            "not_done": {},
            "findings": {},
            "derived": {"delta_p": "22", "blood_flow_per_kg": "50"},
            "context": {"mode": "VV", "weight_kg": "80", "height_cm": None},
        }
        facts = {"user": self.ward.user.pk, "document": Jsonb(document), "hours": CHECKS_A_RUN}
        owner = self.floors.owner
        owner.execute("ALTER TABLE circuits_check DISABLE TRIGGER USER")
        owner.execute(CHECKS, facts)
        owner.execute("ALTER TABLE circuits_check ENABLE TRIGGER USER")

    def _recalled(
        self,
        reference: str,
        model: DeviceModel,
        lots: tuple[str, ...] = (),
        serials: tuple[str, ...] = (),
    ) -> Recall:
        notice = Notice(
            issuer="Example",
            reference=reference,
            product=model.name,
            action="removal",
            issued_on=self.ward.at.date(),
            model=model,
            lots=lots,
            serials=serials,
            instruction="Take it out of use.",
        )
        return receive_recall(
            centre=self.ward.unit.centre,
            notice=notice,
            received_at=self.ward.at,
            by=self.ward.user,
            at=self.ward.at,
        )
