"""The doors, opened as our processes open them, on a database of the test's own."""

from collections.abc import Collection

from flask import Flask

from infrastructure.database.engine import Database
from rollcall.application import Application
from rollcall.settings import ServerSettings


def machines_door(
    settings: ServerSettings, database: Database, *, wanted: Collection[str] = ()
) -> Flask:
    """Return the Macs' door for these settings."""
    return Application(settings, database=database).web_app(wanted_parts=wanted)
