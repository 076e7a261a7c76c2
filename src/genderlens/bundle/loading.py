"""Bundles from folders, checked, and written back, signed."""

from __future__ import annotations

import json
from importlib import resources
from pathlib import Path

from pydantic import ValidationError

from genderlens.bundle.description import (
    DESCRIPTION,
    INT8_MODEL,
    MAX_DESCRIPTION_BYTES,
    MODEL,
    Description,
)
from genderlens.bundle.opened import Bundle, changed, not_plain
from genderlens.errors import (
    BundleError,
    BundleIntegrityError,
    BundleNotFoundError,
)
from genderlens.files.plain import read_plain, sha256_of_plain
from genderlens.storage import sha256_of_file, write_bytes_atomically


def default_bundle_path() -> Path:
    """The folder of the bundle that ships with the package."""
    return Path(str(resources.files("genderlens"))) / "models" / "default"


def load_bundle(reference: str = "default") -> Bundle:
    """The bundle named ``default`` or the one in a folder, every file checked against its SHA-256.

    Raises BundleNotFoundError, BundleError for a wrong description, BundleIntegrityError for a
    wrong file.
    """
    path = default_bundle_path() if reference == "default" else Path(reference)
    description = _read_description(path)
    _check_files(path, description)
    return Bundle(path, description)


def write_bundle(path: Path, description: Description) -> Bundle:
    """Sign the files that lie in ``path`` already and write ``bundle.json`` last."""
    names = sorted(p.name for p in path.iterdir() if p.is_file() and p.name != DESCRIPTION)
    files = {name: sha256_of_file(path / name) for name in names if not name.startswith(".")}
    signed = description.model_copy(update={"files": files})
    absent = {"imported"} if signed.imported is None else None  # earlier versions know no such key
    document = signed.model_dump(mode="json", exclude=absent)
    content = json.dumps(document, indent=2, ensure_ascii=False) + "\n"
    write_bytes_atomically(path / DESCRIPTION, content.encode("utf-8"))
    return load_bundle(str(path))


def _read_description(folder: Path) -> Description:
    path = folder / DESCRIPTION
    try:
        content = read_plain(path, MAX_DESCRIPTION_BYTES)
    except (FileNotFoundError, NotADirectoryError, ValueError) as error:
        raise BundleNotFoundError(
            f"no bundle at {str(folder)!r}: it holds no {DESCRIPTION}; "
            "give 'default' or the folder that 'genderlens export' wrote"
        ) from error
    except OSError as error:
        raise not_plain(path, error) from error
    try:
        return Description.model_validate_json(content)
    except ValidationError as error:
        fault = error.errors()[0]
        where = ".".join(str(part) for part in fault["loc"]) or "the file"
        raise BundleError(f"{path}: {where}: {fault['msg']}; export the bundle again") from error


def _check_files(path: Path, description: Description) -> None:
    if MODEL not in description.files:
        raise BundleIntegrityError(f"{path / DESCRIPTION} does not sign {MODEL}; export it again")
    if description.precision.serves == "int8" and INT8_MODEL not in description.files:
        raise BundleIntegrityError(
            f"{path / DESCRIPTION} serves INT8 and does not sign {INT8_MODEL}; export it again"
        )
    for name, expected in description.files.items():
        file = path / name
        if Path(name).name != name or "\0" in name:
            raise BundleIntegrityError(f"{path} must hold {name!r} as a plain file; copy it again")
        try:
            found = sha256_of_plain(file)
        except OSError as error:
            raise not_plain(file, error) from error
        if found != expected:
            raise changed(file)
