"""The whole workspace as it is read for the board, from the stand-in Slack."""

import pytest

from bot.slack import directory
from bot.slack.directory import DirectoryReader
from bot.slack.users import CannotCheck
from bot.slack.web.client import client
from tests.fakes.slack import Workspace


@pytest.fixture
def reader(slack: Workspace) -> DirectoryReader:
    """A reader that waits for nothing."""
    return DirectoryReader(client(slack.app.bot_token, slack.api_url), lambda _: None)


def test_everybody_is_read_and_refused_as_in_slack(
    slack: Workspace, reader: DirectoryReader
) -> None:
    slack.person("U0ALICE", name="alice", real_name="Alice", locale="de-DE")
    slack.person("U0GUEST", guest="multi")
    slack.person("U0GONE", deleted=True)
    slack.add_group("S0LAB", handle="lab", members=["U0ALICE"])

    reading = reader.read(["S0LAB", "S0NONE"])

    found = {member.id: member for member in reading.members}
    assert reading.team == slack.app.team_id
    assert (found["U0ALICE"].name, found["U0ALICE"].language) == ("Alice", "de")
    assert [name for name, member in found.items() if member.refusal is None] == ["U0ALICE"]
    assert "guest" in str(found["U0GUEST"].refusal)
    assert "deactivated" in str(found["U0GONE"].refusal)
    assert "bots" in str(found[slack.app.bot_user_id].refusal)
    assert reading.groups == {"S0LAB": frozenset({"U0ALICE"}), "S0NONE": frozenset()}


def test_a_long_list_is_read_to_its_end(slack: Workspace, reader: DirectoryReader) -> None:
    for number in range(directory.PAGE + 1):
        slack.person(f"U0{number:05}")

    assert len(reader.read([]).members) == directory.PAGE + 2  # the bot too


def test_a_token_that_slack_refuses_is_named(slack: Workspace) -> None:
    with pytest.raises(CannotCheck, match="SLACK_BOT_TOKEN"):
        DirectoryReader(client("xoxb-wrong", slack.api_url)).read([])
