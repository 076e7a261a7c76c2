from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from genderlens.errors import MissingExtraError, SettingsError
from genderlens.settings import load_settings
from genderlens.ui.launch import environment, launch, require_safe

STYLES = Path(__file__).parents[2] / "web" / "src" / "styles" / "base.css"


def test_nothing_is_reported_home_and_the_limit_is_the_services() -> None:
    given = environment(load_settings(max_batch_body_bytes=30_000_000), "127.0.0.1", 1)
    assert given["STREAMLIT_BROWSER_GATHER_USAGE_STATS"] == "false"
    assert given["STREAMLIT_SERVER_MAX_UPLOAD_SIZE"] == "30"


def test_every_option_is_one_of_streamlits() -> None:
    from streamlit import config

    known = {option.env_var for option in config._config_options_template.values()}
    given = {name for name in environment(load_settings(), "h", 1) if name[:3] == "STR"}
    assert given <= known


def test_the_colours_are_the_other_pages() -> None:
    colours = [v for v in environment(load_settings(), "h", 1).values() if v.startswith("#")]
    styles = STYLES.read_text("utf-8")
    assert all(colour in styles for colour in colours)


@pytest.mark.parametrize("host", ["0.0.0.0", "example.org", "::"])
def test_other_machines_do_not_speak_for_this_one(host: str) -> None:
    with pytest.raises(SettingsError, match="--insecure"):
        require_safe(load_settings(), host)
    require_safe(load_settings(api_url="https://service.example.org"), host)
    require_safe(load_settings(), "::1")


def test_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    with pytest.raises(MissingExtraError, match=r"genderlens\[ui\]"):
        launch(load_settings(), "127.0.0.1", 1)


def test_a_folder_of_reports_that_is_none(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="--reports"):
        launch(load_settings(reports_dir=tmp_path / "none"), "127.0.0.1", 1)
