"""Previews of first boots, as Slack shows them, and names of Macs."""

from bot.diagnostics import preview_blocks
from bot.registrations import history, naming, search
from bot.registrations.search import Question
from bot.registrations.windows import blocks as window_blocks
from bot.registrations.windows.blocks import WindowSelection
from provisioning.diagnostics.previews.preview import Preview
from provisioning.munki import Destination
from provisioning.registrations.history import History
from provisioning.registrations.models import Event
from tests.fakes.slack.blocks.surfaces import problems_of_view
from tests.support.inputs.examples import (
    ACT,
    ANY_NAME,
    LONGEST,
    NOON,
    faults,
    mac,
    macs,
    numbered,
    written,
)
from tests.support.tables import for_each

WORST_NAME = "a" + "_" * 62
SCRIPT = "\n".join(["#!/bin/sh", "echo `date` & <x> *y* ```"] * 60)


def told(**keys: object) -> Preview:
    """A preview of a Mac that goes to London, unless told otherwise."""
    given: dict[str, object] = {
        "serial": "C02AAA",
        "destination": Destination("london", "design"),
        "why": ("@U0ALICE registered it on 2026-03-02 12:00 UTC.",),
        "script": "#!/bin/sh\n",
        "manifest": "<plist/>\n",
        "changed": ("catalogs",),
        **keys,
    }
    return Preview(**given)  # type: ignore[arg-type]


def shown(preview: Preview, *, script: bool = True, sent: bool = False) -> str:
    message = preview_blocks.preview(preview, with_script=script, sent=sent)
    assert faults(message) == []
    return written(message)


def test_people_are_mentioned_and_nobody_else() -> None:
    text = shown(told(why=("@U0ALICE registered it for a@U0BOB.", "<@U0EVE> <!here>")))

    assert "<@U0ALICE> registered it" in text
    assert "<@U0BOB>" not in text
    assert "<@U0EVE>" not in text
    assert "<!here>" not in text


@ANY_NAME
def test_any_name_fits_and_does_nothing(name: str) -> None:
    templates = ", ".join([f"sites/{name}/{name}.sh.j2"] * 3)

    text = shown(
        told(destination=Destination(name, name), why=(templates,) * 4, faults=(templates,) * 4)
    )

    assert "<!channel>" not in text


@for_each("long", [SCRIPT, "x" * 3000, "`" * 2000])
def test_what_is_shown_in_an_answer_is_what_slack_takes(long: str) -> None:
    preview = told(script=long)

    if preview_blocks.is_long(preview, with_script=True):
        assert "come as messages" in shown(preview, sent=True)
    else:
        assert "```#!/bin/sh\necho" in shown(preview)
        assert long == SCRIPT


def test_code_cannot_end_its_own_block() -> None:
    text = shown(told(script="```\n<!channel>"))

    assert text.count("```") == 4
    assert "<!channel>" not in text


def test_a_long_manifest_is_too_long_whoever_looks() -> None:
    preview = told(manifest="x\n" * 4000, script="y")

    assert preview_blocks.is_long(preview, with_script=False)
    assert not preview_blocks.is_long(told(), with_script=True)


def test_the_longest_names_fit_into_lists_windows_and_histories() -> None:
    named = {"computer_name": WORST_NAME, "site": LONGEST, "build": LONGEST}
    event = Event(what="named", by="U0ALICE", at=NOON, before=None, after=named)

    assert faults(search.found(macs(20, **named), 20, "Macs", Question())) == []
    assert faults(search.found(numbered(macs(10, **named)), 10, "Macs", Question())) == []
    assert faults(history.mac(History(mac(**named), [(event, ACT)] * 100, 100))) == []
    assert faults(naming.named(mac(**named), WORST_NAME[:-1], ACT)) == []
    window = window_blocks.members(
        WindowSelection("details", card=1), "head", macs(60, **named), 60
    )
    assert problems_of_view(window.to_dict()) == []


def test_a_mac_that_is_done_is_named_only_when_it_is_imaged_again() -> None:
    done = mac(computer_name="lab-07", confirmed_at=NOON)

    assert "only if it is imaged again" in written(naming.named(done, None, ACT))
    assert "Its first-boot script sets the name." in written(
        naming.named(mac(computer_name="lab-07"), None, ACT)
    )
