"""The Home tab: what it shows, and that Slack takes it whatever the Macs are called."""

from collections.abc import Sequence
from typing import Any

from bot.home import blocks, notices
from bot.home.blocks import Home
from bot.slack.home_state import HomeState
from provisioning.imports.lifecycle import Unfinished
from provisioning.imports.models import READING
from provisioning.monitoring.dashboard import STATES, Dashboard, DashboardPart, MacFilter
from provisioning.outbox.refusals.refused_messages import RefusedMessages
from provisioning.registrations.models import FAILED
from tests.fakes.slack.blocks.surfaces import problems_of_view
from tests.support.inputs.examples import ANY_NAME, LONGEST, MARKUP, NOON, macs, numbered
from tests.support.tables import for_each

ZEROS = dict.fromkeys(STATES, 0)
NOTHING = Dashboard(ZEROS, 0, [], 0, 1, 0)
SCREEN = 250_000  # bytes of a view, by Slack's reference


def of(parts: Sequence[DashboardPart], *, page: int = 0, total: int | None = None) -> Dashboard:
    """A page with these parts."""
    counts = {state: sum(p.number for p in parts if p.state == state) for state in STATES}
    mine = sum(part.number for part in parts if part.mine)
    total = sum(counts.values()) if total is None else total
    return Dashboard(counts, mine, parts, page, -(-total // blocks.SIZE), total)


def drawn(
    overview: Dashboard = NOTHING, look: HomeState | None = None, **more: Any
) -> dict[str, Any]:
    """The view as it is published; slack_sdk checks it while it makes it."""
    view = blocks.home(Home(look or HomeState(), overview, **more), "/mac").to_dict()
    assert problems_of_view(view) == []
    return view


def written(view: dict[str, Any]) -> str:
    return "\n".join(
        text["text"]
        for block in view["blocks"]
        for text in (block.get("text"), *block.get("elements", ()))
        if text and isinstance(text.get("text"), str)
    )


def chosen(view: dict[str, Any]) -> list[str]:
    """The options that the filters show as chosen."""
    [filters] = [b for b in view["blocks"] if b.get("block_id", "").startswith("filters")]
    return [element["initial_option"]["text"]["text"] for element in filters["elements"]]


@ANY_NAME
def test_a_full_page_fits_whatever_everything_is_called(name: str) -> None:
    """Eight parts, and the most of everything else, with the longest names and notes."""
    spread = [3, 3, 3, 3, 2, 2, 2, 2]
    some = iter(numbered(macs(20, site=name, build=name, step="&" * 255, heard_at=NOON)))
    parts = [
        DashboardPart(state, mine, 10**6, [(next(some), "&" * 255) for _ in range(spread.pop(0))])
        for mine in (True, False)
        for state in STATES
    ]
    refused = [
        RefusedMessages("C0IMAGING", f"{number} " + "&" * 253, 10**6, NOON) for number in range(50)
    ]
    waiting = [Unfinished(1, READING, NOON, 10, 3, "C0IMAGING")] * 50

    view = drawn(
        of(parts, page=400),
        HomeState(MacFilter(name, name, FAILED), 400),
        own=notices.imports(waiting),
        troubles=notices.troubles(refused, findings=[MARKUP * 99, *["&" * 9999] * 99]),
    )

    assert len(view["blocks"]) <= 100
    assert len(str(view).encode()) < SCREEN
    assert len(view["private_metadata"]) < 3000
    assert "<!channel>" not in written(view)


def test_the_filters_show_what_is_looked_at() -> None:
    assert chosen(drawn()) == ["All sites", "All builds", "All states"]
    look = HomeState(MacFilter("new york", "design", "stalled"))
    assert chosen(drawn(look=look)) == ["new york", "design", "Stalled"]


def test_another_look_has_another_block_of_filters_or_slack_keeps_the_old_choice() -> None:
    ids = {
        block["block_id"]
        for look in (
            HomeState(),
            HomeState(MacFilter(site="london")),
            HomeState(MacFilter(build="london")),
        )
        for block in drawn(look=look)["blocks"]
        if block.get("block_id", "").startswith("filters")
    }
    assert len(ids) == 3


class TestNotices:
    def test_nothing_to_say_is_no_block(self) -> None:
        assert notices.imports([]) == []
        assert notices.troubles([]) == []

    def test_a_channel_that_is_none_is_only_text(self) -> None:
        text = written(drawn(troubles=notices.troubles([RefusedMessages("<!here>", "x", 1, NOON)])))
        assert "&lt;!here&gt;" in text


class TestLooks:
    @for_each(
        "look",
        [
            HomeState(),
            HomeState(MacFilter("new york", LONGEST, "failed"), 4_999),
            HomeState(MacFilter(site='"\\é'), 1),
        ],
    )
    def test_a_look_comes_back_from_its_text(self, look: HomeState) -> None:
        assert HomeState.from_json(look.to_json()) == look

    @for_each(
        "text",
        ["", "null", "[]", "7", '"x"', "{}", '{"page": Infinity}', "[" * 2000, '{"page": "x"}'],
    )
    def test_anything_else_is_the_start(self, text: str) -> None:
        assert HomeState.from_json(text) == HomeState()

    @for_each("value", ["", 7, ["london"], {"a": 1}, "x" * 999])
    def test_what_can_be_no_name_filters_nothing(self, value: object) -> None:
        metadata = f'{{"site": {value!r}, "build": null, "state": "over", "page": 0}}'
        assert HomeState.from_json(metadata.replace("'", '"')) == HomeState()

    def test_a_view_without_anything_is_the_start(self) -> None:
        assert HomeState.at(None) == HomeState.at({}) == HomeState()
