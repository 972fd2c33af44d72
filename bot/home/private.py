"""Listeners of `sign-in`, `token` and `email`, whose answers are for the eyes of one person alone.

People who are not full members were refused before.
"""

from functools import partial

from bot.commands.dispatch import Dispatcher, refusal_in_public
from bot.commands.models import EmailCommand, SignInCommand, TokenCommand
from bot.dependencies import BotDependencies
from bot.slack.markup import Message, plain
from provisioning.access.accounts import codes
from provisioning.access.programs import tokens
from provisioning.access.programs.tokens import MAX_OPEN, TokenRequest, TooManyTokens
from provisioning.maintenance.acts.actors import Principal
from provisioning.monitoring.mail import bounces, choices
from provisioning.values.language import _, commas
from provisioning.values.slack import escape

OFF = ("off", "none", "no", "stop", "end")


def register_listeners(dispatcher: Dispatcher) -> None:
    """Answer the commands."""
    dependencies = dispatcher.dependencies
    dispatcher.handle(SignInCommand, partial(_sign_in, dependencies))
    dispatcher.handle(TokenCommand, partial(_token, dependencies))
    dispatcher.handle(EmailCommand, partial(_email, dependencies))


def _sign_in(dependencies: BotDependencies, __: SignInCommand, principal: Principal) -> Message:
    if refusal := _refusal(dependencies, principal, "sign-in"):
        return refusal
    with dependencies.database.begin() as session:
        code = codes.make(session, principal.actor.by, principal.at)
    return plain(_letting_in(code, f"{dependencies.board_origin}/board/code"))


def _token(dependencies: BotDependencies, command: TokenCommand, principal: Principal) -> Message:
    # Without a board there is no copy of the people either, by which tokens end.
    if refusal := _refusal(dependencies, principal, "token"):
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
    return plain(_granted(request, key))


def _email(dependencies: BotDependencies, command: EmailCommand, principal: Principal) -> Message:
    now, database = principal.at, dependencies.database
    if command.address.lower() in OFF:
        with database.begin() as session:
            choices.end(session, principal.actor.by, now)
        return plain(_("You get no more mail from Rollcall."))
    if refusal := refusal_in_public(dependencies, principal, "email"):
        return refusal
    if not dependencies.sends_mail:
        return plain(_("There is no mail: an admin sets `ROLLCALL_SMTP_URL` and `ROLLCALL_URL`."))
    if not command.address:
        return plain(_present_address(dependencies, principal))
    with database.begin() as session:
        address = choices.ask(session, principal.actor.by, command.address, now)
    return plain(
        _(
            "A link was sent to {address}: open it within a day to confirm the address.",
            address=escape(address),
        )
    )


def _refusal(dependencies: BotDependencies, principal: Principal, verb: str) -> Message | None:
    """The answer where there is no board, or others would read the answer; None elsewhere."""
    if dependencies.board_origin is None:
        return plain(_("There is no board: `ROLLCALL_URL` is not set."))
    return refusal_in_public(dependencies, principal, verb)


def _letting_in(code: str, address: str) -> str:
    lets_in = _(
        "`{code}` lets you in at {address}: once, within ten minutes, for an hour.",
        code=code,
        address=escape(address),
    )
    warning = _("Give it to nobody: whoever has it can sign in as you. Nobody will ask you for it.")
    return f"{lets_in} {warning}"


def _granted(request: TokenRequest, key: str) -> str:
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


def _present_address(dependencies: BotDependencies, principal: Principal) -> str:
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
