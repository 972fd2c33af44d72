"""The composition of the thread that refreshes the copy of Slack's people, for the board."""

from collections.abc import Iterator
from contextlib import contextmanager

from bot.slack.directory import DirectoryReader
from provisioning.access.accounts.keeper import PeopleKeeper
from rollcall.parts.shared import SharedParts


@contextmanager
def kept(shared: SharedParts) -> Iterator[None]:
    """A context in which the copy of Slack's people is refreshed."""
    reader = DirectoryReader(shared.slack_client)
    keeper = PeopleKeeper(shared.database, reader.read, lambda: shared.policy.policy.groups)
    keeper.start()
    try:
        yield
    finally:
        keeper.end()
