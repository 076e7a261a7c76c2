"""The bundle: a folder with a model and everything that whoever predicts must know about it.

``bundle.json`` describes and signs (SHA-256) the other files. Consumers never know the
architecture; label order, preprocessing, crop geometry and calibration all come from here.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from genderlens.calibration import Calibration
from genderlens.errors import (
    BundleError,
    BundleIntegrityError,
    BundleNotFoundError,
    SettingsError,
)
from genderlens.files.plain import read_plain, sha256_of_plain
from genderlens.graphs.golden import (
    GOLDEN,
    Check,
    Golden,
    Graph,
    check_graph,
    load_sound_graph,
    parse_golden,
)
from genderlens.graphs.runtime import Session
from genderlens.graphs.scan import MAX_GRAPH_BYTES, scan_model
from genderlens.pictures.imaging import Interpolation, normalize
from genderlens.pictures.regions import Align, CropGeometry
from genderlens.storage import sha256_of_bytes, sha256_of_file, write_bytes_atomically
from genderlens.types import Precision, Tta

DESCRIPTION: Final = "bundle.json"
MODEL: Final = "model.onnx"
INT8_MODEL: Final = "model.int8.onnx"
CARD: Final = "MODEL_CARD.md"
DATASHEET: Final = "DATASHEET.md"
MAX_DESCRIPTION_BYTES: Final = 4_000_000


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class InputSpec(_Strict):
    """What the graph takes: N×3×size×width float32, ``(x / 255 - mean) / std``, red first.

    ``size_px`` is the height; without ``width_px`` the input is square.
    """

    size_px: int = Field(ge=16, le=1024)
    width_px: int | None = Field(None, ge=16, le=1024)
    mean: tuple[float, float, float]
    std: tuple[float, float, float]
    interpolation: Interpolation = "bilinear"

    @property
    def shape(self) -> tuple[int, int]:
        """Height and width in pixels."""
        return self.size_px, self.width_px or self.size_px


class CropSpec(_Strict):
    """See genderlens.pictures.regions.CropGeometry."""

    scale: float = Field(gt=0.1, lt=10)
    shift_x: float = Field(gt=-1, lt=1)
    shift_y: float = Field(gt=-1, lt=1)
    aspect: float = Field(1.0, gt=0.1, lt=10)
    align: Align = "none"


class ThresholdSpec(_Strict):
    """See genderlens.calibration.Threshold."""

    target_error: float = Field(gt=0, lt=0.5)
    abstain_below: float = Field(ge=0.5, le=1)
    coverage: float = Field(ge=0, le=1)
    error: float = Field(ge=0, le=1)


class CalibrationSpec(_Strict):
    """See genderlens.calibration.Calibration; ``count`` pictures taught it, 0: not noted."""

    temperature: float = Field(gt=0)
    abstain_below: float = Field(ge=0.5, le=1)
    exponent: float = Field(1.0, gt=0)
    thresholds: tuple[ThresholdSpec, ...] = ()
    count: int = Field(0, ge=0)


class InferenceSpec(_Strict):
    """How the bundle wants to be asked: ``tta`` unless a setting says otherwise.

    ``calibration`` of the bundle belongs to that; ``calibrations`` are those of other choices.
    """

    tta: Tta = "off"
    calibrations: dict[Tta, CalibrationSpec] = Field(default_factory=dict)


class Share(_Strict):
    """A measured share with its 95 % Wilson interval."""

    value: float
    low: float
    high: float
    count: int


class Provenance(_Strict):
    """Where the weights come from."""

    data: str
    licence: str
    attribution: str
    architecture: str
    parameters: int
    recipe: dict[str, Any]
    recipe_sha256: str
    manifest_sha256: str
    train_rows: int
    start: str | None = None
    """Whose weights the training began with, and their licence; None where the recipe says it."""


class Evaluation(_Strict):
    """What was measured on pictures that the training never saw."""

    data: str
    faces: str
    overall: Share
    abstained: Share
    metrics: dict[str, float]
    groups: dict[str, dict[str, Share]]


class Int8Figures(_Strict):
    """The INT8 graph beside the FP32 one, both through ONNX Runtime on one thread.

    Losses are shares of ``pictures``; ``speed_ratio`` is FP32 over INT8 in median CPU time of one.
    """

    method: str
    float_layers: tuple[str, ...]
    """Layers left in float."""
    speed_ratio: float
    accuracy_lost: float
    worst_group: str
    worst_group_lost: float
    ece: float
    ece_fp32: float
    pictures: int


class StoredGap(_Strict):
    """How far apart two graphs' logits of the same pictures are at most."""

    logit: float
    pictures: int


class Parity(_Strict):
    """The FP32 graph beside the trained network and beside the INT8 graph, where measured."""

    torch: StoredGap | None = None
    int8: StoredGap | None = None


class PrecisionSpec(_Strict):
    """What serves unless a setting says otherwise, why, and how far apart the graphs are."""

    serves: Literal["fp32", "int8"] = "fp32"
    reason: str = "INT8 was not asked for"
    int8: Int8Figures | None = None
    parity: Parity = Parity()


class Description(_Strict):
    """The content of ``bundle.json``."""

    format: Literal[1] = 1
    name: str = Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,63}$")
    version: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")
    created: str
    labels: tuple[Literal["female"], Literal["male"]] = ("female", "male")
    input: InputSpec
    crop: CropSpec
    calibration: CalibrationSpec
    inference: InferenceSpec = InferenceSpec()
    precision: PrecisionSpec = PrecisionSpec()
    provenance: Provenance
    evaluation: Evaluation | None = None
    files: dict[str, str] = Field(default_factory=dict)


@dataclass(frozen=True)
class Bundle:
    """A checked bundle on disk."""

    path: Path
    description: Description

    @property
    def version(self) -> str:
        return f"{self.description.name}-{self.description.version}"

    @property
    def crop(self) -> CropGeometry:
        crop = self.description.crop
        return CropGeometry(crop.scale, crop.shift_x, crop.shift_y, crop.aspect, crop.align)

    @property
    def calibration(self) -> Calibration:
        return self.calibration_for()

    def calibration_for(
        self, tta: Tta | None = None, target_error: float | None = None
    ) -> Calibration:
        """What the logits mean under a test-time augmentation, and the threshold for a target.

        Where the bundle holds no calibration for ``tta``, its own stands in. Raises SettingsError
        for a target that the bundle stores no threshold for.
        """
        chosen = tta or self.description.inference.tta
        spec = self.description.inference.calibrations.get(chosen, self.description.calibration)
        abstain_below = spec.abstain_below
        if target_error is not None:
            abstain_below = self._threshold(spec, target_error)
        return Calibration(spec.temperature, abstain_below, spec.exponent)

    def _threshold(self, spec: CalibrationSpec, target_error: float) -> float:
        for stored in spec.thresholds:
            if stored.target_error == target_error:
                return stored.abstain_below
        known = ", ".join(f"{stored.target_error:g}" for stored in spec.thresholds)
        hint = f"it stores {known}" if known else "it stores none; export it again"
        raise SettingsError(
            f"GENDERLENS_TARGET_ERROR={target_error:g}: bundle {self.version} stores no threshold "
            f"for it; {hint}, or set GENDERLENS_ABSTAIN_BELOW"
        )

    def create_session(self, *, threads: int = 1, precision: Precision = "auto") -> Session:
        """The session of ``load_graph``."""
        return self.load_graph(threads=threads, precision=precision).session

    def load_graph(self, *, threads: int = 1, precision: Precision = "auto") -> Graph:
        """The graph of a precision, or FP32 where INT8 is off on the golden inputs.

        The INT8 graph knows no Grad-CAM. Raises SettingsError where INT8 is asked for and the
        bundle holds none, BundleIntegrityError for a graph that is not the signed one or is not
        safe to load, and where FP32 is off as well.
        """
        golden = self.golden()

        def load(name: str) -> tuple[Session, Check]:
            session = Session(self.read_graph(name), threads=threads, name=str(self.path / name))
            return session, self._check(session, name, golden)

        wanted = self.graph_file(precision)
        return load_sound_graph(self.version, tuple(dict.fromkeys([wanted, MODEL])), load)

    def golden(self) -> Golden | None:
        """The golden inputs, None in a bundle of before there were any."""
        return parse_golden(self.read(GOLDEN)) if GOLDEN in self.description.files else None

    def _check(self, session: Session, name: str, golden: Golden | None) -> Check:
        if golden is None:
            return Check(name, "none", f"bundle {self.version} holds no golden inputs")
        spec = self.description.input
        inputs = normalize(golden.unpack(), spec.mean, spec.std)
        return check_graph(session, name, self.description.files[name], golden, inputs)

    def read_graph(self, name: str) -> bytes:
        """The bytes of a signed ONNX file that is safe to load; BundleIntegrityError otherwise."""
        content = self.read(name)
        scan_model(content, str(self.path / name))
        return content

    def read(self, name: str) -> bytes:
        """The bytes of a signed file; BundleIntegrityError where they are not the signed ones.

        What is checked is what was read, so a file that changes later changes nothing, and one that
        ``bundle.json`` does not name is never opened.
        """
        path = self.path / name
        if name not in self.description.files:
            raise BundleIntegrityError(f"{self.path / DESCRIPTION} does not sign {name!r}")
        try:
            content = read_plain(path, MAX_GRAPH_BYTES)
        except OSError as error:
            raise _not_plain(path, error) from error
        if sha256_of_bytes(content) != self.description.files[name]:
            raise _changed(path)
        return content

    def graph_file(self, precision: Precision) -> str:
        """The name of the graph of a precision; SettingsError for INT8 where there is none."""
        chosen = self.description.precision.serves if precision == "auto" else precision
        if chosen == "fp32":
            return MODEL
        if INT8_MODEL not in self.description.files:
            raise SettingsError(
                f"GENDERLENS_PRECISION=int8: bundle {self.version} holds no {INT8_MODEL} "
                f"({self.description.precision.reason}); set auto, or export it with --int8"
            )
        return INT8_MODEL

    def read_description(self) -> bytes:
        """The bytes of ``bundle.json``; BundleIntegrityError where it is no longer the same."""
        path = self.path / DESCRIPTION
        try:
            content = read_plain(path, MAX_DESCRIPTION_BYTES)
            if Description.model_validate_json(content) == self.description:
                return content
        except (OSError, ValidationError) as error:
            raise _not_plain(path, OSError(str(error))) from error
        raise BundleIntegrityError(f"{path} changed since it was loaded; try again")


def default_bundle_path() -> Path:
    """The folder of the bundle that ships with the package."""
    return Path(str(resources.files("genderlens"))) / "models" / "default"


def load_bundle(reference: str = "default") -> Bundle:
    """The bundle named ``default`` or the one in a folder, every file checked against its SHA-256.

    Raises BundleNotFoundError, BundleError for a wrong description, BundleIntegrityError for a
    wrong file.
    """
    path = default_bundle_path() if reference == "default" else Path(reference)
    description = _read_description(path)
    _check_files(path, description)
    return Bundle(path, description)


def write_bundle(path: Path, description: Description) -> Bundle:
    """Sign the files that lie in ``path`` already and write ``bundle.json`` last."""
    names = sorted(p.name for p in path.iterdir() if p.is_file() and p.name != DESCRIPTION)
    files = {name: sha256_of_file(path / name) for name in names if not name.startswith(".")}
    signed = description.model_copy(update={"files": files})
    content = json.dumps(signed.model_dump(mode="json"), indent=2, ensure_ascii=False) + "\n"
    write_bytes_atomically(path / DESCRIPTION, content.encode("utf-8"))
    return load_bundle(str(path))


def _read_description(folder: Path) -> Description:
    path = folder / DESCRIPTION
    try:
        content = read_plain(path, MAX_DESCRIPTION_BYTES)
    except (FileNotFoundError, NotADirectoryError, ValueError) as error:
        raise BundleNotFoundError(
            f"no bundle at {str(folder)!r}: it holds no {DESCRIPTION}; "
            "give 'default' or the folder that 'genderlens export' wrote"
        ) from error
    except OSError as error:
        raise _not_plain(path, error) from error
    try:
        return Description.model_validate_json(content)
    except ValidationError as error:
        fault = error.errors()[0]
        where = ".".join(str(part) for part in fault["loc"]) or "the file"
        raise BundleError(f"{path}: {where}: {fault['msg']}; export the bundle again") from error


def _check_files(path: Path, description: Description) -> None:
    if MODEL not in description.files:
        raise BundleIntegrityError(f"{path / DESCRIPTION} does not sign {MODEL}; export it again")
    if description.precision.serves == "int8" and INT8_MODEL not in description.files:
        raise BundleIntegrityError(
            f"{path / DESCRIPTION} serves INT8 and does not sign {INT8_MODEL}; export it again"
        )
    for name, expected in description.files.items():
        file = path / name
        if Path(name).name != name or "\0" in name:
            raise BundleIntegrityError(f"{path} must hold {name!r} as a plain file; copy it again")
        try:
            found = sha256_of_plain(file)
        except OSError as error:
            raise _not_plain(file, error) from error
        if found != expected:
            raise _changed(file)


def _not_plain(file: Path, error: OSError) -> BundleIntegrityError:
    return BundleIntegrityError(
        f"{file.parent} must hold {file.name!r} as a plain file ({error}); copy it again"
    )


def _changed(file: Path) -> BundleIntegrityError:
    return BundleIntegrityError(
        f"{file} is not the file that {DESCRIPTION} describes (SHA-256 differs); copy it again"
    )
