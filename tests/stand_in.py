"""Face crops in a folder per class, as the notebooks make them where there are no others."""

from __future__ import annotations

import importlib.util
from pathlib import Path

_MODULE = Path(__file__).parents[1] / "notebooks" / "pictures.py"


def write_faces(folder: Path, per_label: int) -> Path:
    """``folder/female`` and ``folder/male``; a detector finds the faces of the former."""
    spec = importlib.util.spec_from_file_location("pictures", _MODULE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    Path(module.write_stand_in(folder, per_label)).unlink()
    for file in list(folder.iterdir()):
        place = folder / file.name.partition("-")[0]
        place.mkdir(exist_ok=True)
        file.rename(place / file.name)
    return folder
