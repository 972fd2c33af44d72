"""The menu of the operations on a Mac, beside it in every list."""

from slack_sdk.models.blocks import Option, OverflowMenuElement, SectionBlock

from bot.slack.markup import section
from provisioning.maintenance.acts import verbs
from provisioning.registrations.models import Registration
from provisioning.values.language import _

MAC = "mac"  # the action of the menu; each option's value is a verb, a colon and the serial


def menu(mac: Registration) -> OverflowMenuElement:
    """The menu of the operations that are possible in the state of a Mac."""
    return OverflowMenuElement(
        action_id=MAC,
        options=[
            Option(text=_(verb.label), value=f"{verb}:{mac.serial}")
            for verb in verbs.offered(mac.state)
        ],
    )


def row(mac: Registration, text: str) -> SectionBlock:
    """A Mac, described by `text`, beside its menu. One registration can be in a surface once."""
    text_section = section(text)
    return SectionBlock(text=text_section.text, block_id=f"mac-{mac.id}", accessory=menu(mac))
