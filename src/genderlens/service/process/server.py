"""The server of ``genderlens serve``: uvicorn with a stricter parser, and an end in time."""

from __future__ import annotations

import logging
import socket
import sys
from contextvars import ContextVar
from typing import Any, Final

import uvicorn

from genderlens.service.process.protocol import HttpProtocol
from genderlens.service.process.stopping import leave_stuck_threads

GRACE_S: Final = 12
"""How long requests that were accepted may take to be answered."""
_IS_OURS: ContextVar[bool] = ContextVar("is_ours", default=False)
_log = logging.getLogger(__name__)


def run_server(app: Any, sockets: list[socket.socket] | None = None, **options: Any) -> None:
    """Serve until a signal, on bound sockets or else on ``host`` and ``port`` of the options.

    Ends the process itself where threads would keep it from ending.
    """
    config = uvicorn.Config(
        app,
        http=HttpProtocol,
        ws="none",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,  # BehindProxy reads them, of those that the settings trust
        timeout_graceful_shutdown=GRACE_S,
        **options,
    )
    server = uvicorn.Server(config)
    _IS_OURS.set(True)
    try:
        server.run(sockets)
    except KeyboardInterrupt:
        pass
    finally:
        leave_stuck_threads()
    if not server.started:
        sys.exit(1)


def warn_of_other_server() -> None:
    """Say what an application lacks that another server runs."""
    if not _IS_OURS.get():
        _log.warning(
            "another server than that of 'genderlens serve' reads the requests: nothing here "
            "refuses repeated lengths, limits slow headers and readers, or lets a refusal reach "
            "a client that still sends; have a proxy do so, or start 'genderlens serve'"
        )
