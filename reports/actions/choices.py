"""Choose which row of an assessment the registry is told."""

from collections.abc import Mapping
from datetime import datetime

from accounts.models import User
from audit.context import action
from patients.models import Run
from reports.candidates import groups_of
from reports.models import AssessmentChoice
from reports.queries.cohort import cohort
from web.problems import ErrorItem, RuleBroken


class NotACandidate(RuleBroken):
    code = "not_a_candidate"


@action("chose what an assessment tells")
def choose_rows(
    *, run: Run, picks: Mapping[str, str], by: User, at: datetime
) -> list[AssessmentChoice]:
    """Keep who chose which row, by field (`before-gas`) and key of the row; blank: by the rule.

    Raises NotACandidate for a row that does not count or is not there any more.
    """
    run = Run.objects.locked(run.pk)
    (member,) = cohort(Run.objects.filter(pk=run.pk), at)
    standing = list(run.assessment_choices.all())
    made = []
    for group in groups_of(member.record, standing):
        key = picks.get(group.field)
        if key is None or key == _standing(group.choice):
            continue
        if key and key not in group.keys:
            said = (
                f"{group.title}: this row does not count, or it was corrected meanwhile. Open the "
                "page again and choose one that does."
            )
            errors = [ErrorItem(parameter=group.field, rule="candidate", message=said)]
            raise NotACandidate(said, errors=errors)
        row = next((one for one in group.candidates if key and one.key == key), None)
        told = {"row_source": row.source, "taken_at": row.taken_at} if row else {}
        choice, _ = AssessmentChoice.objects.update_or_create(
            run=run,
            assessment=group.assessment,
            group=group.name,
            defaults={"row_source": "", "taken_at": None, **told, "chosen_at": at, "chosen_by": by},
        )
        made.append(choice)
    return made


def _standing(choice: AssessmentChoice | None) -> str:
    if choice is None or choice.taken_at is None:
        return ""
    return f"{choice.row_source}@{choice.taken_at.isoformat()}"
