"""Every setting, from ``GENDERLENS_*`` variables and the file that one of them names.

Nothing else reads those.
"""

from __future__ import annotations

from genderlens.settings.dotenv_file import ENV_FILE, env_file, unread_env_file, use_env_file
from genderlens.settings.inference import InferenceSettings
from genderlens.settings.loading import dump_settings, load_environment, load_settings
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
