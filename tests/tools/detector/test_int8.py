"""The fast graph is made from scenes and faces, cannot saturate, and answers nearly as float."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import pytest
from PIL import Image
from tools.detector.graph import take_bytes, write_graph
from tools.detector.int8 import quantize_detector, write_golden
from tools.detector.making import DETECTOR
from tools.detector.published_weights import read_published
from tools.detector.scenes import draw_scenes

import photos
from genderlens.data.readers import read_source
from genderlens.detection.sound import FAST, load_sound
from genderlens.export.int8.saturation import list_pair_sums
from tools.detector import scenes


@pytest.fixture
def core(published: Path) -> onnx.ModelProto:
    return write_graph(read_published(onnx.load(published)))


def test_it_cannot_saturate_and_serves_beside_the_float_graph(
    core: onnx.ModelProto, tmp_path: Path
) -> None:
    picture = np.asarray(photos.portrait().resize((128, 128)), np.float32)
    content = quantize_detector(core, [picture.transpose(2, 0, 1)[None]])
    sums = list_pair_sums(onnx.load_from_string(content))
    assert len(sums) > 50
    assert all(pair.fits for pair in sums)
    (tmp_path / FAST).write_bytes(content)
    (tmp_path / DETECTOR).write_bytes(take_bytes(core).SerializeToString())
    write_golden(tmp_path)
    graph = load_sound(tmp_path / DETECTOR)
    assert (graph.name, graph.verdict) == (FAST, "passed")
    heat, *_ = graph.session.run({"image": picture.astype(np.uint8)[None]})
    assert heat.max() > 0.5


def test_scenes_are_drawn_alike_each_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, count in (("PLAIN", 1), ("PASTED", 1), ("ROWS", 2), ("SIDE_PX", 64)):
        monkeypatch.setattr(scenes, name, count)
    monkeypatch.setattr(scenes, "SHAPES", ((96, 64),))
    for index, label in enumerate(("female", "male")):
        (tmp_path / "crops" / label).mkdir(parents=True)
        face = Image.new("RGB", (40, 40), (200, 90 * index, 120))
        face.save(tmp_path / "crops" / label / "a.png")
    (tmp_path / "scenes").mkdir()
    for name, image in photos.landscapes().items():
        image.save(tmp_path / "scenes" / f"{name}.jpg")
    crops = read_source(str(tmp_path / "crops"))
    first, second = (draw_scenes(crops, tmp_path / "scenes") for _ in range(2))
    assert sorted(one.shape for one in first) == [(1, 3, 64, 64)] * 2 + [(1, 3, 64, 96)] * 2
    assert all(np.array_equal(a, b) for a, b in zip(first, second, strict=True))
    other = draw_scenes(crops, tmp_path / "scenes", seed=1)
    assert not all(
        a.shape == b.shape and np.array_equal(a, b) for a, b in zip(first, other, strict=True)
    )
