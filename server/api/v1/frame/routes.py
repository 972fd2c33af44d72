"""Routes of the API, typed by pydantic: a view's types are its input and its answer."""

import json
import re
from codecs import BOM_UTF8
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from http import HTTPStatus
from io import BytesIO
from types import UnionType
from typing import Annotated, Any, BinaryIO, Generic, TypeVar, get_args, get_origin, get_type_hints

from flask import Request
from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    ValidationError,
    WithJsonSchema,
)
from werkzeug.exceptions import RequestEntityTooLarge, UnsupportedMediaType

from infrastructure.database.engine import Transactions
from infrastructure.text import readable
from provisioning.maintenance.acts.actors import Principal
from provisioning.values.outsiders import shown
from server.api.v1.frame.callers import Caller
from server.api.v1.frame.errors import Changed, Invalid, NoCondition
from server.dependencies import ServerDependencies

NUMBER = "{number}"  # in a path: the id of a thing
LARGEST_NUMBER = 2_147_483_647  # no database has a larger id
LONGEST_TEXT, LONGEST_NOTE = 255, 200  # characters
TWICE = "this field comes twice"
FILE = "application/octet-stream"  # the media type of a file as it is
# In an entity tag, between the version of a thing, by which changes of it are refused, and the
# digest of the answer, which also has what changes without them.
OF_ANSWER = "/"
ACTING = frozenset({"POST", "PUT", "PATCH", "DELETE"})

Content = TypeVar("Content", bound=BaseModel | None)


def _storable(text: str) -> str:
    if "\0" in text:
        raise ValueError("a text cannot hold the character NUL")
    return text


def _of_rfc3339(value: object) -> object:
    """A text that begins with a date: of a number pydantic would make seconds since 1970."""
    if not isinstance(value, str) or not re.match(r"\d{4}-\d{2}-\d{2}[Tt ]", value, re.ASCII):
        raise ValueError("a moment is a text of the form of RFC 3339")
    return value


def _in_utc(at: datetime) -> datetime:
    try:
        return at.astimezone(UTC)
    except OverflowError:
        raise ValueError("no calendar has this moment in UTC") from None


def _rfc3339(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


Text = Annotated[str, Field(max_length=LONGEST_TEXT), AfterValidator(_storable)]
Name = Annotated[str, Field(min_length=1, max_length=LONGEST_TEXT), AfterValidator(_storable)]
Note = Annotated[
    Text,
    Field(max_length=LONGEST_NOTE),
    AfterValidator(lambda note: readable(note, LONGEST_NOTE)),  # one line, as on the board
]
Number = Annotated[int, Field(ge=1, le=LARGEST_NUMBER)]
Moment = Annotated[
    datetime,
    PlainSerializer(_rfc3339, return_type=str),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]
KnownPerson = Annotated[str | None, AfterValidator(lambda by: shown(by) if by else None)]
SentMoment = Annotated[AwareDatetime, BeforeValidator(_of_rfc3339), AfterValidator(_in_utc)]


class Resource(BaseModel):
    """A model of a row, which `model_validate` reads.

    `MacResource` is `Mac` in the document, as the row's class is here.
    """

    model_config = ConfigDict(
        model_title_generator=lambda model: document_name(model.__name__), from_attributes=True
    )


def document_name(name: str) -> str:
    """Return the name that the document has for a model."""
    return name.removesuffix(Resource.__name__)


class RequestModel(BaseModel):
    """A body or a query that a program sends: fields that are not known are refused."""

    model_config = ConfigDict(extra="forbid")


@dataclass(frozen=True, slots=True)
class Answer(Generic[Content]):
    """An answer of a view: its content and its headers."""

    content: Content
    status: int = HTTPStatus.OK
    etag: str | None = None
    location: str | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """A call of a program: the caller, the database for it, its moment, the parts of the door.

    `seen` are the versions in which the program saw the resource that it changes.
    """

    caller: Caller
    database: Transactions
    at: datetime
    dependencies: ServerDependencies
    seen: frozenset[str] = frozenset()

    @property
    def principal(self) -> Principal:
        """The program as acts take it."""
        return self.caller.principal(self.at, self.database)

    def check_seen(self, etag: str) -> None:
        """Check that a resource has not changed since the program saw it. Raises Changed."""
        if "*" not in self.seen and etag not in self.seen:
            raise Changed


@dataclass(frozen=True)
class Route:
    """A route: a view, the act that a token has to allow, and the errors that it may raise.

    A view takes a Call, the `number` of its path, `query` and `body`, which are models, or a file
    as `content`, and returns an Answer. `conditional`: it changes one resource, which
    must not have changed since the program saw it. `largest` is the limit of a body in bytes, where
    that is higher than for others.
    """

    method: str
    path: str
    view: Callable[..., Answer[Any]]
    act: str | None
    refuses: tuple[type[Exception], ...] = ()
    status: int = HTTPStatus.OK
    conditional: bool = False
    tag: str = ""
    largest: int | None = None

    @cached_property
    def _types(self) -> Mapping[str, Any]:
        """The types of the view, which are read when the route is called first."""
        return get_type_hints(self.view, include_extras=True)

    @property
    def name(self) -> str:
        """Its name, which no other route has."""
        return f"{self.method} {self.path}"

    @property
    def is_act(self) -> bool:
        """True if it writes something."""
        return self.method in ACTING

    @property
    def has_number(self) -> bool:
        """True if its path has a number."""
        return NUMBER in self.path

    @cached_property
    def query(self) -> type[BaseModel] | None:
        """The model of its query."""
        return self._types.get("query")

    @cached_property
    def body(self) -> type[BaseModel] | None:
        """The model of its body."""
        return self._types.get("body")

    @property
    def takes_file(self) -> bool:
        """True if its body is a file, not JSON."""
        return "content" in self._types

    @cached_property
    def content(self) -> type[BaseModel] | None:
        """The model of its answer."""
        (content,) = get_args(self._types["return"])
        return None if content is type(None) else content

    def read(self, request: Request) -> dict[str, BaseModel | BinaryIO]:
        """Return the checked values of a request. Raises Invalid, UnsupportedMediaType."""
        given: dict[str, BaseModel | BinaryIO] = {}
        if self.largest is not None:
            request.max_content_length = self.largest
        try:
            if self.query is not None:
                given["query"] = self.query.model_validate(_values(request, self.query))
            elif request.args:
                raise Invalid([{"at": "query", "why": "this route has no fields"}])
            if self.body is not None:
                _check_form(request, "application/json", "JSON alone")
                content = request.get_data(cache=True).removeprefix(BOM_UTF8)  # PowerShell's
                given["body"] = self.body.model_validate_json(content)
                json.loads(content, object_pairs_hook=_check_names)
        except ValidationError as error:
            raise Invalid.of(error) from None
        if self.takes_file:
            _check_form(request, FILE, f"a file as it is, as {FILE}")
            given["content"] = body_of(request)
        return given

    def condition(self, request: Request) -> frozenset[str]:
        """Return the versions that a request names by entity tags. Raises NoCondition."""
        if not self.conditional:
            return frozenset()
        if "If-Match" not in request.headers:
            raise NoCondition
        if request.if_match.star_tag:
            return frozenset({"*"})
        # Weak ones too: a proxy that compresses makes them so, and the version is what counts.
        tags = filter(None, request.if_match.as_set(include_weak=True))  # None for an empty one
        return frozenset(tag.partition(OF_ANSWER)[0] for tag in tags)


def _check_form(request: Request, mimetype: str, form: str) -> None:
    """Check that a body is of the form that a route takes. Raises UnsupportedMediaType."""
    if request.mimetype != mimetype:
        raise UnsupportedMediaType(f"This route takes {form}.")
    if request.content_encoding not in (None, "identity"):
        raise UnsupportedMediaType("Send it as it is, without a Content-Encoding.")


def _check_names(pairs: list[tuple[str, object]]) -> None:
    """Check that no field of an object of JSON comes twice: which one counts? Raises Invalid."""
    for name, number in Counter(name for name, _ in pairs).items():
        if number > 1:
            raise Invalid([{"at": name[:LONGEST_TEXT], "why": TWICE}])


def body_of(request: Request) -> BinaryIO:
    """Return the body of a request, which our web server has read to its end.

    A large one is in a file, and is not brought into memory here. Raises RequestEntityTooLarge.
    """
    limit = request.max_content_length
    if limit is not None and (request.content_length or 0) > limit:
        raise RequestEntityTooLarge
    content: BinaryIO = request.environ["wsgi.input"]
    if not content.seekable():  # Flask's own server, for developers, has not read it
        return BytesIO(request.get_data(cache=True))
    content.seek(0)
    return content


def _values(request: Request, model: type[BaseModel]) -> dict[str, object]:
    """The fields of a query; one that takes several may come several times. Raises Invalid."""
    values: dict[str, object] = {}
    for name, texts in request.args.lists():
        described = model.model_fields.get(name)
        if described is not None and _is_list(described.annotation):
            values[name] = texts
        elif len(texts) > 1:
            raise Invalid([{"at": name[:LONGEST_TEXT], "why": TWICE}])
        else:
            values[name] = texts[0]
    return values


def _is_list(annotation: Any) -> bool:
    if get_origin(annotation) is UnionType:
        return any(map(_is_list, get_args(annotation)))
    return get_origin(annotation) is list
