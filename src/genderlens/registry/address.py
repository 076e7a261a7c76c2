"""A model by reference: ``default``, a folder, ``registry:production``, or an address on S3."""

from __future__ import annotations

from typing import Final

from genderlens.bundle import Bundle, load_bundle
from genderlens.remote import is_remote
from genderlens.settings import Settings

SCHEME: Final = "registry:"


def load_reference(reference: str, settings: Settings) -> Bundle:
    """The checked bundle that a reference names.

    ``registry:NAME`` is a version or an alias of the registry that the settings name; an address
    such as ``s3://bucket/prefix/VERSION`` is a folder with a bundle. Raises BundleNotFoundError,
    BundleIntegrityError, VersionNotFoundError, DataError where a cloud cannot be asked.
    """
    if reference.startswith(SCHEME):
        from genderlens.registry.store import open_registry

        return open_registry(settings).load(reference.removeprefix(SCHEME))
    if is_remote(reference):
        from genderlens.registry.cache import fetch_bundle

        return load_bundle(str(fetch_bundle(reference, settings.cache_dir)))
    return load_bundle(reference)
