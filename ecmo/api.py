"""Where the API's endpoints live: `/api/v1/`, its schema, and the page that shows it."""

from typing import Any

from django.urls import path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.routers import Route, SimpleRouter
from rest_framework.views import APIView

from accounts.access import SignedIn
from accounts.api import LoginView, LogoutView
from alerts.api import (
    AlertEndpoint,
    AlertHistoryEndpoint,
    DueEndpoint,
    RunAlertEndpoint,
    RunDueEndpoint,
)
from circuits.api.adjuncts import AdjunctEndpoint, TaskEndpoint
from circuits.api.cannulas import CannulaEndpoint
from circuits.api.care_plan import EmergencyPlanEndpoint, TargetEndpoint
from circuits.api.catalogue import DeviceModelEndpoint
from circuits.api.changes import PlannedChangeEndpoint, RunPlannedChangeEndpoint
from circuits.api.checks import AmendmentEndpoint, CheckEndpoint, CheckWithdrawalEndpoint
from circuits.api.clots import ClotEndpoint
from circuits.api.consoles import ConsoleEndpoint
from circuits.api.emergencies import EmergencyEndpoint
from circuits.api.entries import ModeEndpoint, WeightEndpoint
from circuits.api.equipment_dues import EquipmentDueEndpoint
from circuits.api.exchanges import ExchangeEndpoint
from circuits.api.incidents import IncidentEndpoint
from circuits.api.limits import LimitEndpoint
from circuits.api.measures import MeasureEndpoint
from circuits.api.parts import CircuitEndpoint, ComponentEndpoint
from circuits.api.passports import PassportEndpoint
from circuits.api.photos import PhotoEndpoint
from circuits.api.recalls import RecallEndpoint
from circuits.api.runs import RunEndpoint
from circuits.api.standby import KitEndpoint, StandbyChecklistEndpoint, StandbyEndpoint
from circuits.api.stock import ParLevelEndpoint, StockLotEndpoint, StockMovementEndpoint
from circuits.api.transport import AnswerEndpoint, BedMoveEndpoint, LegEndpoint
from circuits.api.weaning import TrialEndpoint
from ecmo.site_documents import SiteDocumentEndpoint
from episodes.api.handovers import HandoverEndpoint
from episodes.api.huddle import HuddleActionEndpoint, PlannedProcedureEndpoint
from episodes.api.merges import MergeEndpoint
from episodes.api.referrals import CallEndpoint, ReferralEndpoint, ReferralStepEndpoint
from episodes.api.runs import (
    EndEndpoint,
    EpisodeEndpoint,
    FollowUpEndpoint,
    HoldEndpoint,
    RunStepEndpoint,
    VisitEndpoint,
)
from interop.api import Hl7Endpoint, MessageEndpoint
from labs.api.infusions import ChangeEndpoint, InfusionEndpoint, WithdrawalEndpoint
from labs.api.plans import PlanEndpoint
from labs.api.samples import ResultEndpoint, SampleEndpoint
from notifications.api import NotificationEndpoint
from patients.api.codes import DiagnosisCodeEndpoint
from patients.api.entries import (
    BloodDrawEndpoint,
    BloodEndpoint,
    FamilyEntryEndpoint,
    InfectionEndpoint,
    ProcedureEndpoint,
)
from patients.api.events import (
    BleedingEndpoint,
    BloodProductEndpoint,
    ComplicationEndpoint,
    DiagnosisEndpoint,
)
from patients.api.patients import PatientEndpoint
from patients.api.scores import ScoreEndpoint
from reports.api import FileEndpoint, ReportEndpoint
from reports.candidates_api import CandidateEndpoint
from reports.notices_api import NoticeEndpoint
from reports.registry_api import RegistryRecordEndpoint
from reports.scores_api import SuggestionEndpoint
from staffing.api import OnCallEndpoint, PersonEndpoint, ShiftEndpoint
from web.api import CentreEndpoint, MeEndpoint, UnitEndpoint, UserEndpoint
from web.endpoints import Endpoint


class DocsView(SpectacularSwaggerSplitView):
    """The description as a page; scripts and styles are files of this server, none of a CDN."""

    permission = "signed in"
    url_name = "api:schema"
    template_name = "web/api_docs.html"


class NowhereView(APIView):
    """An address that the API does not have."""

    permission = "signed in"
    permission_classes = [SignedIn]
    schema = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Say so in the API's own words, whatever is sent."""
        super().initial(request, *args, **kwargs)
        raise NotFound(f"The API has no address {request.path}; see /api/docs/.")


RUN = "runs/<uuid:run_id>"


class Router(SimpleRouter):
    """Addresses with UUIDs; PUT to a list replaces all of it."""

    routes = [
        Route(
            url=r"^{prefix}{trailing_slash}$",
            mapping={"get": "list", "post": "create", "put": "replace_all"},
            name="{basename}-list",
            detail=False,
            initkwargs={"suffix": "List"},
        ),
        *SimpleRouter.routes[1:],
    ]


ENDPOINTS: dict[str, type[Endpoint]] = {
    "me": MeEndpoint,
    "centres": CentreEndpoint,
    "units": UnitEndpoint,
    "users": UserEndpoint,
    "patients": PatientEndpoint,
    "patient-merges": MergeEndpoint,
    "referrals": ReferralEndpoint,
    "referrals/<uuid:referral_id>/steps": ReferralStepEndpoint,
    "referrals/<uuid:referral_id>/log": CallEndpoint,
    "runs": RunEndpoint,
    f"{RUN}/episode": EpisodeEndpoint,
    f"{RUN}/steps": RunStepEndpoint,
    f"{RUN}/end-of-life": EndEndpoint,
    f"{RUN}/holds": HoldEndpoint,
    f"{RUN}/handovers": HandoverEndpoint,
    f"{RUN}/planned-procedures": PlannedProcedureEndpoint,
    "huddle-actions": HuddleActionEndpoint,
    f"{RUN}/visits": VisitEndpoint,
    "follow-up": FollowUpEndpoint,
    f"{RUN}/modes": ModeEndpoint,
    f"{RUN}/weights": WeightEndpoint,
    f"{RUN}/cannulas": CannulaEndpoint,
    f"{RUN}/limits": LimitEndpoint,
    f"{RUN}/weaning-trials": TrialEndpoint,
    f"{RUN}/targets": TargetEndpoint,
    f"{RUN}/emergency-plans": EmergencyPlanEndpoint,
    f"{RUN}/transport-legs": LegEndpoint,
    f"{RUN}/checklist-answers": AnswerEndpoint,
    f"{RUN}/bed-moves": BedMoveEndpoint,
    f"{RUN}/circuits": CircuitEndpoint,
    f"{RUN}/components": ComponentEndpoint,
    f"{RUN}/components/<uuid:component_id>/photos": PhotoEndpoint,
    f"{RUN}/exchanges": ExchangeEndpoint,
    f"{RUN}/changes": RunPlannedChangeEndpoint,
    "changes": PlannedChangeEndpoint,
    f"{RUN}/passports": PassportEndpoint,
    f"{RUN}/checks": CheckEndpoint,
    f"{RUN}/checks/<uuid:check_id>/amendments": AmendmentEndpoint,
    f"{RUN}/checks/<uuid:check_id>/withdrawals": CheckWithdrawalEndpoint,
    f"{RUN}/complications": ComplicationEndpoint,
    f"{RUN}/bleedings": BleedingEndpoint,
    f"{RUN}/blood-products": BloodProductEndpoint,
    f"{RUN}/blood-draws": BloodDrawEndpoint,
    f"{RUN}/blood": BloodEndpoint,
    f"{RUN}/diagnoses": DiagnosisEndpoint,
    f"{RUN}/procedures": ProcedureEndpoint,
    f"{RUN}/infections": InfectionEndpoint,
    f"{RUN}/family-entries": FamilyEntryEndpoint,
    f"{RUN}/scores": ScoreEndpoint,
    f"{RUN}/score-suggestions": SuggestionEndpoint,
    f"{RUN}/samples": SampleEndpoint,
    f"{RUN}/results": ResultEndpoint,
    f"{RUN}/infusions": InfusionEndpoint,
    f"{RUN}/infusions/<uuid:infusion_id>/changes": ChangeEndpoint,
    f"{RUN}/infusion-changes": WithdrawalEndpoint,
    f"{RUN}/plans": PlanEndpoint,
    f"{RUN}/adjuncts": AdjunctEndpoint,
    f"{RUN}/clots": ClotEndpoint,
    f"{RUN}/tasks": TaskEndpoint,
    f"{RUN}/alerts": RunAlertEndpoint,
    f"{RUN}/alert-history": AlertHistoryEndpoint,
    f"{RUN}/dues": RunDueEndpoint,
    f"{RUN}/assessment-candidates": CandidateEndpoint,
    f"{RUN}/notices": NoticeEndpoint,
    f"{RUN}/registry-record": RegistryRecordEndpoint,
    "alerts": AlertEndpoint,
    "dues": DueEndpoint,
    "equipment-dues": EquipmentDueEndpoint,
    "people": PersonEndpoint,
    "shifts": ShiftEndpoint,
    "on-call": OnCallEndpoint,
    "notifications": NotificationEndpoint,
    "checklists": StandbyChecklistEndpoint,
    "standby-circuits": StandbyEndpoint,
    "kit": KitEndpoint,
    "device-models": DeviceModelEndpoint,
    "diagnosis-codes": DiagnosisCodeEndpoint,
    "stock-lots": StockLotEndpoint,
    "stock-movements": StockMovementEndpoint,
    "par-levels": ParLevelEndpoint,
    "consoles": ConsoleEndpoint,
    "recalls": RecallEndpoint,
    "incidents": IncidentEndpoint,
    "emergencies": EmergencyEndpoint,
    "measures": MeasureEndpoint,
    "site-documents": SiteDocumentEndpoint,
    "reports": ReportEndpoint,
    "reports/<uuid:report_id>/files": FileEndpoint,
    "hl7-messages": MessageEndpoint,
}

router = Router(use_regex_path=False)
for prefix, endpoint in ENDPOINTS.items():
    parts = [part for part in prefix.split("/") if not part.startswith("<")]
    router.register(prefix, endpoint, basename="-".join(parts))

v1 = [
    path("auth/login/", LoginView.as_view(), name="login"),
    path("auth/logout/", LogoutView.as_view(), name="logout"),
    path("hl7/", Hl7Endpoint.as_view(), name="hl7"),
    *router.urls,
    path("<path:elsewhere>/", NowhereView.as_view(), name="nowhere"),
]
documentation = [
    path("schema/", SpectacularAPIView.as_view(), name="schema"),
    path("docs/", DocsView.as_view(), name="docs"),
]
