"""Which versions are used: one small JSON object, replaced as a whole.

All three aliases and the split of the traffic stand in it together, so that no reader ever sees
half of a promotion.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from genderlens.errors import RegistryError

FORMAT: Final = 1
"""Of what is stored; another one is of another version."""
ALIASES: Final = ("production", "candidate", "previous")


class RegistryState(BaseModel):
    """``traffic`` maps versions to weights; empty, production answers everything.

    ``decision`` names the stored decision that led here, None after a rollback or a split.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: Literal[1] = 1
    production: str | None = None
    candidate: str | None = None
    previous: str | None = None
    traffic: dict[str, float] = Field(default_factory=dict)
    decision: str | None = None
    changed: str | None = None

    @property
    def aliases(self) -> dict[str, str]:
        """The aliases that are set."""
        found = {name: getattr(self, name) for name in ALIASES}
        return {name: version for name, version in found.items() if version}

    def aliases_of(self, version: str) -> list[str]:
        """The aliases of a version, in their order."""
        return [name for name, named in self.aliases.items() if named == version]

    def with_changes(self, **changes: Any) -> RegistryState:
        """A copy with changes and the time of them."""
        now = datetime.now(UTC).isoformat(timespec="seconds")
        return self.model_copy(update={"decision": None, **changes, "changed": now})

    def promoted(self, version: str, decision: str | None = None) -> RegistryState:
        """``version`` in production, alone; what was there becomes ``previous``."""
        if version == self.production:
            return self.with_changes(traffic={}, decision=decision)
        candidate = None if self.candidate == version else self.candidate
        return self.with_changes(
            production=version,
            previous=self.production,
            candidate=candidate,
            traffic={},
            decision=decision,
        )

    def rolled_back(self) -> RegistryState:
        """``previous`` in production again; RegistryError where there is none."""
        if self.previous is None:
            raise RegistryError(
                "there is no previous version to go back to; promote one: genderlens models promote"
            )
        return self.with_changes(production=self.previous, previous=self.production, traffic={})

    def to_bytes(self) -> bytes:
        """What is stored."""
        return (self.model_dump_json(indent=2) + "\n").encode()


def parse_state(content: bytes | None, where: str) -> RegistryState:
    """What ``to_bytes`` wrote; nothing is a registry that nobody promoted in yet."""
    if content is None:
        return RegistryState()
    try:
        return RegistryState.model_validate_json(content)
    except ValidationError as error:
        fault = error.errors()[0]
        raise RegistryError(
            f"{where} is not understood: {fault['msg']}; restore it from a backup, or remove it "
            "and promote again"
        ) from error


def require_own_form(content: bytes | None, where: str) -> None:
    """RegistryError where the content says that it has another format than this version's."""
    try:
        found = json.loads(content or b"{}").get("format", FORMAT)
    except (ValueError, AttributeError):  # broken, which is another matter
        return
    if found != FORMAT:
        raise RegistryError(
            f"{where} is not understood: it has format {found!r}, and this version of genderlens "
            f"writes {FORMAT}; use the version that wrote it"
        )
