"""Listeners of a dry run: register it, drop it, its menus, and the whole of it as a file."""

from typing import Any

from slack_bolt import App

from bot.commands.dispatch import answer_button
from bot.dependencies import BotDependencies, HomeRefresher
from bot.imports import dry_run_blocks, dry_run_buttons, import_blocks
from bot.slack import payloads
from bot.slack.replies import Answer, ReplacingAnswer
from provisioning.imports import lifecycle, summary
from provisioning.maintenance.acts.actors import Principal


def register_listeners(app: App, dependencies: BotDependencies, home: HomeRefresher) -> None:
    """Listen for the buttons and the menus of a dry run.

    A card is drawn again by the relay; a dry run that only one person sees is replaced here.
    """

    def register(action: dict[str, Any], presser: Principal) -> Answer:
        """Register the ready rows, and those that the button includes."""
        import_id = payloads.number(action["value"])
        with dependencies.database.reading() as session:
            via = lifecycle.peek(session, import_id).via
        principal = dependencies.principal(presser.actor.by, via)
        imported, registered, operation = dependencies.intake.register(
            import_id,
            principal,
            including=dry_run_buttons.INCLUDING[action["action_id"]],
        )
        message = import_blocks.registered(registered, imported, operation)
        return ReplacingAnswer(message) if imported.card_id is None else message

    def drop(action: dict[str, Any], principal: Principal) -> Answer | None:
        imported = dependencies.intake.drop(payloads.number(action["value"]), principal)
        return (
            ReplacingAnswer(import_blocks.dropped(imported)) if imported.card_id is None else None
        )

    for action_id in dry_run_buttons.INCLUDING:
        answer_button(app, dependencies, action_id, register, home.refresh)
    answer_button(app, dependencies, dry_run_buttons.DROP, drop)
    _show_tables(app, dependencies)


def _show_tables(app: App, dependencies: BotDependencies) -> None:
    """Listen for what shows the dry run again, with its table."""

    def choose(action: dict[str, Any], principal: Principal) -> Answer | None:
        """Set the site or the build of the rows that name none."""
        kind = "site" if action["action_id"] == dry_run_buttons.SITE else "build"
        import_id = payloads.number(action["block_id"].rpartition("-")[2])
        chosen = {kind: action["selected_option"]["value"]}
        imported = dependencies.intake.choose(import_id, principal, **chosen)
        return (
            ReplacingAnswer(dry_run_blocks.dry_run(imported)) if imported.card_id is None else None
        )

    def send(action: dict[str, Any], principal: Principal) -> Answer:
        """Enqueue the whole dry run as a file for the person."""
        import_id, at = payloads.number(action["value"]), principal.at
        places = dependencies.places
        with dependencies.database.reading() as session:
            imported = lifecycle.waiting(session, import_id)
            content = summary.csv_of(lifecycle.classify(session, imported, places))
        with dependencies.database.begin() as session:
            lifecycle.enqueue_file(session, content, channel=principal.actor.by, at=at)
        return ReplacingAnswer(dry_run_blocks.dry_run(imported, sent=True))

    answer_button(app, dependencies, dry_run_buttons.SITE, choose)
    answer_button(app, dependencies, dry_run_buttons.BUILD, choose)
    answer_button(app, dependencies, dry_run_buttons.SEND, send)
