"""Perceived gender presentation from photos: train, audit, compress, serve and label."""

from genderlens._version import __version__

__all__ = ["__version__"]
