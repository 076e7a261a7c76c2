"""Private mode as static files: the page and what it loads, for any server that sends files."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from genderlens.bundle import Bundle
from genderlens.inference.private import write_private_files
from genderlens.service.page import INDEX, built_page
from genderlens.settings import Settings

NETWORKS: Final = "private"
"""The folder beside the page where it looks for what the service gives out under that name."""


def write_browser_page(bundles: Sequence[Bundle], settings: Settings, folder: Path) -> Path | None:
    """Write the page into ``folder`` and below it the files of private mode; where to open it.

    None where the page was not built: then only those files are there. Raises PrivateModeError
    where a browser could not answer as the service does.
    """
    write_private_files(bundles, settings, folder / NETWORKS)
    page = built_page()
    if not (page / INDEX).is_file():
        return None
    shutil.copytree(page, folder, dirs_exist_ok=True)
    return folder / INDEX
