from django.urls import path

from circuits.views import checks, circuit, devices, overview, support

app_name = "circuits"
urlpatterns = [
    path("flow-on/", support.support_start, name="support-start"),
    path("runs/<uuid:public_id>/", overview.run_overview, name="run-overview"),
    path("runs/<uuid:public_id>/trends.json", overview.trends, name="run-trends"),
    path("runs/<uuid:public_id>/run/", support.support_detail, name="support-detail"),
    path("runs/<uuid:public_id>/run/mode/", support.mode_create, name="mode-create"),
    path("runs/<uuid:public_id>/run/weight/", support.weight_create, name="weight-create"),
    path("runs/<uuid:public_id>/run/cannula/", support.cannula_create, name="cannula-create"),
    path("runs/<uuid:public_id>/run/limits/", support.limit_list, name="limit-list"),
    path(
        "runs/<uuid:public_id>/run/limits/<slug:measure>/",
        support.limit_change,
        name="limit-change",
    ),
    path("runs/<uuid:public_id>/run/end/", support.support_end, name="support-end"),
    path("runs/<uuid:public_id>/run/outcome/", support.outcome_record, name="outcome-record"),
    path("runs/<uuid:public_id>/checks/", checks.check_list, name="check-list"),
    path("runs/<uuid:public_id>/checks/new/", checks.check_create, name="check-create"),
    path("checks/<uuid:public_id>/", checks.check_detail, name="check-detail"),
    path("checks/<uuid:public_id>/amend/", checks.check_amend, name="check-amend"),
    path("runs/<uuid:public_id>/circuit/", circuit.circuit_detail, name="circuit-detail"),
    path(
        "runs/<uuid:public_id>/circuit/install/",
        circuit.component_install,
        name="component-install",
    ),
    path(
        "components/<uuid:public_id>/exchange/",
        circuit.component_exchange,
        name="component-exchange",
    ),
    path("devices/", devices.device_list, name="device-list"),
    path("devices/add/", devices.device_create, name="device-create"),
    path("devices/<uuid:public_id>/", devices.device_edit, name="device-edit"),
]
