"""An episode from flow on through the API: where it stands, its steps, its end, follow-up."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.permissions import Permission
from circuits.actions.holds import hold_circuits, release_circuits
from circuits.models import CircuitHold
from episodes.actions import ending
from episodes.actions.follow_up import plan_visit, record_visit
from episodes.actions.steps import step_run
from episodes.api.run_shapes import (
    ONE_END,
    ONE_EPISODE,
    DeathInput,
    EndOfLifeInput,
    EndOfLifeShape,
    EpisodeShape,
    FollowedShape,
    HoldShape,
    RunStepInput,
    SeenInput,
    VisitInput,
    VisitShape,
    WithdrawalInput,
)
from episodes.api.shapes import EpisodeStepShape
from episodes.policy import referral_policy
from patients.api.base import OfRun
from patients.episode import follow_up_list, followed, lifecycle_of, step_line
from patients.models import EndOfLife, EpisodeStep, FollowUpVisit, Run
from web.endpoints import Listed
from web.idempotency import idempotent
from web.shapes import ReasonInput

P = Permission


class Single(OfRun):
    """The one thing of its kind that a run has."""

    pagination_class = None
    filter_backends: list[Any] = []


class EpisodeEndpoint(Single):
    """Where the episode of a run stands."""

    queryset = Run.objects.none()
    serializer_class = EpisodeShape
    permissions: ClassVar = {"list": P.PATIENT_VIEW}

    @extend_schema(operation_id="runs_episode", responses=ONE_EPISODE)
    def list(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Return where it stands, what may follow, what is owed and how it ended."""
        run = self.parent
        reasons = referral_policy(run.unit.centre, self.at).decline_reasons
        return self.show(lifecycle_of(run, reasons))


class RunStepEndpoint(OfRun, Listed):
    """The steps of a run, the newest first."""

    queryset = EpisodeStep.objects.none()
    serializer_class = EpisodeStepShape
    permissions: ClassVar = {"list": P.PATIENT_VIEW, "create": P.RUN_EDIT, "take_back": P.RUN_EDIT}

    def visible_rows(self) -> QuerySet[EpisodeStep]:
        """Of the run."""
        rows: QuerySet[EpisodeStep] = self.parent.steps.all()
        return rows.select_related("entered_by", "takes_back", "taken_back_by")

    def presented(self, rows: Sequence[EpisodeStep]) -> Sequence[Any]:
        """Return steps with what is still owed of them."""
        return [step_line(row) for row in rows]

    @extend_schema(request=RunStepInput, responses={201: EpisodeStepShape})
    @idempotent
    def create(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Take a step; flow off, death, withdrawal, trials and journeys have their own addresses."""
        run, facts = self.parent, self.read(RunStepInput)
        return self.created(step_run(run=run, **facts, by=self.user, at=self.at))

    @extend_schema(request=ReasonInput, responses={201: EpisodeStepShape})
    @action(detail=False, methods=["post"], url_path="take-back")
    @idempotent
    def take_back(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Undo the newest step, which was an error; both stay readable."""
        run, facts = self.parent, self.read(ReasonInput)
        return self.created(ending.take_back_death(run=run, **facts, by=self.user, at=self.at))


class EndEndpoint(Single):
    """What is kept about the end of a run."""

    queryset = EndOfLife.objects.none()
    serializer_class = EndOfLifeShape
    permissions: ClassVar = {
        "list": P.PATIENT_VIEW,
        "create": P.RUN_EDIT,
        "death": P.RUN_EDIT,
        "withdrawal": P.RUN_EDIT,
    }

    @extend_schema(operation_id="runs_end_of_life", responses=ONE_END)
    def list(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Return what is kept; 404 while nothing is."""
        return self._kept(self.parent, 200)

    @extend_schema(request=EndOfLifeInput, responses={201: EndOfLifeShape})
    @idempotent
    def create(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Answer donation, coroner and family; blank leaves what is there."""
        run, facts = self.parent, self.read(EndOfLifeInput)
        ending.record_end_of_life(run=run, **facts, by=self.user, at=self.at)
        return self._kept(run, 201)

    @extend_schema(request=DeathInput, responses={201: EndOfLifeShape})
    @action(detail=False, methods=["post"])
    @idempotent
    def death(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Record death: every reminder for this patient stops; a clamp ends the run."""
        run, facts = self.parent, self.read(DeathInput)
        ending.record_death(run=run, **facts, by=self.user, at=self.at)
        return self._kept(run, 201)

    @extend_schema(request=WithdrawalInput, responses={201: EndOfLifeShape})
    @action(detail=False, methods=["post"])
    @idempotent
    def withdrawal(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Keep the decision to withdraw; flow off and death are recorded when they come."""
        run, facts = self.parent, self.read(WithdrawalInput)
        ending.record_withdrawal(run=run, **facts, by=self.user, at=self.at)
        return self._kept(run, 201)

    def _kept(self, run: Run, code: int) -> Response:
        kept = EndOfLife.objects.select_related("entered_by").filter(run=run).first()
        if kept is None:
            raise Http404("Nothing is kept about the end of this run.")
        return self.show(kept, code=code)


class HoldEndpoint(OfRun, Listed):
    """Holds on the circuits of a run, as for the coroner."""

    queryset = CircuitHold.objects.none()
    serializer_class = HoldShape
    permissions: ClassVar = {"list": P.PATIENT_VIEW, "create": P.RUN_EDIT, "release": P.RUN_EDIT}

    def visible_rows(self) -> QuerySet[CircuitHold]:
        """Of the run."""
        rows: QuerySet[CircuitHold] = self.parent.holds.all()
        return rows.select_related("held_by", "released_by")

    @extend_schema(request=ReasonInput, responses={201: HoldShape})
    @idempotent
    def create(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Hold the circuits; a second hold changes nothing."""
        run, facts = self.parent, self.read(ReasonInput)
        return self.created(hold_circuits(run=run, **facts, by=self.user, at=self.at))

    @extend_schema(request=ReasonInput, responses=HoldShape)
    @action(detail=False, methods=["post"])
    @idempotent
    def release(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Let the circuits go: who released them and why. 409 `not_held`."""
        run, facts = self.parent, self.read(ReasonInput)
        return self.show(release_circuits(run=run, **facts, by=self.user, at=self.at))


class VisitEndpoint(OfRun, Listed):
    """Follow-up of a run: visits planned and held."""

    queryset = FollowUpVisit.objects.none()
    serializer_class = VisitShape
    permissions: ClassVar = {"list": P.PATIENT_VIEW, "create": P.RUN_EDIT, "record": P.RUN_EDIT}

    def visible_rows(self) -> QuerySet[FollowUpVisit]:
        """Of the run, the first to come first."""
        rows: QuerySet[FollowUpVisit] = self.parent.visits.select_related("entered_by")
        return rows

    @extend_schema(request=VisitInput, responses={201: VisitShape})
    @idempotent
    def create(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Plan a visit."""
        run, facts = self.parent, self.read(VisitInput)
        return self.created(plan_visit(run=run, **facts, by=self.user, at=self.at))

    @extend_schema(request=SeenInput, responses=VisitShape)
    @action(detail=True, methods=["post"])
    @idempotent
    def record(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Enter how a visit went. 409 `seen_already`."""
        visit, facts = self.row, self.read(SeenInput)
        return self.show(record_visit(visit=visit, **facts, by=self.user, at=self.at))


class FollowUpEndpoint(Listed):
    """Runs whose follow-up is still to come or to be planned, the newest first."""

    queryset = Run.objects.none()
    serializer_class = FollowedShape
    whose = "patient.public_id"
    permissions: ClassVar = {"list": P.PATIENT_VIEW}

    def visible_rows(self) -> QuerySet[Run]:
        """Of one's units."""
        return follow_up_list(self.user, self.at)

    def presented(self, rows: Sequence[Run]) -> Sequence[Any]:
        """Return runs with where they stand and their visits."""
        return followed(rows)
