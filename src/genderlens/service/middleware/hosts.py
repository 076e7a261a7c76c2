"""Which names this service answers to: a foreign page must not reach it under a name of its own.

A browser that is sent to 127.0.0.1 by somebody else's name (DNS rebinding) takes the answer for
that somebody's own, whatever CORS says; only the Host header tells. Where the service is open to
this machine it answers to loopback names alone: another name comes from such a page, or through a
proxy. Elsewhere keys are asked for, which a foreign page does not have, and names count once the
settings list any.
"""

from __future__ import annotations

import ipaddress
import logging
import re
from typing import Final

from starlette.datastructures import Headers

from genderlens.client.addresses import is_loopback
from genderlens.errors import SettingsError, UnknownHostError
from genderlens.service.middleware.auth import needs_keys
from genderlens.settings import Settings

_HOST: Final = re.compile(r"(?:\[(?P<v6>[0-9a-f:.]+)\]|(?P<name>[a-z0-9._-]+))(?::\d{1,5})?")
_NAME: Final = re.compile(r"[a-z0-9._-]+")
_HEALTH: Final = re.compile(r"/health(/.*)?|/v2/health/.*")
"""Load balancers ask by address, and what they are told is no secret."""
_ADD_NAME: Final = "its operator adds the name to GENDERLENS_ALLOWED_HOSTS"
_OPENS_HERE_ONLY: Final = (
    "its operator sets GENDERLENS_AUTH=keys: without keys it is open to its own machine alone"
)
_log = logging.getLogger(__name__)


class Hosts:
    """The names of the settings. SettingsError for an entry that is no name or address."""

    def __init__(self, settings: Settings) -> None:
        entries = (entry.strip().lower() for entry in (settings.allowed_hosts or "").split(","))
        self._allowed = frozenset(_checked(entry) for entry in entries if entry)
        keyless = not needs_keys(settings)
        self._here_only = keyless and is_loopback(settings.host) and not settings.trusted_proxies
        if self._here_only and self._allowed:
            _log.warning(
                "GENDERLENS_ALLOWED_HOSTS opens nothing while the service is open without keys: "
                "set GENDERLENS_AUTH=keys and make keys"
            )
        self._active = self._here_only or ("*" not in self._allowed and bool(self._allowed))

    def require_known(self, path: str, headers: Headers) -> None:
        """UnknownHostError where the request was sent to another name than ours."""
        if not self._active or is_health(path):
            return
        given = headers.getlist("host")
        name = _name_of(given[0]) if len(given) == 1 else ""
        if is_loopback(name) or (name in self._allowed and not self._here_only):
            return
        raise UnknownHostError(
            f"this service does not answer to the host {', '.join(given)[:100]!r}; ask for "
            f"localhost, or {_OPENS_HERE_ONLY if self._here_only else _ADD_NAME}"
        )


def is_health(path: str) -> bool:
    """Whether it is a path that load balancers ask."""
    return _HEALTH.fullmatch(path) is not None


def _name_of(host: str) -> str:
    """The name or address in a Host header, without its port; empty where it holds none."""
    match = _HOST.fullmatch(host.lower())
    return (match["v6"] or match["name"].removesuffix(".")) if match else ""


def _checked(entry: str) -> str:
    name = entry.removeprefix("[").removesuffix("]").removesuffix(".")
    if entry != "*" and not _NAME.fullmatch(name) and not _is_address(name):
        raise SettingsError(
            f"GENDERLENS_ALLOWED_HOSTS holds {entry[:100]!r}, which is no name or address; "
            "write app.example.org, without scheme, port or path"
        )
    return name


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
