from __future__ import annotations

from typing import Any

import pytest

from genderlens.ui.charts import probability_chart, reliability_chart


def order(**shares: float) -> Any:
    return probability_chart(shares, None).to_dict()["layer"][0]["encoding"]["y"]["sort"]


def test_two_bars_keep_their_place_and_more_stand_by_likelihood() -> None:
    assert order(male=0.9, female=0.1) == order(male=0.1, female=0.9) == ["female", "male"]
    assert order(a=0.2, b=0.7, c=0.1) == ["b", "a", "c"]


@pytest.mark.parametrize(
    ("key", "across", "up"),
    [
        ("male", "predicted probability of male", "labelled male"),
        ("right", "confidence", "right"),
    ],
)
def test_the_axes_of_reliability_name_what_is_counted(key: str, across: str, up: str) -> None:
    chart = reliability_chart([{"mean": 0.7, "count": 10.0, key: 6.0}]).to_dict()
    encoding = chart["layer"][1]["encoding"]
    assert (encoding["x"]["title"], encoding["y"]["title"]) == (across, up)
