"""What a Mac is to be called."""

from slack_bolt import App

from bot.blocks import namings as blocks
from bot.blocks.texts import Message
from bot.desk import Asker, Desk
from bot.wanted import Name
from provisioning import computernames, namings, registrations
from provisioning.serials import Serial


def attach(app: App, desk: Desk) -> None:
    """Answer the command that names a Mac."""
    del app

    def name(wanted: Name, asker: Asker) -> Message:
        serial, called = Serial.parse(wanted.serial), computernames.parse(wanted.name)
        with desk.database.reading() as session:
            site = registrations.opened(session, serial).site
        desk.permit(asker, site)
        with desk.acting(namings.NAMED, asker) as (session, act):
            mac = registrations.opened(session, serial)
            desk.permit(asker, mac.site)
            before = mac.called
            namings.call(session, mac, called, act=act)
            return blocks.named(mac, before, act)

    desk.answers(Name, name)
