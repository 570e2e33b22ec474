"""By when a device incident is to be reported."""

from datetime import UTC, datetime, timedelta

import pytest

from clinical.incident import Harm, ReportRule, report_due

KNOWN = datetime(2026, 3, 2, 12, tzinfo=UTC)
RULES = [
    ReportRule("harm_temp", 10, "the manufacturer"),
    ReportRule("death", 2.5, "the authority"),
    ReportRule("death", 10, "the manufacturer"),
]


@pytest.mark.parametrize(
    ("harm", "days", "to"),
    [
        (Harm.TEMPORARY, 10, "the manufacturer"),
        (Harm.DEATH, 2.5, "the authority"),
        (Harm.NOT_KNOWN, 2.5, "the authority"),
    ],
)
def test_the_report_is_due_by_the_soonest_rule_of_the_harm(harm, days, to):
    due = report_due(harm, KNOWN, RULES)

    assert due.due_at == due.overdue_at == KNOWN + timedelta(days=days)
    unknown = " The harm is not known yet: the soonest date counts."
    said = f"To {to} within {days:g} days of becoming known."
    assert due.why == said + (unknown if harm is Harm.NOT_KNOWN else "")
    assert due.rule == f"incident.{'death' if harm is Harm.NOT_KNOWN else harm}"
    assert (due.anchor, due.inputs) == (KNOWN, {"harm": harm, "days": f"{days:g}", "to": to})


@pytest.mark.parametrize("harm", [Harm.NEAR_MISS, Harm.NO_HARM, Harm.PERMANENT])
def test_what_no_rule_names_owes_no_report(harm):
    assert report_due(harm, KNOWN, RULES) is None


def test_without_any_rule_nothing_is_owed():
    assert report_due(Harm.NOT_KNOWN, KNOWN, []) is None
