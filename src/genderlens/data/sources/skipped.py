"""What a source held that did not become a picture: nothing is left out without a word.

Refused is what should have been a picture and cannot be one: a broken link, a missing file, a
format that is not read. Passed over is what is none: hidden files, texts, links to folders.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any, Final

from genderlens.errors import SourceNotFoundError

_EXAMPLES: Final = 3


@dataclass
class SkippedItems:
    """Collects while a source is read; ``strict`` raises at the first entry that is refused."""

    strict: bool = False
    refusals: list[str] = field(default_factory=list)
    reasons: Counter[str] = field(default_factory=Counter)
    examples: dict[str, list[str]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def refuse(self, message: str) -> None:
        """Note an entry that cannot be read; SourceNotFoundError where the list is strict."""
        if self.strict:
            raise SourceNotFoundError(message)
        self.refusals.append(message)

    def pass_over(self, reason: str, where: str, count: int = 1) -> None:
        """Note something that is no picture."""
        self.reasons[reason] += count
        shown = self.examples.setdefault(reason, [])
        if len(shown) < _EXAMPLES:
            shown.append(PurePosixPath(where).name)

    def note(self, text: str) -> None:
        """Note once what is not taken of pictures that are."""
        if text not in self.notes:
            self.notes.append(text)

    @property
    def refused(self) -> int:
        """How many entries were refused."""
        return len(self.refusals)

    @property
    def passed_over(self) -> int:
        """How many entries were none of the pictures."""
        return self.reasons.total()

    def counts(self, read: int, refused: int | None = None) -> dict[str, Any]:
        """The counts beside ``read`` pictures, as JSON."""
        lost = self.refused if refused is None else refused
        return {
            "found": read + lost + self.passed_over,
            "read": read,
            "refused": lost,
            "passed_over": self.passed_over,
            "refusals": list(self.refusals),
            "passed_over_reasons": dict(sorted(self.reasons.items())),
            "notes": list(self.notes),
        }

    def sentences(self, read: int, refused: int | None = None) -> list[str]:
        """The same in words, one line each; nothing where everything was read."""
        lost = self.refused if refused is None else refused
        lines = [f"refused: {message}" for message in self.refusals]
        lines += [f"passed over: {text}" for text in self.describe_passed_over()]
        lines += [f"note: {text}" for text in self.notes]
        if lost or self.passed_over:
            found = read + lost + self.passed_over
            lines.append(
                f"{found:,} found: {read:,} read, {lost:,} refused, "
                f"{count_files(self.passed_over)} passed over"
            )
        return lines

    def describe_passed_over(self) -> list[str]:
        """Each reason with its count and a few names."""
        told = []
        for reason, count in sorted(self.reasons.items()):
            names = self.examples[reason]
            more = ", …" if count > len(names) else ""
            told.append(f"{count:,} × {reason} ({', '.join(names)}{more})")
        return told


def count_files(count: int) -> str:
    """``1 file`` or ``2,000 files``."""
    return f"{count:,} file{'' if count == 1 else 's'}"
