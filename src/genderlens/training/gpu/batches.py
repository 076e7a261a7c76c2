"""In which order a stage sees its faces, and how they are mixed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from genderlens.training.gpu.loss import Drawn


class Batches:
    """An endless iterator of (pool, rows): every pass in another order.

    A batch holds rows of one pool, so that faces that different teachers judge are never mixed.
    Rows that fill no batch are left out of a pass, other ones each time.
    """

    def __init__(self, pools: Sequence[Tensor], size: int) -> None:
        self._pools, self._size = tuple(pools), size
        self._waiting: list[tuple[int, Tensor]] = []

    def __iter__(self) -> Batches:
        return self

    def __next__(self) -> tuple[int, Tensor]:
        if not self._waiting:
            self._waiting = self._shuffle()
        return self._waiting.pop()

    @property
    def rows(self) -> int:
        """Of all pools together."""
        return sum(len(pool) for pool in self._pools)

    def _shuffle(self) -> list[tuple[int, Tensor]]:
        found = [
            (index, rows) for index, pool in enumerate(self._pools) for rows in self._cut(pool)
        ]
        return [found[place] for place in torch.randperm(len(found)).tolist()]

    def _cut(self, pool: Tensor) -> tuple[Tensor, ...]:
        size = min(self._size, len(pool))
        order = pool[torch.randperm(len(pool), device=pool.device)]
        return torch.split(order[: len(pool) // size * size], size) if size else ()

    def state_dict(self) -> dict[str, Any]:
        """What is left of the pass."""
        return {
            "pools": [pool for pool, _ in self._waiting],
            "rows": [rows.clone() for _, rows in self._waiting],
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on with what was left of a pass."""
        device = self._pools[0].device
        waiting = zip(state["pools"], state["rows"], strict=True)
        self._waiting = [(pool, rows.to(device)) for pool, rows in waiting]


def mix(batch: Drawn, share: float, copies: int = 1) -> Drawn:
    """Each view mixed with another, the same other for all copies of a face (mixup).

    Classes are unknown afterwards unless nearly nothing was mixed in.
    """
    count = len(batch.labels) // copies
    order = torch.randperm(count, device=batch.labels.device)
    order = torch.cat([order + count * copy for copy in range(copies)])
    mixed = 0.1 < share < 0.9
    return Drawn(
        share * batch.views + (1.0 - share) * batch.views[order],
        share * batch.labels + (1.0 - share) * batch.labels[order],
        torch.full_like(batch.classes, -1) if mixed else batch.classes,
        batch.groups,
    )
