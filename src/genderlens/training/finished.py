"""The end of a run: the gender network in its layout, its answers, and the mark that it is done."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import torch
from torch import nn

from genderlens.data.manifest import Manifest
from genderlens.recipe import Recipe
from genderlens.run_folder import RunFolder
from genderlens.storage import sha256_of_file
from genderlens.training.predictions import write_run_predictions
from genderlens.training.weights.heads import keep_first_logit
from genderlens.training.weights.layout import write_layout


def finish_run(
    run: RunFolder,
    recipe: Recipe,
    network: nn.Module,
    manifest: Manifest,
    cache_dir: Path,
    taught: dict[str, Any],
) -> None:
    """Cut off the auxiliary heads of ``network`` in place and write everything that ends a run.

    ``manifest`` has every row in a split; ``taught`` says what only the training knows:
    ``auxiliary`` (attribute to classes), ``train_rows``, ``epochs``, ``training_s``.
    """
    keep_first_logit(network)
    network.to(memory_format=torch.contiguous_format)  # as safetensors wants it
    write_layout(network, recipe.input, run.path)
    facts: dict[str, object] = {
        "recipe": recipe.name,
        "recipe_sha256": recipe.fingerprint(),
        "manifest_sha256": manifest.fingerprint(),
        "weights_sha256": sha256_of_file(run.weights),
        **taught,
        "finished": datetime.now(UTC).isoformat(timespec="seconds"),
        "torch": torch.__version__,
    }
    write_run_predictions(run, network, manifest, cache_dir)
    run.finish(facts)
