"""One source of each kind, as small as it can be."""

from __future__ import annotations

import json
from pathlib import Path

import torch
from safetensors.torch import save_file

from genderlens.training.architectures import create_network

SIZE_PX = 64


def write_vit(folder: Path, words: tuple[str, ...] = ("female", "male")) -> Path:
    """A random ``ViTForImageClassification`` and its preprocessor, as transformers save them."""
    from transformers import ViTConfig, ViTForImageClassification, ViTImageProcessor

    torch.manual_seed(3)
    config = ViTConfig(
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=16,
        image_size=SIZE_PX,
        patch_size=16,
        id2label=dict(enumerate(words)),
        label2id={word: number for number, word in enumerate(words)},
    )
    ViTForImageClassification(config).save_pretrained(folder)
    ViTImageProcessor(size={"height": SIZE_PX, "width": SIZE_PX}).save_pretrained(folder)
    return folder


def write_timm(path: Path, outputs: int = 2) -> Path:
    """Weights of a tiny network with so many outputs, as a bare state_dict."""
    torch.manual_seed(0)
    network = create_network("compact_resnet", outputs, {"channels": [8, 8, 8, 8]}).eval()
    save_file({name: value.contiguous() for name, value in network.state_dict().items()}, path)
    return path


def write_timm_folder(folder: Path, outputs: int = 2, words: tuple[str, ...] = ()) -> Path:
    """The same with the ``config.json`` that timm writes for the hub."""
    folder.mkdir(parents=True)
    write_timm(folder / "model.safetensors", outputs)
    config = {
        "architecture": "resnet18d",
        "num_classes": outputs,
        "model_args": {"channels": [8, 8, 8, 8], "stem_width": 16, "zero_init_last": True},
        "label_names": list(words),
        "pretrained_cfg": {
            "input_size": [3, SIZE_PX, SIZE_PX],
            "mean": [0.485, 0.456, 0.406],
            "std": [0.229, 0.224, 0.225],
            "interpolation": "bicubic",
            "crop_pct": 1.0,
        },
    }
    (folder / "config.json").write_text(json.dumps(config), "utf-8")
    return folder
