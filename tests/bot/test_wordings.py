"""The sentences and buttons that people get in Slack."""

from tests.bot import wordings


def test_people_read_in_slack_what_was_read_before_it_was_committed() -> None:
    """Where this is meant to change: `python -m tests.bot.wordings`, and read what differs."""
    assert wordings.rendered().split("\n") == wordings.SNAPSHOT.read_text("utf-8").split("\n")
