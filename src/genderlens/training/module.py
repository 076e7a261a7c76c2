"""The Lightning module: a network with the logits of its heads, the answer's first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import lightning
import torch
from torch import Tensor, nn
from torch.nn import functional
from torchmetrics.functional.classification import binary_auroc

from genderlens.errors import TrainingError
from genderlens.recipe import AugmentRecipe, Recipe
from genderlens.training.head_loss import is_right, label_loss
from genderlens.training.inputs.augment import BatchAugment
from genderlens.training.inputs.classes import ClassIndex
from genderlens.training.inputs.dataset import Batch
from genderlens.training.loss import HeadsLoss, Targets, mix
from genderlens.training.optim import create_optimizer, create_schedule
from genderlens.training.weights.freezing import freeze, freeze_batch_norms


class HeadsModule(lightning.LightningModule):
    """A network in one phase of a recipe."""

    def __init__(
        self,
        recipe: Recipe,
        network: nn.Module,
        further: Sequence[ClassIndex] = (),
        *,
        phase: int = 0,
        steps_per_epoch: int = 1,
    ) -> None:
        super().__init__()
        self.recipe, self.phase, self.steps_per_epoch = recipe, phase, steps_per_epoch
        self.network = network
        self.loss = HeadsLoss(recipe, further)
        self.mixup_alpha = recipe.augment.mixup_alpha if recipe.phases[phase].augment else 0.0
        augment = recipe.augment if recipe.phases[phase].augment else AugmentRecipe.nothing()
        self.augment = BatchAugment(augment)
        mean = torch.tensor(recipe.input.mean).view(1, 3, 1, 1)
        self.register_buffer("mean", mean, persistent=False)
        std = torch.tensor(recipe.input.std).view(1, 3, 1, 1)
        self.register_buffer("std", std, persistent=False)
        freeze(network, recipe.phases[phase])
        self._outputs: list[tuple[Tensor, Tensor, Tensor]] = []

    @property
    def epoch(self) -> int:
        """The epoch counted from the beginning of the run."""
        return self.recipe.first_epoch(self.phase) + self.current_epoch

    def forward(self, pictures: Tensor) -> Tensor:
        """N×3×H×W in 0..1 to N×logits."""
        values = (pictures - self.get_buffer("mean")) / self.get_buffer("std")
        outputs: Tensor = self.network(values.contiguous(memory_format=torch.channels_last))
        return outputs

    def on_train_epoch_start(self) -> None:
        """Seed by epoch, so that a resumed run draws the same augmentations."""
        torch.manual_seed(self.recipe.seed * 1_000_003 + self.epoch + 7919 * self.global_rank)
        freeze_batch_norms(self.network)

    def training_step(self, batch: Batch, batch_index: int) -> Tensor:
        pictures, targets = batch[0].float() / 255.0, Targets(*batch[1:])
        with torch.autocast(pictures.device.type, enabled=False):  # colours need all their bits
            pictures = self.augment(pictures, self.recipe.shape_in(self.phase))
        if self.mixup_alpha:
            pictures, order, share = mix(pictures, self.mixup_alpha)
            outputs = self(pictures)
            loss = self.loss.mixed(outputs, targets, order, share)
        else:
            outputs = self(pictures)
            loss = self.loss(outputs, targets)
        head = self.loss.head
        answer = outputs[:, : head.width].detach()
        accuracy = is_right(head.kind, answer, targets.labels).float().mean()
        several = self.trainer.world_size > 1
        self.log("train_loss", loss, on_step=False, on_epoch=True, sync_dist=several)
        self.log(
            "train_accuracy",
            accuracy,
            on_step=False,
            on_epoch=True,
            prog_bar=True,
            sync_dist=several,
        )
        return loss

    def validation_step(self, batch: Batch, batch_index: int) -> None:
        values, shape = batch[0].float() / 255.0, self.recipe.shape_in(self.phase)
        if tuple(values.shape[-2:]) != shape:
            values = functional.interpolate(values, shape, mode="bilinear", antialias=True)
        self._outputs.append((self(values).float(), batch[1], batch[2]))

    def on_validation_epoch_end(self) -> None:
        outputs, labels, classes = (torch.cat(parts) for parts in zip(*self._outputs, strict=True))
        self._outputs.clear()
        head = self.loss.head
        logits = outputs[:, : head.width]
        loss = label_loss(head.kind, logits, labels).mean()
        self._require_finite(loss)
        self.log("calibration_loss", loss)
        accuracy = is_right(head.kind, logits, labels).float().mean()
        self.log("calibration_accuracy", accuracy, prog_bar=True)
        if head.is_binary:
            self.log("calibration_auroc", binary_auroc(logits[:, 0], labels.int()))
        self._log_further(outputs, classes)
        self.log("learning_rate", self.trainer.optimizers[0].param_groups[0]["lr"])

    def _log_further(self, outputs: Tensor, classes: Tensor) -> None:
        """Loss and accuracy of each further head, over the pictures whose class is known."""
        start = self.loss.head.width
        for column, index in enumerate(self.loss.further):
            known = classes[:, column] >= 0
            logits = outputs[known, start : start + index.width]
            labels, start = classes[known, column], start + index.width
            if not len(labels):
                continue
            loss = label_loss(index.kind, logits, labels.float()).mean()
            self.log(f"calibration_{index.attribute}_loss", loss)
            accuracy = is_right(index.kind, logits, labels).float().mean()
            self.log(f"calibration_{index.attribute}_accuracy", accuracy)

    def _require_finite(self, loss: Tensor) -> None:
        """What diverged never comes back, and must not be kept as a checkpoint."""
        if not loss.isfinite():
            raise TrainingError(
                f"diverged in epoch {self.epoch}: the calibration loss is {float(loss):g}; lower "
                "the learning rate, or set optim.gradient_clip"
            )

    def configure_optimizers(self) -> Any:
        phase = self.recipe.phases[self.phase]
        optimizer = create_optimizer(self.recipe, phase, self.network)
        schedule = create_schedule(self.recipe, self.phase, optimizer, self.steps_per_epoch)
        return {"optimizer": optimizer, "lr_scheduler": schedule}
