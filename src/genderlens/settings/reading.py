"""The table of settings filled from the environment, faults told in words."""

from __future__ import annotations

from pathlib import Path
from typing import Any, get_args

from pydantic import SecretStr, ValidationError
from pydantic_core import ErrorDetails

from genderlens.errors import SettingsError, did_you_mean
from genderlens.settings.names import ALIASES, explain_unknown
from genderlens.settings.table import Settings


def read_settings(overrides: dict[str, Any], file: Path | None) -> Settings:
    """See ``load_settings``; the file is read too, where there is one."""
    for name in overrides:
        if name not in Settings.model_fields:
            raise SettingsError(explain_unknown(repr(name), name, Settings.model_fields))
    given = {name: value for name, value in overrides.items() if value is not None}
    try:
        return Settings(_env_file=file, _env_file_encoding="utf-8", **given)
    except ValidationError as error:
        lines = (
            f"GENDERLENS_{str(fault['loc'][0]).upper().removeprefix('GENDERLENS_')}="
            f"{fault['input']!r}: {fault['msg']}"
            f"{_near_value(fault)}"
            f"{_other_names(str(fault['loc'][0]))}"
            for fault in error.errors()
            if fault["type"] != "default_factory_not_called"  # it follows from another fault
        )
        raise SettingsError("; ".join(lines)) from error


def _near_value(fault: ErrorDetails) -> str:
    """For a value that is none of a few words, the one that may have been meant."""
    if fault["type"] != "literal_error":
        return ""
    field = Settings.model_fields[str(fault["loc"][0])]
    return did_you_mean(str(fault["input"]), _words(field.annotation))


def _words(kind: Any) -> list[str]:
    """Every string that a type of literals allows, however deep in unions."""
    return [
        word
        for part in get_args(kind)
        for word in ([part] if isinstance(part, str) else _words(part))
    ]


def _other_names(field: str) -> str:
    """The fault may stand under another name than the field's own."""
    names = [name for name, (target, _) in ALIASES.items() if target == field]
    return f" (read from {' and '.join(names)} too)" if names else ""


def is_secret(settings: Settings, name: str) -> bool:
    """Whether the value must not be told."""
    return isinstance(getattr(settings, name), SecretStr)
