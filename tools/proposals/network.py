"""The network that proposes: CenterFace with few channels, and no cells finer than 8 pixels."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import torch
from torch import Tensor, nn

from tools.detector.network import CenterFaceNetwork
from tools.proposals.pruning import prune

HEADS: Final = {"heat": 1, "log_size": 1}
"""What is told of each cell of 8×8 pixels: logit of a face's centre, and the logarithm of the root
of its box's area in pixels."""
LEVELS: Final = 2
"""Levels of the pyramid: the coarsest cells have 32 pixels, and each level halves them."""
WIDTHS: Final[Mapping[str, int]] = {
    "stem": 8,
    **{"half_1": 16, "quarter_1": 32, "quarter_2": 32},
    **{f"eighth_{number}": 48 for number in (1, 2, 3)},
    **{f"sixteenth_{number}": 96 for number in range(1, 8)},
    **{"last_1": 128, "last_2": 128, "top": 128, "pyramid": 24},
}
"""Hidden channels of each part: a fifth of the time of CenterFace."""
_PRIOR: Final = (-4.0, 3.0)
"""What the heads say before they are taught: hardly a face, of 20 pixels."""


def begin_network(whole: CenterFaceNetwork, pictures: Tensor) -> CenterFaceNetwork:
    """A network to teach: the strongest channels of CenterFace, and fresh heads.

    ``pictures``: N×3×H×W, 0..255, of the kinds that it shall see.
    """
    narrow = prune(whole, WIDTHS, pictures)
    network = create_network()
    own, taken = network.state_dict(), narrow.state_dict()
    fresh = {"out.weight", "out.bias"}
    network.load_state_dict({name: (own if name in fresh else taken)[name] for name in own})
    return network.to(memory_format=torch.channels_last)


def create_network() -> CenterFaceNetwork:
    """Of this shape, with heads that say ``_PRIOR``."""
    network = CenterFaceNetwork(WIDTHS, levels=LEVELS, heads=HEADS)
    nn.init.normal_(network.out.weight, std=0.02)
    with torch.no_grad():
        assert network.out.bias is not None
        network.out.bias.copy_(torch.tensor(_PRIOR))
    return network
