"""Leftovers: parts of an XML property list that Python's parser passes over without a word.

Written back, the list would be without them. Apple's parser refuses a list with any of them, but a
key that stands there twice, of which it takes the last.
"""

from collections import Counter
from xml.etree.ElementTree import Element, fromstring

from infrastructure.text import Sentence

_GROUPS = frozenset({"plist", "dict", "array"})
_VALUES = frozenset({"key", "string", "integer", "real", "true", "false", "date", "data"})
_LONGEST = 40  # characters of a leftover that are shown


def leftover(content: bytes) -> Sentence | None:
    """Return the first leftover of a list that was parsed; None where there is none.

    Raises ParseError for a character by a name that XML does not know, as `&nbsp;` is.
    """
    root = fromstring(content)  # noqa: S314 - a list that defines entities was refused before
    namespace = root.tag[: root.tag.rfind("}") + 1]  # Apple's parser passes over attributes
    for each in root.iter() if namespace else ():
        each.tag = each.tag.removeprefix(namespace)
    found = (_of_value(each) if each.tag in _VALUES else _of_group(each) for each in root.iter())
    return next(filter(None, found), None)


def _of_value(value: Element) -> Sentence | None:
    return _misplaced(value[0]) if len(value) else None


def _of_group(group: Element) -> Sentence | None:
    if group.tag not in _GROUPS:
        return _misplaced(group)
    if group.tag == "plist" and len(group) > 1:
        return _misplaced(group[1])
    for text in (group.text, *(each.tail for each in group)):
        if text and not text.isspace():
            shown = repr(text.strip()[:_LONGEST])
            return Sentence("it has the text {text} outside of its values", text=shown)
    keys = [each.text or "" for each in group[::2]] if group.tag == "dict" else []
    if len(set(keys)) < len(keys):
        twice = next(key for key, number in Counter(keys).items() if number > 1)
        return Sentence("it has the key {key} twice", key=repr(twice[:_LONGEST]))
    return None


def _misplaced(element: Element) -> Sentence:
    return Sentence("it has {element} where none belongs", element=f"<{element.tag[:_LONGEST]}>")
