"""Pages of other sites: none may ask, unless its origin is on the list.

Reading answers across origins is what CORS headers allow, and there are none by default. That alone
would not keep a foreign page from *sending* a form to a service on this machine, which browsers do
without asking; where the service is open, such requests are refused. Credentials are never allowed:
keys travel in a header that a page sets itself, and there are no cookies.
"""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import urlsplit

from starlette.datastructures import Headers

from genderlens.errors import CrossOriginError, SettingsError
from genderlens.settings import Settings

_SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_METHODS: Final = ("GET", "POST", "PUT", "DELETE")
_SENT: Final = ("Authorization", "Content-Type", "X-API-Key")
_SHOWN: Final = ("RateLimit", "RateLimit-Policy", "Retry-After", "WWW-Authenticate", "X-Request-Id")
_PREFLIGHT_S: Final = 600


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
    if entry == "*":
        return entry
    parts = urlsplit(entry)
    if entry != f"{parts.scheme}://{parts.netloc}" or parts.scheme not in {"http", "https"}:
        raise SettingsError(
            f"GENDERLENS_CORS_ORIGINS holds {entry[:100]!r}, which is no origin; "
            "write https://app.example.org, without a path"
        )
    return entry
