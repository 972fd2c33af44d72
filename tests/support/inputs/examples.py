"""Macs, cards and batches to show, without a database; the longest texts that there can be."""

from datetime import UTC, datetime
from typing import Any

import pytest

from bot.slack.markup import Message
from provisioning.outbox.models import Card
from provisioning.registrations.models import WAITING, Operation, Registration
from tests.fakes.slack.blocks.surfaces import problems_of_message, problems_of_view, too_long
from tests.fakes.slack.state.rendering import rows_of

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
LONGEST = "Longest-Name-That-Slack-Shows-".ljust(75, "x")
ACT = Operation(id=7, what="registered", by="U0ALICE", via="command", at=NOON)
# Every character of it has to be escaped, and takes five.
WORST = "&" * 75
MARKUP = "<!channel> <@U0ALICE> <#C0IMAGING> *x* _x_ ~x~ `x` <http://evil.example|x>"
ANY_NAME = pytest.mark.parametrize(
    "name", [LONGEST, WORST, MARKUP], ids=["longest", "worst", "markup"]
)
TEXT = 40_000  # characters of a message's text, by Slack's reference


def mac(serial: str = "C02ABC123DEF", **keys: Any) -> Registration:
    """A registered Mac that waits for its first boot in London, unless told otherwise."""
    given = {
        "serial": serial,
        "site": "london",
        "build": "design",
        "state": WAITING,
        "registered_by": "U0ALICE",
        "channel": "C0IMAGING",
        "revision": 1,
        "created_at": NOON,
        "changed_at": NOON,
        **keys,
    }
    return Registration(**given)


def macs(number: int, **keys: Any) -> list[Registration]:
    """Many of them; their serials are as long as serials can be."""
    return [mac(f"{each:064}", **keys) for each in range(number)]


def card(**keys: Any) -> Card:
    """A card for Macs that go to London, unless told otherwise."""
    given = {
        "key": "k",
        "channel": "C0IMAGING",
        "site": "london",
        "build": "design",
        "registered_by": "U0ALICE",
        "note": "",
        "created_at": NOON,
        **keys,
    }
    return Card(**given)


def shown(message: Message) -> list[dict[str, Any]]:
    """The blocks of a message as they are sent; slack_sdk checks them while it makes them."""
    return [block.to_dict() for block in message.blocks]


def written(message: Message) -> str:
    """All markup of a message, in the order of the screen; what buttons say is none."""
    texts = []
    for block in shown(message):
        texts += [block[key]["text"] for key in ("text",) if key in block]
        texts += rows_of(block) if block["type"] == "table" else []
        elements = block.get("elements", []) if block["type"] == "context" else []
        texts += [element["text"] for element in elements]
    return "\n".join(texts)


def faults(message: Message) -> list[str]:
    """Slack's errors about a message, or about a window that holds it, which has no table."""
    blocks, tableless = shown(message), [block.to_dict() for block in message.tableless]
    view = {"type": "modal", "title": {"type": "plain_text", "text": "x"}, "blocks": tableless}
    found = [*problems_of_message(blocks), *problems_of_view(view)]
    if not message.text.strip() or len(message.text) > TEXT:
        found.append(f"{len(message.text)} characters of text")
    return found


def faults_in_a_channel(message: Message) -> list[str]:
    """Slack's errors about a message that is posted or edited."""
    return [*faults(message), *(["msg_blocks_too_long"] if too_long(shown(message)) else [])]


def numbered(some: list[Registration]) -> list[Registration]:
    """The same Macs as the database would give them, each with an id."""
    for number, registration in enumerate(some, 1):
        registration.id = number
    return some
