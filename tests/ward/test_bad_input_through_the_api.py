"""Whatever is sent to the API: an answer in words, never a fault of ours, nothing half written."""

from datetime import timedelta
from functools import cache
from uuid import UUID, uuid4

import pytest
from django.urls import reverse
from drf_spectacular.generators import SchemaGenerator

from circuits.models import Check, DeviceModel
from patients.models import Patient, Run
from tests.factories import NOON
from tests.journeys.people import Person, machine
from web.problems import PROBLEM_JSON

SOON = NOON + timedelta(hours=1)
NOWHERE = UUID(int=7)
JUNK: list[object] = [
    None,
    "x" * 5000,
    "a\x00b",
    "🫀<script>alert(1)</script>",
    "NaN",
    "1e400",
    10**30,
    -1,
    [],
    {},
    [{"a": {"b": [None]}}],
    str(NOWHERE),
    SOON.isoformat(),
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-12:00",
    "0001-01",
]
SHARES = 4
"""A field of an operation is sent a share of the junk, its neighbour the next: all of it goes round."""
EARLIER = (NOON - timedelta(minutes=10)).isoformat()
RUN = "/api/v1/runs/{run_id}/"
BODIES = {
    f"{RUN}blood-products/": {
        "product": "red_cells", "volume_ml": "280", "started_at": EARLIER, "given_to": "patient",
    },
    f"{RUN}cannulas/": {
        "site": "femoral_v", "side": "R", "purpose": "drainage", "size_fr": "25",
        "depth_cm": "40", "inserted_at": EARLIER, "tip_position": "right atrium",
    },
    f"{RUN}components/": {
        "model": {"kind": "console", "name": "Example"}, "serial": "C-1", "lot": "L",
        "udi": "(01)x", "installed_at": EARLIER, "circuit_label": "C1", "position": "console",
    },
    f"{RUN}infusions/": {
        "agent": "ufh", "rate_unit": "[IU]/kg/h", "rate": "12", "started_at": EARLIER,
        "weight_kg": "80", "weight_basis": "actual", "confirmed": ["kind"],
    },
    f"{RUN}infusions/{{infusion_id}}/changes/": {
        "kind": "change", "changed_at": EARLIER, "rate": "13", "reason": "low",
    },
    f"{RUN}limits/": {
        "measure": "blood_flow", "unit": "L/min", "warning": [3.5, 6], "critical": [3, 7],
        "valid_from": EARLIER, "reason": "weaning",
    },
    f"{RUN}modes/": {"mode": "VVA", "starts_at": EARLIER, "reason": "harlequin"},
    f"{RUN}plans/": {
        "agent": "ufh", "driver": "anti_xa_ufh", "target_low": "0.3", "target_high": "0.5",
        "unit": "[IU]/mL", "starts_at": EARLIER,
    },
    f"{RUN}samples/": {
        "collected_at": EARLIER, "site": "arterial",
        "results": [{"analyte": "lactate", "value": "1.5", "unit": "mmol/L"}],
    },
    f"{RUN}weights/": {"weight_kg": "81", "basis": "actual", "measured_at": EARLIER},
    f"{RUN}results/{{public_id}}/correct/": {"value": "1.9", "unit": "mmol/L", "reason": "misread"},
    "/api/v1/runs/{public_id}/facts/": {"height_cm": "172"},
    "/api/v1/device-models/": {"kind": "console", "name": "Example"},
}  # fmt: skip
KINDS = {"boolean": True, "integer": 1, "number": 1, "array": [], "object": {}}
SAFE_METHODS = ("post", "put", "patch")


@cache
def schema():
    return SchemaGenerator().get_schema(request=None, public=True)


def operations():
    """Every operation that takes a JSON body, but for signing in."""
    return [
        (method, path)
        for path, methods in sorted(schema()["paths"].items())
        for method in SAFE_METHODS
        if "application/json" in methods.get(method, {}).get("requestBody", {}).get("content", {})
        and "/auth/" not in path
    ]


def shape_of(method, path):
    """Return the properties of an operation's body."""
    content = schema()["paths"][path][method]["requestBody"]["content"]["application/json"]
    return _resolved(content["schema"]).get("properties", {})


def _resolved(part):
    if "$ref" in part:
        return _resolved(schema()["components"]["schemas"][part["$ref"].rpartition("/")[2]])
    for key in ("allOf", "oneOf", "anyOf"):
        if part.get(key):
            return _resolved(part[key][0])
    return part


def sample(name, part, ward, by):
    """Return a value that fits a property, so that one bad one beside it is the only fault."""
    known = {
        "patient": ward.waiting.public_id,
        "unit": ward.unit.public_id,
        "centre": ward.unit.centre.public_id,
        "person": ward.nurse.public_id,
        "performed_by": by.public_id,
        "model": DeviceModel.objects.get(kind="oxygenator").public_id,
        "values": {"blood_flow": "4.2"},
        "version": 1,
        "month": "2026-02-01",
    }
    if name in known:
        return known[name] if isinstance(known[name], dict | int) else str(known[name])
    part = _resolved(part)
    if "enum" in part:
        return part["enum"][0]
    if part.get("format") == "date-time":
        return EARLIER
    if part.get("format") == "date":
        return "2027-03-31"
    if part.get("format") == "uuid":
        return str(uuid4())
    return KINDS.get(part.get("type"), "Words")


def address(path, ward):
    """Return the path with what is there in the ward."""
    keys = {"/patients/": ward.patient, "/results/": ward.result, "/components/": ward.use}
    keys |= {"/infusion-changes/": ward.change, "/runs/{public_id}": ward.run}
    if "/referrals/" in path:
        keys["/referrals/{public_id}"] = ward.referral
    key = next((row.public_id for part, row in keys.items() if part in path), uuid4())
    return path.format(
        referral_id=ward.referral.public_id if "/referrals/" in path else "",
        run_id=ward.run.public_id,
        check_id=ward.check.root_id,
        component_id=ward.use.public_id,
        infusion_id=ward.infusion.public_id,
        public_id=key,
    )


@pytest.fixture
def dana(director):
    return machine(director)


@pytest.mark.parametrize(("method", "path"), operations())
def test_no_value_of_a_body_is_a_fault_of_ours(ward, dana, director, method, path):
    shape, url = shape_of(method, path), address(path, ward)
    send = getattr(dana, method)
    drawn = {name: sample(name, part, ward, director) for name, part in shape.items()}
    written = BODIES.get(path) if method != "put" else None
    whole = written or drawn
    first = send(url, whole, format="json")
    assert first.status_code < (300 if written else 500), first.json()

    for turn, name in enumerate(sorted({*shape, *whole}), start=len(path)):
        for junk in JUNK[turn % SHARES :: SHARES]:
            answer = send(url, {**whole, name: junk}, format="json")

            assert answer.status_code < 500, (name, junk)
            if answer.status_code >= 400:
                assert answer["Content-Type"] == PROBLEM_JSON, (name, junk)
                assert answer.json()["detail"], (name, junk)


@pytest.mark.parametrize(("method", "path"), operations()[::5])
def test_no_body_is_a_fault_of_ours(ward, dana, method, path):
    url, send = address(path, ward), getattr(dana, method)
    for body in ("", "null", "[]", "1", '"x"', '{"a":', '{"a": "\\ud800"}', "\xff"):
        answer = send(url, body.encode("latin-1"), content_type="application/json")

        assert answer.status_code < 500, body
        assert answer["Content-Type"] in {PROBLEM_JSON, "application/json"}, body


def lists():
    return sorted(
        path
        for path, methods in schema()["paths"].items()
        if "get" in methods
        and not path.endswith("{public_id}/")
        and any(one["name"] == "page" for one in methods["get"].get("parameters", []))
    )


@pytest.mark.parametrize("path", lists())
def test_no_question_to_a_list_is_a_fault_of_ours(ward, dana, path):
    asked = schema()["paths"][path]["get"]["parameters"]
    names = [one["name"] for one in asked if one["in"] == "query"]

    for name in names:
        for junk in (
            "-1",
            "0",
            "9" * 30,
            "\x00",
            "🫀",
            "not-a-uuid",
            "x" * 500,
            "2026-99-99",
            "0001-01-01T00:00:00Z",
            "9999-12-31",
            "NaN",
        ):
            answer = dana.get(address(path, ward), {name: junk})

            assert answer.status_code < 500, (name, junk)


def test_there_is_much_to_send_and_to_ask():
    assert len(operations()) > 35
    assert len(lists()) > 15


@pytest.mark.parametrize("key", [NOWHERE, "1", "not-a-uuid", "%00"])
def test_nobody_is_not_found(ward, dana, key):
    for path in ("patients/{}/", "runs/{}/", "runs/{}/checks/"):
        assert dana.get(f"/api/v1/{path.format(key)}").status_code == 404


def test_a_second_run_beside_the_first_is_refused_and_named(ward, dana):
    body = {"patient": str(ward.patient.public_id), "started_at": NOON.isoformat()}

    answer = dana.post("/api/v1/runs/", body, format="json")

    assert (answer.status_code, answer.json()["code"]) == (409, "second_running_run")
    assert Run.objects.count() == 1


def test_a_check_refused_at_its_last_value_leaves_nothing(ward, dana):
    values = {"blood_flow": "4.2", "p_drainage": -68, "temp_blood_out": "368"}
    body = {"checked_at": NOON.isoformat(), "values": values}

    answer = dana.post(f"/api/v1/runs/{ward.run.public_id}/checks/", body, format="json")

    assert answer.status_code == 422
    assert Check.objects.count() == 1
    assert ward.run.alerts.count() == 0


def test_a_patient_of_a_unit_that_one_does_not_know_is_refused(ward, dana):
    body = {"unit": str(uuid4()), "mrn": "M9", "family_name": "Robin"}

    assert dana.post("/api/v1/patients/", body, format="json").status_code == 400
    assert Patient.objects.count() == 2


TOLD = ("admission", "pre_ecls", "assessment_24h", "signoff", "infections", "procedures", "ecpr")


@pytest.mark.parametrize("junk", JUNK, ids=lambda junk: str(junk)[:20])
def test_facts_that_cannot_be_read_break_no_page_of_the_registry(ward, dana, director, junk):
    inner = {"gases": junk, "support": junk, "vent": [junk], "labs": {"creatinine": junk}}
    facts = {**dict.fromkeys(TOLD, junk), "intubated_at": junk, "pre_ecls": inner}

    told = dana.patch(
        f"/api/v1/runs/{ward.run.public_id}/facts/", {"registry_facts": facts}, format="json"
    )

    person = Person(director)
    pages = ("reports:run-registry", "reports:run-facts", "reports:run-summary")
    statuses = [person.opens(reverse(n, args=[ward.run.public_id])).status_code for n in pages]
    record = dana.get(f"/api/v1/runs/{ward.run.public_id}/registry-record/")
    assert told.status_code in {200, 400}
    assert (statuses, record.status_code) == ([200, 200, 200], 200)


def test_who_does_not_export_cannot_say_that_a_record_was_signed(ward, specialist):
    facts = {"registry_facts": {"signoff": {"abstractor": "cleo", "approver": "dana"}}}
    url = f"/api/v1/runs/{ward.run.public_id}/facts/"

    assert machine(specialist).patch(url, facts, format="json").status_code == 403
    ward.run.refresh_from_db()
    assert "signoff" not in ward.run.registry_facts
