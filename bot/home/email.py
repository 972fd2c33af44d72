"""The listener of `email`: the address for a person's mail, for their eyes alone."""

from bot.commands.dispatch import Dispatcher, refusal_in_public
from bot.commands.models import EmailCommand
from bot.dependencies import BotDependencies
from bot.slack.markup import Message, plain
from provisioning.maintenance.acts.actors import Principal
from provisioning.monitoring.mail import bounces, choices
from provisioning.values.language import _
from provisioning.values.slack import escape

OFF = ("off", "none", "no", "stop", "end")


def register_listeners(dispatcher: Dispatcher) -> None:
    """Answer the command."""
    dependencies = dispatcher.dependencies

    def email(command: EmailCommand, principal: Principal) -> Message:
        now, database = principal.at, dependencies.database
        if command.address.lower() in OFF:
            with database.begin() as session:
                choices.end(session, principal.actor.by, now)
            return plain(_("You get no more mail from Rollcall."))
        if refusal := refusal_in_public(dependencies, principal, "email"):
            return refusal
        if not dependencies.sends_mail:
            return plain(
                _("There is no mail: an admin sets `ROLLCALL_SMTP_URL` and `ROLLCALL_URL`.")
            )
        if not command.address:
            return plain(_current(dependencies, principal))
        with database.begin() as session:
            address = choices.ask(session, principal.actor.by, command.address, now)
        return plain(
            _(
                "A link was sent to {address}: open it within a day to confirm the address.",
                address=escape(address),
            )
        )

    dispatcher.handle(EmailCommand, email)


def _current(dependencies: BotDependencies, principal: Principal) -> str:
    with dependencies.database.reading() as session:
        choice = choices.of_person(session, principal.actor.by)
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
