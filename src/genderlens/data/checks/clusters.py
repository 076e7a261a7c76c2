"""Things that belong together because chains of pairs connect them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable


class Clusters:
    """Disjoint sets of the numbers below ``size``, joined pair by pair."""

    def __init__(self, size: int) -> None:
        self._parent = list(range(size))

    def join(self, first: int, second: int) -> None:
        """From now on both belong together."""
        a, b = self._root(first), self._root(second)
        self._parent[max(a, b)] = min(a, b)

    def groups(self) -> list[list[int]]:
        """Every set of two or more, ascending."""
        return group_equal((self._root(number), number) for number in range(len(self._parent)))

    def _root(self, number: int) -> int:
        parent = self._parent
        while parent[number] != number:
            parent[number] = number = parent[parent[number]]
        return number


def group_equal(keyed: Iterable[tuple[Hashable, int]]) -> list[list[int]]:
    """The numbers that share a key, two or more, in the order in which they come."""
    members = defaultdict[Hashable, list[int]](list)
    for key, number in keyed:
        members[key].append(number)
    return [numbers for numbers in members.values() if len(numbers) > 1]
