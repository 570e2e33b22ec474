from django.urls import path, re_path

from patients.views import codes, events, patients

app_name = "patients"
urlpatterns = [
    path("patients/", patients.patient_list, name="patient-list"),
    path("patients/add/", patients.patient_create, name="patient-create"),
    path("patients/<uuid:public_id>/", patients.patient_detail, name="patient-detail"),
    path("patients/<uuid:public_id>/correct/", patients.patient_correct, name="patient-correct"),
    path("runs/<uuid:public_id>/events/", events.event_list, name="event-list"),
    re_path(
        r"^runs/(?P<public_id>[0-9a-f-]{36})/events/"
        r"(?P<kind>complication|bleeding|product|diagnosis|procedure|infection|family|draw)/$",
        events.event_create,
        name="event-create",
    ),
    re_path(
        r"^runs/(?P<public_id>[0-9a-f-]{36})/events/"
        r"(?P<kind>complication|product|diagnosis|procedure|infection|family|draw)/"
        r"(?P<entry_id>[0-9a-f-]{36})/withdraw/$",
        events.entry_withdraw,
        name="entry-withdraw",
    ),
    path("diagnosis-codes/", codes.code_list, name="code-list"),
    path("diagnosis-codes/import/", codes.code_import, name="code-import"),
]
