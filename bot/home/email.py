"""The listener of `email`: the address for a person's mail, for their eyes alone."""

from bot.commands.dispatch import Dispatcher, refusal_in_public
from bot.commands.models import EmailCommand
from bot.dependencies import BotDependencies, Requester
from bot.slack.markup import Message, plain
from provisioning.monitoring.mail import bounces, choices
from provisioning.values.language import _
from provisioning.values.slack import escape

OFF = ("off", "none", "no", "stop", "end")


def register_listeners(dispatcher: Dispatcher, dependencies: BotDependencies) -> None:
    """Answer the command."""

    def email(command: EmailCommand, requester: Requester) -> Message:
        now, database = dependencies.clock(), dependencies.database
        if command.address.lower() in OFF:
            with database.begin() as session:
                choices.end(session, requester.user, now)
            return plain(_("You get no more mail from Rollcall."))
        if refusal := refusal_in_public(dependencies, requester, "email"):
            return refusal
        if not dependencies.sends_mail:
            return plain(
                _("There is no mail: an admin sets `ROLLCALL_SMTP_URL` and `ROLLCALL_URL`.")
            )
        if not command.address:
            return plain(_current(dependencies, requester))
        with database.begin() as session:
            address = choices.ask(session, requester.user, command.address, now)
        return plain(
            _(
                "A link was sent to {address}: open it within a day to confirm the address.",
                address=escape(address),
            )
        )

    dispatcher.handle(EmailCommand, email)


def _current(dependencies: BotDependencies, requester: Requester) -> str:
    with dependencies.database.reading() as session:
        choice = choices.of_person(session, requester.user)
        bounce = bounces.of(session, choice.address) if choice else None
    if choice is None:
        return _("You get no mail from Rollcall.")
    if bounce is not None:
        return _(
            "The mail server refused {address} ({reason}), so no mail is sent there.",
            address=escape(choice.address),
            reason=escape(bounce.reason),
        )
    return _("Mail for you goes to {address}.", address=escape(choice.address))
