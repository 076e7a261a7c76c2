"""Bundles fetched from a cloud: once, checked by SHA-256, and usable without a network afterwards.

An address of a bundle stands for one content for ever, as versions do; to have a folder fetched
again, remove it below ``models/`` in the cache folder.
"""

from __future__ import annotations

import hashlib
import logging
from pathlib import Path
from typing import Final

from tqdm import tqdm

from genderlens.bundle import DESCRIPTION, MAX_DESCRIPTION_BYTES, load_bundle
from genderlens.errors import BundleError, BundleNotFoundError, SourceNotFoundError
from genderlens.files.drafts import draft_folder, put_folder
from genderlens.files.locks import exclusive
from genderlens.registry.limits import (
    MAX_BUNDLE_BYTES,
    MAX_FILE_BYTES,
    parse_description,
    require_size,
)
from genderlens.remote import describe_remote, download_file, read_remote

FOLDER: Final = "models"
_LOCKS: Final = "locks"
_log = logging.getLogger(__name__)


def fetch_bundle(uri: str, cache_dir: Path) -> Path:
    """The local folder of the bundle at an address; fetched where it is not there or is damaged.

    Raises BundleNotFoundError, BundleIntegrityError, DataError where the cloud cannot be asked.
    """
    uri = uri.rstrip("/")
    cache_dir = cache_dir.expanduser()
    folder = cache_dir / FOLDER / cache_name(uri)
    if _fault(folder) is None:
        return folder
    (cache_dir / _LOCKS).mkdir(parents=True, exist_ok=True)
    with exclusive(cache_dir / _LOCKS / folder.name):
        fault = _fault(folder)
        if fault is None:
            return folder  # another process was faster
        if fault:
            _log.warning("the cached copy of %s is fetched again: %s", uri, fault)
        with draft_folder(folder) as draft:
            _download(uri, draft / "bundle")
            put_folder(draft / "bundle", folder)
    return folder


def _fault(folder: Path) -> str | None:
    """What is wrong with a copy, empty where there is none; None where it is whole."""
    if not folder.is_dir():
        return ""
    try:
        load_bundle(str(folder))
    except BundleError as error:
        return error.message
    return None


def cache_name(uri: str) -> str:
    """The name of an address in the cache: readable, and different for different addresses."""
    digest = hashlib.sha256(uri.rstrip("/").encode()).hexdigest()[:16]
    return f"{uri.rstrip('/').rpartition('/')[2][:80]}-{digest}"


def _download(uri: str, folder: Path) -> None:
    try:
        content = read_remote(f"{uri}/{DESCRIPTION}", MAX_DESCRIPTION_BYTES)
    except SourceNotFoundError as error:
        raise BundleNotFoundError(f"no bundle at {uri}: {error.message}") from error
    description = parse_description(content, f"{uri}/{DESCRIPTION}")
    sizes = {name: describe_remote(f"{uri}/{name}").size for name in description.files}
    for name, size in sizes.items():
        require_size(size, MAX_FILE_BYTES, f"{uri}/{name}")
    require_size(sum(sizes.values()), MAX_BUNDLE_BYTES, uri)
    folder.mkdir()
    for name in tqdm(sizes, desc="fetching the model", delay=1.0, leave=False):
        download_file(f"{uri}/{name}", folder / name, sizes[name])
    (folder / DESCRIPTION).write_bytes(content)
    load_bundle(str(folder))
