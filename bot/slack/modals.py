"""The form that an empty slash command opens, and its outcome."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from slack_sdk.models.blocks import (
    AlertBlock,
    Block,
    ExternalDataSelectElement,
    InputBlock,
    Option,
    PlainTextInputElement,
    SectionBlock,
)
from slack_sdk.models.blocks.block_elements import FileInputElement
from slack_sdk.models.views import View

from bot.slack import payloads
from bot.slack.markup import Message, markup, section
from provisioning.values.kinds import BOTH, BUILD, SITE, Kinds
from provisioning.values.language import _, marked

REGISTER = "register"  # the callback of the form
# Blocks and their actions, beside SITE and BUILD.
SERIALS, FILES, NOTE = "serials", "files", "note"
COMPUTER_NAME = "computer_name"
FILETYPES = ["csv", "tsv", "xlsx", "txt", "jpg", "jpeg", "png", "heic"]
MAX_FILES = 10
MAX_OPTIONS = 100  # in one answer, by Slack's reference
LONGEST_NOTE = 200  # characters
LONGEST_NAME = 63  # characters of a computer's name
LONGEST_ALERT = 200  # characters
ERROR, WARNING = "error", "warning"  # levels of an alert
LABELS = {SITE: marked("Site"), BUILD: marked("Build")}
CHOOSE = {SITE: marked("Choose a site"), BUILD: marked("Choose a build")}
_QUESTIONS = {SITE: marked("Where do they go?"), BUILD: marked("What do they become?")}
_LEFT_OUT = {
    SITE: marked("Used for rows that name no site."),
    BUILD: marked("Used for rows that name no build."),
}


def form(kinds: Kinds = BOTH, *, home: str | None = None) -> View:
    """The window in which Macs are registered: serials or files, a site, a build and a note.

    Sites and builds are searched while they are typed, because there may be more than Slack lists.
    A menu of a kind that is not among `kinds` is left out. `home` is the state of the Home that it
    is opened from, as JSON.
    """
    return View(
        type="modal",
        callback_id=REGISTER,
        title=_("Register Macs"),
        submit=_("Register"),
        close=_("Close"),
        private_metadata=_metadata(home),
        blocks=[*_serial_inputs(), *_usual_destination(kinds), *_detail_inputs()],
    )


def _serial_inputs() -> list[InputBlock]:
    """The inputs of serials: a text, or files."""
    return [
        InputBlock(
            block_id=SERIALS,
            label=_("Serial numbers, unless you add files"),
            hint=_("Paste anything that contains them: a list, a table, an email."),
            optional=True,
            element=PlainTextInputElement(action_id=SERIALS, multiline=True),
        ),
        InputBlock(
            block_id=FILES,
            label=_("Or files: lists, spreadsheets, photos of box labels"),
            hint=_("Needed if nothing is pasted above."),
            optional=True,
            element=FileInputElement(action_id=FILES, filetypes=FILETYPES, max_files=MAX_FILES),
        ),
    ]


def _detail_inputs() -> list[InputBlock]:
    """The inputs of a computer name and of a note."""
    return [
        InputBlock(
            block_id=COMPUTER_NAME,
            label=_("Computer name"),
            hint=_("For one Mac. Left out, a pattern of the policy may name it."),
            optional=True,
            element=PlainTextInputElement(action_id=COMPUTER_NAME, max_length=LONGEST_NAME),
        ),
        InputBlock(
            block_id=NOTE,
            label=_("Note"),
            optional=True,
            element=PlainTextInputElement(action_id=NOTE, max_length=LONGEST_NOTE),
        ),
    ]


def destination(kinds: Kinds) -> list[InputBlock]:
    """The inputs of these kinds of names; each must be chosen."""
    return [
        InputBlock(block_id=name, label=_(LABELS[name]), element=menu(name, _(_QUESTIONS[name])))
        for name in kinds.names
    ]


def _usual_destination(kinds: Kinds) -> list[SectionBlock]:
    """The menus of these kinds of names, for rows that come without.

    They are no inputs: an input is either required or called optional, and a name is needed only
    where the rows have none. A menu beside a text is in the window's state as well.
    """
    return [
        SectionBlock(
            block_id=name,
            text=f"*{_(LABELS[name])}*\n{_(_LEFT_OUT[name])}",
            accessory=menu(name, _(_QUESTIONS[name])),
        )
        for name in kinds.names
    ]


def chosen_destination(surface: dict[str, Any]) -> tuple[str, str]:
    """The chosen site and build in a window or a message; empty where none was chosen."""
    answers = payloads.answers_in(surface)
    return payloads.chosen(answers, SITE), payloads.chosen(answers, BUILD)


def chosen_site(body: dict[str, Any]) -> str | None:
    """The site that was chosen in a menu beside the one whose options Slack asks for.

    `body` is Slack's request. None where nothing was chosen, or where Slack does not say.
    """
    answers = payloads.answers_in(body) or payloads.answers_in(body.get("view") or {})
    return payloads.chosen(answers, SITE) or None


def outcome(message: Message, title: str, *, home: str | None = None) -> View:
    """The window that shows what came of another one, with its title; `home` as for the form."""
    return View(
        type="modal",
        title=title,
        close=_("Close"),
        blocks=message.tableless,
        private_metadata=_metadata(home),
    )


def failed(text: str, title: str) -> View:
    """The window in place of one whose request failed; `text` is markup that says why."""
    return View(type="modal", title=title, close=_("Close"), blocks=[alert(text, ERROR)])


def title_of(view: Mapping[str, Any]) -> str:
    """The title of one of Slack's windows, which the window in its place keeps."""
    return str((view.get("title") or {}).get("text") or "Rollcall")


def alert(text: str, level: str, sign: str = "") -> Block:
    """A text that stands out in a window; one too long for it is a paragraph, after a `sign`.

    Slack takes this block in windows alone, and of 200 characters at most
    (docs.slack.dev/reference/block-kit/blocks/alert-block, as of September 2026).
    """
    if len(text) > LONGEST_ALERT:
        return section(f"{sign} {text}".strip())
    return AlertBlock(text=markup(text), level=level)


def _metadata(home: str | None) -> str | None:
    return None if home is None else json.dumps({"home": home})


def menu(
    action_id: str, placeholder: str, chosen: Option | None = None
) -> ExternalDataSelectElement:
    """A menu whose options Slack asks us for, from the moment when it is opened."""
    return ExternalDataSelectElement(
        action_id=action_id, placeholder=placeholder, initial_option=chosen, min_query_length=0
    )


@dataclass(frozen=True, slots=True)
class MenuChoice:
    """A site or a build in a menu: its name, and the title and the description of the policy."""

    name: str
    title: str
    description: str | None = None

    def holds(self, text: str) -> bool:
        """Return True if the name or the title contains a case-folded text."""
        return text in self.name.casefold() or text in self.title.casefold()

    def option(self) -> Option:
        """The option; the name, which people type, stands below a title of its own."""
        name = self.name if self.title != self.name else None
        return Option(text=self.title, value=self.name, description=self.description or name)


def matching(choices: Iterable[MenuChoice], payload: dict[str, Any]) -> list[Option]:
    """Return the options that hold the typed text; `payload` is Slack's request for them."""
    typed = payload.get("value", "").strip().casefold()
    matches = (choice.option() for choice in choices if choice.holds(typed))
    return list(islice(matches, MAX_OPTIONS))
