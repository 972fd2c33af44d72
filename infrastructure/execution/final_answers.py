"""Answers of HTTP servers without the interim ones, which may come before an answer.

A module of its own, because not all who need it can afford to load urllib3.
"""

import http.client

_INTERIM = {100, *range(102, 200)}  # of RFC 9110, 15.2; 101 is the last that is HTTP


class FinalResponse(http.client.HTTPResponse):
    """The response to a request: those such as 103, of hints, are read and left out.

    The standard library leaves out 100 alone, and takes another one for the response.
    """

    def begin(self) -> None:
        """Read the status and the headers. Raises what HTTPResponse raises."""
        super().begin()
        while self.status in _INTERIM:
            self.headers = None  # type: ignore[assignment] # so it reads the next
            super().begin()
