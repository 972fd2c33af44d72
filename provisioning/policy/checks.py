"""Checks of a policy against a Munki repo; a fault here does not stop Rollcall."""

from collections.abc import Collection, Iterable, Iterator
from typing import Literal

from infrastructure.text import nearest, normalize
from provisioning.policy.policy import Policy, parents
from provisioning.policy.problems import dotted
from provisioning.values.slack import is_user_id

OF_MUNKI = "all"  # the catalog that makecatalogs makes of all others
MAX_CATALOGS = 5  # that a sentence names
NO_BUILD = "the Munki repo has no such build"
NO_PROVIDER = "the policy has no such provider of sign-in"
NO_STATE = "no Mac is ever in that state"


def check(
    policy: Policy,
    sites: Collection[str],
    builds: Collection[str],
    *,
    catalogs: Collection[str] | None = None,
    states: Collection[str] | None = None,
) -> list[str]:
    """Return the faults with their fixes, as sentences.

    `sites`, `builds` and, where given, `catalogs` are the names that the Munki repo has, `states`
    the ones that a Mac can be in.
    """
    with_parents = {*sites, *(parent for site in sites for parent in parents(site))}
    return [
        *_unknown(("sites",), policy.sites, with_parents, "the Munki repo has no such site"),
        *_unknown(("builds",), policy.builds, builds, NO_BUILD),
        *_in_sites(policy, "names", builds, NO_BUILD),
        *_strange_admins(policy),
        *_in_sites(policy, "groups", policy.sign_in, NO_PROVIDER),
        *_strange_catalogs(policy, catalogs),
        *missing_catalogs(policy, builds, catalogs or ()),
        *_unknown(("stall",), policy.stall if states else (), states or (), NO_STATE),
    ]


def missing_catalogs(
    policy: Policy, builds: Collection[str], catalogs: Collection[str]
) -> Iterator[str]:
    """Yield the catalogs that new manifests get, where the repo has others and not those.

    `builds` are those of the repo; their tables in the policy may name others. A repo has no
    `catalogs` at all where it lies in git, as makecatalogs makes them.
    """
    bare = [name for name in builds if policy.build(name).catalogs is None]
    for catalog in policy.munki.catalogs:
        if not catalogs or catalog in (OF_MUNKI, *catalogs) or (builds and not bare):
            continue
        more = f" and {len(bare) - 1} more" if len(bare) > 1 else ""
        whose = f" of {bare[0]!r}{more}" if bare else ""
        fact = (
            f"New manifests{whose} get the catalog {catalog!r}, which the Munki repo does not have"
        )
        if others := sorted(set(catalogs) - {OF_MUNKI}):
            there = ", ".join(others[:MAX_CATALOGS])
            yield f"{fact}; name some that it has ({there}) in munki.catalogs."
        else:
            yield f"{fact}; put an item into it and run makecatalogs."


def _unknown(
    table: tuple[str, ...], names: Iterable[str], existing: Collection[str], fact: str
) -> Iterator[str]:
    """Yield the keys of a table that are not among the existing names."""
    normalized = {normalize(name) for name in existing}
    for name in names:
        if normalize(name) not in normalized:
            yield f"{dotted((*table, name))}: {fact}{_instead(name, existing)}"


def _in_sites(
    policy: Policy, key: Literal["names", "groups"], existing: Collection[str], fact: str
) -> Iterator[str]:
    """Yield a sentence for each unknown name in one table of every site."""
    for name, site in policy.sites.items():
        yield from _unknown(("sites", name, key), getattr(site, key), existing, fact)


def _instead(name: str, existing: Collection[str]) -> str:
    near = nearest(name, existing)
    return f"; did you mean {near!r}?" if near else "; correct the name, or take it out."


def _strange_admins(policy: Policy) -> Iterator[str]:
    fix = "take the member id from the person's profile in Slack, such as U0ALICE"
    for admin in policy.admins:
        if not is_user_id(admin):
            yield f"admins: {admin!r} is not the id of a person; {fix}."


def _strange_catalogs(policy: Policy, existing: Collection[str] | None) -> Iterator[str]:
    for name, build in policy.builds.items():
        where = dotted(("builds", name, "catalogs"))
        if build.catalogs == ():
            yield f"{where}: it is empty; name a catalog, or take the key out."
        for catalog in build.catalogs or ():
            if existing is not None and catalog not in existing:
                fact = f"the Munki repo has no catalog {catalog!r}"
                yield f"{where}: {fact}{_instead(catalog, existing)}"
