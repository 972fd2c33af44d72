"""One-time codes, which the bot gives to people in Slack while signing in by Slack does not work.

A code is typed by hand, maybe on another device: twelve letters and digits, 60 random bits, of
which a person has one at a time. So it lives for minutes, and guesses at it are slowed.
"""

import secrets
from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

from provisioning.access.accounts import links
from provisioning.access.accounts.models import SignInCode
from provisioning.access.digests import digest

LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # none that is read as another
LENGTH, PART = 12, 4
LIFETIME = timedelta(minutes=10)
_READ_AS = str.maketrans("ILO", "110")


def make(session: Session, account_id: str, at: datetime) -> str:
    """Make a code for a person, in place of their last one, as `A1B2-C3D4-E5F6`."""
    mine, old = SignInCode.account_id == account_id, SignInCode.expires_at < at
    session.execute(delete(SignInCode).where(mine | old))
    code = "".join(secrets.choice(LETTERS) for _ in range(LENGTH))
    new = SignInCode(digest=digest(code), account_id=account_id, made_at=at)
    new.expires_at = at + LIFETIME
    session.add(new)
    session.flush()
    return "-".join(code[start : start + PART] for start in range(0, LENGTH, PART))


def redeem(session: Session, typed: str, at: datetime) -> str | None:
    """Use up a code and return the id of its person; None where it is not valid.

    Case, spaces and hyphens do not matter, nor that O looks like 0, and I and L like 1.
    """
    upper = typed.upper().translate(_READ_AS)
    return links.spend(session, SignInCode, "".join(each for each in upper if each in LETTERS), at)
