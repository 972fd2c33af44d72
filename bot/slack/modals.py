"""The form that an empty slash command opens, and its outcome."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from typing import Any

from slack_sdk.models.blocks import (
    ExternalDataSelectElement,
    InputBlock,
    Option,
    PlainTextInputElement,
)
from slack_sdk.models.blocks.block_elements import FileInputElement
from slack_sdk.models.views import View

from bot.slack.markup import Message

REGISTER = "register"  # the callback of the form
# Blocks and their actions.
SERIALS, FILES, SITE, BUILD, NOTE = "serials", "files", "site", "build", "note"
COMPUTER_NAME = "computer_name"
FILETYPES = ["csv", "tsv", "xlsx", "txt", "jpg", "jpeg", "png", "heic"]
MOST_FILES = 10
MOST_OPTIONS = 100  # in one answer, by Slack's reference
LONGEST_NOTE = 200  # characters
LONGEST_NAME = 63  # characters of a computer's name


def form(home: str | None = None) -> View:
    """The window in which Macs are registered: serials or files, a site, a build and a note.

    Sites and builds are searched while they are typed, because there may be more than Slack lists.
    `home` is the state of the Home that it is opened from, as JSON.
    """
    return View(
        type="modal",
        callback_id=REGISTER,
        title="Register Macs",
        submit="Register",
        close="Cancel",
        private_metadata=_metadata(home),
        blocks=[*_serial_inputs(), *destination(optional=True), *_detail_inputs()],
    )


def _serial_inputs() -> list[InputBlock]:
    """The inputs of serials: a text, or files."""
    return [
        InputBlock(
            block_id=SERIALS,
            label="Serial numbers",
            hint="Paste anything that holds them: a list, a table, a mail.",
            optional=True,
            element=PlainTextInputElement(action_id=SERIALS, multiline=True),
        ),
        InputBlock(
            block_id=FILES,
            label="Or files: lists, spreadsheets, photos of the labels on boxes",
            optional=True,
            element=FileInputElement(action_id=FILES, filetypes=FILETYPES, max_files=MOST_FILES),
        ),
    ]


def _detail_inputs() -> list[InputBlock]:
    """The inputs of a computer name and of a note."""
    return [
        InputBlock(
            block_id=COMPUTER_NAME,
            label="Computer name",
            hint="For one Mac alone. Left out: the policy's pattern, if there is one.",
            optional=True,
            element=PlainTextInputElement(action_id=COMPUTER_NAME, max_length=LONGEST_NAME),
        ),
        InputBlock(
            block_id=NOTE,
            label="Note",
            optional=True,
            element=PlainTextInputElement(action_id=NOTE, max_length=LONGEST_NOTE),
        ),
    ]


def destination(*, optional: bool = False) -> list[InputBlock]:
    """The menus of sites and builds, `optional` where the serials may come with theirs."""
    return [
        _choice(SITE, "Site", "Where do they go?", optional=optional),
        _choice(BUILD, "Build", "What do they become?", optional=optional),
    ]


def chosen_destination(values: dict[str, Any]) -> tuple[str, str]:
    """The chosen site and build in a window's state; empty where none was chosen."""
    return _chosen(values, SITE), _chosen(values, BUILD)


def _chosen(values: dict[str, Any], name: str) -> str:
    field = values.get(name, {}).get(name, {})
    return str((field.get("selected_option") or {}).get("value", ""))


def outcome(message: Message, title: str = "Register Macs", *, home: str | None = None) -> View:
    """The window after the form was submitted; `home` as for the form."""
    return View(
        type="modal",
        title=title,
        close="Close",
        blocks=message.blocks,
        private_metadata=_metadata(home),
    )


def _metadata(home: str | None) -> str | None:
    return None if home is None else json.dumps({"home": home})


def _choice(name: str, label: str, placeholder: str, *, optional: bool) -> InputBlock:
    element = ExternalDataSelectElement(action_id=name, placeholder=placeholder, min_query_length=0)
    return InputBlock(
        block_id=name,
        label=label,
        hint=f"For the Macs of which nothing says the {name}." if optional else None,
        optional=optional,
        element=element,
    )


@dataclass(frozen=True, slots=True)
class Choice:
    """A site or a build in a menu: its name, and the title and the description of the policy."""

    name: str
    title: str
    description: str | None = None

    def holds(self, text: str) -> bool:
        """True where the name or the title holds a case-folded text."""
        return text in self.name.casefold() or text in self.title.casefold()

    def option(self) -> Option:
        """The option; the name, which people type, stands below a title of its own."""
        name = self.name if self.title != self.name else None
        return Option(text=self.title, value=self.name, description=self.description or name)


def matching(choices: Iterable[Choice], payload: dict[str, Any]) -> list[Option]:
    """Return the options that hold the typed text; `payload` is Slack's request for them."""
    typed = payload.get("value", "").strip().casefold()
    matches = (choice.option() for choice in choices if choice.holds(typed))
    return list(islice(matches, MOST_OPTIONS))
