from django.urls import path

from labs import views

app_name = "labs"
urlpatterns = [
    path("runs/<uuid:public_id>/anticoagulation/", views.anticoagulation, name="anticoagulation"),
    path("runs/<uuid:public_id>/labs/", views.results, name="results"),
    path("runs/<uuid:public_id>/labs/add/", views.result_create, name="result-create"),
    path("labs/results/<uuid:public_id>/correct/", views.result_correct, name="result-correct"),
    path("runs/<uuid:public_id>/infusions/start/", views.infusion_start, name="infusion-start"),
    path("labs/infusions/<uuid:public_id>/change/", views.infusion_change, name="infusion-change"),
    path("labs/changes/<uuid:public_id>/withdraw/", views.change_withdraw, name="change-withdraw"),
    path("runs/<uuid:public_id>/plan/", views.plan_set, name="plan-set"),
]
