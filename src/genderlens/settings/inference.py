"""Settings of predictions: what the command line, labelling and the service share."""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

from pydantic import Field, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from genderlens.settings.names import PREFIX
from genderlens.types import FacePolicy, Precision, Tta

LARGEST_BYTES_PER_PIXEL: Final = 12.5
"""What decoding takes for each pixel of a WebP, the costliest of the common kinds."""

Share = Annotated[float, Field(ge=0.0, le=1.0)]


class InferenceSettings(BaseSettings):
    """Every setting on which an answer depends; whatever is declared here is in ``decisive``."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        extra="ignore",
        frozen=True,
        populate_by_name=True,
    )

    model: str = Field(
        "default",
        description="Bundle to predict with: `default`, a folder, `s3://BUCKET/PREFIX/VERSION`, "
        "`registry:VERSION`, or `registry:production`, which the service follows; several, "
        "separated by commas, answer as an ensemble.",
    )
    faces: FacePolicy = Field(
        "single",
        description="`single` refuses none or several, `largest` takes the largest prominent face, "
        "`all` answers for each, `cropped` takes the whole picture as one face.",
    )
    upright_crops: bool = Field(
        default=False,
        description="Under `cropped`, a face that leans is turned upright before it is "
        "classified, as faces in photos are; the detector's look takes longer than the answer.",
    )
    attributes: str = Field(
        "",
        description="Further heads of the model that are answered unless a call asks otherwise, by "
        "name, separated by commas; empty: none.",
    )
    abstain_below: float | None = Field(
        None,
        ge=0.5,
        le=1.0,
        description="Confidence below which the answer is `uncertain`; unset: the bundle's.",
    )
    target_error: float | None = Field(
        None,
        gt=0.0,
        lt=0.5,
        description="Share of wrong answers among the classified (0.01: 1 %) that decides what is "
        "`uncertain`, by a threshold that the bundle stores; instead of `ABSTAIN_BELOW`.",
    )
    tta: Tta | None = Field(
        None,
        description="Test-time augmentation: `off`, `flip` averages 2 views of a face, `crops` 6; "
        "unset: the bundle's.",
    )
    precision: Precision = Field(
        "auto",
        description="Graph that answers: `auto` as the bundle says, `fp32`, or `int8`, which is "
        "faster and rounds more. With `int8` the face detector rounds as well: half its time, and "
        "boxes about a fiftieth of a face beside those of the page in private mode.",
    )
    face_min_score: Share = Field(0.5, description="Detector score from which a face counts.")
    face_sure_score: Share = Field(
        0.65,
        description="Detector score from which a face counts at first sight; a doubtful one below "
        "has to be found again by a closer look. 0: all count at first sight.",
    )
    face_weak_score: Share = Field(
        0.4,
        description="Detector score above which a face counts that two closer looks see clearly, "
        "in a picture without any other.",
    )
    face_min_side_px: int = Field(
        20, ge=1, description="Least side of a prominent face, in pixels of the picture."
    )
    face_min_area: Share = Field(
        0.001, description="Least area of a prominent face, as a share of the picture."
    )
    face_min_height: Share = Field(
        0.05, description="Least height of a prominent face, as a share of the picture's height."
    )
    face_min_relative_area: Share = Field(
        0.25, description="Least area of a prominent face, as a share of the largest face."
    )
    people: Literal["off", "detr"] = Field(
        "off",
        description="`detr` also counts people with DETR before looking at faces (extra `[detr]`).",
    )
    people_model: str = Field(
        "facebook/detr-resnet-50", description="DETR by hub name or local folder."
    )
    person_min_score: Share = Field(0.7, description="DETR score from which a person counts.")
    person_min_area: Share = Field(
        0.05, description="Least area of a prominent person, as a share of the picture."
    )
    person_min_height: Share = Field(
        0.2, description="Least height of a prominent person, as a share of the picture's height."
    )
    detector_max_side_px: int = Field(
        480, ge=128, le=4096, description="Pictures are scaled down to this side for detection."
    )
    pixel_memory_bytes: int = Field(
        640_000_000,
        ge=16_000_000,
        description="Memory that all pictures being decoded in the service may take together, "
        "foretold from their headers; one that needs more alone gets 413.",
    )
    max_pixels: int = Field(
        default_factory=lambda known: int(
            known.get("pixel_memory_bytes", 0) / LARGEST_BYTES_PER_PIXEL
        ),
        ge=1_000_000,
        description="Largest picture that is decoded, in pixels; unset: what `PIXEL_MEMORY_BYTES` "
        "holds of any common kind, 12.5 bytes for each pixel.",
    )

    @property
    def attribute_names(self) -> tuple[str, ...]:
        """``attributes``, one by one."""
        return tuple(name.strip() for name in self.attributes.split(",") if name.strip())

    @property
    def faces_told(self) -> str:
        """Which faces count, for reports."""
        turned = self.faces == "cropped" and self.upright_crops
        return "cropped, turned upright" if turned else self.faces

    @property
    def decisive(self) -> dict[str, Any]:
        """What an answer depends on beside the models, as JSON; equal where answers are.

        ``model`` is a name; what lies there counts, and bundles tell it themselves. Memory decides
        how many pixels are too many, and that is a field of its own. What earlier releases did not
        know is left out where it is unset, so that their jobs go on.
        """
        beside = {"model", "pixel_memory_bytes"}
        beside |= {name for name in ("attributes", "upright_crops") if not getattr(self, name)}
        return self.model_dump(mode="json", include=set(InferenceSettings.model_fields) - beside)

    @property
    def given(self) -> dict[str, Any]:
        """The inference settings that an argument or the environment set, as JSON."""
        chosen = self.model_fields_set & set(InferenceSettings.model_fields)
        return self.model_dump(mode="json", include=chosen)

    @field_validator("target_error")
    @classmethod
    def _one_threshold(cls, value: float | None, info: ValidationInfo) -> float | None:
        if value is not None and info.data.get("abstain_below") is not None:
            raise ValueError("GENDERLENS_ABSTAIN_BELOW is set too; set one of them")
        return value
