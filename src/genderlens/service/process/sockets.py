"""The places where a service listens: one port, or one that several processes share and an own one.

Sockets of one user that all say ``SO_REUSEPORT`` may be bound to one port; Linux deals the new
connections out among those that listen.
"""

from __future__ import annotations

import logging
import socket
import sys
from contextlib import ExitStack
from typing import Any

from genderlens.errors import SettingsError, StartError
from genderlens.settings import Settings

_log = logging.getLogger(__name__)


def require_free(settings: Settings) -> None:
    """StartError where an address cannot be bound, before a model is loaded for nothing."""
    for one in _bind_all(settings):
        one.close()


def open_sockets(settings: Settings) -> list[socket.socket] | None:
    """Bound sockets that do not listen yet; None where the server may bind its one port itself."""
    if not settings.share_port and settings.own_port is None:
        return None
    return _bind_all(settings)


def warn_of_separate_counts(settings: Settings) -> None:
    """Say in the log that a client has the limit once for each process."""
    if settings.share_port and settings.rate_limit_url is None and settings.rate_limit != "off":
        _log.warning(
            "each process that shares port %s counts requests by itself, so a client may send the "
            "limit of each; set GENDERLENS_RATE_LIMIT_URL to count together",
            settings.port,
        )


def _bind_all(settings: Settings) -> list[socket.socket]:
    if settings.share_port and not sys.platform.startswith("linux"):
        raise SettingsError(
            f"GENDERLENS_SHARE_PORT=true: {sys.platform} does not deal connections out among "
            "processes; give each a port of its own, and have a proxy deal them out"
        )
    with ExitStack() as opened:
        sockets = _bind(settings.host, settings.port, opened, shared=settings.share_port)
        if settings.own_port is not None:
            sockets += _bind(settings.host, settings.own_port, opened, shared=False)
        opened.pop_all()
        return sockets


def _bind(host: str, port: int, opened: ExitStack, *, shared: bool) -> list[socket.socket]:
    """A socket for each address that a name has."""
    try:
        places = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        return [_bind_one(place, opened, shared=shared) for place in places]
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise StartError(
            f"cannot serve on {host}:{port}: {reason}; give another --port or --host, or end what "
            "listens there"
        ) from error


def _bind_one(place: Any, opened: ExitStack, *, shared: bool) -> socket.socket:
    family, kind, protocol, _, address = place
    found = opened.enter_context(socket.socket(family, kind, protocol))
    found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if family == socket.AF_INET6:
        found.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
    if shared:
        found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    found.bind(address)
    return found
