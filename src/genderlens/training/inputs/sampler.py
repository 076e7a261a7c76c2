"""The order of an epoch."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from torch.utils.data import Sampler


class EpochBatches(Sampler[list[int]]):
    """Row numbers of each batch; seed and epoch alone decide the shuffle, so runs can resume.

    ``rank`` of ``world`` processes sees every ``world``-th row of each batch.
    """

    def __init__(
        self,
        length: int,
        batch_size: int,
        *,
        seed: int = 0,
        shuffle: bool = True,
        rank: int = 0,
        world: int = 1,
    ) -> None:
        self.length, self.batch_size, self.seed, self.shuffle = length, batch_size, seed, shuffle
        self.rank, self.world = rank, world
        self.first_epoch = self.epoch = 0

    def set_epoch(self, epoch: int) -> None:
        """Called by Lightning with the epoch of the phase, which began at ``first_epoch``."""
        self.epoch = epoch

    def __len__(self) -> int:
        whole, rest = divmod(self.length, self.batch_size)
        return max(1, whole) if self.shuffle else whole + bool(rest)

    def __iter__(self) -> Iterator[list[int]]:
        order = np.arange(self.length)
        if self.shuffle:
            np.random.default_rng((self.seed, self.first_epoch + self.epoch)).shuffle(order)
        for start in range(0, len(self) * self.batch_size, self.batch_size):
            yield order[start : start + self.batch_size][self.rank :: self.world].tolist()
