"""Manifests: parsed, merged and serialised, by pure functions.

Keys and their meaning are those of Munki 6 and 7. Rollcall owns three entries of
`included_manifests`; every other entry and every other key belongs to other tools and people.
"""

import codecs
import plistlib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import deepcopy
from types import MappingProxyType
from typing import Any, TypeAlias
from xml.etree.ElementTree import ParseError
from xml.parsers.expat import ExpatError

from infrastructure.text import Sentence
from provisioning.munki.errors import ManifestUnreadable, RepeatedKey
from provisioning.munki.manifests.leftovers import Leftover, leftover
from provisioning.munki.storage.base import LARGEST, LFS

Manifest: TypeAlias = dict[str, Any]

INCLUDED = "included_manifests"  # the key
FOLDER = "manifests/"  # from the repo's root
SITE_DEFAULT = "site_default"
DEFAULT_CATALOGS = ("production",)  # of a manifest that has none
DEEPEST = 100  # lists and dictionaries within one another; conditions make five or six
# Bytes before the head of an XML property list that Apple's parser ignores, and Python's does not.
_BEFORE_HEAD = re.compile(rb"(?:\xef\xbb\xbf)?(?:\s++|<!--.*?-->)*+", re.DOTALL)
# Marks at the beginning of wide encodings: Apple's parser believes them, whatever the head says.
_WIDE = {
    codecs.BOM_UTF32_LE: "utf-32",  # begins as the next one does
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_BE: "utf-16",
}
_CONFLICT = re.compile(rb"^(?:<{7}|>{7}) ", re.MULTILINE)
_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]")  # which Apple's parser reads
_HEAD = re.compile(r"<\?xml[^>]*\?>")


def merge(
    manifest: Manifest | None,
    includes: Callable[[Sequence[str]], list[str]],
    *,
    catalogs: Sequence[str] = DEFAULT_CATALOGS,
    new: Mapping[str, Any] = MappingProxyType({}),
) -> Manifest:
    """Return `manifest` with the includes that `includes` makes of its own; None: a new one.

    A new one, as an empty one, is made of `new`.
    Catalogs and unknown keys stay as they are. A manifest without catalogs gets `catalogs`,
    because Munki skips the whole of it otherwise.
    """
    merged = dict(manifest or deepcopy(dict(new)))
    merged["catalogs"] = merged.get("catalogs") or list(catalogs)
    merged[INCLUDED] = includes(merged.get(INCLUDED, []))
    return merged


def joined(manifest: Manifest, other: Manifest, defaults: Mapping[str, Any]) -> Manifest:
    """Return `manifest` with the entries that only `other` has, which is of the same Mac.

    Lists get the entries that they lack. A value that is empty, or one of the `defaults` of a new
    manifest, is replaced, and so are the catalogs, whose order Munki heeds; others stay.
    """
    result = dict(manifest)
    if other.get("catalogs"):
        result["catalogs"] = other["catalogs"]
    for key, value in other.items():
        present = result.get(key)
        if key == "catalogs":
            continue
        if isinstance(value, list) and isinstance(present, list):
            result[key] = [*present, *(entry for entry in value if entry not in present)]
        elif key not in result or (value and (not present or present == defaults.get(key))):
            result[key] = value
    return result


def parts(manifest: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield a manifest, and its conditional items within one another, in Munki's order.

    Munki 6 and 7 read a conditional item as a manifest where it has a `condition`; only the Mac
    knows if that is true.
    """
    waiting = [manifest]
    while waiting:
        part = waiting.pop()
        yield part
        waiting.extend(
            reversed([each for each in entries(part, "conditional_items") if _is_read(each)])
        )


def _is_read(item: Any) -> bool:
    return isinstance(item, dict) and isinstance(item.get("condition"), str)


def entries(part: Mapping[str, Any], key: str) -> list[Any]:
    """Return the list that a manifest, or a part of one, has under `key`; empty for none."""
    value = part.get(key)
    return value if isinstance(value, list) else []


def read(name: str, content: bytes) -> Manifest:
    """Parse a manifest as Munki's clients do, for a look at what it says.

    A key that stands there twice has its last value. Raises ManifestUnreadable, which names
    it as `name`.
    """
    try:
        return loads(name, content)
    except RepeatedKey as error:
        return error.manifest


def loads(name: str, content: bytes) -> Manifest:
    """Parse a manifest, XML or binary, of which nothing would be lost by writing it back.

    Raises ManifestUnreadable, which names it as `name`; RepeatedKey where `read` would read it.
    """
    try:
        manifest, lost = _parsed(content)
    except Exception as error:  # plistlib raises nearly anything for a hostile file
        raise ManifestUnreadable(name, _fault(content, error)) from error
    if lost is not None and not lost.is_read:
        raise ManifestUnreadable(name, lost.sentence)
    if not isinstance(manifest, dict):
        raise ManifestUnreadable(name, "its root is not a dictionary")
    if not _is_modest(manifest):
        raise ManifestUnreadable(name, "it holds more than a manifest could")
    if not _are_texts(manifest.get("catalogs", [])):
        raise ManifestUnreadable(name, "its catalogs is not an array of strings")
    if not all(_are_texts(part.get(INCLUDED, [])) for part in parts(manifest)):
        raise ManifestUnreadable(name, f"its {INCLUDED} is not an array of strings")
    if lost is not None:
        raise RepeatedKey(name, lost.sentence, manifest)
    return manifest


def _fault(content: bytes, error: Exception) -> Sentence:
    """The reason why a file is no property list: what it is instead, or which line is wrong."""
    if not content.strip():
        return Sentence("it is empty")
    if content.startswith(LFS):
        return Sentence("it lies in Git LFS, not in the repository")
    if _CONFLICT.search(content):
        return Sentence("it holds the marks of a conflict in git")
    if content.lstrip().startswith(b"{"):
        return Sentence(
            "it is JSON or a property list of the old form; make XML of it: plutil -convert xml1"
        )
    if isinstance(error, ExpatError | ParseError):
        return _fault_of_xml(_narrow(content), error)
    return Sentence("it is not a property list")


def _fault_of_xml(content: bytes, error: ExpatError | ParseError) -> Sentence:
    """The line that is wrong; of an error that counts the lines from the head on."""
    lines = content.splitlines()
    line = error.position[0] if isinstance(error, ParseError) else error.lineno
    line += len(lines) - len(_from_head(content).splitlines())
    if any(map(_CONTROL.search, lines[line - 1 : line])):
        return Sentence("line {line} has a control character, which XML cannot have", line=line)
    return Sentence("it is not a property list: line {line} cannot be read", line=line)


def _parsed(content: bytes) -> tuple[Any, Leftover | None]:
    content = _narrow(content)
    text = _from_head(content)
    if not text.startswith(b"<"):
        return plistlib.loads(content), None
    return plistlib.loads(text, fmt=plistlib.FMT_XML), leftover(text)


def _from_head(content: bytes) -> bytes:
    """Return a document from the head of its XML on, where it has one."""
    before_head = _BEFORE_HEAD.match(content)
    return content[before_head.end() :] if before_head else content


def _narrow(content: bytes) -> bytes:
    """Return a document in a wide encoding, as some editors save it, in UTF-8 without its head."""
    encoding = next((name for mark, name in _WIDE.items() if content.startswith(mark)), None)
    if encoding is None:
        return content
    return _HEAD.sub("", content.decode(encoding), count=1).encode()


def _are_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(entry, str) for entry in value)


def _is_modest(manifest: Manifest) -> bool:
    """True where a manifest fits into a file; a binary one can repeat a large value often."""
    left = LARGEST
    level: list[Any] = [manifest]
    for _ in range(DEEPEST):
        inner: list[Any] = []
        for value in level:
            if isinstance(value, dict | list):
                inner.extend(value.values() if isinstance(value, dict) else value)
            left -= len(value) + 1 if isinstance(value, dict | list | str | bytes) else 1
            if left <= 0:
                return False
        level = inner
    return not level


def dumps(name: str, manifest: Manifest) -> bytes:
    """Serialise a manifest as Munki's own tools do: XML, UTF-8, sorted keys, tabs.

    Raises ManifestUnreadable where the manifest has values that XML property lists cannot hold, or
    could not be read again.
    """
    try:
        content = plistlib.dumps(manifest, sort_keys=True)
        if not content.isascii():  # some characters can be written as XML and not read again
            plistlib.loads(content)
    except (TypeError, ValueError, OverflowError, RecursionError, ExpatError) as error:
        raise ManifestUnreadable(name, "it holds values that XML cannot") from error
    if len(content) > LARGEST:
        raise ManifestUnreadable(name, "it would be larger than 4 MiB")
    return content
