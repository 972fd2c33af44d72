"""The admission of people from a provider: who may begin a session, and who may keep one."""

from datetime import datetime

from sqlalchemy.orm import Session

from infrastructure.text import Sentence
from provisioning.access.accounts import people
from provisioning.access.accounts.outsiders import Outsider
from provisioning.access.accounts.sessions import OutsiderFacts
from provisioning.policy import Policy
from server.auth.providers import Identity, SignInFailed

MAX_NAMED = 40  # groups in the log


def check(session: Session, policy: Policy, identity: Identity | Outsider, now: datetime) -> None:
    """Check that a person may begin a session. Raises SignInFailed."""
    if isinstance(identity, Outsider):
        _check_outsider(policy, identity)
    else:
        _check_member(people.standing(session, identity.account_id, now), identity)


def _check_member(standing: people.PeopleEntry, identity: Identity) -> None:
    """Check that a person may begin a session. Raises SignInFailed."""
    if not standing.is_fresh:
        sentence = Sentence(
            "Rollcall's list of the people in Slack is older than five minutes, so "
            "nobody new is let in. If this lasts, ask an admin to look at the "
            "process `jobs`."
        )
        raise SignInFailed(sentence, "old list")
    if identity.team != standing.team:
        reason: Sentence | None = Sentence(
            "your account belongs to another workspace; ask somebody of this one to do it"
        )
    elif standing.account is None:
        sentence = Sentence(
            "Rollcall does not know you yet; if you joined Slack just now, try again in a minute."
        )
        raise SignInFailed(sentence, "not in the list")
    else:
        reason = standing.refusal
    if reason is not None:
        raise SignInFailed(Sentence("You cannot use Rollcall: {reason}.", reason=reason), "refused")


def _check_outsider(policy: Policy, outsider: Outsider) -> None:
    """Check that the policy gives an outsider any right. Raises SignInFailed."""
    if policy.lets_in(outsider.provider, outsider.groups):
        return
    sentence = Sentence(
        "None of your groups at {provider} may use Rollcall; ask an admin to name one of them in "
        "the policy.",
        provider=policy.title_of_provider(outsider.provider),
    )
    groups = ", ".join(sorted(outsider.groups)[:MAX_NAMED])
    raise SignInFailed(sentence, "no mapped group", by=outsider.account_id, groups=groups)


def is_let_in(policy: Policy, outside: OutsiderFacts) -> bool:
    """Return True if the policy has the provider of a session, at its address, and admits them."""
    table = policy.sign_in.get(outside.provider)
    is_same = table is not None and table.address == outside.issuer
    return is_same and policy.lets_in(outside.provider, outside.groups)
