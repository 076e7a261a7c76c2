"""Who could ask a service that is started now."""

from __future__ import annotations

from genderlens.client.addresses import is_loopback
from genderlens.doctor.finding import Finding, attempt
from genderlens.doctor.state import is_made
from genderlens.history.database import Database, database_url
from genderlens.service.middleware.auth import Keyring, needs_keys
from genderlens.service.page import INDEX, built_page
from genderlens.settings import Settings


def examine_service(settings: Settings) -> list[Finding]:
    """Address, keys and page."""
    reach = "this machine alone" if is_loopback(settings.host) else "other machines too"
    address = f"{settings.host}:{settings.port}, reached by {reach}"
    return [
        Finding("address", address, facts={"host": settings.host, "port": settings.port}),
        *attempt("keys", lambda: _keys(settings)),
        *attempt("web page", _page),
    ]


def _keys(settings: Settings) -> list[Finding]:
    facts = {"auth": settings.auth, "needed": needs_keys(settings)}
    if not needs_keys(settings):
        text = f"open: nobody needs a key (GENDERLENS_AUTH={settings.auth})"
        if is_loopback(settings.host):
            return [Finding("keys", text, facts=facts)]
        return [Finding("keys", text, "note", "set GENDERLENS_AUTH=keys and make keys", facts)]
    database = Database(database_url(settings))
    try:
        usable = is_made(database) and _has_usable(database)
    finally:
        database.close()
    if not usable:
        text = f"needed (GENDERLENS_AUTH={settings.auth}), and there is no usable one"
        way_out = "make one with 'genderlens keys create NAME', or serve with --insecure"
        return [Finding("keys", text, "fault", way_out, facts)]
    return [
        Finding("keys", f"needed (GENDERLENS_AUTH={settings.auth}), and there are", facts=facts)
    ]


def _has_usable(database: Database) -> bool:
    keyring = Keyring(database)
    keyring.refresh()
    return keyring.has_usable()


def _page() -> list[Finding]:
    if not (built_page() / INDEX).is_file():
        way_out = "run 'make page' in a checkout; a release holds it"
        return [Finding("web page", "not built", "note", way_out)]
    return [Finding("web page", "at /app/")]
