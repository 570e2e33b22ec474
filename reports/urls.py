from django.urls import path

from reports.views import candidates, devices, reports, runs, scores

app_name = "reports"
urlpatterns = [
    path("reports/", reports.report_list, name="report-list"),
    path("reports/ask/", reports.report_ask, name="report-ask"),
    path("reports/<uuid:report_id>/sign/", reports.report_sign, name="report-sign"),
    path("reports/<uuid:report_id>/files/<uuid:file_id>/", reports.report_file, name="report-file"),
    path("runs/<uuid:run_id>/registry/", runs.run_registry, name="run-registry"),
    path("runs/<uuid:run_id>/registry/facts/", runs.run_facts, name="run-facts"),
    path(
        "runs/<uuid:run_id>/registry/candidates/", candidates.run_candidates, name="run-candidates"
    ),
    path("runs/<uuid:run_id>/registry/sign/", runs.run_sign, name="run-sign"),
    path("runs/<uuid:run_id>/scores/", scores.score_list, name="score-list"),
    path("runs/<uuid:run_id>/scores/<slug:name>/", scores.score_create, name="score-create"),
    path("runs/<uuid:run_id>/summary.pdf", runs.run_summary, name="run-summary"),
    path("recalls/<uuid:public_id>/trace.pdf", devices.recall_trace, name="recall-trace"),
    path("recalls/<uuid:public_id>/reply/", devices.recall_reply, name="recall-reply"),
    path("incidents/<uuid:public_id>/report.pdf", devices.incident_report, name="incident-report"),
]
