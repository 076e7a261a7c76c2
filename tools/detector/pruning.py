"""A narrower detector out of the published one: which channels stay, and what mends the rest.

Channels that carry most of what the next convolution makes of them stay. That convolution is then
fitted anew, by least squares, to what the whole network gives, from what the narrow one has so far
(after He, Zhang & Sun, "Channel pruning for accelerating very deep neural networks", ICCV 2017).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import torch
from torch import Tensor, nn

from tools.detector.network import BLOCKS, CenterFaceNetwork, Expanding

_MOST_PLACES: Final = 60_000
"""Places of the maps that one convolution is fitted to."""
_RIDGE: Final = 1e-5
"""Of the mean square of the channels."""
_CORNERS: Final = 4


@torch.no_grad()
def prune(
    whole: CenterFaceNetwork, widths: Mapping[str, int], pictures: Tensor
) -> tuple[CenterFaceNetwork, dict[str, Tensor]]:
    """The narrow network, and which channels of ``top``, the pyramid and ``head`` it has.

    ``pictures``: N×3×H×W, 0..255, of the kinds that it shall see.
    """
    return _Pruning(whole, CenterFaceNetwork(widths), pictures).prune()


class _Pruning:
    """Goes through both networks side by side; ``_values`` is what the narrow one has so far."""

    def __init__(
        self, whole: CenterFaceNetwork, narrow: CenterFaceNetwork, pictures: Tensor
    ) -> None:
        self._whole, self._narrow, self._pictures = whole, narrow, pictures
        self._wanted = whole.features(pictures)
        self._values = pictures
        self._read: dict[str, Tensor] = {}

    def prune(self) -> tuple[CenterFaceNetwork, dict[str, Tensor]]:
        self._prune_stem()
        self._prune_trunk()
        chosen = self._choose_pyramid()
        self._prune_top(chosen["top"])
        self._prune_pyramid(chosen)
        return self._narrow, chosen

    def _prune_stem(self) -> None:
        whole, narrow = self._whole, self._narrow
        kept = _strongest(whole.begin(self._pictures), whole.narrow, narrow.widths["stem"])
        _take(narrow.stem, whole.stem, kept)
        _take(narrow.spread, whole.spread, kept)
        hidden = narrow.begin(self._pictures)
        _fit(narrow.narrow, hidden, self._wanted["narrow"])
        self._values = narrow.narrow(hidden)

    def _prune_trunk(self) -> None:
        before = self._wanted["narrow"]
        pairs = zip(self._whole.named_blocks(), self._narrow.named_blocks(), strict=True)
        for (name, whole), (_, narrow) in pairs:
            kept = _strongest(whole.hidden(before), whole.narrow, self._narrow.widths[name])
            _take_hidden(narrow.hidden, whole.hidden, kept)
            target = self._wanted[name] - self._values if narrow.residual else self._wanted[name]
            _fit(narrow.narrow, narrow.hidden(self._values), target)
            self._values, before = narrow(self._values), self._wanted[name]
            self._read[name] = self._values

    def _choose_pyramid(self) -> dict[str, Tensor]:
        """The strongest channels of each level, by what is made of them one level further."""
        whole, count = self._whole, self._narrow.widths["pyramid"]
        levels = [f"pyramid_{level}" for level in range(len(whole.upwards))]
        readers = [*whole.upwards, whole.head, whole.out]
        names = ["top", *levels, "head"]
        return {
            name: _strongest(self._wanted[name], reader, count)
            for name, reader in zip(names, readers, strict=True)
        }

    def _prune_top(self, chosen: Tensor) -> None:
        whole, narrow = self._whole, self._narrow
        last = whole.last(self._wanted[BLOCKS[-1].name])
        kept = _strongest(last, whole.top, narrow.widths["top"])
        _take_hidden(narrow.last, whole.last, kept)
        hidden = narrow.last(self._values)
        _fit(narrow.top, hidden, whole.top(last)[:, chosen])
        self._values = torch.relu(narrow.top(hidden))

    def _prune_pyramid(self, chosen: Mapping[str, Tensor]) -> None:
        whole, narrow = self._whole, self._narrow
        before = "top"
        for level, name in enumerate(narrow.read):
            own = f"pyramid_{level}"
            channels = whole.widths["pyramid"]
            corners = channels * torch.arange(_CORNERS)[:, None] + chosen[own][None]
            target = whole.upwards[level](self._wanted[before])[:, corners.flatten()]
            _fit(narrow.upwards[level], self._values, target)
            _take(narrow.aside[level], whole.aside[level], chosen[own])
            self._values = narrow.join(level, self._values, self._read[name])
            before = own
        _take(narrow.head, whole.head, chosen["head"], chosen[before])
        _fit(narrow.out, torch.relu(narrow.head(self._values)), self._wanted["out"])


def _strongest(values: Tensor, reader: nn.Module, count: int) -> Tensor:
    """The channels of N×C×H×W values whose share in what ``reader`` gives is largest, in order."""
    assert isinstance(reader, nn.Conv2d)
    weight = reader.weight.double().square().sum((0, 2, 3))
    share = values.double().square().mean((0, 2, 3)) * weight
    return torch.sort(torch.topk(share, count).indices).values


def _take(
    narrow: nn.Module, whole: nn.Module, outputs: Tensor, inputs: Tensor | None = None
) -> None:
    """The weights of some channels of a convolution."""
    assert isinstance(whole, nn.Conv2d)
    assert whole.bias is not None
    weight = whole.weight[outputs] if inputs is None else whole.weight[outputs][:, inputs]
    narrow.load_state_dict({"weight": weight, "bias": whole.bias[outputs]})


def _take_hidden(narrow: Expanding, whole: Expanding, kept: Tensor) -> None:
    _take(narrow.widen, whole.widen, kept)
    _take(narrow.spread, whole.spread, kept)


def _fit(convolution: nn.Module, values: Tensor, target: Tensor) -> None:
    """The 1×1 that makes ``target`` of ``values``, by least squares, in double precision."""
    inputs, wanted = _places(values), _places(target)
    inputs = torch.cat([inputs, torch.ones(len(inputs), 1, dtype=inputs.dtype)], 1)
    square = inputs.T @ inputs
    square += _RIDGE * torch.diag(square).mean() * torch.eye(len(square), dtype=square.dtype)
    solved = torch.linalg.solve(square, inputs.T @ wanted).T.float()
    convolution.load_state_dict({"weight": solved[:, :-1, None, None], "bias": solved[:, -1]})


def _places(values: Tensor) -> Tensor:
    """N×C×H×W as places × C, evenly thinned out."""
    flat = values.permute(0, 2, 3, 1).reshape(-1, values.shape[1]).double()
    return flat[:: max(1, len(flat) // _MOST_PLACES)]
