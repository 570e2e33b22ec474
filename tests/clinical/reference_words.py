"""Judgements in the words of the reference cases; renaming only."""


def in_range_words(judged):
    """Time in range, as a case tells it."""
    names = [
        "results",
        "results_censored",
        "results_in_range",
        "lost_h",
        "interpolated_h",
        "in_range_h",
        "below_h",
        "above_h",
        "in_range_pct",
    ]
    return {name: getattr(judged, name) for name in names} | {
        "not_interpolated": [
            {"from": one.starts_at, "to": one.ends_at, "hours": one.hours, "why": list(one.why)}
            for one in judged.not_interpolated
        ]
    }


def titration_words(row):
    """One row of titration, as a case tells it."""
    found = {
        "control_id": row.result.source,
        "collected_at": row.result.collected_at,
        "known_at": row.result.known_at,
        "value": row.result.value,
        "comparator": row.result.comparator,
        "status": row.result.status.value,
        "replaces": row.replaces,
        "rate_when_known": row.rate_when_known,
        "steps": [step.id for step in row.steps],
        "rate_pct": row.step and row.step.rate_pct,
        "hold_min": row.step and row.step.hold_min,
        "proposed_rate": row.proposed_rate,
        "censored": row.is_censored,
        "blocked": [block.value for block in row.blocked],
        "next_due": row.next_due,
    }
    if row.discordant is not None:
        found["discordant"] = {
            "rule": row.discordant.rule,
            "with": row.discordant.source,
            "value": row.discordant.value,
        }
    return found
