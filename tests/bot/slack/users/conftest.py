"""A Slack that is asked about people, the time, and who asks it."""

from collections.abc import Iterator

import pytest
from slack_sdk import WebClient

from bot.slack.users import SlackUsers
from tests.bot.slack.users import people_methods
from tests.bot.slack.users.people_methods import (
    ALICE,
    TOKEN,
    Directory,
)
from tests.support.clocks import Seconds


@pytest.fixture
def clock() -> Seconds:
    """The time as those who remember see it."""
    return Seconds()


@pytest.fixture
def directory() -> Iterator[Directory]:
    """A Slack in which Alice is a full member."""
    with people_methods.running() as directory:
        directory.add(ALICE)
        yield directory


@pytest.fixture
def members(directory: Directory, clock: Seconds) -> SlackUsers:
    """The product's directory of people, which asks that Slack."""
    return SlackUsers(WebClient(token=TOKEN, base_url=directory.api_url), clock=clock)
