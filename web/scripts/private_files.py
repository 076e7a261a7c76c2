"""Write the page with what private mode loads, to be hosted without a service beside it.

python scripts/private_files.py [MODEL] [FOLDER]: MODEL is a bundle ("default" or a folder), FOLDER
is what the host sends (build/site). `genderlens export --browser` writes the same of a run's model,
and the service gives the same files out under /app/private/, of the model that answers.
"""

from __future__ import annotations

import sys
from pathlib import Path

from genderlens.export.browser import write_browser_page
from genderlens.inference.ensemble import load_bundles
from genderlens.service.page import NOT_BUILT
from genderlens.settings import load_settings

TARGET = Path(__file__).parents[2] / "build" / "site"


def main() -> None:
    """Write the site; say where the page is missing."""
    settings = load_settings(model=sys.argv[1] if len(sys.argv) > 1 else None)
    folder = Path(sys.argv[2]) if len(sys.argv) > 2 else TARGET
    if write_browser_page(load_bundles(settings), settings, folder) is None:
        sys.exit(NOT_BUILT)


if __name__ == "__main__":
    main()
