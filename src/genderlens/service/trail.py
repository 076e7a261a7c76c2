"""The audit log as routes write it: who asks is known, and a refusal is noted too."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from genderlens.errors import GenderlensError
from genderlens.history.audit import AuditEntry, Result, append_entry
from genderlens.service.history import History
from genderlens.service.middleware.auth import Principal

_log = logging.getLogger(__name__)


class Trail:
    """Of one request. What was done is done, whether it could be noted or not: then the log says.

    ``by_admin`` says whether the caller acts with the scope ``admin``.
    """

    def __init__(self, history: History, principal: Principal) -> None:
        self._history, self._principal = history, principal

    @property
    def by_admin(self) -> bool:
        return self._principal.is_admin

    async def note(self, action: str, what: str, result: Result = "done", **detail: Any) -> None:
        """Add a row to the audit log."""
        principal = self._principal
        who = f"key:{principal.key_id}" if principal.key_id else f"address:{principal.address}"
        entry = AuditEntry(who, action, what, result, detail)
        try:
            await self._history.consult(append_entry, entry)
        except GenderlensError as error:
            _log.error("not in the audit log: %s (%s)", entry, error.message)

    @asynccontextmanager
    async def noting(self, action: str, what: str, **detail: Any) -> AsyncIterator[dict[str, Any]]:
        """Note what the body did, or why it was refused; the body may add to the detail."""
        try:
            yield detail
        except GenderlensError as error:
            await self.note(action, what, "refused", **detail, code=error.code)
            raise
        except Exception as error:
            await self.note(action, what, "failed", **detail, error=type(error).__name__)
            raise
        await self.note(action, what, **detail)
