"""Requests to an S3 server about one object, or one page of them; nothing is cached.

`where` is the object's bucket and key. `again`: an earlier attempt may have succeeded without an
answer. ClientErrors that no function translates are passed on.
"""

from base64 import b64encode
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import md5
from typing import Any

from botocore.exceptions import ClientError

from provisioning.munki.storage.base import LARGEST, Overtaken, Stored, too_large
from provisioning.munki.storage.s3.client import Client, check_time
from provisioning.munki.storage.s3.errors import code_of, status_of

Where = dict[str, str]
Page = tuple[list[tuple[str, datetime]], str | None]
PIECE = 256  # bytes of an object between two looks at the time: it may trickle
_NO_OBJECT = frozenset({"NoSuchKey", "404"})
_ANOTHER = frozenset({404, 409, 412})  # gone, changed at this very moment, changed
_KEPT = ("ContentType", "CacheControl", "ContentDisposition", "Metadata")
_PROBED = b"Rollcall tries here whether this bucket can refuse a change.\n"
_NEVER = Stored(b"", '"00000000000000000000000000000000"')


@dataclass(frozen=True, slots=True)
class StoredObject(Stored):
    """An object of the bucket, and the headers that it keeps when its bytes are replaced."""

    kept: dict[str, Any] = field(default_factory=dict)


def fetch(client: Client, where: Where, name: str) -> StoredObject | None:
    """Return an object, with its ETag; None where there is none. Raises ManifestUnreadable."""
    try:
        response = client.get_object(**where)
    except ClientError as error:
        if _is_missing(error):
            return None
        raise
    kept = {key: response[key] for key in _KEPT if response.get(key)}
    with closing(response["Body"]) as body:
        if response.get("ContentLength", 0) > LARGEST:
            raise too_large(name)
        content = bytearray()
        for chunk in body.iter_chunks(PIECE):
            check_time()
            content += chunk
            if len(content) > LARGEST:  # a server need not say the length
                raise too_large(name)
    return StoredObject(bytes(content), response["ETag"], kept)


def is_there(client: Client, where: Where) -> bool:
    """Return True where the bucket has an object of this key."""
    try:
        client.head_object(**where)
    except ClientError as error:
        if _is_missing(error):
            return False
        raise
    return True


def put(client: Client, where: Where, content: bytes, over: Stored | None, *, again: bool) -> None:
    """Replace the object that still is `over`. Raises Overtaken."""
    kept = over.kept if isinstance(over, StoredObject) else {"ContentType": "application/xml"}
    try:
        _put(client, where, content, over, **kept)
    except ClientError as error:
        if not _is_overtaken(error):
            raise
        current = fetch(client, where, where["Key"]) if again else None
        is_ours = current is not None and current.content == content  # of an unanswered attempt
        if not is_ours:
            raise Overtaken(where["Key"]) from error


def remove(client: Client, where: Where, over: Stored, *, again: bool) -> None:
    """Remove the object that still is `over`. Raises Overtaken.

    It is compared before, too, because some servers support conditions for writes only; there, a
    change by others between the two requests is lost.
    """
    try:
        response = client.head_object(**where)
        if response["ETag"] != over.version:
            raise Overtaken(where["Key"])
        _remove(client, where, over)
    except ClientError as error:
        if not _is_overtaken(error):
            raise
        if not again or not _is_missing(error):  # else we removed it, without an answer
            raise Overtaken(where["Key"]) from error


def _remove(client: Client, where: Where, over: Stored) -> None:
    try:
        client.delete_object(**where, **_condition(over))
    except ClientError as error:
        if code_of(error) != "NotImplemented":
            raise
        client.delete_object(**where)


def refuses(client: Client, where: Where) -> bool:
    """True where the server refuses writes that would undo changes by others, tried on a probe."""
    created = not _is_refused(client, where, None)
    if created and not _is_refused(client, where, None):
        return False
    return _is_refused(client, where, _NEVER)


def _is_refused(client: Client, where: Where, over: Stored | None) -> bool:
    try:
        _put(client, where, _PROBED, over)
    except ClientError as error:
        if code_of(error) == "NotImplemented":
            return False
        if _is_overtaken(error):
            return True
        raise
    return False


def page(client: Client, bucket: str, prefix: str, after: str | None, *, flat: bool) -> Page:
    """Return up to 1,000 keys below `prefix`, without it, and the token of the next page, or None.

    Each key comes with the time of its last change. `flat`: without keys that have another slash.
    """
    request: dict[str, str] = {"Bucket": bucket, "Prefix": prefix}
    request |= {"Delimiter": "/"} if flat else {}
    request |= {"ContinuationToken": after} if after else {}
    response = client.list_objects_v2(**request)
    keys = [
        (entry["Key"].removeprefix(prefix), entry["LastModified"])
        for entry in response.get("Contents", ())
    ]
    return keys, response.get("NextContinuationToken")


def _put(client: Client, where: Where, content: bytes, over: Stored | None, **kept: Any) -> None:
    # A bucket with Object Lock takes nothing without it.
    digest = b64encode(md5(content, usedforsecurity=False).digest()).decode()
    client.put_object(**where, Body=content, ContentMD5=digest, **kept, **_condition(over))


def _condition(over: Stored | None) -> dict[str, str]:
    return {"IfNoneMatch": "*"} if over is None else {"IfMatch": over.version}


def _is_missing(error: ClientError) -> bool:
    return code_of(error) in _NO_OBJECT


def _is_overtaken(error: ClientError) -> bool:
    return status_of(error) in _ANOTHER and code_of(error) != "NoSuchBucket"
