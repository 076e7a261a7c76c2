"""The small networks: CenterFace with few channels, and cells of 8 pixels."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import torch
from torch import Tensor, nn

from tools.detector.network import HEADS, CenterFaceNetwork
from tools.detector.pruning import prune

LEVELS: Final = 2
"""Levels of the pyramid: the coarsest cells have 32 pixels, and each level halves them."""
_PRIOR: Final[Mapping[str, list[float]]] = {
    "heat": [-4.0],
    "size": [1.2, 1.2],
    "offset": [0.0, 0.0],
    "landmarks": [0.37, 0.3, 0.37, 0.7, 0.57, 0.5, 0.75, 0.32, 0.75, 0.68],
}
"""What the heads say before they are taught: hardly a face, upright and of 27 pixels."""
_OUT: Final = "out."


def begin_network(
    whole: CenterFaceNetwork, widths: Mapping[str, int], pictures: Tensor
) -> CenterFaceNetwork:
    """A network to teach: the strongest channels of CenterFace, and fresh heads.

    ``widths``: hidden channels of each part. ``pictures``: N×3×H×W, 0..255, of the kinds that it
    shall see.
    """
    narrow, _ = prune(whole, widths, pictures)
    network = create_network(widths)
    own, taken = network.state_dict(), narrow.state_dict()
    network.load_state_dict({name: (own if name.startswith(_OUT) else taken)[name] for name in own})
    return network.to(memory_format=torch.channels_last)


def create_network(widths: Mapping[str, int]) -> CenterFaceNetwork:
    """Of this shape, with heads that say ``_PRIOR``."""
    network = CenterFaceNetwork(widths, levels=LEVELS)
    nn.init.normal_(network.out.weight, std=0.02)
    with torch.no_grad():
        assert network.out.bias is not None
        network.out.bias.copy_(torch.tensor([value for name in HEADS for value in _PRIOR[name]]))
    return network
