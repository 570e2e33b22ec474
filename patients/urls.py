from django.urls import path, re_path

from patients import views

app_name = "patients"
urlpatterns = [
    path("patients/", views.patient_list, name="patient-list"),
    path("patients/add/", views.patient_create, name="patient-create"),
    path("patients/<uuid:public_id>/", views.patient_detail, name="patient-detail"),
    path("patients/<uuid:public_id>/correct/", views.patient_correct, name="patient-correct"),
    path("runs/<uuid:public_id>/events/", views.event_list, name="event-list"),
    re_path(
        r"^runs/(?P<public_id>[0-9a-f-]{36})/events/"
        r"(?P<kind>complication|bleeding|product|diagnosis|procedure|infection|family|draw)/$",
        views.event_create,
        name="event-create",
    ),
]
