"""A trained network to one ONNX graph with one logit and its Grad-CAM, and the proof of both."""

from __future__ import annotations

import logging
import warnings
from pathlib import Path
from typing import Any, Final

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from torch import nn

from genderlens.errors import BundleError
from genderlens.export.cam import ExplainedNetwork
from genderlens.graphs.runtime import CAM, LOGIT, Session
from genderlens.training.gradcam import explain, split_network

MAX_LOGIT_GAP: Final = 1e-3
MAX_CAM_GAP: Final = 1e-2
"""As a share of the strongest place of all maps."""

_log = logging.getLogger(__name__)


def export_onnx(network: nn.Module, shape: tuple[int, int], path: Path) -> bool:
    """Write the graph: input ``image`` N×3×height×width, outputs ``logit`` N×1, ``cam`` N×h×w.

    False where the network has no feature maps, or a head whose gradient ONNX cannot express: the
    graph then has no ``cam``.
    """
    example = torch.zeros(2, 3, *shape)
    split = split_network(network, example)
    if split is not None:
        try:
            _export(ExplainedNetwork(network, split, example), example, path, [LOGIT, CAM])
        except Exception as error:  # whatever the tracer and the exporter raise for an operator
            reason = (str(error).strip().splitlines() or [""])[0]
            _log.warning("%s goes without Grad-CAM: %s", path.name, reason)
        else:
            return True
    _export(network, example, path, [LOGIT])
    return False


def check_parity(
    network: nn.Module,
    path: Path,
    pictures: NDArray[np.float32],
    *,
    max_gap: float = MAX_LOGIT_GAP,
) -> float:
    """The largest gap between the logits of torch and ONNX Runtime.

    BundleError above ``max_gap``, or where the Grad-CAMs differ.
    """
    session = Session(path.read_bytes(), name=str(path))
    logits, *cams = session.run({session.input_name: pictures})
    batch = torch.from_numpy(pictures)
    with torch.inference_mode():
        expected = network(batch).numpy()
    gap = float(np.abs(logits - expected).max())
    if not gap < max_gap:
        raise BundleError(f"{path} differs from the trained network by {gap:.2g} in the logit")
    if cams:
        _check_cam(explain(network, batch).numpy(), cams[0], path)
    return gap


def count_parameters(network: nn.Module) -> int:
    """Trained numbers in the network."""
    return sum(parameter.numel() for parameter in network.parameters())


def _check_cam(expected: NDArray[Any], found: NDArray[Any], path: Path) -> None:
    gap = float(np.abs(found - expected).max())
    if not gap <= MAX_CAM_GAP * max(float(np.abs(expected).max()), 1e-6):
        raise BundleError(f"{path} differs from the trained network by {gap:.2g} in the Grad-CAM")


def _export(network: nn.Module, example: torch.Tensor, path: Path, outputs: list[str]) -> None:
    batch = torch.export.Dim("batch", min=1, max=4096)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            network.eval(),
            (example,),
            path,
            input_names=["image"],
            output_names=outputs,
            dynamic_shapes=({0: batch},),
            external_data=False,
            dynamo=True,
            verbose=False,
        )
    _drop_traces(path)


def _drop_traces(path: Path) -> None:
    """The exporter notes stack traces with paths of this machine on every node; remove them."""
    model = onnx.load(path)
    graph = model.graph
    noting: list[Any] = [model, graph, *graph.node, *graph.input, *graph.output, *graph.initializer]
    for noted in noting:
        del noted.metadata_props[:]
        noted.ClearField("doc_string")
    del graph.value_info[:]
    onnx.save(model, path)
