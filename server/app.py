"""Puts the Macs' door together."""

from flask import Flask

from provisioning import firstboots
from provisioning.database import Database
from provisioning.munki import opened
from provisioning.scripts import Scripts
from provisioning.settings import ServerSettings
from provisioning.tokens import Tokens
from server import answers, health, machines, reports
from server.callers import Callers
from server.requestlog import RequestLog

LARGEST_BODY = 64 * 1024  # bytes; a call from a script has about two hundred


def create_app(settings: ServerSettings, database: Database) -> Flask:
    """Return the WSGI application. Reads nothing but its arguments, opens nothing yet."""
    app = Flask(__name__, static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_BODY
    repo = opened(settings.munki_repo)
    tokens = Tokens(settings.secret_key.get_secret_value(), settings.token_lifetime)
    callers = Callers(settings.username, settings.password.get_secret_value(), tokens)
    scripts = Scripts(str(settings.url), tokens, settings.templates)
    firstboot = firstboots.opened(settings, database, repo, quiet=settings.token_lifetime)
    answers.attach(app, database, channel=settings.channel, command=settings.command)
    app.register_blueprint(machines.door(repo, scripts, callers, firstboot))
    app.register_blueprint(reports.door(settings.keys_for_reports, database))
    app.register_blueprint(health.door(database, repo))
    app.wsgi_app = RequestLog(app.wsgi_app)  # type: ignore[method-assign]
    return app
