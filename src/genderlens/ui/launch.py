"""``streamlit run`` as ``genderlens ui`` wants it."""

from __future__ import annotations

import importlib.util
import math
import os
import sys
from pathlib import Path
from typing import Final, NoReturn

from genderlens.client.addresses import is_loopback, is_on_loopback
from genderlens.errors import MissingExtraError, SettingsError
from genderlens.settings import Settings

APP: Final = Path(__file__).with_name("app.py")
_NEEDED: Final = ("altair", "httpx", "streamlit")
_OPTIONS: Final = {
    "BROWSER_GATHER_USAGE_STATS": "false",
    "SERVER_HEADLESS": "true",
    "SERVER_SHOW_EMAIL_PROMPT": "false",
    "SERVER_FILE_WATCHER_TYPE": "none",
    "CLIENT_TOOLBAR_MODE": "viewer",
    "CLIENT_SHOW_ERROR_DETAILS": "none",
    # Its own export writes cells as they are, and a spreadsheet may take one for a formula.
    "CLIENT_DISABLE_DATA_EXPORT": "true",
    "RUNNER_MAGIC_ENABLED": "false",
    "THEME_FONT": "system-ui, -apple-system, 'Segoe UI', sans-serif",
    "THEME_BASE_RADIUS": "0.6rem",
}
_LIGHT: Final = {
    "PRIMARY_COLOR": "#235e5c",
    "BACKGROUND_COLOR": "#f7f6f3",
    "SECONDARY_BACKGROUND_COLOR": "#ffffff",
    "TEXT_COLOR": "#1d2424",
    "BORDER_COLOR": "#d5d9d6",
    "SIDEBAR_BACKGROUND_COLOR": "#e4eeec",
}
_DARK: Final = {
    "PRIMARY_COLOR": "#7cc4c0",
    "BACKGROUND_COLOR": "#131818",
    "SECONDARY_BACKGROUND_COLOR": "#1d2424",
    "TEXT_COLOR": "#e8eceb",
    "BORDER_COLOR": "#384241",
    "SIDEBAR_BACKGROUND_COLOR": "#1d2424",
}
"""The colours of ``web/src/styles/base.css``."""


def launch(settings: Settings, host: str, port: int) -> NoReturn:
    """Become Streamlit; signals then reach it alone, and it ends by itself.

    Raises MissingExtraError, and SettingsError where the folder of reports is none.
    """
    if any(importlib.util.find_spec(name) is None for name in _NEEDED):
        raise MissingExtraError("ui", "the Streamlit page")
    if settings.reports_dir and not settings.reports_dir.expanduser().is_dir():
        raise SettingsError(f"no folder at {str(settings.reports_dir)!r}; check --reports")
    command = [sys.executable, "-m", "streamlit", "run", str(APP)]
    os.execve(command[0], command, {**os.environ, **environment(settings, host, port)})  # noqa: S606


def require_safe(settings: Settings, host: str) -> None:
    """SettingsError where a page for other machines would speak for this one.

    A service on loopback may take whoever asks from here for its owner, without a key.
    """
    if is_on_loopback(settings.api_url) and not is_loopback(host):
        raise SettingsError(
            f"on {host!r} other machines would reach the service at {settings.api_url} as if they "
            "were this one; where it asks for API keys, or all who can reach the page may use it, "
            "pass --insecure"
        )


def environment(settings: Settings, host: str, port: int) -> dict[str, str]:
    """Streamlit's options and ours, as variables: an option that it does not know does no harm."""
    upload_mb = math.ceil(max(settings.max_body_bytes, settings.max_batch_body_bytes) / 1e6)
    options = {
        **_OPTIONS,
        **{f"THEME_LIGHT_{name}": colour for name, colour in _LIGHT.items()},
        **{f"THEME_DARK_{name}": colour for name, colour in _DARK.items()},
        "SERVER_ADDRESS": host,
        "BROWSER_SERVER_ADDRESS": host,
        "SERVER_PORT": str(port),
        "SERVER_MAX_UPLOAD_SIZE": str(upload_mb),
    }
    ours = {"GENDERLENS_API_URL": settings.api_url}
    if settings.reports_dir:
        ours["GENDERLENS_REPORTS_DIR"] = str(settings.reports_dir)
    return {f"STREAMLIT_{name}": value for name, value in options.items()} | ours
