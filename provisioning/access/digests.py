"""Digests of random secrets, such as the ids of sessions: no more of a secret is stored.

So a copy of the database opens nothing. A secret is random, so a slow hash would not protect it
better.
"""

import hashlib


def digest(secret: str) -> str:
    """Return the SHA-256 of a secret, or of any text that somebody sent as one.

    It is of one length whatever was sent, so that comparing two takes the same time.
    """
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
