"""Script tokens: what a served script may do, for how long, without any password in it."""

from datetime import timedelta

from itsdangerous import BadData, SignatureExpired, URLSafeTimedSerializer

from provisioning.errors import ExpiredToken, InvalidToken
from provisioning.munki import Destination

# The destination of a script that names none: it may only ask for what was registered.
WHERE_REGISTERED = Destination("", "")


class Tokens:
    """Issues and verifies tokens that let a script ask for manifests of one site and build.

    One for WHERE_REGISTERED is good for any Mac that somebody has registered, and for no other.
    """

    def __init__(self, secret_key: str, lifetime: timedelta) -> None:
        self._serializer = URLSafeTimedSerializer(secret_key, salt="rollcall.manifest")
        self.lifetime = lifetime

    def issue(self, destination: Destination) -> str:
        """Return a token for scripts that send Macs to `destination`: letters, digits, `._-`."""
        token = self._serializer.dumps([destination.site, destination.build])
        return token if isinstance(token, str) else token.decode()

    def verify(self, token: str) -> Destination:
        """Return where the script that carries `token` sends Macs.

        Raises InvalidToken; ExpiredToken, one kind of it, where the token was ours.
        """
        try:
            site, build = self._serializer.loads(token, max_age=int(self.lifetime.total_seconds()))
        except SignatureExpired as error:
            raise ExpiredToken(*self._serializer.load_payload(error.payload or b"")) from error
        except (BadData, ValueError, TypeError) as error:
            raise InvalidToken("The script's token is not one of ours.") from error
        return Destination(site, build)
