"""Every setting, from ``GENDERLENS_*`` variables and the file that one of them names.

Nothing else reads those.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from genderlens.settings.dotenv_file import ENV_FILE, env_file, unread_env_file, use_env_file
from genderlens.settings.loading import dump_settings, load_environment, load_settings

if TYPE_CHECKING:
    from genderlens.settings.inference import InferenceSettings
    from genderlens.settings.names import ALIASES
    from genderlens.settings.table import Settings

__all__ = [
    "ALIASES",
    "ENV_FILE",
    "InferenceSettings",
    "Settings",
    "dump_settings",
    "env_file",
    "load_environment",
    "load_settings",
    "unread_env_file",
    "use_env_file",
]

_HOMES = {
    "ALIASES": "genderlens.settings.names",
    "InferenceSettings": "genderlens.settings.inference",
    "Settings": "genderlens.settings.table",
}
"""Where names live whose import takes long; they are imported when somebody asks for them."""


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)
