"""A mark that says a manifest was written by this user, so that it may name pictures anywhere.

A table from elsewhere must not choose which files of this machine are read. What this user's own
commands wrote is known by a keyed digest of its addresses; the key never leaves the cache folder.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import secrets
from pathlib import Path
from typing import Final

import pyarrow as pa

from genderlens.settings import load_settings

SEAL: Final = b"genderlens.seal"
"""The key of the mark in the metadata of the Parquet schema."""
_KEY_FILE: Final = "manifest.key"
_KEY_BYTES: Final = 32


def with_seal(table: pa.Table) -> pa.Table:
    """The table with the mark of this user; as it is where no key can be kept."""
    try:
        key = _read_or_create_key()
    except OSError:
        return table
    metadata = {**(table.schema.metadata or {}), SEAL: _digest(table, key)}
    return table.replace_schema_metadata(metadata)


def is_sealed(table: pa.Table) -> bool:
    """Whether the table carries the mark of this user and no address was changed since."""
    mark = (table.schema.metadata or {}).get(SEAL)
    try:
        key = _key_path().read_bytes()
    except OSError:
        return False
    if mark is None or len(key) != _KEY_BYTES:
        return False
    return hmac.compare_digest(mark, _digest(table, key))


def _digest(table: pa.Table, key: bytes) -> bytes:
    """Over the addresses alone: they decide what is read."""
    uris = json.dumps(table.column("uri").to_pylist())
    return hmac.new(key, uris.encode(), hashlib.sha256).hexdigest().encode()


def _key_path() -> Path:
    return load_settings().cache_dir.expanduser() / _KEY_FILE


def _read_or_create_key() -> bytes:
    """The key, made by whoever comes first; OSError where the folder cannot be written."""
    path = _key_path()
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{_KEY_FILE}.{secrets.token_hex(8)}")
    if not path.exists():
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(secrets.token_bytes(_KEY_BYTES))
        try:
            os.link(fresh, path)
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    return path.read_bytes()
