"""The alert pages: what is open, acknowledging, how it went."""

import pytest
from django.urls import reverse

from alerts.models import Category
from audit.models import Access
from tests.alerts.test_reconcile import CRITICAL, finding, reconcile
from tests.factories import NOON, RunFactory


@pytest.fixture
def alert(run):
    return reconcile(run, finding(CRITICAL))[0]


def list_url(**query):
    return reverse("alerts:alert-list", query=query)


def acknowledge_url(alert):
    return reverse("alerts:alert-acknowledge", args=[alert.public_id])


def test_the_list_shows_open_alerts_with_a_button(client, specialist, alert):
    client.force_login(specialist)

    page = client.get(list_url()).content.decode()

    assert "p_drainage -118" in page
    assert "HIGH" in page
    assert acknowledge_url(alert) in page
    assert "Nobody yet" in page


def test_reading_the_list_is_noted_for_each_patient(client, specialist, alert):
    client.force_login(specialist)

    client.get(list_url())

    seen = Access.objects.get()
    assert (seen.what, seen.patient_key) == ("open alerts", str(alert.run.patient.public_id))


def test_an_observer_sees_no_button(client, observer, alert):
    client.force_login(observer)

    assert acknowledge_url(alert) not in client.get(list_url()).content.decode()


def test_a_stranger_sees_nothing(client, stranger, alert):
    client.force_login(stranger)

    assert client.get(list_url()).status_code == 403


def test_the_list_can_be_narrowed_to_a_unit(client, coordinator, unit, other_unit, alert):
    reconcile(RunFactory(patient__unit=other_unit), finding(source="other"))
    client.force_login(coordinator)

    here = client.get(list_url(unit=unit.public_id))
    everywhere = client.get(list_url(unit="nonsense"))

    assert here.context["page"].paginator.count == 1
    assert everywhere.context["page"].paginator.count == 2


def test_paperwork_does_not_look_like_physiology(client, specialist, run):
    reconcile(run, finding(CRITICAL), category=Category.PAPERWORK)
    client.force_login(specialist)

    page = client.get(list_url()).content.decode()

    assert "Records and reviews" in page
    assert "HIGH" not in page


def test_an_empty_list_does_not_say_that_all_is_well(client, specialist):
    client.force_login(specialist)

    assert "not counted as normal" in client.get(list_url()).content.decode()


def test_the_list_costs_the_same_for_one_alert_as_for_thirty(
    client, specialist, unit, alert, django_assert_max_num_queries
):
    for _ in range(29):
        reconcile(RunFactory(patient__unit=unit), finding())
    client.force_login(specialist)
    client.get(list_url())

    with django_assert_max_num_queries(12) as asked:
        client.get(list_url())

    assert len(asked) >= 3


def test_acknowledging_keeps_who_and_why(client, specialist, alert):
    client.force_login(specialist)

    response = client.post(acknowledge_url(alert), {"note": "Line flushed"})

    assert response.status_code == 302
    seen = alert.acknowledgements.get()
    assert (seen.by, seen.note) == (specialist, "Line flushed")


def test_htmx_gets_the_row_anew(client, specialist, alert):
    client.force_login(specialist)

    response = client.post(acknowledge_url(alert), headers={"HX-Request": "true"})

    row = response.content.decode()
    assert row.lstrip().startswith("<tr")
    assert "Sam Specialist" in row


def test_a_note_that_is_too_long_is_cut_and_not_lost(client, specialist, alert):
    client.force_login(specialist)

    client.post(acknowledge_url(alert), {"note": "x" * 400})

    assert alert.acknowledgements.get().note == "x" * 300


@pytest.mark.parametrize(
    ("who", "status"), [("observer", 403), ("split_person", 403), ("stranger", 403)]
)
def test_who_may_not_acknowledge_is_refused(client, request, alert, who, status):
    client.force_login(request.getfixturevalue(who))

    assert client.post(acknowledge_url(alert)).status_code == status
    assert not alert.acknowledgements.exists()


def test_an_alert_of_another_unit_is_not_there(client, run, alert, other_unit, specialist):
    elsewhere = reconcile(RunFactory(patient__unit=other_unit), finding())[0]
    client.force_login(specialist)

    assert client.post(acknowledge_url(elsewhere)).status_code == 404


def test_acknowledging_what_is_closed_says_so(client, specialist, run, alert):
    reconcile(run, at=NOON)
    client.force_login(specialist)

    response = client.post(acknowledge_url(alert))

    assert response.status_code == 409
    assert "closed already" in response.content.decode()


def test_the_history_of_a_run_shows_each_change(client, observer, run, alert):
    reconcile(run)
    client.force_login(observer)

    page = client.get(reverse("alerts:run-history", args=[run.public_id])).content.decode()

    assert "Opened" in page
    assert "Closed" in page
    assert Access.objects.get().what == "alert history"


def test_a_run_without_alerts_says_so(client, observer, run):
    client.force_login(observer)

    page = client.get(reverse("alerts:run-history", args=[run.public_id])).content.decode()

    assert "No alert in this run" in page


def test_the_history_of_a_run_of_another_unit_is_not_there(client, specialist, other_unit):
    run = RunFactory(patient__unit=other_unit)
    client.force_login(specialist)

    assert client.get(reverse("alerts:run-history", args=[run.public_id])).status_code == 404


def test_a_note_that_is_too_long_or_cannot_be_stored_never_holds_up_the_acknowledging(
    client, specialist, alert
):
    client.force_login(specialist)

    response = client.post(acknowledge_url(alert), {"note": "seen\x00 " + "x" * 400})

    assert response.status_code == 302
    assert alert.acknowledgements.get().note == "seen " + "x" * 295
