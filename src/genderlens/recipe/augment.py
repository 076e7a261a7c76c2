"""Augmentation in a recipe."""

from __future__ import annotations

from pydantic import Field

from genderlens.recipe.strict import Strict


class AugmentRecipe(Strict):
    """Random changes to training pictures; ``*_p`` is a probability, the rest half-ranges."""

    flip_p: float = Field(0.5, ge=0, le=1)
    scale: float = Field(0.15, ge=0, lt=1)
    shift: float = Field(0.15, ge=0, lt=1)
    rotation_deg: float = Field(12.0, ge=0, le=180)
    perspective: float = Field(0.4, ge=0, lt=1)
    perspective_p: float = Field(0.0, ge=0, le=1)
    brightness: float = Field(0.15, ge=0, le=1)
    contrast: float = Field(0.2, ge=0, le=1)
    saturation: float = Field(0.2, ge=0, le=1)
    hue_deg: float = Field(8.0, ge=0, le=180)
    grey_p: float = Field(0.05, ge=0, le=1)
    blur_p: float = Field(0.1, ge=0, le=1)
    low_resolution_p: float = Field(0.1, ge=0, le=1)
    codec_p: float = Field(0.15, ge=0, le=1)
    erase_p: float = Field(0.1, ge=0, le=1)
    mixup_alpha: float = Field(0.0, ge=0)
    """Beta distribution of mixup (Zhang et al., ICLR 2018); 0 is off."""

    @classmethod
    def nothing(cls) -> AugmentRecipe:
        """Leaves every picture as it is."""
        return cls(**dict.fromkeys(cls.model_fields, 0.0))
