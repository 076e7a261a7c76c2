"""Every setting of the command line and the service."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import AliasChoices, Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource

from genderlens.settings.inference import InferenceSettings, Share
from genderlens.settings.names import OtherNames
from genderlens.types import Device, FacePolicy


class Settings(InferenceSettings):
    """The table that the command line, the service and the documentation share."""

    threads: int = Field(1, ge=1, le=256, description="ONNX Runtime threads of one worker.")
    device: Device = Field(
        "auto",
        description="What the models run on: `cpu`, `cuda` (extra `[gpu]`), `openvino` (extra "
        "`[openvino]`), `coreml` (macOS), `directml` (Windows, extra `[directml]`). `auto`: a GPU "
        "that gives the answers of the CPU, and faster, else the CPU.",
    )
    workers: int | None = Field(
        None, ge=1, le=256, description="Predictions at a time in the service; unset: the CPUs."
    )
    host: str = Field("127.0.0.1", description="Address that the service binds.")
    port: int = Field(8000, ge=0, le=65535, description="Port that the service binds.")
    share_port: bool = Field(
        default=False,
        description="Whether other services of the same user may listen on the same address and "
        "port of this machine; the system deals new connections out among them. Linux only.",
    )
    own_port: int | None = Field(
        None,
        ge=1,
        le=65535,
        description="A second port, of this process alone, for health and `/metrics` where "
        "`SHARE_PORT` has several processes answer on the first.",
    )
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
    history_attributes: Literal["off", "on"] = Field(
        "off",
        description="`on`: the history also keeps what further heads of the model said, where a "
        "request asked for them.",
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
    gate_accuracy_drop: Share = Field(
        0.005, description="How far accuracy may lie below production's."
    )
    gate_group_drop: Share = Field(
        0.01, description="How far the worst group's accuracy may lie below production's."
    )
    gate_max_ece: Share = Field(0.05, description="Largest expected calibration error.")
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
        names = OtherNames(settings_cls, dotenv_settings, env_settings)
        return init_settings, env_settings, dotenv_settings, names

    @field_validator("log_format", "log_level", mode="before")
    @classmethod
    def _any_case(cls, value: object) -> object:
        return value.lower() if isinstance(value, str) else value

    @field_validator("otlp_endpoint", mode="before")
    @classmethod
    def _empty_is_unset(cls, value: object) -> object:
        return value or None
