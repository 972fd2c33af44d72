"""Requests to an S3 server about one object, or one page of them; no memory.

`where` is the object's bucket and key. `again` says that an earlier attempt may have been done
although its answer was not heard. ClientErrors that mean nothing here are let through.
"""

from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import ClientError

from provisioning.munki.storage.base import LARGEST, Overtaken, Stored, too_large
from provisioning.munki.storage.s3.client import Client, check_time
from provisioning.munki.storage.s3.errors import code_of, status_of

Where = dict[str, str]
Page = tuple[list[str], str | None]
PIECE = 256  # bytes of an object between two looks at the time: it may trickle
_NO_OBJECT = frozenset({"NoSuchKey", "404"})
_ANOTHER = frozenset({404, 409, 412})  # gone, changed at this very moment, changed
_KEPT = ("ContentType", "CacheControl", "ContentDisposition", "Metadata")
_PROBED = b"Rollcall tries here whether this bucket can refuse a change.\n"
_NEVER = Stored(b"", '"00000000000000000000000000000000"')


@dataclass(frozen=True, slots=True)
class StoredObject(Stored):
    """An object, and what else it keeps when its bytes are replaced."""

    kept: dict[str, Any] = field(default_factory=dict)


def fetch(client: Client, where: Where, name: str) -> StoredObject | None:
    """Return an object, with its ETag; None where there is none. Raises ManifestUnreadable."""
    try:
        found = client.get_object(**where)
    except ClientError as error:
        if _is_missing(error):
            return None
        raise
    kept = {key: found[key] for key in _KEPT if found.get(key)}
    with closing(found["Body"]) as body:
        if found.get("ContentLength", 0) > LARGEST:
            raise too_large(name)
        content = bytearray()
        for chunk in body.iter_chunks(PIECE):
            check_time()
            content += chunk
            if len(content) > LARGEST:  # a server need not say the length
                raise too_large(name)
    return StoredObject(bytes(content), found["ETag"], kept)


def is_there(client: Client, where: Where) -> bool:
    """True where there is such an object."""
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
        client.put_object(**where, Body=content, **kept, **_condition(over))
    except ClientError as error:
        if not _is_overtaken(error):
            raise
        found = fetch(client, where, where["Key"]) if again else None
        if found is None or found.content != content:  # or it is ours, and we did not hear so
            raise Overtaken(where["Key"]) from error


def remove(client: Client, where: Where, over: Stored, *, again: bool) -> None:
    """Remove the object that still is `over`. Raises Overtaken.

    It is compared before, too: some servers can refuse to write and cannot refuse to remove; what
    others change there between the two requests is lost.
    """
    try:
        found = client.head_object(**where)
        if found["ETag"] != over.version:
            raise Overtaken(where["Key"])
        _remove(client, where, over)
    except ClientError as error:
        if not _is_overtaken(error):
            raise
        if not again or not _is_missing(error):  # or it was us, and we did not hear so
            raise Overtaken(where["Key"]) from error


def _remove(client: Client, where: Where, over: Stored) -> None:
    try:
        client.delete_object(**where, **_condition(over))
    except ClientError as error:
        if code_of(error) != "NotImplemented":
            raise
        client.delete_object(**where)


def refuses(client: Client, where: Where) -> bool:
    """True where the server refuses what would undo others' changes, as tried on one object."""
    made = not _is_refused(client, where, None)
    if made and not _is_refused(client, where, None):
        return False
    return _is_refused(client, where, _NEVER)


def _is_refused(client: Client, where: Where, over: Stored | None) -> bool:
    try:
        client.put_object(**where, Body=_PROBED, **_condition(over))
    except ClientError as error:
        if code_of(error) == "NotImplemented":
            return False
        if _is_overtaken(error):
            return True
        raise
    return False


def page(client: Client, bucket: str, prefix: str, after: str | None, *, flat: bool) -> Page:
    """Return up to 1,000 keys below `prefix`, less the prefix, and where the next page begins.

    `flat`: without those that have another slash.
    """
    wanted: dict[str, str] = {"Bucket": bucket, "Prefix": prefix}
    wanted |= {"Delimiter": "/"} if flat else {}
    wanted |= {"ContinuationToken": after} if after else {}
    found = client.list_objects_v2(**wanted)
    keys = [entry["Key"].removeprefix(prefix) for entry in found.get("Contents", ())]
    return keys, found.get("NextContinuationToken")


def _condition(over: Stored | None) -> dict[str, str]:
    return {"IfNoneMatch": "*"} if over is None else {"IfMatch": over.version}


def _is_missing(error: ClientError) -> bool:
    return code_of(error) in _NO_OBJECT


def _is_overtaken(error: ClientError) -> bool:
    return status_of(error) in _ANOTHER and code_of(error) != "NoSuchBucket"
