"""Leftovers: parts of an XML property list that Python's parser passes over without a word.

Written back, the list would be without them. Apple's parser refuses a list with any of them, but a
key that stands there twice, of which it takes the last, as Python's does.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree.ElementTree import Element, fromstring

from infrastructure.text import Sentence

_GROUPS = frozenset({"plist", "dict", "array"})
_VALUES = frozenset({"key", "string", "integer", "real", "true", "false", "date", "data"})
_LONGEST = 40  # characters of a leftover that are shown


@dataclass(frozen=True, slots=True)
class Leftover:
    """A leftover, as half a `sentence`. One that `is_read` Apple's parser passes over, too."""

    sentence: Sentence
    is_read: bool = False


def leftover(content: bytes) -> Leftover | None:
    """Return the first leftover of a list that was parsed; None where there is none.

    One that Apple's parser refuses comes before one that it reads. Raises ParseError for a
    character by a name that XML does not know, as `&nbsp;` is.
    """
    root = fromstring(content)  # noqa: S314 - a list that defines entities was refused before
    namespace = root.tag[: root.tag.rfind("}") + 1]  # Apple's parser passes over attributes
    for each in root.iter() if namespace else ():
        each.tag = each.tag.removeprefix(namespace)
    refused = next((each for element in root.iter() for each in _refused(element)), None)
    if refused is not None:
        return Leftover(refused)
    twice = next(filter(None, map(_twice, root.iter("dict"))), None)
    return None if twice is None else Leftover(twice, is_read=True)


def _refused(element: Element) -> Iterator[Sentence]:
    if element.tag in _VALUES:
        yield from map(_misplaced, element)
        return
    if element.tag not in _GROUPS:
        yield _misplaced(element)
    if element.tag == "plist":
        yield from map(_misplaced, element[1:])
    for text in (element.text, *(each.tail for each in element)):
        if text and not text.isspace():
            shown = repr(text.strip()[:_LONGEST])
            yield Sentence("it has the text {text} outside of its values", text=shown)


def _twice(dictionary: Element) -> Sentence | None:
    keys = [each.text or "" for each in dictionary[::2]]
    if len(set(keys)) == len(keys):
        return None
    twice = next(key for key, number in Counter(keys).items() if number > 1)
    return Sentence("it has the key {key} twice", key=repr(twice[:_LONGEST]))


def _misplaced(element: Element) -> Sentence:
    return Sentence("it has {element} where none belongs", element=f"<{element.tag[:_LONGEST]}>")
