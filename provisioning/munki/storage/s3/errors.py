"""Errors of an S3 server, in words with the fix for an admin; never a key."""

from collections.abc import Iterator
from contextlib import contextmanager

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConfigParseError,
    ConnectTimeoutError,
    CredentialRetrievalError,
    EndpointConnectionError,
    HTTPClientError,
    IncompleteReadError,
    NoAuthTokenError,
    NoCredentialsError,
    ParamValidationError,
    PartialCredentialsError,
    ProfileNotFound,
    ProxyConnectionError,
    SSLError,
    TokenRetrievalError,
)

from provisioning.munki.errors import RepoUnusable

_RIGHTS = (
    "its policy has to allow s3:ListBucket on the bucket, and s3:GetObject, s3:PutObject and "
    "s3:DeleteObject on what is in it; where KMS encrypts it, that of its key kms:GenerateDataKey "
    "and kms:Decrypt"
)
_KEYS = "look at AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
_ROLE = "this machine's role gave no keys; look at the role"
_REGION = "set AWS_DEFAULT_REGION to the bucket's region"
_ENCRYPTING = "look at the key with which KMS encrypts the bucket"
_LATER = "it was asked again for some seconds; Macs ask again by themselves"
_FIXES = {
    "AccessDenied": f"the keys may not do that; {_RIGHTS}",
    "403": f"the keys are wrong, or may not do that; {_RIGHTS}",
    "AllAccessDisabled": "the bucket is closed; ask who runs it",
    "InvalidAccessKeyId": f"the server does not know the key; {_KEYS}",
    "SignatureDoesNotMatch": f"the secret does not belong to the key; {_KEYS}",
    "ExpiredToken": "the keys have expired; make new ones, or give the machine a role",
    "InvalidToken": "AWS_SESSION_TOKEN does not belong to the keys; unset it or renew all three",
    "RequestTimeTooSkewed": "this machine's clock is wrong; set it",
    "NoSuchBucket": "there is no such bucket; look at MUNKI_REPO and AWS_ENDPOINT_URL",
    "AuthorizationHeaderMalformed": f"the bucket lies in another region; {_REGION}",
    "PermanentRedirect": f"the bucket lies in another region; {_REGION}",
    "301": f"the bucket lies in another region; {_REGION}",
    "InvalidBucketName": "MUNKI_REPO names no bucket that could exist",
    "SlowDown": f"the server has too much to do; {_LATER}",
    "429": f"the server has too much to do; {_LATER}",
    "QuotaExceeded": "the quota is used up; ask who runs the server",
    "XMinioStorageFull": "the server's disks are full; ask who runs it",
}
# Keys that another program may have renewed since they were read.
_OF_KEYS = frozenset(
    {"ExpiredToken", "InvalidAccessKeyId", "InvalidToken", "SignatureDoesNotMatch"}
)
_PASSING = frozenset({429, 500, 502, 503, 504})  # HTTP statuses that a second try may not meet
_UNREACHED = "no connection; look at AWS_ENDPOINT_URL, and whether that server runs"
# An answer that is not there, or not all of it.
_UNHEARD = (
    ConnectTimeoutError,
    EndpointConnectionError,
    HTTPClientError,
    IncompleteReadError,
    OSError,
)
# The first that fits says it.
_FAULTS: tuple[tuple[type[BaseException] | tuple[type[BaseException], ...], str], ...] = (
    (SSLError, "its certificate is not trusted here; set AWS_CA_BUNDLE to a file with its CA's"),
    (ProxyConnectionError, "the proxy gives no connection; look at HTTPS_PROXY and NO_PROXY"),
    (EndpointConnectionError, _UNREACHED),
    ((NoCredentialsError, PartialCredentialsError), f"there are no keys; {_KEYS}, or roles"),
    (
        (CredentialRetrievalError, TokenRetrievalError, NoAuthTokenError),
        _ROLE,
    ),
    (ProfileNotFound, "there is no such profile; look at AWS_PROFILE"),
    (ConfigParseError, "a file of AWS's settings cannot be read; look at AWS_CONFIG_FILE"),
    (ParamValidationError, "MUNKI_REPO names no bucket that could exist"),
    (_UNHEARD, f"no answer; {_LATER}"),
)


def code_of(error: ClientError) -> str:
    """The server's name for the error, such as `NoSuchKey`; for HEAD, the status's number."""
    return str(error.response.get("Error", {}).get("Code", "")) or str(status_of(error))


def status_of(error: ClientError) -> int:
    """The HTTP status of the answer; 0 where there was none."""
    return int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))


def passes(error: BaseException) -> bool:
    """True where the same request may succeed a moment later."""
    if _unread(error):
        return False
    if isinstance(error, ClientError):
        return status_of(error) in _PASSING or code_of(error) in ("SlowDown", "RequestTimeout")
    return isinstance(error, _UNHEARD) and not isinstance(error, SSLError)


def is_of_keys(error: BaseException) -> bool:
    """True where there are no keys, or the server refuses them."""
    if isinstance(error, ClientError):
        return code_of(error) in _OF_KEYS
    return isinstance(error, NoCredentialsError | PartialCredentialsError)


def _unread(error: BaseException) -> str | None:
    """The file of a variable `AWS_…` that cannot be opened; None for other errors."""
    return error.filename if isinstance(error, OSError) else None


@contextmanager
def refusals(bucket: str) -> Iterator[None]:
    """Translate the libraries' errors into RepoUnusable, with the fix where one is known."""
    try:
        yield
    except ClientError as error:
        code = code_of(error)[:40]
        if error.operation_name.startswith("AssumeRole"):
            raise RepoUnusable(f"{_ROLE} (the server of tokens says {code})") from error
        fix = _FIXES.get(code) or (_LATER if passes(error) else "")
        if code.startswith("KMS."):
            fix = _ENCRYPTING
        reason = f"S3 says {code} of the bucket {bucket}"
        raise RepoUnusable(f"{reason}; {fix}" if fix else reason) from error
    except (BotoCoreError, OSError) as error:
        if file := _unread(error):
            raise RepoUnusable(f"{file}, which AWS's settings name, cannot be opened") from error
        fixes = (fix for kinds, fix in _FAULTS if isinstance(error, kinds))
        fix = next(fixes, type(error).__name__)
        raise RepoUnusable(f"the S3 server of the bucket {bucket}: {fix}") from error
