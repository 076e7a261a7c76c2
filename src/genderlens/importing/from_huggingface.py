"""A folder of Hugging Face's ``transformers`` with a network that classifies pictures."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import torch
import transformers
from torch import Tensor, nn

from genderlens.errors import BundleError
from genderlens.importing.foreign import Facts
from genderlens.importing.network import Prepare, TorchModel
from genderlens.importing.onnx_graph import words_by_number
from genderlens.importing.options import ImportOptions
from genderlens.importing.preprocessing import (
    PREPROCESSOR,
    Preprocessing,
    read_json,
    read_preprocessing,
    to_input_spec,
)
from genderlens.pictures.imaging import RgbArray
from genderlens.storage import sha256_of_file

_WEIGHTS: Final = ("model.safetensors", "model.safetensors.index.json")


class _Logits(nn.Module):
    """The logits alone: N×3×H×W → N×k."""

    def __init__(self, model: Any) -> None:
        super().__init__()
        self.model = model

    def forward(self, image: Tensor) -> Tensor:
        logits: Tensor = self.model(pixel_values=image).logits
        return logits


def open_huggingface(folder: Path, options: ImportOptions) -> TorchModel:
    """The network in a folder; nothing in it is executed and nothing is fetched.

    BundleError where it holds no safetensors or no classifier of pictures.
    """
    weights = next((folder / name for name in _WEIGHTS if (folder / name).is_file()), None)
    if weights is None:
        raise BundleError(
            f"{folder} holds no model.safetensors; pickles are not read: load it once with "
            "transformers and call save_pretrained(FOLDER)"
        )
    config = read_json(folder / "config.json")
    model = _load(folder)
    known = _read_own(folder)
    own = known.shape or _square(config.get("image_size"))
    known = Preprocessing(known.mean, known.std, own, known.interpolation, known.remarks)
    labels = config.get("id2label")
    facts = Facts(
        kind="huggingface",
        name=folder.resolve().name,
        sha256=sha256_of_file(weights),
        input=to_input_spec(known, options, str(folder)),
        architecture=type(model).__name__,
        parameters=sum(parameter.numel() for parameter in model.parameters()),
        words=words_by_number(labels) if isinstance(labels, dict) else (),
        remarks=known.remarks,
    )
    overruled = options.mean or options.std or options.preprocessing
    return TorchModel(facts, _Logits(model).eval(), None if overruled else _processor(folder))


def _load(folder: Path) -> Any:
    loader: Any = transformers.AutoModelForImageClassification
    logging: Any = transformers.utils.logging
    before = logging.is_progress_bar_enabled()
    logging.disable_progress_bar()
    try:
        model = loader.from_pretrained(
            folder,
            local_files_only=True,
            use_safetensors=True,
            trust_remote_code=False,
            dtype=torch.float32,
        )
    except (OSError, ValueError, RuntimeError, KeyError, AttributeError, TypeError) as error:
        reason = (str(error).strip().splitlines() or [type(error).__name__])[0][:300]
        raise BundleError(
            f"{folder} holds no classifier of pictures that transformers loads: {reason}"
        ) from error
    finally:
        if before:
            logging.enable_progress_bar()
    return model.eval()


def _read_own(folder: Path) -> Preprocessing:
    path = folder / PREPROCESSOR
    return read_preprocessing(path) if path.is_file() else Preprocessing()


def _processor(folder: Path) -> Prepare | None:
    """Its own preprocessor without resizing and cutting, which a bundle does by itself."""
    if not (folder / PREPROCESSOR).is_file():
        return None
    loader: Any = transformers.AutoImageProcessor
    processor = loader.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
    sized = {name: False for name in ("do_resize", "do_center_crop") if hasattr(processor, name)}

    def prepare(crops: RgbArray) -> Tensor:
        pictures = [torch.from_numpy(square.transpose(2, 0, 1).copy()) for square in crops]
        given: Tensor = processor(
            images=pictures, return_tensors="pt", input_data_format="channels_first", **sized
        )["pixel_values"]
        return given

    return prepare


def _square(size: Any) -> tuple[int, int] | None:
    if isinstance(size, int):
        return size, size
    if isinstance(size, list) and len(size) == 2 and all(isinstance(side, int) for side in size):
        return size[0], size[1]
    return None
