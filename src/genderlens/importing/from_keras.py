"""A Keras model, made ONNX by ``tf2onnx`` where that and TensorFlow are installed."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from genderlens.errors import BundleError
from genderlens.guests.process import Guests
from genderlens.importing.from_onnx import OnnxModel, open_onnx
from genderlens.importing.options import ImportOptions
from genderlens.storage import sha256_of_file

SUFFIXES: Final = (".h5", ".hdf5", ".keras")
_OPSET: Final = 17
_EXECUTES: Final = frozenset({"Lambda", "TFOpLambda"})
"""Layers whose files hold code."""


def open_keras(path: Path, options: ImportOptions, guests: Guests) -> OnnxModel:
    """The model in a file, converted; BundleError with the way out where it cannot be here."""
    lacking = [name for name in ("tensorflow", "tf2onnx") if find_spec(name) is None]
    if lacking:
        raise BundleError(
            f"{path.name} is a Keras model and needs {' and '.join(lacking)}, not installed here; "
            f"convert it where they are: {conversion(path.name)}; then import the .onnx file, with "
            "--layout nhwc"
        )
    with _converted(path) as converted:
        laid = replace(options, layout=options.layout or "nhwc")
        model = open_onnx(converted, laid, guests, kind="keras", name=path.name)
        return replace(model, facts=replace(model.facts, sha256=sha256_of_file(path)))


def conversion(name: str) -> str:
    """The command that converts a file, for a machine that has TensorFlow."""
    return f"python -m tf2onnx.convert --keras {name} --opset {_OPSET} --output model.onnx"


@contextmanager
def _converted(path: Path) -> Iterator[Path]:
    import tensorflow
    import tf2onnx

    _require_no_code(path)
    with tempfile.TemporaryDirectory(prefix="genderlens-keras-") as folder:
        out = Path(folder) / "model.onnx"
        try:
            model: Any = tensorflow.keras.models.load_model(path, compile=False)
            height, width = model.input_shape[1:3]
            signature = [
                tensorflow.TensorSpec((None, height, width, 3), tensorflow.float32, "image")
            ]
            answer = tensorflow.function(
                lambda image: model(image, training=False), input_signature=signature
            )
            tf2onnx.convert.from_function(
                answer, input_signature=signature, opset=_OPSET, output_path=str(out)
            )
        except Exception as error:  # whatever TensorFlow and its converter raise
            reason = (str(error).strip().splitlines() or [type(error).__name__])[0][:300]
            raise BundleError(
                f"{path.name} cannot be converted: {reason}; try {conversion(path.name)}"
            ) from error
        yield out


def _require_no_code(path: Path) -> None:
    """BundleError for an HDF5 file with layers that hold code: Keras would run it.

    Of a ``.keras`` file Keras itself refuses them.
    """
    if path.suffix == ".keras":
        return
    import h5py

    with h5py.File(path, "r") as file:
        stored = file.attrs.get("model_config")
    if stored is None:
        raise BundleError(f"{path.name} holds weights without their network; save the whole model")
    found = sorted(set(_classes(json.loads(stored))) & _EXECUTES)
    if found:
        raise BundleError(
            f"{path.name} has a layer {found[0]}, whose file holds code; such a model is not "
            "loaded: write it without, or convert it to ONNX yourself"
        )


def _classes(config: Any) -> Iterator[str]:
    if isinstance(config, dict):
        if isinstance(config.get("class_name"), str):
            yield config["class_name"]
        for value in config.values():
            yield from _classes(value)
    elif isinstance(config, list):
        for value in config:
            yield from _classes(value)
