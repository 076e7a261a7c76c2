from __future__ import annotations

from genderlens.data.checks.clusters import Clusters, group_equal


def test_chains_of_pairs_become_one_group() -> None:
    clusters = Clusters(7)
    for pair in ((5, 1), (2, 3), (1, 6), (3, 2)):
        clusters.join(*pair)
    assert clusters.groups() == [[1, 5, 6], [2, 3]]
    clusters.join(6, 2)
    assert clusters.groups() == [[1, 2, 3, 5, 6]]


def test_nothing_joined_is_no_group() -> None:
    assert Clusters(3).groups() == Clusters(0).groups() == []


def test_a_long_chain_is_followed_quickly() -> None:
    clusters = Clusters(50_000)
    for number in range(49_999, 0, -1):
        clusters.join(number, number - 1)
    assert [len(group) for group in clusters.groups()] == [50_000]


def test_equal_keys_make_groups_of_two_or_more() -> None:
    assert group_equal([("a", 4), ("b", 1), ("a", 2), ("c", 3), ("c", 9)]) == [[4, 2], [3, 9]]
