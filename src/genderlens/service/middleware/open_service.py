"""What a service without keys refuses: whatever did not come straight from where it is open to.

A proxy on the same machine makes a service that is open to this machine open to everybody. What it
adds to a request gives it away; and so does the address that the server was bound to, where that is
another one than the settings say.
"""

from __future__ import annotations

from typing import Final

from starlette.datastructures import Headers
from starlette.types import Scope

from genderlens.client.addresses import is_loopback
from genderlens.errors import ForwardedError
from genderlens.service.middleware.hosts import is_health
from genderlens.service.middleware.proxies import TRUSTED
from genderlens.service.paths import route_path
from genderlens.settings import Settings

_ADDED: Final = frozenset({"forwarded", "via", "x-real-ip"})
_ADDED_BEGIN: Final = "x-forwarded-"
_WAY_OUT: Final = "behind a proxy, its operator sets GENDERLENS_AUTH=keys and makes keys"


class OpenService:
    """The rule of a service that nobody needs a key for."""

    def __init__(self, settings: Settings) -> None:
        self._here_only = settings.auth != "open"

    def require_direct(self, scope: Scope, headers: Headers) -> None:
        """ForwardedError for a request that a proxy passed on, or that came from elsewhere.

        Proxies that the settings trust may pass on where ``auth=open`` says that anybody may ask.
        """
        if is_health(route_path(scope)):
            return
        added = next((name for name in headers if _is_added(name)), None)
        if added and not scope.get("state", {}).get(TRUSTED):
            raise ForwardedError(
                f"a proxy passed this on (it has {added.title()!r}), and this service is open to "
                f"its own machine without keys; {_WAY_OUT}"
            )
        server = scope.get("server")
        if self._here_only and server and not is_loopback(server[0]):
            raise ForwardedError(
                f"this service is open without keys, and was asked on {server[0]!r}, which other "
                f"machines may reach; {_WAY_OUT}"
            )


def _is_added(name: str) -> bool:
    return name in _ADDED or name.startswith(_ADDED_BEGIN)
