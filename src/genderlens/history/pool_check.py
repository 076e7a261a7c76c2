"""Whether the sample pool, its list and the history agree, and how they do so again."""

from __future__ import annotations

import re
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, TypeVar

from sqlalchemy import exists, insert, select

from genderlens.errors import DataError, SourceNotFoundError
from genderlens.files.drafts import clear_drafts, is_draft, list_abandoned
from genderlens.history.database import Database
from genderlens.history.identifiers import create_id
from genderlens.history.locking import samples_locked
from genderlens.history.pool import SamplePool, delete_pictures, picture_exists
from genderlens.history.samples import SampleQuery, list_labels, release_samples
from genderlens.history.tables import PREDICTIONS, SAMPLE_SOURCES, SAMPLES
from genderlens.remote import is_remote, walk_remote

Kind = Literal[
    "unlisted_picture", "lost_picture", "unsent_sample", "gone_prediction", "open_rights", "draft"
]
MEANINGS: Final[dict[Kind, str]] = {
    "unlisted_picture": "a picture that the list does not know, so nobody can withdraw it",
    "lost_picture": "a sample on the list whose picture is gone",
    "unsent_sample": "a sample that the list says nobody sent",
    "gone_prediction": "a sample of a prediction that was deleted",
    "open_rights": "a file or folder that others on this machine can read",
    "draft": "half a picture that a killed process left behind",
}
_PICTURE: Final = re.compile(r"([0-9a-f]{64})\.jpg")
_OTHERS: Final = 0o077
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class PoolFault:
    """One disagreement: its kind, and the address, hash or identifier that it is about."""

    kind: Kind
    what: str


@dataclass(frozen=True, slots=True)
class PoolReport:
    """``foreign`` are files that no service put there; nothing here removes them."""

    pictures: int
    listed: int
    faults: tuple[PoolFault, ...]
    foreign: tuple[str, ...]


def check_pool(
    pool: SamplePool, database: Database, *, fix: bool = False, labels: Iterable[str] = ()
) -> PoolReport:
    """Compare all three; with ``fix``, mend every fault that is told.

    Folders of the pool are those of ``labels``, and of what the database has as a label.
    What looked wrong is looked at once more while nobody else changes samples, so a running service
    is neither accused nor disturbed. Raises DatabaseError, DataError.
    """
    return _Check(pool, database, labels).run(fix=fix)


class _Check:
    def __init__(self, pool: SamplePool, database: Database, labels: Iterable[str]) -> None:
        self._pool, self._database = pool, database
        self._labels = {*labels, *list_labels(database)}

    def run(self, *, fix: bool) -> PoolReport:
        pictures, foreign = self._look()
        listed = self._listed()
        suspects = (set(pictures) ^ set(listed)) | self._unsent()
        faults: list[PoolFault] = []
        for some in _batches(sorted(suspects)):
            with samples_locked(self._database):
                faults += self._compare(some, fix=fix)
        faults += self._gone_predictions(fix=fix)
        faults += self._local_faults(fix=fix)
        return PoolReport(len(pictures), len(listed), tuple(faults), tuple(foreign))

    def _look(self) -> tuple[list[tuple[str, str]], list[str]]:
        """(label, hash) of every picture, and what else lies there."""
        pictures, foreign = list[tuple[str, str]](), list[str]()
        for name in _walk(self._pool.place):
            label, _, file = name.partition("/")
            match = _PICTURE.fullmatch(file)
            if match and label in self._labels:
                pictures.append((label, match[1]))
            elif not is_draft(Path(name).name):
                foreign.append(name)
        return pictures, sorted(foreign)

    def _listed(self, hashes: Iterable[str] | None = None) -> list[tuple[str, str]]:
        statement = select(SAMPLES.c.label, SAMPLES.c.sha256)
        if hashes is not None:
            statement = statement.where(SAMPLES.c.sha256.in_(list(hashes)))
        with self._database.begin() as connection:
            return [(label, sha256) for label, sha256 in connection.execute(statement)]

    def _unsent(self) -> set[tuple[str, str]]:
        sent = exists().where(SAMPLE_SOURCES.c.sha256 == SAMPLES.c.sha256)
        with self._database.begin() as connection:
            rows = connection.execute(select(SAMPLES.c.label, SAMPLES.c.sha256).where(~sent))
            return {(label, sha256) for label, sha256 in rows}

    def _compare(self, suspects: list[tuple[str, str]], *, fix: bool) -> Iterator[PoolFault]:
        """Only for who holds the lock."""
        listed = set(self._listed(sha256 for _, sha256 in suspects))
        unsent = self._unsent()
        for sample in suspects:
            uri = self._pool.uri_of(*sample)
            there = picture_exists(uri)
            if there and sample not in listed:
                yield PoolFault("unlisted_picture", uri)
                if fix:
                    _delete(uri)
            elif sample in listed and not there:
                yield PoolFault("lost_picture", uri)
                if fix:
                    release_samples(self._database, [sample[1]])
            elif sample in unsent:
                yield PoolFault("unsent_sample", sample[1])
                if fix:
                    self._enter_sender(sample[1])

    def _enter_sender(self, sha256: str) -> None:
        """As the list names the first one; a service of an earlier version keeps no other."""
        with self._database.begin(sqlite_begin="IMMEDIATE") as connection:
            columns = (SAMPLES.c.sha256, SAMPLES.c.key_id, SAMPLES.c.created_at)
            row = connection.execute(select(*columns).where(SAMPLES.c.sha256 == sha256)).mappings()
            connection.execute(insert(SAMPLE_SOURCES), [{"id": create_id(), **one} for one in row])

    def _gone_predictions(self, *, fix: bool) -> list[PoolFault]:
        named = SAMPLE_SOURCES.c.prediction_id
        there = exists().where(PREDICTIONS.c.id == named)
        statement = select(named).where(named.is_not(None), ~there).distinct()
        with samples_locked(self._database), self._database.begin() as connection:
            gone = sorted(connection.scalars(statement))
        for some in _batches(gone) if fix else ():
            self._pool.remove(SampleQuery(predictions=tuple(some)))
        return [PoolFault("gone_prediction", identity) for identity in gone]

    def _local_faults(self, *, fix: bool) -> list[PoolFault]:
        """Rights and leftovers, which a bucket does not know."""
        root = Path(self._pool.place).expanduser()
        if is_remote(self._pool.place) or not root.is_dir():
            return []
        folders = [
            root,
            *(root / label for label in sorted(self._labels) if (root / label).is_dir()),
        ]
        drafts = [path for folder in folders for path in list_abandoned(folder)]
        if fix:
            for folder in folders:
                clear_drafts(folder)
        return [PoolFault("draft", str(path)) for path in drafts] + [
            PoolFault("open_rights", str(path)) for path in _open_to_others(folders, fix=fix)
        ]


def _open_to_others(folders: Iterable[Path], *, fix: bool) -> Iterator[Path]:
    for folder in folders:
        for path in (folder, *(one for one in folder.iterdir() if _PICTURE.fullmatch(one.name))):
            try:
                mode = stat.S_IMODE(path.stat().st_mode)
                if mode & _OTHERS:
                    if fix:
                        path.chmod(mode & ~_OTHERS)
                    yield path
            except FileNotFoundError:  # withdrawn meanwhile
                continue


def _delete(uri: str) -> None:
    if failed := delete_pictures([uri]):
        raise DataError(f"{uri} cannot be removed: {failed[uri]}; check the rights of its place")


def _walk(place: str) -> Iterator[str]:
    """Every file below the place, by its path there."""
    if is_remote(place):
        try:
            yield from (uri.removeprefix(f"{place}/") for uri in walk_remote(f"{place}/"))
        except SourceNotFoundError:
            return
        return
    root = Path(place).expanduser()
    yield from (str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())


def _batches(items: list[T], size: int = 500) -> Iterator[list[T]]:
    yield from (items[start : start + size] for start in range(0, len(items), size))
