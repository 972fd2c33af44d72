"""The window in which people put the rows of a dry run right."""

import json
from collections.abc import Callable

import pytest

from tests.bot.imports.conftest import Registered, Work, paste, press
from tests.fakes.slack import Message, Workspace, readable
from tests.fakes.slack.people.person import Person
from tests.fakes.slack.state.view import View
from tests.support.installation import CHANNEL
from tests.support.waiting import eventually

pytestmark = pytest.mark.usefixtures("unhurried", "bot")

GOOD, OTHER = "C02XG0FDJGH5", "C02YK1QWLVDN"
SLIP = "C02XGOFDJGH5"  # a letter O


def opened(person: Person, shown: Message) -> View:
    """Open the window of a dry run."""
    assert person.click(shown, "import_edit").error is None, person.errors
    return person.open_view()


def text_of(view: View | None) -> str:
    """The text of a window as a person reads it."""
    assert view is not None
    return readable(Message("0.0", CHANNEL, view.user_id, blocks=view.blocks))


def submit(person: Person, view: View, **answers: str) -> View:
    """Save rows; each answer is the name of a field and the number of the row."""
    fields = {f"row_{name[:-1]}-{name[-1]}": text for name, text in answers.items()}
    result = person.submit(view, fields)
    assert result.error is None, result
    return result.updated_view or view


def passed_to(person: Person, shown: Message) -> Message:
    """A dry run as if another person saw it."""
    return Message("0.0", CHANNEL, shown.user, blocks=shown.blocks, ephemeral_to=person.id)


def alike(view: View) -> list[str]:
    """The actions of the buttons and menus for rows that are alike."""
    return [
        element["action_id"]
        for block in view.blocks
        if block["block_id"].startswith("alike-")
        for element in block["elements"]
    ]


def chosen(person: Person, view: View, menu: str, name: str) -> View:
    """Choose a name in a menu of the window, and wait until it shows something else."""
    before = json.dumps(view.content)
    person.select(view, menu, name)
    eventually(lambda: json.dumps(person.open_view().content) != before)
    return person.open_view()


def pressed(person: Person, view: View, action: str) -> View:
    """Press a button of the window, and wait until it shows something else."""
    before = json.dumps(view.content)
    assert person.click(view, action).error is None, person.errors
    eventually(lambda: json.dumps(person.open_view().content) != before)
    return person.open_view()


def test_a_row_is_corrected_another_sent_elsewhere_and_one_left_out(
    alice: Person, registered: Registered
) -> None:
    shown = paste(alice, f"register {SLIP} C02YKIQWLVDN C02ZM2RXMWEO {OTHER} london design")
    view = opened(alice, shown)
    assert f"`{SLIP}`" in text_of(view)
    assert "a letter O" in text_of(view)

    view = submit(
        alice, view, serial0=GOOD, site1="paris", build1="kiosk", decision1="take", decision2="out"
    )

    assert "Nothing waits for a choice any more" in text_of(view)
    eventually(lambda: "*Left out: 1*" in readable(shown))
    assert "*3 Macs can be registered.*" in readable(shown)
    press(alice, shown, "import")
    assert [mac[:3] for mac in registered()] == [
        (GOOD, "london", "design"),
        (OTHER, "london", "design"),
        ("C02YKIQWLVDN", "paris", "kiosk"),
    ]


def test_what_cannot_be_a_serial_is_said_beside_its_field_and_nothing_is_saved(
    alice: Person,
) -> None:
    view = opened(alice, paste(alice, f"register {SLIP} {OTHER} london design"))

    result = alice.submit(view, {"row_serial-0": "C 0 2"})
    assert list(result.errors.values()) == ["Only letters, digits and + = . _ - can be in one."]

    result = alice.submit(view, {"row_serial-0": OTHER})
    assert "is in the list twice then; leave one of them out." in str(result.errors)


def test_who_saves_over_a_newer_row_sees_it_is_asked_and_takes_nothing_back_in_another(
    alice: Person, bob: Person
) -> None:
    shown = paste(alice, f"register {SLIP} C02YKIQWLVDN {OTHER} london design")
    late = opened(alice, shown)
    submit(bob, opened(bob, passed_to(bob, shown)), decision0="out", decision1="out")

    asked = submit(alice, late, serial0=GOOD)

    text = text_of(asked)
    assert "nothing was saved" in text
    assert "*left out*" in text
    assert "Changed by <@U0BOB>" in text
    assert asked.state["serial-0-1"]["row_serial-0"]["value"] == GOOD
    after = submit(alice, asked)
    assert "Changed by <@U0ALICE>" in text_of(after)
    assert after.state["row-0-2"]["row_decision-0"]["selected_option"]["value"] == "undecided"
    assert after.state["row-1-1"]["row_decision-1"]["selected_option"]["value"] == "out"


def test_the_s_of_a_scanner_is_said_once_and_taken_off_all(
    alice: Person, registered: Registered
) -> None:
    serials = ["SQ2JX9M4T7K", "SW7H3K9PL2V", "SMX4C8N2QRT"]
    shown = paste(alice, "london design\n" + "\n".join(serials))
    view = opened(alice, shown)
    assert "*3 rows for one reason*: each was written with an S before it" in text_of(view)

    view = pressed(alice, view, alike(view)[0])

    assert "for one reason" not in text_of(view)
    eventually(lambda: "*3 Macs can be registered.*" in readable(shown))
    press(alice, shown, "import")
    assert {mac[0] for mac in registered()} == {serial[1:] for serial in serials}


def test_the_s_of_a_scanner_is_taken_off_by_a_button(alice: Person) -> None:
    shown = paste(alice, f"register {SLIP} {OTHER} london design")
    view = submit(alice, opened(alice, shown), serial0=f"S{SLIP}")
    eventually(lambda: f"S{SLIP}" in readable(shown))

    view = pressed(alice, view, "rows_take_off")

    assert "rows_take_off" not in json.dumps(view.content)
    eventually(lambda: f"S{SLIP}" not in readable(shown))


def test_a_name_that_is_no_site_or_build_is_chosen_for_all_or_left_out(alice: Person) -> None:
    rows = "\n".join(f"C02XG{number:05}H5\tLondon HQ\tdesign" for number in range(10, 13))
    rows += f"\n{OTHER}\tRome\tdesign\n{GOOD}\tparis\tvault"
    shown = paste(alice, f"register\nserial\tsite\tbuild\n{rows}")
    view = opened(alice, shown)
    assert "There is no site *London HQ*, which 3 rows named." in text_of(view)
    assert "There is no build *vault*, which 1 row named." in text_of(view)
    assert f"`{GOOD}` (line 6): *" in text_of(view)
    for words in ("Choose a site for all 3", "Choose a site for it", "Choose a build for it"):
        assert f'"{words}"' in json.dumps(view.content)
    menus = alike(view)

    view = chosen(alice, view, menus[0], "london")
    view = chosen(alice, view, menus[4], "kiosk")
    view = pressed(alice, view, menus[3])

    assert "There is no" not in text_of(view)
    eventually(lambda: "*Left out: 1*" in readable(shown))
    assert "*4 Macs can be registered.*" in readable(shown)
    assert "1 Mac for *paris* / *kiosk*" in readable(shown)


def test_the_last_change_is_undone(alice: Person) -> None:
    shown = paste(alice, f"register {SLIP} {OTHER} london design")
    view = submit(alice, opened(alice, shown), decision0="out")
    eventually(lambda: "*Left out: 1*" in readable(shown))

    view = pressed(alice, view, "rows_undo")

    assert "*1 Mac waits for a choice.*" in text_of(view)
    assert "rows_undo" not in json.dumps(view.content)
    eventually(lambda: "Left out" not in readable(shown))


def test_a_change_that_slack_does_not_show_is_kept_and_its_person_told(
    alice: Person, slack: Workspace, deliver: Work
) -> None:
    shown = paste(alice, f"register {SLIP} {OTHER} london design")
    view = submit(alice, opened(alice, shown), decision0="out")
    eventually(lambda: "*Left out: 1*" in readable(shown))
    slack.faults.fail("hash_conflict", methods=["views.update"])

    alice.click(view, "rows_undo")

    eventually(lambda: "*Left out: 1*" not in readable(shown))

    def delivered() -> list[Message]:
        deliver()
        return alice.dm.messages

    [told] = eventually(delivered)
    assert "What you did in it is kept" in readable(told)


def test_pages_of_twenty_are_saved_when_they_are_turned_or_say_why_not(alice: Person) -> None:
    serials = " ".join(f"C02XO{number:05}H5" for number in range(25))
    shown = paste(alice, f"register {serials} london design")
    view = opened(alice, shown)
    assert len(view.blocks) <= 100
    assert len(view.content["private_metadata"]) <= 3000
    alice.select(view, "row_decision-0", "out")

    view = pressed(alice, view, "rows_page-1")
    assert "row_serial-20" in json.dumps(view.content)
    eventually(lambda: "*Left out: 1*" in readable(shown))
    view = pressed(alice, view, "rows_page-0")

    assert "*24 Macs wait for a choice.*" in text_of(view)
    assert view.state["row-0-1"]["row_decision-0"]["selected_option"]["value"] == "out"

    alice.select(view, "row_serial-1", "C 0 2")
    view = pressed(alice, view, "rows_page-1")

    assert "Nothing was saved: Only letters, digits" in text_of(view)
    assert view.state["serial-1-0"]["row_serial-1"]["value"] == "C 0 2"


def test_a_window_on_a_dry_run_that_is_settled_says_so(alice: Person) -> None:
    shown = paste(alice, f"register {SLIP} {OTHER} london design")
    before = Message("0.0", CHANNEL, shown.user, blocks=shown.blocks, ephemeral_to=alice.id)
    view = opened(alice, shown)
    press(alice, shown, "import_drop")

    result = alice.submit(view, {"row_decision-0": "out"})
    assert "dropped already" in text_of(result.updated_view)
    alice.click(before, "import_edit")
    eventually(lambda: "dropped already" in readable(alice.ephemerals[-1]))


def test_a_dry_run_says_when_it_ends(alice: Person) -> None:
    shown = paste(alice, f"register {SLIP} {OTHER} london design")

    assert "Ends <!date^" in readable(shown)


def test_a_dry_run_that_slack_draws_no_more_goes_on_as_a_message(
    alice: Person, deliver: Callable[[], None], slack: Workspace
) -> None:
    """Slack takes five answers to one press."""
    shown = paste(alice, f"register {SLIP} {OTHER} london design")
    view = opened(alice, shown)
    for decision in ("out", "undecided", "out", "undecided", "out"):
        view = submit(alice, view, decision0=decision)

    submit(alice, view, serial0=GOOD, decision0="undecided")

    def is_sent() -> bool:
        deliver()
        return bool(slack.channels[alice.dm.id].messages)

    eventually(is_sent)
    (sent,) = slack.channels[alice.dm.id].messages
    assert "*2 Macs can be registered.*" in readable(sent)


@pytest.mark.policy('admins = ["U0DORA"]\n[sites.paris]\ngroup = "S0PARIS"\n')
class TestRights:
    @pytest.fixture(autouse=True)
    def group(self, slack: Workspace) -> None:
        """Paris is for a group that only Bob is in."""
        slack.add_group("S0PARIS", handle="paris", members=["U0BOB"])

    def test_who_imported_may_edit_and_who_may_register_there_and_nobody_else(
        self, alice: Person, bob: Person, slack: Workspace
    ) -> None:
        shown = paste(alice, f"register {SLIP} {OTHER} paris kiosk")
        carol = slack.person("U0CAROL", name="carol")
        refused = carol.submit(opened(carol, passed_to(carol, shown)), {"row_decision-0": "out"})
        assert "You may not register Macs for paris" in text_of(refused.updated_view)
        view = submit(bob, opened(bob, passed_to(bob, shown)), decision0="out")
        assert "Changed by <@U0BOB>" in text_of(view)
        view = submit(alice, opened(alice, shown), decision0="Back into the list")
        assert "Changed by <@U0ALICE>" in text_of(view)

    def test_a_row_that_goes_nowhere_is_for_who_handed_it_in_and_for_admins(
        self, alice: Person, bob: Person, slack: Workspace
    ) -> None:
        shown = paste(alice, f"{GOOD} {OTHER}")
        dora = slack.person("U0DORA", name="dora")

        refused = bob.submit(opened(bob, passed_to(bob, shown)), {"row_decision-0": "out"})

        assert "Only the person who handed these Macs in" in text_of(refused.updated_view)
        view = submit(dora, opened(dora, passed_to(dora, shown)), decision0="out")
        assert "Changed by <@U0DORA>" in text_of(view)
        assert "Changed by" in text_of(submit(alice, opened(alice, shown), decision0="out"))
