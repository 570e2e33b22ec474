"""Who may do what, as the ward would tell it: every role before every door."""

from types import SimpleNamespace

import pytest
from django.urls import reverse

from accounts.permissions import ROLES, Permission, Role
from audit.models import Access
from interop.models import Message
from tests.cast import member
from tests.interop.test_receiving import message
from tests.journeys.entries import ENTRIES, IDS, count
from tests.journeys.people import Person, machine

P, R = Permission, Role
SPECIALISTS = {R.SPECIALIST, R.PERFUSIONIST, R.PHYSICIAN, R.COORDINATOR, R.DIRECTOR}
BEDSIDE = SPECIALISTS | {R.NURSE, R.TRAINEE}
READERS = BEDSIDE | {R.PHARMACIST, R.REGISTRY, R.OBSERVER}
LEADS = {R.COORDINATOR, R.DIRECTOR}
KEEPERS = LEADS | {R.PERFUSIONIST, R.EQUIPMENT}

WRITES = {
    "episodes:run-handover": BEDSIDE,
    "episodes:procedure-create": SPECIALISTS,
    "episodes:procedure-close": SPECIALISTS,
    "episodes:action-create": BEDSIDE,
    "episodes:action-close": BEDSIDE,
    "circuits:check-create": BEDSIDE,
    "circuits:check-amend": BEDSIDE,
    "circuits:mode-create": SPECIALISTS,
    "circuits:weight-create": SPECIALISTS,
    "circuits:cannula-create": SPECIALISTS,
    "circuits:limit-change": LEADS | {R.PHYSICIAN},
    "circuits:support-end": SPECIALISTS,
    "circuits:adjunct-start": SPECIALISTS,
    "circuits:adjunct-end": SPECIALISTS,
    "circuits:standby-create": SPECIALISTS | {R.EQUIPMENT},
    "circuits:standby-prime": SPECIALISTS | {R.EQUIPMENT},
    "circuits:prime-chemistry": SPECIALISTS | {R.EQUIPMENT},
    "circuits:standby-status": SPECIALISTS | {R.EQUIPMENT},
    "circuits:standby-activate": SPECIALISTS,
    "circuits:kit-create": SPECIALISTS | {R.EQUIPMENT},
    "circuits:clot-create": BEDSIDE,
    "circuits:clot-look": BEDSIDE,
    "circuits:kit-retire": SPECIALISTS | {R.EQUIPMENT},
    "circuits:incident-create": BEDSIDE,
    "circuits:incident-record": BEDSIDE | {R.EQUIPMENT},
    "circuits:kit-look": BEDSIDE | {R.EQUIPMENT},
    "circuits:trial-start": LEADS | {R.PHYSICIAN},
    "circuits:trial-record": SPECIALISTS,
    "circuits:trial-step": BEDSIDE,
    "circuits:trial-judge": LEADS | {R.PHYSICIAN},
    "circuits:target-set": LEADS | {R.PHYSICIAN},
    "circuits:targets-carry": LEADS | {R.PHYSICIAN},
    "circuits:emergency-plan-set": LEADS | {R.PHYSICIAN},
    "circuits:emergency-start": BEDSIDE | {R.EQUIPMENT},
    "circuits:emergency-note": BEDSIDE,
    "circuits:emergency-end": BEDSIDE,
    "circuits:emergency-debrief": BEDSIDE,
    "circuits:bed-move": BEDSIDE,
    "circuits:leg-plan": SPECIALISTS,
    "circuits:leg-decide": LEADS | {R.PHYSICIAN},
    "circuits:leg-depart": SPECIALISTS,
    "circuits:leg-call-off": SPECIALISTS,
    "circuits:leg-arrive": SPECIALISTS,
    "circuits:leg-stand-down": SPECIALISTS,
    "circuits:cannula-remove": SPECIALISTS,
    "circuits:support-resume": SPECIALISTS,
    "circuits:outcome-record": SPECIALISTS,
    "circuits:component-install": SPECIALISTS,
    "circuits:component-exchange": SPECIALISTS,
    "circuits:support-start": SPECIALISTS,
    "circuits:device-create": KEEPERS,
    "circuits:device-label": KEEPERS,
    "circuits:console-create": KEEPERS,
    "circuits:console-service": KEEPERS,
    "circuits:console-limits": KEEPERS,
    "circuits:console-water": KEEPERS,
    "circuits:console-state": KEEPERS,
    "circuits:console-lend": KEEPERS,
    "circuits:console-return": KEEPERS,
    "circuits:stock-receive": KEEPERS,
    "circuits:par-set": KEEPERS,
    "circuits:stock-count": KEEPERS,
    "circuits:stock-reserve": KEEPERS,
    "circuits:stock-set-aside": KEEPERS,
    "circuits:stock-discard": KEEPERS,
    "circuits:stock-put-back": KEEPERS,
    "circuits:stock-throw-away": KEEPERS,
    "patients:patient-create": SPECIALISTS,
    "patients:patient-correct": SPECIALISTS,
    "patients:event-create": SPECIALISTS,
    "patients:entry-withdraw": SPECIALISTS,
    "reports:score-create": SPECIALISTS,
    "episodes:referral-create": BEDSIDE,
    "episodes:referral-edit": BEDSIDE,
    "episodes:referral-log": BEDSIDE,
    "episodes:referral-hand-over": BEDSIDE,
    "episodes:referral-name": BEDSIDE,
    "episodes:referral-flow-on": SPECIALISTS,
    "episodes:referral-step": SPECIALISTS,
    "episodes:referral-take-back": SPECIALISTS,
    "episodes:run-step": SPECIALISTS,
    "episodes:run-take-back": SPECIALISTS,
    "episodes:run-death": SPECIALISTS,
    "episodes:run-withdrawal": SPECIALISTS,
    "episodes:run-end-of-life": SPECIALISTS,
    "episodes:run-release": SPECIALISTS,
    "episodes:merge-create": SPECIALISTS,
    "episodes:merge-undo": SPECIALISTS,
    "episodes:visit-create": SPECIALISTS,
    "episodes:visit-record": SPECIALISTS,
    "labs:result-create": BEDSIDE,
    "labs:result-correct": BEDSIDE,
    "labs:infusion-start": BEDSIDE,
    "labs:infusion-change": BEDSIDE,
    "labs:change-withdraw": BEDSIDE,
    "labs:plan-set": LEADS | {R.PHYSICIAN, R.PHARMACIST},
    "staffing:shift-create": LEADS,
}
READS = {
    "board": READERS,
    "patients:patient-list": READERS,
    "patients:patient-detail": READERS,
    "alerts:alert-list": READERS,
    "alerts:run-history": READERS,
    "circuits:run-overview": READERS,
    "circuits:check-list": READERS,
    "circuits:circuit-detail": READERS,
    "episodes:run-episode": READERS,
    "episodes:handover-list": READERS,
    "episodes:huddle": READERS,
    "episodes:run-handover": READERS,
    "episodes:referral-list": READERS,
    "episodes:follow-up": READERS,
    "circuits:limit-list": READERS,
    "circuits:weaning": READERS,
    "circuits:decannulation": READERS,
    "circuits:care-plan": READERS,
    "circuits:transport": READERS,
    "labs:anticoagulation": READERS,
    "labs:results": READERS,
    "patients:event-list": READERS,
    "reports:run-registry": READERS,
    "reports:score-list": READERS,
    "reports:run-summary": READERS,
    "staffing:roster": READERS,
    "circuits:stock-list": (READERS - {R.OBSERVER}) | {R.EQUIPMENT},
    "circuits:console-list": (READERS - {R.OBSERVER}) | {R.EQUIPMENT},
    "circuits:hygiene": (READERS - {R.OBSERVER}) | {R.EQUIPMENT},
    "circuits:device-list": (READERS - {R.OBSERVER}) | {R.EQUIPMENT},
    "patients:code-list": LEADS | {R.REGISTRY, R.ADMINISTRATOR},
    "patients:code-import": LEADS | {R.REGISTRY, R.ADMINISTRATOR},
    "reports:report-list": LEADS | {R.REGISTRY},
    "reports:run-facts": LEADS | {R.REGISTRY},
    "interop:message-list": LEADS | {R.REGISTRY},
    "access-list": LEADS | {R.ADMINISTRATOR},
    "patient-trail": LEADS,
}
NEVER_AT_THE_BEDSIDE = [R.OBSERVER, R.REGISTRY, R.EQUIPMENT, R.ADMINISTRATOR, R.INTERFACE]


def somebody(role, centre):
    return Person(member("somebody", role, centre=centre))


def address(name, ward):
    if name in {"patients:patient-detail", "patient-trail"}:
        return reverse(name, args=[ward.patient.public_id])
    for arguments in ([], [ward.run.public_id]):
        try:
            return reverse(name, args=arguments)
        except Exception:  # noqa: BLE001, S112 - with or without a run
            continue
    raise AssertionError(name)


def test_the_table_names_every_form_and_every_role():
    assert {entry.name for entry in ENTRIES} == set(WRITES)
    assert set(ROLES) == set(Role)


@pytest.mark.parametrize("role", Role)
def test_a_role_opens_its_own_doors_and_no_other(ward, centre, role):
    person = somebody(role, centre)
    doors = {ward.page(entry): WRITES[entry.name] for entry in ENTRIES}
    doors |= {address(name, ward): roles for name, roles in READS.items()}

    opened = {url: person.opens(url).status_code for url in doors}

    assert set(opened.values()) <= {200, 403, 404}
    assert {url for url, status in opened.items() if status == 200} == {
        url for url, roles in doors.items() if role in roles
    }


@pytest.mark.parametrize("role", NEVER_AT_THE_BEDSIDE)
def test_who_is_not_at_the_bedside_writes_nothing_there(ward, centre, role):
    person = somebody(role, centre)
    barred = [entry for entry in ENTRIES if role not in WRITES[entry.name]]
    forms = {ward.page(entry): ward.typed(entry) for entry in barred}
    before = [count(entry.rows) for entry in ENTRIES]

    statuses = {person.client.post(page, typed).status_code for page, typed in forms.items()}

    assert statuses <= {403, 404}
    assert [count(entry.rows) for entry in ENTRIES] == before


@pytest.mark.parametrize("role", Role)
def test_only_the_interface_sends_laboratory_messages(ward, centre, role):
    client = machine(member("somebody", role, centre=centre))

    answer = client.post("/api/v1/hl7/", message().encode(), content_type="application/hl7-v2")

    assert answer.status_code == (200 if role is R.INTERFACE else 403)
    assert Message.objects.exists() is (role is R.INTERFACE)


def test_an_administrator_audits_who_read_and_meets_no_patient(ward, administrator, nurse):
    Person(nurse).opens(reverse("circuits:run-overview", args=[ward.run.public_id]))
    ada = Person(administrator)

    page = ada.opens(reverse("access-list")).content.decode()
    trail = ada.opens(reverse("patient-trail", args=[ward.patient.public_id]))
    admin = ada.opens("/admin/")

    assert Access.objects.exists()
    assert ward.patient.family_name.casefold() not in page.casefold()
    assert trail.status_code in {403, 404}
    assert admin.status_code in {302, 403}


@pytest.mark.parametrize(
    ("permission", "roles"),
    [
        (P.SITE_DATA_APPROVE, {R.DIRECTOR}),
        (P.REPORT_SIGN_OFF, {R.DIRECTOR}),
        (P.USER_ADMIN, {R.DIRECTOR, R.ADMINISTRATOR}),
        (P.SYSTEM_ADMIN, {R.ADMINISTRATOR}),
        (P.HL7_SEND, {R.INTERFACE}),
        (P.SITE_DATA_DRAFT, LEADS),
        (P.REGISTRY_EXPORT, LEADS | {R.REGISTRY}),
        (P.CODES_IMPORT, LEADS | {R.REGISTRY, R.ADMINISTRATOR}),
        (P.ALERT_ACKNOWLEDGE, BEDSIDE | {R.PHARMACIST}),
    ],
)
def test_a_right_without_a_page_of_its_own_is_held_by(permission, roles):
    assert {role for role, held in ROLES.items() if permission in held} == roles


@pytest.mark.parametrize("entry", ENTRIES, ids=IDS)
def test_who_works_in_another_unit_finds_no_row_to_write_to(ward, other_unit, entry):
    if entry.of in {"", "product"}:  # the catalogue is the same for all units
        return
    elsewhere = Person(member("otto", R.DIRECTOR, unit=other_unit))
    page, typed = ward.page(entry), ward.typed(entry)
    before = count(entry.rows)

    answer = elsewhere.client.post(page, typed)

    refusal = 403 if entry.is_shared else 404
    assert (answer.status_code, count(entry.rows)) == (refusal, before)


def test_who_works_in_another_unit_cannot_choose_a_patient_or_unit_of_this_one(ward, other_unit):
    elsewhere = Person(member("otto", R.SPECIALIST, unit=other_unit))
    url = reverse("circuits:support-start")
    forged = SimpleNamespace(patient=ward.waiting.pk, unit=ward.unit.pk)

    answer = elsewhere.client.post(
        url,
        {
            "patient": forged.patient,
            "unit": forged.unit,
            "started_at": "now",
            "mode": "VV",
            "client_uuid": "0f2a1e5e-8f2b-4f7b-9f0d-0a8a6a3d9f11",
        },
    )

    assert answer.status_code == 422
    assert not ward.waiting.runs.exists()
