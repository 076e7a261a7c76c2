"""The option that asks further heads."""

from __future__ import annotations

from typing import Annotated

import typer

Attributes = Annotated[
    str | None,
    typer.Option(
        metavar="NAMES",
        help="Further heads of the model to answer, separated by commas: age_group.",
    ),
]
