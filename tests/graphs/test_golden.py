"""Golden inputs: what is loaded gives what was measured, or is replaced or refused."""

from __future__ import annotations

import base64
import json
import logging
import shutil
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from genderlens.bundle import (
    INT8_MODEL,
    MODEL,
    Bundle,
    default_bundle_path,
    load_bundle,
    write_bundle,
)
from genderlens.errors import BundleIntegrityError
from genderlens.graphs import golden
from genderlens.graphs.golden import GOLDEN
from genderlens.types import Precision
from tiny_bundles import alter_weight, drop_golden, make_int8_bundle

Edit = Callable[[dict[str, Any]], object]


@pytest.fixture
def bundle(tmp_path: Path) -> Bundle:
    return make_int8_bundle(tmp_path / "tiny", "tiny")


def edit_golden(bundle: Bundle, change: Edit) -> Bundle:
    """The bundle with another ``golden.json``, signed."""
    path = bundle.path / GOLDEN
    document = json.loads(path.read_text("utf-8"))
    change(document)
    path.write_text(json.dumps(document), "utf-8")
    return write_bundle(bundle.path, bundle.description)


@pytest.mark.parametrize(
    ("precision", "name"), [("auto", INT8_MODEL), ("int8", INT8_MODEL), ("fp32", MODEL)]
)
def test_a_graph_that_gives_what_was_measured_answers(
    bundle: Bundle, precision: Precision, name: str
) -> None:
    graph = bundle.load_graph(precision=precision)
    (check,) = graph.checks
    assert (graph.name, graph.verdict, graph.fallback) == (name, "passed", None)
    assert graph.bundle == bundle.version
    assert check.gap is not None
    assert check.bound is not None
    assert check.gap < check.bound / 10


@pytest.mark.parametrize("precision", ["auto", "int8"])
def test_one_weight_altered_and_signed_again_is_replaced_by_fp32_with_one_line(
    bundle: Bundle,
    precision: Precision,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(golden, "_told", set())
    altered = alter_weight(bundle, INT8_MODEL)
    graphs = [altered.load_graph(precision=precision) for _ in range(3)]
    for graph in graphs:
        assert (graph.name, graph.verdict) == (MODEL, "passed")
        assert graph.fallback is not None
        assert f"{INT8_MODEL} is off by " in graph.fallback
    (line,) = [r for r in caplog.records if r.name == "genderlens.graphs.golden"]
    assert line.levelno == logging.WARNING
    assert line.getMessage() == f"{altered.version}: {graphs[0].fallback}; {MODEL} answers instead"


@pytest.mark.parametrize("precision", ["auto", "fp32"])
def test_fp32_altered_and_signed_again_is_refused(bundle: Bundle, precision: Precision) -> None:
    both = alter_weight(alter_weight(bundle, INT8_MODEL), MODEL)
    with pytest.raises(BundleIntegrityError, match=r"model\.onnx is off by .* export it anew"):
        both.load_graph(precision=precision)


@pytest.mark.parametrize("name", [INT8_MODEL, MODEL])
def test_a_weight_that_moves_no_logit_is_seen_all_the_same(bundle: Bundle, name: str) -> None:
    """Of a graph of millions, some weights reach no answer of these few pictures."""
    path = bundle.path / name
    path.write_bytes(path.read_bytes() + b"\x3a\x00")  # an empty field of the graph: no change
    signed = write_bundle(bundle.path, bundle.description)
    reason = f"{name} is not the graph that golden.json was measured with"
    if name == MODEL:
        with pytest.raises(BundleIntegrityError, match=reason):
            signed.load_graph(precision="fp32")
    else:
        assert signed.load_graph().fallback == reason


@pytest.mark.parametrize("name", [INT8_MODEL, MODEL])
def test_a_weight_of_the_shipped_graphs_is_seen_by_the_pictures(tmp_path: Path, name: str) -> None:
    """The pictures see it by themselves, whatever is signed and noted where."""
    copy = load_bundle(str(shutil.copytree(default_bundle_path(), tmp_path / "copy")))
    altered = alter_weight(copy, name)
    digest = altered.description.files[name]
    trusted = edit_golden(altered, lambda data: data["graphs"][name].update(sha256=digest))
    if name == MODEL:
        with pytest.raises(BundleIntegrityError, match=r"model\.onnx is off by"):
            trusted.load_graph(precision="fp32")
    else:
        fallback = trusted.load_graph().fallback
        assert fallback is not None
        assert "is off by" in fallback


def test_a_foreign_graph_is_replaced(bundle: Bundle, tmp_path: Path) -> None:
    other = make_int8_bundle(tmp_path / "other", "other", gain=2.0)
    shutil.copyfile(other.path / INT8_MODEL, bundle.path / INT8_MODEL)
    graph = write_bundle(bundle.path, bundle.description).load_graph()
    assert graph.name == MODEL
    assert graph.fallback


def test_a_graph_that_cannot_take_the_inputs_is_replaced(bundle: Bundle) -> None:
    shutil.copyfile(default_bundle_path() / INT8_MODEL, bundle.path / INT8_MODEL)
    changed = write_bundle(bundle.path, bundle.description)
    assert changed.load_graph().name == MODEL

    def resize(data: dict[str, Any]) -> None:
        data["shape"][1:3] = [16, 64]

    with pytest.raises(BundleIntegrityError, match=r"gives no logits for the golden inputs"):
        edit_golden(changed, resize).load_graph()


def test_a_graph_nothing_is_said_of_does_not_answer(bundle: Bundle) -> None:
    silent = edit_golden(bundle, lambda data: data["graphs"].pop(INT8_MODEL))
    assert silent.load_graph().fallback == f"golden.json says nothing of {INT8_MODEL}"
    mute = edit_golden(bundle, lambda data: data["graphs"].clear())
    with pytest.raises(BundleIntegrityError, match=r"says nothing of model\.onnx"):
        mute.load_graph()


def test_a_bundle_of_before_loads_and_says_that_nothing_was_checked(bundle: Bundle) -> None:
    old = write_bundle(drop_golden(bundle.path), bundle.description)
    graph = old.load_graph()
    (check,) = graph.checks
    assert (graph.name, graph.verdict, graph.fallback) == (INT8_MODEL, "none", None)
    assert check.reason == f"bundle {old.version} holds no golden inputs"


def _bomb(data: dict[str, Any]) -> None:
    data["pictures"] = base64.b64encode(zlib.compress(bytes(50_000_000))).decode()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda data: data.update(format=2), "format"),
        (lambda data: data.update(surprise=1), "surprise"),
        (lambda data: data.update(pictures="%%%"), "unpacked"),
        (lambda data: data.update(pictures="AAAA"), "unpacked"),
        (_bomb, "do not fill"),
        (lambda data: data.update(shape=[4, 32, 32, 1]), "shape"),
        (lambda data: data.update(shape=[4, 32, -32, 3]), "shape"),
        (lambda data: data.update(shape=[10**6, 32, 32, 3]), "shape"),
        (lambda data: data["graphs"][MODEL].update(bound=1e9), "bound"),
        (lambda data: data["graphs"][MODEL].update(bound=0), "bound"),
        (lambda data: data["graphs"][MODEL].update(logits=[float("nan")] * 4), "logits"),
        (lambda data: data["graphs"][MODEL].update(sha256="x"), "sha256"),
    ],
)
def test_a_wrong_file_is_refused(bundle: Bundle, change: Edit, said: str) -> None:
    with pytest.raises(BundleIntegrityError, match=rf"golden\.json holds .*{said}"):
        edit_golden(bundle, change).load_graph(precision="fp32")


def test_a_file_changed_after_signing_is_refused(bundle: Bundle) -> None:
    path = bundle.path / GOLDEN
    path.write_text(path.read_text("utf-8") + " ", "utf-8")
    with pytest.raises(BundleIntegrityError, match="SHA-256 differs"):
        load_bundle(str(bundle.path))


def test_the_shipped_bundle_holds_pictures_of_its_input_size() -> None:
    bundle = load_bundle()
    found = bundle.golden()
    assert found is not None
    pictures = found.unpack()
    assert 4 <= len(pictures) <= 8
    assert pictures.shape[1:3] == bundle.description.input.shape
    assert set(found.graphs) == {name for name in bundle.description.files if ".onnx" in name}
    assert np.ptp(found.graphs[MODEL].logits) > 2.0
    assert (bundle.path / GOLDEN).stat().st_size < 150_000
