"""Descriptions of bundles that earlier releases wrote, as this one reads them."""

from __future__ import annotations

from typing import Any, Final

from genderlens.heads.default import GENDER

_LABELS: Final = list(GENDER.labels)


def migrate(document: Any) -> Any:
    """``bundle.json`` of format 1 as format 2; anything else as it is.

    Format 1 knows one head: two fixed labels, its calibration beside the geometry, and those of
    other test-time augmentations under ``inference``.
    """
    if not isinstance(document, dict) or document.get("format", 1) != 1 or "heads" in document:
        return document
    changed = dict(document)
    labels, calibration = changed.pop("labels", _LABELS), changed.pop("calibration", None)
    if list(labels) != _LABELS:
        raise ValueError(f"labels {labels} are not those of format 1: {_LABELS}")
    inference = dict(changed.get("inference") or {})
    others = inference.pop("calibrations", {})
    head = {"name": GENDER.name, "labels": labels, "kind": GENDER.kind, "output": GENDER.output}
    if calibration is not None:
        head |= {"calibration": calibration}
    changed |= {"format": 2, "heads": [head | {"calibrations": others}]}
    return changed | ({"inference": inference} if "inference" in document else {})
