"""What this machine is, what would answer on it, and what would not work, each with its way out."""

from __future__ import annotations

from genderlens.doctor.finding import Finding, Section
from genderlens.doctor.machine import examine_machine, examine_software
from genderlens.doctor.models import examine_models
from genderlens.doctor.service import examine_service
from genderlens.doctor.state import examine_state
from genderlens.graphs.golden import silence
from genderlens.settings import Settings

__all__ = ["Finding", "Section", "examine"]


def examine(settings: Settings) -> list[Section]:
    """Every finding; nothing is changed, and nothing raises because something does not work."""
    with silence():
        models = examine_models(settings)
    return [
        Section("machine", examine_machine()),
        Section("software", examine_software()),
        Section("model", models),
        Section("state", examine_state(settings)),
        Section("service", examine_service(settings)),
    ]
