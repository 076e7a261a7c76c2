"""Write what private mode loads: the two networks, and what the page must know of them.

python scripts/private_files.py [MODEL] [FOLDER]: MODEL is a bundle ("default" or a folder), FOLDER
is where the page looks for them (public/private, which Vite copies into the build).
"""

from __future__ import annotations

import hashlib
import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from genderlens.bundle import INT8_MODEL, MODEL, Bundle, load_bundle
from genderlens.detection.faces import find_centerface
from genderlens.detection.gate import face_prominence
from genderlens.runtime import parse_model, with_free_axes
from genderlens.settings import Settings

TARGET = Path(__file__).parent.parent / "public" / "private"


def main() -> None:
    """Write the files; the facts last, for they vouch for the others."""
    bundle = load_bundle(sys.argv[1] if len(sys.argv) > 1 else "default")
    folder = Path(sys.argv[2]) if len(sys.argv) > 2 else TARGET
    folder.mkdir(parents=True, exist_ok=True)
    served = INT8_MODEL if bundle.description.precision.serves == "int8" else MODEL
    files = {
        "model": _write(folder / "model.onnx", (bundle.path / served).read_bytes()),
        "detector": _write(folder / "detector.onnx", _read_detector()),
    }
    text = json.dumps(describe(bundle) | files, indent=2) + "\n"
    (folder / "model.json").write_text(text, "utf-8")


def describe(bundle: Bundle) -> dict[str, Any]:
    """The facts of src/private/facts.ts, without the files."""
    settings = Settings()
    calibration = asdict(bundle.calibration)
    description = bundle.description.model_dump(mode="json")
    return {
        "version": bundle.version,
        "input": description["input"],
        "crop": description["crop"],
        "calibration": calibration,
        "tta": bundle.description.inference.tta,
        "faces": asdict(face_prominence(settings)),
        "detector_max_side_px": settings.detector_max_side_px,
        "max_pixels": settings.max_pixels,
    }


def _read_detector() -> bytes:
    """CenterFace for pictures of any size."""
    path = find_centerface()
    axes = {0: "batch", 2: "height", 3: "width"}
    model = with_free_axes(parse_model(path.read_bytes(), str(path)), axes)
    return model.SerializeToString(deterministic=True)


def _write(path: Path, content: bytes) -> dict[str, Any]:
    path.write_bytes(content)
    sha256 = hashlib.sha256(content).hexdigest()
    return {"file": path.name, "bytes": len(content), "sha256": sha256}


if __name__ == "__main__":
    main()
