"""Bundles whose graphs pass the scan and misbehave when they run; a real service beside them."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from genderlens.bundle import MODEL, Description, load_bundle, write_bundle
from tiny_bundles import SIZE_PX, make_bundle

Nodes = list[onnx.NodeProto]


def busy_nodes(count: int = 2000) -> Nodes:
    """``busy``: the product of matrices, hours of it."""
    nodes = [
        helper.make_node("ReduceMean", ["image"], ["mean"], keepdims=0),
        helper.make_node("Expand", ["mean", "side"], ["m0"]),
    ]
    nodes += [helper.make_node("MatMul", [f"m{i}", "m0"], [f"m{i + 1}"]) for i in range(count)]
    return [*nodes, helper.make_node("ReduceMean", [f"m{count}"], ["busy"], keepdims=0)]


def hanging() -> onnx.ModelProto:
    """Computes for hours, whatever it is given."""
    return _model([*busy_nodes(), *_logit("busy")])


def hanging_on_pictures() -> onnx.ModelProto:
    """Answers noise and black at once, and computes for hours about a coloured picture."""
    busy = helper.make_tensor_value_info("busy", TensorProto.FLOAT, None)
    idle = helper.make_tensor_value_info("idle", TensorProto.FLOAT, None)
    then = helper.make_graph(busy_nodes(), "then", [], [busy])
    constant = numpy_helper.from_array(np.float32(0), "idle")
    otherwise = helper.make_graph(
        [helper.make_node("Constant", [], ["idle"], value=constant)], "otherwise", [], [idle]
    )
    nodes = [
        helper.make_node("ReduceMax", ["image"], ["largest"], keepdims=0),
        helper.make_node("ReduceMin", ["image"], ["smallest"], keepdims=0),
        helper.make_node("Sub", ["largest", "smallest"], ["range"]),
        helper.make_node("Sub", ["range", "usual"], ["from_usual"]),
        helper.make_node("Abs", ["from_usual"], ["distance"]),
        helper.make_node("Less", ["distance", "near"], ["is_picture"]),
        helper.make_node("If", ["is_picture"], ["chosen"], then_branch=then, else_branch=otherwise),
    ]
    return _model([*nodes, *_logit("chosen")])


def growing() -> onnx.ModelProto:
    """Asks for 400 GB, by a size that only the engine computes."""
    nodes = [
        helper.make_node("Mul", ["side", "side"], ["vast"]),
        helper.make_node("ReduceMean", ["image"], ["mean"], keepdims=0),
        helper.make_node("Expand", ["mean", "vast"], ["all"]),
        helper.make_node("ReduceMean", ["all"], ["busy"], keepdims=0),
    ]
    return _model([*nodes, *_logit("busy")])


def not_a_number() -> onnx.ModelProto:
    """Answers with NaN."""
    nodes = [
        helper.make_node("ReduceMean", ["image"], ["mean"], keepdims=0),
        helper.make_node("Sub", ["mean", "mean"], ["zero"]),
        helper.make_node("Div", ["zero", "zero"], ["busy"]),
    ]
    return _model([*nodes, *_logit("busy")])


def _logit(value: str) -> Nodes:
    """One logit a row: the mean of the row, and the value besides."""
    return [
        helper.make_node("ReduceMean", ["image", "axes"], ["row"], keepdims=0),
        helper.make_node("Unsqueeze", ["row", "last"], ["column"]),
        helper.make_node("Add", ["column", value], ["logit"]),
    ]


def _model(nodes: Nodes) -> onnx.ModelProto:
    image = helper.make_tensor_value_info("image", TensorProto.FLOAT, ["n", 3, SIZE_PX, SIZE_PX])
    logit = helper.make_tensor_value_info("logit", TensorProto.FLOAT, ["n", 1])
    numbers = {"side": [700, 700], "axes": [1, 2, 3], "last": [1]}
    tensors = [numpy_helper.from_array(np.array(v, np.int64), k) for k, v in numbers.items()]
    levels = {"usual": 2.5, "near": 2.0}
    tensors += [numpy_helper.from_array(np.array(v, np.float32), k) for k, v in levels.items()]
    graph = helper.make_graph(nodes, "guest", [image], [logit], tensors)
    opset = [helper.make_opsetid("", 18)]
    return helper.make_model(graph, opset_imports=opset, ir_version=10)


def make_guest(folder: Path, name: str, build: Callable[[], onnx.ModelProto]) -> Path:
    """A signed bundle with such a graph; its version is NAME-1."""
    make_bundle(folder, name)
    onnx.save(build(), folder / MODEL)
    write_bundle(folder, Description.model_validate_json((folder / "bundle.json").read_bytes()))
    return folder


def smuggle(folder: Path, registry: Path) -> str:
    """Put a bundle into a registry past every check, as whoever can write there could."""
    version = load_bundle(str(folder)).version
    folder.rename(registry / version)
    return version


@contextmanager
def serving(tmp_path: Path, **settings: object) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """``genderlens serve`` in a process of its own, warm; the process and its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    given = {"MODEL": "registry:production", "FACES": "cropped", "PORT": port, **settings}
    environment = os.environ | {f"GENDERLENS_{k.upper()}": str(v) for k, v in given.items()}
    environment |= {"GENDERLENS_STATE_DIR": str(tmp_path / "state"), "GENDERLENS_HISTORY": "off"}
    command = [sys.executable, "-m", "genderlens", "serve"]
    with (tmp_path / "serve.log").open("wb") as log:
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
    address = f"http://127.0.0.1:{port}"
    try:
        wait_for(lambda: httpx.get(f"{address}/health", timeout=5).status_code == 200)
        yield process, address
    finally:
        process.kill()
        process.wait()


def wait_for(holds: Callable[[], bool], timeout_s: float = 90.0) -> None:
    """Until it holds; AssertionError where it never does."""
    end = time.monotonic() + timeout_s
    while time.monotonic() < end:
        try:
            if holds():
                return
        except httpx.HTTPError:
            pass
        time.sleep(0.1)
    raise AssertionError(f"waited {timeout_s} s in vain")


def children_of(pid: int) -> list[int]:
    """The processes that a process started and that still run."""
    found = []
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            text = status.read_text()
        except OSError:
            continue
        facts = dict(line.split(":\t", 1) for line in text.splitlines() if ":\t" in line)
        if int(facts.get("PPid", "0")) == pid and not facts.get("State", "").startswith("Z"):
            found.append(int(status.parent.name))
    return found
