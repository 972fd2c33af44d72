"""Payloads of Slack's requests: checked before a listener is called, and read for events."""

import json
import re
from collections.abc import Mapping
from types import UnionType
from typing import Annotated, Any, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    model_validator,
)

from bot.slack import contents
from infrastructure.errors import RollcallError

Id = Annotated[str, StringConstraints(min_length=1, max_length=255)]
Stamp = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,12}(\.[0-9]{1,9})?$")]
Text = str | None
Fields = dict[str, Any]
_NUMBER = re.compile("[0-9]{1,9}")  # that a database takes
_HALF = re.compile("[\ud800-\udfff]")  # a surrogate alone, which JSON can say and UTF-8 cannot
SLACKBOT = "USLACKBOT"  # a bot of which Slack says that it is none
# Messages that people write: new ones, behind /me, with files, and replies that are shown in the
# channel too.
_WRITTEN = (None, "me_message", "file_share", "thread_broadcast")


class StrangePayload(RollcallError):
    """A request without a field that Slack's documentation promises."""


class StrangeValue(RollcallError):
    """A value in a button, a menu or a window that this release does not write there."""

    def __init__(self, value: str | None) -> None:
        shown = repr((value or "")[:40])
        super().__init__("No button or window of this release has the value {value}.", value=shown)


class Payload(dict[str, Any]):
    """An object of a payload; asking it for a field that is not there raises StrangePayload."""

    def __missing__(self, key: str) -> Any:
        """Raise StrangePayload with the name of the field."""
        raise StrangePayload(f"Slack's payload has no {key!r} where one is needed.")


def checked(body: object) -> Payload:
    """Return the body of a request that listeners can read. Raises StrangePayload."""
    try:
        envelope = _Envelope.model_validate(body)
        payload = _strict(body)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])[:100]
        raise StrangePayload(f"Slack's payload: {place or 'all of it'}: {first['msg']}.") from None
    except RecursionError:
        raise StrangePayload("Slack's payload is nested too deeply.") from None
    # Bolt takes any value under "event" for an object: null is as good as absent.
    payload = Payload((name, value) for name, value in payload.items() if value is not None)
    # Slack checks our certificate now and then, and sends nothing else with that.
    for name in () if envelope.ssl_check else _NEEDED.get(envelope.type, ()):
        if name not in payload:
            raise StrangePayload(f"Slack's payload has nothing as {name!r}.")
    return payload


def number(text: str | None) -> int:
    """Return the number, of an id or a page, in a value of ours. Raises StrangeValue."""
    if text is None or not _NUMBER.fullmatch(text):
        raise StrangeValue(text)
    return int(text)


def stored(text: str | None, /, **kinds: type | UnionType) -> Fields:
    """Return the object in a value of ours, with the types of its fields. Raises StrangeValue."""
    try:
        found = json.loads(text or "", parse_int=number)
    except (ValueError, RecursionError):
        raise StrangeValue(text) from None
    fields = found if isinstance(found, dict) else {}
    for name, kind in kinds.items():
        value = fields.get(name)
        if not isinstance(value, kind) or isinstance(value, bool):
            raise StrangeValue(text)
    return fields


def answers_in(surface: Mapping[str, Any]) -> Fields:
    """Return what was filled in on a view or a message, each answer by its action."""
    values = (surface.get("state") or {}).get("values") or {}  # Slack writes `{}` as a list, too
    return {action: answer for block in values.values() for action, answer in block.items()}


def chosen(answers: Fields, action: str) -> str:
    """Return the value of the option that was chosen in a menu; empty where none was."""
    return str((answers.get(action, {}).get("selected_option") or {}).get("value", ""))


def is_written(body: Fields) -> bool:
    """Return True if an event is a new message of a person, not of a bot or Rollcall."""
    event = body.get("event", {})
    nobody = (None, own_user(body), SLACKBOT)
    return (
        event.get("type") == "message"
        and event.get("subtype") in _WRITTEN
        and not event.get("bot_id")
        and event.get("user") not in nobody
    )


def is_files(body: Fields) -> bool:
    """Return True if an event is a person's sharing of files.

    Files of a forwarded message count if that is meant for Rollcall.
    """
    if not is_written(body):
        return False
    event = body["event"]
    return bool(event.get("files") or (is_meant(body) and contents.files_of(event)))


def is_meant(body: Fields) -> bool:
    """Return True if a message is meant for Rollcall: in its own conversation, or mentioning it."""
    event = body.get("event", {})
    if event.get("channel_type") == "im":
        return True
    return f"<@{own_user(body)}>" in str(event.get("text") or "")


def is_of_us(body: Fields) -> bool:
    """Return True if an event is about the bot's own user."""
    return bool(body.get("event", {}).get("user") == own_user(body))


def own_user(body: Fields) -> str:
    """The id of the bot's own user; `nobody` where Slack does not send it."""
    first: Fields = next(iter(body.get("authorizations") or ()), {})
    return str(first.get("user_id") or "nobody")


def thread_of(event: Fields) -> str:
    """The ts of the thread to answer a message in."""
    return str(event.get("thread_ts") or event["ts"])


def _strict(value: Any) -> Any:
    match value:
        case dict():
            return Payload((name, _strict(inner)) for name, inner in value.items())
        case list():
            return [_strict(inner) for inner in value]
        case str() if "\0" in value:  # which PostgreSQL takes for an error
            raise StrangePayload("Slack's payload has a NUL in a text.")
        case str() if not value.isascii() and _HALF.search(value):
            raise StrangePayload("Slack's payload has half a character in a text.")
        case _:
            return value


class _Checked(BaseModel):
    """Fields that have their type where they are present; others may be present too."""

    model_config = ConfigDict(strict=True)


class _Named(_Checked):
    id: Id


class _Option(_Checked):
    value: str


class _Answer(_Checked):
    """The answer of an element, in an action or in the state of a form."""

    value: Text = None
    selected_option: _Option | None = None
    selected_options: list[_Option] | None = None
    files: list[Fields] | None = None


class _Action(_Answer):
    type: str
    action_id: str
    block_id: Text = None
    action_ts: Stamp = "0"


class _FormState(_Checked):
    # Slack writes an empty object as a list in places.
    values: dict[str, dict[str, _Answer]] | Annotated[list[Any], Field(max_length=0)]


class _View(_Named):
    type: str
    callback_id: Text = None
    private_metadata: Text = None
    state: _FormState | None = None
    blocks: list[Fields] | None = None


class _Event(_Checked):
    type: str
    user: str | Fields | None = None
    channel: str | Fields | None = None
    channel_type: Text = None
    text: Text = None
    ts: Stamp | None = None
    thread_ts: Stamp | None = None
    event_ts: Stamp | None = None
    files: list[Fields] | None = None
    view: _View | None = None
    inputs: Fields | None = None
    function: Fields | None = None
    function_execution_id: Text = None

    @model_validator(mode="after")
    def _names_people_by_ids(self) -> Self:
        """Only events without a listener, such as user_change, have objects there."""
        if self.type in _HEARD and (isinstance(self.user, dict) or isinstance(self.channel, dict)):
            raise ValueError("user and channel have to be ids")
        return self


# The types of events that listeners read the user and the channel of.
_HEARD = frozenset(
    {
        "app_home_opened", "channel_unarchive", "function_executed", "group_unarchive",
        "member_joined_channel", "message",
    }
)  # fmt: skip


class _Envelope(_Checked):
    type: str = "command"  # which alone has none
    team: _Named | str | None = None
    user: _Named | None = None
    channel: _Named | None = None
    enterprise: _Named | str | None = None
    authorizations: list[Fields] | None = None
    ssl_check: Text = None
    command: Text = None
    text: Text = None
    user_id: Id | None = None
    channel_id: Id | None = None
    trigger_id: Text = None
    response_url: Text = None
    callback_id: Text = None
    action_id: Text = None
    block_id: Text = None
    value: Text = None
    challenge: Text = None
    actions: Annotated[list[_Action], Field(min_length=1)] | None = None
    view: _View | None = None
    state: _FormState | None = None
    message: Fields | None = None
    container: Fields | None = None
    event: _Event | None = None
    function_data: Fields | None = None


_NEEDED = {
    "command": ("command", "user_id", "trigger_id"),
    "block_actions": ("user", "actions", "trigger_id"),
    "block_suggestion": ("user", "action_id", "value"),
    "view_submission": ("user", "view"),
    "view_closed": ("user", "view"),
    "shortcut": ("user", "callback_id", "trigger_id"),
    "message_action": ("user", "callback_id", "message", "channel"),
    "event_callback": ("event",),
    "url_verification": ("challenge",),
}
