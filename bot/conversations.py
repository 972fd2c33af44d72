"""Where Rollcall and one person talk."""

from slack_sdk import WebClient


def with_person(slack: WebClient, channel: str) -> str:
    """Return the id of our conversation with the person whose id `channel` is, opening it.

    What is no person's id is returned as it is. A message can be posted to a person's id, but
    neither edited nor given a file. Raises what slack_sdk raises.
    """
    if not channel.startswith(("U", "W")):
        return channel
    return str(slack.conversations_open(users=channel)["channel"]["id"])
