"""The web root and the API's root; nothing else."""

from django.contrib import admin
from django.urls import include, path

from ecmo.health import healthz, readyz

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("accounts/", include("allauth.account.urls")),
    path("admin/", admin.site.urls),
    path("alerts/", include("alerts.urls")),
    path("roster/", include("staffing.urls")),
]
