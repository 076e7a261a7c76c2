"""Which part of a data set a name stands for: train, validation, test, calibration.

One rule for folders, shards, tar members and cells of tables: a word of the list below, in any
case, alone or set off by anything that is no letter (``test_00000``, ``faces-Valid.v2``,
``TestSet``). A name that says two parts, or a set in which some names say ``train`` and others
nothing, cannot be told and is refused: a test picture must never teach.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from typing import Final

from genderlens.errors import ManifestError

WORDS: Final = {
    "train": "train",
    "training": "train",
    "calibration": "calibration",
    "val": "val",
    "valid": "val",
    "validation": "val",
    "dev": "val",
    "test": "test",
    "testing": "test",
    "eval": "test",
    "evaluation": "test",
}
"""Word in lower case → the split."""
SPLIT_COLUMNS: Final = ("split", "subset", "partition", "part", "set", "usage")
"""Where a table says the part; all but ``split`` only where their cells are words for parts."""
NO_PART: Final = "data"
"""What the shards of undivided pictures are called: ``data-00000-of-00003.parquet``."""
_CAMEL: Final = re.compile(r"(?<=[a-z])(?=[A-Z])")
_JOINT: Final = re.compile(r"[\W\d_]+")
_UNDIVIDED: Final = re.compile(rf"{NO_PART}-\d+-of-\d+\..*", re.IGNORECASE)


def parts_in(name: str) -> set[str]:
    """The parts that the words of a name stand for, none for most names."""
    words = _JOINT.split(_CAMEL.sub(" ", name).lower())
    return {part for word in words if (part := WORDS.get(re.sub(r"(?<=.)sets?$", "", word)))}


def find_part(name: str, where: str) -> str | None:
    """The part that a name stands for; ManifestError where it stands for two."""
    parts = sorted(parts_in(name))
    if len(parts) > 1:
        raise ManifestError(
            f"{where} is of {' and '.join(parts)} by its name, which cannot be told apart; "
            "rename it so that it says one of them"
        )
    return parts[0] if parts else None


def find_part_of_path(names: Sequence[str], where: str) -> str | None:
    """The part that the folders and the name of a file agree on.

    ManifestError where one says train and another says test.
    """
    parts = {part for name in names if (part := find_part(name, where))}
    if len(parts) > 1:
        raise ManifestError(
            f"{where} is of {' and '.join(sorted(parts))} by its folders and name; "
            "rename one of them"
        )
    return parts.pop() if parts else None


def require_told(parts: Mapping[str, str | None]) -> None:
    """ManifestError where some files or folders say ``train`` and others no part.

    Pictures without a part are divided, so those of an unknown word would teach. Beside validation
    or test alone they are what is there to learn from.
    """
    if "train" not in parts.values():
        return
    for where, part in parts.items():
        if part is None and not _UNDIVIDED.fullmatch(where.rpartition("/")[2]):
            raise ManifestError(
                f"{where} says no part, while others beside it say 'train', so it cannot be told "
                f"whether it may teach; put one of the words {_known()} into its name, or move it "
                "elsewhere"
            )


def parse_part(value: object, where: str) -> str | None:
    """The part that a cell stands for; None where nothing is written.

    ManifestError for a word that stands for none.
    """
    text = "" if value is None else str(value).strip()
    part = find_part(text, where) if text else None
    if text and part is None:
        near = get_close_matches(text.lower(), WORDS, 1)
        hint = f"did you mean {near[0]!r}? " if near else ""
        raise ManifestError(f"unknown split {value!r} at {where}; {hint}known are {_known()}")
    return part


def speaks_of_parts(values: Iterable[str | None]) -> bool:
    """Whether any cell of a column is just a word for a part."""
    return any(value.strip().lower() in WORDS for value in values if value)


def _known() -> str:
    return ", ".join(sorted(WORDS))
