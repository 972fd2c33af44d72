"""Choices that Slack's own screens do not offer, although a payload could carry them."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from tests.fakes.slack.people.choosing import NotThere
from tests.fakes.slack.state.files import TYPES, Given
from tests.fakes.slack.state.team import Team
from tests.fakes.slack.web.wire import JSON

FILE_BYTES = 10 * 1024 * 1024
"""docs.slack.dev, "File input element"."""
MOST_FILES = 10


def check_choice(team: Team, element: JSON, answered: JSON) -> None:
    """Raise NotThere for people and channels that do not exist, days and hours that are none, and
    more than a menu takes.
    """
    (chosen,) = answered.values() if len(answered) == 1 else (None,)
    listed = chosen if isinstance(chosen, list) else [chosen]
    most = element.get("max_selected_items", len(listed))
    if len(listed) > most:
        raise NotThere(f"{element['action_id']!r} takes at most {most}")
    for each in listed:
        if each is not None and not _exists(team, element["type"], each):
            raise NotThere(f"{each!r} cannot be chosen in {element['action_id']!r}")


def in_hand(element: JSON, given: Any) -> list[Given]:
    """The files for a file_input. Raises NotThere for a type, size or number that it refuses."""
    files: list[Given] = [given] if isinstance(given, tuple) else list(given)
    most = element.get("max_files", MOST_FILES)
    if len(files) > most:
        raise NotThere(f"{element['action_id']!r} takes at most {most} files")
    allowed = [_type_of(f".{each}") for each in element.get("filetypes", [])]
    for name, content, *_ in files:
        if allowed and _type_of(name) not in allowed:
            raise NotThere(f"{element['action_id']!r} takes {allowed}, which {name!r} is not")
        if len(content) > FILE_BYTES:
            raise NotThere(f"{name!r} is larger than {FILE_BYTES} bytes")
    return files


def _exists(team: Team, kind: str, chosen: Any) -> bool:
    if kind in ("users_select", "multi_users_select"):
        return chosen in team.members
    if kind in ("channels_select", "multi_channels_select"):
        return chosen in team.channels and team.channels[chosen].kind == "channel"
    if kind in ("conversations_select", "multi_conversations_select"):
        return chosen in team.channels
    if kind == "datepicker":
        return _is_date(str(chosen))
    if kind == "timepicker":
        return bool(re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", str(chosen)))
    return True


def _is_date(chosen: str) -> bool:
    try:
        return date.fromisoformat(chosen).isoformat() == chosen
    except ValueError:
        return False


def _type_of(name: str) -> str:
    ending = name.rpartition(".")[2].lower()
    return TYPES.get(ending, ending)
