"""Standby circuits from assembly to use; what must be at hand."""

from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.urls import reverse

from alerts.models import Alert, Due
from circuits.actions.activate import Replacing, activate_standby
from circuits.actions.exchange import NewPart, PartInUse
from circuits.actions.kit import (
    LabelInUse,
    OffAlready,
    SayWhy,
    add_kit,
    look_at_kit,
    retire_kit,
)
from circuits.actions.prime import (
    NoPhysician,
    NoSecondPerson,
    NothingMeasured,
    prime_standby,
    record_prime_chemistry,
)
from circuits.actions.standby import (
    LabelTaken,
    StandbyIsOver,
    assemble_standby,
    begin_standby_list,
    change_standby,
    end_look,
)
from circuits.actions.stock import Arrival, receive_stock
from circuits.models import ComponentUse, StandbyCircuit
from circuits.readiness import boards
from clinical.findings import Severity
from tests.factories import NOON
from tests.scenarios import device, running_vv, with_circuit
from web.problems import NeedsConfirmation
from web.questions import CannotBe

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
BLOOD = {
    "product": "Red cells",
    "donation_id": "G1234 26 123456",
    "expires_at": NOON + 7 * DAY,
    "volume_ml": Decimal(250),
}


def part(kind, serial):
    return NewPart(model=device(kind), lot=f"L-{kind}", serial=serial, position=kind)


@pytest.fixture
def standby(unit, perfusionist):
    return assemble_standby(
        unit=unit,
        label="Blue 1",
        location="Store",
        assembled_at=NOON - 2 * DAY,
        parts=[part("oxygenator", "SB-1"), part("pump_head", "SB-2")],
        by=perfusionist,
        at=NOON - 2 * DAY,
    )


def primed(standby, by, kind="crystalloid", **facts):
    return prime_standby(
        standby=standby,
        **{
            "kind": kind,
            "fluid": "Balanced crystalloid",
            "volume_ml": Decimal(600),
            "primed_at": NOON - timedelta(hours=1),
            "primed_by": by,
            "products": [BLOOD] if kind == "blood" else [],
            **facts,
        },
        by=by,
        at=NOON,
    )


def measured(prime, by, **facts):
    values = facts.pop("values", {"k": "8.1", "ica": "1.1", "ph": "7.4"})
    return record_prime_chemistry(
        prime=prime,
        values={code: Decimal(value) for code, value in values.items()},
        sampled_at=NOON,
        by=by,
        at=NOON,
        **facts,
    )


def connect(run, standby, by, **facts):
    return activate_standby(run=run, standby=standby, activated_at=NOON, by=by, at=NOON, **facts)


def safety(run):
    return {one.code: one.severity for one in Alert.objects.open().filter(run=run)}


def due(standby, kind="standby_discard"):
    return Due.objects.open().get(subject=str(standby.public_id), kind=kind)


def test_the_clock_of_a_circuit_follows_what_it_is_filled_with(standby, perfusionist):
    assert due(standby).due_at == standby.assembled_at + 60 * DAY

    primed(standby, perfusionist, kind="blood")

    standby.refresh_from_db()
    assert due(standby).due_at == standby.primed_at + timedelta(hours=16)
    assert due(standby).warn_at == standby.primed_at + timedelta(hours=12.8)


def test_a_finished_weekly_check_moves_the_next_one(standby, nurse):
    assert due(standby, "standby_look").due_at == NOON + 5 * DAY
    begun = begin_standby_list(standby=standby, kind="standby_weekly", by=nurse, at=NOON)
    again = begin_standby_list(standby=standby, kind="standby_weekly", by=nurse, at=NOON)

    end_look(standby=standby, checklist=begun, by=nurse, at=NOON)

    assert again == begun
    assert due(standby, "standby_look").due_at == NOON + 7 * DAY


def test_one_part_stands_in_one_circuit_and_one_label_is_one_circuit(standby, unit, perfusionist):
    facts = {"unit": unit, "location": "Theatre", "assembled_at": NOON, "at": NOON}
    facts["by"] = perfusionist
    with pytest.raises(LabelTaken):
        assemble_standby(label="Blue 1", parts=[], **facts)
    with pytest.raises(PartInUse, match="Blue 1, at Store"):
        assemble_standby(label="Blue 2", parts=[part("oxygenator", "SB-1")], **facts)
    two = [part("oxygenator", "SB-3"), part("oxygenator", "SB-4")]
    with pytest.raises(PartInUse, match="Two parts"):
        assemble_standby(label="Blue 3", parts=two, **facts)


def test_a_part_of_the_store_is_reserved_and_leaves_it_with_the_circuit(unit, perfusionist):
    arrival = Arrival(model=device("oxygenator"), lot="L-oxygenator", serial="SB-9")
    lot = receive_stock(
        unit=unit, arrival=arrival, received_at=NOON - 3 * DAY, by=perfusionist, at=NOON
    ).lot
    standby = assemble_standby(
        unit=unit,
        label="Blue 9",
        location="Store",
        assembled_at=NOON,
        parts=[part("oxygenator", "SB-9")],
        by=perfusionist,
        at=NOON,
    )
    assert list(lot.movements.values_list("kind", flat=True)) == ["received", "reserved"]

    facts = {"standby": standby, "changed_at": NOON, "by": perfusionist, "at": NOON}
    change_standby(status="discarded", reason="bag torn", **facts)

    assert list(lot.movements.values_list("kind", flat=True))[-1] == "discarded"
    assert not Due.objects.open().filter(subject=str(standby.public_id)).exists()
    with pytest.raises(StandbyIsOver):
        change_standby(status="ready", reason="no", **facts)


def test_a_prime_has_a_second_person_and_blood_its_donations(standby, perfusionist):
    with pytest.raises(NoSecondPerson):
        primed(standby, perfusionist, verified_by=perfusionist)
    with pytest.raises(CannotBe, match="names each product"):
        primed(standby, perfusionist, kind="blood", products=[])
    with pytest.raises(CannotBe, match="had expired"):
        primed(
            standby, perfusionist, kind="blood", products=[{**BLOOD, "expires_at": NOON - 2 * DAY}]
        )
    with pytest.raises(CannotBe, match="assembled only later"):
        primed(standby, perfusionist, primed_at=NOON - 3 * DAY)

    assert primed(standby, perfusionist, kind="blood").products.get().donation_id.startswith("G1")


def test_the_chemistry_is_asked_back_and_kept_whatever_it_says(standby, perfusionist, nurse):
    prime = primed(standby, perfusionist, kind="blood")
    with pytest.raises(NeedsConfirmation, match="stop line"):
        measured(prime, perfusionist)
    with pytest.raises(CannotBe):
        measured(prime, perfusionist, values={"k": "41"}, confirmed=["k"])
    with pytest.raises(NothingMeasured):
        measured(prime, perfusionist, values={})
    with pytest.raises(NoPhysician, match="both"):
        measured(prime, perfusionist, confirmed=["k"], override_reason="no time")
    with pytest.raises(NoPhysician, match="no physician"):
        measured(prime, perfusionist, confirmed=["k"], overridden_by=nurse, override_reason="x")

    assert measured(prime, perfusionist, confirmed=["k"]).standing == "stop"


@pytest.mark.parametrize(
    ("is_overridden", "severity"), [(True, Severity.WARNING), (False, Severity.CRITICAL)]
)
def test_a_prime_beyond_its_stop_line_never_holds_up_the_connection(
    standby, patient, perfusionist, physician, is_overridden, severity
):
    prime = primed(standby, perfusionist, kind="blood")
    override = {"overridden_by": physician, "override_reason": "arrest"} if is_overridden else {}
    measured(prime, perfusionist, confirmed=["k"], **override)
    run = running_vv(patient, perfusionist)

    circuit = connect(run, standby, perfusionist)

    assert safety(run)["prime.outside_stop"] == severity
    assert circuit.uses.count() == 2


def test_a_connected_circuit_keeps_the_history_of_its_parts(standby, patient, perfusionist):
    parts = set(standby.parts.values_list("component", flat=True))
    run = running_vv(patient, perfusionist)

    circuit = connect(run, standby, perfusionist)

    standby.refresh_from_db()
    assert (standby.status, standby.circuit) == ("in_use", circuit)
    assert set(circuit.uses.values_list("component", flat=True)) == parts
    assert not Due.objects.open().filter(subject=str(standby.public_id)).exists()
    with pytest.raises(StandbyIsOver, match="connected already by"):
        connect(run, standby, perfusionist)


def test_a_connected_circuit_replaces_the_one_in_use(standby, patient, perfusionist):
    run = running_vv(patient, perfusionist)
    old = with_circuit(run, perfusionist)

    connect(run, standby, perfusionist, replacing=Replacing(reason="clot", off_support_s=40))

    inside = ComponentUse.objects.filter(circuit__run=run, removed_at=None)
    exchange = run.exchanges.get()
    assert {use.circuit.label for use in inside} == {"Blue 1"}
    assert not {use.pk for use in old} & {use.pk for use in inside}
    assert (exchange.off_support_s, exchange.put_in.count()) == (40, 2)


def test_a_circuit_past_its_time_or_set_apart_is_asked_back_then_recorded(
    standby, patient, perfusionist
):
    StandbyCircuit.objects.filter(pk=standby.pk).update(assembled_at=NOON - 61 * DAY)
    facts = {"changed_at": NOON, "by": perfusionist, "at": NOON}
    change_standby(standby=standby, status="quarantined", reason="seal broken", **facts)
    run = running_vv(patient, perfusionist)
    with pytest.raises(NeedsConfirmation):
        connect(run, standby, perfusionist)

    connect(run, standby, perfusionist, confirmed=["standby"])

    assert {"standby.past_discard", "standby.not_ready"} <= set(safety(run))


def test_what_nobody_looked_at_is_not_ready(unit, nurse, perfusionist):
    facts = {"unit": unit, "location": "Bay 1", "by": perfusionist, "at": NOON}
    crank = add_kit(kind="hand_crank", label="Crank", **facts)
    gas = add_kit(kind="cylinder", label="O2", cylinder_size="E", **facts)
    with pytest.raises(SayWhy):
        add_kit(kind="clamps", label="Clamps", cylinder_size="E", **facts)
    with pytest.raises(LabelInUse):
        add_kit(kind="hand_crank", label="Crank", **facts)
    with pytest.raises(SayWhy):
        look_at_kit(item=crank, is_good=False, looked_at=NOON, by=nurse, at=NOON)
    look_at_kit(
        item=gas,
        is_good=True,
        pressure_psi=Decimal(2000),
        flow_l_min=Decimal(15),
        looked_at=NOON,
        by=nurse,
        at=NOON,
    )

    def kit(at):
        return {row.item.label: row for row in boards(nurse, at)[0].kit}

    assert (kit(NOON)["O2"].minutes, kit(NOON)["O2"].is_ready) == (37, True)
    assert not kit(NOON)["Crank"].is_ready
    assert kit(NOON + DAY)["O2"].is_ready
    assert not kit(NOON + DAY + timedelta(seconds=1))["O2"].is_ready


def test_a_thing_leaves_the_board_with_a_reason_once_and_its_label_is_free_again(
    client, unit, nurse, perfusionist, specialist
):
    crank = {"kind": "hand_crank", "label": "Crank 1", "location": "Store"}
    item = add_kit(unit=unit, **crank, by=perfusionist, at=NOON)
    page = reverse("circuits:kit-retire", args=[item.public_id])
    client.force_login(perfusionist)
    assert page in client.get(reverse("circuits:readiness")).content.decode()
    assert client.post(page, {"reason": " ", "client_uuid": uuid4()}).status_code == 422
    assert client.post(page, {"reason": "handle bent", "client_uuid": uuid4()}).status_code == 302

    with pytest.raises(OffAlready):
        retire_kit(item=item, reason="again", by=perfusionist, at=NOON)
    with pytest.raises(SayWhy):
        retire_kit(item=item, reason="", by=perfusionist, at=NOON)
    item.refresh_from_db()
    assert item.retired_at is not None
    assert client.post(page, {"reason": "late", "client_uuid": uuid4()}).status_code == 422
    assert boards(nurse, NOON)[0].kit == []
    add_kit(unit=unit, **crank, by=perfusionist, at=NOON)


def test_the_board_says_why_a_circuit_is_not_ready(standby, perfusionist, nurse):
    def faults(at=NOON):
        return boards(nurse, at)[0].standby[0].faults

    assert faults() == ()
    primed(standby, perfusionist, kind="blood")
    assert faults() == ("prime not verified", "chemistry not measured")
    assert "past its time" in faults(NOON + DAY)


def test_the_pages_of_a_circuit_are_filled_in_by_a_person(
    client, standby, patient, perfusionist, specialist
):
    run = running_vv(patient, perfusionist)
    client.force_login(perfusionist)

    def post(name, **facts):
        url = reverse(f"circuits:{name}", args=[standby.public_id])
        return client.post(url, {**facts, "client_uuid": uuid4()})

    prime = post(
        "standby-prime",
        kind="crystalloid",
        fluid="Balanced",
        volume_ml="600",
        primed_at="-5",
        primed_by=perfusionist.pk,
        verified_by=specialist.pk,
    )
    asked = post("prime-chemistry", sampled_at="-2", k="8.1")
    kept = post("prime-chemistry", sampled_at="-2", k="8.1", confirm="k")
    shown = client.get(reverse("circuits:standby-detail", args=[standby.public_id]))
    begun = client.post(
        reverse("circuits:standby-list", args=[standby.public_id, "connection_timeout"])
    )
    connected = post("standby-activate", run=run.pk, activated_at="-1", confirm="standby")
    board = client.get(reverse("circuits:readiness"))

    assert (prime.status_code, asked.status_code, kept.status_code) == (302, 422, 302)
    assert "outside the stop line" in shown.content.decode()
    assert client.get(begun.url).status_code == 200
    assert connected.status_code == 302
    assert board.status_code == 200
    assert run.circuits.filter(label="Blue 1").exists()
