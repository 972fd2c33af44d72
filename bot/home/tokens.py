"""The listener of `token`: a token for the API, for the eyes of the person who asks alone."""

from bot.commands.dispatch import Dispatcher, refusal_in_public
from bot.commands.models import TokenCommand
from bot.slack.markup import Message, plain
from provisioning.access.programs import tokens
from provisioning.access.programs.tokens import MAX_OPEN, TokenRequest, TooManyTokens
from provisioning.maintenance.acts.actors import Principal
from provisioning.values.language import _, commas
from provisioning.values.slack import escape


def register_listeners(dispatcher: Dispatcher) -> None:
    """Answer the command; people who are not full members were refused before."""
    dependencies = dispatcher.dependencies

    def token(command: TokenCommand, principal: Principal) -> Message:
        if dependencies.board_origin is None:  # nor a copy of the people, by which tokens end
            return plain(_("There is no board: `ROLLCALL_URL` is not set."))
        if refusal := refusal_in_public(dependencies, principal, "token"):
            return refusal
        repo = dependencies.repo.now()
        sites = tuple(repo.site(name) for name in command.sites)  # as the repo spells them
        request = TokenRequest(command.name, command.acts, sites or None)
        try:
            with dependencies.database.begin() as session:
                at = principal.at
                key = tokens.make(session, request, made_by=principal.actor.by, at=at)
        except TooManyTokens:
            return plain(
                _(
                    "You have {number} tokens, which is the most: revoke one at {address} first.",
                    number=MAX_OPEN,
                    address=f"{dependencies.board_origin}/board/tokens",
                )
            )
        return plain(_told(request, key))

    dispatcher.handle(TokenCommand, token)


def _told(request: TokenRequest, key: str) -> str:
    sentence = _(
        "`{token}` is your token {name}: it may {acts}, at {sites}, as long as you may, for "
        "{days} days.",
        token=key,
        name=escape(request.name),
        acts=commas(request.acts),
        sites=escape(commas(request.sites)) if request.sites else _("all sites"),
        days=request.lifetime.days,
    )
    return f"{sentence} {_('It is shown this once: give it to the program alone.')}"
