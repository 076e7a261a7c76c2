"""Train a recipe on a manifest: resumable, one process, CPU or GPU."""

from __future__ import annotations

import signal
import time
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import lightning
import torch
from lightning.pytorch.callbacks import TQDMProgressBar
from safetensors.torch import save
from torch.utils.data import DataLoader

from genderlens.data.manifest import Manifest
from genderlens.data.splits import assign_splits, carve_split
from genderlens.errors import EmptyClassError, TrainingError
from genderlens.recipe import Recipe
from genderlens.storage import write_bytes_atomically
from genderlens.training.checkpoints import create_checkpoint_writer, find_checkpoint
from genderlens.training.curves import CurveWriter
from genderlens.training.dataset import Batch, ClassIndex, EpochBatches, FaceBatches, load_pixels
from genderlens.training.module import GenderModule
from genderlens.training.quiet import without_advice
from genderlens.training.run import RunFolder

Loader = DataLoader[Batch]
UNSPLIT: Final = {"train": 0.8, "val": 0.2}
"""How rows without a split are divided."""


def train(
    recipe: Recipe, manifest: Manifest, out: Path, *, cache_dir: Path, resume: bool = False
) -> RunFolder:
    """Train and leave a run folder.

    With ``resume``, a run that lives in ``out`` already goes on from its newest checkpoint, with
    the recipe and the manifest that it was started with; a finished one is left as it is. The
    folder is begun only once everything is ready, so a fault in the data leaves none behind.
    Raises TrainingError where ``out`` is taken, a class is missing, or training is interrupted.
    """
    run = RunFolder(out)
    resume = resume and run.is_started
    if resume and run.is_finished:
        return run
    if resume:
        recipe, manifest = run.recipe(), run.manifest()
    else:
        run.require_unused()
        manifest = split_for_training(recipe, manifest)
    started = time.monotonic()
    with without_advice():
        module, learning, judging = _prepare(recipe, manifest, cache_dir)
        if not resume:
            run.start(recipe, manifest)
        _fit(module, learning, judging, run)
    _finish(run, recipe, manifest, module, time.monotonic() - started)
    return run


def split_for_training(recipe: Recipe, manifest: Manifest) -> Manifest:
    """The manifest with every row in a split, ``calibration`` among them.

    Rows without a split are divided into ``train`` and ``val``, stratified. Raises TrainingError
    where a label is missing in a split that training needs.
    """
    manifest = assign_splits(manifest, UNSPLIT, recipe.seed)
    if not len(manifest.select("calibration")):
        manifest = carve_split(
            manifest,
            source="train",
            target="calibration",
            fraction=recipe.data.calibration_fraction,
            seed=recipe.seed,
        )
    for split in ("train", "calibration"):
        try:
            manifest.select(split).require_both_labels()
        except EmptyClassError as error:
            raise TrainingError(
                f"split {split!r} cannot be used: {error}; add pictures, or for calibration raise "
                f"data.calibration_fraction (now {recipe.data.calibration_fraction:g})"
            ) from error
    return manifest


def _prepare(
    recipe: Recipe, manifest: Manifest, cache_dir: Path
) -> tuple[GenderModule, Loader, Loader]:
    lightning.seed_everything(recipe.seed, verbose=False)
    auxiliary = [ClassIndex.of(manifest, name) for name in recipe.data.auxiliary]
    learning = _loader(recipe, manifest.select("train"), auxiliary, cache_dir, teach=True)
    judging = _loader(recipe, manifest.select("calibration"), auxiliary, cache_dir, teach=False)
    return GenderModule(recipe, auxiliary, steps_per_epoch=len(learning)), learning, judging


def _fit(module: GenderModule, learning: Loader, judging: Loader, run: RunFolder) -> None:
    progress = TQDMProgressBar(refresh_rate=20)
    trainer = lightning.Trainer(
        max_epochs=module.recipe.epochs,
        default_root_dir=run.path,
        accelerator="auto",
        devices=1,
        logger=False,
        callbacks=[
            CurveWriter(run.curves),
            create_checkpoint_writer(run),
            progress,
        ],
        gradient_clip_val=module.recipe.optim.gradient_clip,
        enable_model_summary=False,
        num_sanity_val_steps=0,
    )
    checkpoint = find_checkpoint(run)
    on_interrupt = signal.getsignal(signal.SIGINT)
    try:
        trainer.fit(module, learning, judging, ckpt_path=checkpoint, weights_only=True)
    except SystemExit as error:  # Lightning's answer to Ctrl-C, after which it ignores SIGINT
        signal.signal(signal.SIGINT, on_interrupt)
        message = f"interrupted; go on with: genderlens train --resume --out {run.path}"
        raise TrainingError(message) from error
    finally:
        _close(progress)


def _close(progress: TQDMProgressBar) -> None:
    """After a failure the bars would else write once more when the interpreter ends."""
    with suppress(TypeError):  # what Lightning raises for a bar that was never begun
        progress.train_progress_bar.close()
        progress.val_progress_bar.close()


def _loader(
    recipe: Recipe,
    manifest: Manifest,
    auxiliary: list[ClassIndex],
    cache_dir: Path,
    *,
    teach: bool,
) -> Loader:
    size_px = recipe.data.store_px if teach else recipe.input.size_px
    batches = FaceBatches(
        manifest,
        load_pixels(manifest, size_px, cache_dir),
        auxiliary,
        codec_p=recipe.augment.codec_p if teach else 0.0,
    )
    order = EpochBatches(len(batches), recipe.optim.batch_size, seed=recipe.seed, shuffle=teach)
    generator = torch.Generator()  # of its own, so that a new iterator leaves the global one alone
    return DataLoader(batches, batch_size=None, sampler=order, generator=generator)


def _finish(
    run: RunFolder, recipe: Recipe, manifest: Manifest, module: GenderModule, wall_s: float
) -> None:
    state = {k: v.detach().cpu().contiguous() for k, v in module.network.state_dict().items()}
    write_bytes_atomically(run.weights, save(state))
    run.finish(
        {
            "recipe": recipe.name,
            "recipe_sha256": recipe.fingerprint(),
            "manifest_sha256": manifest.fingerprint(),
            "logits": 1 + sum(len(index.classes) for index in module.auxiliary),
            "auxiliary": {index.attribute: index.classes for index in module.auxiliary},
            "train_rows": len(manifest.select("train")),
            "epochs": recipe.epochs,
            "last_session_s": round(wall_s),
            "finished": datetime.now(UTC).isoformat(timespec="seconds"),
            "torch": torch.__version__,
        }
    )
