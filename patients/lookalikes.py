"""Other patients on ECMO in the same unit whose name could be mistaken for this one's."""

from clinical.identity import is_mixed_up_easily
from patients.models import Patient, Run


def lookalikes(run: Run) -> list[Patient]:
    """Return them by bed (one statement)."""
    others = Run.objects.running().filter(unit=run.unit_id).exclude(patient=run.patient_id)
    mine = (run.patient.family_name, run.patient.given_name)
    return [
        other.patient
        for other in others.select_related("patient").order_by("patient__bed")
        if is_mixed_up_easily(mine, (other.patient.family_name, other.patient.given_name))
    ]
