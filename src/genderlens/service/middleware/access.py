"""The door in front of everything that reads a body: key, scope, origin and rate.

This is ASGI middleware, not a dependency of routes: who may not ask is told so before a single byte
of a body is parsed. What a request needs is declared at the route that it matches.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from genderlens.errors import GenderlensError
from genderlens.service.errors import problem_of
from genderlens.service.middleware.auth import Keyring, Principal, given_key
from genderlens.service.middleware.cors import Origins
from genderlens.service.middleware.hosts import Hosts
from genderlens.service.middleware.limits import leaves_much
from genderlens.service.middleware.open_service import OpenService
from genderlens.service.middleware.permissions import find_route, scopes_of
from genderlens.service.middleware.rates import Rates
from genderlens.service.paths import route_path

PUBLIC: Final = "public"
"""Set in the state of a scope whose route anybody may ask for."""


class Access:
    """Lets requests in, with a ``Principal`` in their state, or answers them."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        keyring: Keyring | None,
        origins: Origins,
        hosts: Hosts,
        rates: Rates,
        open_service: OpenService,
    ) -> None:
        self.app = app
        self._keyring, self._origins, self._rates = keyring, origins, rates
        self._hosts, self._open_service = hosts, open_service

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        try:
            rate = await self._admit(scope, headers)
        except GenderlensError as error:
            await _refuse(error, headers, scope, receive, send)
            return
        await self.app(scope, receive, _with_headers(send, rate) if rate else send)

    async def _admit(self, scope: Scope, headers: Headers) -> Mapping[str, str]:
        """The headers that tell how often may still be asked. Raises what keeps a request out."""
        self._hosts.require_known(route_path(scope), headers)
        if self._keyring is None:
            self._open_service.require_direct(scope, headers)
        state, allowed = scope.setdefault("state", {}), scopes_of(find_route(scope)[1])
        if allowed is None:
            state[PUBLIC] = True
            return {}
        principal = self._identify(scope, headers)
        rate = await self._rates.charge(principal)
        principal.require(allowed)
        state.update(principal=principal, key_id=principal.key_id)
        return rate

    def _identify(self, scope: Scope, headers: Headers) -> Principal:
        if self._keyring is None:
            self._origins.require_allowed(scope["method"], headers)
            return Principal(address=client_address(scope))
        key = self._keyring.admit(given_key(headers, scope["query_string"]))
        return Principal(key.id, key.scopes, key.rate_limit)


def client_address(scope: Scope) -> str:
    """Who is counted as one where there are no keys: an IPv4 address, or a /64 of IPv6."""
    host = scope["client"][0] if scope.get("client") else ""
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return str(host)
    if address.version == 6:
        mapped = address.ipv4_mapped
        return str(mapped or ipaddress.ip_network((address, 64), strict=False))
    return str(address)


async def _refuse(
    error: GenderlensError, headers: Headers, scope: Scope, receive: Receive, send: Send
) -> None:
    """Answer without having read the body; a long one is not waited for."""
    answer = problem_of(error)
    if leaves_much(headers):
        answer.headers["Connection"] = "close"
    await answer(scope, receive, send)


def _with_headers(send: Send, extra: Mapping[str, str]) -> Send:
    async def send_with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in extra.items():
                headers.setdefault(name, value)
        await send(message)

    return send_with_headers
