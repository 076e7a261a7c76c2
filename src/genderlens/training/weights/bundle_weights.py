"""The weights of a bundle under the names of its network, so that a training can start from them.

An exported graph holds convolutions into which the batch norms behind them are folded, maybe in
half precision. Here they come apart again: the norm behind a convolution does nothing but add its
bias. What it measured while it was trained is not in the graph; ``statistics`` measures it anew.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from onnx import TensorProto, numpy_helper
from pydantic import ValidationError
from safetensors.torch import save
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm
from torch.utils.hooks import RemovableHandle

from genderlens.bundle import MODEL, Bundle
from genderlens.errors import PretrainedWeightsError
from genderlens.graphs.runtime import LOGIT, Session
from genderlens.recipe import ModelRecipe, Recipe
from genderlens.storage import write_bytes_atomically
from genderlens.training.architectures import create_network
from genderlens.training.weights.heads import find_last_linear

MAX_LOGIT_GAP: Final = 2e-3
"""Between graph and network; engines sum floats in different orders."""
_PREFIXES: Final = ("network.", "")
"""What stands before a weight's name in graphs with and without Grad-CAM."""


@dataclass(frozen=True)
class BundleWeights:
    """The network of a bundle: how it is built, and its weights."""

    model: ModelRecipe
    state: dict[str, Tensor]


def read_bundle_weights(bundle: Bundle) -> BundleWeights:
    """The weights in a bundle's FP32 graph, as float32 under the names of its architecture.

    Of the heads the first one alone: further ones are other layers or other rows.

    PretrainedWeightsError where the bundle does not say how its network is built, or the graph
    holds it otherwise than our export writes it.
    """
    model = read_bundle_model(bundle)
    network = create_network(model.architecture, bundle.head.width, model.options).eval()
    graph = onnx.load_model_from_string(bundle.read_graph(MODEL)).graph
    shape = bundle.description.input.shape
    state = _Reader(bundle.version, graph).read(network, shape)
    network.load_state_dict(state)
    _require_same(network, bundle)
    return BundleWeights(model, state)


def read_bundle_model(bundle: Bundle) -> ModelRecipe:
    """Architecture and options of a bundle; PretrainedWeightsError where it stores no recipe."""
    try:
        return Recipe.model_validate(bundle.description.provenance.recipe).model
    except ValidationError as error:
        raise PretrainedWeightsError(
            f"{bundle.version} stores no recipe that says how its network is built; start from "
            "the file that holds its weights, with --set model.pretrained=PATH"
        ) from error


def write_weights(bundle: Bundle, path: Path) -> BundleWeights:
    """Write a bundle's weights as safetensors; its metadata say what they are and whose."""
    weights, description = read_bundle_weights(bundle), bundle.description
    metadata = {
        "format": "pt",
        "bundle": bundle.version,
        "architecture": weights.model.architecture,
        "options": json.dumps(weights.model.options),
        "input": description.input.model_dump_json(),
        "labels": json.dumps(description.labels),
        "data": description.provenance.data,
        "licence": description.provenance.licence,
        "attribution": description.provenance.attribution,
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    write_bytes_atomically(path, save(weights.state, metadata))
    return weights


class _Reader:
    """Finds a network's tensors among the constants of a graph."""

    def __init__(self, version: str, graph: onnx.GraphProto) -> None:
        self._version, self._graph = version, graph
        self._values = _read_constants(graph)
        self._dense: dict[str, onnx.NodeProto] = {}
        self._last = ""

    def read(self, network: nn.Module, shape: tuple[int, int]) -> dict[str, Tensor]:
        """A whole state of the network."""
        state = {name: torch.zeros_like(value) for name, value in network.state_dict().items()}
        norms = _pair_norms(network, shape)
        self._dense = self._pair_dense(network)
        self._last = find_last_linear(network)[0]
        folded: set[str] = set()
        for name, module in network.named_modules():
            norm = norms.get(name)
            if norm is not None and self._find(f"{norm}.running_mean") is None:
                folded.add(norm)
                state |= self._unfold(name, module, norm, network.get_submodule(norm))
        for name in state:
            owner = name.rpartition(".")[0]
            if owner not in folded and norms.get(owner) not in folded:
                state[name] = self._read_plain(name, state[name])
        return state

    def _unfold(
        self, name: str, layer: nn.Module, norm: str, module: nn.Module
    ) -> dict[str, Tensor]:
        """A convolution without bias, and a norm that adds what the graph adds."""
        assert isinstance(module, _BatchNorm)
        weight = self._require(f"{name}.weight")
        state = {f"{name}.weight": torch.from_numpy(self._values[weight].copy())}
        count = module.num_features
        bias = self._bias_of(weight)
        if getattr(layer, "bias", None) is not None:
            state[f"{name}.bias"] = torch.zeros(count)
        one = torch.ones(count)
        return state | {
            f"{norm}.weight": one,
            f"{norm}.bias": torch.zeros(count) if bias is None else torch.from_numpy(bias.copy()),
            f"{norm}.running_mean": torch.zeros(count),
            f"{norm}.running_var": one - module.eps,
            f"{norm}.num_batches_tracked": torch.tensor(0),
        }

    def _read_plain(self, name: str, like: Tensor) -> Tensor:
        if not like.is_floating_point():
            return like
        found = self._find(name)
        values = self._values[found] if found else self._read_dense(name)
        if values is None and name.endswith(".bias"):
            weight = self._find(f"{name.removesuffix('bias')}weight")
            values = None if weight is None else self._bias_of(weight)
        if values is None:
            self._require(name)
        assert values is not None
        shape = tuple(like.shape)
        if values.ndim == 2 and values.shape[1:] != shape[1:] == values.T.shape[1:]:
            values = values.T
        if name.rpartition(".")[0] == self._last and values.shape[1:] == shape[1:]:
            values = values[: shape[0]]
        if values.shape != tuple(like.shape):
            raise self._other(f"{name} of shape {list(values.shape)} instead of {list(like.shape)}")
        return torch.from_numpy(np.ascontiguousarray(values))

    def _read_dense(self, name: str) -> NDArray[Any] | None:
        """Of a dense layer whose weights have another name, as those that Grad-CAM looks at do."""
        layer, _, part = name.rpartition(".")
        node = self._dense.get(layer)
        index = 1 if part == "weight" else 2
        if node is None or len(node.input) <= index:
            return None
        return self._values.get(node.input[index])

    def _pair_dense(self, network: nn.Module) -> dict[str, onnx.NodeProto]:
        """Dense layers to the nodes that compute them, both counted from the logit backwards."""
        names = [name for name, module in network.named_modules() if isinstance(module, nn.Linear)]
        makers = {name: node for node in self._graph.node for name in node.output}
        nodes, node = [], makers.get(LOGIT)
        while node is not None:
            if node.op_type == "Gemm":
                nodes.append(node)
            node = makers.get(node.input[0]) if node.input else None
        return dict(zip(reversed(names), nodes, strict=False))

    def _bias_of(self, weight: str) -> NDArray[Any] | None:
        for node in self._graph.node:
            if len(node.input) > 2 and node.input[1] == weight:
                return self._values.get(node.input[2])
        return None

    def _find(self, name: str) -> str | None:
        return next((f"{p}{name}" for p in _PREFIXES if f"{p}{name}" in self._values), None)

    def _require(self, name: str) -> str:
        found = self._find(name)
        if found is None:
            raise self._other(f"no {name}")
        return found

    def _other(self, what: str) -> PretrainedWeightsError:
        return PretrainedWeightsError(
            f"the graph of {self._version} holds {what}, so its weights cannot be taken out; start "
            "from the run that it was exported from, with --set model.pretrained=RUN"
        )


def _read_constants(graph: onnx.GraphProto) -> dict[str, NDArray[Any]]:
    """Every stored tensor as float32, those in half precision under the name they are used by."""
    floats = {TensorProto.FLOAT, TensorProto.FLOAT16}
    stored = {
        tensor.name: numpy_helper.to_array(tensor).astype(np.float32)
        for tensor in graph.initializer
        if tensor.data_type in floats
    }
    casts = {
        node.output[0]: stored[node.input[0]]
        for node in graph.node
        if node.op_type == "Cast" and node.input[0] in stored
    }
    return stored | casts


class _Pairs:
    """While a network runs: which batch norm takes what which layer gives."""

    def __init__(self) -> None:
        self.norms: dict[str, str] = {}
        self._makers: dict[int, str] = {}
        self._kept: list[Any] = []
        """As long as an output lives, nothing else has its identity."""

    def watch(self, name: str, module: nn.Module) -> list[RemovableHandle]:
        """Hooks of one module, none where it is no part of a pair."""
        if isinstance(module, (nn.Conv2d, nn.Linear)):
            return [module.register_forward_hook(partial(self._note, name))]
        if isinstance(module, _BatchNorm):
            return [module.register_forward_pre_hook(partial(self._pair, name))]
        return []

    def _note(self, name: str, _: nn.Module, __: Any, output: Tensor) -> None:
        self._kept.append(output)
        self._makers[id(output)] = name

    def _pair(self, name: str, _: nn.Module, inputs: tuple[Any, ...]) -> None:
        if id(inputs[0]) in self._makers:
            self.norms[self._makers[id(inputs[0])]] = name


def _pair_norms(network: nn.Module, shape: tuple[int, int]) -> dict[str, str]:
    """Name of each convolution or dense layer to that of the batch norm right behind it."""
    pairs = _Pairs()
    hooks = [hook for name, part in network.named_modules() for hook in pairs.watch(name, part)]
    try:
        with torch.no_grad():
            network(torch.zeros(1, 3, *shape))
    finally:
        for hook in hooks:
            hook.remove()
    return pairs.norms


def _require_same(network: nn.Module, bundle: Bundle) -> None:
    """PretrainedWeightsError where the network does not answer as the graph does."""
    generator = torch.Generator().manual_seed(0)
    batch = torch.randn(2, 3, *bundle.description.input.shape, generator=generator)
    session = Session(bundle.read_graph(MODEL), name=MODEL)
    (expected,) = session.run({session.input_name: batch.numpy()}, [LOGIT])
    with torch.inference_mode():
        found = network.eval()(batch).numpy()
    gap = float(np.abs(found - expected).max())
    if not gap <= MAX_LOGIT_GAP * max(1.0, float(np.abs(expected).max())):
        raise PretrainedWeightsError(
            f"the network of {bundle.version} answers otherwise than its graph, by {gap:.2g} in "
            "the logit; the installed timm may build another one: install the version of "
            "constraints.txt"
        )
