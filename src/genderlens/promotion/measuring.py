"""Versions judged in a child: a model that hangs or crashes on a picture ends that, not us.

Run as ``python -m genderlens.promotion.measuring``; see genderlens.guests.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from genderlens.guests.child import TrialAlarm, serve_guest
from genderlens.guests.process import Guests
from genderlens.promotion.figures import (
    Figures,
    common_head,
    judged_faces,
    measure_versions,
    read_validation_set,
    require_gate_data,
)
from genderlens.settings import Settings, dump_settings, load_settings
from genderlens.types import FacePolicy

_MODULE: Final = "genderlens.promotion.measuring"
_S_PER_PICTURE: Final = 2.0
"""Far more than any version that the gates let through takes for a picture."""


@dataclass(frozen=True)
class Measured:
    """The figures of each version, and which pictures they are of."""

    figures: dict[str, Figures]
    pictures: int
    manifest_sha256: str
    faces: FacePolicy
    labels: int = 2
    """How many labels the versions choose among."""


def measure_in_child(
    versions: Sequence[str], settings: Settings, guests: Guests, *, progress: bool = False
) -> Measured:
    """Measure versions of the registry on the frozen validation set, side by side.

    Raises RegistryError where no setting names the set or where the versions answer in different
    words, DataError where it cannot be read,
    ModelTrialError where a version hangs or crashes on a picture.
    """
    require_gate_data(settings)
    request = {
        "versions": list(versions),
        "progress": progress,
        "settings": dump_settings(settings),
    }
    what = f"the judging of {' and '.join(versions)}"
    found = guests.run(_MODULE, request, what=what, show=progress)
    return Measured(
        {version: Figures(**figures) for version, figures in found["figures"].items()},
        found["pictures"],
        found["manifest_sha256"],
        found["faces"],
        found["labels"],
    )


def measure(request: dict[str, Any], alarm: TrialAlarm) -> dict[str, Any]:
    """Read the validation set and measure the versions on it."""
    settings = load_settings(**request["settings"])
    alarm.pause()  # that pictures come slowly is no model's fault
    head = common_head(request["versions"], settings)
    manifest = read_validation_set(settings, head)
    alarm.begin(total_s=settings.model_time_s + _S_PER_PICTURE * len(manifest))
    faces = judged_faces(request["versions"][0], manifest, settings)
    figures = measure_versions(
        request["versions"],
        manifest,
        settings,
        faces=faces,
        progress=request["progress"],
        advance=alarm.beat,
    )
    return {
        "figures": {version: one.to_dict() for version, one in figures.items()},
        "pictures": len(manifest),
        "manifest_sha256": manifest.fingerprint(),
        "faces": faces,
        "labels": len(head.labels),
    }


if __name__ == "__main__":
    serve_guest(measure)
