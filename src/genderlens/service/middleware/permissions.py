"""Who may use a route: declared where the route is, and found by the route that a request matches.

The router decides which route answers, so the router is asked: a path is never compared a second
time, by other rules, to find out what it needs. A route that declares nothing opens to ``admin``
alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, TypeVar

from starlette.routing import BaseRoute, Match

from genderlens.types import Scope

T = TypeVar("T", bound=object)
Scopes = frozenset[str]

_ATTRIBUTE: Final = "__permission__"
_ANYBODY: Final = "anybody"
NOBODY: Final[Scopes] = frozenset()
"""What an undeclared route needs: no scope is enough, but ``admin`` holds all."""
ANY_KEY: Final[Scopes] = frozenset(Scope)
"""Where no route matches, whoever holds a key is told so."""


def needs(*scopes: Scope) -> Callable[[T], T]:
    """Declare that a key with one of the scopes opens what is decorated."""

    def declare(endpoint: T) -> T:
        setattr(endpoint, _ATTRIBUTE, frozenset(scopes))
        return endpoint

    return declare


def public(endpoint: T) -> T:
    """Declare that anybody may ask for it, as often as they like."""
    setattr(endpoint, _ATTRIBUTE, _ANYBODY)
    return endpoint


def declare_public(routes: Iterable[BaseRoute]) -> None:
    """Declare routes public that a library made, such as those of the documentation."""
    for route in routes:
        public(_endpoint(route))


def scopes_of(route: BaseRoute | None) -> Scopes | None:
    """The scopes of which one is enough; None where anybody may ask."""
    if route is None:
        return ANY_KEY
    declared: Scopes | str = getattr(_endpoint(route), _ATTRIBUTE, NOBODY)
    return declared if isinstance(declared, frozenset) else None


def find_route(scope: Mapping[str, Any]) -> tuple[Match, BaseRoute | None]:
    """The route that the application's router takes for a request, by the router's own rules.

    The match is partial where the path is a route's and the method is not.
    """
    partial: BaseRoute | None = None
    for route in scope["app"].routes:
        match, _ = route.matches(scope)
        if match is Match.FULL:
            return match, route
        if match is Match.PARTIAL and partial is None:
            partial = route
    return (Match.PARTIAL if partial else Match.NONE), partial


def _endpoint(route: BaseRoute) -> object:
    """What a route calls: a function, or the application that is mounted there."""
    return getattr(route, "endpoint", None) or getattr(route, "app", route)
