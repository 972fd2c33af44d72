"""Messages that an app wants to post, checked as Slack checks them before it shows them."""

from __future__ import annotations

import json
from dataclasses import dataclass

from tests.fakes.slack.blocks.surfaces import ONE_TABLE, problems_of_message, too_long
from tests.fakes.slack.state.messages import named
from tests.fakes.slack.web.calls import Arguments
from tests.fakes.slack.web.wire import JSON, Refused, refuse_for

TEXT = 40_000
"""Characters in `text` (docs.slack.dev, chat.postMessage, "Truncating content")."""

EDITED_TEXT = 4000
"""Bytes in the `text` of an edit, in which `&`, `<` and `>` are escaped. The docs do not say it: it
was measured in gitlab-org/gitlab!258898, and seen in seratch/ChatGPT-in-Slack#102.
"""

METADATA_BYTES = 16_384
"""The docs name the error `metadata_too_large` but not the size; this one is a guess."""


@dataclass(frozen=True)
class Draft:
    """A message's content. None: not said, so that an edit keeps what is there."""

    text: str | None
    blocks: list[JSON] | None
    metadata: JSON | None


def draft(arguments: Arguments) -> Draft:
    """Read text, blocks and metadata. Raises Refused."""
    if "attachments" in arguments:
        raise Refused("invalid_attachments")
    text = arguments.text("text") if "text" in arguments else None
    if text is not None and len(text) > TEXT:
        raise Refused("msg_too_long")
    return Draft(text, _blocks(arguments), _metadata(arguments))


def check_length(content: Draft) -> None:
    """Raise Refused where chat.postMessage and chat.update find the blocks too long."""
    if content.blocks and too_long(content.blocks):
        raise Refused("msg_blocks_too_long")


def check_edit(content: Draft) -> None:
    """Raise Refused where chat.update finds the text too long, which chat.postMessage takes."""
    if content.text is not None and len(content.text.encode()) > EDITED_TEXT:
        raise Refused("msg_too_long")


def check_presence(content: Draft) -> None:
    """Raise Refused where a new message would be empty."""
    if not content.text and not content.blocks:
        raise Refused("no_text")


def _blocks(arguments: Arguments) -> list[JSON] | None:
    blocks = arguments.structure("blocks", error="invalid_blocks_format")
    if blocks is None:
        return None
    if not isinstance(blocks, list):
        raise Refused("invalid_blocks_format")
    if problems := problems_of_message(blocks):
        is_second = any(problem.startswith(ONE_TABLE) for problem in problems)
        raise refuse_for("invalid_attachments" if is_second else "invalid_blocks", problems)
    return named(blocks)


def _metadata(arguments: Arguments) -> JSON | None:
    metadata = arguments.structure("metadata", error="invalid_metadata_format")
    if metadata is None:
        return None
    if metadata == {}:
        return {}
    if not isinstance(metadata, dict) or metadata.keys() != {"event_type", "event_payload"}:
        raise Refused("invalid_metadata_format")
    if not isinstance(metadata["event_type"], str) or not metadata["event_type"]:
        raise Refused("invalid_metadata_format")
    if not isinstance(metadata["event_payload"], dict):
        raise Refused("invalid_metadata_format")
    if len(json.dumps(metadata).encode()) > METADATA_BYTES:
        raise Refused("metadata_too_large")
    checked: JSON = metadata
    return checked
