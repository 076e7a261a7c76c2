"""How a foreign model wants its pictures: from its files, from flags, never by guessing."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError

from genderlens.bundle import InputSpec
from genderlens.errors import BundleError, SettingsError
from genderlens.files.plain import read_plain
from genderlens.importing.options import Channels, ImportOptions
from genderlens.pictures.imaging import Interpolation

PREPROCESSOR: Final = "preprocessor_config.json"
MAX_JSON_BYTES: Final = 10_000_000
_RESAMPLE: Final[dict[int, Interpolation]] = {1: "lanczos", 2: "bilinear", 3: "bicubic"}
"""Numbers of Pillow's filters."""
_MOST_MEAN: Final = 1.5
"""A mean above it is in bytes."""


@dataclass(frozen=True, slots=True)
class Preprocessing:
    """What is known; None: not said."""

    mean: Channels | None = None
    std: Channels | None = None
    shape: tuple[int, int] | None = None
    interpolation: Interpolation | None = None
    remarks: tuple[str, ...] = ()


def read_json(path: Path) -> dict[str, Any]:
    """The mapping in a JSON file; BundleError where it is something else."""
    try:
        data = json.loads(read_plain(path, MAX_JSON_BYTES))
    except (OSError, ValueError) as error:
        raise BundleError(f"{path} is no readable JSON: {error}; mend it or give flags") from error
    if not isinstance(data, dict):
        raise BundleError(f"{path} must hold a mapping, not {type(data).__name__}")
    return data


def read_preprocessing(path: Path) -> Preprocessing:
    """What a preprocessor of Hugging Face, or a file with ``mean`` and ``std``, says."""
    return parse_preprocessing(read_json(path), str(path))


def parse_preprocessing(data: Mapping[str, Any], where: str) -> Preprocessing:
    """See read_preprocessing; BundleError for values that cannot be."""
    scale = _scale(data, where)
    normalizes = data.get("do_normalize", True)
    mean = _three(data.get("image_mean", data.get("mean")), where) if normalizes else (0.0,) * 3
    std = _three(data.get("image_std", data.get("std")), where) if normalizes else (1.0,) * 3
    by = 255.0 * scale
    resample = data.get("resample", data.get("interpolation"))
    interpolation = _RESAMPLE.get(resample) if isinstance(resample, int) else _named(resample)
    return Preprocessing(
        mean=_divided(mean, by),
        std=_divided(std, by),
        shape=_shape(data),
        interpolation=interpolation,
        remarks=tuple(_remarks(data, resample, interpolation)),
    )


def to_input_spec(known: Preprocessing, options: ImportOptions, source: str) -> InputSpec:
    """What flags say, else what files say; BundleError that names the flag for what nobody says."""
    if options.preprocessing is not None:
        known = read_preprocessing(options.preprocessing)
    mean, std = options.mean or known.mean, options.std or known.std
    shape = options.shape or known.shape
    if mean is None or std is None:
        raise BundleError(
            f"{source} does not say how its pictures are normalised, and that is not guessed; give "
            "--mean and --std (of pixels as shares of 255, such as --mean 0.5 --std 0.5; bytes as "
            f"they are: --mean 0 --std 1/255), or --preprocessing {PREPROCESSOR}"
        )
    if shape is None:
        raise BundleError(
            f"{source} does not say how large its pictures are; give --size 224, or "
            "--size HEIGHTxWIDTH"
        )
    interpolation = options.interpolation or known.interpolation or "bilinear"
    height, width = shape
    try:
        return InputSpec(
            size_px=height,
            width_px=None if width == height else width,
            mean=mean,
            std=std,
            interpolation=interpolation,
        )
    except ValidationError as error:
        fault = error.errors()[0]
        raise BundleError(
            f"{source}: {fault['loc'][0]}: {fault['msg']}; got {height}×{width} px"
        ) from (error)


def parse_channels(text: str | None, flag: str) -> Channels | None:
    """``0.5``, ``1/255`` or three such with commas; SettingsError for anything else."""
    if text is None:
        return None
    try:
        values = [float(Fraction(part.strip())) for part in text.split(",")]
    except (ValueError, ZeroDivisionError) as error:
        raise SettingsError(
            f"{flag} {text!r} is not understood; write 0.5, or 0.485,0.456,0.406"
        ) from error
    if len(values) not in {1, 3} or (flag == "--std" and min(values) <= 0):
        raise SettingsError(f"{flag} {text!r} must be one number, or three for red, green and blue")
    if max(values) > _MOST_MEAN:
        raise SettingsError(
            f"{flag} {text!r} is in bytes; write it as a share of 255: "
            + ",".join(f"{value / 255:.4g}" for value in values)
        )
    red, green, blue = values * (3 // len(values))
    return red, green, blue


def parse_shape(text: str | None) -> tuple[int, int] | None:
    """``224`` or ``218x178``, height first; SettingsError for anything else."""
    if text is None:
        return None
    sides = text.lower().replace("×", "x").split("x")
    if len(sides) > 2 or not all(side.strip().isdecimal() for side in sides):
        raise SettingsError(f"--size {text!r} is not understood; write 224, or HEIGHTxWIDTH")
    return int(sides[0]), int(sides[-1])


def _scale(data: Mapping[str, Any], where: str) -> float:
    if not data.get("do_rescale", True):
        return 1.0
    scale = data.get("rescale_factor", 1 / 255)
    if not isinstance(scale, (int, float)) or not scale > 0:
        raise BundleError(f"{where}: rescale_factor {scale!r} is no positive number; give --mean")
    return float(scale)


def _three(value: Any, where: str) -> Channels | None:
    if value is None:
        return None
    values = [value] * 3 if isinstance(value, (int, float)) else value
    try:
        red, green, blue = (float(one) for one in values)
    except (TypeError, ValueError) as error:
        raise BundleError(
            f"{where}: {value!r} is not one number for each of red, green and blue; give --mean "
            "and --std"
        ) from error
    return red, green, blue


def _divided(values: tuple[float, ...] | None, by: float) -> Channels | None:
    """Where a preprocessor scales pixels otherwise than by 255, the same in shares of 255."""
    if values is None:
        return None
    red, green, blue = (float(f"{value / by:.12g}") for value in values)
    return red, green, blue


def _named(value: Any) -> Interpolation | None:
    return next((name for name in _RESAMPLE.values() if name == value), None)


def _shape(data: Mapping[str, Any]) -> tuple[int, int] | None:
    """Height and width of what the network sees at last."""
    size = data.get("crop_size") if data.get("do_center_crop") else None
    size = size or data.get("size") or data.get("input_size")
    if isinstance(size, Mapping):
        own = [size.get("height"), size.get("width")]
        sides = own if all(own) else [size.get("shortest_edge")] * 2
    else:
        sides = list(size)[-2:] if isinstance(size, (list, tuple)) else [size] * 2
    height, width = sides if len(sides) == 2 else (None, None)
    return (height, width) if isinstance(height, int) and isinstance(width, int) else None


def _remarks(data: Mapping[str, Any], resample: Any, found: Interpolation | None) -> list[str]:
    remarks = []
    if resample is not None and found is None:
        remarks.append(f"it resizes by {resample!r}, for which bilinear stands in")
    share = data.get("crop_pct")
    if data.get("do_center_crop") or (isinstance(share, float) and share < 1.0):
        remarks.append(
            "it cuts the middle out of a picture after resizing it; a bundle looks at whole crops "
            "of faces, so cut yours as tightly as those that taught it"
        )
    return remarks
