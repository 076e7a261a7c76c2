"""Which names this service answers to: a foreign page must not reach it under a name of its own.

A browser that is sent to 127.0.0.1 by somebody else's name (DNS rebinding) takes the answer for
that somebody's own, whatever CORS says; only the Host header tells. Where the service is open to
this machine it answers to loopback names and to those of the settings. Elsewhere keys are asked
for, which a foreign page does not have, and names count once the settings list any.
"""

from __future__ import annotations

import ipaddress
import re
from typing import Final

from starlette.datastructures import Headers

from genderlens.errors import SettingsError, UnknownHostError
from genderlens.service.auth import is_loopback, needs_keys
from genderlens.settings import Settings

_HOST: Final = re.compile(r"(?:\[(?P<v6>[0-9a-f:.]+)\]|(?P<name>[a-z0-9._-]+))(?::\d{1,5})?")
_NAME: Final = re.compile(r"[a-z0-9._-]+")
_HEALTH: Final = re.compile(r"/health(/.*)?|/v2/health/.*")
"""Load balancers ask by address, and what they are told is no secret."""


class Hosts:
    """The names of the settings. SettingsError for an entry that is no name or address."""

    def __init__(self, settings: Settings) -> None:
        entries = (entry.strip().lower() for entry in (settings.allowed_hosts or "").split(","))
        self._allowed = frozenset(_checked(entry) for entry in entries if entry)
        open_here = is_loopback(settings.host) and not needs_keys(settings)
        self._active = "*" not in self._allowed and (open_here or bool(self._allowed))

    def require_known(self, path: str, headers: Headers) -> None:
        """UnknownHostError where the request was sent to another name than ours."""
        if not self._active or _HEALTH.fullmatch(path):
            return
        given = headers.getlist("host")
        name = _name_of(given[0]) if len(given) == 1 else ""
        if name not in self._allowed and not is_loopback(name):
            raise UnknownHostError(
                f"this service does not answer to the host {', '.join(given)[:100]!r}; ask for "
                "localhost, or its operator adds the name to GENDERLENS_ALLOWED_HOSTS"
            )


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
