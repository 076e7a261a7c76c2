"""The further heads that a manifest can teach."""

from __future__ import annotations

from difflib import get_close_matches

from genderlens.data.manifest import Manifest
from genderlens.errors import ManifestError
from genderlens.recipe import Recipe


def leave_out_absent_heads(recipe: Recipe, manifest: Manifest) -> tuple[Recipe, str | None]:
    """The recipe with the further heads whose column ``manifest`` has, and one line on the others.

    A column without any value counts as absent. The line is None where nothing is left out.
    Raises ManifestError for an absent one of a head that ships, or where the recipe has
    ``strict_heads``.
    """
    heads = recipe.further_heads
    columns = {name: head.column or name for name, head in heads.items()}
    absent = [name for name, column in columns.items() if not _is_filled(manifest, column)]
    if not absent:
        return recipe, None
    shipped = [name for name in absent if heads[name].ship]
    if shipped:
        fact = _describe("further", [columns[name] for name in shipped], manifest)
        raise ManifestError(
            f"{fact}; add the column, say which with heads.{shipped[0]}.column, or take the head "
            "out of the recipe"
        )
    fact = _describe("auxiliary", [columns[name] for name in absent], manifest)
    if recipe.data.strict_heads:
        raise ManifestError(
            f"{fact}; add the column, or drop --strict-heads to train without that head"
        )
    line = f"{fact}: trained without; --strict-heads stops here instead"
    return recipe.without_heads(absent), line


def _is_filled(manifest: Manifest, name: str) -> bool:
    return name in manifest.attributes and any(manifest.column(name))


def _describe(kind: str, absent: list[str], manifest: Manifest) -> str:
    names = ", ".join(repr(name) for name in absent)
    heads, columns = ("heads", "columns") if len(absent) > 1 else ("head", "column")
    own = ", ".join(manifest.attributes) or "none"
    fact = f"{kind} {heads} {names}: the data has no such {columns} (its attributes: {own})"
    near = [get_close_matches(name, manifest.attributes, 1) for name in absent]
    meant = ", ".join(match[0] for match in near if match)
    return f"{fact}, did you mean {meant}?" if meant else fact
