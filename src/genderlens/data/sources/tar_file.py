"""Reading tar files that others made: plain members in order, or one by its offset.

Nothing is ever extracted to disk. A member with an absolute name, with ``..``, or that is a link or
a device is refused, because no data set needs one.
"""

from __future__ import annotations

import re
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import PurePosixPath
from typing import IO, Final

from genderlens.data.sources.compressed import open_unpacked
from genderlens.data.sources.content import HEAD_BYTES, JudgedContent, judge_file
from genderlens.data.sources.junk import HIDDEN, is_in_junk
from genderlens.data.sources.skipped import SkippedItems
from genderlens.errors import DataError

MAX_MEMBER_BYTES: Final = 100_000_000
_BLOCK_BYTES: Final = 512
_MAX_HEADER_BYTES: Final = 100_000
_MAX_GLOBAL_FIELDS: Final = 100
_MANY_DIGITS: Final = re.compile(rb"[0-9]{200}")
_EXTENDED: Final = frozenset(
    {
        *(tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.SOLARIS_XHDTYPE),
        *(tarfile.GNUTYPE_LONGNAME, tarfile.GNUTYPE_LONGLINK),
    }
)
_FAULTS: Final = (
    tarfile.TarError,
    OSError,
    ValueError,
    OverflowError,
    MemoryError,
    RecursionError,
)


class _Member(tarfile.TarInfo):
    """A member whose extended header is looked at before Python parses it.

    Its patterns take hours over a million digits, and what it calls a sparse file may be of any
    size. Names and labels need neither.
    """

    def _proc_member(self, tar: tarfile.TarFile) -> tarfile.TarInfo:
        """Called for every header, the extended ones before a member included."""
        if self.type in _EXTENDED:
            _require_short(self, tar)
        if self.type == tarfile.GNUTYPE_SPARSE:
            raise DataError(f"{self.name[:80]!r} is a sparse file; pack it as a plain one")
        return super()._proc_member(tar)  # type: ignore[misc, no-any-return]


def _require_short(member: tarfile.TarInfo, tar: tarfile.TarFile) -> None:
    """DataError for an extended header that no name or time needs."""
    if not 0 <= member.size <= _MAX_HEADER_BYTES or len(tar.pax_headers) > _MAX_GLOBAL_FIELDS:
        raise DataError(f"an extended header of {member.size:,} bytes; it is damaged or hostile")
    stream = tar.fileobj
    assert stream is not None
    begin = stream.tell()
    content = stream.read(member.size)
    stream.seek(begin)
    if _MANY_DIGITS.search(content) or b"GNU.sparse" in content:
        raise DataError("an extended header with sparse parts or endless numbers")


@contextmanager
def open_tar(container: str) -> Iterator[tarfile.TarFile]:
    """A tar file, plain or in gzip; DataError for anything else, also while it is being read."""
    with (
        _faults_named(container),
        open_unpacked(container) as stream,
        tarfile.open(fileobj=stream, mode="r:", tarinfo=_Member) as tar,
    ):
        yield tar


def iterate_members(tar: tarfile.TarFile, container: str) -> Iterator[tarfile.TarInfo]:
    """Every plain file, in order; folders are passed over. DataError for all that is unsafe."""
    last = -1
    for member in tar:
        if member.offset <= last:
            raise DataError(f"{container} is damaged: member {member.name!r} lies before itself")
        last = member.offset
        if not member.isdir():
            yield _require_safe(member, container)
    _require_end(tar, container)


def visible_members(
    tar: tarfile.TarFile, container: str, skipped: SkippedItems
) -> Iterator[tarfile.TarInfo]:
    """Like ``iterate_members``, without what is hidden, which is noted."""
    for member in iterate_members(tar, container):
        if is_in_junk(member_path(member.name)):
            skipped.pass_over(HIDDEN, member.name)
        else:
            yield member


def member_path(name: str) -> list[str]:
    """The folders and the name of a member; archives of a folder begin with ``./``."""
    return [part for part in name.split("/") if part not in ("", ".")]


def judge_member(tar: tarfile.TarFile, member: tarfile.TarInfo) -> JudgedContent:
    """What a plain member is, by its name or else its first bytes."""

    def read_head() -> bytes:
        stream = tar.extractfile(member)
        return stream.read(HEAD_BYTES) if stream else b""

    return judge_file(member.name, read_head)


def read_member(tar: tarfile.TarFile, member: tarfile.TarInfo, container: str) -> bytes:
    """The whole content of one plain member."""
    if member.size > MAX_MEMBER_BYTES:
        raise DataError(
            f"{member.name!r} in {container} has {member.size:,} bytes, the limit is "
            f"{MAX_MEMBER_BYTES:,}; remove it"
        )
    stream = tar.extractfile(member)
    if stream is None:
        raise DataError(f"{member.name!r} in {container} is not a plain file; remove it")
    return stream.read()


def read_member_at(stream: IO[bytes], offset: int, container: str) -> bytes:
    """The content of the member whose header begins at an offset of an open tar file."""
    with _faults_named(container):
        stream.seek(offset)
        with tarfile.open(fileobj=stream, mode="r:", tarinfo=_Member) as tar:
            member = tar.next()
            if member is None:
                raise DataError(f"{container} has no member at offset {offset}")
            return read_member(tar, _require_safe(member, container), container)


@contextmanager
def _faults_named(container: str) -> Iterator[None]:
    try:
        yield
    except DataError as error:
        if container in error.message:
            raise
        raise DataError(f"{container} holds {error.message}") from error
    except _FAULTS as error:
        raise DataError(
            f"{container} cannot be read as a tar file, plain or in gzip: {error or 'too large'}"
        ) from error


def _require_safe(member: tarfile.TarInfo, container: str) -> tarfile.TarInfo:
    path = PurePosixPath(member.name.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts:
        raise DataError(f"{container} holds {member.name!r}, which leads out of it; remove it")
    if not member.isreg() or member.issparse():
        raise DataError(f"{container} holds {member.name!r}, a link or special file; remove it")
    if member.size < 0:
        raise DataError(f"{container} is damaged: {member.name!r} has a negative size")
    return member


def _require_end(tar: tarfile.TarFile, container: str) -> None:
    """After a damaged header tarfile stops as if the file were over; this tells the two apart."""
    stream = tar.fileobj
    assert stream is not None
    stream.seek(tar.offset)
    if stream.read(_BLOCK_BYTES).strip(b"\0"):
        raise DataError(f"{container} is damaged at offset {tar.offset}; fetch it again")
