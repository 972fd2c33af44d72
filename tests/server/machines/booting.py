"""Macs that are imaged, and run the script on a server on a port."""

from tests.fakes.mac import Mac
from tests.support.installation import PASSWORD, USERNAME


def boot(serial: str, url: str, *where: str) -> tuple[int, str]:
    """Image a Mac and run its script once, with the server's address of this test."""
    one = Mac(serial, url, username=USERNAME, password=PASSWORD)
    fetched = one.fetch(*where).replace("http://127.0.0.1:5000", url)
    ended = one.run(one.prepare(fetched))
    return ended.code, ended.output
