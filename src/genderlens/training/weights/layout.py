"""A network in the folder layout that timm and transformers load, and back."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from safetensors import SafetensorError
from safetensors.torch import load_file
from timm.models import save_for_hf
from torch import nn

from genderlens.errors import TrainingError
from genderlens.heads import Head
from genderlens.heads.default import GENDER
from genderlens.pictures.imaging import Interpolation
from genderlens.recipe import InputRecipe
from genderlens.run_folder import RunFolder
from genderlens.storage import write_bytes_atomically
from genderlens.training.architectures import create_network

_RESAMPLE: dict[Interpolation, int] = {"bilinear": 2, "bicubic": 3, "lanczos": 1}
"""Numbers of Pillow's filters, as image processors of transformers store them."""


def write_layout(
    network: nn.Module, spec: InputRecipe, folder: Path, heads: Sequence[Head] = (GENDER,)
) -> None:
    """``model.safetensors``, ``config.json`` and ``preprocessor_config.json``.

    ``timm.create_model("local-dir:FOLDER", pretrained=True)`` gives the network back; its
    logits are those of the heads, one after the other. ``id2label`` has the words of the answer,
    of a binary one of low and high logits.
    """
    height, width = spec.shape()
    data = {
        "input_size": (3, height, width),
        "mean": spec.mean,
        "std": spec.std,
        "interpolation": spec.interpolation,
        "crop_pct": 1.0,
        "crop_mode": "squash",
    }
    told = {
        "id2label": {str(number): word for number, word in enumerate(heads[0].labels)},
        "heads": [head.to_dict() for head in heads],
    }
    save_for_hf(network, str(folder), data_config=data, model_config=told, safe_serialization=True)
    content = json.dumps(_preprocessor(spec), indent=2) + "\n"
    write_bytes_atomically(folder / "preprocessor_config.json", content.encode())


def load_run_network(run: RunFolder) -> nn.Module:
    """The network of a finished run, ready to judge: N×3×H×W → N×logits of its heads in turn."""
    run.require_finished()
    recipe = run.recipe()
    logits = sum(head.width for head in recipe.shipped_heads)
    network = create_network(recipe.model.architecture, logits, recipe.model.options)
    try:
        network.load_state_dict(load_file(run.weights))
    except (SafetensorError, OSError, RuntimeError) as error:
        raise TrainingError(
            f"{run.weights} does not fit {recipe.model.architecture}: {error}; train again"
        ) from error
    return network.eval()


def _preprocessor(spec: InputRecipe) -> dict[str, object]:
    height, width = spec.shape()
    return {
        "image_processor_type": "ViTImageProcessor",
        "do_resize": True,
        "size": {"height": height, "width": width},
        "resample": _RESAMPLE[spec.interpolation],
        "do_rescale": True,
        "rescale_factor": 1 / 255,
        "do_normalize": True,
        "image_mean": list(spec.mean),
        "image_std": list(spec.std),
    }
