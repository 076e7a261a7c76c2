"""Deletion that is complete: answers, corrections, samples, and the copies made of those.

Samples go before the answers they came with: what stops a deletion halfway leaves the answers, and
the same call once more goes on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from genderlens.data.decoded import list_copies, read_note, remove_copies
from genderlens.errors import TurnedOffError
from genderlens.history.database import Database
from genderlens.history.pool import SamplePool, create_pool
from genderlens.history.predictions import (
    PURGED_AT_A_TIME,
    Query,
    count_predictions,
    delete_predictions,
    delete_rows,
    find_prediction,
    list_sampled,
)
from genderlens.history.samples import SampleQuery, count_sent, list_hashes
from genderlens.settings import Settings


@dataclass(frozen=True, slots=True)
class Erased:
    """How much of each kind was removed."""

    predictions: int = 0
    samples: int = 0


class Eraser:
    """``pool`` is None where the settings name no place for samples."""

    def __init__(self, database: Database, pool: SamplePool | None, cache_dir: Path) -> None:
        self._database, self._pool, self._cache_dir = database, pool, cache_dir

    def prediction(self, identity: str, query: Query) -> bool:
        """Delete an answer that the query lets through; whether there was one.

        Raises TurnedOffError where its picture lies in a pool that the settings no longer name,
        DataError where that cannot be removed, and DatabaseError.
        """
        if find_prediction(self._database, identity, query) is None:
            return False
        if self._pool is None and list_sampled(self._database, Query(), [identity]):
            raise _no_pool()
        return self._delete([identity]) > 0

    def predictions(self, query: Query) -> int:
        """Delete all answers that the query lets through; how many there were.

        Those without a sample go first, so that a pool out of reach holds up none of them.
        """
        total = delete_predictions(self._database, query, sampled=False)
        while sampled := list_sampled(self._database, query):
            if self._pool is None:
                raise _no_pool()
            total += self._delete(sampled)
            if len(sampled) < PURGED_AT_A_TIME:
                break
        return total

    def older_than(self, moment: datetime) -> int:
        """Delete all answers from before a time."""
        return self.predictions(Query(until=moment))

    def samples(self, wanted: SampleQuery) -> int:
        """Remove samples and the copies that training made of them; how many there were."""
        if self._pool is None:
            raise _no_pool()
        count = self._pool.remove(wanted)
        if count:
            remove_copies(self._cache_dir, self._pool.place)
        return count

    def count(self, key_id: str) -> Erased:
        """How much ``key`` would remove."""
        return Erased(
            count_predictions(self._database, Query(key_id=key_id)),
            count_sent(self._database, key_id),
        )

    def key(self, key_id: str) -> Erased:
        """Delete everything that was asked or sent with an API key."""
        samples = 0
        if self._pool is not None or count_sent(self._database, key_id):
            samples = self.samples(SampleQuery(key_id=key_id))
        return Erased(self.predictions(Query(key_id=key_id)), samples)

    def stale_copies(self, *, remove: bool = False) -> list[Path]:
        """Copies of the pool on this machine that hold a sample which is on the list no more.

        With ``remove`` they go, but for those that a training uses, which leave with it.
        """
        if self._pool is None:
            return []
        found = [(path, read_note(path)) for path in list_copies(self._cache_dir, self._pool.place)]
        held = {path: note.samples for path, note in found if note is not None}
        listed = list_hashes(self._database) if held else set()
        stale = [path for path, samples in held.items() if not samples <= listed]
        if stale and remove:
            remove_copies(self._cache_dir, self._pool.place)
        return stale

    def _delete(self, identities: Sequence[str]) -> int:
        """Samples once more behind the rows: a correction may have brought one in between."""
        wanted = SampleQuery(predictions=tuple(identities))
        if self._pool is not None:
            self.samples(wanted)
        count = delete_rows(self._database, identities)
        if self._pool is not None:
            self.samples(wanted)
        return count


def create_eraser(settings: Settings, database: Database) -> Eraser:
    """The eraser of the settings' pool and cache."""
    pool, cache_dir = create_pool(settings, database), settings.cache_dir.expanduser()
    return Eraser(database, pool, cache_dir)


def _no_pool() -> TurnedOffError:
    return TurnedOffError(
        "pictures of this lie in a sample pool that the settings no longer name; the operator sets "
        "GENDERLENS_SAMPLES as it was, and then they are deleted with it"
    )
