"""A trained network to one ONNX graph with its heads and Grad-CAM, and the proof of all."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from torch import nn

from genderlens.errors import BundleError
from genderlens.export.cam import ExplainedNetwork, NamedHeads, split_heads
from genderlens.graphs.runtime import CAM, LOGIT, Session
from genderlens.heads import Head
from genderlens.heads.default import GENDER
from genderlens.training.gradcam import explain, split_network

MAX_LOGIT_GAP: Final = 1e-3
MAX_CAM_GAP: Final = 1e-2
"""As a share of the strongest place of all maps."""

_log = logging.getLogger(__name__)


def export_onnx(
    network: nn.Module, shape: tuple[int, int], path: Path, heads: Sequence[Head] = (GENDER,)
) -> bool:
    """Write the graph: input ``image`` N×3×height×width, an output N×width for each head, ``cam``.

    ``heads`` share the network's logits in turn; ``cam`` N×h×w explains the first.

    False where the network has no feature maps, or a head whose gradient ONNX cannot express: the
    graph then has no ``cam``.
    """
    example = torch.zeros(2, 3, *shape)
    names = [head.output for head in heads]
    split = split_network(network, example)
    if split is not None:
        try:
            explained = ExplainedNetwork(network, split, example, heads)
            _export(explained, example, path, [*names, CAM])
        except Exception as error:  # whatever the tracer and the exporter raise for an operator
            reason = (str(error).strip().splitlines() or [""])[0]
            _log.warning("%s goes without Grad-CAM: %s", path.name, reason)
        else:
            return True
    plain = network if len(heads) == 1 else NamedHeads(network, heads)
    _export(plain, example, path, names)
    return False


def check_parity(
    network: nn.Module,
    path: Path,
    pictures: NDArray[np.float32],
    *,
    max_gap: float = MAX_LOGIT_GAP,
    heads: Sequence[Head] = (GENDER,),
) -> float:
    """The largest gap between the logits of torch and ONNX Runtime, of any head.

    BundleError above ``max_gap``, or where the Grad-CAMs differ.
    """
    session = Session(path.read_bytes(), name=str(path))
    names = [head.output for head in heads]
    found = session.run({session.input_name: pictures})
    batch = torch.from_numpy(pictures)
    with torch.inference_mode():
        expected = split_heads(network(batch), heads)
    worst = 0.0
    for name, logits, own in zip(names, found, expected, strict=False):
        gap = float(np.abs(logits - own.numpy()).max())
        if not gap < max_gap:
            raise BundleError(
                f"{path} differs from the trained network by {gap:.2g} in {_called(name)}"
            )
        worst = max(worst, gap)
    for cam in found[len(heads) :]:
        _check_cam(explain(network, batch, heads[0]).numpy(), cam, path)
    return worst


def _called(output: str) -> str:
    return "the logit" if output == LOGIT else f"the output {output!r}"


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
