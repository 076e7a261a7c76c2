"""Private mode: what a browser needs to answer as the service would, without sending a photo.

The page (``web/src/private``) runs the networks itself. It gets the classifier's graph as it is
served, the face detector, and ``model.json``: preprocessing, thresholds, and SHA-256 of each.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import IO, Any, Final

from genderlens.bundle import MODEL, Bundle
from genderlens.detection.confirm import face_doubt
from genderlens.detection.detectors import find_detector
from genderlens.detection.gate import face_prominence
from genderlens.detection.networks.face import COARSE
from genderlens.detection.networks.refinement import REFINEMENT
from genderlens.detection.proposals import PROPOSALS
from genderlens.errors import BundleIntegrityError, PrivateModeError
from genderlens.files.plain import open_signed
from genderlens.settings import Settings
from genderlens.storage import write_bytes_atomically

FACTS: Final = "model.json"
DETECTOR: Final = "detector.onnx"
FALLBACK: Final = "fallback.onnx"
MAX_MODEL_BYTES: Final = 100_000_000
"""What a visitor may be asked to load."""
_VERSION_DIGITS: Final = 16


@dataclass(frozen=True, slots=True)
class PrivateFile:
    """A file for the page: its name there, its content or where that lies, and its SHA-256."""

    name: str
    content: bytes | Path
    sha256: str

    def open(self) -> IO[bytes]:
        """The content to read; BundleIntegrityError where it is no longer the described one."""
        if isinstance(self.content, bytes):
            return io.BytesIO(self.content)
        try:
            stream = open_signed(self.content, self.sha256)
        except OSError as error:
            raise BundleIntegrityError(f"{self.content.name} cannot be read: {error}") from error
        if stream is None:
            raise BundleIntegrityError(f"{self.content.name} changed since it was loaded")
        return stream

    def read(self) -> bytes:
        """The whole content; raises as ``open``."""
        with self.open() as stream:
            return stream.read()

    @property
    def facts(self) -> dict[str, Any]:
        """How ``model.json`` names it: the address changes with the content, so it may be cached.

        ``bytes`` is the size.
        """
        content = self.content
        size = content.stat().st_size if isinstance(content, Path) else len(content)
        address = f"{self.name}?v={self.sha256[:_VERSION_DIGITS]}"
        return {"file": address, "bytes": size, "sha256": self.sha256}


def list_private_files(bundles: Sequence[Bundle], settings: Settings) -> dict[str, PrivateFile]:
    """``model.onnx``, the detector's files and ``model.json`` by name, the facts last.

    The detector has ``detector.onnx``, and the small networks that its plan of looks knows.
    Where INT8 serves there is ``fallback.onnx`` as well, the FP32 graph for a browser on which INT8
    is off, unless that is above MAX_MODEL_BYTES.
    Raises PrivateModeError where a browser could not answer as the service does: for an ensemble,
    where people are counted with DETR, and for a graph above MAX_MODEL_BYTES.
    """
    _require_portable(bundles, settings)
    (bundle,) = bundles
    files = {MODEL: _graph(bundle, settings), **_detector()}
    fallback = _fallback(bundle, settings)
    if fallback is not None:
        files[FALLBACK] = fallback
    facts = describe(bundle, settings) | {
        "model": files[MODEL].facts,
        "detector": files[DETECTOR].facts,
        "refinement": files[REFINEMENT].facts if REFINEMENT in files else None,
        "coarse": files[COARSE].facts if COARSE in files else None,
        "proposals": files[PROPOSALS].facts if PROPOSALS in files else None,
        "fallback": fallback.facts if fallback else None,
        "golden": _golden(bundle, settings),
    }
    text = (json.dumps(facts, indent=2) + "\n").encode("utf-8")
    files[FACTS] = PrivateFile(FACTS, text, hashlib.sha256(text).hexdigest())
    return files


def write_private_files(
    bundles: Sequence[Bundle], settings: Settings, folder: Path
) -> list[PrivateFile]:
    """Write what the service gives out; the facts last, for they vouch for the others."""
    files = list(list_private_files(bundles, settings).values())
    folder.mkdir(parents=True, exist_ok=True)
    for file in files:
        write_bytes_atomically(folder / file.name, file.read())
    return files


def describe(bundle: Bundle, settings: Settings) -> dict[str, Any]:
    """The facts of ``web/src/private/facts.ts``, without the files."""
    calibration = bundle.calibration_for(settings.tta, settings.target_error)
    calibration = calibration.abstaining_below(settings.abstain_below)
    description = bundle.description.model_dump(mode="json")
    return {
        "version": bundle.version,
        "head": bundle.head.to_dict(),
        "input": description["input"],
        "crop": description["crop"],
        "calibration": asdict(calibration),
        "tta": settings.tta or bundle.description.inference.tta,
        "faces": asdict(face_prominence(settings)),
        "doubt": asdict(face_doubt(settings)),
        "detector_max_side_px": settings.detector_max_side_px,
        "upright_crops": settings.upright_crops,
        "looks": find_detector().looks.model_dump(mode="json"),
        "max_pixels": settings.max_pixels,
    }


def is_portable(bundles: Sequence[Bundle], settings: Settings) -> bool:
    """Whether a browser can answer as the service does; files are not looked at."""
    try:
        _require_portable(bundles, settings)
    except PrivateModeError:
        return False
    return len(bundles) == 1


def _require_portable(bundles: Sequence[Bundle], settings: Settings) -> None:
    if len(bundles) > 1:
        raise PrivateModeError(
            f"an ensemble of {len(bundles)} models answers here, and private mode runs one; "
            "let a single model serve"
        )
    if settings.people != "off":
        raise PrivateModeError(
            f"people are counted with {settings.people} here, which no browser runs; "
            "set GENDERLENS_PEOPLE=off"
        )


def _graph(bundle: Bundle, settings: Settings) -> PrivateFile:
    name = bundle.graph_file(settings.precision)
    path = bundle.path / name
    size = path.stat().st_size
    if size > MAX_MODEL_BYTES:
        raise PrivateModeError(
            f"the model of {bundle.version} takes {size / 1e6:.0f} MB, private mode at most "
            f"{MAX_MODEL_BYTES / 1e6:.0f} MB; export it with --int8, or train a smaller network"
        )
    return PrivateFile(MODEL, path, bundle.description.files[name])


def _fallback(bundle: Bundle, settings: Settings) -> PrivateFile | None:
    path = bundle.path / MODEL
    if bundle.graph_file(settings.precision) == MODEL or path.stat().st_size > MAX_MODEL_BYTES:
        return None
    return PrivateFile(FALLBACK, path, bundle.description.files[MODEL])


def _golden(bundle: Bundle, settings: Settings) -> dict[str, Any] | None:
    """The golden inputs, and what either graph must give for them; None where there are none."""
    golden = bundle.golden()
    if golden is None:
        return None
    expected = {MODEL: bundle.graph_file(settings.precision), FALLBACK: MODEL}
    return {
        "shape": golden.shape,
        "pictures": golden.pictures,
        "expected": {
            name: golden.graphs[graph].model_dump(include={"logits", "bound"})
            for name, graph in expected.items()
            if graph in golden.graphs
        },
    }


@cache
def _detector() -> dict[str, PrivateFile]:
    """The float graphs that find faces: in WebAssembly the one in INT8 is slower."""
    detector = find_detector()
    paths = {DETECTOR: detector.graph} | {path.name: path for path in detector.helpers}
    contents = {name: path.read_bytes() for name, path in paths.items()}
    return {
        name: PrivateFile(name, content, hashlib.sha256(content).hexdigest())
        for name, content in contents.items()
    }
