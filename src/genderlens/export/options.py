"""What the one who exports decides."""

from __future__ import annotations

from dataclasses import dataclass

from genderlens.types import Tta


@dataclass(frozen=True, slots=True)
class ExportOptions:
    """Names and terms for the card, and how the bundle is stored and asked."""

    name: str = "custom"
    data: str = "not stated"
    licence: str = "not stated"
    attribution: str = "not stated"
    split: str = "val"
    """Measured for the card."""
    tta: Tta = "off"
    """The test-time augmentation that the bundle recommends."""
    fp16: bool = False
    """Store the weights in half precision."""
    int8: bool = False
    """Look for an INT8 graph that holds the rule of genderlens.export.int8.verify."""
