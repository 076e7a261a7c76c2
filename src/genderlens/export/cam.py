"""Grad-CAM as part of the exported graph: the heads' logits and ``cam`` from one picture.

The gradient of the layers behind the last feature maps is traced into plain operators once, so
that whoever predicts needs no automatic differentiation. For a head of global average and one
dense layer this comes to the class activation map of Zhou et al. (CVPR 2016).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch._decomp import core_aten_decompositions
from torch.fx import GraphModule
from torch.fx.experimental.proxy_tensor import make_fx
from torch.nn.attention import SDPBackend, sdpa_kernel

from genderlens.heads import Head
from genderlens.training.gradcam import Part, Split, gradient_of

_aten = torch.ops.aten


class NamedHeads(nn.Module):
    """A network whose logits are given head by head: N×3×H×W → N×width of each."""

    def __init__(self, network: nn.Module, heads: Sequence[Head]) -> None:
        super().__init__()
        self.network, self.heads = network, tuple(heads)

    def forward(self, image: Tensor) -> tuple[Tensor, ...]:
        return tuple(split_heads(self.network(image), self.heads))


class ExplainedNetwork(nn.Module):
    """N×3×H×W → the logits of each head N×width, and the signed Grad-CAM of the first N×h×w."""

    def __init__(
        self, network: nn.Module, split: Split, example: Tensor, heads: Sequence[Head]
    ) -> None:
        super().__init__()
        self.network = network
        self.split, self.heads = split, tuple(heads)
        with torch.no_grad():
            self.gradient = _trace_gradient(split.head, split.trunk(example), heads[0])

    def forward(self, image: Tensor) -> tuple[Tensor, ...]:
        features = self.split.trunk(image)
        logits = split_heads(self.split.head(features), self.heads)
        return *logits, self.split.weigh(features, self.gradient(features))


def split_heads(outputs: Tensor, heads: Sequence[Head]) -> list[Tensor]:
    """N×logits as N×width of each head in turn."""
    if len(heads) == 1:
        return [outputs]
    return list(torch.split(outputs, [head.width for head in heads], dim=1))


def _trace_gradient(part: Part, features: Tensor, head: Head) -> GraphModule:
    """``gradient_of`` the part in operators that ONNX has; the batch size stays free."""
    traced = make_fx(
        lambda values: gradient_of(part, values, head),
        decomposition_table=dict(core_aten_decompositions()) | _DECOMPOSITIONS,
        tracing_mode="symbolic",
        _allow_non_fake_inputs=True,
    )
    with sdpa_kernel(SDPBackend.MATH):  # fused attention has no backward in ONNX
        graph: GraphModule = traced(features)
    return graph


def _convolution_backward(  # the operator's own signature
    gradient: Tensor, inputs: Tensor, weight: Tensor, _bias: Any, *how: Any
) -> tuple[Tensor, None, None]:
    """In the inputs alone: a convolution transposed, which may leave a rim of each axis out."""
    stride, padding, dilation, transposed, _, groups, _ = how
    assert not transposed
    rim = [
        inputs.shape[2 + axis]
        - (gradient.shape[2 + axis] - 1) * stride[axis]
        + 2 * padding[axis]
        - dilation[axis] * (weight.shape[2 + axis] - 1)
        - 1
        for axis in range(len(stride))
    ]
    back = (stride, padding, dilation, True, rim, groups)
    return _aten.convolution.default(gradient, weight, None, *back), None, None


def _adaptive_average_backward(gradient: Tensor, inputs: Tensor) -> Tensor:
    """Averaging is linear along each axis, so going back is the transposed matrix."""
    height, width = gradient.shape[2:]
    down = _averages(int(inputs.shape[2]), int(height))
    across = _averages(int(inputs.shape[3]), int(width))
    return down.T @ gradient @ across


def _averages(inputs: int, outputs: int) -> Tensor:
    """outputs×inputs: each row averages the inputs that fall into one output."""
    rows = []
    for row in range(outputs):
        start, end = row * inputs // outputs, -(-(row + 1) * inputs // outputs)
        rows.append([(start <= column < end) / (end - start) for column in range(inputs)])
    return torch.tensor(rows)


_DECOMPOSITIONS: dict[Any, Callable[..., Any]] = {
    _aten.convolution_backward.default: _convolution_backward,
    _aten._adaptive_avg_pool2d_backward.default: _adaptive_average_backward,
}
