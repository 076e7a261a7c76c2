from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch
from PIL import Image
from transformers import DetrConfig, DetrForObjectDetection, DetrImageProcessor, ResNetConfig

from genderlens.detection.people import DetrPeople
from genderlens.errors import DetectorError, MissingExtraError

SCENE = Image.radial_gradient("L").convert("RGB").resize((200, 120))


@pytest.fixture(autouse=True)
def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)


def save_detector(folder: Path, names: dict[int, str], *, favourite: int | None = None) -> str:
    """A tiny DETR with random weights; ``favourite`` is the class that it sees everywhere."""
    torch.manual_seed(0)
    backbone = ResNetConfig(
        embedding_size=8,
        hidden_sizes=[8, 8, 8, 8],
        depths=[1, 1, 1, 1],
        layer_type="basic",
        out_features=["stage4"],  # type: ignore[call-arg]
    )
    config = DetrConfig(
        backbone_config=backbone,
        d_model=16,
        encoder_layers=1,
        decoder_layers=1,
        encoder_attention_heads=2,
        decoder_attention_heads=2,
        encoder_ffn_dim=16,
        decoder_ffn_dim=16,
        num_queries=6,
        id2label=names,
    )
    network = DetrForObjectDetection(config)
    if favourite is not None:
        with torch.no_grad():
            network.class_labels_classifier.bias[favourite] += 5.0
    network.save_pretrained(folder)
    DetrImageProcessor(size={"shortest_edge": 64, "longest_edge": 96}).save_pretrained(folder)
    return str(folder)


def test_boxes_lie_within_the_picture_best_first(tmp_path: Path) -> None:
    detector = DetrPeople(save_detector(tmp_path, {0: "dog", 1: "person"}, favourite=1))
    people = detector.detect(SCENE)
    assert len(people) == 6
    assert [p.score for p in people] == sorted((p.score for p in people), reverse=True)
    for person in people:
        assert 0 <= person.box.left < person.box.right <= SCENE.width
        assert 0 <= person.box.top < person.box.bottom <= SCENE.height
        assert 0.7 < person.score <= 1


def test_a_detection_below_the_least_score_is_dropped(tmp_path: Path) -> None:
    model = save_detector(tmp_path, {0: "person", 1: "dog"}, favourite=0)
    best = DetrPeople(model, min_score=0.0).detect(SCENE)[0].score
    assert DetrPeople(model, min_score=best).detect(SCENE) == []


def test_other_classes_are_no_people(tmp_path: Path) -> None:
    model = save_detector(tmp_path, {0: "person", 1: "dog"}, favourite=1)
    assert DetrPeople(model, min_score=0.0).detect(SCENE) == []


def test_the_thread_count_of_the_process_is_put_back(tmp_path: Path) -> None:
    before = torch.get_num_threads()
    DetrPeople(save_detector(tmp_path, {0: "person"}), threads=before + 1).detect(SCENE)
    assert torch.get_num_threads() == before


@pytest.mark.parametrize("model", ["nobody/no-such-model", "/no/such/folder", "no such name"])
def test_a_model_that_is_not_there_is_a_detector_error(model: str) -> None:
    with pytest.raises(DetectorError, match=f"'{model}' cannot be loaded.*give the name"):
        DetrPeople(model)


def test_pickled_weights_are_not_loaded(tmp_path: Path) -> None:
    model = save_detector(tmp_path, {0: "person"})
    (tmp_path / "model.safetensors").unlink()
    torch.save({}, tmp_path / "pytorch_model.bin")
    with pytest.raises(DetectorError, match="safetensors"):
        DetrPeople(model)


def test_a_file_that_lacks_weights_is_refused(tmp_path: Path) -> None:
    from safetensors.torch import load_file, save_file

    model = save_detector(tmp_path, {0: "person"})
    weights = load_file(tmp_path / "model.safetensors")
    del weights["class_labels_classifier.weight"]
    save_file(weights, tmp_path / "model.safetensors", {"format": "pt"})
    with pytest.raises(DetectorError, match=r"absent, the first is class_labels_\w+\.weight"):
        DetrPeople(model)


def test_a_model_without_a_person_class_is_refused(tmp_path: Path) -> None:
    model = save_detector(tmp_path, {0: "cat", 1: "dog"})
    with pytest.raises(DetectorError, match=r"knows no class 'person'.*begin with cat, dog"):
        DetrPeople(model)


def test_a_crash_is_a_detector_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    detector = DetrPeople(save_detector(tmp_path, {0: "person"}))

    def crash(**_: Any) -> None:
        raise RuntimeError("out of memory")

    monkeypatch.setattr(detector, "_network", crash)
    with pytest.raises(DetectorError, match="failed: out of memory"):
        detector.detect(SCENE)


def test_an_answer_that_is_no_number_is_a_detector_error(tmp_path: Path) -> None:
    from safetensors.torch import load_file, save_file

    model = save_detector(tmp_path, {0: "person"})
    weights = load_file(tmp_path / "model.safetensors")
    weights["class_labels_classifier.bias"] *= float("nan")
    save_file(weights, tmp_path / "model.safetensors", {"format": "pt"})
    with pytest.raises(DetectorError, match="not finite"):
        DetrPeople(model).detect(SCENE)


def test_a_missing_extra_prints_the_install_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "transformers", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'genderlens\[detr\]'"):
        DetrPeople()


def test_importing_the_module_imports_no_framework() -> None:
    code = (
        "import sys, genderlens.detection.people; "
        "print(sorted({'torch', 'transformers'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
