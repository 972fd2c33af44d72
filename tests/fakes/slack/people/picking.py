"""Choices that Slack's own screens do not offer, although a payload could carry them."""

from __future__ import annotations

from typing import Any

from tests.fakes.slack.people.choosing import NotThere
from tests.fakes.slack.state.files import TYPES, Given
from tests.fakes.slack.web.wire import JSON

FILE_BYTES = 10 * 1024 * 1024
"""docs.slack.dev, "File input element"."""
MAX_FILES = 10


def check_choice(element: JSON, answered: JSON) -> None:
    """Raise NotThere for more than a menu takes."""
    chosen = answered.get("selected_options", [])
    most = element.get("max_selected_items", len(chosen))
    if len(chosen) > most:
        raise NotThere(f"{element['action_id']!r} takes at most {most}")


def in_hand(element: JSON, given: Any) -> list[Given]:
    """The files for a file_input. Raises NotThere for a type, size or number that it refuses."""
    files: list[Given] = [given] if isinstance(given, tuple) else list(given)
    most = element.get("max_files", MAX_FILES)
    if len(files) > most:
        raise NotThere(f"{element['action_id']!r} takes at most {most} files")
    allowed = [_type_of(f".{each}") for each in element.get("filetypes", [])]
    for name, content, *_ in files:
        if allowed and _type_of(name) not in allowed:
            raise NotThere(f"{element['action_id']!r} takes {allowed}, which {name!r} is not")
        if len(content) > FILE_BYTES:
            raise NotThere(f"{name!r} is larger than {FILE_BYTES} bytes")
    return files


def _type_of(name: str) -> str:
    ending = name.rpartition(".")[2].lower()
    return TYPES.get(ending, ending)
