"""Every setting, from ``GENDERLENS_*`` variables and the file that one of them names.

Nothing else reads those. A file ``.env`` is never read for lying in the current folder: it may come
with somebody else's data, and settings name programs to run and who may ask.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any, Final, Literal, get_args

from pydantic import (
    AliasChoices,
    Field,
    SecretStr,
    ValidationError,
    ValidationInfo,
    field_validator,
)
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from genderlens.errors import SettingsError, did_you_mean
from genderlens.types import FacePolicy, Precision, Tta

LARGEST_BYTES_PER_PIXEL: Final = 12.5
"""What decoding takes for each pixel of a WebP, the costliest of the common kinds."""

_Share = Annotated[float, Field(ge=0.0, le=1.0)]

ENV_FILE: Final = "GENDERLENS_ENV_FILE"
"""Names a file of settings; the option ``--env-file`` sets it."""

ALIASES: Final = {
    "MODEL_BUCKET": (
        "model",
        "with `MODEL_PREFIX`: the bundle at `s3://MODEL_BUCKET/MODEL_PREFIX`.",
    ),
    "MODEL_PREFIX": ("model", "see `MODEL_BUCKET`; without that, an error."),
    "API_HOST": ("host", "on other addresses than loopback, keys are asked for as ever."),
    "API_PORT": ("port", "the same."),
    "ALLOWED_ORIGINS": ("cors_origins", "the same."),
    "DEBUG": (None, "accepted, and changes nothing: no answer ever shows what is inside."),
}
"""Names of reference system 001 → the field they stand for and how; ``GENDERLENS_`` goes before."""


PREFIX: Final = "GENDERLENS_"
GONE: Final = {
    "jobs_url": "jobs are in the database of GENDERLENS_DATABASE_URL, which service and worker "
    "share; leave it out",
}
"""Settings of earlier versions → what is so instead."""
NO_SETTINGS: Final = frozenset({"GENDERLENS_ENV_FILE", "GENDERLENS_URL", "GENDERLENS_SMOKE_ALONE"})
"""Variables with the prefix that something else reads: the choice of a file, the page's
development server, and the try-out of a release."""


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
        "faster and rounds more.",
    )
    face_min_score: _Share = Field(0.5, description="Detector score from which a face counts.")
    face_sure_score: _Share = Field(
        0.65,
        description="Detector score from which a face counts at first sight; a doubtful one below "
        "has to be found again by a closer look. 0: all count at first sight.",
    )
    face_weak_score: _Share = Field(
        0.4,
        description="Detector score above which a face counts that two closer looks see clearly, "
        "in a picture without any other.",
    )
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
    def decisive(self) -> dict[str, Any]:
        """What an answer depends on beside the models, as JSON; equal where answers are.

        ``model`` is a name; what lies there counts, and bundles tell it themselves. Memory decides
        how many pixels are too many, and that is a field of its own.
        """
        beside = {"model", "pixel_memory_bytes"}
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


class Settings(InferenceSettings):
    """The table that the command line, the service and the documentation share."""

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
    body_memory_bytes: int = Field(
        default_factory=lambda known: max(
            4 * known.get("max_batch_body_bytes", 0), 8 * known.get("max_body_bytes", 0)
        ),
        ge=40_000,
        description="Memory that all bodies may take together, every copy of them counted; one "
        "client may have half. Unset: four times `MAX_BATCH_BODY_BYTES`, or eight times "
        "`MAX_BODY_BYTES` where that is more.",
    )
    max_batch_files: int = Field(64, ge=1, le=1000, description="Most files in a batch request.")
    max_queue: int = Field(
        64, ge=1, description="Pictures in work or waiting from which on new requests get 503."
    )
    max_wait_s: float = Field(
        0.075,
        gt=0,
        description="Expected wait for a worker beyond which new pictures get 503 under lasting "
        "load; for a second, a burst may wait ten times as long.",
    )
    deadline_s: float = Field(
        30.0, gt=0, description="Time that a picture may wait for a worker; after it, 503."
    )
    body_timeout_s: float = Field(
        20.0, gt=0, description="Time that the body of a request may take to arrive."
    )
    auth: Literal["auto", "keys", "open"] = Field(
        "auto",
        description="Who may ask: `keys` whoever has an API key, `open` anybody; `auto`: anybody "
        "on this machine while the service is bound to loopback, else keys. Behind a proxy: "
        "`keys`.",
    )
    rate_limit: str | None = Field(
        None,
        description="Requests of one key, such as `100/minute;2000/hour`, or of one address where "
        "there are no keys; a file of a batch counts as one. `off`: no limit; unset: `600/minute` "
        "where keys are asked for, else none. A key may have a limit of its own.",
    )
    rate_limit_url: SecretStr | None = Field(
        None,
        description="Redis that counts for several services together, `redis://HOST:PORT/0`; "
        "unset: each counts in its memory. While Redis is down, each does so too.",
    )
    cors_origins: str | None = Field(
        None,
        description="Origins whose pages may ask the service, separated by commas: "
        "`https://app.example.org`, or `*` for any. Unset: no other site's page.",
    )
    allowed_hosts: str | None = Field(
        None,
        description="Names under which the service may be asked, separated by commas, such as "
        "`app.example.org`; loopback names always work, `*` takes any. Unset: any. While the "
        "service is open on loopback without keys it answers to loopback names alone, whatever "
        "stands here, so that neither a proxy nor a foreign page (DNS rebinding) opens it.",
    )
    trusted_proxies: str | None = Field(
        None,
        description="Addresses or networks of proxies, separated by commas, such as "
        "`10.0.0.7,10.1.0.0/16`, whose `X-Forwarded-For` and `X-Forwarded-Prefix` are believed; "
        "anybody else's are not. With any, `AUTH=auto` asks for keys.",
    )
    root_path: str = Field(
        "",
        description="Prefix under which a proxy passes requests on, such as `/gl`, whether or not "
        "it takes the prefix off.",
    )
    keep_alive_s: int = Field(
        75,
        ge=1,
        le=3600,
        description="How long an idle connection is kept, in seconds: longer than a proxy before "
        "the service keeps it, which is mostly 60, or it would now and then send into a closed "
        "one.",
    )
    state_dir: Path = Field(
        Path("~/.local/share/genderlens"), description="Folder of the SQLite database."
    )
    database_url: SecretStr | None = Field(
        None,
        description="Database of keys and history, `postgresql://USER:PASSWORD@HOST/NAME` "
        "(extra `[postgres]`); unset: SQLite in `STATE_DIR`.",
    )
    history: Literal["on", "off"] = Field(
        "on",
        description="Whether answers are kept: hash and size of the picture, result, model, key "
        "and time, never the picture, its name or who sent it.",
    )
    history_days: int = Field(
        30,
        ge=0,
        description="Days after which the history forgets an answer, and the pool the picture that "
        "came with its correction; 0: never.",
    )
    history_queue: int = Field(
        10_000, ge=1, description="Answers that may wait for the database; further ones are lost."
    )
    samples: str | None = Field(
        None,
        description="Folder or `s3://BUCKET/PREFIX` for labelled pictures that clients send for "
        "the next training; unset: corrections and samples are refused.",
    )
    max_samples: int = Field(100_000, ge=1, description="Most pictures in the sample pool.")
    cache_dir: Path = Field(
        Path("~/.cache/genderlens"), description="Folder for decoded training pictures."
    )
    registry: str | None = Field(
        None,
        description="Model versions: a folder or `s3://BUCKET/PREFIX`; unset: in `STATE_DIR`.",
    )
    registry_poll_s: float = Field(
        10.0, gt=0, description="How often the service looks for a promotion, in seconds."
    )
    model_time_s: float = Field(
        60.0,
        gt=0,
        description="Time that a new version may take for an answer when it is tried, in a process "
        "of its own, before it serves.",
    )
    model_memory_bytes: int = Field(
        4_000_000_000,
        ge=500_000_000,
        description="Address space of the process that tries a new version.",
    )
    gate_data: str | None = Field(
        None,
        description="SOURCE of the frozen validation pictures that a version must hold on; unset: "
        "nothing is promoted unless forced.",
    )
    gate_split: str | None = Field(None, description="Split of `GATE_DATA` to use; unset: all.")
    gate_by: str = Field(
        "label", description="Columns of `GATE_DATA` that make groups, separated by commas."
    )
    gate_faces: FacePolicy | None = Field(
        None,
        description="Which faces count in `GATE_DATA`; `cropped`: pictures are faces; unset: as a "
        "sample of them shows, `cropped` for face crops and `largest` for whole photos.",
    )
    gate_min_group: int = Field(
        100, ge=1, description="Pictures from which on a group counts for the worst group."
    )
    gate_accuracy_drop: _Share = Field(
        0.005, description="How far accuracy may lie below production's."
    )
    gate_group_drop: _Share = Field(
        0.01, description="How far the worst group's accuracy may lie below production's."
    )
    gate_max_ece: _Share = Field(0.05, description="Largest expected calibration error.")
    gate_max_latency_ms: float = Field(
        200.0, gt=0, description="Largest median time of one face on one thread."
    )
    gate_max_slowdown: float = Field(
        2.0, ge=1.0, description="Largest median time as a multiple of production's."
    )
    jobs_dir: Path | None = Field(
        None,
        description="Folder of retraining jobs: runs and logs; unset: in `STATE_DIR`.",
    )
    jobs_here: bool = Field(
        default=True,
        description="The service works on jobs itself; otherwise only `genderlens worker`.",
    )
    jobs_waiting: int = Field(
        8, ge=1, description="Most retraining jobs that wait; of one key, half as many."
    )
    retrain_sources: dict[str, str] = Field(
        default_factory=dict,
        description="SOURCEs that a retraining may use, by name, as JSON: "
        '`{"fairface": "/data/fairface"}`. Clients give the name; `samples` is the sample pool.',
    )
    retrain_recipe: str = Field(
        "small-data", description="Recipe of a retraining: a shipped one or a YAML file."
    )
    retrain_python: str | None = Field(
        None, description="Interpreter with the extra `[train]`; unset: the service's own."
    )
    api_url: str = Field(
        "http://127.0.0.1:8000",
        pattern=r"^https?://[^\s/?#@]+(/[^\s?#]*)?$",
        description="Service that the Streamlit page of `genderlens ui` asks.",
    )
    reports_dir: Path | None = Field(
        None,
        description="Folder with reports of `genderlens evaluate` that the Streamlit page offers; "
        "unset: they are uploaded.",
    )
    log_format: Literal["text", "json"] | None = Field(
        None,
        description="Lines of the log on standard error: `json` for machines, `text` for people; "
        "unset: `text` on a terminal, else `json`.",
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="What the log tells at least; requests are told at `info`."
    )
    otlp_endpoint: str | None = Field(
        None,
        pattern=r"^https?://\S+$",
        validation_alias=AliasChoices("GENDERLENS_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT"),
        description="OpenTelemetry collector that traces go to, `http://HOST:4318` (extra "
        "`[telemetry]`); `OTEL_EXPORTER_OTLP_ENDPOINT` says the same. Unset: no traces.",
    )
    data_dir: Path | None = Field(
        None, description="Folder with the labelled photographs that tests and benchmarks use."
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The first that has a value wins: arguments, environment, file, then other names."""
        names = _Aliases(settings_cls, dotenv_settings, env_settings)
        return init_settings, env_settings, dotenv_settings, names

    @field_validator("log_format", "log_level", mode="before")
    @classmethod
    def _any_case(cls, value: object) -> object:
        return value.lower() if isinstance(value, str) else value

    @field_validator("otlp_endpoint", mode="before")
    @classmethod
    def _empty_is_unset(cls, value: object) -> object:
        return value or None


class _Aliases(PydanticBaseSettingsSource):
    """The names of ALIASES, in the environment or else in the file."""

    def __init__(
        self, settings_cls: type[BaseSettings], *sources: PydanticBaseSettingsSource
    ) -> None:
        super().__init__(settings_cls)
        self._sources = [one for one in sources if isinstance(one, EnvSettingsSource)]

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        """Not asked for: the names do not stand one for one."""
        return None, field_name, False

    def __call__(self) -> dict[str, Any]:
        """Fields that nothing of higher rank has given. Raises SettingsError."""
        for source in self._sources:
            require_known(source.env_vars)
        given = {name: text for one in self._sources for name, text in one.env_vars.items() if text}
        values: dict[str, Any] = {
            field: given[name.lower()]
            for name, (field, _) in ALIASES.items()
            if field and field not in self.current_state and name.lower() in given
        }
        if "model" in values:
            values["model"] = _bundle_address(given.get("model_bucket"), given.get("model_prefix"))
        return values


def _bundle_address(bucket: str | None, prefix: str | None) -> str:
    if not bucket:
        raise SettingsError(
            f"MODEL_PREFIX={prefix!r} without MODEL_BUCKET; set both, or GENDERLENS_MODEL"
        )
    return f"s3://{bucket}/{(prefix or '').strip('/')}".rstrip("/")


def dump_settings(settings: Settings) -> dict[str, Any]:
    """The settings as JSON for a process that inherits the environment; secrets are not in it."""
    secret = {name for name in type(settings).model_fields if _is_secret(settings, name)}
    return settings.model_dump(mode="json", exclude=secret, exclude_none=True)


def _is_secret(settings: Settings, name: str) -> bool:
    return isinstance(getattr(settings, name), SecretStr)


def require_known(names: Iterable[str]) -> None:
    """SettingsError for a name with our prefix that is no setting: a typo would go unnoticed."""
    known = {PREFIX + field.upper() for field in Settings.model_fields}
    given = {name.upper() for name in names}
    for name in sorted(given - known - NO_SETTINGS):
        if name.startswith(PREFIX):
            raise SettingsError(_explain_unknown(name, name.removeprefix(PREFIX).lower(), known))


def _explain_unknown(name: str, field: str, known: Iterable[str]) -> str:
    if field in GONE:
        return f"{name} is no setting any more: {GONE[field]}"
    return f"{name} is no setting{did_you_mean(name, known) or '; see docs/reference/settings.md'}"


def load_settings(**overrides: Any) -> Settings:
    """Settings from the environment, ``None`` among the overrides meaning "not given".

    The file that GENDERLENS_ENV_FILE names is read too. Raises SettingsError with one line per
    fault, and for a name that is no setting.
    """
    return _load(overrides, env_file())


def load_environment(**overrides: Any) -> Settings:
    """As ``load_settings``, for a library in somebody else's program: reads no file."""
    return _load(overrides, None)


def env_file() -> Path | None:
    """The file that GENDERLENS_ENV_FILE names; SettingsError where it cannot be read."""
    name = os.environ.get(ENV_FILE)
    if not name:
        return None
    path = Path(name).expanduser()
    try:
        path.read_text("utf-8")
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "it is no text"
        raise SettingsError(
            f"{ENV_FILE}={name!r} cannot be read: {reason}; name a file of KEY=VALUE lines"
        ) from error
    return path


def use_env_file(path: Path) -> None:
    """Have ``load_settings`` read a file, in this process and in those that it starts."""
    os.environ[ENV_FILE] = str(path.absolute())
    env_file()


def unread_env_file() -> Path | None:
    """A file ``.env`` in the current folder that is not read, as nothing names it."""
    beside, named = Path(".env"), os.environ.get(ENV_FILE)
    if not beside.is_file() or (named and Path(named).expanduser().resolve() == beside.resolve()):
        return None
    return beside


def _load(overrides: dict[str, Any], file: Path | None) -> Settings:
    for name in overrides:
        if name not in Settings.model_fields:
            raise SettingsError(_explain_unknown(repr(name), name, Settings.model_fields))
    given = {name: value for name, value in overrides.items() if value is not None}
    try:
        return Settings(_env_file=file, _env_file_encoding="utf-8", **given)
    except ValidationError as error:
        lines = (
            f"GENDERLENS_{str(fault['loc'][0]).upper().removeprefix('GENDERLENS_')}="
            f"{fault['input']!r}: {fault['msg']}"
            f"{_near_value(fault)}"
            f"{_other_names(str(fault['loc'][0]))}"
            for fault in error.errors()
            if fault["type"] != "default_factory_not_called"  # it follows from another fault
        )
        raise SettingsError("; ".join(lines)) from error


def _near_value(fault: ErrorDetails) -> str:
    """For a value that is none of a few words, the one that may have been meant."""
    if fault["type"] != "literal_error":
        return ""
    field = Settings.model_fields[str(fault["loc"][0])]
    return did_you_mean(str(fault["input"]), _words(field.annotation))


def _words(kind: Any) -> list[str]:
    """Every string that a type of literals allows, however deep in unions."""
    return [
        word
        for part in get_args(kind)
        for word in ([part] if isinstance(part, str) else _words(part))
    ]


def _other_names(field: str) -> str:
    """The fault may stand under another name than the field's own."""
    names = [name for name, (target, _) in ALIASES.items() if target == field]
    return f" (read from {' and '.join(names)} too)" if names else ""
