"""Copies of the shipped face detector with weights that somebody changed."""

from __future__ import annotations

import shutil
from pathlib import Path

import onnx
from onnx import numpy_helper

from genderlens.detection.faces import CENTERFACE


def copy_detector(folder: Path, *altered: str) -> Path:
    """The float graph of a copy in ``folder``; the files ``altered`` have other weights."""
    copy = Path(shutil.copytree(CENTERFACE.parent, folder / "detector"))
    for name in altered:
        _alter(copy / name)
    return copy / CENTERFACE.name


def _alter(path: Path) -> None:
    model = onnx.load(path)
    first = next(tensor for tensor in model.graph.initializer if len(tensor.dims) == 4)
    values = numpy_helper.to_array(first)
    first.CopyFrom(numpy_helper.from_array((values // 2).astype(values.dtype), first.name))
    onnx.save(model, path)
