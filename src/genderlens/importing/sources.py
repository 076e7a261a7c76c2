"""What kind of model lies at a place, found by looking; each kind is opened by its own file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

from genderlens.errors import BundleError, BundleNotFoundError, MissingExtraError, did_you_mean
from genderlens.guests.process import Guests
from genderlens.importing.foreign import Foreign, Kind
from genderlens.importing.options import ImportOptions
from genderlens.importing.preprocessing import read_json

_KERAS: Final = frozenset({".h5", ".hdf5", ".keras"})
_WEIGHTS: Final = frozenset({".safetensors", ".pth", ".pt", ".bin", ".ckpt"})
_KNOWN: Final = (
    "known are a folder of Hugging Face transformers, a checkpoint of timm (.safetensors, .pth), a "
    "run of ours, a bundle, an .onnx file, and a Keras .h5 or .keras file"
)


def find_kind(source: str) -> Kind:
    """The kind of a source; BundleNotFoundError or BundleError for what is none."""
    path = Path(source)
    if source == "default":
        return "bundle"
    if path.is_dir():
        return _find_in_folder(path)
    if not path.exists():
        near = did_you_mean(path.name, _names_beside(path))
        raise BundleNotFoundError(f"no model lies at {source!r}{near}; {_KNOWN}")
    suffix = path.suffix.lower()
    if suffix == ".onnx":
        return "onnx"
    if suffix in _KERAS:
        return "keras"
    if suffix in _WEIGHTS:
        return "timm"
    raise BundleError(f"{source} is no model that can be imported; {_KNOWN}")


def open_source(source: str, options: ImportOptions, guests: Guests) -> Foreign:
    """The model at a place, its kind found by looking.

    MissingExtraError where it needs a framework that is not installed, and what its kind raises.
    """
    kind = find_kind(source)
    try:
        return _OPENERS[kind](source, options, guests)
    except ModuleNotFoundError as error:
        extra = "detr" if kind == "huggingface" and error.name == "transformers" else "train"
        raise MissingExtraError(extra, f"importing a model of the kind {kind}") from error


def _find_in_folder(path: Path) -> Kind:
    if (path / "bundle.json").is_file():
        return "bundle"
    if (path / "recipe.json").is_file():
        return "run"
    if (path / "config.json").is_file():
        config = read_json(path / "config.json")
        if "architecture" in config:
            return "timm"
        if {"model_type", "architectures"} & set(config) and not _only_onnx(path):
            return "huggingface"
    if _only_onnx(path):
        return "onnx"
    if (path / "saved_model.pb").is_file():
        raise BundleError(
            f"{path} is a SavedModel of TensorFlow; convert it where tf2onnx is installed: python "
            f"-m tf2onnx.convert --saved-model {path.name} --output model.onnx; then import that"
        )
    raise BundleError(f"{path} holds no model that can be imported; {_KNOWN}")


def _only_onnx(path: Path) -> bool:
    """As Optimum writes it: one graph beside its configuration."""
    return len(list(path.glob("*.onnx"))) == 1 and not (path / "model.safetensors").is_file()


def _names_beside(path: Path) -> list[str]:
    try:
        return [entry.name for entry in path.parent.iterdir()]
    except OSError:
        return []


def _open_huggingface(source: str, options: ImportOptions, _: Guests) -> Foreign:
    from genderlens.importing.from_huggingface import open_huggingface

    return open_huggingface(Path(source), options)


def _open_timm(source: str, options: ImportOptions, _: Guests) -> Foreign:
    from genderlens.importing.from_timm import open_timm

    return open_timm(Path(source), options)


def _open_run(source: str, options: ImportOptions, _: Guests) -> Foreign:
    from genderlens.importing.from_timm import open_run

    return open_run(Path(source), options)


def _open_bundle(source: str, _: ImportOptions, guests: Guests) -> Foreign:
    from genderlens.importing.from_bundle import open_bundle

    return open_bundle(source, guests)


def _open_onnx(source: str, options: ImportOptions, guests: Guests) -> Foreign:
    from genderlens.importing.from_onnx import open_onnx

    path = Path(source)
    return open_onnx(next(path.glob("*.onnx")) if path.is_dir() else path, options, guests)


def _open_keras(source: str, options: ImportOptions, guests: Guests) -> Foreign:
    from genderlens.importing.from_keras import open_keras

    return open_keras(Path(source), options, guests)


_OPENERS: Final[dict[Kind, Callable[[str, ImportOptions, Guests], Foreign]]] = {
    "huggingface": _open_huggingface,
    "timm": _open_timm,
    "run": _open_run,
    "bundle": _open_bundle,
    "onnx": _open_onnx,
    "keras": _open_keras,
}
