"""Labelled pictures for the next training: chosen one by one, or a zip of a folder per class."""

from __future__ import annotations

import io
import zipfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Final

from genderlens.errors import DataError, ServiceError, UnknownLabelError, did_you_mean
from genderlens.ui.answers import UploadedPicture
from genderlens.ui.client import Service
from genderlens.ui.words import is_about_picture, listed

MAX_FILES: Final = 2000


@dataclass(frozen=True, slots=True)
class LabelledPhoto:
    """A picture and the label that annotators gave it."""

    picture: UploadedPicture
    label: str


@dataclass
class Sent:
    """What became of the samples; ``stopped`` where the service stopped taking any."""

    new: Counter[str] = field(default_factory=Counter)
    known: Counter[str] = field(default_factory=Counter)
    refused: list[tuple[str, ServiceError]] = field(default_factory=list)
    stopped: ServiceError | None = None

    @property
    def taken(self) -> int:
        return self.new.total() + self.known.total()


def read_zip(content: bytes, max_bytes: int, labels: Sequence[str]) -> list[LabelledPhoto]:
    """The pictures below folders named by these labels, in small letters or large ones.

    Raises DataError for what is no zip, is locked, or holds too much; UnknownLabelError for a
    picture below any other folder: it is never taken for either label.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = [entry for entry in archive.infolist() if _is_wanted(entry)]
            _require_bounded(entries, max_bytes, labels)
            return [_read(archive, entry, labels) for entry in entries]
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, OSError, EOFError) as error:
        raise DataError(
            f"the zip cannot be read: {error}; make it anew, without password"
        ) from error


def send_samples(service: Service, samples: Sequence[LabelledPhoto]) -> Iterator[Sent]:
    """Sends one after the other and gives the tally after each; to send again does no harm."""
    sent = Sent()
    for sample in samples:
        name = sample.picture.name
        try:
            new = service.add_sample(name, sample.picture.content, sample.label)
        except ServiceError as error:
            if not is_about_picture(error):
                sent.stopped = error
                yield sent
                return
            sent.refused.append((name, error))
        else:
            (sent.new if new else sent.known)[sample.label] += 1
        yield sent


def _is_wanted(entry: zipfile.ZipInfo) -> bool:
    """No folders, and not what desktops leave behind."""
    parts = PurePosixPath(entry.filename).parts
    return not entry.is_dir() and not any(part.startswith((".", "__")) for part in parts)


def _require_bounded(
    entries: Sequence[zipfile.ZipInfo], max_bytes: int, labels: Sequence[str]
) -> None:
    """DataError before anything is unpacked."""
    if not entries:
        raise DataError(f"the zip holds no picture; {_folders(labels)}")
    if len(entries) > MAX_FILES:
        raise DataError(
            f"the zip holds {len(entries):,} files, the limit is {MAX_FILES:,}; split it"
        )
    total = sum(entry.file_size for entry in entries)
    if total > max_bytes:
        raise DataError(
            f"the zip unpacks to {total / 1e6:.0f} MB, the limit is {max_bytes / 1e6:.0f} MB; "
            "split it"
        )


def _read(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, labels: Sequence[str]) -> LabelledPhoto:
    path = PurePosixPath(entry.filename)
    label = {label.lower(): label for label in labels}.get(path.parent.name.lower())
    if label is None:
        raise UnknownLabelError(
            f"{entry.filename[:80]!r} lies in the folder {path.parent.name[:40]!r}; "
            f"{_folders(labels)}{did_you_mean(path.parent.name[:40], labels)}"
        )
    return LabelledPhoto(UploadedPicture(path.name, archive.read(entry)), label)


def _folders(labels: Sequence[str]) -> str:
    return f"name the folders {listed(labels)}"
