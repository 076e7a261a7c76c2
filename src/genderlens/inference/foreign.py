"""Faces in the shapes of other libraries, where those are installed."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import Any, Final, NamedTuple

import numpy as np

from genderlens.types import Box

UNCERTAIN: Final = "uncertain"


class ForeignFace(NamedTuple):
    """What other libraries want to know of a face; ``box`` in pixels, None: the whole picture."""

    box: Box | None
    label: str | None
    confidence: float


def to_supervision(
    faces: Sequence[ForeignFace],
    size: tuple[int, int],
    labels: Sequence[str],
    tracks: Sequence[int] | None = None,
) -> Any:
    """``supervision.Detections`` with ``class_name`` in its data, and ``tracker_id`` of tracks.

    ``size`` is width and height of the picture. Class ids number the labels in their order,
    ``uncertain`` comes last. ModuleNotFoundError without supervision.
    """
    supervision = _require("supervision")
    whole = Box(0.0, 0.0, float(size[0]), float(size[1]))
    boxes = [face.box or whole for face in faces]
    corners = [(box.left, box.top, box.right, box.bottom) for box in boxes]
    names = [face.label or UNCERTAIN for face in faces]
    classes = (*labels, UNCERTAIN)
    return supervision.Detections(
        xyxy=np.array(corners, dtype=np.float32).reshape(-1, 4),
        confidence=np.array([face.confidence for face in faces], dtype=np.float32),
        class_id=np.array([classes.index(name) for name in names], dtype=int),
        tracker_id=None if tracks is None else np.array(tracks, dtype=int),
        data={"class_name": np.array(names, dtype=str)},
    )


def to_fiftyone(faces: Sequence[ForeignFace], size: tuple[int, int]) -> Any:
    """``fiftyone.Detections``: boxes as left, top, width and height in shares of the picture.

    ``size`` is width and height of the picture. ModuleNotFoundError without FiftyOne.
    """
    fiftyone = _require("fiftyone")
    width, height = size
    whole = Box(0.0, 0.0, float(width), float(height))
    found = []
    for face in faces:
        box = face.box or whole
        shares = [box.left / width, box.top / height, box.width / width, box.height / height]
        label = face.label or UNCERTAIN
        found.append(
            fiftyone.Detection(label=label, bounding_box=shares, confidence=face.confidence)
        )
    return fiftyone.Detections(detections=found)


def _require(name: str) -> Any:
    try:
        return import_module(name)
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(
            f"this needs {name}, which is not installed; install it: pip install {name}; "
            "or use to_rows()"
        ) from error
