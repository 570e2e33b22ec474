"""Where the API's endpoints live: `/api/v1/`, its schema, and the page that shows it."""

from django.urls import path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.routers import Route, SimpleRouter

from accounts.api import LoginView, LogoutView
from circuits.api.checks import AmendmentEndpoint, CheckEndpoint
from circuits.api.entries import CannulaEndpoint, ModeEndpoint, WeightEndpoint
from circuits.api.limits import LimitEndpoint
from circuits.api.parts import (
    CircuitEndpoint,
    ComponentEndpoint,
    DeviceModelEndpoint,
    ExchangeEndpoint,
)
from circuits.api.runs import RunEndpoint
from interop.api import Hl7Endpoint, MessageEndpoint
from patients.api.events import (
    BleedingEndpoint,
    BloodProductEndpoint,
    ComplicationEndpoint,
    DiagnosisEndpoint,
)
from patients.api.patients import PatientEndpoint
from web.api import CentreEndpoint, MeEndpoint, UnitEndpoint, UserEndpoint
from web.endpoints import Endpoint


class DocsView(SpectacularSwaggerSplitView):
    """The description as a page; scripts and styles are files of this server, none of a CDN."""

    permission = "signed in"
    url_name = "api:schema"
    template_name = "web/api_docs.html"


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
    "runs": RunEndpoint,
    f"{RUN}/modes": ModeEndpoint,
    f"{RUN}/weights": WeightEndpoint,
    f"{RUN}/cannulas": CannulaEndpoint,
    f"{RUN}/limits": LimitEndpoint,
    f"{RUN}/circuits": CircuitEndpoint,
    f"{RUN}/components": ComponentEndpoint,
    f"{RUN}/exchanges": ExchangeEndpoint,
    f"{RUN}/checks": CheckEndpoint,
    f"{RUN}/checks/<uuid:check_id>/amendments": AmendmentEndpoint,
    f"{RUN}/complications": ComplicationEndpoint,
    f"{RUN}/bleedings": BleedingEndpoint,
    f"{RUN}/blood-products": BloodProductEndpoint,
    f"{RUN}/diagnoses": DiagnosisEndpoint,
    "device-models": DeviceModelEndpoint,
    "hl7-messages": MessageEndpoint,
}

router = Router(use_regex_path=False)
for prefix, endpoint in ENDPOINTS.items():
    router.register(prefix, endpoint, basename=prefix.rsplit("/", 1)[-1])

v1 = [
    path("auth/login/", LoginView.as_view(), name="login"),
    path("auth/logout/", LogoutView.as_view(), name="logout"),
    path("hl7/", Hl7Endpoint.as_view(), name="hl7"),
    *router.urls,
]
documentation = [
    path("schema/", SpectacularAPIView.as_view(), name="schema"),
    path("docs/", DocsView.as_view(), name="docs"),
]
