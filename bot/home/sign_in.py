"""The listener of `sign-in`: a code for the board, for the eyes of the person who asks alone."""

from bot.commands.dispatch import Dispatcher, refusal_in_public
from bot.commands.models import SignInCommand
from bot.slack.markup import Message, plain
from provisioning.access.accounts import codes
from provisioning.maintenance.acts.actors import Principal
from provisioning.values.language import _
from provisioning.values.slack import escape


def register_listeners(dispatcher: Dispatcher) -> None:
    """Answer the command; people who are not full members were refused before."""
    dependencies = dispatcher.dependencies

    def sign_in(__: SignInCommand, principal: Principal) -> Message:
        if dependencies.board_origin is None:
            return plain(_("There is no board: `ROLLCALL_URL` is not set."))
        if refusal := refusal_in_public(dependencies, principal, "sign-in"):
            return refusal
        with dependencies.database.begin() as session:
            code = codes.make(session, principal.actor.by, principal.at)
        address = f"{dependencies.board_origin}/board/code"
        lets_in = _(
            "`{code}` lets you in at {address}: once, within ten minutes, for an hour.",
            code=code,
            address=escape(address),
        )
        warning = _(
            "Give it to nobody: whoever has it can sign in as you. Nobody will ask you for it."
        )
        return plain(f"{lets_in} {warning}")

    dispatcher.handle(SignInCommand, sign_in)
