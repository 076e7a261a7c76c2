"""What is to be labelled: addresses in a fixed order, however many there are."""

from __future__ import annotations

import heapq
import json
import os
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from itertools import groupby, islice
from tempfile import TemporaryFile
from typing import IO, Final, NamedTuple

from genderlens.data.sources.addresses import TableFolder

RUN_ITEMS: Final = 50_000
"""So many items are sorted in memory at a time; more are sorted in runs on disk and merged."""


class Item(NamedTuple):
    """One picture to label; with a ``refusal`` it is reported as unreadable and never opened."""

    uri: str
    refusal: str = ""
    folder: str = ""
    """Where the crops of its faces go, where the source says what it shows."""
    facts: str = ""
    """Subject and attributes that its crops keep, as a JSON object; empty: none."""


def create_item(uri: str, refusal: str = "") -> Item:
    """An item whose address can be stored; what is no UTF-8 is refused under an escaped name."""
    try:
        uri.encode()
    except UnicodeEncodeError:
        shown = uri.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
        return Item(shown, f"the name {shown} is not UTF-8; rename the file")
    return Item(uri, refusal)


class NamedItems:
    """Turns what the table at ``uri`` calls its pictures into items.

    An address that leads out of the folder of the table costs only itself, unless it is trusted.
    """

    def __init__(self, uri: str, *, trusted: bool) -> None:
        self._folder = TableFolder(os.path.dirname(uri))  # noqa: PTH120 - names need not be UTF-8
        self._trusted = trusted

    def __call__(self, value: str | None, where: str) -> Item:
        """The item of one line or row; refused where it names nothing or leads out."""
        if not value or "\0" in value:
            return create_item(where, f"{where} names no picture; fill in its address")
        found = self._folder.find(value)
        if found.is_inside or self._trusted:
            return create_item(found.uri)
        shown = f"{where} names {value!a}, outside {self._folder.path}, which was not opened"
        return create_item(found.uri, f"{shown}; trust the table with --trusted")


def sort_items(items: Iterable[Item], run_items: int = RUN_ITEMS) -> Iterator[Item]:
    """Each different item once, by address; at most ``run_items`` are held in memory.

    Folders tell their files in any order, and the same pictures must make the same shards.
    """
    source = iter(items)
    with ExitStack() as stack:
        runs: list[Iterable[Item]] = []
        while run := sorted(islice(source, run_items)):
            if runs or len(run) == run_items:
                runs.append(_read_run(_write_run(run, stack)))
            else:
                runs.append(run)
        yield from (item for item, _ in groupby(heapq.merge(*runs)))


def _write_run(run: list[Item], stack: ExitStack) -> IO[str]:
    file = stack.enter_context(TemporaryFile("w+", encoding="ascii"))  # noqa: SIM115
    file.writelines(json.dumps(item) + "\n" for item in run)
    file.seek(0)
    return file


def _read_run(file: IO[str]) -> Iterator[Item]:
    for line in file:
        yield Item(*json.loads(line))
