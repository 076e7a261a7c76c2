from __future__ import annotations

from pathlib import Path

import pytest

from genderlens.data.readers import read_source
from genderlens.data.sources.images import iterate_image_bytes
from genderlens.errors import DataError, ManifestError, SourceNotFoundError, UnknownLabelError
from genderlens.pictures.imaging import decode_image

ATTRIBUTES = """3
Bald Male Wearing_Hat
1.jpg -1  1 -1
2.jpg  1 -1 -1
3.jpg -1 -1  1
"""
PARTITION = "1.jpg 0\n2.jpg 1\n3.jpg 2\n4.jpg 2\n"


def write(folder: Path, attributes: str = ATTRIBUTES, partition: str | None = PARTITION) -> str:
    (folder / "img_align_celeba").mkdir(exist_ok=True)
    for index in (1, 2, 3):
        (folder / "img_align_celeba" / f"{index}.jpg").touch()
    (folder / "list_attr_celeba.txt").write_text(attributes)
    if partition is not None:
        (folder / "list_eval_partition.txt").write_text(partition)
    return str(folder)


def test_lists_become_labels_splits_and_attributes(tmp_path: Path) -> None:
    manifest = read_source(write(tmp_path))
    pictures = tmp_path / "img_align_celeba"
    assert manifest.uris == [str(pictures / f"{index}.jpg") for index in (1, 2, 3)]
    assert manifest.labels == ["male", "female", "female"]
    assert manifest.column("split") == ["train", "val", "test"]
    assert manifest.attributes == ("Bald", "Wearing_Hat")
    assert manifest.column("Wearing_Hat") == ["no", "no", "yes"]
    assert manifest.counts("subject") == {None: 3}


def test_the_attribute_list_is_a_source_too(tmp_path: Path) -> None:
    source = Path(write(tmp_path, partition=None)) / "list_attr_celeba.txt"
    assert read_source(str(source)).counts("split") == {None: 3}


def test_identities_become_subjects(tmp_path: Path) -> None:
    source = write(tmp_path)
    (tmp_path / "identity_CelebA.txt").write_text("1.jpg 2880\n2.jpg 7\n3.jpg 7\n")
    assert read_source(source).column("subject") == ["2880", "7", "7"]


@pytest.mark.parametrize(
    ("attributes", "error", "message"),
    [
        ("", ManifestError, "does not begin with a count"),
        ("Male\n1.jpg 1\n", ManifestError, "does not begin with a count"),
        ("1\nBald\n1.jpg 1\n", UnknownLabelError, "no attribute 'Male', only Bald"),
        ("2\nMale\n1.jpg 1\n", ManifestError, "announces 2 pictures and lists 1"),
        ("1\nMale\n1.jpg 1 1\n", ManifestError, r"has 2 values for 1\.jpg, not 1"),
        ("1\nMale\n1.jpg 0\n", UnknownLabelError, r"holds '0' for 1\.jpg; known are 1 and -1"),
        ("1\nMale\n9.jpg 1\n", SourceNotFoundError, r"img_align_celeba/9\.jpg does not exist"),
        ("1\nMale\n../1.jpg 1\n", SourceNotFoundError, "does not exist"),
    ],
)
def test_what_is_wrong_with_the_attributes_is_said(
    tmp_path: Path, attributes: str, error: type[DataError], message: str
) -> None:
    with pytest.raises(error, match=message):
        read_source(write(tmp_path, attributes))


@pytest.mark.parametrize("partition", ["1.jpg 0\n2.jpg 1\n", PARTITION.replace("2\n", "3\n")])
def test_a_picture_without_a_usable_partition_is_named(tmp_path: Path, partition: str) -> None:
    with pytest.raises(ManifestError, match=r"no usable line for 3\.jpg"):
        read_source(write(tmp_path, partition=partition))


def test_missing_lists_and_pictures_are_named(tmp_path: Path) -> None:
    with pytest.raises(SourceNotFoundError, match=r"no file at .*list_attr_celeba\.txt"):
        read_source(str(tmp_path), kind="celeba")
    (tmp_path / "list_attr_celeba.txt").write_text(ATTRIBUTES)
    with pytest.raises(SourceNotFoundError, match=r"no folder .*img_align_celeba"):
        read_source(str(tmp_path))


@pytest.mark.data
def test_the_subset_of_celeba_is_read_whole(data_dir: Path) -> None:
    manifest = read_source(str(data_dir / "celeba"))
    assert manifest.counts("split") == {"train": 2866, "val": 750, "test": 750}
    assert manifest.attributes == ()
    (content,) = iterate_image_bytes(manifest.take([0]))
    assert decode_image(content).size == (178, 218)
