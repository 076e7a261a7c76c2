"""Promotion with real measurements, on squares that a colour tells apart."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from conftest import ClassFolders
from genderlens.bundle import MODEL
from genderlens.errors import (
    BundleIntegrityError,
    PromotionRefusedError,
    RegistryError,
    VersionNotFoundError,
)
from genderlens.promotion.promote import promote, rollback, split_traffic
from genderlens.registry.state import RegistryState
from genderlens.registry.store import Registry, open_registry
from genderlens.settings import Settings, load_settings
from made_answers import WORDS
from tiny_bundles import make_bundle


@pytest.fixture
def settings(tmp_path: Path, class_folders: ClassFolders) -> Settings:
    return load_settings(
        registry=str(tmp_path / "registry"),
        gate_data=str(class_folders(6)),
        gate_min_group=6,
        gate_max_slowdown=1000,
    )


@pytest.fixture
def registry(settings: Settings, tmp_path: Path) -> Registry:
    """Three versions, ``good-1`` in production."""
    registry = open_registry(settings)
    for name, gain in (("good", 10.0), ("also-good", 12.0), ("wrong", -10.0)):
        registry.add(make_bundle(tmp_path / name, name, gain=gain))
    registry.change(lambda state: state.promoted("good-1"))
    return registry


def test_a_good_version_takes_over_and_the_figures_are_stored(
    registry: Registry, settings: Settings
) -> None:
    decision = promote(registry, "also-good-1", settings)
    state = registry.state()
    assert (state.production, state.previous) == ("also-good-1", "good-1")
    assert state.decision == decision["id"]
    assert registry.decisions() == [decision]
    assert decision["promoted"]
    assert decision["production"] == "good-1"
    assert set(decision["figures"]) == {"also-good-1", "good-1"}
    figures = decision["figures"]["also-good-1"]
    assert (figures["pictures"], figures["accuracy"]) == (12, 1.0)
    assert figures["worst_group_accuracy"] == 1.0
    assert figures["worst_group"] in {"female", "male"}
    assert figures["classify_ms"] > 0
    assert re.fullmatch("[0-9a-f]{64}", decision["validation"]["manifest_sha256"])


def test_a_wrong_version_is_refused_with_the_figures(
    registry: Registry, settings: Settings
) -> None:
    with pytest.raises(PromotionRefusedError, match=r"accuracy 0\.0000, needs ≥ 0\.9950") as caught:
        promote(registry, "wrong-1", settings)
    assert registry.state().production == "good-1"
    assert registry.decisions("wrong-1") == [caught.value.decision]
    assert caught.value.fields["decision"]["figures"]["good-1"]["accuracy"] == 1.0
    broken = [gate["gate"] for gate in caught.value.decision["gates"] if not gate["passed"]]
    assert broken == ["accuracy", "worst_group_accuracy", "ece"]


def test_groups_too_small_to_judge_refuse(registry: Registry, settings: Settings) -> None:
    strict = settings.model_copy(update={"gate_min_group": 7})
    with pytest.raises(PromotionRefusedError, match="worst_group_accuracy not measured"):
        promote(registry, "also-good-1", strict)


def test_force_needs_a_reason_and_keeps_it(registry: Registry, settings: Settings) -> None:
    with pytest.raises(RegistryError, match="reason of 3 to 500"):
        promote(registry, "wrong-1", settings, forced="  ")
    decision = promote(registry, "wrong-1", settings, forced="a drill,\n agreed")
    assert decision["forced"] == "a drill, agreed"
    assert registry.decisions("wrong-1")[0]["forced"] == "a drill, agreed"
    assert registry.state().production == "wrong-1"
    assert rollback(registry).production == "good-1"


def test_without_a_validation_set_nothing_is_promoted(
    registry: Registry, settings: Settings
) -> None:
    blind = settings.model_copy(update={"gate_data": None})
    with pytest.raises(RegistryError, match="GENDERLENS_GATE_DATA"):
        promote(registry, "also-good-1", blind)
    assert registry.state().production == "good-1"


def test_a_version_that_does_not_load_is_not_promoted_even_by_force(
    registry: Registry, settings: Settings, tmp_path: Path
) -> None:
    (tmp_path / "registry" / "also-good-1" / MODEL).write_bytes(b"damaged")
    with pytest.raises(BundleIntegrityError):
        promote(registry, "also-good-1", settings, forced="whatever it takes")
    with pytest.raises(VersionNotFoundError):
        promote(registry, "no-such-1", settings, forced="whatever it takes")
    assert registry.state().production == "good-1"


def test_a_damaged_previous_version_is_no_way_back(
    registry: Registry, settings: Settings, tmp_path: Path
) -> None:
    promote(registry, "also-good-1", settings, forced="a test")
    (tmp_path / "registry" / "good-1" / MODEL).write_bytes(b"damaged")
    with pytest.raises(BundleIntegrityError):
        rollback(registry)
    assert registry.state().production == "also-good-1"


def test_who_was_judged_against_another_production_is_refused(
    registry: Registry, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = registry.record

    def meanwhile(decision: str, document: dict[str, object]) -> None:
        record(decision, document)
        registry.change(lambda state: state.promoted("wrong-1"))

    monkeypatch.setattr(registry, "record", meanwhile)
    with pytest.raises(RegistryError, match="became 'wrong-1' while"):
        promote(registry, "also-good-1", settings)
    assert registry.state().production == "wrong-1"


def test_the_split_names_versions(registry: Registry) -> None:
    state = split_traffic(registry, {"production": 90, "also-good-1": 10})
    assert state.traffic == {"good-1": 90.0, "also-good-1": 10.0}
    assert state.production == "good-1"
    assert split_traffic(registry, {}).traffic == {}


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        ({"good-1": 0.0}, "all weights are 0"),
        ({"good-1": -1.0, "wrong-1": 2.0}, "weight -1.0"),
        ({"good-1": float("nan"), "wrong-1": 1.0}, "weight nan"),
        ({"good-1": float("inf")}, "weight inf"),
        ({"good-1": 1.0, "production": 1.0}, "a version once"),
        ({f"v-{index}": 1.0 for index in range(9)}, "the limit is 8"),
        ({"no-such-1": 1.0}, "no version"),
    ],
)
def test_a_split_that_cannot_be(
    registry: Registry, weights: dict[str, float], message: str
) -> None:
    before = registry.state()
    with pytest.raises(RegistryError, match=message):
        split_traffic(registry, weights)
    assert registry.state() == before


def test_a_state_of_an_unknown_form_is_left_alone(registry: Registry, tmp_path: Path) -> None:
    path = tmp_path / "registry" / "aliases.json"
    path.write_text('{"format": 2}')
    with pytest.raises(RegistryError, match="not understood"):
        registry.change(lambda _: RegistryState())
    assert path.read_text() == '{"format": 2}'


def test_a_version_of_other_words_is_not_measured_against_production(
    registry: Registry, settings: Settings, tmp_path: Path
) -> None:
    registry.add(make_bundle(tmp_path / "style", "style", heads=[WORDS]))
    with pytest.raises(RegistryError, match=r"style-1 answers feminine.*good-1 female, male"):
        promote(registry, "style-1", settings)
    decision = promote(registry, "style-1", settings, forced="we ask another question now")
    assert registry.state().production == "style-1"
    assert decision["gates"] == []
