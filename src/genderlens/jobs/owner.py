"""The name under which the worker of a jobs folder owns jobs."""

from __future__ import annotations

import secrets
import socket
from pathlib import Path
from typing import Final

from genderlens.storage import write_bytes_atomically

_FILE: Final = "owner"
_HOST_CHARS: Final = 150


def read_owner(folder: Path) -> str:
    """``HOST:TOKEN``, the same for every worker of this folder on this machine.

    The token lies in the folder, since machines may well have one host name and one path. Only
    the holder of the folder's lock may call it: a folder without a token is given one.
    """
    path = folder / _FILE
    token = path.read_text("ascii", "replace").strip()[:32] if path.is_file() else ""
    if not token:
        token = secrets.token_hex(8)
        write_bytes_atomically(path, f"{token}\n".encode())
    return f"{socket.gethostname()[:_HOST_CHARS]}:{token}"
