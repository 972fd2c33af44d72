"""The page about webhooks shows messages as they are sent, and a receiver that verifies them."""

import json
import re
from datetime import UTC, datetime, timedelta

from pydantic import BaseModel, ConfigDict

from provisioning.monitoring.webhooks import events, signatures
from tests.support.installation import ROOT

PAGE = (ROOT / "docs/how-to/webhooks.md").read_text()
BODY = b'{"type": "test"}'


class _Message(BaseModel):
    """The body of a message: its type, the moment of the event (RFC 3339), and its content."""

    model_config = ConfigDict(extra="forbid")

    type: str
    timestamp: str
    data: (
        events.MacTold
        | events.UnknownTold
        | events.TroubleTold
        | events.DigestTold
        | events.TestTold
    )


def test_the_examples_are_messages_and_every_type_is_told() -> None:
    blocks = [json.loads(each) for each in re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)]
    shown = [blocks[0], *blocks[1]]

    read = [_Message.model_validate(each) for each in shown]

    models = {type(message.data) for message in read}
    assert models == set(events.Told.__subclasses__()) - {events.Person, events.FormerPlace}
    assert [each for each in (*events.TYPES, events.TEST) if f"`{each}`" not in PAGE] == []


def test_the_receiver_of_the_page_takes_what_is_genuine_and_nothing_else() -> None:
    code = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)[0]
    named: dict[str, object] = {}
    exec(code, named)
    is_genuine = named["is_genuine"]
    assert callable(is_genuine)
    former, key = signatures.new_key(), signatures.new_key()
    signed = dict(signatures.headers("msg_1", datetime.now(UTC), BODY, [key, former]))
    old = signatures.headers("msg_1", datetime.now(UTC) - timedelta(minutes=6), BODY, [key])

    assert is_genuine(key, signed, BODY)
    assert is_genuine(former, signed, BODY)
    assert not is_genuine(key, signed, BODY + b" ")
    assert not is_genuine(signatures.new_key(), signed, BODY)
    assert not is_genuine(key, dict(old), BODY)
