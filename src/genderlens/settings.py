"""Every setting, from ``GENDERLENS_*`` variables and ``.env``; nothing else reads those."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from genderlens.errors import SettingsError
from genderlens.types import FacePolicy, Tta

_Share = Annotated[float, Field(ge=0.0, le=1.0)]


class Settings(BaseSettings):
    """The table that the command line, the service and the documentation share."""

    model_config = SettingsConfigDict(
        env_prefix="GENDERLENS_", env_file=".env", extra="ignore", frozen=True
    )

    model: str = Field(
        "default",
        description="Bundle to predict with: `default` or a folder; several, separated by commas, "
        "answer as an ensemble.",
    )
    faces: FacePolicy = Field(
        "single",
        description="`single` refuses none or several, `largest` takes the largest prominent face, "
        "`all` answers for each, `cropped` takes the whole picture as one face.",
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
    face_min_score: _Share = Field(0.5, description="Detector score from which a face counts.")
    face_min_side_px: int = Field(
        20, ge=1, description="Least side of a prominent face, in pixels of the picture."
    )
    face_min_area: _Share = Field(
        0.001, description="Least area of a prominent face, as a share of the picture."
    )
    face_min_height: _Share = Field(
        0.05, description="Least height of a prominent face, as a share of the picture's height."
    )
    face_min_relative_area: _Share = Field(
        0.25, description="Least area of a prominent face, as a share of the largest face."
    )
    people: Literal["off", "detr"] = Field(
        "off",
        description="`detr` also counts people with DETR before looking at faces (extra `[detr]`).",
    )
    people_model: str = Field(
        "facebook/detr-resnet-50", description="DETR by hub name or local folder."
    )
    person_min_score: _Share = Field(0.7, description="DETR score from which a person counts.")
    person_min_area: _Share = Field(
        0.05, description="Least area of a prominent person, as a share of the picture."
    )
    person_min_height: _Share = Field(
        0.2, description="Least height of a prominent person, as a share of the picture's height."
    )
    detector_max_side_px: int = Field(
        480, ge=128, le=4096, description="Pictures are scaled down to this side for detection."
    )
    max_pixels: int = Field(
        50_000_000, ge=1_000_000, description="Largest picture that is decoded, in pixels."
    )
    threads: int = Field(1, ge=1, le=256, description="ONNX Runtime threads of one worker.")
    workers: int | None = Field(
        None, ge=1, le=256, description="Predictions at a time in the service; unset: the CPUs."
    )
    host: str = Field("127.0.0.1", description="Address that the service binds.")
    port: int = Field(8000, ge=0, le=65535, description="Port that the service binds.")
    max_body_bytes: int = Field(
        20_000_000, ge=10_000, description="Largest body of a request with one picture."
    )
    max_batch_body_bytes: int = Field(
        100_000_000, ge=10_000, description="Largest body of a batch request."
    )
    max_batch_files: int = Field(64, ge=1, le=1000, description="Most files in a batch request.")
    max_queue: int = Field(
        64, ge=1, description="Pictures in work or waiting from which on new requests get 503."
    )
    body_timeout_s: float = Field(
        20.0, gt=0, description="Time that the body of a request may take to arrive."
    )
    cache_dir: Path = Field(
        Path("~/.cache/genderlens"), description="Folder for decoded training pictures."
    )
    data_dir: Path | None = Field(
        None, description="Folder with the labelled photographs that tests and benchmarks use."
    )

    @field_validator("target_error")
    @classmethod
    def _one_threshold(cls, value: float | None, info: ValidationInfo) -> float | None:
        if value is not None and info.data.get("abstain_below") is not None:
            raise ValueError("GENDERLENS_ABSTAIN_BELOW is set too; set one of them")
        return value


def load_settings(**overrides: Any) -> Settings:
    """Settings from the environment, ``None`` among the overrides meaning "not given".

    Raises SettingsError with one line per fault.
    """
    given = {name: value for name, value in overrides.items() if value is not None}
    try:
        return Settings(**given)
    except ValidationError as error:
        lines = (
            f"GENDERLENS_{str(fault['loc'][0]).upper()}={fault['input']!r}: {fault['msg']}"
            for fault in error.errors()
        )
        raise SettingsError("; ".join(lines)) from error
