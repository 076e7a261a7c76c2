from __future__ import annotations

import pytest

from genderlens.errors import RegistryError
from genderlens.registry.state import RegistryState, parse_state


def test_promotion_keeps_the_way_back_and_ends_the_split() -> None:
    state = RegistryState(production="a-1", candidate="b-1", traffic={"a-1": 1, "b-1": 1})
    state = state.promoted("b-1", "why")
    assert state.aliases == {"production": "b-1", "previous": "a-1"}
    assert state.traffic == {}
    assert state.decision == "why"
    assert state.rolled_back().aliases == {"production": "a-1", "previous": "b-1"}


def test_promoting_production_again_does_not_lose_the_previous_one() -> None:
    state = RegistryState(production="b-1", previous="a-1", traffic={"a-1": 1.0})
    again = state.promoted("b-1")
    assert (again.production, again.previous, again.traffic) == ("b-1", "a-1", {})


def test_nothing_to_go_back_to() -> None:
    with pytest.raises(RegistryError, match="no previous version"):
        RegistryState(production="a-1").rolled_back()


def test_what_is_stored_is_read_again() -> None:
    state = RegistryState(production="a-1").with_changes(traffic={"a-1": 0.5})
    assert parse_state(state.to_bytes(), "here") == state
    assert parse_state(None, "here") == RegistryState()


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"production": 1}', b'{"surprise": 1}'])
def test_a_broken_state_is_no_empty_one(content: bytes) -> None:
    with pytest.raises(RegistryError, match=r"aliases\.json is not understood"):
        parse_state(content, "aliases.json")
