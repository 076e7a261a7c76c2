"""What MkDocs does beyond Markdown: pages that lie elsewhere, notebooks, links out of ``docs``.

Links in the pages are those of the repository, so that they work where it is read. On the site a
link to a file that is a page there leads to that page, a link to anything else becomes plain text.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from derived.notebooks import render_notebook
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

ROOT: Final = Path(__file__).parents[1]
WOVEN: Final = {
    "README.md": "index.md",
    "CONTRIBUTING.md": "project/contributing.md",
    "CHANGELOG.md": "project/changes.md",
    "deploy/README.md": "project/deploy.md",
    "src/genderlens/models/default/MODEL_CARD.md": "model-card.md",
    "src/genderlens/recipes/default.yaml": "reference/recipes.md",
    "src/genderlens/recipes/compact-resnet.yaml": "reference/recipes.md",
    "src/genderlens/recipes/small-data.yaml": "reference/recipes.md",
}
"""File of the repository → page of the site."""
FOLDERS: Final = {
    "docs/reports/fairface-validation": "reports/fairface-validation/report.html",
    "docs/reports": "reports/fairface-validation/report.html",
    "docs/reference": "reference/commands.md",
}
_LINK: Final = re.compile(r"(!?)\[([^\]]+)\]\(([^)\s]+)\)")
_MARKER: Final = re.compile(r"<!-- (?:not run|run|measured|end of|figures|headline)[^>]*-->\n")


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages that are woven in and the notebooks with their pictures."""
    for source, page in WOVEN.items():
        if page not in files.src_uris and source.endswith(".md"):
            text = (ROOT / source).read_text("utf-8")
            files.append(File.generated(config, page, content=text))
    for notebook in sorted((ROOT / "notebooks").glob("*.ipynb")):
        for name, content in render_notebook(notebook):
            files.append(File.generated(config, f"notebooks/{name}", content=content))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Links as the site needs them, without the markers that tests read."""
    uri = page.file.src_uri
    woven = {page: source for source, page in WOVEN.items() if source.endswith(".md")}
    source = f"docs/{uri}" if (ROOT / "docs" / uri).is_file() else woven.get(uri, uri)
    known = set(files.src_uris)

    def change(match: re.Match[str]) -> str:
        return _change(match, source, uri, known)

    return "".join(
        part if fenced else _LINK.sub(change, _MARKER.sub("", part))
        for part, fenced in _split(markdown)
    )


def _split(markdown: str) -> Iterator[tuple[str, bool]]:
    """The text in pieces, and whether each is a fenced block."""
    for index, part in enumerate(re.split(r"(^```.*?^```$)", markdown, flags=re.M | re.S)):
        yield part, index % 2 == 1


def _change(match: re.Match[str], source: str, uri: str, known: set[str]) -> str:
    mark, text, target = match.groups()
    if mark or "://" in target or target.startswith(("#", "mailto:")):
        return match[0]
    path, hash_, anchor = target.partition("#")
    page = _page_of(posixpath.normpath(posixpath.join(posixpath.dirname(source), path)), known)
    if page is None:
        return text
    link = posixpath.relpath(page, posixpath.dirname(uri) or ".")
    return f"[{text}]({link}{hash_}{anchor})"


def _page_of(path: str, known: set[str]) -> str | None:
    """The page that a file of the repository is on the site."""
    below = path.removeprefix("docs/")
    notebook = path.removesuffix(".ipynb") + ".md"
    for page in (WOVEN.get(path), FOLDERS.get(path), below, notebook):
        if page is not None and page in known:
            return page
    return None
