"""The operations on Macs that people choose, and the menu of them beside a Mac in every list."""

from enum import StrEnum

from slack_sdk.models.blocks import Option, OverflowMenuElement, SectionBlock

from bot.slack.markup import section
from provisioning.registrations.models import CONFIRMED, FAILED, IMAGING, WAITING, Registration
from provisioning.values.language import _, marked

MAC = "mac"  # the action of the menu; each option's value is a verb, a colon and the serial


class Verb(StrEnum):
    """An operation; Slack keeps the values in buttons, menus and windows."""

    DETAILS = "details"
    MOVE = "move"
    REIMAGE = "reimage"
    CANCEL = "cancel"
    REMIND = "remind"

    @property
    def label(self) -> str:
        """Its name in menus and windows, in English: a text for `_`."""
        return _LABELS[self]


_LABELS = {
    Verb.DETAILS: marked("Details"),
    Verb.MOVE: marked("Move"),
    Verb.REIMAGE: marked("Image again"),
    Verb.CANCEL: marked("Cancel"),
    Verb.REMIND: marked("Remind me"),
}
_ALWAYS = (Verb.DETAILS, Verb.MOVE, Verb.CANCEL)
_OFFERED = {
    WAITING: (*_ALWAYS, Verb.REMIND),
    IMAGING: (*_ALWAYS, Verb.REIMAGE, Verb.REMIND),
    FAILED: (*_ALWAYS, Verb.REIMAGE, Verb.REMIND),
    CONFIRMED: (*_ALWAYS, Verb.REIMAGE),
}  # a cancelled one has details alone


def menu(mac: Registration) -> OverflowMenuElement:
    """The menu of the operations that are possible in the state of a Mac."""
    verbs = _OFFERED.get(mac.state, (Verb.DETAILS,))
    return OverflowMenuElement(
        action_id=MAC,
        options=[Option(text=_(verb.label), value=f"{verb}:{mac.serial}") for verb in verbs],
    )


def row(mac: Registration, text: str) -> SectionBlock:
    """A Mac, described by `text`, beside its menu. One registration can be in a surface once."""
    text_section = section(text)
    return SectionBlock(text=text_section.text, block_id=f"mac-{mac.id}", accessory=menu(mac))
