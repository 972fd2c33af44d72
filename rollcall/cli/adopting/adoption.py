"""The part of `adopt` that registers existing Macs: it has settings and a database."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from infrastructure.database.engine import Database
from provisioning.maintenance import adoption
from provisioning.munki.layout import Layout
from provisioning.munki.layout.finder.adoption import examples
from provisioning.munki.layout.finder.existing import ExistingMac, ExistingMacs, read_existing
from provisioning.munki.layout.finder.questions import listed, number
from rollcall.application import Application
from rollcall.settings import RepoSettings, read

DRY = "Nothing was changed; `boot.sh adopt --register --yes` does it."


def register(*, sure: bool) -> list[str]:
    """Register the existing Macs of the repo where a person is `sure`; return the text to print."""
    with Application(read(RepoSettings)) as application:
        view, database = application.repo.now(), application.database
        existing = read_existing(application.repo.store, view.places)
        new = list(_new(database, existing.macs))
        lines = list(_lines(existing, new))
        with database.reading() as session:
            goes_on = adoption.unfinished(session) is not None
        if not new and not goes_on:
            return [*lines, "There is nothing to bring in."]
        if not sure:
            return [*lines, DRY]
        brought = _bring_in(application, view.layout, new)
    macs = number(brought, "Mac")
    return [*lines, f"{macs} brought in. `boot.sh adopt --undo` takes it back."]


def is_last() -> bool:
    """Return True if the last operation of `adopt` that is not undone is an adoption."""
    with Application(read(RepoSettings)) as application, application.database.reading() as session:
        return adoption.is_last(session)


def undo() -> list[str]:
    """Undo the last adoption; returns the text to print."""
    with Application(read(RepoSettings)) as application:
        database = application.database
        with database.begin() as session:
            undone = adoption.begin_undo(session, datetime.now(UTC))
        closed, left, last = 0, list[str](), 0
        while True:
            with database.begin() as session:
                page = adoption.undo_page(session, undone, last)
            if page is None:
                break
            closed, last = closed + page.number, page.last
            left += page.left
        with database.begin() as session:
            adoption.finish_undo(
                session, undone, number=closed, channel=application.channel, at=datetime.now(UTC)
            )
    lines = [f"Taken back: {number(closed, 'registration')}."]
    return [*lines, f"Left alone, because they went on since: {listed(left)}."] if left else lines


def _bring_in(application: Application, layout: Layout, new: Sequence[ExistingMac]) -> int:
    """Register these Macs, and tell the channel; returns the adoption's number of Macs."""
    database, policy = application.database, application.policy.policy
    with database.begin() as session:
        operation = adoption.begin(session, datetime.now(UTC))
    for macs in _pages(new):
        with database.begin() as session:
            adoption.bring_in(
                session,
                operation,
                macs,
                layout,
                lambda site: policy.channel_for(site, application.channel),
            )
    with database.begin() as session:
        return adoption.finish(
            session, operation, channel=application.channel, at=datetime.now(UTC)
        )


def _new(database: Database, macs: Sequence[ExistingMac]) -> Iterator[ExistingMac]:
    """Yield those of the Macs that are not registered."""
    for page in _pages(macs):
        with database.reading() as session:
            registered = adoption.registered_among(session, page)
        yield from (mac for mac in page if mac.serial.key not in registered)


def _pages(macs: Sequence[ExistingMac]) -> Iterator[Sequence[ExistingMac]]:
    for start in range(0, len(macs), adoption.PAGE):
        yield macs[start : start + adoption.PAGE]


def _lines(existing: ExistingMacs, new: Sequence[ExistingMac]) -> Iterator[str]:
    yield f"{number(len(new), 'Mac')} to bring in, confirmed, with the manifests that are there."
    for mac in examples([mac.manifest for mac in new]):
        place = ", ".join(name for name in (mac.site, mac.build) if name)
        yield f"  {mac.name}  {place}  {mac.change}"
    if changing := [mac.manifest.name for mac in new if not mac.stays]:
        yield f"Changed by their next first boot: {listed(changing)}."
    if already := len(existing.macs) - len(new):
        yield f"Registered already: {number(already, 'Mac')}."
    for reason, names in existing.left_out.items():
        yield f"Left out, because it {reason}: {listed(names)}."
