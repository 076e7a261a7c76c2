"""Of the variants, the one that serves is what the report is about, and it is asked once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest

from conftest import ClassFolders
from genderlens.bundle import InferenceSpec, load_bundle, write_bundle
from genderlens.cli.evaluation.judged_model import ModelAnswers, ask_model, ask_variants
from genderlens.data.manifest import Manifest
from genderlens.data.readers import read_source
from genderlens.inference.predictor import Predictor
from genderlens.settings import Settings
from genderlens.types import FacePolicy, Prediction, Tta
from tiny_bundles import make_bundle


def bundle(folder: Path, tta: Tta) -> str:
    """A bundle that recommends ``tta``."""
    made = load_bundle(str(make_bundle(folder, folder.name)))
    inference = InferenceSpec(tta=tta)
    write_bundle(folder, made.description.model_copy(update={"inference": inference}))
    return str(folder)


@pytest.fixture
def manifest(class_folders: ClassFolders) -> Manifest:
    return read_source(str(class_folders(2)))


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Counter[int]:
    """How often each predictor was asked."""
    counts: Counter[int] = Counter()
    predict = Predictor.predict

    def counting(
        self: Predictor, contents: Sequence[bytes], *, faces: FacePolicy | None = None
    ) -> list[Prediction]:
        counts[id(self)] += 1
        return predict(self, contents, faces=faces)

    monkeypatch.setattr(Predictor, "predict", counting)
    return counts


def answers(found: ModelAnswers) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = found.table.to_pylist()
    return rows


@pytest.mark.parametrize("tta", [None, "off"])
def test_each_variant_is_asked_once_and_what_serves_answers_as_if_alone(
    tta: Tta | None, manifest: Manifest, asked: Counter[int], tmp_path: Path
) -> None:
    settings = Settings(model=bundle(tmp_path / "one", "crops"), faces="cropped", tta=tta)
    found = ask_variants(settings, manifest)
    assert list(asked.values()) == [len(manifest)] * 3
    assert [variant.name for variant in found.variants] == ["off", "flip", "crops"]
    assert found.spent_s > 0
    alone = ask_model(settings, manifest)
    assert answers(found) == answers(alone)
    other = settings.model_copy(update={"tta": "crops" if tta == "off" else "off"})
    assert answers(found) != answers(ask_model(other, manifest))


def test_an_ensemble_of_different_views_is_asked_beside_its_variants(
    manifest: Manifest, asked: Counter[int], tmp_path: Path
) -> None:
    members = (bundle(tmp_path / "one", "crops"), bundle(tmp_path / "two", "off"))
    settings = Settings(model=",".join(members), faces="cropped")
    found = ask_variants(settings, manifest)
    assert list(asked.values()) == [len(manifest)] * 6
    assert "as it serves" not in {variant.name for variant in found.variants}
    assert answers(found) == answers(ask_model(settings, manifest))
