"""The Home tab: the Macs on their way, for one person, on a phone as well."""

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
from bot.registrations.card import WORDS, state_of
from bot.slack.home_state import ALL, FILTERS, HomeState
from bot.slack.markup import escape, markup, moment, person, place, section
from provisioning.monitoring.dashboard import STATES, Dashboard, DashboardPart
from provisioning.registrations.models import Registration

REGISTER = "home_register"
PREVIOUS, NEXT = "home_previous", "home_next"
SIZE = 20  # Macs a page
LONGEST_STEP = 100  # characters of what a Mac said last


@dataclass(frozen=True, slots=True)
class Home:
    """A person's Home tab; `own` and `troubles` are blocks of `bot.home.notices`."""

    home_state: HomeState
    overview: Dashboard
    own: Sequence[Block] = ()
    troubles: Sequence[Block] = ()


def home(shown: Home, command: str) -> View:
    """The whole tab. `command` is what people type."""
    overview = shown.overview
    return View(
        type="home",
        private_metadata=HomeState(shown.home_state.wanted, overview.page).to_json(),
        blocks=[
            SectionBlock(
                text=markup(_counted(overview)),
                accessory=ButtonElement(text="Register Macs", action_id=REGISTER),
            ),
            *shown.own,
            *shown.troubles,
            _filters(shown.home_state),
            *(block for part in overview.parts for block in _part(part)),
            *(
                _paging(overview)
                if overview.total
                else [section(_nothing(shown.home_state, command))]
            ),
        ],
    )


def sorry(sentence: str) -> View:
    """The tab where there is nothing else to show: a sentence of markup that says why."""
    return View(type="home", blocks=[section(sentence)])


def _counted(overview: Dashboard) -> str:
    counts = " · ".join(f"{overview.counts[state]:,} {WORDS[state]}" for state in STATES)
    return f"*{counts}*\n{overview.mine:,} of them registered by you."


def _filters(home_state: HomeState) -> ActionsBlock:
    """The three filters. A block of its own for each look: Slack keeps what was chosen in one."""
    wanted = home_state.wanted
    states = [every("state"), *(_option(state, _heading(state)) for state in STATES)]
    state = next((one for one in states if one.value == wanted.state), states[0])
    return ActionsBlock(
        block_id=f"filters-{crc32(home_state.to_json().encode()):08x}",
        elements=[
            _names("site", wanted.site),
            _names("build", wanted.build),
            StaticSelectElement(
                action_id=FILTERS["state"],
                options=states,
                initial_option=state,
                placeholder="State",
            ),
        ],
    )


def every(kind: str) -> Option:
    """The option of a filter that lets everything through."""
    return _option(ALL, f"All {kind}s")


def _option(value: str, text: str) -> Option:
    return Option(text=text, value=value)


def _names(kind: str, name: str | None) -> ExternalDataSelectElement:
    return ExternalDataSelectElement(
        action_id=FILTERS[kind],
        placeholder=kind.capitalize(),
        initial_option=_option(name, name) if name else every(kind),
        min_query_length=0,
    )


def _heading(state: str) -> str:
    return WORDS[state].capitalize()


def _part(part: DashboardPart) -> list[Block]:
    whose = "yours" if part.mine else "everybody else's"
    head = section(f"*{_heading(part.state)}, {whose}: {part.number:,}*")
    return [
        DividerBlock(),
        head,
        *(mac_menu.row(mac, _description(mac, note)) for mac, note in part.macs),
    ]


def _description(mac: Registration, note: str) -> str:
    """A Mac in two or three short lines."""
    lines = [
        f"`{mac.name}` → {place(mac.site, mac.build)}",
        f"{_progress(mac)}; registered by {person(mac.registered_by)} {moment(mac.created_at)}",
    ]
    if note:
        lines.append(f"> {escape(' '.join(note.split()))}")
    return "\n".join(lines)


def _progress(mac: Registration) -> str:
    words = WORDS[state_of(mac)]
    if mac.step:
        words += f": {escape(mac.step[:LONGEST_STEP])}"
    return f"{words}, last heard {moment(mac.heard_at)}" if mac.heard_at else words


def _nothing(home_state: HomeState, command: str) -> str:
    if home_state.wanted != type(home_state.wanted)():
        return "No Mac on its way is like that. Choose *All* in a menu above to see more."
    return (
        "No Mac is on its way. Press *Register Macs*, or type "
        f"`{command} register SERIAL SITE BUILD`."
    )


def _paging(overview: Dashboard) -> list[Block]:
    shown = sum(len(part.macs) for part in overview.parts)
    first = overview.page * SIZE + 1
    where = f"Page {overview.page + 1:,} of {overview.pages:,}"
    text = f"{where}: {first:,} to {first + shown - 1:,} of {overview.total:,} Macs"
    buttons = [
        ButtonElement(text=label, action_id=action, value=str(page))
        for label, action, page in (
            ("Previous", PREVIOUS, overview.page - 1),
            ("Next", NEXT, overview.page + 1),
        )
        if 0 <= page < overview.pages
    ]
    line: Block = ContextBlock(elements=[markup(text)])
    return [line, ActionsBlock(elements=buttons)] if buttons else [line]
