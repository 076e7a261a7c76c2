"""Reports: each one HTML file that asks nothing of the network, light or dark.

What is not ``Html`` already is text and is escaped, so that no name from a data set is markup.
"""

from __future__ import annotations

import base64
from collections.abc import Container, Iterable
from html import escape
from typing import Final

_PAGE: Final = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy"
      content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{title}</title>
<style>
:root {{ color-scheme: light dark; --ink: #15181c; --paper: #fff; --quiet: #5b636d;
  --line: #d9dde2; --box: #f3f5f8; --warn: #9a5b00; --bad: #b3261e; --good: #1f7a4d }}
@media (prefers-color-scheme: dark) {{ :root {{ --ink: #e6e9ed; --paper: #14171b;
  --quiet: #a0a8b3; --line: #343a42; --box: #1e2329; --warn: #f0b35a; --bad: #ff8a80;
  --good: #6fd3a0 }} }}
* {{ box-sizing: border-box }}
body {{ font: 16px/1.55 system-ui, sans-serif; color: var(--ink); background: var(--paper);
  max-width: 66rem; margin: 0 auto; padding: 1rem }}
h1 {{ line-height: 1.2; overflow-wrap: anywhere }} h2 {{ margin-top: 2.5rem }}
p, li {{ max-width: 46rem }} .quiet, figcaption {{ color: var(--quiet) }}
.box {{ background: var(--box); border-left: 4px solid var(--quiet); padding: .5rem 1rem;
  border-radius: 4px; max-width: 48rem }} .warn {{ color: var(--warn) }}
.bad {{ color: var(--bad); font-weight: 600 }} .good {{ color: var(--good); font-weight: 600 }}
.cards, .plots, .grid {{ display: grid; gap: 1rem }}
.cards {{ grid-template-columns: repeat(auto-fit, minmax(11rem, 1fr)) }}
.card {{ background: var(--box); border-radius: 8px; padding: .8rem 1rem }}
.card b {{ display: block; font-size: 1.9rem; line-height: 1.2 }}
.plots {{ grid-template-columns: repeat(auto-fit, minmax(min(100%, 24rem), 1fr)) }}
.grid {{ grid-template-columns: repeat(auto-fill, minmax(8.5rem, 1fr)); gap: .8rem }}
img {{ max-width: 100%; height: auto }}
figure {{ margin: 0 }} figure > svg {{ width: 100%; height: auto; max-width: 36rem }}
figure svg text {{ font-family: system-ui, sans-serif }}
.grid figure {{ font-size: .8rem; line-height: 1.3 }} .grid img {{ max-width: 48% }}
.grid img:only-of-type {{ max-width: 100% }}
.scroll {{ overflow-x: auto; margin: 1rem 0 }}
table {{ border-collapse: collapse; font-variant-numeric: tabular-nums }}
th, td {{ padding: .3rem .7rem; text-align: right; border-bottom: 1px solid var(--line);
  vertical-align: top }}
th:first-child, td:first-child {{ text-align: left }} td.text, th.text {{ text-align: left }}
td.text:last-child {{ min-width: 9.5rem }} td.text:first-child {{ overflow-wrap: anywhere }}
td small {{ color: var(--quiet); white-space: nowrap }}
@media (max-width: 36rem) {{ table {{ font-size: .86rem }} th, td {{ padding: .25rem .4rem }} }}
</style>
<h1>{title}</h1>
{body}
</html>
"""


class Html(str):
    """Text that is markup already; everything else is escaped."""

    __slots__ = ()


def render_page(title: str, parts: Iterable[Html]) -> str:
    """The whole file."""
    return _PAGE.format(title=text(title), body="\n".join(parts))


def text(value: object) -> Html:
    """Markup as it is, anything else escaped."""
    return value if isinstance(value, Html) else Html(escape(str(value)))


def element(tag: str, *content: object, css: str = "") -> Html:
    """``<tag class=css>content</tag>``."""
    name = f' class="{css}"' if css else ""
    return Html(f"<{tag}{name}>{''.join(map(text, content))}</{tag}>")


def table(
    header: Iterable[object], rows: Iterable[Iterable[object]], *, words: Container[int] = ()
) -> Html:
    """A table that scrolls sideways on a narrow screen; ``words`` are columns of text."""
    lines = Html("\n".join([_line("th", header, words), *(_line("td", r, words) for r in rows)]))
    return element("div", element("table", lines), css="scroll")


def _line(tag: str, cells: Iterable[object], words: Container[int]) -> Html:
    kinds = ((cell, "text" if place in words else "") for place, cell in enumerate(cells))
    return element("tr", *(element(tag, cell, css=css) for cell, css in kinds))


def figure(drawing: Html, title: str, caption: str) -> Html:
    """A drawing with its title above and a sentence below."""
    return element("figure", element("h3", title), drawing, element("figcaption", caption))


def image(content: bytes, kind: str, alternative: str) -> Html:
    """A picture inside the page."""
    data = base64.b64encode(content).decode()
    return Html(f'<img alt="{escape(alternative)}" src="data:image/{kind};base64,{data}">')
