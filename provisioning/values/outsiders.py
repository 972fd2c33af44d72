"""People who sign in by another provider than Slack, as rows name them: outsiders.

A person in Slack is named by the user id alone, `U0ALICE`, and Slack shows the name. An outsider is
named by provider, subject and the name at that time: `okta:00u1abc Ada Lovelace`. So a row says who
did it also when the provider knows the person no more.
"""

import hashlib
import re
from urllib.parse import quote

from infrastructure.text import readable

LONGEST_SUBJECT = 128  # characters of a subject that is kept as it is, quoted
LONGEST_NAME = 80  # characters
FORGOTTEN = "forgotten"  # in place of a provider, of a person who is forgotten
PROVIDER = r"[a-z][a-z0-9-]{0,31}"
_OUTSIDER = re.compile(rf"({PROVIDER}):(\S+)(?: (.+))?")


def account_id(provider: str, subject: str) -> str:
    """Return the id of an account: one for each subject of each provider, never of an e-mail.

    A subject is quoted, so that it can pass for no other part; a long one is a digest, which no
    quoted one looks like.
    """
    quoted = quote(subject, safe="", errors="surrogatepass")
    if len(quoted) > LONGEST_SUBJECT:
        quoted = f"#{hashlib.sha256(quoted.encode()).hexdigest()}"
    return f"{provider}:{quoted}"


def shown_name(name: str, account: str) -> str:
    """Return a name as it may be shown anywhere; a provider may send any text."""
    # With an @ it could become a mention where texts of ours are searched for them.
    subject = account.partition(":")[2]
    return readable(name.replace("@", "＠"), LONGEST_NAME) or readable(subject, LONGEST_NAME)


def author(account: str, name: str) -> str:
    """Return how rows name the outsider of an account, whose name is `shown_name`'s."""
    return f"{account} {name}"


def is_same(person: str, other: str) -> bool:
    """True for two accounts or authors of one person, who may have been renamed in between."""
    return person.partition(" ")[0] == other.partition(" ")[0]


def is_outsider(person: str) -> bool:
    """True for an account or an author of another provider than Slack."""
    return _OUTSIDER.fullmatch(person) is not None


def shown(person: str) -> str:
    """Return the name of an outsider with the provider, `Ada (okta)`; another text as it is.

    The provider is there because people choose their names.
    """
    match = _OUTSIDER.fullmatch(person)
    if match is None:
        return person
    provider, subject, name = match.groups()
    return f"{name or subject} ({provider})"


def addressee(person: str, channel: str) -> str:
    """Return where a person is told something in Slack: in `channel`, where they are not there."""
    return channel if is_outsider(person) else person
