"""What labelled pictures say of each head of a bundle: a column, and its words as numbers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from genderlens.bundle import Bundle
from genderlens.data.manifest import Manifest
from genderlens.data.vocabulary import Vocabulary
from genderlens.errors import SettingsError, did_you_mean
from genderlens.heads import Head

Codes = NDArray[np.int64]
"""N numbers of labels, -1 where a row says nothing."""


def find_columns(
    bundle: Bundle, manifest: Manifest, told: Mapping[str, str] | None = None
) -> dict[str, str]:
    """Further head → the column that holds its truth; heads without a column are not there.

    It is the one that is told, else the one of the recipe that trained the bundle, else the one of
    the head's name. Raises SettingsError for a told head or column that there is none of.
    """
    told = told or {}
    names = [head.name for head in bundle.heads[1:]]
    for name, column in told.items():
        _require(name, names, "the bundle has no further head")
        _require(column, manifest.attributes, "the data have no column")
    usual = {name: _recipe_column(bundle, name) for name in names} | dict(told)
    return {name: column for name, column in usual.items() if column in manifest.attributes}


def read_codes(head: Head, column: str, manifest: Manifest) -> Codes:
    """The numbers of a head's labels; UnknownLabelError for a word that is none of them."""
    words, known = Vocabulary(head), {label: code for code, label in enumerate(head.labels)}
    told = zip(manifest.column(column), manifest.uris, strict=True)
    codes = [-1 if word is None else known[words.parse(word, uri)] for word, uri in told]
    return np.asarray(codes, dtype=np.int64)


def _recipe_column(bundle: Bundle, name: str) -> str:
    heads: Any = bundle.description.provenance.recipe.get("heads") or {}
    return str((heads.get(name) or {}).get("column") or name)


def _require(name: str, known: Any, what: str) -> None:
    if name not in known:
        listed = ", ".join(known) or "none"
        raise SettingsError(f"{what} {name!r}; it has {listed}{did_you_mean(name, list(known))}")
