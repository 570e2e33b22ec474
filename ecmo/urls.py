"""The web root and the API's root; nothing else."""

from django.contrib import admin
from django.urls import include, path

from ecmo.api import documentation, v1
from ecmo.board import board
from ecmo.checklists import checklist_answer, checklist_detail, checklist_end
from ecmo.health import healthz, readyz
from ecmo.home import home
from ecmo.trail import access_list, patient_trail
from web.styleguide import styleguide

handler400 = "ecmo.errors.bad_request"
handler404 = "ecmo.errors.page_not_found"
handler500 = "ecmo.errors.server_error"

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("", board, name="board"),
    path("home/", home, name="home"),
    path("audit/", access_list, name="access-list"),
    path("patients/<uuid:public_id>/trail/", patient_trail, name="patient-trail"),
    path("checklists/<uuid:public_id>/", checklist_detail, name="checklist"),
    path("checklists/<uuid:public_id>/end/", checklist_end, name="checklist-end"),
    path(
        "checklists/<uuid:public_id>/items/<slug:item>/", checklist_answer, name="checklist-answer"
    ),
    path("", include("patients.urls")),
    path("", include("circuits.urls")),
    path("", include("episodes.urls")),
    path("me/", include("accounts.urls")),
    path("accounts/", include("accounts.login_urls")),
    path("admin/", admin.site.urls),
    path("styleguide/", styleguide, name="styleguide"),
    path("api/", include(([path("v1/", include(v1)), *documentation], "api"))),
    path("alerts/", include("alerts.urls")),
    path("roster/", include("staffing.urls")),
    path("", include("labs.urls")),
    path("", include("reports.urls")),
    path("", include("interop.urls")),
]
