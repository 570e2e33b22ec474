"""The limits of a run through the API."""

import pytest


def put(fay, run, **facts):
    row = {"measure": "p_drainage", "warning": [-100, None], "critical": [-150, None], **facts}
    body = {"source": "unit policy 3", "limits": [row]}
    return fay.put(f"/api/v1/runs/{run.public_id}/limits/", body)


def test_a_whole_set_of_limits_is_replaced(fay, run):
    answer = put(fay, run)

    assert answer.status_code == 200
    (row,) = answer.json()["results"]
    assert (row["warning"], row["critical"], row["hard"]) == (
        ["-100", None],
        ["-150", None],
        [None, None],
    )


@pytest.mark.parametrize(
    "bounds",
    [
        pytest.param([5, -5], id="crossed"),
        pytest.param([1], id="one bound"),
        pytest.param([1, 2, 3], id="three bounds"),
        pytest.param("low", id="no list"),
    ],
)
def test_bounds_are_a_pair_in_order(fay, run, bounds):
    assert put(fay, run, warning=bounds).status_code == 400
