"""More sentences that people read in Slack: first boots, the Home, digests and previews."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View

from bot.diagnostics import doctor, preview_blocks
from bot.firstboot import (
    bench_blocks,
    decision_blocks,
    replacement_blocks,
    twin_blocks,
    unknown_blocks,
)
from bot.firstboot.replacement_blocks import ShownReplacement
from bot.home import blocks as home_blocks
from bot.home import notices
from bot.home.blocks import Home
from bot.monitoring import digest_blocks, drift_blocks, webhook_blocks
from bot.slack import modals
from bot.slack.home_state import HomeState
from bot.slack.markup import Message, plain
from provisioning.diagnostics.previews.preview import Preview
from provisioning.firstboot.decisions.twins import TWIN
from provisioning.firstboot.models import Bench, Decision, UnknownMac
from provisioning.firstboot.replacements.models import BOARD, MAC, Replacement
from provisioning.imports.lifecycle import Unfinished
from provisioning.imports.models import READING
from provisioning.monitoring.dashboard import STATES, Dashboard, DashboardPart, MacFilter
from provisioning.monitoring.digest import Digest, DigestPart
from provisioning.monitoring.drift.comparison import ManifestDifference
from provisioning.monitoring.drift.examination import DriftFacts, LastChange
from provisioning.monitoring.drift.models import (
    AGREES,
    CONFIRMED_AGAIN,
    MOVED,
    PUT_BACK,
    TAKEN_OVER,
    Drift,
)
from provisioning.monitoring.drift.models import CANCELLED as CANCELLED_SINCE
from provisioning.monitoring.webhooks.hooks import HookStatus
from provisioning.monitoring.webhooks.models import Webhook
from provisioning.outbox.refusals.refused_messages import RefusedMessages
from provisioning.registrations.models import (
    ADOPTED,
    BENCHED,
    CANCELLED,
    CONFIRMED,
    FAILED,
    IMAGING,
    WAITING,
    Operation,
)
from provisioning.values.kinds import Kinds
from tests.support.acting import LONDON
from tests.support.inputs.examples import ACT, NOON, card, mac

LATER = NOON + timedelta(hours=2)
SITES_ALONE = Kinds(("site",))
DONE: dict[str, Any] = {"state": CONFIRMED, "confirmed_at": NOON}
BENCH = Operation(id=8, what=BENCHED, by="U0BOB", via="command", at=NOON)
Shown = Message | View | list[Block] | str


def some(number: int, **keys: Any) -> list[Any]:
    """So many Macs with short names."""
    return [mac(f"C02M{each:04}", id=each, **keys) for each in range(1, number + 1)]


def bench(**keys: Any) -> Bench:
    """A bench of two that took one."""
    given = {"id": 9, "by": "U0ALICE", "site": "london", "build": "design", "wanted": 2, "taken": 1}
    return Bench(**{**given, "until": LATER, "created_at": NOON, **keys})


def benches() -> Iterator[tuple[str, Shown]]:
    for taken in (0, 1):
        macs, counts = some(taken), {WAITING: taken} if taken else {}
        yield (
            f"a bench that took {taken}",
            bench_blocks.card(bench(taken=taken), card(id=1), counts, macs),
        )
    for keys in ({"ended_by": "U0BOB"}, {"taken": 2}, {"taken": 3}, {"taken": 1}):
        ended = bench(ended_at=NOON, **keys)
        yield "an ended bench", bench_blocks.card(ended, card(id=1), {}, [])
    yield "opened", bench_blocks.opened(bench(), ACT)
    yield "occupied", bench_blocks.occupied(bench())
    yield "ended", bench_blocks.ended(bench())


def unknown_macs() -> Iterator[tuple[str, Shown]]:
    unknown = UnknownMac(id=7, reported_as="C02XYZ", first_at=NOON, settled_by="U0BOB")
    yield "an unknown Mac", unknown_blocks.asking(unknown, None)
    near = mac("C02XYY", id=3)
    yield "with a near miss", unknown_blocks.asking(unknown, near, SITES_ALONE)
    for name, registration, mistyped in (
        ("not ours", None, None),
        ("corrected", mac(), "C02XYY"),
        ("registered", mac(step="x" * 101), None),
        ("registered and done", mac(**DONE), None),
        ("registered and cancelled", mac(state=CANCELLED), None),
        ("its own script's", mac(registered_by=None), None),
        ("adopted", mac(registered_by=ADOPTED, state=CONFIRMED), None),
    ):
        yield f"settled: {name}", unknown_blocks.settled(unknown, registration, mistyped)
    yield "registered there", unknown_blocks.registered(unknown, LONDON, ACT)
    yield "corrected there", unknown_blocks.corrected(mac(), "C02XYY", ACT)
    yield "dismissed", unknown_blocks.dismissed(unknown)
    for site, build in (("", ""), ("london", ""), ("", "design")):
        yield "incomplete", unknown_blocks.incomplete(site, build)


def decisions() -> Iterator[tuple[str, Shown]]:
    for paths in (["roles/a", "roles/b"], ["a", "b", "c & d"]):
        for kind in ("site", "build"):
            asked = Decision(revision=1, kind=kind, paths=paths)
            yield "a decision", decision_blocks.card(asked, mac(id=3))
        yield "adopted", decision_blocks.card(asked, mac(id=3, registered_by=None))
        yield "of before", decision_blocks.card(asked, mac(id=3, revision=2))
        for answer in ("stay", "out", None):
            asked.answer, asked.settled_at, asked.settled_by = answer, NOON, "U0BOB"
            yield f"decided: {answer}", decision_blocks.card(asked, mac(id=3))
            yield "to whom decided", decision_blocks.answered(asked, mac(id=3))
    twin = Decision(id=1, kind=TWIN, paths=["macs/c02abc123def"])
    yield "a twin", twin_blocks.card(twin, mac())


def replacements() -> Iterator[tuple[str, Shown]]:
    wish = ShownReplacement("C02AAA", "C02BBB", 2)
    yield "a replacement", replacement_blocks.dry_run(mac(), wish, ["is a & b"], "macs/C02AAA")
    yield "keep or remove", replacement_blocks.keep_or_remove(mac(), wish, "macs/C02AAA")
    for kind, keep in ((BOARD, True), (MAC, True), (MAC, False)):
        done = Replacement(kind=kind, keep=keep, old_name="C02AAA", new_name="C02BBB")
        yield f"replaced: {kind}", replacement_blocks.replaced(done, ACT)


def digests() -> Iterator[tuple[str, Shown]]:
    nothing, two = DigestPart(0, []), DigestPart(2, some(2, step="a < b", heard_at=NOON))
    few, one = DigestPart(5, some(2)), DigestPart(1, some(1))
    asked = [UnknownMac(reported_as="C02XYZ", last_at=NOON)]
    for digest in (
        Digest(two, few, one, nothing, asked, 1),
        Digest(nothing, nothing, few, one, asked * 2, 3),
        Digest(nothing, nothing, DigestPart(12, some(3)), nothing, [], 0),
        Digest(nothing, nothing, nothing, nothing, [], 0),
    ):
        yield "a digest", digest_blocks.digest(digest, "/mac")


def drifts_and_findings() -> Iterator[tuple[str, Shown]]:
    led = DriftFacts(ManifestDifference(missing=("site_default",), place=("paris", "kiosk")))
    lacking = DriftFacts(ManifestDifference(missing=("a",), other=("b",)), "it is not offered")
    for found in (led, lacking, DriftFacts(ManifestDifference(gone=True))):
        yield "a drift", drift_blocks.one(Drift(id=1, there=found.to_json()), mac(**DONE))
    drifts = [(Drift(id=1, there=led.to_json()), each) for each in some(2)]
    yield "drifts", drift_blocks.card(drifts, 11, 11, 11)
    yield "more than one press puts back", drift_blocks.card(drifts[:1], 5000, 5000, 5000)
    yield "the last of some drifts", drift_blocks.card(drifts, 2, 1, 0)
    yield "no drift of some", drift_blocks.card(drifts, 1001, 0, 0)
    yield from _changed_manifests()
    gone = DriftFacts(ManifestDifference(gone=True))
    outcomes = (PUT_BACK, TAKEN_OVER, AGREES, MOVED, CANCELLED_SINCE, CONFIRMED_AGAIN)
    for outcome, found in (*((each, led) for each in outcomes), (AGREES, gone), (AGREES, lacking)):
        there = found.to_json()
        settled = Drift(there=there, settled_at=NOON, outcome=outcome, answered_by="U0BOB")
        yield f"settled: {outcome}", drift_blocks.card([(settled, mac())], 1, 0, 0)
    for number in (0, 1, 2):
        yield f"{number} findings", doctor.answer(["Mend it."] * number)


def _changed_manifests() -> Iterator[tuple[str, Shown]]:
    known = mac(includes={"ours": [], "theirs": [], "catalogs": ["production"]})
    by_a_person, by_git = LastChange("U0ALICE", "button", NOON), LastChange("ci", "git", NOON)
    for difference, change in (
        (ManifestDifference(missing=(*"abcdef",), other=(*"abcde",)), by_git),
        (ManifestDifference(missing=("a",), place=("london", "design")), by_a_person),
        (ManifestDifference(catalogs=("testing",)), by_git),
        (ManifestDifference(catalogs=()), by_git),
    ):
        there = DriftFacts(difference, None, change).to_json()
        yield "a changed manifest", drift_blocks.one(Drift(id=1, there=there), known)
    pending = Drift(there=there, answer=PUT_BACK, answered_by="U0BOB")
    yield "to be put back", drift_blocks.one(pending, known)


def webhooks() -> Iterator[tuple[str, Shown]]:
    url = "https://inventory.example.com/secret"
    names = {"types": ["a", "b", "c", "d"], "sites": ["london"]}
    hook = Webhook(id=3, url=url, description="a < b", **names)
    every = Webhook(id=4, url=url, description="", types=[], sites=[])
    waiting = [HookStatus(hook, 1, 2, "it answered 500"), HookStatus(every, 0, 0, None)]
    for told, board in ((waiting, "https://rollcall.example.com"), (waiting[:1], None), ([], None)):
        yield "webhooks", webhook_blocks.listed(told, "/mac", board)
    yield "a webhook tried", webhook_blocks.tried(3, "/mac")
    for number in (0, 1, 2):
        yield f"{number} sent again", webhook_blocks.replayed(number)


def previews() -> Iterator[tuple[str, Shown]]:
    full = Preview("C02AAA", LONDON, ("@U0ALICE said so.",), script="#!/bin/sh\n", manifest="<a>\n")
    broken = Preview("C02AAA", faults=("It is gone.",), changed=("catalogs", "b"), manifest="x")
    for preview in (full, broken):
        for script, sent in ((True, False), (False, False), (True, True)):
            yield "a preview", preview_blocks.preview(preview, with_script=script, sent=sent)


def homes() -> Iterator[tuple[str, Shown]]:
    zeros = dict.fromkeys(STATES, 0)
    empty = Dashboard(zeros, 0, [], 0, 1, 0)
    part = DashboardPart(WAITING, True, 41, [(each, "a  note") for each in some(2)])
    rest = DashboardPart(FAILED, False, 1, [(mac(id=9, state=FAILED, step="x", heard_at=NOON), "")])
    for page in (0, 1, 2):
        full_page = Dashboard({**zeros, WAITING: 41}, 1234, [part, rest], page, 3, 42)
        yield f"page {page} of the Home", home_blocks.home(Home(HomeState(), full_page), "/mac")
    yield "an empty Home", home_blocks.home(Home(HomeState(), empty), "/mac", SITES_ALONE)
    silent = mac(id=8, state=IMAGING, mentioned_at=NOON, heard_at=NOON, step="x")
    stalled = Dashboard(
        {**zeros, "stalled": 1}, 0, [DashboardPart("stalled", True, 1, [(silent, "")])], 0, 1, 1
    )
    yield "a Home with a silent Mac", home_blocks.home(Home(HomeState(), stalled), "/mac")
    filtered = HomeState(MacFilter(site="london", state=WAITING))
    yield "a Home without such", home_blocks.home(Home(filtered, empty), "/mac")
    yield "no Home", home_blocks.sorry("It is gone.")


def forms() -> Iterator[tuple[str, Shown]]:
    yield "the form", modals.form()
    yield "the form for sites", modals.form(SITES_ALONE)
    yield "its outcome", modals.outcome(plain("Registered 1 Mac."), "Register Macs")
    for number in (200, 201):
        yield f"an error of {number} characters", modals.failed("x" * number, "Move")


def troubles() -> Iterator[tuple[str, Shown]]:
    unread = [Unfinished(1, READING, NOON, files, 1, "C0IMAGING") for files in (1, 2)]
    yield "imports", notices.imports([*unread, Unfinished(1, "read", NOON, 1, 1, "D0ALICE")])
    refused = [
        RefusedMessages(to, "no & yes", n, NOON) for to, n in (("C0IMAGING", 1), ("D0ALICE", 2))
    ]
    for number in (1, 5, 6, 10, 11):
        yield "troubles", notices.troubles(refused, ["Mend it."] * number)
