"""Sites and builds for which Macs wait, and whose manifests are gone."""

from collections import Counter
from collections.abc import Iterator

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from infrastructure.findings import Finding
from provisioning.munki import MunkiRepo
from provisioning.munki.layout import Include, Kind
from provisioning.munki.manifests.documents import FOLDER
from provisioning.registrations.models import CONFIRMED, Registration


def findings(session: Session, repo: MunkiRepo, command: str) -> Iterator[Finding]:
    """Yield each such site and build, with the number of Macs; `command` is Slack's.

    Names of other layouts are left to who renames them, and a mount that is gone took none. Raises
    RepoUnusable.
    """
    if not repo.store.has("manifests"):
        return
    waiting, layout = Counter[Include](), repo.now().layout
    for site, build, macs in session.execute(_waiting(layout.key)):
        for include in layout.includes(site, build):
            waiting[include] += macs
    for include, macs in sorted(waiting.items(), key=lambda each: each[0].path):
        if include.kind is not Kind.ALWAYS and not repo.store.exists(FOLDER + include.path):
            wait = "1 Mac waits" if macs == 1 else f"{macs:,} Macs wait"
            yield Finding(
                "places that are gone",
                f"{wait} for a {include.kind} whose manifest {include.path} is gone.",
                f"Put it back, or send them elsewhere: `{command} move`.",
            )


def _waiting(key: str | None) -> Select[str, str, int]:
    places = (Registration.site, Registration.build)
    waits = Registration.closed_at.is_(None) & (Registration.state != CONFIRMED)
    same = Registration.layout.is_not_distinct_from(key)
    return select(*places, func.count()).where(waits, same).group_by(*places)
