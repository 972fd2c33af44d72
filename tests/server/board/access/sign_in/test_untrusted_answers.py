"""Answers of providers that are late, wrong, forged, stolen or never come."""

import socket
import ssl
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import urllib3
from structlog.testing import capture_logs

from infrastructure.execution.deadlines import deadline
from server.auth.providers import Claims, SignInFailed
from server.auth.providers.openid import OpenId
from tests.fakes.openid import CLIENT, Fault, OpenIdProvider, Person
from tests.fakes.webhooks import receiving
from tests.server.board.access.sign_in.conftest import NOT_TRUSTED, ada, go, why_not
from tests.server.board.conftest import ORIGIN, Browsers
from tests.support.running.certificates import certify
from tests.support.running.dripping import LONG, dripping
from tests.support.tables import for_each

FAULTS = {
    Fault.NONCE: "for another sign-in",
    Fault.ISSUER: "by another issuer",
    Fault.AUDIENCE: "for another client",
    Fault.EXPIRED: "expired, or a clock is wrong",
    Fault.FUTURE: "of the future, or a clock is wrong",
    Fault.NO_SIGNATURE: "UnsupportedAlgorithmError",
    Fault.SHARED_KEY: "UnsupportedAlgorithmError",
    Fault.WRONG_KEY: "BadSignatureError",
    Fault.NO_TOKEN: "KeyError",
    Fault.MIXED_UP: "a code of another issuer",
}


def test_each_fault_is_a_refusal_with_its_reason_in_the_log(
    browsers: Browsers, okta: OpenIdProvider
) -> None:
    okta.person = ada("rollcall-admins")
    found = {}
    for fault in FAULTS:
        okta.fault = fault
        browser = browsers.new()
        with capture_logs() as log:
            answer = go(browser, okta)
        assert (answer.status_code, NOT_TRUSTED in answer.text) == (403, True), fault
        assert browser.cookie == "", fault
        (found[fault],) = why_not(log)
        for secret in (CLIENT[1], "xoxp-secret", "eyJ", *okta.granted):
            assert secret not in str(log) + answer.text, fault
    assert found == FAULTS


def test_clocks_may_differ_by_less_than_a_minute(browsers: Browsers, okta: OpenIdProvider) -> None:
    okta.person = ada("it")
    for skew, status in ((-300 - 40, 303), (-300 - 90, 403)):  # its tokens last for 300 s
        okta.skew = skew
        assert go(browsers.new(), okta).status_code == status, skew


def come_back(client: OpenId) -> str:
    """Go to a provider and come back as the person there; returns who that is."""
    url, attempt = client.begin()
    back = urllib3.request("GET", url, redirect=False).headers["Location"]
    return str(client.finish(dict(parse_qsl(urlsplit(back).query)), attempt)["sub"])


@for_each("has_name", [True, False])
def test_a_new_key_of_a_provider_is_read_a_minute_after_the_last(
    okta: OpenIdProvider, *, has_name: bool
) -> None:
    now = [0.0]
    okta.person, okta.key_has_name, okta.has_new_key = ada("it"), has_name, False
    there, back = okta.url, okta.redirect_uri
    with urllib3.PoolManager() as http:
        client = OpenId(
            "Okta", there, client=CLIENT, redirect_uri=back, http=http, clock=lambda: now[0]
        )
        assert come_back(client) == "00u1"
        okta.has_new_key = True
        with pytest.raises(SignInFailed):  # or who forges ids of keys has it ask at any speed
            come_back(client)
        now[0] = 61.0
        assert come_back(client) == "00u1"


@for_each("methods", [["client_secret_basic"], ["client_secret_basic", "client_secret_post"]])
def test_a_secret_of_any_characters_is_sent_as_a_strict_provider_reads_it(
    okta: OpenIdProvider, methods: list[str]
) -> None:
    okta.person, okta.secret = ada("it"), "s3cret/+%& ü"
    okta.described = {"token_endpoint_auth_methods_supported": methods}
    client, back = (CLIENT[0], okta.secret), okta.redirect_uri
    with urllib3.PoolManager() as http:
        assert come_back(OpenId("Okta", okta.url, client=client, redirect_uri=back, http=http))


@for_each(
    ("method", "secret", "tries"),
    [
        ("client_secret_basic", "s3cret", 1),
        ("client_secret_post", "s3cret", 2),
        ("client_secret_basic", "bm9uZQ+/bm9uZQ==", 2),
        ("client_secret_post", "bm9uZQ+/bm9uZQ==", 1),
    ],
)
def test_a_client_is_known_in_the_way_alone_that_a_provider_has_noted_for_it(
    okta: OpenIdProvider, method: str, secret: str, tries: int
) -> None:
    """Authelia, Hydra and others offer both ways, and take one of each client."""
    okta.person, okta.secret, okta.methods, okta.refused = ada("it"), secret, (method,), []
    client, back = (CLIENT[0], secret), okta.redirect_uri
    with urllib3.PoolManager() as http:
        assert come_back(OpenId("Okta", okta.url, client=client, redirect_uri=back, http=http))
    assert okta.refused == ["invalid_client"] * (tries - 1)


def test_the_log_has_what_a_provider_says_of_a_wrong_secret(
    browsers: Browsers, okta: OpenIdProvider
) -> None:
    okta.person, okta.secret = ada("it"), "another"
    with capture_logs() as log:
        assert NOT_TRUSTED in go(browsers.new(), okta).text

    [refused] = [line for line in log if line["event"] == "sign-in failed"]
    assert (refused["reason"], refused["came"]) == ("HTTP 401", "invalid_client")


def test_the_log_has_what_is_wrong_with_the_certificate_of_a_provider(tmp_path: Path) -> None:
    certify(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "certificate.pem", tmp_path / "key.pem")
    with receiving(context) as there, urllib3.PoolManager() as http:
        issuer = there.url.removesuffix("/hook")
        client = OpenId("Okta", issuer, client=CLIENT, redirect_uri="", http=http)
        with pytest.raises(SignInFailed, match="cannot be reached") as refused:
            client.begin()

    assert refused.value.facts == {"fault": "unable to get local issuer certificate"}


def test_of_two_tabs_that_begin_to_sign_in_the_last_one_goes_on(
    browsers: Browsers, okta: OpenIdProvider
) -> None:
    okta.person = ada("it")
    browser = browsers.new()
    first, second = (browser.get("/board/sign-in/okta").location for _ in range(2))
    paths = [
        urllib3.request("GET", url, redirect=False).headers["Location"].removeprefix(ORIGIN)
        for url in (first, second)
    ]

    assert [browser.get(path).status_code for path in paths] == [403, 303]


def test_providers_that_do_not_answer_hold_two_threads_at_the_most() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent, urllib3.PoolManager() as http:
        issuer = f"http://127.0.0.1:{silent.getsockname()[1]}"
        clients = [
            OpenId(name, issuer, client=CLIENT, redirect_uri="", http=http)
            for name in ("Okta", "Corp", "Slack")
        ]
        with ThreadPoolExecutor(2) as threads:
            waiting = [threads.submit(client.begin) for client in clients[:2]]
            asked = [silent.accept()[0] for _ in waiting]
            with pytest.raises(SignInFailed, match="cannot be reached") as refused:
                clients[2].begin()
            for connection in asked:
                connection.close()
        assert refused.value.code == "too many ask"
        for each in waiting:
            with pytest.raises(SignInFailed, match="cannot be reached"):
                each.result()


def test_a_provider_that_drips_its_answer_gives_its_place_back() -> None:
    """For ever, by the timeouts of the connection alone, which begin again with each byte."""
    with (
        dripping(b"HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n") as there,
        urllib3.PoolManager() as http,
    ):
        client = OpenId("Okta", f"http://{there}", client=CLIENT, redirect_uri="", http=http)
        begun = time.monotonic()
        with pytest.raises(SignInFailed, match="cannot be reached"), deadline(0.2):
            client.begin()
        assert time.monotonic() - begun < LONG


def test_an_answer_of_any_shape_is_a_refusal(okta: OpenIdProvider) -> None:
    """One that the program cannot read, or would act on in another way than it is meant."""
    okta.person, okta.has_userinfo = ada("it"), True
    signing = "id_token_signing_alg_values_supported"
    rows: list[tuple[dict[str, Any], str]] = [
        ({"fault": Fault.NESTED}, "HTTP 200"),
        ({"described": {"authorization_endpoint": "http://["}}, "no authorization_endpoint"),
        ({"described": {"authorization_endpoint": f"{okta.url}/\r\nX: y"}}, "no authorization_end"),
        ({"described": {"token_endpoint": "http://\u2100/"}}, "no token_endpoint"),
        ({"described": {"token_endpoint": 1}}, "no token_endpoint"),
        ({"access_token": "x\r\nX: y"}, "ValueError"),
        ({"access_token": "\u2100"}, "UnicodeEncodeError"),
        ({"described": {signing: ["HS256"]}, "fault": Fault.PUBLIC_SECRET}, "no safe algorithm"),
        ({"described": {signing: []}, "fault": Fault.PUBLIC_SECRET}, "no safe algorithm"),
    ]
    for changes, code in rows:
        with pytest.raises(SignInFailed) as refused:
            _come_back(okta, changes)
        assert refused.value.code.startswith(code), changes


def test_what_a_provider_describes_in_another_form_is_taken_as_not_said(
    okta: OpenIdProvider,
) -> None:
    okta.person, okta.has_userinfo = ada("it"), True
    names = (
        "code_challenge_methods_supported",
        "id_token_signing_alg_values_supported",
        "token_endpoint_auth_methods_supported",
    )
    mixed = [1, None, ["S256"], "S256", "RS256", "client_secret_basic"]
    for odd in (1, None, True, "S256", {"S256": 1}, mixed):
        claims = _come_back(okta, {"described": dict.fromkeys(names, odd)})
        assert claims["sub"] == "00u1", odd


def _come_back(okta: OpenIdProvider, changes: dict[str, Any]) -> Claims:
    """The claims of somebody who went to a changed provider, and came back."""
    usual: dict[str, Any] = {"fault": None, "described": {}, "access_token": "xoxp-secret"}
    for name, value in {**usual, **changes}.items():
        setattr(okta, name, value)
    with urllib3.PoolManager() as http:
        client = OpenId(
            *("Okta", okta.url),
            client=CLIENT,
            redirect_uri=okta.redirect_uri,
            http=http,
            is_whole=lambda claims: "groups" in claims,
        )
        url, attempt = client.begin()
        back = urllib3.request("GET", url, redirect=False).headers["Location"]
        return client.finish(dict(parse_qsl(urlsplit(back).query)), attempt)


def test_one_provider_cannot_pass_for_another(
    browsers: Browsers, okta: OpenIdProvider, corp: OpenIdProvider
) -> None:
    corp.person, okta.person = Person("00u1", more={"realm_access": {"roles": ["it"]}}), ada("it")
    browser = browsers.new()
    away = browser.get("/board/sign-in/corp-sso")
    back = urllib3.request("GET", away.location, redirect=False).headers["Location"]
    with capture_logs() as log:
        mixed = browser.get(back.removeprefix(ORIGIN).replace("corp-sso", "okta"))
    assert (mixed.status_code, browser.cookie) == (403, "")
    assert why_not(log) == ["an attempt at another provider"]
    assert len(corp.granted) == 1  # the code was sent to nobody
    # and the attempt is gone
    assert browser.get(back.removeprefix(ORIGIN)).status_code == 403


def test_a_sign_in_is_good_once_in_one_browser(browsers: Browsers, okta: OpenIdProvider) -> None:
    okta.person = ada("it")
    browser = browsers.new()
    away = browser.get("/board/sign-in/okta")
    back = urllib3.request("GET", away.location, redirect=False).headers["Location"]
    path = back.removeprefix(ORIGIN)
    stolen = browser.client.get_cookie("__Host-rollcall-signin", domain=urlsplit(ORIGIN).netloc)
    assert stolen

    assert browsers.new().get(path).status_code == 403
    assert browser.get(path).status_code == 303
    assert browser.get(path).status_code == 403
    thief = browsers.new()  # even with the cookie: the code is spent
    thief.client.set_cookie(
        "__Host-rollcall-signin", stolen.value, domain="rollcall.example.com", secure=True
    )
    okta.refused = []
    assert thief.get(path).status_code == 403
    assert okta.refused == ["invalid_grant"]  # and is not sent a second time


def test_no_address_leads_elsewhere(browsers: Browsers, okta: OpenIdProvider) -> None:
    okta.person = ada("it")
    browser = browsers.new()
    away = browser.get("/board/sign-in/okta?next=https://evil.example&redirect_uri=//evil.example")
    assert "evil" not in away.location
    back = urllib3.request("GET", away.location, redirect=False).headers["Location"]
    path = back.removeprefix(ORIGIN)
    assert browser.get(f"{path}&next=//evil.example").location == "/board"
