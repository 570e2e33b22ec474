from django.urls import path

from episodes.views import handover, huddle, merging, referrals, runs, steps

app_name = "episodes"
urlpatterns = [
    path("referrals/", referrals.referral_list, name="referral-list"),
    path("referrals/new/", referrals.referral_create, name="referral-create"),
    path("referrals/<uuid:public_id>/", referrals.referral_detail, name="referral-detail"),
    path("referrals/<uuid:public_id>/told/", referrals.referral_edit, name="referral-edit"),
    path("referrals/<uuid:public_id>/log/", steps.referral_log, name="referral-log"),
    path(
        "referrals/<uuid:public_id>/hand-over/",
        steps.referral_hand_over,
        name="referral-hand-over",
    ),
    path("referrals/<uuid:public_id>/patient/", steps.referral_name, name="referral-name"),
    path("referrals/<uuid:public_id>/flow-on/", steps.referral_flow_on, name="referral-flow-on"),
    path(
        "referrals/<uuid:public_id>/take-back/",
        steps.referral_take_back,
        name="referral-take-back",
    ),
    path("referrals/<uuid:public_id>/to/<slug:target>/", steps.referral_step, name="referral-step"),
    path("runs/<uuid:public_id>/episode/", runs.run_episode, name="run-episode"),
    path("runs/<uuid:public_id>/episode/to/<slug:target>/", runs.run_step, name="run-step"),
    path("runs/<uuid:public_id>/death/", runs.run_death, name="run-death"),
    path("runs/<uuid:public_id>/withdrawal/", runs.run_withdrawal, name="run-withdrawal"),
    path("runs/<uuid:public_id>/end-of-life/", runs.run_end_of_life, name="run-end-of-life"),
    path("runs/<uuid:public_id>/release/", runs.run_release, name="run-release"),
    path("runs/<uuid:public_id>/take-back/", runs.run_take_back, name="run-take-back"),
    path("runs/<uuid:public_id>/visits/add/", runs.visit_create, name="visit-create"),
    path("visits/<uuid:public_id>/", runs.visit_record, name="visit-record"),
    path("patients/<uuid:public_id>/merge/", merging.merge_find, name="merge-find"),
    path("patients/<uuid:public_id>/merge/<uuid:into>/", merging.merge_create, name="merge-create"),
    path("merges/<uuid:public_id>/undo/", merging.merge_undo, name="merge-undo"),
    path("handover/", handover.handover_list, name="handover-list"),
    path("units/<uuid:public_id>/handover.pdf", handover.unit_sheet, name="unit-sheet"),
    path("runs/<uuid:public_id>/handover/", handover.run_handover, name="run-handover"),
    path("handovers/<uuid:public_id>/", handover.handover_detail, name="handover-detail"),
    path("handovers/<uuid:public_id>/take/", handover.handover_take, name="handover-take"),
    path("huddle/", huddle.huddle, name="huddle"),
    path("units/<uuid:public_id>/actions/add/", huddle.action_create, name="action-create"),
    path("actions/<uuid:public_id>/close/", huddle.action_close, name="action-close"),
    path(
        "runs/<uuid:public_id>/procedures/plan/", huddle.procedure_create, name="procedure-create"
    ),
    path("procedures/<uuid:public_id>/close/", huddle.procedure_close, name="procedure-close"),
    path("follow-up/", runs.follow_up, name="follow-up"),
]
