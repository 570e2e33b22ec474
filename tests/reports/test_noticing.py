"""Early harms by the site's limits: no limits, no notices; a rule that is not set says nothing."""

from datetime import timedelta
from decimal import Decimal

import pytest

from labs.actions.results import Charted, record_results
from patients.models import Run
from reports.noticing import noticed
from reports.queries.cohort import cohort
from tests.factories import NOON
from tests.journeys.people import machine
from tests.scenarios import running_vv
from web.actions import approve_document, draft_document

HOUR = timedelta(hours=1)
LIMITS = {
    "paco2_fall": {"fall_pct": 50, "window_h": 24},
    "pao2_high": {"above": 300, "window_h": 24},
}


@pytest.fixture
def run(patient, specialist):
    """A run of yesterday: PaCO2 68 before flow, 33 six hours after it; PaO2 310."""
    run = running_vv(patient, specialist, at=NOON - 24 * HOUR)
    run.registry_facts = {
        "pre_ecls": {
            "gases": [
                {
                    "taken_at": (run.started_at - HOUR).isoformat(),
                    "site": "arterial",
                    "paco2": 68,
                }
            ]
        }
    }
    run.support_type = "ecpr"
    run.save()
    for hours, site, paco2 in ((3, "venous", 20), (6, "arterial", 33)):
        record_results(
            patient=patient,
            collected_at=run.started_at + hours * HOUR,
            site=site,
            results=[
                Charted("paco2", Decimal(paco2), "mm[Hg]"),
                Charted("pao2", Decimal(310), "mm[Hg]"),
            ],
            by=specialist,
            at=NOON,
        )
    return run


def site_sets(body, centre, coordinator, director):
    document = draft_document(
        centre=centre, kind="early_harm_limits", body=body, by=coordinator, at=NOON - HOUR
    )
    approve_document(document=document, valid_from=NOON - HOUR, by=director, at=NOON - HOUR)


def seen(run, at=NOON):
    (member,) = cohort(Run.objects.filter(pk=run.pk), at)
    return noticed(run, member.record, at)


def test_without_limits_of_the_site_nothing_is_judged_and_that_is_said(run):
    found = seen(run)

    assert (found.notices, found.rules) == ((), ())
    assert "has not set" in found.source


@pytest.mark.parametrize(
    ("rules", "codes"),
    [
        (["paco2_fall", "pao2_high"], ["paco2_fall", "pao2_high"]),
        (["paco2_fall"], ["paco2_fall"]),
        (["pao2_high"], ["pao2_high"]),
    ],
)
def test_each_rule_speaks_once_of_arterial_values_and_only_where_it_is_set(
    run, centre, coordinator, director, rules, codes
):
    site_sets({name: LIMITS[name] for name in rules}, centre, coordinator, director)

    found = seen(run)

    assert [one.code for one in found.notices] == codes
    assert all(one.measured_at == run.started_at + 6 * HOUR for one in found.notices)


def test_the_api_tells_values_with_their_sources(
    run, centre, coordinator, director, specialist, time_machine
):
    time_machine.move_to(NOON, tick=False)
    site_sets(LIMITS, centre, coordinator, director)

    told = machine(specialist).get(f"/api/v1/runs/{run.public_id}/notices/").json()

    fall, high = told["notices"]
    assert (fall["value"], fall["reference"], fall["fall_pct"]) == ("33", "68", "51.5")
    assert fall["reference_source"] == "pre_ecls.gases[0]"
    assert (high["value"], high["reference"]) == ("310", None)
    assert told["rules"] == ["paco2_fall", "pao2_high"]
