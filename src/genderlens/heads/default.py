"""The head of bundles, tables, manifests and recipes that say nothing about heads."""

from __future__ import annotations

from typing import Final

from genderlens.heads import Head

GENDER: Final = Head("gender", ("female", "male"))
"""Alphabetical; the logit is the log-odds of the last label."""
