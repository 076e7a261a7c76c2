"""Golden inputs for a bundle: pictures drawn here, and what its graphs give for them.

See genderlens.graphs.golden for what they are good for. No photograph is among them: they are
ovals with eyes, a mouth and hair under noise, over gradients and stripes, so that large and small
values meet in every layer.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import onnx
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from genderlens.bundle import INT8_MODEL, MODEL, Bundle, write_bundle
from genderlens.errors import BundleError
from genderlens.export.int8.saturation import list_pair_sums
from genderlens.export.int8.verify import compute_logits
from genderlens.graphs.golden import GOLDEN, Expected, pack_golden
from genderlens.graphs.runtime import Session
from genderlens.pictures.imaging import RgbArray
from genderlens.storage import write_bytes_atomically

BOUNDS: Final = {MODEL: 5e-4, INT8_MODEL: 0.01}
"""Of a logit. Engines sum floats in different orders, which shows in the fifth digit; where a byte
is rounded afterwards it may become its neighbour, which shows in the third."""

_SKINS: Final = ((236, 200, 176), (188, 138, 104), (128, 84, 60), (84, 56, 44))
_HAIRS: Final = ((38, 26, 20), (214, 180, 120), (20, 18, 22), (120, 120, 128))
_NOISE: Final = (0, 24, 8, 64)
"""How far a byte is moved at most, a picture each."""
_FINE: Final = 4
"""Drawn so many times larger, then made smaller, for smooth edges."""


def add_golden(bundle: Bundle) -> Bundle:
    """The bundle with golden inputs, those that it may hold replaced; its files are signed anew.

    Expected are the logits of exact arithmetic, whatever shortcuts this processor takes: a graph is
    computed as it serves where its sums are proven exact (see saturation), else literally. Raises
    BundleError where the FP32 graph as it serves here differs.
    """
    pictures = draw_pictures(bundle.description.input.shape)
    names = [name for name in BOUNDS if name in bundle.description.files]
    graphs = {name: _measure(bundle, name, pictures) for name in names}
    text = pack_golden(pictures, graphs).model_dump_json(indent=2) + "\n"
    write_bytes_atomically(bundle.path / GOLDEN, text.encode("utf-8"))
    found = write_bundle(bundle.path, bundle.description)
    found.load_graph(precision="fp32")
    return found


def draw_pictures(shape: tuple[int, int]) -> RgbArray:
    """N×H×W×3 bytes, always the same."""
    rng = np.random.default_rng(20261127)
    return np.stack([_draw(shape, index, rng) for index in range(len(_SKINS))])


def _measure(bundle: Bundle, name: str, pictures: RgbArray) -> Expected:
    content = bundle.read_graph(name)
    proven = all(pair.fits for pair in list_pair_sums(onnx.load_from_string(content)))
    session = Session(content, name=name, literal=not proven)
    logits = compute_logits(session, pictures, bundle.description.input)
    if not np.isfinite(logits).all():
        raise BundleError(f"{name} of {bundle.version} gives no finite logits; train it again")
    return Expected(
        sha256=bundle.description.files[name],
        logits=tuple(float(f"{logit:.8g}") for logit in logits.ravel()),
        bound=BOUNDS[name],
    )


def _draw(shape: tuple[int, int], index: int, rng: np.random.Generator) -> RgbArray:
    height, width = shape
    image = Image.fromarray(_background(shape, index)).resize((width * _FINE, height * _FINE))
    _draw_face(ImageDraw.Draw(image), image.size, index)
    values = np.asarray(image.resize((width, height), Image.Resampling.BOX), np.int16)
    reach = _NOISE[index]
    # Noise in blocks of two pixels packs to a quarter and lets more of it through the first layers.
    blocks = rng.integers(-reach, reach + 1, (-(-height // 2), -(-width // 2), 3), np.int16)
    noise = blocks.repeat(2, axis=0).repeat(2, axis=1)[:height, :width]
    found: RgbArray = np.clip(values + noise, 0, 255).astype(np.uint8)
    return found


def _background(shape: tuple[int, int], index: int) -> NDArray[np.uint8]:
    """A gradient; in every other picture with black and white stripes over one colour."""
    y, x = np.meshgrid(*(np.linspace(0.0, 1.0, side) for side in shape), indexing="ij")
    values = np.stack([x, y, 1.0 - (x + y) / 2.0], axis=-1)
    if index % 2:
        values[..., index // 2] = (x + y) * 8.0 % 1.0 > 0.5
    return (255.0 * values).astype(np.uint8)


def _draw_face(draw: ImageDraw.ImageDraw, size: tuple[int, int], index: int) -> None:
    width, height = size

    def box(left: float, top: float, right: float, bottom: float) -> tuple[float, ...]:
        return left * width, top * height, right * width, bottom * height

    draw.ellipse(box(0.08, 0.02, 0.92, 0.8 + 0.1 * index), fill=_HAIRS[index])
    draw.ellipse(box(0.2, 0.14, 0.8, 0.96), fill=_SKINS[index])
    for left in (0.3, 0.58):
        draw.rectangle(box(left - 0.02, 0.36, left + 0.14, 0.39), fill=_HAIRS[index])
        draw.ellipse(box(left, 0.42, left + 0.12, 0.49), fill=(250, 250, 250))
        draw.ellipse(box(left + 0.035, 0.42, left + 0.085, 0.49), fill=(16, 24, 32))
    draw.polygon([*box(0.5, 0.48, 0.44, 0.64), *box(0.56, 0.64, 0.5, 0.48)], fill=_HAIRS[3 - index])
    draw.ellipse(box(0.38, 0.73, 0.62, 0.8), fill=(170 + 20 * index, 40, 60))
