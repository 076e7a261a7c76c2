"""A source in, a bundle out: ordered, held against its source, calibrated where pictures are."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from genderlens.bundle import (
    CARD,
    INT8_MODEL,
    MODEL,
    NAME_PATTERN,
    Bundle,
    CropSpec,
    Description,
    Imported,
    LikeSource,
    Parity,
    PrecisionSpec,
    Provenance,
    load_bundle,
    write_bundle,
)
from genderlens.data.manifest import Manifest
from genderlens.detection.faces import CenterFace
from genderlens.errors import SettingsError
from genderlens.export.cards.model_card import render_model_card
from genderlens.export.described import describe_head
from genderlens.export.finish import finish_bundle, require_replaceable
from genderlens.export.golden import add_golden
from genderlens.export.renew import divide_for_bundle
from genderlens.files.drafts import draft_folder, put_folder
from genderlens.guests.process import Guests
from genderlens.heads import Head
from genderlens.heads.default import GENDER
from genderlens.importing.crop import find_crop
from genderlens.importing.foreign import Facts, Foreign, Sign, Trained
from genderlens.importing.labels import Decided, decide_order, name_head
from genderlens.importing.options import ImportOptions
from genderlens.importing.parity import measure_parity
from genderlens.importing.pictures import gather_pictures
from genderlens.importing.sources import open_source
from genderlens.registry.trial import require_fit
from genderlens.storage import sha256_of_file

_MOST_REMEMBERED_NAME: Final = 200


@dataclass(frozen=True)
class LabelledCrops:
    """Labelled face crops, read once the labels are known, and what the card calls them."""

    read: Callable[[Head], Manifest]
    name: str


@dataclass(frozen=True)
class Done:
    """The bundle, and what is worth a line about how it came to be."""

    bundle: Bundle
    remarks: tuple[str, ...]


def import_model(
    source: str, out: Path, options: ImportOptions, labelled: LabelledCrops | None, guests: Guests
) -> Done:
    """Write a bundle of a model from elsewhere; ``out`` appears whole or not at all.

    With labelled face crops it is calibrated and measured on them, in halves where they have no
    splits; without, it says that it is not calibrated. Raises BundleError where the source cannot
    be read, leaves something open that is not guessed, or comes out as another model.
    """
    require_replaceable(out)
    _require_name(options.name)
    foreign = open_source(source, options, guests)
    named = name_head(foreign.facts, options)
    head = named.head if named else GENDER
    manifest = None if labelled is None else labelled.read(head).require_labels(head.labels)
    asked = gather_pictures(manifest, foreign.facts.input)
    scores = foreign.answer(asked.crops)
    decided = decide_order(named, foreign.facts, scores.take(len(asked.labels)), asked.labels)
    sign: Sign = 1 if decided.order[-1] == decided.head.positive else -1
    with draft_folder(out) as draft:
        _copy_files(foreign, draft, keep=labelled is None)
        foreign.write(draft / MODEL, sign, scores)
        spec = foreign.facts.input
        parity = measure_parity(draft, spec, asked.crops, scores, sign, guests)
        crop, remarks = find_crop(foreign.facts, manifest)
        imported = _note(foreign.facts, decided, parity)
        description = _describe(
            foreign.facts, options, draft / MODEL, crop, (decided.head, imported)
        )
        told = labelled.name if labelled is not None else ""
        _complete(draft, description, options, manifest, told, guests)
        put_folder(draft, out)
    return Done(load_bundle(str(out)), (*foreign.facts.remarks, *remarks))


def _require_name(name: str) -> None:
    if re.fullmatch(NAME_PATTERN, name) is None:
        raise SettingsError(
            f"--name {name!r} cannot name a model; write lower case letters, digits, '.', '_' and "
            "'-', at most 64, a letter or digit first"
        )


def _copy_files(foreign: Foreign, draft: Path, *, keep: bool) -> None:
    """What else a bundle holds comes along, unless it is to be measured anew."""
    bundle = foreign.facts.bundle
    if bundle is None or not keep:
        return
    for name in bundle.description.files:
        shutil.copyfile(bundle.path / name, draft / name)


def _complete(
    draft: Path,
    description: Description,
    options: ImportOptions,
    manifest: Manifest | None,
    told: str,
    guests: Guests,
) -> None:
    """Try it in a child, give it golden inputs, and finish it."""
    bundle = write_bundle(draft, description)
    require_fit(bundle, guests)
    bundle = add_golden(bundle)
    if manifest is None:
        (draft / CARD).write_text(render_model_card(bundle.description), "utf-8")
        write_bundle(draft, bundle.description)
        return
    divided = divide_for_bundle(bundle, manifest, options.split)
    finish_bundle(
        bundle,
        divided,
        CenterFace(),
        split=options.split,
        data=told,
        int8=options.int8,
    )


def _note(facts: Facts, decided: Decided, parity: LikeSource) -> Imported:
    return Imported(
        kind=facts.kind,
        source=facts.name[:_MOST_REMEMBERED_NAME],
        sha256=facts.sha256,
        outputs=facts.words,
        order=decided.order,
        ordered_by=decided.by,
        agreement=None if decided.agreement is None else decided.agreement.rounded(5),
        parity=parity,
    )


def _describe(
    facts: Facts,
    options: ImportOptions,
    graph: Path,
    crop: CropSpec,
    told: tuple[Head, Imported],
) -> Description:
    head, imported = told
    now = datetime.now(UTC)
    new: dict[str, Any] = {
        "name": options.name,
        "version": f"{now:%Y%m%d}-{sha256_of_file(graph)[:8]}",
        "created": now.isoformat(timespec="seconds"),
        "imported": imported,
    }
    if facts.bundle is not None:
        return _of_bundle(facts.bundle, graph.parent).model_copy(update=new)
    return Description(
        input=facts.input,
        crop=crop,
        heads=(describe_head(head),),
        provenance=_provenance(facts, options),
        **new,
    )


def _of_bundle(bundle: Bundle, draft: Path) -> Description:
    """As it was; what was measured of an INT8 graph goes where that stays behind."""
    old = bundle.description
    if (draft / INT8_MODEL).is_file() or old.precision.serves == "fp32":
        return old
    plain = PrecisionSpec(parity=Parity(torch=old.precision.parity.torch))
    return old.model_copy(update={"precision": plain})


def _provenance(facts: Facts, options: ImportOptions) -> Provenance:
    trained = facts.trained or Trained({}, "", "", 0)
    return Provenance(
        data=options.data,
        licence=options.licence,
        attribution=options.attribution,
        architecture=facts.architecture,
        parameters=facts.parameters,
        recipe=dict(trained.recipe),
        recipe_sha256=trained.recipe_sha256,
        manifest_sha256=trained.manifest_sha256,
        train_rows=trained.train_rows,
    )
