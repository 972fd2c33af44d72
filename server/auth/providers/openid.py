"""OpenID Connect: the code flow, by Authlib, with state, nonce and PKCE."""

import json
import ssl
import time
from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus
from threading import Lock
from typing import Any, cast
from urllib.parse import urlsplit

import structlog
from authlib.common.security import generate_token
from authlib.oauth2.auth import ClientAuth
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri, prepare_token_request
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import BadSignatureError, ClaimError, InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry
from urllib3 import PoolManager, Timeout
from urllib3.exceptions import HTTPError

from infrastructure.execution.deadlines import deadline
from infrastructure.execution.pools import limited
from infrastructure.text import Sentence
from server.auth.providers import ASKING, Attempt, Claims, SignInFailed, begun_elsewhere
from server.auth.providers.metadata import client_auths, has_pkce, listed, scheme

log = structlog.get_logger()

SCOPES = "openid profile email"
TIMEOUT = Timeout(connect=3, read=7)  # seconds
STEP_TIMEOUT = 15.0  # seconds for one step of a sign-in, with all its requests
LARGEST = 256 * 1024  # bytes of an answer
MAX_AGE = 3600.0  # seconds for which a provider's description and keys are believed
MISSING_KEY_INTERVAL = 60.0  # seconds between two looks for a key that is not there
LEEWAY = 60  # seconds by which clocks may differ
# None that a key which we are told in public could make: no `none`, no HS256.
SAFE = frozenset({"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"})
LONGEST_FACT = 200  # characters of what came, in the log
_FAULTS = {
    "iss": "by another issuer",
    "aud": "for another client",
    "azp": "for another client",
    "nonce": "for another sign-in",
    "exp": "expired, or a clock is wrong",
    "nbf": "of the future, or a clock is wrong",
    "iat": "of the future, or a clock is wrong",
}
_SIZE = 48  # characters of state, nonce and verifier: 285 random bits


class OpenId:
    """A client of one provider, the `issuer`; `title` is its name for people.

    `http` has the connections; `scopes` are asked for beside SCOPES. Where the claims of an id
    token are incomplete, as `is_whole` tells, the provider is asked for the missing ones. Each step
    ends after STEP_TIMEOUT, however slowly answers come. No secret is logged, or in an error.
    """

    def __init__(
        self,
        title: str,
        issuer: str,
        *,
        client: tuple[str, str],
        redirect_uri: str,
        http: PoolManager,
        scopes: Sequence[str] = (),
        is_whole: Callable[[Claims], bool] = lambda _: True,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._title, self._issuer, self._redirect_uri = title, issuer, redirect_uri
        self._client_id, self._client_secret = client
        self._http, self._clock, self._is_whole = limited(http), clock, is_whole
        self._scope = " ".join(dict.fromkeys([*SCOPES.split(), *scopes]))
        self._lock = Lock()
        self._stored: dict[str, tuple[float, dict[str, Any]]] = {}

    def begin(self) -> tuple[str, Attempt]:
        """Return the browser's next address, and the secrets to bring back. Raises SignInFailed."""
        with deadline(STEP_TIMEOUT):
            metadata = self._metadata()
        attempt = Attempt(*(generate_token(_SIZE) for _ in range(3)))
        more = {"nonce": attempt.nonce}
        if has_pkce(metadata):
            more["code_challenge"] = create_s256_code_challenge(attempt.verifier)
            more["code_challenge_method"] = "S256"
        url = prepare_grant_uri(
            self._endpoint(metadata, "authorization_endpoint"),
            client_id=self._client_id,
            response_type="code",
            redirect_uri=self._redirect_uri,
            scope=self._scope,
            state=attempt.state,
            **more,
        )
        return url, attempt

    def finish(self, answer: Mapping[str, str], attempt: Attempt) -> Claims:
        """Return the checked claims about the person who came back. Raises SignInFailed."""
        if not attempt.is_answered_by(answer):
            raise begun_elsewhere("wrong state")
        if "error" in answer or "code" not in answer:
            code = answer.get("error", "no code")[:60]
            shown = code if code.isidentifier() else "error"
            sentence = Sentence(
                "{provider} did not let you in ({code}).", provider=self._title, code=shown
            )
            raise SignInFailed(sentence, shown)
        with deadline(STEP_TIMEOUT):
            metadata = self._metadata()
            self._check_origin(metadata, answer)
            token = self._exchanged(metadata, answer["code"], attempt)
            claims = self._claims(metadata, token, attempt.nonce)
            if self._is_whole(claims) or "userinfo_endpoint" not in metadata:
                return claims
            return {**self._more(metadata, token, claims), **claims}

    def _check_origin(self, metadata: dict[str, Any], answer: Mapping[str, str]) -> None:
        """Check that a code is of this provider, where the answer names one (RFC 9207)."""
        says_so = metadata.get("authorization_response_iss_parameter_supported") is True
        came = answer.get("iss")
        if came != self._issuer and (came is not None or says_so):
            raise self._untrusted("a code of another issuer", came=str(came)[:LONGEST_FACT])

    def _more(self, metadata: dict[str, Any], token: dict[str, Any], claims: Claims) -> Claims:
        """The provider's further claims about the same person, beside those in the token."""
        url = self._endpoint(metadata, "userinfo_endpoint")
        headers = {"Authorization": f"Bearer {token.get('access_token', '')}"}
        more = self._asked("GET", url, headers=headers)
        if more.get("sub") != claims["sub"]:  # OpenID Connect Core 1.0, 5.3.2
            raise self._untrusted("userinfo about somebody else")
        return more

    def _exchanged(self, metadata: dict[str, Any], code: str, attempt: Attempt) -> dict[str, Any]:
        """The tokens for a code, which is valid once."""
        verifier = attempt.verifier if has_pkce(metadata) else ""
        body = prepare_token_request(
            "authorization_code", redirect_uri=self._redirect_uri, code=code, code_verifier=verifier
        )
        first, *others = client_auths(metadata, (self._client_id, self._client_secret))
        try:
            return self._sent(metadata, body, first)
        except SignInFailed as error:
            if not others or error.facts.get("came") != "invalid_client":
                raise
            return self._sent(metadata, body, others[0])

    def _sent(self, metadata: dict[str, Any], body: str, auth: ClientAuth) -> dict[str, Any]:
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        endpoint = self._endpoint(metadata, "token_endpoint")
        url, headers, body = auth.prepare("POST", endpoint, headers, body)
        return self._asked("POST", url, headers=headers, body=body)

    def _claims(self, metadata: dict[str, Any], token: dict[str, Any], nonce: str) -> Claims:
        """The claims of an id token: signed by the provider, for us, valid now, of this attempt."""
        try:
            decoded = self._decoded(metadata, str(token["id_token"]))
            options = {
                "iss": {"essential": True, "value": self._issuer},
                "aud": {"essential": True, "value": self._client_id},
            }
            params = {"nonce": nonce, "client_id": self._client_id}
            if isinstance(token.get("access_token"), str):
                params["access_token"] = token["access_token"]
            claims = CodeIDToken(decoded.claims, decoded.header, options, params)
            claims.validate(leeway=LEEWAY)
        except ClaimError as error:
            raise self._unfit(error, decoded.claims) from None
        except (JoseError, KeyError, TypeError, ValueError) as error:
            raise self._untrusted(type(error).__name__) from None
        return dict(claims)

    def _unfit(self, error: ClaimError, claims: Claims) -> SignInFailed:
        """The refusal of a claim, with its value where that is no secret."""
        facts = {}
        if error.claim in ("iss", "aud", "azp", "exp", "nbf", "iat"):
            facts = {"came": str(claims.get(error.claim))[:LONGEST_FACT]}
        if error.claim in ("exp", "nbf", "iat"):
            facts["now"] = str(int(time.time()))
        return self._untrusted(_FAULTS.get(error.claim, f"wrong {error.claim}"), **facts)

    def _decoded(self, metadata: dict[str, Any], text: str) -> jwt.Token:
        offered = listed(metadata, "id_token_signing_alg_values_supported", "RS256")
        algorithms = sorted(SAFE & offered)
        if not algorithms:  # the library would take those that it recommends itself
            raise self._untrusted("no safe algorithm")
        # What we do not know in a header is no fault; `crit` still is.
        registry = JWSRegistry(algorithms=algorithms, strict_check_header=False)
        url = self._endpoint(metadata, "jwks_uri")
        try:
            return jwt.decode(text, self._keys(url), registry=registry)
        except (InvalidKeyIdError, BadSignatureError):  # it may have a new key, also of no name
            return jwt.decode(text, self._keys(url, MISSING_KEY_INTERVAL), registry=registry)

    def _metadata(self) -> dict[str, Any]:
        found = self._kept(f"{self._issuer.rstrip('/')}/.well-known/openid-configuration")
        if found.get("issuer") != self._issuer:  # also by a slash at its end
            raise self._untrusted("another issuer", came=str(found.get("issuer"))[:LONGEST_FACT])
        return found

    def _endpoint(self, metadata: dict[str, Any], name: str) -> str:
        url = metadata.get(name)
        if not isinstance(url, str) or scheme(url) != urlsplit(self._issuer).scheme:
            raise self._untrusted(f"no {name}")
        return url

    def _keys(self, url: str, max_age: float = MAX_AGE) -> KeySet:
        """A provider's keys, kept as its metadata are; the library checks what came."""
        return KeySet.import_key_set(cast(Any, self._kept(url, max_age)))

    def _kept(self, url: str, max_age: float = MAX_AGE) -> dict[str, Any]:
        """A provider's metadata, requested at most once in `max_age` seconds."""
        with self._lock:
            at, answer = self._stored.get(url, (float("-inf"), {}))
        if self._clock() - at >= max_age:
            answer = self._asked("GET", url)
            with self._lock:
                self._stored[url] = self._clock(), answer
        return answer

    def _asked(self, method: str, url: str, **more: Any) -> dict[str, Any]:
        """The answer of a provider. While too many requests wait for one, another is refused."""
        if not ASKING.acquire(blocking=False):
            raise self._unreachable("too many ask")
        try:
            return self._answer(method, url, **more)
        finally:
            ASKING.release()

    def _answer(self, method: str, url: str, **more: Any) -> dict[str, Any]:
        try:
            response = self._http.request(
                method,
                url,
                timeout=TIMEOUT,
                redirect=False,
                retries=False,
                preload_content=False,
                **more,
            )
            try:
                content, status = response.read(LARGEST + 1), response.status
            finally:
                response.close()
        except (HTTPError, ValueError) as error:  # the second: a token of theirs is no header
            cause = error.args[0] if error.args else None
            facts = {}
            if isinstance(cause, ssl.SSLCertVerificationError):
                facts = {"fault": cause.verify_message}
            raise self._unreachable(type(error).__name__, **facts) from None
        try:
            answer = json.loads(content)
        except (ValueError, RecursionError):
            answer = None
        is_down = status >= HTTPStatus.INTERNAL_SERVER_ERROR
        if is_down or not isinstance(answer, dict) or len(content) > LARGEST:
            raise self._unreachable(f"HTTP {status}")
        if status >= HTTPStatus.BAD_REQUEST:  # RFC 6749, 5.2: such as invalid_client
            code = str(answer.get("error"))[:60]
            raise self._untrusted(
                f"HTTP {status}", **({"came": code} if code.isidentifier() else {})
            )
        return answer

    def _unreachable(self, code: str, **facts: object) -> SignInFailed:
        sentence = Sentence(
            "{provider} cannot be reached at this time; try again in a minute.",
            provider=self._title,
        )
        return SignInFailed(sentence, code, **facts)

    def _untrusted(self, code: str, **facts: object) -> SignInFailed:
        sentence = Sentence(
            "{provider} gave an answer that Rollcall does not trust, so you are not "
            "signed in. Begin again; if that does not help, an admin finds the "
            "reason in the log.",
            provider=self._title,
        )
        return SignInFailed(sentence, code, **facts)
