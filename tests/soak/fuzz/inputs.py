"""Inputs by seed, sent to both doors of a house."""

import json
from collections.abc import Callable, Collection
from dataclasses import dataclass

from werkzeug.wrappers import Response

from tests.soak.fuzz import listeners, routes
from tests.soak.fuzz.house import House, form
from tests.soak.fuzz.strange import Dice
from tests.soak.fuzz.watching import Watch

SETTLED = 50  # inputs after which what they have put off is done
OF_SLACK = 0.4  # the share of inputs that come as Slack's


@dataclass(frozen=True)
class Input:
    """An input: its name says how to have it again, `shown` what it is."""

    name: str
    shown: str
    send: Callable[[], Response]
    allowed: Collection[int] = ()


def play(
    house: House,
    watch: Watch,
    seed: int,
    number: int,
    *,
    settled_after: int = SETTLED,
    of_slack: float = OF_SLACK,
) -> None:
    """Send a number of inputs, a share of them as Slack's, and watch what comes of each."""
    for index in range(number):
        dice = Dice(f"{seed} {index}")
        kind = _of_slack if dice.happens(of_slack) else _of_machines
        made = kind(house, dice, f"seed {seed}, input {index}")
        before = len(watch.findings)
        try:
            watch.look(made.name, made.send(), allowed=made.allowed)
        except Exception as error:  # it went through both doors
            watch.findings.append(f"{made.name}: {error!r}"[:500])
        if (index + 1) % settled_after == 0:
            house.settle()
            watch.look(f"{made.name}, or one of the {settled_after} before", None)
        if len(watch.findings) > before:
            watch.findings.append(f"    {made.shown[:1500]}")
    house.settle()
    watch.look(f"seed {seed}, at the end", None)


def furnish(house: House) -> None:
    """Have people type everything and Macs call, so that there are Macs, cards and windows."""
    typed = next(each for each in house.listeners if each.kind == "command")
    for text in (*listeners.TYPED, "register C02BBB paris kiosk", "C02CCC london kiosk"):
        dice = Dice(text)
        house.tell(*form({**listeners.payload(typed, dice, {}), "text": text}))
    for serial in ("C02AAA", "C02BBB", "C02NEW"):
        house.boot(serial)
    house.settle()


def _of_machines(house: House, dice: Dice, name: str) -> Input:
    if dice.happens(0.02):
        house.sign_in()  # an input before may have signed out
    asked = routes.request(
        house.app.url_map, dice, house.credentials, [*house.keys.values()], house.browser
    )
    allowed = {503} if asked.path == "/readyz" else set()  # which asks whether all is well
    if asked.path.startswith(routes.BOARD):
        allowed = {303}  # browsers follow
    return Input(name, f"{asked!r}", lambda: house.ask(asked), allowed)


def _of_slack(house: House, dice: Dice, name: str) -> Input:
    typed = [each for each in house.listeners if each.kind == "command"]
    listener = dice.choice(typed if dice.happens(0.3) else house.listeners)
    payload = listeners.payload(listener, dice, house.shown)
    if dice.happens(0.7):
        payload = dice.changed(payload)
        if not isinstance(payload, dict):
            payload = {"type": "event_callback", "event": payload}
    if dice.happens(0.3) and "text" in payload:
        payload["text"] = dice.text()
    # Whoever Slack is, it sends answers to itself alone.
    for holder in (payload, *payload.values()):
        if isinstance(holder, dict) and "response_url" in holder:
            holder["response_url"] = "http://127.0.0.1:9/"
    body, content_type = form(payload)
    if dice.happens(0.05):
        body = dice.bytes_of(body)
    if dice.happens(0.05):
        content_type = dice.choice(routes.KINDS)
    shown = f"{listener.kind} {listener.names} {json.dumps(payload)}"
    return Input(name, shown, lambda: house.tell(body, content_type))
