"""Names of settings: other ones for some, those that are gone, and those that are none."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, EnvSettingsSource, PydanticBaseSettingsSource

from genderlens.errors import SettingsError, did_you_mean

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


class OtherNames(PydanticBaseSettingsSource):
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
            require_known(source.env_vars, self.settings_cls.model_fields)
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


def require_known(names: Iterable[str], fields: Iterable[str]) -> None:
    """SettingsError for a name with our prefix that is no setting: a typo would go unnoticed."""
    known = {PREFIX + field.upper() for field in fields}
    given = {name.upper() for name in names}
    for name in sorted(given - known - NO_SETTINGS):
        if name.startswith(PREFIX):
            raise SettingsError(explain_unknown(name, name.removeprefix(PREFIX).lower(), known))


def explain_unknown(name: str, field: str, known: Iterable[str]) -> str:
    if field in GONE:
        return f"{name} is no setting any more: {GONE[field]}"
    return f"{name} is no setting{did_you_mean(name, known) or '; see docs/reference/settings.md'}"
