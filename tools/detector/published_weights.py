"""The weights of the published CenterFace, as a network."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from torch import Tensor, nn

from tools.detector.network import CenterFaceNetwork
from tools.detector.published_graph import OUTPUTS, require_published

_ASIDE = ("515", "522", "529")
"""The convolutions between trunk and pyramid, coarsest first."""


def read_published(model: onnx.ModelProto) -> CenterFaceNetwork:
    """The network of ``centerface.onnx``, ready to answer.

    Two convolutions 1×1 with nothing between them, at the top of the trunk, become one.
    Raises DetectorError where the graph is not the published one.
    """
    require_published(model)
    network = CenterFaceNetwork()
    _Published(model.graph).fill(network)
    return network.eval().requires_grad_(requires_grad=False)


class _Published:
    def __init__(self, graph: onnx.GraphProto) -> None:
        self._nodes = list(graph.node)
        self._makers = {name: node for node in self._nodes for name in node.output}
        self._values = {one.name: numpy_helper.to_array(one) for one in graph.initializer}

    def fill(self, network: CenterFaceNetwork) -> None:
        trunk = iter([node for node in self._nodes if node.op_type == "Conv"])
        for convolution in (network.stem, network.spread, network.narrow):
            self._copy(convolution, next(trunk))
        for _, block in network.named_blocks():
            for convolution in (block.hidden.widen, block.hidden.spread, block.narrow):
                self._copy(convolution, next(trunk))
        self._copy(network.last.widen, next(trunk))
        self._copy(network.last.spread, next(trunk))
        self._merge(network.top, trunk)
        for aside, name in zip(network.aside, _ASIDE, strict=True):
            self._copy(aside, self._makers[name])
        self._fill_upwards(network.upwards)
        self._fill_heads(network)

    def _tensor(self, name: str) -> Tensor:
        return torch.from_numpy(np.array(self._values[name], np.float32))

    def _copy(self, convolution: nn.Module, node: onnx.NodeProto) -> None:
        _set(convolution, self._tensor(node.input[1]), self._tensor(node.input[2]))

    def _merge(self, top: nn.Module, trunk: Iterator[onnx.NodeProto]) -> None:
        """A 1×1 after another 1×1: the product of their matrices, in double precision."""
        first, second = next(trunk), next(trunk)
        (inner, shift), (outer, last) = (
            (self._tensor(node.input[1]).double()[:, :, 0, 0], self._tensor(node.input[2]).double())
            for node in (first, second)
        )
        _set(top, (outer @ inner)[:, :, None, None], outer @ shift + last)

    def _fill_upwards(self, upwards: nn.ModuleList) -> None:
        """ConvTranspose → BatchNormalization as a 1×1 to four times the channels."""
        nodes = [node for node in self._nodes if node.op_type == "ConvTranspose"]
        norms = [node for node in self._nodes if node.op_type == "BatchNormalization"]
        for convolution, node, norm in zip(upwards, nodes, norms, strict=True):
            gain, shift, mean, variance = (self._tensor(name) for name in norm.input[1:5])
            epsilon = next((one.f for one in norm.attribute if one.name == "epsilon"), 1e-5)
            factor = gain / torch.sqrt(variance + epsilon)
            kernel = self._tensor(node.input[1]) * factor[None, :, None, None]  # in × out × 2 × 2
            channels = kernel.shape[0]
            folded = kernel.permute(2, 3, 1, 0).reshape(-1, channels, 1, 1)
            _set(convolution, folded, (shift - mean * factor).repeat(4))

    def _fill_heads(self, network: CenterFaceNetwork) -> None:
        sigmoid, *others = (self._makers[name] for name in OUTPUTS)
        heads = [self._makers[sigmoid.input[0]], *others]
        weights, biases = (
            torch.cat([self._tensor(head.input[place]) for head in heads]) for place in (1, 2)
        )
        _set(network.out, weights, biases)
        self._copy(network.head, self._makers[self._makers[heads[0].input[0]].input[0]])


def _set(convolution: nn.Module, weight: Tensor, bias: Tensor) -> None:
    own = {"weight": weight.float().contiguous(), "bias": bias.float().contiguous()}
    convolution.load_state_dict(own)
