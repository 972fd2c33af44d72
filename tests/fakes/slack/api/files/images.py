"""Images in blocks that show a file of the workspace."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.fakes.slack.blocks.schema import complain
from tests.fakes.slack.state.files import IMAGES
from tests.fakes.slack.state.team import Team
from tests.fakes.slack.web.wire import JSON, refuse_for


def check_images(team: Team, blocks: list[JSON], error: str, at: str) -> None:
    """Raise Refused with `error` where a `slack_file` is no image that the bot may see
    (docs.slack.dev, "Slack file object").
    """
    problems = [
        complain("invalid slack file", where)
        for shown, where in _slack_files(blocks, at)
        if not _showable(team, shown)
    ]
    if problems:
        raise refuse_for(error, problems)


def _showable(team: Team, shown: JSON) -> bool:
    file = team.files.find(file_id=shown.get("id", ""), url=shown.get("url", ""))
    if file is None or file.deleted or not team.files.visible(file):
        return False
    return file.filetype in IMAGES


def _slack_files(value: Any, at: str) -> Iterator[tuple[JSON, str]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            if key == "slack_file":
                yield inner, f"{at}/{key}"
            else:
                yield from _slack_files(inner, f"{at}/{key}")
    if isinstance(value, list):
        for position, inner in enumerate(value):
            yield from _slack_files(inner, f"{at}/{position}")
