"""Slack's requests while a job runner reads a long list and large photos beside them."""

import random
import time
from collections.abc import Iterator
from pathlib import Path

from tests.fakes.slack import Channel, Message, Reply, Workspace, readable
from tests.fakes.slack.people.person import Person
from tests.support.inputs.labels import Label, encoded, photo
from tools.bench.contenders.contenders import rollcall_in_slack
from tools.bench.harness.effort import Effort
from tools.bench.harness.table import Row
from tools.bench.slack.commands import AT_ONCE, acknowledged, volley

MAX_MS = 3_000  # ms that Slack waits for any acknowledgement
TIMEOUT = 120.0  # seconds for all to be read
BOTH = 2  # dry runs: of the list and of the photos
PIXELS = 12  # megapixels of a photo


def rows(effort: Effort, folder: Path) -> Iterator[Row]:
    """Registrations by slash command, and the buttons that register a list and take it back."""
    with rollcall_in_slack(folder, "jobs") as (_, slack):
        volley(slack, 0)  # warms up
        alice = slack.person("U0BENCH", name="bench")
        # Not in the channel, where their cards would wait for those of the commands.
        alice.drop(alice.dm.id, ("macs.csv", _csv(effort.lines)))
        alice.drop(alice.dm.id, *_photos(effort.photos), text="london design")
        replies: list[Reply] = []
        until = time.monotonic() + TIMEOUT
        while len(_dry_runs(alice.dm)) < BOTH and time.monotonic() < until:
            replies += volley(slack, len(replies) // AT_ONCE + 1)
        pressed = _pressed(slack, alice, _dry_runs(alice.dm)[-1])
    work = f"a job reads {effort.lines:,} lines and {effort.photos} photos of {PIXELS} megapixels"
    yield acknowledged(f"slash command acknowledged, {AT_ONCE} at once, while {work}", replies)
    yield Row(
        f"the button that registers {effort.lines:,} Macs, and the one that takes them back",
        f"acknowledged after {pressed[0]:.0f} ms and {pressed[1]:.0f} ms",
        f"< {MAX_MS:,} ms",
        max(pressed) < MAX_MS,
    )


def _dry_runs(channel: Channel) -> list[Message]:
    """The messages of a conversation about files that are read, the longest last."""
    said = [reply for message in channel.messages for reply in channel.replies_to(message)]
    return sorted((one for one in said if _number(one)), key=_number)


def _number(message: Message) -> int:
    """The number of Macs that a dry run says can be registered."""
    first, _, rest = message.text.partition(" ")
    number = first.replace(",", "")  # of thousands
    return int(number) if number.isdigit() and "not registered yet" in rest else 0


def _pressed(slack: Workspace, alice: Person, dry: Message) -> list[float]:
    """Press *Register*, then *Undo*; returns after how many ms each was acknowledged."""
    taken = [alice.click(dry, "import").took * 1000]
    told = _said(slack, alice, "Registered")
    return [*taken, alice.click(told, "undo").took * 1000]


def _said(slack: Workspace, alice: Person, word: str) -> Message:
    def there() -> bool:
        return bool(alice.ephemerals) and word in readable(alice.ephemerals[-1])

    slack.wait_until(there, TIMEOUT)
    return alice.ephemerals[-1]


def _csv(lines: int) -> bytes:
    rows = [f"C02{number:07X}QX,london,design" for number in range(lines)]
    return "\n".join(["serial,site,build", *rows]).encode()


def _photos(number: int) -> list[tuple[str, bytes]]:
    rng = random.Random(1)  # noqa: S311 - the same photos in every run
    taken = [
        photo([Label.invent(rng)], angle=15 * (seed % 4), megapixels=PIXELS, seed=seed)
        for seed in range(number)
    ]
    return [(f"box-{seed}.jpg", encoded(picture)) for seed, picture in enumerate(taken)]
