"""How annotators' face crops lie around a detector's boxes: learnt once, stored in the bundle."""

from __future__ import annotations

import numpy as np
from PIL import Image
from tqdm import tqdm

from genderlens.data.manifest import Manifest
from genderlens.data.sources.images import iterate_image_bytes
from genderlens.detection import Detector
from genderlens.errors import TrainingError
from genderlens.pictures.imaging import decode_image
from genderlens.pictures.regions import CropGeometry


def learn_crop_geometry(
    manifest: Manifest, detector: Detector, *, sample: int = 1000, seed: int = 0
) -> CropGeometry:
    """Medians over crops in which the detector finds exactly one face.

    The crop is put on a black canvas twice its size, so that a face which fills it is found whole.
    Faces look left as often as right, so the horizontal shift is zero by symmetry.
    """
    order = np.random.default_rng(seed).permutation(len(manifest))[:sample]
    chosen = manifest.take(sorted(order.tolist()))
    found = []
    for content in tqdm(iterate_image_bytes(chosen), total=len(chosen), desc="crop geometry"):
        measured = _measure(decode_image(content), detector)
        found += [measured] if measured else []
    if len(found) < 20:
        raise TrainingError(
            f"the detector found a face in {len(found)} of {len(chosen)} crops; at least 20 are "
            "needed to learn how crops lie around faces: are these face crops?"
        )
    scale, shift_y, aspect = (round(float(value), 3) for value in np.median(found, axis=0))
    return CropGeometry(scale, 0.0, shift_y, aspect, align="roll")


def _measure(crop: Image.Image, detector: Detector) -> tuple[float, float, float] | None:
    """Longer side of the crop in face sizes, its downward shift in sides, width over height.

    None without exactly one face.
    """
    side = max(crop.size)
    canvas = Image.new("RGB", (2 * side, 2 * side))
    canvas.paste(crop, ((2 * side - crop.width) // 2, (2 * side - crop.height) // 2))
    faces = detector.detect(canvas)
    if len(faces) != 1:
        return None
    box = faces[0].box
    shift_y = (side - box.center[1]) / side
    return side / box.area**0.5, shift_y, crop.width / crop.height
