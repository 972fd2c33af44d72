"""The form: serials or files, with a site, a build and a note for those that name none."""

from dataclasses import replace
from typing import Any

from slack_bolt import Ack

from bot.commands.dispatch import Dispatcher
from bot.dependencies import BotDependencies
from bot.imports import dry_run_buttons, pasting
from bot.imports.editing import edit_window
from bot.imports.editing.window_state import site_beside
from bot.imports.pasting import source_of
from bot.registrations.register import register
from bot.slack import modals, payloads, replies
from bot.slack.home_state import home_behind
from bot.slack.markup import Message
from infrastructure.text import Sentence
from provisioning.imports.parsing import free_text
from provisioning.imports.parsing.entries import ParseResult
from provisioning.maintenance.acts.actors import Principal
from provisioning.maintenance.acts.registering import MacRequest
from provisioning.munki.destinations import DestinationIndex
from provisioning.values import computer_names
from provisioning.values.kinds import BUILD, SITE
from provisioning.values.serials import InvalidSerial, InvalidSerials


def register_listeners(dispatcher: Dispatcher) -> None:
    """Offer the present sites and builds by their titles, and take the form.

    The window then shows the result.
    """
    dependencies = dispatcher.dependencies

    def submit(ack: Ack, view: dict[str, Any], body: dict[str, Any]) -> None:
        """Register one Mac, or show the dry run of many, or have files read."""
        message = _take(dependencies, view, dependencies.presser(body, "form"))
        outcome = modals.outcome(message, modals.title_of(view), home=home_behind(view))
        ack(response_action="update", view=outcome)

    def sites(ack: Ack, payload: dict[str, Any]) -> None:
        policy, names = dependencies.policy.policy, dependencies.repo.now().sites()
        choices = (modals.MenuChoice(name, policy.title_of(name)) for name in names)
        ack(options=modals.matching(choices, payload))

    def builds(ack: Ack, payload: dict[str, Any], body: dict[str, Any]) -> None:
        """Offer the builds of the chosen site where builds belong to sites, else all."""
        policy = dependencies.policy.policy
        site = site_beside(body) or modals.chosen_site(body)
        names = dependencies.repo.now().builds(site)
        tables = ((name, policy.build(name)) for name in names)
        choices = (
            modals.MenuChoice(name, table.title or name, table.description)
            for name, table in tables
        )
        ack(options=modals.matching(choices, payload))

    for name in (SITE, dry_run_buttons.SITE, edit_window.SITES):
        dispatcher.app.options(name)(sites)
    for name in (BUILD, dry_run_buttons.BUILD, edit_window.BUILDS):
        dispatcher.app.options(name)(builds)
    for menu in (SITE, BUILD):  # Slack tells each choice in a menu that is no input
        dispatcher.app.action({"block_id": menu, "action_id": menu})(replies.acknowledge)
    dispatcher.app.view(modals.REGISTER)(ack=submit, lazy=[dispatcher.home.refresh])


def _take(dependencies: BotDependencies, view: dict[str, Any], principal: Principal) -> Message:
    """Do what was filled in on the form. Raises RollcallError."""
    answers = payloads.answers_in(view)
    text = _value(answers, modals.SERIALS)
    typed_name = _value(answers, modals.COMPUTER_NAME).strip()
    note = _value(answers, modals.NOTE)
    files = answers.get(modals.FILES, {}).get("files") or []
    site, build = (chosen or None for chosen in modals.chosen_destination(view))
    repo = dependencies.repo.now()
    places = DestinationIndex(repo)
    result = free_text.read_list(text, *places.known)
    submission = pasting.submitted(principal)
    submission = replace(submission, site=site, build=build, note=note)
    if files:
        sources = [source_of(file) for file in files]
        return pasting.read_later(dependencies, result, sources, submission)
    _check(result, text)
    match result.entries:
        case [entry] if not result.rejected and not entry.doubt:
            site, build = entry.site or site or "", entry.build or build or ""
            if repo.layout.is_complete(site, build):
                wanted = MacRequest(entry.serial, repo.destination(site, build), typed_name, note)
                return register(dependencies, wanted, principal)
    return pasting.show(dependencies, _named(result, typed_name), places, submission)


def _value(answers: dict[str, Any], action: str) -> str:
    return str(answers.get(action, {}).get("value") or "")


def _named(result: ParseResult, name: str) -> ParseResult:
    """A parse result of one Mac, with the name that was typed for it."""
    match result.entries:
        case [entry] if name:
            return replace(result, entries=(replace(entry, name=computer_names.parse(name)),))
    return result


def _check(result: ParseResult, text: str) -> None:
    """Raise InvalidSerials where nothing in the text is a serial."""
    if result.entries:
        return
    errors = [InvalidSerial(rejected.text, rejected.reason) for rejected in result.rejected]
    words = text.strip(" ,;\n")
    reason = Sentence("there is no serial in it") if words else Sentence("it is empty")
    raise InvalidSerials(errors or [InvalidSerial(words, reason)])
