"""The part of `adopt` that renames after a change of the layout: it has settings and a database."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from shlex import quote

import click

from provisioning.maintenance import layout_change
from provisioning.maintenance.layout_change import Renamed, RenameProposal
from provisioning.munki.layout import ManifestKind, renaming
from provisioning.munki.layout.renaming import ChosenNames
from rollcall.application import Application
from rollcall.settings import ServerSettings, read

DRY = "Nothing was changed; `boot.sh adopt --from-current{} --yes` does it."


def rename(chosen: ChosenNames, *, sure: bool) -> None:
    """Show the renames after a change of the layout, and do them where a person is `sure`."""
    settings = read(ServerSettings)
    with Application(settings) as application:
        view, policy = application.repo.now(), application.policy.policy
        transaction = application.database.begin if sure else application.database.reading
        with transaction() as session:
            proposal = layout_change.propose(
                session, view, policy, chosen=chosen, templates=settings.templates
            )
            lines = list(_lines(proposal))
            renamed = None
            if sure and not proposal.is_empty and not proposal.asked:
                renamed = layout_change.rename(session, proposal, datetime.now(UTC))
    for line in lines:
        click.echo(line)
    if proposal.asked:
        raise layout_change.UnknownNewNames(proposal.asked)
    if proposal.is_empty:
        also = ", nor by one of --rename" if chosen else ""
        click.echo(
            f"Nothing is registered by a name that leads elsewhere by the present layout{also}."
        )
    else:
        dry = DRY.format("".join(f" {option}" for option in _options(chosen)))
        click.echo(f"{_done(renamed)} `boot.sh adopt --undo` takes it back." if renamed else dry)
    if renamed and renamed.waiting:
        click.echo(_waiting(renamed.waiting))


def undo() -> None:
    """Undo the last rename."""
    with Application(read(ServerSettings)) as application, application.database.begin() as session:
        undone = layout_change.undo(session, datetime.now(UTC))
    click.echo(f"Taken back: {_done(undone)}")
    if undone.left:
        click.echo(f"Left alone, because they changed since: {', '.join(undone.left)}.")


def chosen_names(renames: tuple[str, ...]) -> ChosenNames:
    """Return the names that a person typed as KIND:OLD=NEW. Raises UsageError."""
    chosen: dict[tuple[ManifestKind, str], str] = {}
    for text in renames:
        kind, colon, names = text.partition(":")
        old, equals, new = names.rpartition("=")
        if kind not in (ManifestKind.SITE, ManifestKind.BUILD) or not (colon and equals and new):
            raise click.UsageError(f"{text!r} is no rename; write site:OLD=NEW or build:OLD=NEW.")
        chosen[ManifestKind(kind), old] = new
    return chosen


def _options(chosen: ChosenNames) -> Iterator[str]:
    """Yield the options of which `chosen_names` returned this."""
    for (kind, old), new in chosen.items():
        yield f"--rename {quote(f'{kind}:{old}={new}')}"


def _lines(proposal: RenameProposal) -> Iterator[str]:
    for change, counted in sorted(_counted(proposal).items()):
        yield f"{change}: {_numbers(counted)}"
    for key in proposal.keys:
        now = key.new_site and "/".join(filter(None, (key.new_site, key.new_build)))
        place = "/".join(filter(None, (key.site, key.build)))
        yield f"key {key.id} of {place} -> {now or 'no such site; revoke it, or say --rename'}"
    for bound in proposal.bindings:
        gone = [old for old, new in bound.new_names.items() if new is None]
        missing = f"; no such site: {', '.join(gone)}" if gone else ""
        places = f"{', '.join(bound.before)} -> {', '.join(bound.after)}"
        yield f"{bound.kind} {bound.id} of {places}{missing}"
    for counter in proposal.counters:
        yield f"counter {counter.series} -> {counter.new_series}, after {counter.last}"
    yield from proposal.edits


def _counted(proposal: RenameProposal) -> dict[str, Counter[str]]:
    """The registrations and open benches of each change of a name, by the words for the change.

    A name is left out where it stays, and leads where it led.
    """
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for each in proposal.renames:
        now = renaming.paths(proposal.now, each.site or "", each.build or "")
        group = each.group
        before = renaming.paths(proposal.waiting.layouts[group.layout], group.site, group.build)
        for kind, old, new in (
            (ManifestKind.SITE, group.site, each.site),
            (ManifestKind.BUILD, group.build, each.build),
        ):
            if (old, before[kind]) == (new, now[kind]):
                continue
            name = "?" if new is None else f"{new or 'none'} ({now[kind] or '-'})"
            numbers = {"registration": group.macs, "open bench": group.benches}
            counts[f"{kind} {old or 'none'} -> {name}"].update(numbers)
    return counts


def _done(renamed: Renamed) -> str:
    numbers = {
        "registration": renamed.registrations,
        "open bench": renamed.benches,
        "key": renamed.keys,
        **renamed.bindings,
    }
    return f"{_numbers(numbers) or 'nothing'} renamed."


def _waiting(number: int) -> str:
    if number == 1:
        return "1 Mac that failed by the change waits again: its next call goes through."
    return (
        f"{number:,} Macs that failed by the change wait again: the next call of each goes through."
    )


def _numbers(numbers: Mapping[str, int]) -> str:
    plurals = {word: "es" if word.endswith("ch") else "s" for word in numbers}
    return ", ".join(
        f"{number} {word}{plurals[word] if number > 1 else ''}"
        for word, number in numbers.items()
        if number
    )
