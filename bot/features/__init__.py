"""What people can do in Slack, one module a feature: its commands, its buttons, its windows."""

from slack_bolt import App

from bot.dependencies import Dependencies
from bot.dispatch import Dispatcher
from bot.features import (
    benches,
    deciding,
    digest,
    doctor,
    dropping,
    filling,
    importing,
    looking,
    macs,
    naming,
    previewing,
    registering,
    restoring,
    shortcuts,
    statistics,
    stepping,
    strangers,
    undoing,
)
from bot.features import (
    home as home_tab,
)
from bot.homes import HomePublisher


def attach(
    app: App, dispatcher: Dispatcher, dependencies: Dependencies, home: HomePublisher
) -> None:
    """Have every feature listen, each given what it needs."""
    registering.attach(app, dispatcher, dependencies, home)
    macs.attach(app, dependencies, home)
    naming.attach(app, dispatcher, dependencies, home)
    looking.attach(app, dispatcher, dependencies)
    previewing.attach(dispatcher, dependencies)
    undoing.attach(app, dependencies, home)
    restoring.attach(app, dependencies)
    home_tab.attach(app, dependencies, home)
    strangers.attach(app, dependencies)
    benches.attach(app, dispatcher, dependencies)
    statistics.attach(dispatcher, dependencies)
    digest.attach(dispatcher, dependencies)
    doctor.attach(dispatcher, dependencies)
    importing.attach(dispatcher, dependencies)
    deciding.attach(app, dependencies, home)
    filling.attach(app, dependencies, home)
    dropping.attach(app, dependencies)
    shortcuts.attach(app, dependencies)
    stepping.attach(app, dependencies)
