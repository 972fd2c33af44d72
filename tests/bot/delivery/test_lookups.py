"""Looking in Slack for a message whose answer was lost."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any, cast

from slack_sdk import WebClient

from bot.delivery import sender
from bot.delivery.rendering import OutgoingMessage
from bot.slack.markup import plain
from provisioning.outbox.claims import Claim
from provisioning.outbox.doubts import Doubt
from provisioning.outbox.models import Notification
from tests.support.inputs.examples import NOON
from tests.support.installation import CHANNEL


class BusySlack:
    """A Slack with a channel of more pages than anybody reads; it counts those that are read."""

    timeout = 10
    pages = 0

    def conversations_history(self, **_: Any) -> Iterator[dict[str, Any]]:
        for _page in range(2 * sender.MAX_PAGES):
            self.pages += 1
            yield {"messages": [{"ts": f"1795000000.{self.pages:06}"}]}

    def chat_postMessage(self, **_: Any) -> dict[str, str]:  # noqa: N802 - slack_sdk's
        return {"ts": "1795000001.000000"}


def test_in_a_busy_channel_it_is_looked_for_only_so_far_and_posted() -> None:
    slack, outgoing = BusySlack(), OutgoingMessage(CHANNEL, "key", plain("It is done."))
    claim = Claim(Notification(), "relay", NOON + timedelta(minutes=1), Doubt(NOON, None), (1,))

    ts = sender.send(cast("WebClient", cast("Any", slack)), outgoing, claim, lambda: NOON)

    assert (ts, slack.pages) == ("1795000001.000000", sender.MAX_PAGES)
