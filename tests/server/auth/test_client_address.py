"""Client addresses, as they are written down, from connections and from proxies."""

from hypothesis import given
from hypothesis import strategies as st
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.test import EnvironBuilder, run_wsgi_app
from werkzeug.wrappers import Request, Response

from server.auth.client_address import address_of, customer_of
from tests.support.tables import for_each

PROXY = "192.168.0.1"


def calling(address: str | None) -> Request:
    """A request from this address; None: from an unknown one."""
    environ = EnvironBuilder().get_environ()
    environ.pop("REMOTE_ADDR", None)
    return Request(environ if address is None else {**environ, "REMOTE_ADDR": address})


def forwarded(said: str, peer: str = PROXY) -> str:
    """The address of a call that a proxy forwards with this header."""
    found = []

    @Request.application
    def app(request: Request) -> Response:
        found.append(address_of(request))
        return Response()

    environ = calling(peer).environ | {"HTTP_X_FORWARDED_FOR": said}
    run_wsgi_app(ProxyFix(app, x_for=1), environ)
    return found[0]


@for_each(
    ("said", "meant"),
    [
        ("10.0.0.7", "10.0.0.7"),
        ("::ffff:10.0.0.7", "10.0.0.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::7", "2001:db8:1:2::/64"),
        ("fe80::1%en0", "fe80::/64"),
        ("10.0.0.7:5000", "10.0.0.7"),
        ("[2001:db8:1:2::7]:5000", "2001:db8:1:2::/64"),
        ("[2001:db8:1:2::7]", "2001:db8:1:2::/64"),
        ("[::ffff:10.0.0.7]:1", "10.0.0.7"),
        ("", "unknown"),
        (None, "unknown"),
        ("<script>", "unknown"),
        ("10.0.0.7\0", "unknown"),
        ("10.0.0.256", "unknown"),
        ("10.0.0.7:", "unknown"),
        ("[]:80", "unknown"),
    ],
)
def test_an_address_is_a_host_or_the_network_of_one(said: str | None, meant: str) -> None:
    assert address_of(calling(said)) == meant


@for_each(
    "said",
    [
        *("unknown", "_hidden", "", " ", ",", "-", "mac.lan", "for=10.0.0.7", "10.0.0.7;x"),
        *("[2001:db8::7", "2001:db8::7]:80", "10.0.0.7:80:90", "\xff", "10.9.9.9, unknown"),
        "1" * 60_000,
    ],
)
def test_what_a_proxy_says_and_nobody_can_read_counts_as_the_proxy(said: str) -> None:
    assert forwarded(said) == PROXY


def test_a_port_behind_a_forwarded_address_makes_no_other_caller_of_it() -> None:
    ports = range(50_000, 50_100)

    assert {forwarded(f"10.0.0.7:{port}") for port in ports} == {"10.0.0.7"}
    assert {forwarded(f"[2001:db8::7]:{port}") for port in ports} == {"2001:db8::/64"}


def test_behind_a_socket_without_an_address_what_cannot_be_read_is_unknown() -> None:
    assert forwarded("unknown", peer="") == "unknown"
    assert forwarded("10.0.0.7", peer="") == "10.0.0.7"


@given(st.text())
def test_whatever_is_said_to_be_an_address_is_short_and_in_one_line(said: str) -> None:
    address = address_of(calling(said))

    assert len(address) < 50
    assert address.isprintable()


def test_an_ipv6_customer_has_a_network_of_networks() -> None:
    assert customer_of("2001:db8:1:2::/64") == "2001:db8:1::/48"
    assert customer_of("10.0.0.7") is None
    assert customer_of("unknown") is None
