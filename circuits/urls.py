from django.urls import path

from circuits.views import (
    care_plan,
    change_steps,
    changes,
    checks,
    circuit,
    consoles,
    decannulation,
    devices,
    exchange,
    incidents,
    overview,
    passport,
    recalls,
    reconfigure,
    stock,
    support,
    transport,
    weaning,
)

app_name = "circuits"
urlpatterns = [
    path("flow-on/", support.support_start, name="support-start"),
    path("runs/<uuid:public_id>/", overview.run_overview, name="run-overview"),
    path("runs/<uuid:public_id>/trends.json", overview.trends, name="run-trends"),
    path("runs/<uuid:public_id>/run/", support.support_detail, name="support-detail"),
    path("runs/<uuid:public_id>/run/mode/", reconfigure.mode_create, name="mode-create"),
    path("runs/<uuid:public_id>/run/weight/", support.weight_create, name="weight-create"),
    path("runs/<uuid:public_id>/run/cannula/", reconfigure.cannula_create, name="cannula-create"),
    path("cannulas/<uuid:public_id>/correct/", reconfigure.cannula_correct, name="cannula-correct"),
    path("cannulas/<uuid:public_id>/position/", reconfigure.cannula_move, name="cannula-move"),
    path("runs/<uuid:public_id>/run/confirm/", reconfigure.limit_confirm, name="limit-confirm"),
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
        exchange.component_exchange,
        name="component-exchange",
    ),
    path("components/<uuid:public_id>/fate/", exchange.part_fate, name="part-fate"),
    path("photos/<uuid:public_id>/", exchange.part_photo, name="part-photo"),
    path(
        "runs/<uuid:public_id>/circuit/exchange/", exchange.exchange_create, name="exchange-create"
    ),
    path("runs/<uuid:public_id>/weaning/", weaning.weaning, name="weaning"),
    path("runs/<uuid:public_id>/weaning/start/", weaning.trial_start, name="trial-start"),
    path("runs/<uuid:public_id>/weaning/record/", weaning.trial_record, name="trial-record"),
    path("weaning-trials/<uuid:public_id>/step/", weaning.trial_step, name="trial-step"),
    path("weaning-trials/<uuid:public_id>/restore/", weaning.trial_restore, name="trial-restore"),
    path("weaning-trials/<uuid:public_id>/verdict/", weaning.trial_judge, name="trial-judge"),
    path("runs/<uuid:public_id>/decannulation/", decannulation.decannulation, name="decannulation"),
    path("runs/<uuid:public_id>/run/resume/", decannulation.support_resume, name="support-resume"),
    path("cannulas/<uuid:public_id>/remove/", decannulation.cannula_remove, name="cannula-remove"),
    path("runs/<uuid:public_id>/care-plan/", care_plan.care_plan, name="care-plan"),
    path("runs/<uuid:public_id>/care-plan/target/", care_plan.target_set, name="target-set"),
    path("runs/<uuid:public_id>/care-plan/carry/", care_plan.targets_carry, name="targets-carry"),
    path(
        "runs/<uuid:public_id>/care-plan/emergency/",
        care_plan.emergency_plan_set,
        name="emergency-plan-set",
    ),
    path("targets/<uuid:public_id>/withdraw/", care_plan.target_withdraw, name="target-withdraw"),
    path("runs/<uuid:public_id>/transport/", transport.transport, name="transport"),
    path("runs/<uuid:public_id>/transport/plan/", transport.leg_plan, name="leg-plan"),
    path("runs/<uuid:public_id>/transport/bed/", transport.bed_move, name="bed-move"),
    path("transport-legs/<uuid:public_id>/decide/", transport.leg_decide, name="leg-decide"),
    path("transport-legs/<uuid:public_id>/depart/", transport.leg_depart, name="leg-depart"),
    path("transport-legs/<uuid:public_id>/arrive/", transport.leg_arrive, name="leg-arrive"),
    path(
        "transport-legs/<uuid:public_id>/stand-down/",
        transport.leg_stand_down,
        name="leg-stand-down",
    ),
    path("transport-legs/<uuid:public_id>/call-off/", transport.leg_call_off, name="leg-call-off"),
    path(
        "runs/<uuid:public_id>/checklists/<slug:kind>/<uuid:subject>/",
        transport.item_answer,
        name="item-answer",
    ),
    path("changes/", changes.change_schedule, name="change-schedule"),
    path("runs/<uuid:public_id>/circuit/plan/", changes.change_plan, name="change-plan"),
    path("changes/<uuid:public_id>/", changes.change_detail, name="change-detail"),
    path("changes/<uuid:public_id>/replan/", change_steps.change_replan, name="change-replan"),
    path(
        "changes/<uuid:public_id>/hand-over/",
        change_steps.change_hand_over,
        name="change-hand-over",
    ),
    path("changes/<uuid:public_id>/kit/", change_steps.change_kit, name="change-kit"),
    path("changes/<uuid:public_id>/cancel/", change_steps.change_cancel, name="change-cancel"),
    path("stock/", stock.stock_list, name="stock-list"),
    path("stock/receive/", stock.stock_receive, name="stock-receive"),
    path("stock/wanted/", stock.par_set, name="par-set"),
    path("stock/<uuid:public_id>/", stock.stock_detail, name="stock-detail"),
    path("stock/<uuid:public_id>/count/", stock.stock_count, name="stock-count"),
    *(
        path(f"stock/<uuid:public_id>/{step}/", stock.move_view(step), name=f"stock-{step}")
        for step in stock.MOVES
    ),
    *(
        path(
            f"stock-movements/<uuid:public_id>/{step}/", stock.end_view(step), name=f"stock-{step}"
        )
        for step in stock.ENDS
    ),
    path("consoles/", consoles.console_list, name="console-list"),
    path("consoles/add/", consoles.console_create, name="console-create"),
    path("consoles/<uuid:public_id>/", consoles.console_detail, name="console-detail"),
    *(
        path(f"consoles/<uuid:public_id>/{step}/", view, name=f"console-{step}")
        for step, view in (
            ("service", consoles.console_service),
            ("limits", consoles.console_limits),
            ("water", consoles.console_water),
            ("state", consoles.console_state),
            ("lend", consoles.console_lend),
            ("return", consoles.console_return),
        )
    ),
    path("hygiene/", consoles.hygiene, name="hygiene"),
    path("devices/", devices.device_list, name="device-list"),
    path("devices/add/", devices.device_create, name="device-create"),
    path("devices/<uuid:public_id>/", devices.device_edit, name="device-edit"),
    path("runs/<uuid:public_id>/passport/", passport.circuit_passport, name="circuit-passport"),
    path("components/<uuid:public_id>/photos/add/", passport.photo_create, name="photo-create"),
    path("recalls/", recalls.recall_list, name="recall-list"),
    path("recalls/new/", recalls.recall_create, name="recall-create"),
    path("recalls/<uuid:public_id>/", recalls.recall_detail, name="recall-detail"),
    path("recalls/<uuid:public_id>/search/", recalls.recall_search, name="recall-search"),
    path("recalls/<uuid:public_id>/fate/", recalls.recall_fate, name="recall-fate"),
    path("recalls/<uuid:public_id>/tell/<uuid:run_id>/", recalls.recall_tell, name="recall-tell"),
    path("recalls/<uuid:public_id>/close/", recalls.recall_close, name="recall-close"),
    path("recalls/<uuid:public_id>/files/<uuid:file_id>/", recalls.recall_file, name="recall-file"),
    path("incidents/", incidents.incident_list, name="incident-list"),
    path("runs/<uuid:public_id>/incident/", incidents.incident_create, name="incident-create"),
    path("incidents/<uuid:public_id>/", incidents.incident_detail, name="incident-detail"),
    *(
        path(
            f"incidents/<uuid:public_id>/{step}/",
            incidents.step_view(step),
            name=f"incident-{step}",
        )
        for step in incidents.STEPS
    ),
]
