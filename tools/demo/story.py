"""The story of the demo, as a person beside the technician would see it."""

import re
import time

import click

from tests.fakes.slack import Message, Workspace, readable
from tests.support.installation import CHANNEL, Installation
from tests.support.waiting import eventually

BATCH = ("C02XG0FDJGH5", "C02YK1QWLVDN")
SINGLE = "FVFZT3LMQ6L4"


class Story:
    """Three Macs, two of them in one batch, and the channel that hears of them."""

    def __init__(self, slack: Workspace, rollcall: Installation) -> None:
        self._slack = slack
        self._rollcall = rollcall
        self._alice = slack.person("U0ALICE", name="alice")
        slack.on_message.append(self._overhear)

    def play(self) -> None:
        """Register, boot, and wait until the channel has heard everything."""
        self._type(f"register {' '.join(BATCH)} london design")
        self._press("import", "Register 2 Macs")
        self._type(f"register {SINGLE.lower()} paris developer")
        self._wait_for("2 waiting", "1 waiting")
        for serial, heard in (
            (BATCH[0], f"{BATCH[0]} is done"),
            (BATCH[1], "All done: the manifests of 2 Macs"),
            (SINGLE, f"{SINGLE} is done"),
        ):
            self._boot(serial)
            self._wait_for(heard)
        self._wait_for("2 confirmed", "1 confirmed")
        self._type("list")

    def _type(self, text: str) -> None:
        click.secho(f"\n  alice types   /mac {text}", bold=True)
        reply = self._alice.ask("/mac", text, channel=CHANNEL)
        if reply.message is None:
            raise click.ClickException(f"Slack says {reply.error}; see the log.")
        click.echo(_quoted("only alice sees", _as_shown(readable(reply.message))))

    def _press(self, action: str, words: str) -> None:
        click.secho(f"\n  alice presses *{words}*", bold=True)
        shown = self._alice.ephemerals[-1]
        self._alice.click(shown, action)
        eventually(lambda: shown.edited)
        click.echo(_quoted("only alice sees", _as_shown(readable(shown))))

    def _boot(self, serial: str) -> None:
        click.secho(f"\n  {serial} boots, fetches its script from {self._rollcall.url}", bold=True)
        ended = self._rollcall.mac(serial).boot("london", "basic")
        if ended.code:
            raise click.ClickException(ended.output)
        manifest = self._rollcall.manifest(serial)
        click.echo(_quoted("the Mac's log", ended.output))
        click.echo(_quoted(f"manifests/{serial}", manifest.read_text()))

    def _overhear(self, channel: object, message: Message, verb: str) -> None:
        del channel
        how = "in #imaging" if verb == "posted" else "in #imaging, edited in place"
        click.secho(
            _quoted(how, f"{time.strftime('%H:%M:%S')}\n{_as_shown(readable(message))}"), fg="cyan"
        )

    def _wait_for(self, *sayings: str) -> None:
        def are_said() -> bool:
            said = _as_shown("\n".join(self._slack.transcript(CHANNEL)))
            return all(saying in said for saying in sayings)

        eventually(are_said, timeout=30)


def _quoted(title: str, text: str) -> str:
    lines = "\n".join(f"    | {line}" for line in text.strip().splitlines())
    return f"    [{title}]\n{lines}"


def _as_shown(text: str) -> str:
    """Slack's tokens as its client shows them."""
    text = re.sub(r"<(?:!date\^|https?:)[^|>]*\|([^>]*)>", r"\1", text)
    return text.replace("<@U0ALICE>", "@alice").replace(":white_check_mark:", "✅")
