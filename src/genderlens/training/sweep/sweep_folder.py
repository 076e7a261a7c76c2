"""The folder of a sweep: which rows it has, and that they stay the same from session to session."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from genderlens.errors import TrainingError
from genderlens.recipe import Recipe
from genderlens.run_folder import RunFolder
from genderlens.storage import write_bytes_atomically
from genderlens.training.sweep.plan import PlannedRow, recipe_key

_FORMAT = 1


@dataclass(frozen=True)
class SweepRow:
    """One training of a sweep and its place."""

    label: str
    recipe: Recipe
    run: RunFolder

    @property
    def failure(self) -> Path:
        """Why the row failed; there is no such file unless it did."""
        return self.run.path / "failure.json"


@dataclass(frozen=True)
class SweepFolder:
    """Paths and small files of one sweep."""

    path: Path

    @property
    def plan(self) -> Path:
        return self.path / "sweep.json"

    def take_up(self, planned: list[PlannedRow], manifest_sha256: str) -> list[SweepRow]:
        """The rows with their folders, those of an earlier session first.

        TrainingError where an earlier session had other pictures, or a row that is gone now.
        Labels may change, rows may come: new ones stand behind the old ones.
        """
        stored = self._read()
        rows = self._merge(self._known(stored), planned)
        if stored and stored["manifest_sha256"] != manifest_sha256:
            raise TrainingError(
                f"{self.path} holds a sweep over other pictures or labels; give another --out"
            )
        self._write(rows, manifest_sha256)
        return rows

    def _merge(self, known: list[SweepRow], planned: list[PlannedRow]) -> list[SweepRow]:
        wanted = {row.key: row for row in planned}
        keys = [recipe_key(row.recipe) for row in known]
        fresh = [row for row in planned if row.key not in keys]
        for row, key in zip(known, keys, strict=True):
            if key not in wanted:
                raise TrainingError(
                    f"{self.path} holds another sweep: {_difference(row, fresh)}; take the change "
                    "back or give another --out (only new rows may be added)"
                )
        old = [
            SweepRow(wanted[key].label, row.recipe, row.run)
            for row, key in zip(known, keys, strict=True)
        ]
        return old + [self._place(row, len(old) + index) for index, row in enumerate(fresh, 1)]

    def _place(self, row: PlannedRow, number: int) -> SweepRow:
        folder = self.path / "rows" / f"{number:02d}-{row.slug}"
        return SweepRow(row.label, row.recipe, RunFolder(folder))

    def _known(self, stored: dict[str, Any]) -> list[SweepRow]:
        try:
            return [
                SweepRow(
                    row["label"],
                    Recipe.model_validate(row["recipe"]),
                    RunFolder(self.path / "rows" / row["folder"]),
                )
                for row in stored.get("rows", ())
            ]
        except ValidationError as error:
            raise TrainingError(
                f"{self.plan} holds recipes of another version: {error}; give another --out"
            ) from error

    def _read(self) -> dict[str, Any]:
        if not self.plan.is_file():
            if any(not path.name.startswith(".") for path in self.path.glob("*")):
                raise TrainingError(
                    f"{self.path} holds something else than a sweep; give another --out"
                )
            return {}
        try:
            stored = json.loads(self.plan.read_text("utf-8"))
            assert stored["format"] == _FORMAT
        except (ValueError, KeyError, TypeError, AssertionError) as error:
            raise TrainingError(
                f"{self.plan} is no plan of this version; give another --out"
            ) from error
        return dict(stored)

    def _write(self, rows: list[SweepRow], manifest_sha256: str) -> None:
        content = {
            "format": _FORMAT,
            "manifest_sha256": manifest_sha256,
            "rows": [
                {
                    "label": row.label,
                    "folder": row.run.path.name,
                    "recipe": row.recipe.model_dump(mode="json"),
                }
                for row in rows
            ],
        }
        write_bytes_atomically(self.plan, json.dumps(content, indent=2).encode())


def _difference(row: SweepRow, fresh: list[PlannedRow]) -> str:
    """What became of a row that is gone: the values in which the most similar new one differs."""
    before = dict(_values("", row.recipe.model_dump(mode="json", exclude={"name"})))
    changes: list[list[str]] = []
    for other in fresh:
        after = dict(_values("", other.recipe.model_dump(mode="json", exclude={"name"})))
        keys = [key for key in before | after if before.get(key) != after.get(key)]
        changes.append([f"{key} was {before.get(key)} and is {after.get(key)}" for key in keys])
    if not changes:
        return f"row {row.run.path.name} ({row.label}) is gone"
    fewest: list[str] = min(changes, key=len)
    return f"in row {row.run.path.name} " + ", ".join(fewest)


def _values(key: str, value: Any) -> Iterator[tuple[str, Any]]:
    if not isinstance(value, dict):
        yield key, value
        return
    for name, part in value.items():
        yield from _values(f"{key}.{name}" if key else name, part)
