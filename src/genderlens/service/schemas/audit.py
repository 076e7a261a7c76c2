"""The audit log as the service shows it."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, Field


class AuditEntry(BaseModel):
    """One change, or one that was refused."""

    number: int = Field(description="From 1, without gaps.")
    at: datetime
    actor: str = Field(
        description="`key:ID`, `address:…` where the service is open, `user:NAME@HOST` of a "
        "command, `job:ID` or `service`.",
        examples=["key:0123456789ab"],
    )
    action: str = Field(examples=["model.promote"])
    object: str = Field(description="What was changed.", examples=["small-1"])
    result: Literal["done", "refused", "failed"]
    detail: dict[str, Any]
    sha256: str = Field(description="Of this entry and the hash before it.")


class AuditPage(BaseModel):
    """Some entries, newest first."""

    entries: list[AuditEntry]
    next: int | None = Field(description="For `before`; null on the last page.")
