"""Choices that Slack asks for while somebody types."""

from typing import Any

from slack_bolt import Ack, App
from slack_sdk.models.blocks import Option

from bot.dependencies import BotDependencies
from bot.imports import dry_run_blocks
from bot.slack import modals

MOST = 100  # options in one answer, by Slack's reference


def attach(app: App, dependencies: BotDependencies) -> None:
    """Offer the sites and the builds that exist now."""

    def sites(ack: Ack, payload: dict[str, Any]) -> None:
        ack(options=matching(dependencies.repo.sites(), payload))

    def builds(ack: Ack, payload: dict[str, Any]) -> None:
        ack(options=matching(dependencies.repo.builds(), payload))

    for name in (modals.SITE, dry_run_blocks.SITE):
        app.options(name)(sites)
    for name in (modals.BUILD, dry_run_blocks.BUILD):
        app.options(name)(builds)


def matching(names: list[str], payload: dict[str, Any]) -> list[Option]:
    """Return the options that hold what is typed; `payload` is Slack's question."""
    typed = payload.get("value", "").strip().casefold()
    found = [name for name in names if typed in name.casefold()]
    return [Option(text=name, value=name) for name in found[:MOST]]
