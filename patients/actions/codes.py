"""Take over a site's own list of diagnoses."""

from datetime import datetime
from typing import NamedTuple

from accounts.models import Centre, User
from audit.context import action
from patients.codelist import Fault, Line, Unreadable, decoded, read_codes
from patients.models import DiagnosisCode
from web.problems import ErrorItem, RuleBroken

MOST_FAULTS_SHOWN = 50
BATCH = 1000


class ListUnreadable(RuleBroken):
    code = "list_unreadable"
    title = "This list cannot be taken"
    status = 422


class Imported(NamedTuple):
    """What an import did."""

    added: int
    changed: int
    retired: int
    unchanged: int


@action("imported the list of diagnoses")
def import_diagnosis_codes(*, centre: Centre, content: bytes, by: User, at: datetime) -> Imported:
    """Make a CSV (code, text) the centre's list: new codes are added, missing ones are retired.

    Raises ListUnreadable with a sentence for each line that is wrong; then nothing has changed.
    """
    Centre.objects.select_for_update().get(pk=centre.pk)
    lines = _lines(content)
    known = {row.code: row for row in DiagnosisCode.objects.filter(centre=centre)}
    new = [line for line in lines if line.code not in known]
    changed = [
        line
        for line in lines
        if (row := known.get(line.code)) and (row.label != line.label or row.retired_at)
    ]
    _add(centre, new, by, at)
    _change([(known[line.code], line) for line in changed], by, at)
    here = {line.code for line in lines}
    gone = [row.pk for row in known.values() if row.code not in here and not row.retired_at]
    DiagnosisCode.objects.filter(pk__in=gone).update(retired_at=at)
    return Imported(len(new), len(changed), len(gone), len(lines) - len(new) - len(changed))


def _lines(content: bytes) -> tuple[Line, ...]:
    try:
        return read_codes(decoded(content))
    except Unreadable as unreadable:
        raise _refused(unreadable.faults) from unreadable


def _refused(faults: tuple[Fault, ...]) -> ListUnreadable:
    shown = faults[:MOST_FAULTS_SHOWN]
    rest = f" These are the first {len(shown)}." if len(faults) > len(shown) else ""
    lines = "1 line is" if len(faults) == 1 else f"{len(faults)} lines are"
    return ListUnreadable(
        f"Nothing was taken over: {lines} wrong.{rest} Correct the file and send it again; the "
        "list in use stays as it is.",
        errors=[
            ErrorItem(
                parameter=f"line {one.line}", rule="line", message=f"Line {one.line}: {one.why}."
            )
            for one in shown
        ],
    )


def _add(centre: Centre, lines: list[Line], by: User, at: datetime) -> None:
    rows = (
        DiagnosisCode(
            centre=centre, code=line.code, label=line.label, imported_at=at, imported_by=by
        )
        for line in lines
    )
    DiagnosisCode.objects.bulk_create(rows, batch_size=BATCH)


def _change(pairs: list[tuple[DiagnosisCode, Line]], by: User, at: datetime) -> None:
    for row, line in pairs:
        row.label, row.imported_at, row.imported_by, row.retired_at = line.label, at, by, None
    fields = ["label", "imported_at", "imported_by", "retired_at"]
    DiagnosisCode.objects.bulk_update([row for row, _ in pairs], fields, batch_size=BATCH)
