"""Settings read, and handed on to other processes; pydantic is imported when the first is.

The help of a command needs no settings, and importing their table takes longer than all else.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from genderlens.settings.dotenv_file import env_file

if TYPE_CHECKING:
    from genderlens.settings.table import Settings


def load_settings(**overrides: Any) -> Settings:
    """Settings from the environment, ``None`` among the overrides meaning "not given".

    The file that GENDERLENS_ENV_FILE names is read too. Raises SettingsError with one line per
    fault, and for a name that is no setting.
    """
    return _read(overrides, env_file())


def load_environment(**overrides: Any) -> Settings:
    """As ``load_settings``, for a library in somebody else's program: reads no file."""
    return _read(overrides, None)


def dump_settings(settings: Settings) -> dict[str, Any]:
    """The settings as JSON for a process that inherits the environment; secrets are not in it."""
    from genderlens.settings.reading import is_secret

    secret = {name for name in type(settings).model_fields if is_secret(settings, name)}
    return settings.model_dump(mode="json", exclude=secret, exclude_none=True)


def _read(overrides: dict[str, Any], file: Path | None) -> Settings:
    from genderlens.settings.reading import read_settings

    return read_settings(overrides, file)
