"""What speaks for the change of a component, as it is kept with a plan."""

from typing import Any

from circuits.lives import Life


def evidence_of(life: Life) -> dict[str, Any]:
    """Return the hours, the review, and each rule that holds with its readings, as plain data."""
    verdict = life.verdict
    return {
        "component": str(life.use.public_id),
        "kind": life.use.kind,
        "hours": life.hours,
        "review_due_at": life.clock.next_review_at.isoformat() if life.clock else None,
        "policy": f"{life.policy_source}, {life.policy.because}",
        "score": verdict.score,
        "urgency": verdict.urgency,
        "signals": [
            {
                "rule": one.rule.id,
                "says": one.rule.says,
                "weight": one.rule.weight,
                "since": one.signal.since.isoformat(),
                "readings": [
                    {
                        "what": reading.what,
                        "at": reading.at.isoformat(),
                        "text": reading.text,
                        "source": reading.source,
                    }
                    for reading in one.signal.readings
                ],
            }
            for one in verdict.holding
            if one.signal is not None
        ],
    }
