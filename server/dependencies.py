"""Dependencies of the HTTP door's routes; the composition root fills them in."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from infrastructure.database.engine import Database
from infrastructure.execution.loop import utc_now
from provisioning.access.credentials import CredentialGrant
from provisioning.clients.check import TemplateWatcher
from provisioning.clients.imagr.assignment import Assignments
from provisioning.clients.imagr.background import Backgrounds
from provisioning.clients.imagr.config_cache import ConfigCache
from provisioning.clients.imagr.tokens import ImagrTokens
from provisioning.clients.installapplications.document import InstallApplications
from provisioning.clients.scripts import Scripts
from provisioning.diagnostics import Examination
from provisioning.diagnostics.previews.previewer import Previewer
from provisioning.firstboot.service import FirstBootService
from provisioning.monitoring.metrics.tallies import Tallies
from provisioning.munki import MunkiRepo
from provisioning.munki.editing import ManifestEditor
from provisioning.policy import PolicyFile
from server.auth.authentication import Callers, Editors, Scrapers
from server.auth.browsers import Browsers
from server.auth.guards import Guard
from server.auth.providers import Providers
from server.auth.screens import Screens


@dataclass(frozen=True, slots=True)
class ServerDependencies:
    """A set of parts that several routes share.

    `channel` hears of what must be fixed, and `command` is what people type there.
    `report_keys` open the address of reports for every Mac; `find_report_credential` returns what
    another key in a report's URL opens; `find_api_credential` what a token for the API does, of
    which `most_calls` a minute are answered. `template_watcher` checks the templates, and `tallies`
    counts for Prometheus. There is a board where there are `browsers` and `screens`; `providers`
    let browsers in. `mail_key` signs the links of mails, where there is a mail server.
    """

    database: Database
    repo: MunkiRepo
    policy: PolicyFile
    channel: str
    command: str
    callers: Callers
    editors: Editors
    scrapers: Scrapers
    tallies: Tallies
    report_keys: Sequence[str]
    find_report_credential: Callable[[str], CredentialGrant | None]
    report_guard: Guard
    find_api_credential: Callable[[str], CredentialGrant | None]
    api_guard: Guard
    imagr_tokens: ImagrTokens
    scripts: Scripts
    installations: InstallApplications
    template_watcher: TemplateWatcher
    imagr_configs: ConfigCache
    assignments: Assignments
    backgrounds: Backgrounds
    firstboot: FirstBootService
    manifests: ManifestEditor
    previewer: Previewer
    examination: Examination
    browsers: Browsers | None = None
    screens: Screens | None = None
    providers: Providers = tuple
    mail_key: str = ""
    sends_mail: bool = False
    clock: Callable[[], datetime] = utc_now
    most_calls: int = 1200

    def channel_of(self, site: str) -> str:
        """Return the channel that hears of the Macs of a site."""
        return self.policy.policy.channel_for(site, self.channel)
