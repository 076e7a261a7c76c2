from __future__ import annotations

from collections import Counter

import pytest

from genderlens.errors import VersionNotFoundError
from genderlens.service.models.routing import Fleet, request_key
from service.serving import FakePredictor


def _fleet(**weights: float) -> Fleet:
    predictors = {name: FakePredictor(version=name) for name in ("a", "b", "c")}
    return Fleet(predictors, "a", weights, {"production": "a", "candidate": "b"})  # type: ignore[arg-type]


def test_without_weights_production_answers() -> None:
    assert {_fleet().choose(key=bytes([n])).version for n in range(50)} == {"a"}
    assert not _fleet().is_split


def test_shares_follow_the_weights_and_stick() -> None:
    fleet = _fleet(a=3, b=1)
    keys = [str(n).encode() for n in range(4000)]
    drawn = [fleet.choose(key=key).version for key in keys]
    assert drawn == [fleet.choose(key=key).version for key in keys]
    counts = Counter(drawn)
    assert set(counts) == {"a", "b"}
    assert 0.22 < counts["b"] / len(keys) < 0.28
    assert fleet.shares == {"a": 0.75, "b": 0.25, "c": 0.0}


def test_a_larger_share_takes_nobody_away_from_it() -> None:
    keys = [str(n).encode() for n in range(500)]
    small = {key for key in keys if _fleet(a=1, b=9).choose(key=key).version == "a"}
    large = {key for key in keys if _fleet(a=5, b=5).choose(key=key).version == "a"}
    assert small < large


def test_a_pin_wins_and_only_what_is_loaded_can_be_pinned() -> None:
    fleet = _fleet(a=1)
    assert fleet.choose(pin="c").version == "c"
    assert fleet.choose(pin="candidate").version == "b"
    with pytest.raises(VersionNotFoundError, match="'d' is not served; served are a, b, c, cand"):
        fleet.choose(pin="d")


def test_requests_stick_by_client_and_else_by_picture() -> None:
    assert request_key([b"1"], "key") == request_key([b"2"], "key")
    assert request_key([b"1"], None) == request_key([b"1"], None)
    assert request_key([b"1"], None) != request_key([b"2"], None)
    assert request_key([b"1", b"2"], None) != request_key([b"12"], None)
