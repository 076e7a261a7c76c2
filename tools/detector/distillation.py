"""The narrow detector taught by the whole one (Hinton et al., "Distilling the knowledge", 2015)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, Final

import numpy as np
import torch
from torch import Tensor

from tools.detector.agreement import FADING, HINTS, WEIGHTS, Agreement, count_peaks
from tools.detector.network import CenterFaceNetwork
from tools.detector.pruning import prune
from tools.detector.tiles import Tiles
from tools.spoiling import Pixels
from tools.teaching import Teaching

BATCH: Final = 12
_DRAWN: Final = 16
"""Tiles that are drawn for a batch of ``BATCH``."""
_RICH: Final = 7
"""Of a batch: those with most faces, up to ``_MANY``; the others are those with fewest."""
_MANY: Final = 6
_LOOK: Final = 20
"""Tiles that pruning looks at."""
_WARM_UP: Final = 200
_LEAST_HINT: Final = 0.1


class Distillation(Teaching):
    """Batches of tiles, with what the whole network has inside and says of each."""

    rate = 5e-4
    betas = (0.9, 0.98)

    def __init__(
        self,
        whole: CenterFaceNetwork,
        tiles: Tiles,
        widths: Mapping[str, int],
        *,
        steps: int,
        batch: int = BATCH,
    ) -> None:
        self._whole, self._tiles, self._batch = whole, tiles, batch
        pictures = to_planes(tiles.draw(_LOOK))
        network, chosen = prune(whole, widths, pictures)
        with torch.no_grad():
            wanted = whole.features(pictures)
        spreads = {name: float(wanted[name].var()) for name in (*HINTS, *chosen)}
        self._agreement = Agreement(chosen, spreads)
        super().__init__(network, steps=steps, warm_up=_WARM_UP)

    def losses(self) -> tuple[dict[str, Tensor], Mapping[str, float]]:
        """See ``Teaching``; hints count less and less."""
        values, wanted = self._choose()
        hint = max(_LEAST_HINT, 1.0 - self.done)
        weights = {name: one * (hint if name in FADING else 1.0) for name, one in WEIGHTS.items()}
        return self._agreement(self.network.features(values), wanted), weights

    def state(self) -> dict[str, Any]:
        """See ``Teaching``."""
        return {"agreement": asdict(self._agreement), "tiles": self._tiles.state()}

    def restore(self, state: Mapping[str, Any]) -> None:
        """See ``Teaching``."""
        self._agreement = Agreement(**state["agreement"])
        self._tiles.restore(state["tiles"])

    @torch.no_grad()
    def _choose(self) -> tuple[Tensor, dict[str, Tensor]]:
        """A batch of tiles, more of them with many faces than are drawn, and what is seen there."""
        values = to_planes(self._tiles.draw(self._batch * _DRAWN // BATCH))
        wanted = self._whole.features(values)
        counts = count_peaks(wanted["out"][:, :1]).clamp(max=_MANY)
        order = torch.argsort(counts, descending=True, stable=True)
        rich = self._batch * _RICH // BATCH
        kept = torch.cat([order[:rich], order[len(order) - self._batch + rich :]])
        return values[kept], {name: one[kept] for name, one in wanted.items()}


def to_planes(pixels: Pixels) -> Tensor:
    """N×H×W×3 bytes → N×3×H×W, 0..255."""
    values = torch.from_numpy(np.array(pixels)).permute(0, 3, 1, 2).float()
    return values.contiguous(memory_format=torch.channels_last)
