"""What the bearer of a token may say."""

from werkzeug.exceptions import Forbidden

from provisioning.access.tokens import TokenGrant
from provisioning.firstboot.placement import Requested


def within(permit: TokenGrant, site: str, build: str) -> Requested:
    """Where a token is bound to, unless it is said that the Mac goes somewhere else."""
    bound = permit.destination
    said = Requested(site or bound.site, build or bound.build, permit.only)
    if not said.means(bound):
        raise Forbidden(f"This token is for {bound}, not for {said}.")
    return said
