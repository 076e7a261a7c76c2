"""The folder that a making lives in."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from genderlens.errors import TrainingError
from genderlens.storage import write_bytes_atomically

_MADE_OF = "made-of.json"


@dataclass(frozen=True)
class Making:
    """What a model is made of."""

    data: str
    """SOURCE of labelled faces with the columns ``age`` and ``race``."""
    plan: str
    """Plan, by name or YAML file."""
    recipe: str
    """Recipe that says which rows calibrate, and the auxiliary heads."""


@dataclass(frozen=True)
class Work:
    """A folder with a subfolder for each step."""

    folder: Path
    making: Making
    minutes: float | None = None
    """For the plan; None: each of its stages takes its epochs."""

    @property
    def parts(self) -> Path:
        return self.folder / "parts"

    @property
    def states(self) -> Path:
        return self.folder / "states"

    @property
    def left(self) -> Path:
        return self.folder / "left"

    @property
    def run(self) -> Path:
        return self.folder / "run"

    @property
    def exported(self) -> Path:
        """The bundle before it gets its further head."""
        return self.folder / "exported"

    @property
    def bundle(self) -> Path:
        return self.folder / "bundle"

    @property
    def report(self) -> Path:
        return self.folder / "report"

    @property
    def registry(self) -> Path:
        return self.folder / "registry"

    @property
    def verdict(self) -> Path:
        """The decision of the gates."""
        return self.folder / "gates.json"

    def begin(self) -> None:
        """Note what it is made of; TrainingError where the folder is that of another making."""
        self.folder.mkdir(parents=True, exist_ok=True)
        path, asked = self.folder / _MADE_OF, asdict(self.making)
        if not path.is_file():
            write_bytes_atomically(path, json.dumps(asked, indent=2).encode())
            return
        for name, was in json.loads(path.read_text("utf-8")).items():
            if asked[name] != was:
                raise TrainingError(
                    f"{self.folder} was begun with {name} {was!r}, not {asked[name]!r}; give that, "
                    "or another --out"
                )
