"""The Home tab: what it shows, and that Slack takes it whatever the Macs are called."""

from collections.abc import Sequence
from typing import Any

from bot.home import blocks, notices
from bot.home.blocks import Home
from bot.slack.home_state import HomeState
from provisioning.imports.lifecycle import Unfinished
from provisioning.imports.models import READ, READING
from provisioning.monitoring.dashboard import STATES, Dashboard, DashboardPart, MacFilter
from provisioning.outbox.refusals.refused_messages import RefusedMessages
from provisioning.registrations.models import FAILED, IMAGING, WAITING
from tests.fakes.slack.blocks.surfaces import problems_of_view
from tests.support.inputs.examples import ANY_NAME, LONGEST, MARKUP, NOON, mac, macs, numbered
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


def buttons(view: dict[str, Any]) -> dict[str, str]:
    return {
        element["action_id"]: element["value"]
        for block in view["blocks"]
        for element in block.get("elements", ())
        if element["type"] == "button"
    }


def test_the_counts_are_words_and_numbers() -> None:
    overview = Dashboard({FAILED: 2, "stalled": 0, IMAGING: 1, WAITING: 12345}, 7, [], 0, 1, 0)

    assert written(drawn(overview)).startswith(
        "*2 failed · 0 stalled · 1 imaging · 12,345 waiting*\n7 of them registered by you."
    )


def test_a_part_is_told_from_the_other_and_counts_those_of_all_pages() -> None:
    own = DashboardPart(FAILED, True, 1, [(mac("C02AAA", id=1, state=FAILED, step="No image"), "")])
    others = DashboardPart(WAITING, False, 312, [(mac("C02BBB", id=2), "Shelf 4")])

    text = written(drawn(of([own, others])))

    assert "*Failed, yours: 1*\n`C02AAA` → *london* / *design*\nfailed: No image; reg" in text
    assert "*Waiting, everybody else's: 312*" in text
    assert text.split("`C02BBB`")[1].splitlines()[2] == "> Shelf 4"


def test_a_mac_that_fell_silent_is_called_stalled_and_says_when_it_was_heard() -> None:
    silent = mac(id=1, state=IMAGING, mentioned_at=NOON, heard_at=NOON, step="Restoring")

    text = written(drawn(of([DashboardPart("stalled", True, 1, [(silent, "")])])))

    assert "stalled: Restoring, last heard from <!date^1772452800^" in text


def test_each_mac_has_its_menu_and_a_place_of_its_own() -> None:
    found = numbered(macs(3))
    view = drawn(of([DashboardPart(WAITING, True, 3, [(each, "") for each in found])]))

    rows = [block for block in view["blocks"] if "mac-" in block.get("block_id", "")]
    assert [row["accessory"]["action_id"] for row in rows] == ["mac"] * 3
    assert [row["accessory"]["options"][0]["value"] for row in rows] == [
        f"details:{each.serial}" for each in found
    ]


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


@for_each(
    ("page", "expected"),
    [
        (0, {"home_next": "1"}),
        (1, {"home_previous": "0", "home_next": "2"}),
        (2, {"home_previous": "1"}),
    ],
)
def test_there_are_buttons_for_the_pages_that_there_are(
    page: int, expected: dict[str, str]
) -> None:
    part = DashboardPart(WAITING, True, 50, [(mac(id=1), "")])
    assert buttons(drawn(of([part], page=page))) == expected


def test_where_nothing_is_like_the_filters_it_says_how_to_see_more() -> None:
    assert "Choose *All*" in written(drawn(look=HomeState(MacFilter(site="london"))))
    assert "`/mac register SERIAL SITE BUILD`" in written(drawn())


class TestNotices:
    def test_nothing_to_say_is_no_block(self) -> None:
        assert notices.imports([]) == []
        assert notices.troubles([]) == []

    def test_an_import_says_where_it_is_and_what_to_do(self) -> None:
        waiting = [
            Unfinished(1, READ, NOON, 1, 1, "C0IMAGING"),
            Unfinished(1, READING, NOON, 3, 1, "D0ALICE"),
        ]

        text = written(drawn(own=notices.imports(waiting)))

        assert "register it or drop it on its card in <#C0IMAGING>." in text
        assert "1 of 3 files read" in text
        assert "in your conversation with Rollcall will say more" in text

    def test_of_many_faults_the_rest_is_counted(self) -> None:
        text = written(drawn(troubles=notices.troubles([], findings=["It is wrong."] * 25)))

        assert text.count("• It is wrong.") == 10
        assert "… and 15 more" in text

    def test_a_refused_message_names_channel_number_reason_and_the_way_to_send_it(self) -> None:
        refused = [RefusedMessages("G0SECRET", "is_archived: unarchive it", 1, NOON)]

        text = written(drawn(troubles=notices.troubles(refused)))

        assert "Slack refused 1 message to <#G0SECRET>" in text
        assert "unarchive it. When that is fixed, have whoever runs Rollcall" in text

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
