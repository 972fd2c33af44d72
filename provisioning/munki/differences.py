"""Which keys of a manifest a change touched, and which it left."""

from dataclasses import dataclass
from typing import Self

from provisioning.munki.errors import ManifestUnreadable
from provisioning.munki.manifests.documents import Manifest, loads


@dataclass(frozen=True, slots=True)
class Difference:
    """Names of keys, sorted: new ones, changed ones, those that are gone, those that stayed."""

    new: tuple[str, ...]
    changed: tuple[str, ...]
    gone: tuple[str, ...]
    kept: tuple[str, ...]

    @classmethod
    def between(cls, before: bytes | None, after: bytes | None) -> Self:
        """Compare the bytes of two versions; None, or what cannot be read, has no keys."""
        was, became = _keys(before), _keys(after)
        both = sorted(was.keys() & became.keys())
        return cls(
            new=tuple(sorted(became.keys() - was.keys())),
            changed=tuple(key for key in both if was[key] != became[key]),
            gone=tuple(sorted(was.keys() - became.keys())),
            kept=tuple(key for key in both if was[key] == became[key]),
        )


def _keys(content: bytes | None) -> Manifest:
    try:
        return loads("(any)", content) if content is not None else {}
    except ManifestUnreadable:
        return {}
