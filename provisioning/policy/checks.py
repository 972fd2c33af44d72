"""Checks of a policy against a Munki repo; a fault here does not stop Rollcall."""

from collections.abc import Collection, Iterable, Iterator

from infrastructure.text import nearest, normalize
from provisioning.munki import DEFAULT_CATALOGS
from provisioning.policy.policy import Policy, parents
from provisioning.policy.problems import dotted
from provisioning.values.slack import is_user_id

OF_MUNKI = "all"  # the catalog that makecatalogs makes of all others
MOST_CATALOGS = 5  # that a sentence names


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
    return [
        *_unknown("sites", policy.sites, _with_parents(sites), "the Munki repo has no such site"),
        *_unknown("builds", policy.builds, builds, "the Munki repo has no such build"),
        *_strange_names(policy, builds),
        *_strange_admins(policy),
        *_strange_providers(policy),
        *_strange_catalogs(policy, catalogs),
        *missing_catalogs(policy, builds, catalogs or ()),
        *(
            _unknown("stall", policy.stall, states, "no Mac is ever in that state")
            if states
            else ()
        ),
    ]


def missing_catalogs(
    policy: Policy, builds: Collection[str], catalogs: Collection[str]
) -> Iterator[str]:
    """Yield the catalog that new manifests get, where the repo has others and not that one.

    `builds` are those of the repo; their tables in the policy may name others. A repo has no
    `catalogs` at all where it lies in git, as makecatalogs makes them.
    """
    bare = [name for name in builds if policy.build(name).catalogs is None]
    for catalog in DEFAULT_CATALOGS:
        if not catalogs or catalog in catalogs or (builds and not bare):
            continue
        more = f" and {len(bare) - 1} more" if len(bare) > 1 else ""
        whose = f" of {bare[0]!r}{more}" if bare else ""
        fact = (
            f"New manifests{whose} get the catalog {catalog!r}, which the Munki repo does not have"
        )
        if bare and (others := sorted(set(catalogs) - {OF_MUNKI})):
            there = ", ".join(others[:MOST_CATALOGS])
            where = dotted(("builds", bare[0], "catalogs"))
            yield f"{fact}; name some that it has ({there}) in {where}."
        else:
            yield f"{fact}; put an item into it and run makecatalogs."


def _with_parents(sites: Collection[str]) -> Collection[str]:
    """All names that a table may have: those of sites, and of what lies above them."""
    return {*sites, *(parent for site in sites for parent in parents(site))}


def _unknown(
    table: str | tuple[str, ...], names: Iterable[str], existing: Collection[str], fact: str
) -> list[str]:
    normalized = {normalize(name) for name in existing}
    above = (table,) if isinstance(table, str) else table
    return [
        f"{dotted((*above, name))}: {fact}{_instead(name, existing)}"
        for name in names
        if normalize(name) not in normalized
    ]


def _strange_names(policy: Policy, builds: Collection[str]) -> Iterable[str]:
    for name, site in policy.sites.items():
        table = ("sites", name, "names")
        yield from _unknown(table, site.names, builds, "the Munki repo has no such build")


def _instead(name: str, existing: Collection[str]) -> str:
    near = nearest(name, existing)
    return f"; did you mean {near!r}?" if near else "; correct the name, or take it out."


def _strange_admins(policy: Policy) -> list[str]:
    fix = "take the member id from the person's profile in Slack, such as U0ALICE"
    return [
        f"admins: {admin!r} is not the id of a person; {fix}."
        for admin in policy.admins
        if not is_user_id(admin)
    ]


def _strange_providers(policy: Policy) -> Iterable[str]:
    for name, site in policy.sites.items():
        table, fact = ("sites", name, "groups"), "the policy has no such provider of sign-in"
        yield from _unknown(table, site.groups, policy.sign_in, fact)


def _strange_catalogs(policy: Policy, existing: Collection[str] | None) -> list[str]:
    findings = []
    for name, build in policy.builds.items():
        where = dotted(("builds", name, "catalogs"))
        if build.catalogs == ():
            findings.append(f"{where}: it is empty; name a catalog, or take the key out.")
        for catalog in build.catalogs or ():
            if existing is not None and catalog not in existing:
                fact = f"the Munki repo has no catalog {catalog!r}"
                findings.append(f"{where}: {fact}{_instead(catalog, existing)}")
    return findings
