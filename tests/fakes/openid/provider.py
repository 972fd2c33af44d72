"""A provider of OpenID Connect on a free port: discovery, keys, authorization, tokens.

It checks what a good provider checks (OpenID Connect Core 1.0, RFC 6749, RFC 7636): the client and
its secret, the redirect address, the verifier; a code is good once. It answers at once, as for a
person who has agreed before. The claims are those of Sign in with Slack.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from typing import Any
from urllib.parse import unquote_plus, urlencode

from flask import Flask, Response, jsonify, request
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

from tests.support.running.serving import served

CLIENT = ("1234.5678", "the-client-secret-of-the-stand-in")
TEAM = "T0STANDIN"
METHODS = ("client_secret_post", "client_secret_basic")


class Fault(StrEnum):
    """A fault of a provider, or of somebody who sits in between."""

    NONCE = "another nonce"
    STATE = "another state"
    NO_SIGNATURE = "alg none"
    SHARED_KEY = "signed with what everybody can read"
    WRONG_KEY = "a key of nobody"
    EXPIRED = "expired"
    AUDIENCE = "for another client"
    ISSUER = "by another issuer"
    NO_TOKEN = "no id token"
    FUTURE = "issued in the future"
    MIXED_UP = "a code by another issuer"
    SOMEBODY_ELSE = "userinfo about somebody else"
    DENIED = "access_denied"
    DOWN = "down"
    NESTED = "thousands of brackets"
    PUBLIC_SECRET = "signed with a secret among the public keys"


@dataclass(frozen=True, slots=True)
class Person:
    """A person who agrees at the provider."""

    user: str
    team: str = TEAM
    name: str = "Alice"
    email: str = "alice@example.com"
    more: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Grant:
    person: Person
    nonce: str
    challenge: str
    is_hashed: bool
    redirect_uri: str

    def is_met(self, verifier: str) -> bool:
        """True for the verifier of its challenge, of which a plain one is the verifier itself."""
        proof = _challenge(verifier) if self.is_hashed else verifier
        return self.challenge in ("", proof)


@cache
def _key(kid: str) -> RSAKey:
    """A key of the provider, or of nobody; making one takes longer than what is tested."""
    return RSAKey.generate_key(2048, {"kid": kid})


def _public_secret() -> OctKey:
    """A secret of a provider that publishes it."""
    return OctKey.import_key("a-secret-that-everybody-can-read-at-jwks_uri", {"kid": "s"})


@dataclass
class OpenIdProvider:
    """The state of a provider: who agrees now, what is wrong with it, what it was asked."""

    redirect_uri: str
    person: Person | None = None
    fault: Fault | None = None
    has_pkce: bool = True
    has_userinfo: bool = False
    has_new_key: bool = False
    key_has_name: bool = True
    secret: str = CLIENT[1]
    methods: tuple[str, ...] = METHODS  # that it takes of this client
    skew: int = 0
    url: str = ""
    described: Mapping[str, Any] = field(default_factory=dict)
    access_token: str = "xoxp-secret"
    granted: dict[str, _Grant] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)

    def app(self) -> Flask:
        """The provider over HTTP."""
        app = Flask(__name__)
        app.add_url_rule("/.well-known/openid-configuration", view_func=self.discovery)
        app.add_url_rule("/openid/connect/keys", view_func=self.keys)
        app.add_url_rule("/openid/connect/authorize", view_func=self.authorize)
        app.add_url_rule("/api/openid.connect.token", view_func=self.token, methods=["POST"])
        app.add_url_rule("/userinfo", view_func=self.userinfo)
        return app

    def discovery(self) -> Response | tuple[str, int]:
        """Describe the provider; what is `described` comes instead of what is true."""
        if self.fault is Fault.DOWN:
            return "down for maintenance", 503
        if self.fault is Fault.NESTED:
            return Response("[" * 100_000, content_type="application/json")
        described: dict[str, Any] = {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/openid/connect/authorize",
            "token_endpoint": f"{self.url}/api/openid.connect.token",
            "jwks_uri": f"{self.url}/openid/connect/keys",
            "response_types_supported": ["code"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "token_endpoint_auth_methods_supported": METHODS,
        }
        if self.has_pkce:
            described["code_challenge_methods_supported"] = ["S256"]
        if self.has_userinfo:
            described["userinfo_endpoint"] = f"{self.url}/userinfo"
        if self.fault is Fault.MIXED_UP:
            described["authorization_response_iss_parameter_supported"] = True
        return jsonify({**described, **self.described})

    def keys(self) -> Response:
        """Show the public keys."""
        if self.fault is Fault.PUBLIC_SECRET:
            return jsonify({"keys": [_public_secret().as_dict()]})
        key = _key("2" if self.has_new_key else "1").as_dict(private=False)
        if not self.key_has_name:
            del key["kid"]
        return jsonify({"keys": [key]})

    def authorize(self) -> Response | tuple[str, int]:
        """Send the browser back, with a code."""
        asked = request.args
        if asked.get("client_id") != CLIENT[0] or asked.get("redirect_uri") != self.redirect_uri:
            return self._refuse("unknown client or address"), 400
        if asked.get("response_type") != "code" or "openid" not in asked.get("scope", "").split():
            return self._refuse("no code or no openid"), 400
        back = {"state": asked.get("state", "")}
        if self.fault is Fault.MIXED_UP:
            back["iss"] = "https://slack.example"
        if self.fault is Fault.STATE:
            back["state"] = "another"
        if self.fault is Fault.DENIED or self.person is None:
            back["error"] = "access_denied"
        else:
            code = back["code"] = secrets.token_urlsafe(16)
            challenge = asked.get("code_challenge", "")
            is_hashed = asked.get("code_challenge_method") == "S256"
            nonce = asked.get("nonce", "")
            self.granted[code] = _Grant(self.person, nonce, challenge, is_hashed, self.redirect_uri)
        return Response(status=302, headers={"Location": f"{self.redirect_uri}?{urlencode(back)}"})

    def token(self) -> tuple[Response, int]:
        """Give tokens for a code."""
        if self._client_of() != (CLIENT[0], self.secret):
            return jsonify(error=self._refuse("invalid_client")), 401
        sent, grant = request.form, self.granted.pop(request.form.get("code", ""), None)
        if grant is None or sent.get("redirect_uri") != grant.redirect_uri:
            return jsonify(error=self._refuse("invalid_grant")), 400
        if not grant.is_met(sent.get("code_verifier", "")):
            return jsonify(error=self._refuse("wrong verifier")), 400
        if self.fault is Fault.NO_TOKEN:
            return jsonify(ok=False, error="bad_weather"), 200
        tokens = {"access_token": self.access_token, "id_token": self._id_token(grant)}
        return jsonify(ok=True, **tokens), 200

    def userinfo(self) -> Response | tuple[Response, int]:
        """Tell more of the person who signed in last."""
        if request.headers.get("Authorization") != "Bearer xoxp-secret" or self.person is None:
            return jsonify(error=self._refuse("invalid_token")), 401
        subject = "another" if self.fault is Fault.SOMEBODY_ELSE else self.person.user
        return jsonify(sub=subject, aud="nobody", **self.person.more)

    def _id_token(self, grant: _Grant) -> str:
        person, now = grant.person, int(time.time()) + self.skew
        claims: dict[str, Any] = {
            "iss": "https://slack.example" if self.fault is Fault.ISSUER else self.url,
            "aud": "another" if self.fault is Fault.AUDIENCE else CLIENT[0],
            "sub": person.user,
            "iat": now + 3600 if self.fault is Fault.FUTURE else now - 7200,
            "exp": now - 3600 if self.fault is Fault.EXPIRED else now + 300,
            "nonce": "another" if self.fault is Fault.NONCE else grant.nonce,
            "https://slack.com/user_id": person.user,
            "https://slack.com/team_id": person.team,
            "name": person.name,
            "email": person.email,
        }
        if not self.has_userinfo:
            claims |= person.more
        if self.fault is Fault.AUDIENCE:
            claims["azp"] = CLIENT[0]  # by which alone it would be ours
        if self.fault is Fault.NO_SIGNATURE:
            return f"{_encoded({'alg': 'none', 'typ': 'JWT'})}.{_encoded(claims)}."
        if self.fault is Fault.SHARED_KEY:
            signed = f"{_encoded({'alg': 'HS256', 'kid': '1'})}.{_encoded(claims)}"
            mac = hmac.digest(_key("1").as_pem(private=False), signed.encode(), "sha256")
            return f"{signed}.{base64.urlsafe_b64encode(mac).rstrip(b'=').decode()}"
        if self.fault is Fault.PUBLIC_SECRET:
            return jwt.encode({"alg": "HS256", "kid": "s"}, claims, _public_secret())
        kid = "2" if self.has_new_key else "1"
        signing = _key("nobody's" if self.fault is Fault.WRONG_KEY else kid)
        header = {"alg": "RS256", "kid": kid} if self.key_has_name else {"alg": "RS256"}
        return jwt.encode(header, claims, signing)

    def _client_of(self) -> tuple[str | None, str | None]:
        """The client that asks, by Basic auth as RFC 6749 has it (2.3.1), or in the form."""
        pair = request.authorization
        if METHODS[pair is not None] not in self.methods:
            return None, None
        if pair is None:
            return request.form.get("client_id"), request.form.get("client_secret")
        return unquote_plus(pair.username or ""), unquote_plus(pair.password or "")

    def _refuse(self, reason: str) -> str:
        self.refused.append(reason)
        return reason


@contextmanager
def running(redirect_uri: str) -> Iterator[OpenIdProvider]:
    """A provider on a free port, which knows one address to send browsers back to."""
    provider = OpenIdProvider(redirect_uri)
    with served(provider.app()) as url:
        provider.url = url
        yield provider


def _challenge(verifier: str) -> str:
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def _encoded(part: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()
