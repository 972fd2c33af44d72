"""Listeners of a dry run: register it, drop it, its menus, and the whole of it as a file."""

from bot.commands.dispatch import Dispatcher, Press
from bot.imports import dry_run_blocks, dry_run_buttons, import_blocks
from bot.slack import payloads
from bot.slack.markup import Message
from bot.slack.replies import Answer, ReplacingAnswer
from provisioning.imports import lifecycle, summary
from provisioning.imports.models import Import


def register_listeners(dispatcher: Dispatcher) -> None:
    """Listen for the buttons and the menus of a dry run.

    A card is drawn again by the relay; a dry run that only one person sees is replaced here.
    """
    dependencies = dispatcher.dependencies

    def register(press: Press) -> Answer:
        """Register the ready rows, and those that the button includes."""
        import_id = press.number
        with dependencies.database.reading() as session:
            via = lifecycle.peek(session, import_id).via
        principal = dependencies.principal(press.principal.actor.by, via)
        imported, registered, operation = dependencies.intake.register(
            import_id,
            principal,
            including=dry_run_buttons.INCLUDING[press.action["action_id"]],
        )
        message = import_blocks.registered(registered, imported, operation)
        return _in_its_place(imported, message) or message

    def drop(press: Press) -> Answer | None:
        imported = dependencies.intake.drop(press.number, press.principal)
        return _in_its_place(imported, import_blocks.dropped(imported))

    for action_id in dry_run_buttons.INCLUDING:
        dispatcher.answer_button(action_id, register, dispatcher.home.refresh)
    dispatcher.answer_button(dry_run_buttons.DROP, drop)
    _show_tables(dispatcher)


def _show_tables(dispatcher: Dispatcher) -> None:
    """Listen for what shows the dry run again, with its table."""
    dependencies = dispatcher.dependencies

    def choose(press: Press) -> Answer | None:
        """Set the site or the build of the rows that name none."""
        kind = "site" if press.action["action_id"] == dry_run_buttons.SITE else "build"
        import_id = payloads.number(press.action["block_id"].rpartition("-")[2])
        chosen = {kind: press.chosen}
        imported = dependencies.intake.choose(import_id, press.principal, **chosen)
        return _in_its_place(imported, dry_run_blocks.dry_run(imported))

    def send(press: Press) -> Answer:
        """Enqueue the whole dry run as a file for the person."""
        import_id, at = press.number, press.principal.at
        places = dependencies.places
        with dependencies.database.reading() as session:
            imported = lifecycle.waiting(session, import_id)
            content = summary.csv_of(lifecycle.classify(session, imported, places))
        with dependencies.database.begin() as session:
            lifecycle.enqueue_file(session, content, channel=press.principal.actor.by, at=at)
        return ReplacingAnswer(dry_run_blocks.dry_run(imported, sent=True))

    dispatcher.answer_button(dry_run_buttons.SITE, choose)
    dispatcher.answer_button(dry_run_buttons.BUILD, choose)
    dispatcher.answer_button(dry_run_buttons.SEND, send)


def _in_its_place(imported: Import, message: Message) -> ReplacingAnswer | None:
    """The message in place of a dry run that one person sees; None for that of a card."""
    return ReplacingAnswer(message) if imported.card_id is None else None
