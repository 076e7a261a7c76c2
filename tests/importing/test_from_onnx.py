"""ONNX files of somebody else's, whatever their layout, numbers and ending."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto

from genderlens.bundle import MODEL
from genderlens.errors import BundleError, BundleIntegrityError, ModelTrialError
from genderlens.graphs.runtime import Session
from genderlens.guests.process import Guests, Limits
from genderlens.importing.from_onnx import open_onnx
from genderlens.importing.onnx_graph import parse_label_list
from genderlens.importing.options import ImportOptions
from genderlens.importing.parity import measure_parity
from genderlens.importing.pictures import draw_many, gather_pictures
from importing.colour_graphs import SIZE_PX, write_colours

HALVES = {"mean": (0.5,) * 3, "std": (0.25,) * 3}


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize(
    ("graph", "options", "are_probabilities"),
    [
        ({"columns": 2}, {}, False),
        ({"columns": 1, "output": "logit"}, {"meaning": "logits"}, False),
        ({"columns": 2, "ending": "Softmax"}, {}, True),
        ({"columns": 1, "ending": "Sigmoid", "nhwc": True}, {}, True),
        ({"columns": 2, "batch": 1, "dtype": TensorProto.FLOAT16}, {}, False),
        ({"columns": 2, "nhwc": True, "dtype": TensorProto.UINT8, "gain": 0.03}, {}, False),
    ],
)
def test_the_bundle_answers_as_its_source(
    graph: dict[str, Any],
    options: dict[str, Any],
    are_probabilities: bool,
    sign: Any,
    tmp_path: Path,
) -> None:
    source = write_colours(tmp_path / "theirs.onnx", **graph)
    known = {} if graph.get("dtype") == TensorProto.UINT8 else HALVES
    guests = Guests()
    model = open_onnx(source, ImportOptions(**known, **options), guests)
    spec, squares = model.facts.input, gather_pictures(None, model.facts.input).crops[:12]
    scores = model.answer(squares)
    assert scores.are_probabilities is are_probabilities
    model.write(tmp_path / MODEL, sign, scores)
    gap = measure_parity(tmp_path, spec, squares, scores, sign, guests)
    assert gap.probability < 1e-3
    assert gap.pictures == 12
    session = Session((tmp_path / MODEL).read_bytes())
    assert session.output_names == ("logit",)
    (logits,) = session.run({session.input_name: np.zeros((3, 3, SIZE_PX, SIZE_PX), np.float32)})
    assert logits.shape == (3, 1)


def test_probabilities_without_a_softmax_to_see_become_log_odds(tmp_path: Path) -> None:
    source = write_colours(tmp_path / "theirs.onnx", ending="Softmax")
    model = onnx.load(source)
    hidden = onnx.helper.make_node("Abs", ["hidden"], ["scores"])
    model.graph.node[-1].output[0] = "hidden"
    model.graph.node.append(hidden)
    onnx.save(model, source)
    guests = Guests()
    opened = open_onnx(source, ImportOptions(**HALVES), guests)
    assert opened.graph.ending().squash is None
    squares = gather_pictures(None, opened.facts.input).crops[:8]
    scores = opened.answer(squares)
    assert scores.are_probabilities
    opened.write(tmp_path / MODEL, 1, scores)
    gap = measure_parity(tmp_path, opened.facts.input, squares, scores, 1, guests)
    assert gap.logit is None
    assert gap.probability < 1e-3


def test_another_model_than_its_source_is_refused(tmp_path: Path) -> None:
    guests = Guests()
    opened = open_onnx(write_colours(tmp_path / "a.onnx"), ImportOptions(**HALVES), guests)
    squares = gather_pictures(None, opened.facts.input).crops[:8]
    scores = opened.answer(squares)
    opened.write(tmp_path / MODEL, -1, scores)
    with pytest.raises(BundleError, match="not the model that it was made of"):
        measure_parity(tmp_path, opened.facts.input, squares, scores, 1, guests)


@pytest.mark.parametrize(
    ("graph", "options", "fault"),
    [
        ({}, {}, "does not say how its pictures are normalised.*--mean and --std"),
        ({}, {**HALVES, "layout": "nhwc"}, "no colour picture in the layout nhwc"),
        ({}, {**HALVES, "shape": (64, 64)}, "takes pictures of 32×32 px; --size says 64×64"),
        ({}, {**HALVES, "output": "score"}, "has no output 'score'; did you mean 'scores'"),
        ({"dtype": TensorProto.UINT8}, HALVES, "takes bytes as they are"),
        ({"dtype": TensorProto.INT32}, HALVES, "numbers of the type INT32"),
    ],
)
def test_what_cannot_be_is_said_before_anything_runs(
    graph: dict[str, Any], options: dict[str, Any], fault: str, tmp_path: Path
) -> None:
    source = write_colours(tmp_path / "a.onnx", **graph)
    with pytest.raises(BundleError, match=fault):
        open_onnx(source, ImportOptions(**options), Guests())


@pytest.mark.parametrize(
    ("graph", "options", "fault"),
    [
        ({"columns": 65}, {}, "answers a picture with 65 numbers.*at most 64 labels"),
        ({"columns": 2, "ending": "Sigmoid"}, {}, "sigmoid over 2 outputs"),
        ({"columns": 2, "ending": "Softmax"}, {"meaning": "logits"}, "ends in Softmax"),
        ({"columns": 2}, {"meaning": "probabilities"}, "--outputs probabilities cannot be"),
        ({"columns": 1, "gain": 0.0}, {}, "may be probabilities or log-odds; say which"),
    ],
)
def test_answers_that_make_no_label_are_refused(
    graph: dict[str, Any], options: dict[str, Any], fault: str, tmp_path: Path
) -> None:
    source = write_colours(tmp_path / "a.onnx", **graph)
    model = open_onnx(source, ImportOptions(**HALVES, **options), Guests())
    with pytest.raises(BundleError, match=fault):
        model.answer(np.stack(draw_many((SIZE_PX, SIZE_PX), 6)))


def test_what_is_not_safe_is_not_loaded(tmp_path: Path) -> None:
    source = write_colours(tmp_path / "a.onnx")
    model = onnx.load(source)
    model.graph.node[0].domain = "their.own"
    onnx.save(model, source)
    with pytest.raises(BundleIntegrityError, match="foreign domain"):
        open_onnx(source, ImportOptions(**HALVES), Guests())


def test_a_model_that_hangs_is_ended(tmp_path: Path) -> None:
    source = write_colours(tmp_path / "a.onnx")
    model = open_onnx(source, ImportOptions(**HALVES), Guests(Limits(time_s=0.01)))
    with pytest.raises(ModelTrialError, match="gave no answer within"):
        model.answer(np.stack(draw_many((SIZE_PX, SIZE_PX), 4)))


def test_files_beside_a_graph_say_how_it_is_asked(tmp_path: Path) -> None:
    source = write_colours(tmp_path / "model.onnx")
    config = {"model_type": "vit", "id2label": {"1": "man", "0": "woman"}}
    (tmp_path / "config.json").write_text(json.dumps(config))
    preprocessor = {"image_mean": [0.4, 0.5, 0.6], "image_std": 0.25, "rescale_factor": 1 / 127.5}
    (tmp_path / "preprocessor_config.json").write_text(json.dumps(preprocessor))
    facts = open_onnx(source, ImportOptions(), Guests()).facts
    assert facts.words == ("woman", "man")
    assert facts.input.mean == pytest.approx((0.2, 0.25, 0.3))
    assert facts.input.std == pytest.approx((0.125,) * 3)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('["female", "male"]', ("female", "male")),
        ("{0: 'female', 1: 'male'}", ("female", "male")),
        ('{"1": "male", "0": "female"}', ("female", "male")),
        ("female, male", ("female", "male")),
        ("{0: 'female', 2: 'male'}", ()),
    ],
)
def test_words_in_metadata(text: str, words: tuple[str, ...]) -> None:
    assert parse_label_list(text) == words
