"""Line feeds that a client lost on the way, given back to the texts that had them.

Munki's plugin for the MWA2 API has curl send what is longer than 1,024 bytes, and curl takes the
line feeds out of it. A text that differs in nothing else was not changed.
"""

from collections import defaultdict, deque
from collections.abc import Hashable, Iterator, Mapping, Sequence
from typing import Any

_BREAKS = b"\r\n"


def are_lost(content: bytes) -> bool:
    """True where a property list came without any line feed; a binary one has none to lose."""
    return not content.startswith(b"bplist") and not any(sign in content for sign in _BREAKS)


def restored(wanted: Any, present: Any) -> Any:
    """Return `wanted` with the line feeds that `present`, its former state, has in the same texts.

    A text is looked for in its own place first, and then anywhere.
    """
    return _restored(wanted, present, _anywhere(present))


def _restored(wanted: Any, present: Any, anywhere: Mapping[str, str]) -> Any:
    if isinstance(wanted, str):
        is_same = isinstance(present, str) and _unbroken(present) == wanted
        return present if is_same else anywhere.get(wanted, wanted)
    if isinstance(wanted, dict):
        there = present if isinstance(present, dict) else {}
        return {key: _restored(value, there.get(key), anywhere) for key, value in wanted.items()}
    if isinstance(wanted, list):
        counterparts = _counterparts(wanted, present if isinstance(present, list) else [])
        return [
            _restored(value, counterpart, anywhere)
            for value, counterpart in zip(wanted, counterparts, strict=True)
        ]
    return wanted


def _counterparts(wanted: Sequence[Any], present: Sequence[Any]) -> list[Any]:
    """For each entry of a list what it was before: the same entry, or one that is left, or None."""
    same: defaultdict[Hashable, deque[int]] = defaultdict(deque)
    for place, value in enumerate(present):
        same[_identity(value)].append(place)
    found = [places.popleft() if (places := same[_identity(value)]) else None for value in wanted]
    left = iter(sorted(place for places in same.values() for place in places))
    paired = (next(left, None) if place is None else place for place in found)
    return [None if place is None else present[place] for place in paired]


def _identity(value: Any) -> Hashable:
    """A key that two values share which differ in nothing but line feeds."""
    if isinstance(value, str):
        return _unbroken(value)
    if isinstance(value, list):
        return list, tuple(map(_identity, value))
    if isinstance(value, dict):
        return dict, tuple(sorted((key, _identity(each)) for key, each in value.items()))
    return type(value), value


def _anywhere(present: Any) -> dict[str, str]:
    """All texts that have line feeds, by what is left without; not where that can be two texts."""
    variants: defaultdict[str, set[str]] = defaultdict(set)
    for text in _texts(present):
        variants[_unbroken(text)].add(text)
    return {left: texts.pop() for left, texts in variants.items() if len(texts) == 1}


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _texts(each)


def _unbroken(text: str) -> str:
    return text.replace("\r", "").replace("\n", "")
