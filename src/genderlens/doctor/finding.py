"""One thing that was looked at."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from genderlens.errors import GenderlensError

State = Literal["ok", "note", "fault"]


@dataclass(frozen=True, slots=True)
class Finding:
    """``fault``: it would not work; ``note``: it works, and something about it is to be known."""

    name: str
    text: str
    state: State = "ok"
    way_out: str = ""
    facts: dict[str, Any] = field(default_factory=dict)
    """Figures for machines."""

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        found: dict[str, Any] = {"name": self.name, "state": self.state, "text": self.text}
        if self.way_out:
            found["way_out"] = self.way_out
        return found | self.facts


@dataclass(frozen=True, slots=True)
class Section:
    """Findings that belong together."""

    name: str
    findings: list[Finding]


def attempt(name: str, look: Callable[[], list[Finding]]) -> list[Finding]:
    """The findings of a look, or the error that ended it; our messages hold their way out."""
    try:
        return look()
    except GenderlensError as error:
        fact, _, way_out = error.message.partition("; ")
        return [Finding(name, fact, "fault", way_out, {"code": error.code})]
