"""What ``bundle.json`` says of a model: strict shapes, of which unknown keys are errors."""

from __future__ import annotations

from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from genderlens.bundle.migration import migrate
from genderlens.heads import Head, HeadKind
from genderlens.pictures.imaging import Interpolation
from genderlens.pictures.regions import Align
from genderlens.types import Estimate, Tta

DESCRIPTION: Final = "bundle.json"
MODEL: Final = "model.onnx"
INT8_MODEL: Final = "model.int8.onnx"
CARD: Final = "MODEL_CARD.md"
DATASHEET: Final = "DATASHEET.md"
MAX_DESCRIPTION_BYTES: Final = 4_000_000
NAME_PATTERN: Final = r"^[a-z0-9][a-z0-9._-]{0,63}$"
"""Of a model's name."""


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
    abstain_below: float = Field(ge=0, le=1)
    coverage: float = Field(ge=0, le=1)
    error: float = Field(ge=0, le=1)


class CalibrationSpec(_Strict):
    """See genderlens.calibration.Calibration; ``count`` pictures taught it, 0: not noted."""

    temperature: float = Field(gt=0)
    abstain_below: float = Field(ge=0, le=1)
    exponent: float = Field(1.0, gt=0)
    thresholds: tuple[ThresholdSpec, ...] = ()
    count: int = Field(0, ge=0)


class InferenceSpec(_Strict):
    """How the bundle wants to be asked: ``tta`` unless a setting says otherwise."""

    tta: Tta = "off"


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


class BoxJitter(_Strict):
    """Labels that change when the detector's box moves, mean over ``moves`` of each picture.

    ``shift`` in roots of the box's area across or down, ``growth`` times its sides, and back.
    """

    changed: Estimate
    moves: int
    shift: float
    growth: float


class Evaluation(_Strict):
    """What was measured on pictures that the training never saw."""

    data: str
    faces: str
    overall: Estimate
    abstained: Estimate
    metrics: dict[str, float]
    groups: dict[str, dict[str, Estimate]]
    box_jitter: BoxJitter | None = None
    """None in bundles of before, and where no face was found."""


class HeadEvaluation(_Strict):
    """What was measured of a further head; ``metrics`` by name, ``groups`` of the exact answers."""

    data: str
    faces: str
    pictures: int
    overall: Estimate
    metrics: dict[str, Estimate]
    groups: dict[str, dict[str, Estimate]] = Field(default_factory=dict)
    group_figures: dict[str, dict[str, dict[str, Estimate]]] = Field(default_factory=dict)
    """Column → value → further figures of that group, by name."""


class HeadSpec(_Strict):
    """See genderlens.heads.Head, and what its logits mean.

    ``calibration`` belongs to the bundle's own test-time augmentation; ``calibrations`` are those
    of other choices.
    """

    name: str
    labels: tuple[str, ...]
    kind: HeadKind = "binary"
    output: str = "logit"
    calibration: CalibrationSpec
    calibrations: dict[Tta, CalibrationSpec] = Field(default_factory=dict)
    evaluation: HeadEvaluation | None = None

    @model_validator(mode="after")
    def _sound(self) -> HeadSpec:
        self.to_head()
        return self

    def to_head(self) -> Head:
        """The head; ValueError where name, labels and kind do not fit."""
        return Head(self.name, self.labels, self.kind, self.output)


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


class LikeSource(_Strict):
    """A bundle beside the model that it was imported from, on the same pictures.

    The gaps are the largest ones; ``logit`` is None where the source answers with probabilities.
    """

    pictures: int
    logit: float | None
    probability: float


class Imported(_Strict):
    """What a model of elsewhere was, and how its outputs got their labels."""

    kind: Literal["huggingface", "timm", "run", "bundle", "onnx", "keras"]
    source: str
    """The name of its file or folder."""
    sha256: str
    """Of the file that holds its weights."""
    outputs: tuple[str, ...]
    """Its own words for its outputs, in their order; empty where it has none."""
    order: tuple[str, ...]
    """The labels of its outputs; of a single output, what low and high values mean."""
    ordered_by: Literal["file", "option", "pictures"]
    """Who said so: the source itself, an option, or agreement on labelled pictures."""
    agreement: Estimate | None = None
    """Labelled pictures on which it answers their label in this order, where there were any."""
    parity: LikeSource


class Description(_Strict):
    """The content of ``bundle.json``."""

    format: Literal[2] = 2
    name: str = Field(pattern=NAME_PATTERN)
    version: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")
    created: str
    heads: tuple[HeadSpec, ...] = Field(min_length=1)
    input: InputSpec
    crop: CropSpec
    inference: InferenceSpec = InferenceSpec()
    precision: PrecisionSpec = PrecisionSpec()
    provenance: Provenance
    evaluation: Evaluation | None = None
    imported: Imported | None = None
    files: dict[str, str] = Field(default_factory=dict)

    @model_validator(mode="before")
    @classmethod
    def _migrated(cls, document: Any) -> Any:
        return migrate(document)

    @model_validator(mode="after")
    def _different_heads(self) -> Description:
        for told in ([h.name for h in self.heads], [h.output for h in self.heads]):
            if len(set(told)) < len(told):
                raise ValueError(f"two heads share a name or an output: {', '.join(told)}")
        return self

    @property
    def head(self) -> HeadSpec:
        """The first head, which is the answer."""
        return self.heads[0]

    @property
    def labels(self) -> tuple[str, ...]:
        """Of the first head."""
        return self.heads[0].labels

    @property
    def calibration(self) -> CalibrationSpec:
        """Of the first head, for the bundle's own test-time augmentation."""
        return self.heads[0].calibration

    @property
    def is_calibrated(self) -> bool:
        """False for a model of elsewhere that no labelled pictures have calibrated yet."""
        return self.imported is None or self.calibration.count > 0
