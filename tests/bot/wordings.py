"""Sentences that people read in Slack, an example for each side of each condition.

`python -m tests.bot.wordings` writes it to SNAPSHOT, to be read before it is committed.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View

from bot.commands.help import guide
from bot.delivery import news, silence
from bot.imports import import_blocks
from bot.registrations import batch_card as cards
from bot.registrations import blocks, naming
from bot.registrations.windows import blocks as window_blocks
from bot.registrations.windows import danger_blocks
from bot.registrations.windows.blocks import WindowSelection
from bot.slack.markup import Message, moment
from provisioning.imports.dry_run import CONFLICT
from provisioning.imports.models import (
    DROPPED,
    READ,
    READING,
    REGISTERED,
    Import,
    ImportOutcome,
    Summary,
)
from provisioning.imports.summary import KINDS
from provisioning.maintenance.acts.identity import Naming
from provisioning.maintenance.acts.registering import RegisteredMac
from provisioning.registrations.models import (
    ADOPTED,
    CANCELLED,
    CONFIRMED,
    FAILED,
    IMAGING,
    WAITING,
    Operation,
)
from provisioning.registrations.names.name_clashes import Clash
from provisioning.registrations.operations import UndoResult
from provisioning.registrations.register import RegisterResult
from provisioning.values.serials import Serial
from tests.bot import worded, worded_errors, worded_records
from tests.bot.worded import BENCH, DONE, SITES_ALONE, Shown, some
from tests.fakes.slack.state.rendering import rows_of
from tests.support.acting import LONDON
from tests.support.inputs.examples import ACT, NOON, card, mac

SNAPSHOT = Path(__file__).with_name("wordings.txt")


def rendered() -> str:
    """Return all that is shown, as a text."""
    return "\n".join(line for name, each in shown() for line in (f"# {name}", *_lines(each)))


def blocks_shown() -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Yield the blocks of each message and window, by its name."""
    for name, each in shown():
        if not isinstance(each, str):
            yield name, _blocks(each)


def shown() -> Iterator[tuple[str, Shown]]:
    of_registrations = [_confirmations, _news, _cards, _answers, _names, _imports, _windows]
    of_records = [worded_records.histories, worded_records.logs, worded_records.searches]
    of_first_boots = [worded.benches, worded.unknown_macs, worded.decisions, worded.replacements]
    of_monitoring = [worded.digests, worded.drifts_and_findings, worded.webhooks]
    of_homes = [worded.homes, worded.forms, worded.troubles]
    of_the_rest = [worded.previews, *of_homes, worded_errors.errors]
    for part in [*of_registrations, *of_records, *of_first_boots, *of_monitoring, *of_the_rest]:
        yield from part()


def _blocks(shown: Message | View | list[Block]) -> list[dict[str, Any]]:
    return [block.to_dict() for block in (shown if isinstance(shown, list) else shown.blocks or ())]


def _lines(shown: Shown) -> Iterator[str]:
    if isinstance(shown, str):
        yield shown
        return
    blocks = _blocks(shown)
    if isinstance(shown, Message) and blocks[0].get("text", {}).get("text") != shown.text:
        yield shown.text
    if isinstance(shown, View):
        yield _said({key: value for key, value in shown.to_dict().items() if key != "blocks"})
    yield from _written(blocks)
    if isinstance(shown, Message) and shown.without_table is not None:
        yield "Where there is no table:"
        yield from _written([block.to_dict() for block in shown.without_table])


def _written(blocks: list[dict[str, Any]]) -> Iterator[str]:
    for block in blocks:
        if block["type"] == "table":
            yield from rows_of(block)
            continue
        is_text = block.keys() == {"type", "text"}
        yield block["text"]["text"].replace(moment(NOON), "{noon}") if is_text else _said(block)


def _said(part: dict[str, Any]) -> str:
    """A part of a message in one line, with its texts as they are."""
    return json.dumps(_texts(part), ensure_ascii=False, sort_keys=True).replace(
        moment(NOON), "{noon}"
    )


def _texts(part: Any) -> Any:
    if isinstance(part, list):
        return [_texts(each) for each in part]
    if not isinstance(part, dict):
        return part
    if part.get("type") in ("mrkdwn", "plain_text"):
        return part["text"]
    return {key: _texts(value) for key, value in part.items()}


def _confirmations() -> Iterator[tuple[str, Shown]]:
    facts = {"serial": "C02AAA", "site": "london", "build": "design", "digest": "0123"}
    facts |= {"registered_by": "U0ALICE"}
    plain = {**facts, "overruled": None}
    odd = {
        **facts,
        "overruled": "paris/kiosk",
        "warning": "the CDN is slow",
        "cautions": ["a", "b"],
    }
    for name, payload in (
        ("a confirmation", plain),
        ("ahead, adopted", {**plain, "before_boot": True, "registered_by": ADOPTED}),
        ("nobody's", {**plain, "registered_by": None, "cautions": [*"abcde"]}),
        ("an odd one", {**odd, "cautions": [*"abcdefg"]}),
    ):
        yield name, news.confirmation(payload, NOON if name == "nobody's" else None)
    waiting = {CONFIRMED: 3, WAITING: 1}
    for name, payloads, batch in (
        ("one of several", [odd], waiting),
        ("two of several", [odd, odd], waiting),
        ("forty of several", [plain] * 40, waiting),
        ("forty-one of several", [plain] * 41, waiting),
        ("five that were overruled", [{**plain, "overruled": "x/y"}] * 5, waiting),
        ("six that were overruled", [{**plain, "overruled": "x/y"}] * 6, waiting),
        ("the last of all", [odd], {CONFIRMED: 3, CANCELLED: 2}),
        ("a cancelled batch", [plain], {CANCELLED: 2}),
    ):
        yield name, news.confirmations(payloads, batch, card(), NOON if "last" in name else None)
    alone = {**plain, "site": "", "build": "lab"}
    yield "a repo of builds alone", news.confirmation(alone, None)


def _news() -> Iterator[tuple[str, Shown]]:
    yield "news", news.told("It is *so*.", NOON)
    yield "trouble", news.trouble({"sentence": "It is <gone>."}, None)
    for number in (1, 20, 21):
        heard = {"heard_at": NOON, "step": "Restoring"} if number == 1 else {}
        yield f"{number} silent", silence.stalled(some(number, **heard), "U0ALICE")
        yield f"{number} silent of nobody", silence.stalled(some(number), None)
    for keys in ({}, {"step": "x" * 101}, {"heard_at": NOON}, {"step": "a & b", "heard_at": NOON}):
        yield "a reminder", silence.reminder(mac(**keys))
    refusal = {"channel": "C0IMAGING", "reason": "not_in_channel: invite the bot to the channel"}
    yield "a channel that does not hear", news.unheard(refusal)
    yield "after an invitation", news.away(["One thing happened.", "x" * 281])
    yield "weeks after it", news.older({"older": 2, "since": NOON.isoformat()})


def _cards() -> Iterator[tuple[str, Shown]]:
    states = [mac("C02AAA"), mac("C02BBB", **DONE), mac("C02CCC", state=CONFIRMED)]
    states += [mac("C02DDD", state=FAILED, step="a < b"), mac("C02EEE", state=CANCELLED)]
    states += [mac("C02FFF", state=IMAGING, mentioned_at=NOON), mac("C02GGG", site="paris")]
    counts = {WAITING: 2, CONFIRMED: 2, FAILED: 1, CANCELLED: 1, "stalled": 1, IMAGING: 0}
    yield "a card", cards.batch(card(id=1, note="a & b"), counts, states)
    yield "all cancelled", cards.batch(card(id=1), {CANCELLED: 1, WAITING: 0}, states[4:5])
    yield "taken back", cards.batch(card(id=1), {}, [])
    for total in (20, 21):
        yield f"{total} Macs", cards.listed(some(21), total, card())
    for done in (0, 1, 5, 11):
        yield f"{done} of 12 done", cards.bar({CONFIRMED: done, WAITING: 11 - done, IMAGING: 1})


def _answers() -> Iterator[tuple[str, Shown]]:
    here, there = some(2), some(1, site="paris")
    for name, already, called in (
        ("registered", [], "lab & co"),
        ("registered already", here[:1], None),
        ("registered elsewhere", there, None),
    ):
        result = RegisteredMac(RegisterResult(1 - len(already), already, None), LONDON, ACT, called)
        yield name, blocks.registered(result, Serial("C02M0001"))
    new = RegisteredMac(RegisterResult(1, [], card()), LONDON, ACT, None)
    yield "registered without a name", blocks.registered(new, Serial("C02M0001"))
    for name, undone in (
        ("undone", UndoResult(ACT, here, [])),
        ("none undone", UndoResult(ACT, [], some(1))),
        ("undone, some left", UndoResult(ACT, here[:1], some(11))),
        ("undone, many left", UndoResult(ACT, here[:1], some(23))),
        ("an empty bench undone", UndoResult(BENCH, [], [])),
        ("a bench undone", UndoResult(BENCH, [], some(10))),
        ("a full bench undone", UndoResult(BENCH, [], some(41))),
    ):
        yield name, blocks.undone(undone)
    for ahead in (False, True):
        yield f"moved, {ahead=}", blocks.moved(there[0], LONDON, ACT, is_prestaged=ahead)
    yield "to be imaged again", blocks.reimaged(here[0], ACT)
    yield "really", blocks.really_reimage(mac(**DONE))
    yield "really, of one adopted", blocks.really_reimage(mac(state=CONFIRMED))
    yield "cancelled", blocks.cancelled(here[0], ACT)
    yield "the guide", guide("/mac", ["london"], ["design", "lab"])
    yield "the guide for sites", guide("/mac", ["london"], None)
    yield "the guide for builds", guide("/mac", None, ["design"])


def _names() -> Iterator[tuple[str, Shown]]:
    for name, named, before in (
        ("named", mac(computer_name="lab-1"), None),
        ("named anew, done", mac(computer_name="lab-1", **DONE), "lab-0"),
        ("named anew, adopted", mac(computer_name="lab-1", state=CONFIRMED), "lab-0"),
        ("named so already", mac(computer_name="lab-1"), "lab-1"),
    ):
        yield name, naming.named(named, before, ACT)
    clash = Clash("another Mac has it", is_sure=False)
    yield "a doubtful name", naming.really_named(Naming(mac(), "lab-1", None, doubt=clash))


def _imports() -> Iterator[tuple[str, Shown]]:
    imported = Import(id=7, by="U0ALICE", via="file", state=READING, sources=[1], note="")
    yield "one file being read", import_blocks.message(imported)
    imported.sources, imported.done = [1, 2], 1
    yield "two files being read", import_blocks.message(imported)
    imported.state, imported.shown = READ, _summary()
    yield "a dry run", import_blocks.message(imported)
    imported.shown = {**_summary(), "places": [(f"site {n}", "lab", 1) for n in range(7)]}
    yield "a dry run for seven places", import_blocks.message(imported)
    imported.state, imported.settled_by = DROPPED, "U0BOB"
    for dropped in (Summary(failed="it is a <picture>"), Summary()):
        imported.shown = dropped
        yield "a dropped import", import_blocks.message(imported)
    imported.state = REGISTERED
    undo = Operation(undone_at=NOON, undone_by="U0EVE")
    both = ImportOutcome(new=1, moved=1, left={"invalid": 2})
    for outcome in (ImportOutcome(new=1), ImportOutcome(moved=2), both, ImportOutcome()):
        imported.shown = Summary(outcome=outcome)
        yield "a settled import", import_blocks.message(imported, undo if not outcome else None)


def _summary() -> Summary:
    """The summary of a dry run with a row of each kind."""
    row: dict[str, Any] = {
        "serial": "C02AAA",
        "site": "london",
        "build": "design",
        "where": "line 2",
        "why": "",
    }
    standing = {"site": "paris", "build": "kiosk", "by": "U0EVE", "since": NOON.isoformat()}
    first: dict[str, Any] = {kind: [{**row, "name": None, "standing": None}] for kind in KINDS}
    first[CONFLICT] = [{**row, "name": "lab-1", "standing": standing}]
    return {
        "counts": dict.fromkeys(KINDS, 1),
        "first": first,
        "wants": ["site", "build"],
        "places": [("london", "design", 2)],
    }


def _windows() -> Iterator[tuple[str, Shown]]:
    for verb in ("reimage", "cancel"):
        one, several = (
            WindowSelection(verb, serial="C02AAA"),
            WindowSelection(verb, card=1, shown=21),
        )
        yield f"{verb} one", danger_blocks.asking(one, some(1), 1)
        yield f"{verb} several", danger_blocks.asking(several, some(2), 21)
        yield f"{verb} many, typed", danger_blocks.typing(several)
    for verb in ("move", "remind"):
        one, several = (
            WindowSelection(verb, serial="C02AAA"),
            WindowSelection(verb, card=1, shown=2),
        )
        yield f"{verb} one", window_blocks.asking(one, some(1), 1)
        yield f"{verb} a card's one", window_blocks.asking(several, some(1), 1)
        yield f"{verb} several", window_blocks.asking(several, some(2), 2, SITES_ALONE)
    for total in (60, 61):
        yield (
            f"{total} Macs of a card",
            window_blocks.members(WindowSelection("details", card=1), "head", some(total), total),
        )


if __name__ == "__main__":
    SNAPSHOT.write_text(rendered(), encoding="utf-8")
