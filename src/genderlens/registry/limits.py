"""What may be a version and what may lie in it: data only, and of bounded size.

A bundle that comes from elsewhere is checked before one of its files is copied or fetched.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Final

from genderlens.bundle import DESCRIPTION, Description
from genderlens.errors import BundleError, BundleIntegrityError, VersionNotFoundError

MAX_FILE_BYTES: Final = 1_000_000_000
MAX_BUNDLE_BYTES: Final = 2_000_000_000
MAX_FILES: Final = 32
KINDS: Final = frozenset({".onnx", ".safetensors", ".json", ".md", ".txt", ".html", ".png"})
"""Suffixes of files that nothing executes; a pickle of any name is none of them."""

_VERSION: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,160}")


def is_version_name(name: str) -> bool:
    """Whether a version may be called so."""
    return _VERSION.fullmatch(name) is not None


def require_version_name(version: str) -> str:
    """Itself; VersionNotFoundError for what cannot be one, such as a path."""
    if not is_version_name(version):
        raise VersionNotFoundError(
            f"{version[:80]!r} is no version: letters, digits, '.', '_' and '-' only; "
            "see genderlens models list"
        )
    return version


def parse_description(content: bytes, where: str) -> Description:
    """A ``bundle.json``, the names of its files checked; BundleError, BundleIntegrityError."""
    try:
        description = Description.model_validate_json(content)
    except ValueError as error:
        reason = str(error).splitlines()[0]
        raise BundleError(f"{where} describes no bundle: {reason}; export it again") from error
    require_data_files(description.files, where)
    return description


def require_data_files(files: Mapping[str, str], where: str) -> None:
    """BundleIntegrityError for a file that is no plain data, or for too many of them."""
    if len(files) > MAX_FILES:
        raise BundleIntegrityError(f"{where} signs {len(files)} files, the limit is {MAX_FILES}")
    for name in files:
        plain = PurePosixPath(name).name == name == Path(name).name and name != DESCRIPTION
        if not plain or PurePosixPath(name).suffix not in KINDS:
            raise BundleIntegrityError(
                f"{where} holds {name[:80]!r}; a bundle holds plain files of the kinds "
                f"{', '.join(sorted(KINDS))} only"
            )


def require_size(count: int, limit: int, what: str) -> None:
    """BundleIntegrityError where ``count`` bytes are more than the limit."""
    if count > limit:
        raise BundleIntegrityError(f"{what} has {count:,} bytes, the limit is {limit:,}")
