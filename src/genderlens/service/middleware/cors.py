"""Pages of other sites: none may ask, unless its origin is on the list.

Reading answers across origins is what CORS headers allow, and there are none by default. That alone
would not keep a foreign page from *sending* a form to a service on this machine, which browsers do
without asking; where the service is open, such requests are refused. Credentials are never allowed:
keys travel in a header that a page sets itself, and there are no cookies.
"""

from __future__ import annotations

import re
from typing import Any, Final
from urllib.parse import urlsplit

from starlette.datastructures import Headers

from genderlens.errors import CrossOriginError, SettingsError
from genderlens.settings import Settings

_SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_METHODS: Final = ("GET", "POST", "PUT", "DELETE")
_SENT: Final = ("Authorization", "Content-Type", "X-API-Key")
_SHOWN: Final = (
    "RateLimit",
    "RateLimit-Policy",
    "Retry-After",
    "Server-Timing",
    "WWW-Authenticate",
    "X-Request-Id",
)
_PREFLIGHT_S: Final = 600
_ORIGIN: Final = re.compile(
    r"(?P<scheme>https?)://(?:[a-z0-9_-]+(?:\.[a-z0-9_-]+)*|\[[0-9a-f:.]+\])(?::(?P<port>[1-9]\d{0,4}))?"
)
"""Names in lower case and ASCII, as browsers write them."""
_OWN_PORTS: Final = {"http": "80", "https": "443"}


class Origins:
    """The allow-list of the settings. SettingsError for an entry that is no origin."""

    def __init__(self, settings: Settings) -> None:
        entries = (entry.strip() for entry in (settings.cors_origins or "").split(","))
        self.allowed = tuple(_checked(entry) for entry in entries if entry)

    def middleware_options(self) -> dict[str, Any]:
        """For Starlette's CORSMiddleware."""
        return {
            "allow_origins": self.allowed,
            "allow_methods": _METHODS,
            "allow_headers": _SENT,
            "expose_headers": _SHOWN,
            "allow_credentials": False,
            "max_age": _PREFLIGHT_S,
        }

    def require_allowed(self, method: str, headers: Headers) -> None:
        """CrossOriginError where a browser says that another site's page changes something."""
        if method in _SAFE or "*" in self.allowed:
            return
        origin = headers.get("origin")
        own = origin is None or urlsplit(origin).netloc == headers.get("host")
        if own and headers.get("sec-fetch-site") != "cross-site":
            return
        if origin not in self.allowed:
            raise CrossOriginError(
                f"pages of {(origin or 'another site')[:100]!r} may not ask this service; where "
                "they should, its operator adds the origin to GENDERLENS_CORS_ORIGINS"
            )


def _checked(entry: str) -> str:
    """The entry, where a browser may ever send just that. SettingsError for anything else."""
    if entry != "*" and (fault := _fault_of(entry)):
        raise SettingsError(
            f"GENDERLENS_CORS_ORIGINS holds {entry[:100]!r}, which {fault}; write each origin as "
            "browsers send it, https://app.example.org, without a path, or * for any"
        )
    return entry


def _fault_of(entry: str) -> str:
    """Why no browser would send it as an origin; empty where one may."""
    match = _ORIGIN.fullmatch(entry)
    if "*" in entry:
        return "is no origin: no wildcard in a name ever matches"
    if match is None:
        return "is no origin"
    if match["port"] == _OWN_PORTS[match["scheme"]]:
        return "is no origin that is sent: browsers leave out the port that the scheme implies"
    return ""
