"""A picture from the web, fetched with care; only where the program allows it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from genderlens._version import __version__
from genderlens.library.files import Refused
from genderlens.storage import MAX_FILE_BYTES

if TYPE_CHECKING:
    from urllib.request import OpenerDirector

TIMEOUT_S: Final = 30.0
_CHUNK: Final = 65536


def read_url(url: str, *, most_bytes: int = MAX_FILE_BYTES) -> bytes | Refused:
    """What an ``http`` or ``https`` address gives, of at most so many bytes.

    Each read waits for 30 s at most. The address decides whom this asks, so it must come from
    whoever runs the program, never from its users.
    """
    opener = _opener()
    content = bytearray()
    try:
        with opener.open(url, timeout=TIMEOUT_S) as answer:
            while chunk := answer.read(_CHUNK):
                content += chunk
                if len(content) > most_bytes:
                    return Refused("file_too_large", f"{url} has more than {most_bytes:,} bytes")
    except (OSError, ValueError) as error:
        return Refused("file_not_readable", f"{url} cannot be fetched: {error}")
    return bytes(content)


def _opener() -> OpenerDirector:
    """Of the web alone: no redirect leads to a file or to FTP."""
    import urllib.request  # with all of HTTP and TLS, which few calls need

    opener = urllib.request.OpenerDirector()
    for handler in (
        urllib.request.ProxyHandler(),
        urllib.request.HTTPHandler(),
        urllib.request.HTTPSHandler(),
        urllib.request.HTTPDefaultErrorHandler(),
        urllib.request.HTTPRedirectHandler(),
        urllib.request.HTTPErrorProcessor(),
        urllib.request.UnknownHandler(),
    ):
        opener.add_handler(handler)
    opener.addheaders = [("User-Agent", f"genderlens/{__version__}")]
    return opener
