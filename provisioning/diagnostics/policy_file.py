"""A check of the policy file: its faults, and its names that the Munki repo does not have."""

from infrastructure.findings import Finding
from provisioning.munki import MunkiRepo
from provisioning.munki.errors import RepoUnusable
from provisioning.policy import PolicyFile, UnusablePolicy, check
from provisioning.registrations.models import CANCELLED, CONFIRMED, FAILED, IMAGING, WAITING

KIND, REPO = "the policy file", "the repo"
NOTHING = (
    "it says nothing, so everybody in the workspace may do everything; write `admins = []` where "
    "that is meant"
)
STATES = (WAITING, IMAGING, CONFIRMED, FAILED, CANCELLED)


def policy_findings(policy_file: PolicyFile, repo: MunkiRepo) -> list[Finding]:
    """Return a finding for each fault of the file, and for each unknown name in it.

    Where the repo cannot be read, there is one finding about that instead of the names.
    """
    policy, fault = policy_file.policy, policy_file.fault
    stays = "until then the policy before it stays in force."
    broken = [f"{problem}; {stays}" for problem in fault.problems] if fault else []
    if policy_file.says_nothing:
        broken.append(NOTHING)
    unread = []
    try:
        catalogs = repo.store.names("catalogs") if repo.store.has("catalogs") else ()
        view = repo.now()
        names = check(policy, view.sites(), view.builds(), catalogs=catalogs, states=STATES)
    except RepoUnusable as error:
        fix = "See that it is mounted and readable."
        unread, names = [Finding(REPO, str(error), fix)], []
    return [*unread, *(Finding(KIND, f"Policy file: {line}", "") for line in (*broken, *names))]


def unusable_policy_findings(error: UnusablePolicy) -> list[Finding]:
    """Return a finding for each fault of a policy file that keeps the processes from starting."""
    fix = "Rollcall does not start with it."
    return [Finding(KIND, f"Policy file: {each}.", fix) for each in error.problems]
