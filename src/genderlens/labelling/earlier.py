"""What an earlier run into the same folder was told holds on where a further run is told nothing.

So ``label SOURCE --out DIR --format coco`` adds a format to labels that lie there, however they
were made, and makes none of them again.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from genderlens.labelling.guard import read_job
from genderlens.settings import Settings, load_settings

_EITHER: Final = frozenset({"abstain_below", "target_error"})
"""Two ways to say one thing: whoever gives one of them now does not mean the other any more."""


def recall_settings(
    out: Path | None, given: Mapping[str, Any], *, device: str | None = None
) -> Settings:
    """The settings of a run: what is given now, here or by the environment, wins over earlier.

    None among the given means "not given". ``device`` is of this run alone: it changes no answer.
    Raises SettingsError.
    """
    here = {"threads": 1, "device": device}
    now = load_settings(**given, **here)
    earlier = _read(out).get("given", {})
    said = set(now.given)
    if said & _EITHER:
        said |= _EITHER
    kept = {name: value for name, value in earlier.items() if name not in said}
    if not kept:
        return now
    return load_settings(**kept, **_not_none(given), **here)


def recall_options(out: Path | None, options: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a Job that no setting holds, by the same rule; False means "not given", too.

    Left out is what neither run gave.
    """
    earlier = _read(out)
    stored = {**earlier, **earlier.get("computed", {})}
    chosen: dict[str, Any] = {name: value or stored.get(name) for name, value in options.items()}
    for name in ("crops", "uncertain_to"):
        place = chosen[name]
        if isinstance(place, str):
            chosen[name] = Path(place)
    chosen["words"] = tuple(tuple(pair) for pair in chosen.get("words") or ()) or None
    return _not_none(chosen)


def _read(out: Path | None) -> dict[str, Any]:
    return (read_job(out) if out is not None else None) or {}


def _not_none(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}
