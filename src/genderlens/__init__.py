"""Perceived gender presentation from photos: train, audit, compress, serve and label."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from genderlens._version import __version__

if TYPE_CHECKING:
    from genderlens.inference.predictor import Predictor

__all__ = ["__version__", "load_predictor"]


def load_predictor(**settings: Any) -> Predictor:
    """A predictor; keywords are settings (``model``, ``faces``, ``threads``, …) and win over the
    environment. No file is read for them. Raises SettingsError, BundleError or DetectorError."""
    from genderlens.inference.predictor import create_predictor
    from genderlens.settings import load_environment

    return create_predictor(load_environment(**settings))
