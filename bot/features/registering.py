"""Saying which Mac goes where, and changing one's mind."""

import json
import re
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from slack_bolt import Ack, App
from slack_bolt.context.context import BoltContext

from bot import replies
from bot.blocks import answers, modals
from bot.blocks.texts import Message
from bot.desk import Asker, Desk
from bot.verbs import Cancel, Move, Register, Reimage
from provisioning import registrations
from provisioning.models import CONFIRMED, Registration
from provisioning.serials import Serial, parse_all

FRESH = timedelta(days=14)  # after a confirmation, in which re-imaging is asked twice


def attach(app: App, desk: Desk) -> None:
    """Answer the commands, the form, and the buttons that move and re-image a Mac."""
    clerk = Registering(desk)
    desk.answers(Register, lambda it, asker: clerk.register(it.serials, it.site, it.build, asker))
    desk.answers(
        Move, lambda it, asker: clerk.move(Serial.parse(it.serial), it.site, it.build, asker)
    )
    desk.answers(Cancel, lambda it, asker: clerk.cancel(Serial.parse(it.serial), asker))
    desk.answers(Reimage, lambda it, asker: clerk.reimage(Serial.parse(it.serial), asker))

    def move(ack: Ack, action: dict[str, Any], body: dict[str, Any], context: BoltContext) -> None:
        """Move the registration that the button names."""
        to = json.loads(action["value"])
        asker = Asker(body["user"]["id"], "button")
        moved = clerk.move(Serial.parse(to["serial"]), to["site"], to["build"], asker)
        replies.leave(context, moved)
        ack()

    def reimage(
        ack: Ack, action: dict[str, Any], body: dict[str, Any], context: BoltContext
    ) -> None:
        """Re-image the Mac that the button names, asked for twice by now."""
        asker = Asker(body["user"]["id"], "button")
        replies.leave(context, clerk.reimage(Serial.parse(action["value"]), asker, sure=True))
        ack()

    def submitted(ack: Ack, view: dict[str, Any], body: dict[str, Any]) -> None:
        """Register what the form holds; the window then says what came of it."""
        state = view["state"]["values"]
        message = clerk.register(
            re.findall(r"[^\s,;]+", state[modals.SERIALS][modals.SERIALS]["value"] or "") or [""],
            *modals.chosen_destination(state),
            Asker(body["user"]["id"], "form"),
            note=state[modals.NOTE][modals.NOTE].get("value") or "",
        )
        ack(response_action="update", view=modals.outcome(message))

    app.action(answers.MOVE)(ack=move, lazy=[replies.later])
    app.action(answers.REIMAGE)(ack=reimage, lazy=[replies.later])
    app.view(modals.REGISTER)(submitted)


class Registering:
    """Each method is one act and one message back. Raises RollcallError, having done nothing."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def register(
        self, serials: Sequence[str], site: str, build: str, asker: Asker, *, note: str = ""
    ) -> Message:
        """Register Macs, all that nobody else has registered."""
        wanted = parse_all(serials)
        destination = self._desk.repo.destination(site, build)
        self._desk.permit(asker, destination.site)
        with self._desk.acting("registered", asker) as (session, act):
            batch = registrations.register(
                session,
                wanted,
                destination,
                act=act,
                channel=self._desk.channel_of(destination.site),
                note=note,
            )
            return answers.registered(batch, destination, act)

    def move(self, serial: Serial, site: str, build: str, asker: Asker) -> Message:
        """Send a registered Mac somewhere else."""
        destination = self._desk.repo.destination(site, build)
        self._desk.permit(asker, destination.site)
        with self._desk.acting("moved", asker) as (session, act):
            self._desk.permit(asker, registrations.opened(session, serial).site)
            return answers.moved(
                *registrations.reassign(session, serial, destination, act=act), act
            )

    def cancel(self, serial: Serial, asker: Asker) -> Message:
        """Forget a registration."""
        with self._desk.acting("cancelled", asker) as (session, act):
            self._desk.permit(asker, registrations.opened(session, serial).site)
            return answers.cancelled(registrations.cancel(session, serial, act=act), act)

    def reimage(self, serial: Serial, asker: Asker, *, sure: bool = False) -> Message:
        """Have a Mac wait for another first boot; asks back where it was confirmed lately."""
        if not sure:
            with self._desk.database.reading() as session:
                mac = registrations.opened(session, serial)
                if self._is_fresh(mac):
                    return answers.really_reimage(mac)
        with self._desk.acting("reimaged", asker) as (session, act):
            self._desk.permit(asker, registrations.opened(session, serial).site)
            return answers.reimaged(registrations.reimage(session, serial, act=act), act)

    def _is_fresh(self, mac: Registration) -> bool:
        confirmed_at = mac.confirmed_at if mac.state == CONFIRMED else None
        return confirmed_at is not None and self._desk.clock() - confirmed_at < FRESH
