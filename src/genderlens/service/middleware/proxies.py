"""Which proxies are believed, and what they say: who asked, and under which prefix.

``X-Forwarded-For`` and ``X-Forwarded-Prefix`` are anybody's to write. They count where the
connection comes from an address of the settings, and nowhere else.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable
from typing import Final

from starlette.datastructures import Headers
from starlette.routing import BaseRoute
from starlette.types import ASGIApp, Receive, Scope, Send

from genderlens.errors import MalformedRequestError, SettingsError
from genderlens.settings import Settings

PEER: Final = "peer"
"""Where the connection comes from, in the state of a scope; servers may change ``client``."""
TRUSTED: Final = "from_trusted_proxy"
_PREFIX: Final = re.compile(r"(/[A-Za-z0-9._~-]+)+")
_PORT: Final = re.compile(r":\d{1,5}$")
_Address = ipaddress.IPv4Address | ipaddress.IPv6Address
_Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class Proxies:
    """The trusted proxies of the settings. SettingsError for an entry that is no address."""

    def __init__(self, settings: Settings) -> None:
        entries = (entry.strip() for entry in (settings.trusted_proxies or "").split(","))
        self._networks = tuple(_network(entry) for entry in entries if entry)

    def trusts(self, host: str) -> bool:
        """Whether what comes from that address may say who asked."""
        address = _address(host)
        return address is not None and self._contain(address)

    def client_of(self, peer: str, headers: Headers) -> str:
        """Who asked, where a trusted proxy passes it on: the last that no trusted proxy added."""
        client = peer
        hops = ",".join(headers.getlist("x-forwarded-for")).split(",")
        for hop in reversed(hops):
            address = _address(_without_port(hop.strip()))
            if address is None:
                break
            client = str(address)
            if not self._contain(address):
                break
        return client

    def require_prefix(self, scope: Scope) -> None:
        """MalformedRequestError where a trusted proxy names a prefix that cannot be one."""
        if scope.get("state", {}).get(TRUSTED):
            prefix_of(Headers(scope=scope))

    def _contain(self, address: _Address) -> bool:
        return any(address in network for network in self._networks)


class BehindProxy:
    """Has every request say who asked and under which prefix, whatever server runs this.

    ``own`` are the first segments of the service's paths: below another prefix, a path that begins
    with it is taken as not yet stripped.
    """

    def __init__(
        self, app: ASGIApp, *, proxies: Proxies, root_path: str, own: Iterable[str]
    ) -> None:
        self.app = app
        self._proxies, self._root_path, self._own = proxies, root_path, frozenset(own)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            self._correct(scope)
        await self.app(scope, receive, send)

    def _correct(self, scope: Scope) -> None:
        state = scope.setdefault("state", {})
        peer = state.get(PEER) or scope.get("client")
        prefix = self._root_path
        if peer and self._proxies.trusts(peer[0]):
            headers = Headers(scope=scope)
            state[TRUSTED] = True
            peer = (self._proxies.client_of(peer[0], headers), peer[1])
            prefix = _stated_prefix(headers) or prefix
        scope["client"] = peer
        if prefix:
            self._put_below(scope, prefix)

    def _put_below(self, scope: Scope, prefix: str) -> None:
        """Begin the path with the prefix, whether or not the proxy has taken that off."""
        path = scope["path"]
        stripped = prefix.split("/")[1] in self._own or not f"{path}/".startswith(f"{prefix}/")
        whole = f"{prefix}{path}" if stripped else path
        scope["root_path"] = prefix
        scope["path"] = f"{whole}/" if whole == prefix else whole


def prefix_of(headers: Headers) -> str:
    """The prefix of ``X-Forwarded-Prefix``, empty where there is none. MalformedRequestError."""
    given = headers.getlist("x-forwarded-prefix")
    if not given or given in ([""], ["/"]):
        return ""
    prefix = given[0].removesuffix("/")
    if len(given) > 1 or not is_prefix(prefix):
        raise MalformedRequestError(
            f"X-Forwarded-Prefix {', '.join(given)[:100]!r} is no prefix; send one like /app1"
        )
    return prefix


def checked_root_path(settings: Settings) -> str:
    """The prefix of the settings, empty where there is none. SettingsError for what is none."""
    prefix = settings.root_path.removesuffix("/")
    if prefix and not is_prefix(prefix):
        raise SettingsError(
            f"GENDERLENS_ROOT_PATH={settings.root_path[:100]!r} is no path; write /gl"
        )
    return prefix


def first_segments(routes: Iterable[BaseRoute]) -> frozenset[str]:
    """What the service's own paths begin with."""
    paths = (str(getattr(route, "path", "")) for route in routes)
    return frozenset(path.split("/")[1] for path in paths if path.startswith("/"))


def is_prefix(text: str) -> bool:
    """Whether it is one or more plain segments, each after a slash."""
    return bool(_PREFIX.fullmatch(text)) and not {".", ".."} & set(text.split("/"))


def _stated_prefix(headers: Headers) -> str:
    try:
        return prefix_of(headers)
    except MalformedRequestError:
        return ""  # refused a moment later, where refusals get all their headers


def _without_port(hop: str) -> str:
    """The address in ``192.0.2.7``, ``192.0.2.7:443``, ``2001:db8::1`` or ``[2001:db8::1]:443``."""
    if hop.startswith("["):
        return hop[1:].partition("]")[0]
    return _PORT.sub("", hop) if hop.count(":") == 1 else hop


def _address(host: str) -> _Address | None:
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return None
    return (address.version == 6 and address.ipv4_mapped) or address


def _network(entry: str) -> _Network:
    try:
        return ipaddress.ip_network(entry)
    except ValueError as error:
        raise SettingsError(
            f"GENDERLENS_TRUSTED_PROXIES holds {entry[:100]!r}, which is no address or network "
            f"({error}); write 10.0.0.7 or 10.0.0.0/16"
        ) from None
