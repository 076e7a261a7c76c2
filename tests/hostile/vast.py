"""Files of a few bytes or kilobytes that decode to fifty million pixels, one per container."""

from __future__ import annotations

import base64
import io
from functools import cache

from PIL import Image

from genderlens.pictures.heif_plugin import has_heif
from hostile.heic import tiled

SIDE_PX = 7070
TINY_WEBP = base64.b64decode("UklGRh4AAABXRUJQVlA4TBEAAAAvnVvnBgdQvGqVp/+BiOh/AAA=")


def _encode(mode: str, file_format: str, **options: object) -> bytes:
    stream = io.BytesIO()
    Image.new(mode, (SIDE_PX, SIDE_PX)).save(stream, file_format, **options)
    return stream.getvalue()


@cache
def vast_pictures() -> dict[str, bytes]:
    """The costliest of each container, by name."""
    return {
        "webp": TINY_WEBP,
        "png with alpha": _encode("RGBA", "PNG"),
        "png palette, transparent": _encode("P", "PNG", transparency=0),
        "gif, transparent": _encode("P", "GIF", transparency=0),
        "jpeg, progressive": _encode("RGB", "JPEG", progressive=True, subsampling=0),
        "avif": _encode("RGB", "AVIF", speed=10),
        **({"heic, in tiles": tiled((SIDE_PX, SIDE_PX))} if has_heif() else {}),
        "bmp, one bit": _encode("1", "BMP"),
        "tiff with alpha": _encode("RGBA", "TIFF", compression="tiff_adobe_deflate"),
    }
