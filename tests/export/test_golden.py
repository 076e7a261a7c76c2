"""Golden inputs made for a bundle."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import helper

from genderlens.bundle import INT8_MODEL, MODEL, load_bundle, write_bundle
from genderlens.errors import BundleError
from genderlens.export.golden import BOUNDS, add_golden, draw_pictures
from genderlens.export.int8.verify import compute_logits
from genderlens.graphs.golden import GOLDEN
from genderlens.graphs.runtime import Session
from tiny_bundles import alter_weight, make_bundle, make_int8_bundle


def test_expected_are_the_logits_of_each_graph(tmp_path: Path) -> None:
    bundle = make_int8_bundle(tmp_path / "b", "b")
    golden = bundle.golden()
    assert golden is not None
    for name in (MODEL, INT8_MODEL):
        session = Session((bundle.path / name).read_bytes())
        logits = compute_logits(session, golden.unpack(), bundle.description.input)
        expected = golden.graphs[name]
        np.testing.assert_allclose(expected.logits, logits.ravel(), atol=1e-5)
        assert expected.bound == BOUNDS[name]
        assert expected.sha256 == bundle.description.files[name]
    assert GOLDEN in load_bundle(str(bundle.path)).description.files


def test_a_bundle_gets_them_anew_after_a_graph_was_made_anew(tmp_path: Path) -> None:
    altered = alter_weight(make_int8_bundle(tmp_path / "b", "b"), INT8_MODEL)
    assert altered.load_graph().fallback
    graph = add_golden(altered).load_graph()
    assert (graph.name, graph.fallback) == (INT8_MODEL, None)


@pytest.mark.parametrize("shape", [(96, 96), (224, 224), (32, 48), (17, 16)])
def test_the_pictures_differ_and_are_always_the_same(shape: tuple[int, int]) -> None:
    pictures = draw_pictures(shape)
    assert pictures.shape == (4, *shape, 3)
    assert pictures.dtype == np.uint8
    np.testing.assert_array_equal(pictures, draw_pictures(shape))
    assert len({picture.tobytes() for picture in pictures}) == len(pictures)
    assert pictures.min() == 0
    assert pictures.max() == 255


def test_a_graph_without_finite_logits_gets_none(tmp_path: Path) -> None:
    folder = make_bundle(tmp_path / "b", "b")
    model = onnx.load(folder / MODEL)
    model.graph.node[-1].output[0] = "finite"
    model.graph.node.append(helper.make_node("Div", ["finite", "nothing"], ["logit"]))
    description = load_bundle(str(folder)).description
    onnx.save(model, folder / MODEL)
    with pytest.raises(BundleError, match="no finite logits"):
        add_golden(write_bundle(folder, description))
