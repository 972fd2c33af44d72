"""The parts that the routes of the Macs' door are made of; the composition root fills them in."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from provisioning.credentials import Opened
from provisioning.database import Database
from provisioning.doctor import Examination
from provisioning.editing import Manifests
from provisioning.firstboots import FirstBoot
from provisioning.imagr.backgrounds import Backgrounds
from provisioning.imagr.directions import Directions
from provisioning.imagr.offers import Offers
from provisioning.imagr.passes import Passes
from provisioning.installapplications import InstallApplications
from provisioning.munki import MunkiRepo
from provisioning.policy import PolicyFile
from provisioning.previewers import Previewer
from provisioning.scripts import Scripts
from provisioning.templates import Watch
from server.callers import Callers, Editors
from server.guards import Guard


@dataclass(frozen=True, slots=True)
class Dependencies:
    """A set of parts that several routes share.

    `channel` hears of what has to be mended, and `command` is what people type there.
    `report_keys` open the address of reports for every Mac; `reporters` says what another key in
    a report's URL opens. `watch` looks at the templates.
    """

    database: Database
    repo: MunkiRepo
    policy: PolicyFile
    channel: str
    command: str
    callers: Callers
    editors: Editors
    report_keys: Sequence[str]
    reporters: Callable[[str], Opened | None]
    report_guard: Guard
    passes: Passes
    scripts: Scripts
    installations: InstallApplications
    watch: Watch
    offers: Offers
    directions: Directions
    backgrounds: Backgrounds
    firstboot: FirstBoot
    manifests: Manifests
    previewer: Previewer
    examination: Examination
