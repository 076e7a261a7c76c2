"""Face crops of a manifest as the network sees them, for judging graphs."""

from __future__ import annotations

import numpy as np
from tqdm import tqdm

from genderlens.bundle import InputSpec
from genderlens.data.manifest import Manifest
from genderlens.data.sources.images import iterate_image_bytes
from genderlens.pictures.imaging import RgbArray, decode_image, resize_region


def spread(manifest: Manifest, count: int) -> Manifest:
    """At most so many rows, evenly spaced."""
    rows = np.linspace(0, len(manifest) - 1, min(count, len(manifest))).astype(int)
    return manifest.take(rows.tolist())


def read_crops(manifest: Manifest, spec: InputSpec) -> RgbArray:
    """N×H×W×3 bytes; raises DataError or ImageError at the first picture that cannot be read."""
    contents = tqdm(
        iterate_image_bytes(manifest), total=len(manifest), desc="reading faces", leave=False
    )
    return np.stack(
        [
            resize_region(decode_image(content), spec.shape, interpolation=spec.interpolation)
            for content in contents
        ]
    )
