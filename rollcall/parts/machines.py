"""The composition of the HTTP door: its guards, and the parts of its routes."""

from collections.abc import Callable, Collection
from functools import cached_property
from typing import TYPE_CHECKING

from provisioning.access.credential_cache import CredentialCache
from provisioning.access.known_clients import KnownClients
from provisioning.access.models import (
    API,
    INSTALLAPPLICATIONS,
    MANIFESTS,
    METRICS,
    REPORTS,
    SCRIPTS,
)
from provisioning.access.refusals import REASONS
from provisioning.access.tokens import Tokens
from provisioning.access.usage_log import UsageLog
from provisioning.clients.check import TemplateWatcher
from provisioning.clients.imagr.assignment import Assignments
from provisioning.clients.imagr.background import Backgrounds
from provisioning.clients.imagr.config import Configs
from provisioning.clients.imagr.config_cache import ConfigCache
from provisioning.clients.imagr.templates import Templates
from provisioning.clients.imagr.tokens import ImagrTokens
from provisioning.clients.imagr.workflows import Workflows
from provisioning.clients.installapplications.document import InstallApplications
from provisioning.clients.scripts import TEMPLATES, Scripts
from provisioning.clients.templates.chooser import sites_of
from provisioning.clients.templates.last_good import LastGood
from provisioning.diagnostics.previews.previewer import Previewer
from rollcall import version
from rollcall.parts.shared import SharedParts
from rollcall.settings import ServerSettings
from server.app import create_app
from server.auth.authentication import Callers, Editors, Scrapers
from server.auth.browsers import Browsers
from server.auth.guards import Guard
from server.auth.screens import Screens
from server.auth.throttling import Throttle
from server.dependencies import ServerDependencies
from server.request_log import at_once

if TYPE_CHECKING:
    from flask import Flask

    from server.auth.providers import Providers
    from server.request_log import Defer


class Machines:
    """The parts of one process that serves Macs; see Application."""

    def __init__(
        self, shared: SharedParts, settings: ServerSettings, clock: Callable[[], float]
    ) -> None:
        self._shared, self._settings, self._clock = shared, settings, clock
        self._url = str(settings.url)
        self._secret_key = settings.secret_key.get_secret_value()
        self.usage_log = UsageLog(shared.database)
        self._tallies = shared.tallies
        self._credentials = CredentialCache(shared.database, self.usage_log.used)
        self._known_clients = KnownClients(
            shared.database, self._secret_key, self.usage_log.let_in, clock
        )

    def guard(self) -> Guard:
        """Return a new guard: each route has its own, and all know the same clients."""
        return Guard(self._note_refusal, Throttle(clock=self._clock), self._known_clients)

    def _note_refusal(self, address: str, reason: str) -> None:
        self.usage_log.refused(address, reason)
        self._tallies.refusal(reason)

    def web_app(self, later: "Defer | None", wanted_parts: Collection[str]) -> "Flask":
        """Return the WSGI application; see Application.web_app. Raises UnusablePolicy."""
        settings = self._settings
        self._tallies.expect_refusals(REASONS)
        return create_app(
            self.dependencies,
            port=settings.port,
            threads=settings.threads,
            proxies=settings.proxies,
            later=later or at_once,
            wanted_parts=wanted_parts,
            version=version.current(),
        )

    @cached_property
    def previewer(self) -> Previewer:
        """The previewer of a process that knows the server's secrets, and shows none of them."""
        settings = self._settings
        return Previewer.of_server(
            self._shared.repo,
            url=self._url,
            templates=settings.templates,
            username=settings.username,
            password=settings.password.get_secret_value(),
            others=(self._secret_key, *settings.keys_for_reports),
        )

    @cached_property
    def dependencies(self) -> ServerDependencies:
        """The parts of all routes; reads nothing but the policy file. Raises UnusablePolicy."""
        shared, settings = self._shared, self._settings
        return ServerDependencies(
            database=shared.database,
            repo=shared.repo,
            policy=shared.policy,
            channel=shared.channel,
            command=shared.command,
            callers=self._callers(),
            scrapers=self._scrapers(),
            tallies=self._tallies,
            editors=Editors(lambda key: self._credentials.opened(key, MANIFESTS), self.guard()),
            report_keys=settings.keys_for_reports,
            find_report_credential=lambda key: self._credentials.opened(key, REPORTS),
            report_guard=self.guard(),
            find_api_credential=lambda key: self._credentials.opened(key, API),
            api_guard=self.guard(),
            imagr_tokens=self._imagr_tokens,
            scripts=self._scripts,
            installations=self._installations,
            template_watcher=TemplateWatcher([self._scripts.catalog, self._installations.catalog]),
            imagr_configs=self._imagr_configs,
            assignments=self._assignments(),
            backgrounds=self._backgrounds(),
            firstboot=shared.firstboot,
            manifests=shared.manifests,
            previewer=self.previewer,
            examination=shared.examination,
            browsers=self._browsers(),
            screens=self._screens(),
            providers=self._providers(),
            mail_key=self._secret_key,
            sends_mail=settings.smtp_url is not None,
        )

    def _browsers(self) -> Browsers | None:
        origin = self._settings.board_origin
        if origin is None:
            return None
        return Browsers(
            self._shared.database,
            self._shared.policy,
            origin=origin,
            secret_key=self._secret_key,
            guard=self.guard(),
        )

    def _screens(self) -> Screens | None:
        origin = self._settings.board_origin
        if origin is None:
            return None
        return Screens(
            self._shared.database,
            secret_key=self._secret_key,
            origin=origin,
            throttle=Throttle(clock=self._clock),
        )

    def _providers(self) -> "Providers":
        """The providers of sign-in; only with one does a server carry Authlib."""
        if self._settings.board_origin is None:
            return tuple
        from rollcall.parts.sign_in import ProviderList

        return ProviderList(self._settings, self._shared.policy)

    def _scrapers(self) -> Scrapers:
        stored = self._credentials
        return Scrapers(
            lambda key: stored.opened(key, METRICS), lambda: stored.has_any(METRICS), self.guard()
        )

    def _callers(self) -> Callers:
        settings, stored = self._settings, self._credentials
        return Callers(
            settings.username,
            settings.password.get_secret_value(),
            find_credential=lambda key: stored.opened(key, SCRIPTS, INSTALLAPPLICATIONS),
            tokens=self._tokens,
            guard=self.guard(),
        )

    @cached_property
    def _tokens(self) -> Tokens:
        return Tokens(self._secret_key, self._settings.token_lifetime)

    @cached_property
    def _imagr_tokens(self) -> ImagrTokens:
        return ImagrTokens(self._secret_key, self._settings.token_lifetime)

    @cached_property
    def _last_good(self) -> LastGood:
        shared = self._shared
        return LastGood(shared.database, shared.repo, shared.channel, TEMPLATES)

    @cached_property
    def _scripts(self) -> Scripts:
        folder, is_site = self._settings.templates, sites_of(self._shared.repo)
        return Scripts(self._url, self._tokens, folder, self._last_good, is_site=is_site)

    @cached_property
    def _installations(self) -> InstallApplications:
        folder, is_site = self._settings.templates, sites_of(self._shared.repo)
        return InstallApplications(
            self._url, self._tokens, self._scripts, folder, self._last_good, is_site=is_site
        )

    @cached_property
    def _templates(self) -> Templates:
        is_site = sites_of(self._shared.repo)
        return Templates(self._url, self._settings.templates, is_site=is_site)

    @cached_property
    def _imagr_configs(self) -> ConfigCache:
        shared, templates = self._shared, self._templates
        workflows = Workflows(templates, self._imagr_tokens, url=self._url, command=shared.command)
        configs = Configs(templates, workflows, shared.repo, self._last_good)
        return ConfigCache(configs, self._imagr_tokens, shared.database, channel=shared.channel)

    def _assignments(self) -> Assignments:
        shared = self._shared
        return Assignments(
            shared.database, shared.repo, self._imagr_configs, channel=shared.channel
        )

    def _backgrounds(self) -> Backgrounds:
        shared = self._shared
        return Backgrounds(shared.repo, self._templates, command=shared.command)
