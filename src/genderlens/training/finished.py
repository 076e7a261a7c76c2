"""The end of a run: the network in its layout, its answers, and the mark that it is done."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import torch
from torch import nn

from genderlens.data.manifest import Manifest
from genderlens.recipe import Recipe
from genderlens.run_folder import RunFolder
from genderlens.storage import sha256_of_file
from genderlens.training.inputs.classes import ClassIndex, shipped_outputs
from genderlens.training.predictions import write_run_predictions
from genderlens.training.weights.heads import keep_logits
from genderlens.training.weights.layout import write_layout


def finish_run(
    run: RunFolder,
    recipe: Recipe,
    network: nn.Module,
    manifest: Manifest,
    cache_dir: Path,
    further: Sequence[ClassIndex],
    taught: dict[str, Any],
) -> None:
    """Cut off the heads of ``network`` that do not ship, in place, and write what ends a run.

    ``manifest`` has every row in a split; ``further`` are the heads beside the answer that were
    taught; ``taught`` says what only the training knows: ``train_rows``, ``epochs``,
    ``training_s``.
    """
    keep_logits(network, shipped_outputs(recipe, further))
    network.to(memory_format=torch.contiguous_format)  # as safetensors wants it
    write_layout(network, recipe.input, run.path, recipe.shipped_heads)
    facts: dict[str, object] = {
        "recipe": recipe.name,
        "recipe_sha256": recipe.fingerprint(),
        "manifest_sha256": manifest.fingerprint(),
        "weights_sha256": sha256_of_file(run.weights),
        "heads": [head.to_dict() for head in recipe.shipped_heads],
        "auxiliary": {index.attribute: index.classes for index in further},
        **taught,
        "finished": datetime.now(UTC).isoformat(timespec="seconds"),
        "torch": torch.__version__,
    }
    write_run_predictions(run, network, manifest, cache_dir)
    run.finish(facts)
