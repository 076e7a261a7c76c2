"""Write what private mode loads, for a page that is hosted without the service beside it.

python scripts/private_files.py [MODEL] [FOLDER]: MODEL is a bundle ("default" or a folder), FOLDER
is where the page looks for them (public/private, which Vite copies into the build). The service
itself gives these files out under /app/private/, always those of the model that answers.
"""

from __future__ import annotations

import sys
from pathlib import Path

from genderlens.inference.ensemble import load_bundles
from genderlens.inference.private import list_private_files
from genderlens.settings import load_settings
from genderlens.storage import write_bytes_atomically

TARGET = Path(__file__).parent.parent / "public" / "private"


def main() -> None:
    """Write the files; the facts last, for they vouch for the others."""
    settings = load_settings(model=sys.argv[1] if len(sys.argv) > 1 else None)
    folder = Path(sys.argv[2]) if len(sys.argv) > 2 else TARGET
    folder.mkdir(parents=True, exist_ok=True)
    for file in list_private_files(load_bundles(settings), settings).values():
        write_bytes_atomically(folder / file.name, file.read())


if __name__ == "__main__":
    main()
