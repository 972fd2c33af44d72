"""Repair of line feeds that a client removed from the texts of a manifest.

Munki's plugin for the MWA2 API has curl send bodies of more than 1,024 bytes, and curl removes
their line feeds. A text that differs in nothing else was not changed.
"""

from collections import defaultdict, deque
from collections.abc import Hashable, Iterator, Mapping, Sequence
from typing import Any

_BREAKS = b"\r\n"


def are_lost(content: bytes) -> bool:
    """True where a property list came without any line feed; a binary one has none to lose."""
    return not content.startswith(b"bplist") and not any(sign in content for sign in _BREAKS)


def restored(value: Any, present: Any) -> Any:
    """Return `value` with the line feeds that the same texts have in `present`, its former state.

    A text is searched in its own place first, and then anywhere.
    """
    return _restored(value, present, _anywhere(present))


def _restored(value: Any, present: Any, anywhere: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        is_same = isinstance(present, str) and _unbroken(present) == value
        return present if is_same else anywhere.get(value, value)
    if isinstance(value, dict):
        former = present if isinstance(present, dict) else {}
        return {key: _restored(each, former.get(key), anywhere) for key, each in value.items()}
    if isinstance(value, list):
        counterparts = _counterparts(value, present if isinstance(present, list) else [])
        return [
            _restored(each, counterpart, anywhere)
            for each, counterpart in zip(value, counterparts, strict=True)
        ]
    return value


def _counterparts(values: Sequence[Any], present: Sequence[Any]) -> list[Any]:
    """The former entry for each entry of a list: an equal one, else an unmatched one, else None."""
    equals: defaultdict[Hashable, deque[int]] = defaultdict(deque)
    for index, value in enumerate(present):
        equals[_identity(value)].append(index)
    matches = [queue.popleft() if (queue := equals[_identity(value)]) else None for value in values]
    left = iter(sorted(index for queue in equals.values() for index in queue))
    paired = (next(left, None) if index is None else index for index in matches)
    return [None if index is None else present[index] for index in paired]


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
    """All texts with line feeds, by the text without them; ambiguous ones are left out."""
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
