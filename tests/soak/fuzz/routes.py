"""Requests to every route of a Flask application, from good ones to nonsense."""

import json
import plistlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode

from werkzeug.routing import Map

from tests.soak.fuzz.strange import TEXTS, Dice

BOARD = "/board"
METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "BREW", "get")
FORM, JSON, PLIST = "application/x-www-form-urlencoded", "application/json", "application/xml"
MULTIPART = "multipart/form-data; boundary=x"
KINDS = (FORM, JSON, PLIST, MULTIPART, "multipart/form-data", "text/plain; charset=\xff", "x", "")
# The values that are good somewhere, by the name of a variable in a path, or of a field.
GOOD: Mapping[str, Sequence[str]] = {
    "serial": ("C02AAA", "C02BBB", "C02NEW", "{{serial_number}}"),
    "site": ("london", "paris", "new york"),
    "build": ("design", "kiosk"),
    "digest": ("0" * 64,),
    "text": ("site_default", "C02AAA", "C02ODD", "production", "included_manifests/sites/london"),
    "status": ("in_progress", "error", "success"),
    "message": ("x", "<b>no</b>"),
    "full": ("", "1"),
    "client_identifier": ("C02AAA", "x"),
}
HEADERS: Mapping[str, Sequence[str]] = {
    "Accept": ("application/xml", "application/json", "*/*", "application/openmetrics-text", "x/"),
    "If-Match": ('"x"', "*", 'W/"x", "y', ","),
    "If-None-Match": ('"x"', "*", '"'),
    "Range": ("bytes=0-1", "bytes=-", "x"),
    "X-bootstrap-site": ("london", "paris", "nowhere"),
    "X-bootstrap-build": ("design", "kiosk"),
    "X-bootstrap-serial": ("C02AAA",),
    "X-Forwarded-For": ("10.0.0.1", "10.0.0.1, ::1", "unknown", "[::1]:80", "1" * 200, ", ,"),
    "Host": ("rollcall", "", "a b", "[::", "rollcall:99999999", "é.lan"),
    "Cookie": ("a=b", "=;=", "\x01"),
    "Transfer-Encoding": ("chunked", "x"),
    "Content-Encoding": ("gzip",),
    "X-HTTP-Method-Override": ("DELETE",),
    "Expect": ("100-continue",),
    "Upgrade": ("websocket",),
}
# Fields of the board's forms and addresses, beside those above.
OF_BOARD: Mapping[str, Sequence[str]] = {
    **dict.fromkeys(("to_site", "q"), ("london", "paris", "")),
    "to_build": ("design", "kiosk"),
    "verb": ("move", "reimage", "cancel"),
    "which": ("all", "ticked"),
    **dict.fromkeys(("mac", "number", "page", "before", "id"), ("1", "2", "0", "-1", "9" * 20)),
    "seen": ("2026-11-28T00:00:00+00:00", "0001-01-01T00:00:00+23:59", "1"),
    "sort": ("site", "-at", "x"),
    "state": ("waiting", "all", "x"),
    "there": ("0" * 12,),
    "name": ("lab-1", "C02BBB.lab"),
    "new": ("C02DDD", "C02AAA"),
    "case": ("board", "keep", "remove"),
    "code": ("BCDF-GHJK", "x"),
    "text": ("C02EEE london design", ""),
    "done": ("moved", "x"),
    "did": ("1", "x"),
}
LARGE = 70_000  # bytes: more than most routes take


@dataclass(frozen=True)
class Asked:
    """A request, as the web server hands it on: of the length that its body has."""

    method: str
    path: str
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    address: str = "10.0.0.1"


@dataclass(frozen=True)
class Browser:
    """A browser on the board: the headers that it sends, and the token of its forms."""

    headers: Mapping[str, str]
    token: str


def request(
    routes: Map, dice: Dice, credentials: Sequence[str], keys: Sequence[str], browser: Browser
) -> Asked:
    """A request for any of the routes; those of the board come from a `browser`, mostly.

    `credentials` are good `Authorization` headers, `keys` what may stand as a key in an address.
    """
    rule = dice.choice([*routes.iter_rules()])
    offered = sorted((rule.methods or {"GET"}) - {"HEAD", "OPTIONS"})
    method = dice.choice(offered if dice.happens(0.8) else METHODS)
    good = {**GOOD, "key": keys}
    is_browser = rule.rule.startswith(BOARD) and dice.happens(0.9)
    if is_browser:
        good |= {**OF_BOARD, "form_token": (browser.token,)}
    values = {name: _value(name, good, dice) for name in rule.arguments}
    path = rule.rule
    for name, value in values.items():
        path = re.sub(rf"<(?:[^<>:]*:)?{name}>", value.replace("\\", r"\\"), path)
    if dice.happens(0.05):
        place = dice.randint(0, len(path))
        path = path[:place] + dice.text() + path[place:]
    headers = _headers(dice, credentials)
    if is_browser:
        headers |= {name: each for name, each in browser.headers.items() if dice.happens(0.97)}
    kind, body = _body(dice, good) if method not in ("GET", "HEAD", "get") else ("", b"")
    if is_browser and body and dice.happens(0.8):
        fields = {**_fields(dice, good), "form_token": browser.token}
        kind, body = FORM, urlencode(fields, errors="surrogatepass").encode()
    if kind:
        headers["Content-Type"] = kind
    address = f"10.{dice.randrange(256)}.{dice.randrange(256)}.{dice.randrange(256)}"
    return Asked(method, path, _query(dice, good), headers, body, address)


def _value(name: str, good: Mapping[str, Sequence[str]], dice: Dice) -> str:
    if dice.happens(0.35):
        return dice.text()
    value = dice.choice(good.get(name) or TEXTS)
    if dice.happens(0.1):
        place = dice.randint(0, len(value))
        value = value[:place] + dice.text() + value[place:]
    return value


def _query(dice: Dice, good: Mapping[str, Sequence[str]]) -> str:
    if dice.happens(0.1):
        return quote(dice.text(), safe="%&=;+", errors="surrogatepass")
    fields = _fields(dice, good)
    query = urlencode(fields, errors="surrogatepass")
    if fields and dice.happens(0.1):
        query += "&" + query
    return query


def _fields(dice: Dice, good: Mapping[str, Sequence[str]]) -> dict[str, str]:
    names = ("serial", "site", "build", *(name for name in sorted(good) if dice.happens(0.1)))
    fields = {name: _value(name, good, dice) for name in names if dice.happens(0.6)}
    if dice.happens(0.05):
        fields |= {f"{name}{dice.text()}": dice.text() for name in ("serial", "x")}
    return fields


def _headers(dice: Dice, credentials: Sequence[str]) -> dict[str, str]:
    headers: dict[str, str] = {}
    if dice.happens(0.75):
        header = dice.choice(credentials)
        if dice.happens(0.15):
            place = dice.randint(0, len(header))
            header = header[:place] + _line(dice) + header[place:]
        headers["Authorization"] = header
    for name, values in HEADERS.items():
        if dice.happens(0.08):
            headers[name] = dice.choice(values) if dice.happens(0.7) else _line(dice)
    return headers


def _line(dice: Dice) -> str:
    """A strange text as the web server would let it through: one line of Latin-1."""
    seen = dice.text()[:4000].encode("utf-8", "surrogatepass").decode("latin-1")
    return "".join(char for char in seen if char not in "\r\n\0")


def _body(dice: Dice, good: Mapping[str, Sequence[str]]) -> tuple[str, bytes]:
    """A body and its content type, which belong together or do not."""
    fields: dict[str, Any] = _fields(dice, good)
    kind = dice.choice(KINDS)
    match kind if dice.happens(0.8) else dice.choice(KINDS):
        case "application/json":
            body = json.dumps(dice.changed(fields)).encode()
        case "application/xml":
            body = _plist(dice)
        case "multipart/form-data; boundary=x":
            body = _multipart(fields)
        case _:
            body = urlencode(fields, errors="surrogatepass").encode()
    if dice.happens(0.2):
        body = dice.bytes_of(body)
    if dice.happens(0.01):
        body = body.ljust(LARGE, b"x")
    return kind, body


def _plist(dice: Dice) -> bytes:
    manifest: Any = {"catalogs": ["production"], "included_manifests": ["site_default"]}
    if dice.happens(0.5):
        manifest |= {dice.choice(("notes", "managed_installs", "x")): dice.value()}
    try:
        return plistlib.dumps(manifest)
    except (TypeError, ValueError, OverflowError, UnicodeError, RecursionError):
        return json.dumps(manifest["catalogs"]).encode()


def _multipart(fields: Mapping[str, str]) -> bytes:
    parts = (
        f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    )
    return ("".join(parts) + "--x--\r\n").encode("utf-8", "surrogatepass")
