"""Listeners that search: for Macs, the history of one, and the log of operations."""

import json
import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from typing import Self

from slack_sdk.models.blocks import ActionsBlock, Block, ButtonElement, TableBlock

from bot.commands.dispatch import Dispatcher, Press
from bot.commands.models import FindCommand, ListCommand, LogCommand, ShowCommand
from bot.commands.parsing.words import telling
from bot.dependencies import BotDependencies
from bot.registrations import history, mac_menu
from bot.slack import payloads
from bot.slack.markup import Message, moment, paragraphs, person, plain, section, standing
from bot.slack.replies import ReplacingAnswer
from bot.slack.tables import Cell, TableColumn, code, destination, joined, table, when, who, words
from infrastructure.text import Sentence
from provisioning.firstboot import unknown
from provisioning.firstboot.models import UnknownMac
from provisioning.firstboot.replacements import replacing
from provisioning.imports.parsing.tokens.serial_shapes import looks_serial
from provisioning.maintenance.acts.actors import Principal
from provisioning.maintenance.acts.words import STATE_WORDS
from provisioning.monitoring.drift import drifts, scans
from provisioning.munki.errors import RepoUnusable
from provisioning.outbox.models import Card
from provisioning.registrations import queries
from provisioning.registrations.history import newest_operations
from provisioning.registrations.listings import searches
from provisioning.registrations.models import CONFIRMED, Registration
from provisioning.values.language import _, figure
from provisioning.values.serials import SHORTEST, Serial
from provisioning.values.slack import escape

MAX_OPERATIONS = 30  # in the log
LONGEST = 255  # characters that are looked for; nothing that can be found is longer
SIZE = 20  # Macs a page
MAX_MENUS = 10  # Macs that are shown one by one, each beside its menu
_AROUND = frozenset({"all", "any", "anything", "everything", "registered", "waiting"})
OLDER, NEWER = "found_older", "found_newer"


@dataclass(frozen=True, slots=True)
class Question:
    """A search: for Macs that hold `text`, or for those that wait for `site`, None: for any.

    `first` is the index of the first one on the page. It travels in the buttons.
    """

    text: str | None = None
    site: str | None = None
    first: int = 0

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Return the question that `to_json` wrote into a button's value."""
        stored = payloads.stored(text, text=str | None, site=str | None, first=int)
        return cls(text=stored["text"], site=stored["site"], first=stored["first"])

    def to_json(self) -> str:
        """Return the value of a button; Slack keeps the names in it."""
        return json.dumps(asdict(self), ensure_ascii=False)


def register_listeners(dispatcher: Dispatcher) -> None:
    """Answer the commands that change nothing, and turn the pages of a search."""
    dependencies = dispatcher.dependencies

    def find(command: FindCommand, __: Principal) -> Message:
        return _answer(dependencies, *_questions_of(command.text))

    def waiting(command: ListCommand, __: Principal) -> Message:
        return _answer(
            dependencies,
            Question(site=dependencies.repo.now().site(command.site) if command.site else None),
        )

    def turn_page(press: Press) -> ReplacingAnswer:
        """Show the page that the button names, in place of the one that it is on."""
        return ReplacingAnswer(_answer(dependencies, Question.from_json(press.action["value"])))

    def show(command: ShowCommand, __: Principal) -> Message:
        return _shown(dependencies, command.serial)

    def log(__: LogCommand, principal: Principal) -> Message:
        principal.permit_admin(Sentence("see who did what"))
        with dependencies.database.reading() as session:
            return history.log(newest_operations(session, limit=MAX_OPERATIONS))

    dispatcher.handle(FindCommand, find)
    dispatcher.handle(ListCommand, waiting)
    dispatcher.handle(ShowCommand, show)
    dispatcher.handle(LogCommand, log)
    for action_id in (OLDER, NEWER):
        dispatcher.answer_button(action_id, turn_page)


def _shown(dependencies: BotDependencies, written: str) -> Message:
    """The answer about the Mac of a serial, or about those of which it is a part."""
    if by_part := _found_by_part(dependencies, written):
        return by_part
    serial = Serial.parse(written)
    with suppress(RepoUnusable):  # what is known is shown all the same
        scans.scan_mac(dependencies.database, dependencies.repo, serial, dependencies.clock())
    with dependencies.database.reading() as session:
        if asking := unknown.find_asking(session, serial):
            return _asking(*asking)
        past = replacing.history_of(session, serial)
        swaps = replacing.unheard(session, registration_id=past.mac.id)
        return history.mac(past, drifts.of_mac(session, past.mac.id), swaps)


def _asking(mac: UnknownMac, card: Card) -> Message:
    """The answer about a Mac that called and was never registered."""
    head = _(
        "`{serial}` is asking for its manifest, and nobody has registered it.",
        serial=mac.reported_as,
    )
    first = _("First asked {moment}.", moment=moment(mac.first_at))
    where = _("Its card in {channel} asks where it goes.", channel=f"<#{card.channel}>")
    return plain(f"{head} {first} {where}")


def _found_by_part(dependencies: BotDependencies, text: str) -> Message | None:
    """The Macs with a text in their serials or names; None for a whole serial, and for a word."""
    if looks_serial(text) or len(text) < SHORTEST or not re.search(r"[0-9]", text):
        return None
    question = Question(text=text)
    macs, total = _page_of(dependencies, question)
    if not macs or any(mac.serial == text.upper() for mac in macs):
        return None
    return found(macs, total, _title(question), question)


def _questions_of(text: str) -> list[Question]:
    """The search for a text, and the one for its words that say something, if that is another.

    So `everything in paris` finds those in Paris.
    """
    told = " ".join(telling(text.split(), _AROUND))
    texts = [text[:LONGEST], *filter(None, [told[:LONGEST]])]
    return [Question(text=each) for each in dict.fromkeys(texts)]


def _answer(dependencies: BotDependencies, question: Question, *others: Question) -> Message:
    """The page that answers a question; where no Mac does, that of the next one."""
    macs, total = _page_of(dependencies, question)
    if not macs and others:
        return _answer(dependencies, *others)
    if not macs and (question.text or "").startswith("@"):
        title = _("{title}: none.", title=_title(question))
        return plain(f"{title} {_('Choose the person from the list that Slack shows behind @.')}")
    if not macs and question.first:  # the list has become shorter since
        return _answer(dependencies, Question(question.text, question.site))
    return found(macs, total, _title(question), question)


def _page_of(dependencies: BotDependencies, question: Question) -> tuple[list[Registration], int]:
    page = {"limit": SIZE, "offset": question.first}
    with dependencies.database.reading() as session:
        if question.text is not None:
            return searches.find(session, question.text, **page)
        return queries.waiting(session, question.site, **page)


def _title(question: Question) -> str:
    if question.text is not None and (user := searches.person_in(question.text)):
        return _("Registrations of {person}", person=person(user))
    if question.text is not None:
        return _("Registrations with “{text}”", text=escape(question.text[:60]))
    return (
        _("Macs waiting for *{site}*", site=escape(question.site))
        if question.site
        else _("Macs waiting")
    )


def found(macs: Sequence[Registration], total: int, title: str, question: Question) -> Message:
    """A page of the `total` Macs that answer a question, under its title.

    A total above `searches.MAX_COUNTED` says that there are more than so many.
    """
    if not total:
        return plain(_("{title}: none.", title=title))
    head = _head(title, len(macs), total, question.first)
    buttons = _buttons(total, question)
    if len(macs) <= MAX_MENUS:
        rows = (mac_menu.row(mac, standing(mac)) for mac in macs)
        return Message(head, [section(head), *rows, *buttons])
    lines = paragraphs([head, *(f"• {standing(mac)}" for mac in macs)])
    return Message(head, [section(head), _table(macs), *buttons], [*lines, *buttons])


def _table(macs: Sequence[Registration]) -> TableBlock:
    return table(
        TableColumn(_("Serial"), [code(mac.name) for mac in macs]),
        TableColumn(_("Name"), [words(mac.called or "") for mac in macs]),
        TableColumn(_("Goes to"), [destination(mac.site, mac.build) for mac in macs]),
        TableColumn(_("State"), [_state(mac) for mac in macs]),
        TableColumn(_("Registered by"), [who(mac.registered_by) for mac in macs]),
        TableColumn(_("On"), [when(mac.created_at) for mac in macs]),
    )


def _state(mac: Registration) -> Cell:
    confirmed_at = mac.confirmed_at if mac.state == CONFIRMED else None
    return joined(words(_(STATE_WORDS[mac.seen_as])), when(confirmed_at))


def _head(title: str, number: int, total: int, first: int) -> str:
    facts = {"title": title, "total": _total(total)}
    if first:
        return _(
            "{title}: {total}, here {first} to {last}",
            first=figure(first + 1),
            last=figure(first + number),
            **facts,
        )
    if number < total:
        return _("{title}: {total}, the newest {number} of them", number=number, **facts)
    return _("{title}: {total}", **facts)


def _total(total: int) -> str:
    limit = searches.MAX_COUNTED
    return figure(total) if total <= limit else _("more than {number}", number=figure(limit))


def _buttons(total: int, question: Question) -> list[Block]:
    buttons = [
        ButtonElement(text=text, action_id=action, value=replace(question, first=first).to_json())
        for text, action, first in (
            (_("Newer"), NEWER, question.first - SIZE),
            (_("Older"), OLDER, question.first + SIZE),
        )
        if 0 <= first < min(total, searches.MAX_COUNTED)
    ]
    return [ActionsBlock(elements=buttons)] if buttons else []
