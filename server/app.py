"""Puts the Macs' door together."""

from functools import partial

import structlog
from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from provisioning import doctor, firstboots
from provisioning.database import Database
from provisioning.editing import Manifests
from provisioning.imagr.passes import Passes
from provisioning.keyrings import Keyring
from provisioning.ledgers import Ledger
from provisioning.models import MANIFESTS, REPORTS, SCRIPTS
from provisioning.munki import opened
from provisioning.policy import PolicyFile, UnusablePolicy
from provisioning.previewers import Previewer
from provisioning.scripts import Scripts
from provisioning.settings import ServerSettings
from provisioning.tokens import Tokens
from server import answers, health, imagr, machines, mwa2, names, previews, reports
from server.callers import Callers, Editors
from server.guards import Guard
from server.requestlog import RequestLog
from server.slowing import Slowing

log = structlog.get_logger()

LARGEST_BODY = 64 * 1024  # bytes; a call from a script has about two hundred


def create_app(settings: ServerSettings, database: Database) -> Flask:
    """Return the WSGI application. Reads nothing but its arguments and the policy file.

    Raises UnusablePolicy.
    """
    app = Flask(__name__, static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_BODY
    app.url_map.merge_slashes = False  # it redirects, and Imagr takes a redirect for a failure
    repo = opened(settings.munki_repo)
    secret = settings.secret_key.get_secret_value()
    tokens = Tokens(secret, settings.token_lifetime)
    passes = Passes(secret, settings.token_lifetime)
    ledger = Ledger(database)
    keyring = Keyring(database, ledger.used)
    callers = Callers(
        settings.username,
        settings.password.get_secret_value(),
        opened=partial(keyring.opened, opens=SCRIPTS),
        tokens=tokens,
        fenced=Tokens(f"{secret}, for one site", settings.token_lifetime),
        guard=Guard(ledger.refused, Slowing()),
    )
    policy = PolicyFile(settings.policy, tell=_tell)
    scripts = Scripts(str(settings.url), tokens, settings.templates)
    firstboot = firstboots.opened(
        settings, database, repo, policy=policy, quiet=settings.token_lifetime
    )
    answers.attach(app, database, channel=settings.channel, command=settings.command)
    app.register_blueprint(machines.door(repo, scripts, callers, firstboot, passes))
    app.register_blueprint(names.door(database, policy, callers))
    previewer = Previewer.of_server(settings, repo, scripts)
    app.register_blueprint(previews.door(database, previewer, policy, callers))
    app.register_blueprint(imagr.door(settings, database, repo, callers, passes))
    app.register_blueprint(
        reports.door(
            settings.keys_for_reports,
            database,
            opened=partial(keyring.opened, opens=REPORTS),
            guard=Guard(ledger.refused, Slowing()),
        )
    )
    app.register_blueprint(
        mwa2.door(
            Manifests(database, repo.store),
            repo.store,
            Editors(partial(keyring.opened, opens=MANIFESTS), Guard(ledger.refused, Slowing())),
        )
    )
    app.register_blueprint(health.door(doctor.examination(settings, database, repo), callers))
    if settings.proxies:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=settings.proxies, x_proto=0, x_host=0
        )
    app.wsgi_app = RequestLog(app.wsgi_app)  # type: ignore[method-assign]
    return app


def _tell(fault: UnusablePolicy | None) -> None:
    if fault is not None:
        log.error("policy file", reason=str(fault))
