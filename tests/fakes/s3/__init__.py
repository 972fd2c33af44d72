"""An S3 server of the tests' own, the admin who fills its buckets, and what goes wrong with it."""

import json
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any
from uuid import uuid4

import boto3

from tests.support.databases.postgres import free_port
from tests.support.installation import ROOT

KEYS = {
    "AWS_ACCESS_KEY_ID": "AKIAOFTHETESTS",
    "AWS_SECRET_ACCESS_KEY": "secret-of-the-tests",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_EC2_METADATA_DISABLED": "true",
}
ALL = ("GET", "HEAD", "PUT", "DELETE")
PROCESS = Path(__file__).with_name("process.py")


class S3Server:
    """A server at `url`."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.environment: Mapping[str, str] = KEYS | {"AWS_ENDPOINT_URL": url}

    @cached_property
    def admin(self) -> Any:
        """The client of an admin who may do everything."""
        return boto3.client(
            "s3",
            endpoint_url=self.url,
            aws_access_key_id="admin",
            aws_secret_access_key="admin",
            region_name="us-east-1",
        )

    def bucket(self, folder: Path | None = None, prefix: str = "") -> "Bucket":
        """Make a bucket, with the manifests that are in a folder."""
        bucket = Bucket(self, f"repo-{uuid4().hex[:12]}", prefix)
        paths = folder.rglob("manifests/**/*") if folder else ()
        self._tell(
            f"buckets/{bucket.name}",
            {
                f"{prefix}{path.relative_to(folder).as_posix()}": path.read_text("latin-1")
                for path in paths
                if folder and path.is_file()
            },
        )
        return bucket

    def fail(self, times: int = 1_000_000, methods: tuple[str, ...] = ALL, **how: Any) -> None:
        """Have requests of these methods fail, so often.

        `status` and `code`: what is answered; `seconds`: after so long; `unheard`: after it was
        done all the same; `deaf`: conditions are not looked at; `conditional`: only where there is
        one; `page`: no more than so many keys are listed at once; `trickle`: so many seconds
        pass before each byte of the body; `cut`: its last byte never comes.
        """
        self._tell("faults", [{"times": times, "methods": methods, **how}])

    def heal(self) -> None:
        """Have nothing fail any more."""
        self._tell("faults", [])

    def requests(self) -> list[str]:
        """The requests since the last call of this method, such as `GET /bucket/key`.

        `, expecting 100-continue` is added where the client waits to be told to go on.
        """
        with urllib.request.urlopen(f"{self.url}/-/requests", timeout=30) as answer:
            return list(json.load(answer))

    def _tell(self, what: str, told: object) -> None:
        data = json.dumps(told).encode()
        urllib.request.urlopen(f"{self.url}/-/{what}", data=data, timeout=30).close()


class Bucket:
    """A bucket with a repo below `prefix`, as its admin sees it."""

    def __init__(self, server: S3Server, name: str, prefix: str = "") -> None:
        self.server, self.name, self.prefix = server, name, prefix
        self.place = f"s3://{name}/{prefix}"
        self._client = server.admin

    def put(self, name: str, content: bytes, **more: Any) -> None:
        """Write an object, whatever was there."""
        self._client.put_object(Bucket=self.name, Key=self.prefix + name, Body=content, **more)

    def get(self, name: str) -> bytes:
        """The bytes of an object."""
        return bytes(self.head(name)["Body"].read())

    def head(self, name: str) -> dict[str, Any]:
        """All that is known of an object."""
        return dict(self._client.get_object(Bucket=self.name, Key=self.prefix + name))

    def remove(self, name: str) -> None:
        """Remove an object."""
        self._client.delete_object(Bucket=self.name, Key=self.prefix + name)

    def listed(self) -> list[str]:
        """All keys, whatever their prefix."""
        pages = self._client.get_paginator("list_objects_v2").paginate(Bucket=self.name)
        return [entry["Key"] for page in pages for entry in page.get("Contents", ())]


@contextmanager
def running() -> Iterator[S3Server]:
    """Run a server in a process of its own."""
    port = free_port()
    # By its file: this package would bring all that the tests themselves need of Rollcall.
    command: list[str | Path] = [sys.executable, PROCESS, str(port)]
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        server = S3Server(f"http://127.0.0.1:{port}")
        try:
            _wait(server)
            yield server
        finally:
            process.kill()
            server.admin.close()


def _wait(server: S3Server) -> None:
    deadline = time.monotonic() + 30
    while True:
        try:
            server.requests()
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
        else:
            return
