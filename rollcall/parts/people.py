"""The composition of the thread that refreshes the copy of Slack's people, for the board."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from bot.slack.directory import DirectoryReader
from provisioning.access.accounts.keeper import PeopleKeeper

if TYPE_CHECKING:
    from rollcall.application import Application


@contextmanager
def kept(application: "Application") -> Iterator[None]:
    """A context in which the copy of Slack's people is refreshed."""
    reader = DirectoryReader(application.slack_client)
    keeper = PeopleKeeper(
        application.database, reader.read, lambda: application.policy.policy.groups
    )
    keeper.start()
    try:
        yield
    finally:
        keeper.end()
