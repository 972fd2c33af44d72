"""Blocks of the Home tab: the unfinished Macs, for one person, on a phone as well."""

from collections.abc import Sequence
from dataclasses import dataclass
from zlib import crc32

from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    ButtonElement,
    ContextBlock,
    DividerBlock,
    ExternalDataSelectElement,
    Option,
    SectionBlock,
    StaticSelectElement,
)
from slack_sdk.models.views import View

from bot.registrations import mac_menu
from bot.slack.home_state import ALL, FILTERS, HomeState
from bot.slack.markup import markup, moment, place, registered, reported, section
from bot.slack.modals import LABELS, menu
from provisioning.maintenance.acts.words import STATE_WORDS
from provisioning.monitoring.dashboard import STATES, Dashboard, DashboardPart
from provisioning.registrations.models import Registration
from provisioning.values.kinds import BOTH, SITE, Kinds
from provisioning.values.language import _, capitalized, commas, figure, stated
from provisioning.values.slack import escape

REGISTER = "home_register"
PREVIOUS, NEXT = "home_previous", "home_next"
SIZE = 20  # Macs a page


@dataclass(frozen=True, slots=True)
class Home:
    """A person's Home tab; `own` and `troubles` are blocks of `bot.home.notices`.

    `version` is that of Rollcall, where it is shown.
    """

    home_state: HomeState
    dashboard: Dashboard
    own: Sequence[Block] = ()
    troubles: Sequence[Block] = ()
    version: str = ""


def home(content: Home, command: str, kinds: Kinds = BOTH) -> View:
    """The whole tab, with filters of these kinds. `command` is the name of the slash command."""
    dashboard, version = content.dashboard, f"Rollcall {escape(content.version)}"
    return View(
        type="home",
        private_metadata=HomeState(content.home_state.mac_filter, dashboard.page).to_json(),
        blocks=[
            SectionBlock(
                text=markup(_counted(dashboard)),
                accessory=ButtonElement(text=_("Register Macs"), action_id=REGISTER),
            ),
            *content.own,
            *content.troubles,
            _filters(content.home_state, kinds),
            *(block for part in dashboard.parts for block in _part(part)),
            *(
                _paging(dashboard)
                if dashboard.total
                else [section(_nothing(content.home_state, command, kinds))]
            ),
            *([ContextBlock(elements=[markup(version)])] if content.version else []),
        ],
    )


def sorry(sentence: str) -> View:
    """The tab where it cannot be drawn: a sentence of markup with the reason."""
    return View(type="home", blocks=[section(sentence)])


def _counted(dashboard: Dashboard) -> str:
    counts = " · ".join(
        _("{number} {state}", number=figure(dashboard.counts[state]), state=_(STATE_WORDS[state]))
        for state in STATES
    )
    mine = _("{number} of them registered by you.", number=figure(dashboard.mine))
    return f"*{capitalized(counts)}*\n{mine}"


def _filters(home_state: HomeState, kinds: Kinds) -> ActionsBlock:
    """The filters: of names and of states. Each state has a block id: Slack keeps its choices."""
    mac_filter = home_state.mac_filter
    states = [
        _option(ALL, _("All states")),
        *(_option(selected, _heading(selected)) for selected in STATES),
    ]
    selected = next((option for option in states if option.value == mac_filter.state), states[0])
    return ActionsBlock(
        block_id=f"filters-{crc32(home_state.to_json().encode()):08x}",
        elements=[
            *(_names(kind, getattr(mac_filter, kind)) for kind in kinds.names),
            StaticSelectElement(
                action_id=FILTERS["state"],
                options=states,
                initial_option=selected,
                placeholder=_("State"),
            ),
        ],
    )


def every(kind: str) -> Option:
    """The option of a filter that lets everything through."""
    return _option(ALL, _("All sites") if kind == SITE else _("All builds"))


def _option(value: str, text: str) -> Option:
    return Option(text=text, value=value)


def _names(kind: str, name: str | None) -> ExternalDataSelectElement:
    return menu(FILTERS[kind], _(LABELS[kind]), _option(name, name) if name else every(kind))


def _heading(state: str) -> str:
    return capitalized(_(STATE_WORDS[state]))


def _part(part: DashboardPart) -> list[Block]:
    facts = {"state": _heading(part.state), "number": figure(part.number)}
    if part.mine:
        head = section(_("*{state}, yours: {number}*", **facts))
    else:
        head = section(_("*{state}, everybody else's: {number}*", **facts))
    return [
        DividerBlock(),
        head,
        *(mac_menu.row(mac, _description(mac, note)) for mac, note in part.macs),
    ]


def _description(mac: Registration, note: str) -> str:
    """A Mac in two or three short lines."""
    lines = [
        f"`{mac.name}` → {place(mac.site, mac.build)}",
        _(
            "{state}; {registered} {moment}",
            state=_progress(mac),
            registered=registered(mac.registered_by),
            moment=moment(mac.created_at),
        ),
    ]
    if note:
        lines.append(f"> {escape(' '.join(note.split()))}")
    return "\n".join(lines)


def _progress(mac: Registration) -> str:
    words = _(STATE_WORDS[mac.seen_as])
    if mac.step:
        words = stated(words, reported(mac.step))
    if mac.heard_at is None:
        return words
    return commas([words, _("last heard from {moment}", moment=moment(mac.heard_at))])


def _nothing(home_state: HomeState, command: str, kinds: Kinds) -> str:
    if home_state.mac_filter != type(home_state.mac_filter)():
        return _("No Mac on its way matches. Choose *All* in a menu above to see more.")
    return _(
        "No Mac is on its way. Press *Register Macs*, or type `{command} register SERIAL {form}`.",
        command=command,
        form=kinds.form,
    )


def _paging(dashboard: Dashboard) -> list[Block]:
    if dashboard.pages == 1:
        return []
    count = sum(len(part.macs) for part in dashboard.parts)
    first = dashboard.page * SIZE + 1
    text = _(
        "Page {page} of {pages}: {first} to {last} of {total} Macs",
        page=figure(dashboard.page + 1),
        pages=figure(dashboard.pages),
        first=figure(first),
        last=figure(first + count - 1),
        total=figure(dashboard.total),
    )
    buttons = [
        ButtonElement(text=label, action_id=action, value=str(page))
        for label, action, page in (
            (_("Previous"), PREVIOUS, dashboard.page - 1),
            (_("Next"), NEXT, dashboard.page + 1),
        )
        if 0 <= page < dashboard.pages
    ]
    line: Block = ContextBlock(elements=[markup(text)])
    return [line, ActionsBlock(elements=buttons)] if buttons else [line]
