"""Pictures that a shard writes beside its table: face crops, and what people should look at."""

from __future__ import annotations

import csv
import io
import re
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, Final

from genderlens.bundle import Bundle
from genderlens.csv_safety import plain_cell
from genderlens.heads import Head
from genderlens.pictures.containers import find_format
from genderlens.pictures.imaging import resize_region
from genderlens.storage import write_bytes_atomically
from genderlens.types import FaceResult, Prediction

if TYPE_CHECKING:
    from PIL.Image import Image

MAX_CROP_PX: Final = 512
_MIN_CROP_PX: Final = 32


def start_folder(folder: Path) -> Path:
    """An empty folder for one shard; what an interrupted run left there is removed."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def encode_crops(image: Image, answer: Prediction, bundle: Bundle) -> list[bytes]:
    """Each face as JPEG, cut as the classifier sees it, at the resolution that the picture has."""
    return [_encode(_cut(image, face, bundle)) for face in answer.faces]


def write_review(folder: Path, index: int, uri: str, content: bytes) -> str:
    """Write a picture for people to look at, as it came; its name."""
    name = f"{index:05d}-{harmless(uri)}.{picture_suffix(content)}"
    write_bytes_atomically(folder / name, content)
    return name


def write_review_table(folder: Path, head: Head, rows: Sequence[dict[str, Any]]) -> None:
    """Write which file is which picture, the most doubtful first."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream)
    columns = ("file", "uri", *head.probability_columns, "face_index")
    writer.writerow(columns)
    for row in sorted(rows, key=lambda row: row["confidence"]):
        writer.writerow([plain_cell(row[name]) for name in columns])
    write_bytes_atomically(folder / "review.csv", stream.getvalue().encode())


def picture_suffix(content: bytes) -> str:
    """The suffix that belongs to a picture's bytes, whatever it is called."""
    return find_format(content).suffix


def harmless(uri: str) -> str:
    """The name of a picture, cut to what every file system takes."""
    name = re.sub(r"[^A-Za-z0-9-]+", "_", PurePosixPath(uri).name.rsplit(".", 1)[0])
    return name[:60].strip("_") or "picture"


def doubtful_rows(name: str, uri: str, answer: Prediction) -> Iterator[dict[str, Any]]:
    """The rows of the review table for the uncertain faces of one picture."""
    for index, face in enumerate(answer.faces):
        if face.prediction is None:
            told = {"file": name, "uri": uri, "face_index": index, "confidence": face.confidence}
            yield told | face.answer.cells()


def _cut(image: Image, face: FaceResult, bundle: Bundle) -> Image:
    from PIL import Image as Pictures

    region = bundle.crop.around(face.detection) if face.detection else None
    width, height = (region.box.width, region.box.height) if region else image.size
    scale = min(1.0, MAX_CROP_PX / max(width, height))
    shape = (max(_MIN_CROP_PX, round(height * scale)), max(_MIN_CROP_PX, round(width * scale)))
    return Pictures.fromarray(resize_region(image, shape, region=region, interpolation="bicubic"))


def _encode(crop: Image) -> bytes:
    stream = io.BytesIO()
    crop.save(stream, "JPEG", quality=92)
    return stream.getvalue()
