"""A trained network to one ONNX graph with one logit, and the proof that both agree."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from safetensors.torch import load_file
from torch import nn

from genderlens.errors import BundleError, TrainingError
from genderlens.runtime import Session
from genderlens.training.architectures import create_network
from genderlens.training.run import RunFolder

MAX_LOGIT_GAP = 1e-3


def load_gender_network(run: RunFolder) -> nn.Module:
    """The network of a finished run with its auxiliary heads cut off: N×3×H×W → N×1."""
    facts, recipe = run.read("run.json"), run.recipe()
    logits = facts["logits"]
    if not isinstance(logits, int):
        raise TrainingError(f"{run.path / 'run.json'} does not say how many logits were trained")
    network = create_network(recipe.model.architecture, logits, recipe.model.options)
    network.load_state_dict(load_file(run.weights))
    _keep_first_logit(network)
    return network.eval()


def export_onnx(network: nn.Module, size_px: int, path: Path) -> None:
    """Write the graph: input ``image`` N×3×size×size float32, output ``logit`` N×1."""
    example = (torch.zeros(2, 3, size_px, size_px),)
    batch = torch.export.Dim("batch", min=1, max=4096)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            network,
            example,
            path,
            input_names=["image"],
            output_names=["logit"],
            dynamic_shapes={"x": {0: batch}},
            external_data=False,
            dynamo=True,
            verbose=False,
        )
    _drop_traces(path)


def check_parity(network: nn.Module, path: Path, pictures: NDArray[np.float32]) -> float:
    """The largest gap between the logits of torch and ONNX Runtime; BundleError above 1e-3."""
    session = Session(path.read_bytes(), name=str(path))
    with torch.inference_mode():
        expected = network(torch.from_numpy(pictures)).numpy()
    gap = float(np.abs(session.run({session.input_name: pictures})[0] - expected).max())
    if not gap < MAX_LOGIT_GAP:
        raise BundleError(f"{path} differs from the trained network by {gap:.2g} in the logit")
    return gap


def count_parameters(network: nn.Module) -> int:
    """Trained numbers in the network."""
    return sum(parameter.numel() for parameter in network.parameters())


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


def _keep_first_logit(network: nn.Module) -> None:
    name, head = [(n, m) for n, m in network.named_modules() if isinstance(m, nn.Linear)][-1]
    kept = nn.Linear(head.in_features, 1, bias=head.bias is not None)
    with torch.no_grad():
        kept.weight.copy_(head.weight[:1])
        if head.bias is not None:
            kept.bias.copy_(head.bias[:1])
    parent, _, attribute = name.rpartition(".")
    setattr(network.get_submodule(parent), attribute, kept)
