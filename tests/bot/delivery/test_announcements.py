"""The texts of messages, which notifications and screen readers say: which Macs, where, by whom."""

from collections.abc import Sequence
from typing import Any

from bot.delivery import news, silence
from bot.firstboot import bench_blocks, decision_blocks, twin_blocks, unknown_blocks
from bot.imports import import_blocks
from bot.monitoring import digest_blocks, drift_blocks
from bot.registrations import batch_card
from bot.slack.markup import Message
from provisioning.firstboot.decisions.twins import TWIN
from provisioning.firstboot.models import Decision, UnknownMac
from provisioning.imports.models import DROPPED, READ, REGISTERED, Import
from provisioning.monitoring.digest import Digest, DigestPart
from provisioning.monitoring.drift.models import Drift
from provisioning.registrations.models import CONFIRMED, WAITING, Registration
from tests.bot.worded import bench
from tests.support.inputs.examples import NOON, card, mac
from tests.support.tables import for_each

ALICE, PLACE = "<@U0ALICE>", "*london* / *design*"
NOTHING = DigestPart(0, [])


def some(number: int) -> list[Registration]:
    return [mac(f"C02M{each:04}", id=each) for each in range(1, number + 1)]


def dropped(number: int, state: str) -> Message:
    """An import of so many new Macs."""
    rows = [{"serial": f"C02M{each:04}", "site": "london", "build": "design"} for each in (1, 2)]
    facts = [
        {**row, "where": "", "name": None, "why": "", "standing": None} for row in rows[:number]
    ]
    kinds = ("new", "moved", "doubtful", "conflict", "nowhere", "invalid", "unchanged")
    shown = {
        "counts": {**dict.fromkeys(kinds, 0), "new": number},
        "first": {**{kind: [] for kind in kinds}, "new": facts},
        "wants": [],
        "places": [["london", "design", number]],
        "outcome": {"new": number, "moved": 0, "left": dict.fromkeys(kinds[2:], 0)},
    }
    keys = {"note": "", "settled_by": "U0BOB", "settled_at": NOON}
    return import_blocks.message(
        Import(id=7, by="U0ALICE", via="file", state=state, shown=shown, **keys)
    )


def confirmed(number: int) -> Message:
    facts = {"site": "london", "build": "design", "overruled": None, "digest": "0123"}
    payloads = [{**facts, "serial": each.serial, "registered_by": "U0ALICE"} for each in some(2)]
    return news.confirmations(payloads[:number], {CONFIRMED: number}, card(), None)


def drifted(number: int) -> Message:
    drift = Drift(id=1, there=found())
    told = [(drift, each) for each in some(min(number, 2))]
    return drift_blocks.card(told, number, number, number)


def found() -> dict[str, Any]:
    """A manifest that leads elsewhere, as a drift keeps it."""
    difference = {"missing": [], "other": [], "place": ["paris", "kiosk"], "catalogs": None}
    return {
        "difference": {**difference, "gone": False, "digest": "d"},
        "refusal": None,
        "change": None,
    }


def waiting(number: int) -> Message:
    part = DigestPart(number, some(min(number, 2)))
    return digest_blocks.digest(Digest(NOTHING, NOTHING, part, NOTHING, [], 0), "/mac")


def decided(kind: str) -> Decision:
    return Decision(id=1, revision=1, kind=kind, paths=["sites/paris", "sites/rome"])


def batch(number: int) -> Message:
    return batch_card.batch(card(id=1), {WAITING: number}, some(min(number, 20)))


def of_bench(number: int) -> Message:
    shown = bench(wanted=30, taken=number)
    return bench_blocks.card(shown, card(id=1), {WAITING: number}, some(min(number, 20)))


# Each kind of message about Macs, drawn for two of them and for thirty, and its words for a state.
KINDS = {
    "a batch": (batch, "waiting"),
    "a dry run": (lambda number: dropped(number, READ), "not registered yet"),
    "a settled import": (lambda number: dropped(number, REGISTERED), "registered by <@U0BOB>"),
    "a dropped import": (lambda number: dropped(number, DROPPED), "nothing was registered"),
    "a bench": (of_bench, "taken"),
    "a confirmation": (confirmed, "done"),
    "drifts": (drifted, "not as Rollcall wrote them"),
    "silent Macs": (lambda number: silence.stalled(some(number), "U0ALICE"), "fell silent"),
    "a digest": (waiting, "never booted"),
}
# Each kind of message about one Mac.
SINGLE = {
    "a drift": (drift_blocks.one(Drift(id=1, there=found()), mac()), "leads to *paris* / *kiosk*"),
    "a decision": (decision_blocks.card(decided("site"), mac()), "two sites among its includes"),
    "a twin": (twin_blocks.card(decided(TWIN), mac()), "differs"),
    "a reminder": (silence.reminder(mac()), "not confirmed yet"),
    "an unknown Mac": (
        unknown_blocks.asking(UnknownMac(id=7, reported_as="C02X", first_at=NOON), mac()),
        "nobody has registered it",
    ),
    "one of a batch": (batch_card.batch(card(id=1), {WAITING: 1}, [mac()]), ": waiting"),
}


def says(message: Message, words: Sequence[str]) -> None:
    assert [word for word in words if word not in message.text] == [], message.text


@for_each("kind", KINDS)
def test_the_text_about_a_few_macs_names_them_their_place_their_person_and_their_state(
    kind: str,
) -> None:
    draw, state = KINDS[kind]
    says(draw(2), ["`C02M0001`, `C02M0002`", PLACE, ALICE, state])


@for_each("kind", KINDS)
def test_the_text_about_many_macs_says_how_many_there_are(kind: str) -> None:
    draw, state = KINDS[kind]
    says(draw(30), ["30 Macs", state])
    assert "C02M" not in draw(30).text


@for_each("kind", SINGLE)
def test_the_text_about_one_mac_names_it_its_place_its_person_and_its_state(kind: str) -> None:
    message, state = SINGLE[kind]
    says(message, ["`C02ABC123DEF`", PLACE, ALICE, state])


def test_the_text_about_macs_for_several_places_names_these_while_they_are_few() -> None:
    places = ["london", "paris", "rome", "bonn"]
    silent = [mac(f"C02M{number}", site=site) for number, site in enumerate(places)]

    few = "*london* / *design* and *paris* / *design*"
    says(silence.stalled(silent[:2], None), [few])
    says(silence.stalled(silent, None), ["4 Macs for 4 places"])


def test_what_was_held_is_told_with_its_first_messages() -> None:
    says(news.away(["One.", "Two.", "Three.", "Four."]), ["4 messages. One. Two. Three."])
