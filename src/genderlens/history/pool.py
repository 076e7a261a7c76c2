"""The sample pool: labelled pictures as clients sent them, but written anew by us.

A folder or ``s3://`` address with a folder per label, which every reader of training data takes:
``<pool>/<label>/<sha256>.jpg``. The name is the hash of the pixels, so a picture is there once,
whatever file it came in. Only pixels survive: no metadata, no trailing archive, no script.
"""

from __future__ import annotations

import hashlib
import io
import tempfile
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from genderlens.errors import (
    DatabaseError,
    DataError,
    LabelConflictError,
    PoolFullError,
    SourceNotFoundError,
)
from genderlens.history.database import Database
from genderlens.history.locking import samples_locked
from genderlens.history.samples import (
    Claim,
    Listed,
    SampleQuery,
    Sender,
    claim_sample,
    count_labels,
    count_samples,
    list_samples,
    release_claim,
    release_samples,
    release_sources,
    write_feedback,
)
from genderlens.pictures.imaging import decode_image
from genderlens.remote import describe_remote, is_remote
from genderlens.remote.changes import remove_remote, upload_file
from genderlens.remote.clouds import REMOVED_AT_ONCE
from genderlens.settings import Settings
from genderlens.storage import write_bytes_atomically

if TYPE_CHECKING:
    from PIL.Image import Image

MAX_SIDE_PX: Final = 2048
"""Larger pictures are scaled down: networks see a few hundred pixels of a face."""
REMOVED_AT_A_TIME: Final = REMOVED_AT_ONCE
"""Others may add and remove in between."""
_QUALITY: Final = 95


@dataclass(frozen=True, slots=True)
class Sample:
    """One picture of the pool; ``new`` where it was not there before."""

    sha256: str
    label: str
    new: bool


class SamplePool:
    """A place, and the list of what is there in the database.

    Services and commands that share the database take turns: see ``samples_locked``.
    """

    def __init__(self, database: Database, place: str, *, max_samples: int, max_pixels: int):
        self._database, self._max_pixels = database, max_pixels
        self.place, self.max_samples = place.rstrip("/"), max_samples

    def add(self, content: bytes, label: str, key_id: str | None) -> Sample:
        """Decode, write anew, store unless it is there.

        Raises an ImageError, LabelConflictError where the picture is there with the other label,
        or another key's,
        PoolFullError, DatabaseError, or DataError where the place cannot be written; nothing is
        listed then that is not stored.
        """
        image, sha256 = self._decode(content)
        with samples_locked(self._database):
            return self._store(image, sha256, label, Sender(key_id))

    def correct(
        self, content: bytes, label: str, key_id: str | None, prediction_id: str
    ) -> Sample | None:
        """Add the picture of a prediction with its correction; None where the prediction is gone.

        Raises what ``add`` does, and changes nothing then.
        """
        image, sha256 = self._decode(content)
        with samples_locked(self._database):
            sample = self._store(image, sha256, label, Sender(key_id, prediction_id))
            if write_feedback(self._database, prediction_id, label, key_id):
                return sample
            self._remove_some(SampleQuery(sha256=sha256, predictions=(prediction_id,)))
        return None

    def count(self, labels: Iterable[str] = ()) -> dict[str, int]:
        """How many pictures there are of these labels, and of others that are there.

        Raises DatabaseError.
        """
        return dict.fromkeys(labels, 0) | count_labels(self._database)

    def remove(self, wanted: SampleQuery) -> int:
        """Remove pictures and their entries, some at a time; how many there were.

        A picture that came with other predictions as well stays for those. A picture goes
        before its entry, so that whatever stops this halfway leaves no picture that nobody knows
        of, and the same call once more goes on. Raises DataError where pictures cannot be removed,
        which keep their entries, or DatabaseError.
        """
        total = 0
        while True:
            with samples_locked(self._database):
                count = self._remove_some(wanted)
            total += count
            if count < REMOVED_AT_A_TIME:
                return total

    def uri_of(self, label: str, sha256: str) -> str:
        """Where a picture lies, or would."""
        return f"{self.place}/{label}/{sha256}.jpg"

    def _decode(self, content: bytes) -> tuple[Image, str]:
        image = decode_image(content, max_pixels=self._max_pixels)
        image.thumbnail((MAX_SIDE_PX, MAX_SIDE_PX))
        return image, hash_pixels(image)

    def _remove_some(self, wanted: SampleQuery) -> int:
        some = list_samples(self._database, wanted, REMOVED_AT_A_TIME)
        if some:
            self._remove([one for one in some if not one.shared])
            if shared := [one.sha256 for one in some if one.shared]:
                release_sources(self._database, wanted, shared)
        return len(some)

    def _remove(self, samples: Sequence[Listed]) -> None:
        hashes = {self.uri_of(one.label, one.sha256): one.sha256 for one in samples}
        failed = delete_pictures(list(hashes))
        gone = [uri for uri in hashes if uri not in failed]
        release_samples(self._database, [hashes[uri] for uri in gone])
        # A service of an earlier version, which takes no turns, may have stored it again meanwhile.
        failed |= delete_pictures(gone)
        if failed:
            raise DataError(
                f"{len(failed):,} of {len(hashes):,} pictures could not be removed from the sample "
                f"pool ({next(iter(failed.values()))}); check the rights of its place, and try "
                "again for those and the rest"
            )

    def _store(self, image: Image, sha256: str, label: str, sender: Sender) -> Sample:
        claim = claim_sample(self._database, sha256, label, sender)
        known = claim.known_label
        if claim.of_other:
            # Whichever label it has: to refuse the one and take the other would tell which.
            raise LabelConflictError(
                "this picture is a sample already, sent with another key; nothing was changed"
            )
        if known not in {None, label}:
            raise LabelConflictError(
                f"you sent this picture before, labelled {known!r}; nothing was changed"
            )
        try:
            uri = self.uri_of(label, sha256)
            if known is not None and picture_exists(uri):
                return Sample(sha256, label, new=False)
            self._require_room()
            _write(uri, _encode(image))
        except BaseException:
            self._undo(sha256, claim)
            raise
        return Sample(sha256, label, new=True)

    def _undo(self, sha256: str, claim: Claim) -> None:
        """The failure that led here is told, not that of a database that is down as well."""
        with suppress(DatabaseError):
            release_claim(self._database, sha256, claim)

    def _require_room(self) -> None:
        """The claim of the picture that is to be stored counts already."""
        if count_samples(self._database) > self.max_samples:
            raise PoolFullError(
                f"the sample pool holds {self.max_samples:,} pictures, its limit; "
                "train on them, or raise GENDERLENS_MAX_SAMPLES"
            )


def create_pool(settings: Settings, database: Database) -> SamplePool | None:
    """The pool of the settings; None where they name no place for one."""
    if settings.samples is None:
        return None
    return SamplePool(
        database,
        settings.samples,
        max_samples=settings.max_samples,
        max_pixels=settings.max_pixels,
    )


def hash_pixels(image: Image) -> str:
    """SHA-256 over the size and the RGB bytes of a picture, hexadecimal."""
    digest = hashlib.sha256(f"{image.width}x{image.height}:".encode())
    digest.update(image.tobytes())
    return digest.hexdigest()


def _encode(image: Image) -> bytes:
    """JPEG without chroma subsampling, so that little is lost."""
    stream = io.BytesIO()
    image.save(stream, "JPEG", quality=_QUALITY, subsampling=0)
    return stream.getvalue()


def picture_exists(uri: str) -> bool:
    if not is_remote(uri):
        return Path(uri).expanduser().is_file()
    try:
        return not describe_remote(uri).is_folder
    except SourceNotFoundError:
        return False


def delete_pictures(uris: list[str]) -> dict[str, str]:
    """The addresses of the pictures that are still there, and why."""
    if uris and is_remote(uris[0]):
        return remove_remote(uris)
    reasons = map(_delete_file, uris)
    return {uri: why for uri, why in zip(uris, reasons, strict=True) if why}


def _delete_file(uri: str) -> str:
    """Why it is still there, empty where it is gone."""
    try:
        Path(uri).expanduser().unlink(missing_ok=True)
    except OSError as error:
        return error.strerror or str(error)
    return ""


def _write(uri: str, content: bytes) -> None:
    if is_remote(uri):
        with tempfile.NamedTemporaryFile(suffix=".jpg") as file:
            file.write(content)
            file.flush()
            upload_file(Path(file.name), uri)
        return
    path = Path(uri).expanduser()
    try:
        for folder in (path.parent.parent, path.parent):
            _make_private(folder)
        write_bytes_atomically(path, content, private=True)
    except OSError as error:
        raise DataError(
            f"the sample pool cannot be written: {error.strerror}; check its folder and its disk"
        ) from error


def _make_private(folder: Path) -> None:
    """A folder that only its owner reads; one that is there already stays as its owner made it."""
    if not folder.is_dir():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
