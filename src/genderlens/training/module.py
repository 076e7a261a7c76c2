"""The Lightning module: a network with one gender logit and, while training, auxiliary heads."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import lightning
import torch
from torch import Tensor, nn
from torch.nn import functional
from torchmetrics.functional.classification import binary_accuracy, binary_auroc

from genderlens.recipe import Recipe
from genderlens.training.architectures import create_network
from genderlens.training.augment import BatchAugment
from genderlens.training.dataset import Batch, ClassIndex


class GenderModule(lightning.LightningModule):
    """Binary cross-entropy on logit 0 (log-odds of male), plus weighted auxiliary losses."""

    def __init__(
        self, recipe: Recipe, auxiliary: Sequence[ClassIndex] = (), steps_per_epoch: int = 1
    ) -> None:
        super().__init__()
        self.recipe = recipe
        self.auxiliary = tuple(auxiliary)
        self.steps_per_epoch = steps_per_epoch
        logits = 1 + sum(len(index.classes) for index in self.auxiliary)
        network = create_network(recipe.model.architecture, logits, recipe.model.options)
        self.network = network.to(memory_format=torch.channels_last)
        self.augment = BatchAugment(recipe.augment)
        mean = torch.tensor(recipe.input.mean).view(1, 3, 1, 1)
        self.register_buffer("mean", mean, persistent=False)
        std = torch.tensor(recipe.input.std).view(1, 3, 1, 1)
        self.register_buffer("std", std, persistent=False)
        self._outputs: list[tuple[Tensor, Tensor]] = []

    def forward(self, pictures: Tensor) -> Tensor:
        """N×3×H×W in 0..1 to N×logits."""
        values = (pictures - self.get_buffer("mean")) / self.get_buffer("std")
        outputs: Tensor = self.network(values.contiguous(memory_format=torch.channels_last))
        return outputs

    def on_train_epoch_start(self) -> None:
        """Seed by epoch, so that a resumed run draws the same augmentations."""
        torch.manual_seed(self.recipe.seed * 1_000_003 + self.current_epoch)
        if self.current_epoch:
            # The loader's own seed once took this number; skipping it keeps old runs exact.
            torch.empty((), dtype=torch.int64).random_()

    def training_step(self, batch: Batch, batch_index: int) -> Tensor:
        pictures, labels, classes = batch
        size = self.recipe.size_at(self.current_epoch)
        outputs = self(self.augment(pictures.float() / 255.0, size))
        smoothing = self.recipe.optim.label_smoothing
        targets = labels * (1.0 - 2.0 * smoothing) + smoothing
        loss = functional.binary_cross_entropy_with_logits(outputs[:, 0], targets)
        self.log("train_loss", loss, on_step=False, on_epoch=True)
        accuracy = binary_accuracy(outputs[:, 0].detach(), labels.int())
        self.log("train_accuracy", accuracy, on_step=False, on_epoch=True, prog_bar=True)
        return loss + self._auxiliary_loss(outputs, classes)

    def _auxiliary_loss(self, outputs: Tensor, classes: Tensor) -> Tensor:
        total, start = outputs.new_zeros(()), 1
        for column, index in enumerate(self.auxiliary):
            part = outputs[:, start : start + len(index.classes)]
            start += len(index.classes)
            if not (classes[:, column] >= 0).any():
                continue  # the mean over no picture would be NaN
            weight = self.recipe.data.auxiliary[index.attribute]
            loss = functional.cross_entropy(part, classes[:, column], ignore_index=-1)
            total = total + weight * loss
        return total

    def validation_step(self, batch: Batch, batch_index: int) -> None:
        pictures, labels, _ = batch
        values, size = pictures.float() / 255.0, self.recipe.size_at(self.current_epoch)
        if values.shape[-1] != size:
            values = functional.interpolate(values, size, mode="bilinear", antialias=True)
        self._outputs.append((self(values)[:, 0], labels))

    def on_validation_epoch_end(self) -> None:
        logits = torch.cat([pair[0] for pair in self._outputs])
        labels = torch.cat([pair[1] for pair in self._outputs])
        self._outputs.clear()
        self.log("calibration_loss", functional.binary_cross_entropy_with_logits(logits, labels))
        self.log("calibration_accuracy", binary_accuracy(logits, labels.int()), prog_bar=True)
        self.log("calibration_auroc", binary_auroc(logits, labels.int()))

    def configure_optimizers(self) -> Any:
        optim = self.recipe.optim
        optimizer = torch.optim.SGD(
            _decay_groups(self.network, optim.weight_decay),
            lr=optim.learning_rate,
            momentum=optim.momentum,
            nesterov=optim.momentum > 0,
        )
        total = self.recipe.epochs * self.steps_per_epoch
        schedule = torch.optim.lr_scheduler.OneCycleLR(
            optimizer,
            max_lr=optim.learning_rate,
            total_steps=total,
            pct_start=_warmup_share(total, optim.warmup_epochs / self.recipe.epochs),
            cycle_momentum=False,
            final_div_factor=1e3,
        )
        return {
            "optimizer": optimizer,
            "lr_scheduler": {"scheduler": schedule, "interval": "step"},
        }


def _warmup_share(total_steps: int, wanted: float) -> float:
    """The share of steps that warm up: at most half, at least one and a half steps.

    The schedule divides by ``share · total_steps - 1``, so two steps cannot be halved.
    """
    return 0.75 if total_steps == 2 else min(0.5, max(1.5 / total_steps, wanted))


def _decay_groups(network: nn.Module, weight_decay: float) -> list[dict[str, Any]]:
    """Biases and normalisation are not decayed."""
    weights = [p for p in network.parameters() if p.ndim > 1]
    others = [p for p in network.parameters() if p.ndim <= 1]
    return [
        {"params": weights, "weight_decay": weight_decay},
        {"params": others, "weight_decay": 0.0},
    ]
