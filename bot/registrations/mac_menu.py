"""The menu beside a Mac in every list of Macs."""

from slack_sdk.models.blocks import Option, OverflowMenuElement, SectionBlock

from bot.slack.markup import section
from provisioning.registrations.models import CONFIRMED, FAILED, IMAGING, WAITING, Registration

MAC = "mac"  # the action of the menu; each option's value is a verb, a colon and the serial
DETAILS, MOVE, CANCEL, REIMAGE = "details", "move", "cancel", "reimage"
REMIND = "remind"
WORDS = {
    DETAILS: "Details",
    MOVE: "Move",
    CANCEL: "Cancel",
    REIMAGE: "Image again",
    REMIND: "Remind me",
}

_OFFERED = {
    WAITING: (DETAILS, MOVE, CANCEL, REMIND),
    IMAGING: (DETAILS, MOVE, CANCEL, REIMAGE, REMIND),
    FAILED: (DETAILS, MOVE, CANCEL, REIMAGE, REMIND),
    CONFIRMED: (DETAILS, MOVE, CANCEL, REIMAGE),
}  # a cancelled one has details alone


def menu(mac: Registration) -> OverflowMenuElement:
    """The menu of the operations that are possible in the state of a Mac."""
    verbs = _OFFERED.get(mac.state, (DETAILS,))
    return OverflowMenuElement(
        action_id=MAC,
        options=[Option(text=WORDS[verb], value=f"{verb}:{mac.serial}") for verb in verbs],
    )


def row(mac: Registration, text: str) -> SectionBlock:
    """A Mac, described by `text`, beside its menu. One registration can be in a surface once."""
    text_section = section(text)
    return SectionBlock(text=text_section.text, block_id=f"mac-{mac.id}", accessory=menu(mac))
