"""Puts the Macs' door together."""

import structlog
from flask import Flask

from provisioning.database import Database
from provisioning.munki import MunkiRepo
from provisioning.policy import PolicyFile, UnusablePolicy
from provisioning.previewers import Previewer
from provisioning.scripts import Scripts
from provisioning.settings import ServerSettings
from provisioning.tokens import Tokens
from server import answers, health, machines, names, previews, reports
from server.callers import Callers
from server.firstboot import FirstBoot
from server.requestlog import RequestLog

log = structlog.get_logger()

LARGEST_BODY = 64 * 1024  # bytes; a call from a script has about two hundred


def create_app(settings: ServerSettings, database: Database) -> Flask:
    """Return the WSGI application. Reads nothing but its arguments and the policy file.

    Raises UnusablePolicy.
    """
    app = Flask(__name__, static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_BODY
    repo = MunkiRepo(settings.munki_repo)
    tokens = Tokens(settings.secret_key.get_secret_value(), settings.token_lifetime)
    callers = Callers(settings.username, settings.password.get_secret_value(), tokens)
    policy = PolicyFile(settings.policy, tell=_tell)
    scripts = Scripts(str(settings.url), tokens, settings.templates)
    firstboot = FirstBoot(database, repo, channel=settings.channel, quiet=settings.token_lifetime)
    answers.attach(app, database, channel=settings.channel, command=settings.command)
    app.register_blueprint(machines.door(repo, scripts, callers, firstboot))
    app.register_blueprint(names.door(database, policy, callers))
    previewer = Previewer.of_server(settings, repo, scripts)
    app.register_blueprint(previews.door(database, previewer, policy, callers))
    app.register_blueprint(reports.door(settings.keys_for_reports, database))
    app.register_blueprint(health.door(database, repo))
    app.wsgi_app = RequestLog(app.wsgi_app)  # type: ignore[method-assign]
    return app


def _tell(fault: UnusablePolicy | None) -> None:
    if fault is not None:
        log.error("policy file", reason=str(fault))
