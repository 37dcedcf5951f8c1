"""The routes of the customer portal's HTTP API, and the OpenAPI document that they make."""

import json
from collections.abc import Callable, Mapping
from functools import partial
from http import HTTPStatus
from typing import Annotated, Any

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.event_handler.exceptions import NotFoundError
from aws_lambda_powertools.event_handler.openapi.exceptions import (
    RequestUnsupportedContentType,
    RequestValidationError,
    ResponseValidationError,
)
from aws_lambda_powertools.event_handler.openapi.models import HTTPBearer
from aws_lambda_powertools.event_handler.openapi.params import Body, Header, Path, Query
from pydantic import BaseModel

from kwit.aws.bootstrap import Application
from kwit.aws.portal_forms import (
    AnswerOut,
    BadCursorError,
    PageOut,
    ProblemOut,
    ReadingIn,
    answer_out,
    page_out,
    place_of,
)
from kwit.aws.submission_store import DynamoSubmissions
from kwit.kernel.identifiers import PointCodeError, point_code
from kwit.metering.last_readings import last_readings
from kwit.metering.submissions import Caller, Outcome
from kwit.metering.submitting import Counter, KeyReusedError, PointNotHeldError, submit
from kwit.registry.holding import days_held

FAILED = "Błąd po naszej stronie; spróbuj ponownie."
PARTY_CLAIM = "custom:party_id"
READINGS_PATH = "/v1/points/<ppe>/readings"

_STATUS = {
    Outcome.ACCEPTED: HTTPStatus.CREATED,
    Outcome.NEEDS_CONFIRMATION: HTTPStatus.CONFLICT,
    Outcome.IMPLAUSIBLE: HTTPStatus.UNPROCESSABLE_ENTITY,
}
_SUBMIT = """\
Judges one state of a register by the rules that the seller's own files are judged by, and answers at once. An
accepted state is kept; the same submission again keeps nothing new and is answered the same. `409` asks back: when
the state is right, send it again with `confirm: true`."""
_ABOUT = """\
Readings of a customer's own metering points. Times are UTC, days those of Europe/Warsaw. Before any route the
gateway answers 401 to a missing, foreign or expired token and 429 above the rate, both as `{"message": …}`."""
_LIST = """\
Lists the states of the days on which the caller has a contract at the point, the newest first, each with all its
versions: nothing is ever overwritten."""


class NoPartyError(PermissionError):
    """A token names no party of the registry, or is no ID token."""


class Exchange:
    """What one request was answered with, as far as a log may tell it; routes fill it in."""

    def __init__(self, app: Application) -> None:
        self.app = app
        self.told: dict[str, object] = {}


def caller_of(claims: Mapping[str, Any]) -> Caller:
    """Return who a token speaks for: the party that the seller set when it made the user.

    Only an ID token carries the party. Raises NoPartyError.
    """
    party_id = str(claims.get(PARTY_CLAIM, "")).strip()
    if claims.get("token_use") != "id" or not party_id:
        raise NoPartyError
    return Caller(party_id=party_id, subject=str(claims.get("sub", "")))


def routes() -> APIGatewayHttpResolver:
    """Make the resolver; each request finds its Exchange in the resolver's context."""
    resolver = APIGatewayHttpResolver(enable_validation=True, response_validation_error_http_code=500)
    _problems(resolver)
    _submitting(resolver)
    _listing(resolver)
    return resolver


def openapi_document() -> str:
    """Write the API's OpenAPI 3.1 document as JSON, the same bytes every time."""
    schema: dict[str, Any] = json.loads(
        routes().get_openapi_json_schema(
            title="kWit: portal odbiorcy",
            version="1.0.0",
            description=_ABOUT,
            security_schemes={
                "token": HTTPBearer(bearerFormat="JWT", description="An ID token of the portal.")
            },
            security=[{"token": []}],
        )
    )
    _drop_foreign_answers(schema)
    return json.dumps(schema, ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def _drop_foreign_answers(schema: dict[str, Any]) -> None:
    """Take out the form in which Powertools would answer malformed requests: kWit answers them itself."""
    for operation in (one for path in schema["paths"].values() for one in path.values()):
        answers = operation["responses"]
        if "HTTPValidationError" in json.dumps(answers.get("422", {})):
            del answers["422"]
        told = {"schema": {"$ref": "#/components/schemas/ProblemOut"}}
        answers["500"] = {"description": _REFUSALS["s500"][1], "content": {"application/json": told}}
    for name in ("HTTPValidationError", "ValidationError", "ResponseValidationError"):
        schema["components"]["schemas"].pop(name, None)


def problem(status: HTTPStatus, code: str, message: str, *, field: str = "") -> Response[Any]:
    """Answer why a request is not served."""
    body = ProblemOut(code=code, message=message, field=field).model_dump_json()
    return Response(int(status), content_type="application/json", body=body)


def _answers(**models: tuple[type[BaseModel], str]) -> Any:
    """Describe answers for the OpenAPI document: s201=(model, description)."""
    return {
        int(name[1:]): {"description": text, "content": {"application/json": {"model": model}}}
        for name, (model, text) in models.items()
    }


_REFUSALS = {
    "s400": (ProblemOut, "The request is not well formed."),
    "s403": (ProblemOut, "The token names no customer."),
    "s404": (ProblemOut, "There is no such point among the caller's."),
    "s413": (ProblemOut, "The body is too long."),
    "s500": (ProblemOut, "Something failed; the same request may be sent again."),
}


def _submitting(resolver: APIGatewayHttpResolver) -> None:
    @resolver.post(
        READINGS_PATH,
        summary="Submit a reading",
        description=_SUBMIT,
        operation_id="submitReading",
        status_code=201,
        response_description="Accepted and kept.",
        responses=_answers(
            s201=(AnswerOut, "Accepted and kept."),
            s409=(AnswerOut, "Needs confirmation; nothing is kept."),
            s422=(AnswerOut, "Implausible; nothing is kept."),
            **_REFUSALS,
        ),
    )
    def submit_reading(
        ppe: Annotated[str, Path(description="The code of the metering point: 18 digits.")],
        reading: Annotated[ReadingIn, Body()],
        idempotency_key: Annotated[
            str,
            Header(
                alias="Idempotency-Key",
                max_length=128,
                description="The caller's own name for this submission; without it the content names it.",
            ),
        ] = "",
    ) -> Response[AnswerOut]:
        exchange: Exchange = resolver.context["exchange"]
        caller = caller_of(resolver.current_event.request_context.authorizer.jwt_claim)
        said = reading.said(ppe=_point(ppe), key=idempotency_key)
        app = exchange.app
        held = days_held(app.registry.contracts_at(said.ppe), party_id=caller.party_id)
        answer = submit(said=said, caller=caller, held=held, counter=_counter(app), known_at=app.now())
        exchange.told = {"outcome": str(answer.outcome), "codes": list(answer.codes)}
        return Response(
            int(_STATUS[answer.outcome]), content_type="application/json", body=answer_out(answer)
        )


def _listing(resolver: APIGatewayHttpResolver) -> None:
    @resolver.get(
        READINGS_PATH,
        summary="See the last readings",
        description=_LIST,
        operation_id="lastReadings",
        response_description="A page of the list.",
        responses=_answers(s200=(PageOut, "A page of the list."), **_REFUSALS),
    )
    def list_readings(
        ppe: Annotated[str, Path(description="The code of the metering point: 18 digits.")],
        limit: Annotated[int, Query(ge=1, le=100, description="States on a page.")] = 20,
        after: Annotated[str, Query(max_length=400, description="`next` of the page before.")] = "",
    ) -> Response[PageOut]:
        exchange: Exchange = resolver.context["exchange"]
        caller = caller_of(resolver.current_event.request_context.authorizer.jwt_claim)
        point = _point(ppe)
        app = exchange.app
        held = days_held(app.registry.contracts_at(point), party_id=caller.party_id)
        page = last_readings(
            ppe=point,
            readings=app.readings.registers(point) if held else (),
            held=held,
            limit=limit,
            after=place_of(after) if after else None,
        )
        exchange.told = {"outcome": "listed", "states": len(page.states)}
        return Response(200, content_type="application/json", body=page_out(point, page))


def _counter(app: Application) -> Counter:
    """Wire a submission; it stands apart from the application, because reading rows needs a layer of its own."""
    submissions = DynamoSubmissions(app.readings.table)
    return Counter(app.directory, app.readings, submissions, app.reading_terms, app.correction_desk)


def _point(ppe: str) -> str:
    try:
        return point_code(ppe)
    except PointCodeError:
        # A point that cannot be is answered as one that is not the caller's.
        raise PointNotHeldError(ppe) from None


def _problems(resolver: APIGatewayHttpResolver) -> None:
    """Answer what the routes raise; anything else is the function's to answer."""
    on: Callable[..., Callable[[Callable[[Any], Response[Any]]], object]] = resolver.exception_handler
    on([PointNotHeldError, NotFoundError])(_not_found)
    on([RequestValidationError, RequestUnsupportedContentType])(_not_well_formed)
    for kind, (status, code, message) in _PROBLEMS.items():
        on(kind)(partial(_known_problem, status, code, message))


_PROBLEMS: Mapping[type[Exception], tuple[HTTPStatus, str, str]] = {
    NoPartyError: (HTTPStatus.FORBIDDEN, "no_party", "Token nie wskazuje odbiorcy."),
    BadCursorError: (HTTPStatus.BAD_REQUEST, "bad_cursor", "Wartość after nie pochodzi z tej listy."),
    ResponseValidationError: (HTTPStatus.INTERNAL_SERVER_ERROR, "failed", FAILED),
    KeyReusedError: (
        HTTPStatus.BAD_REQUEST,
        "idempotency_key_reused",
        "Pod tym Idempotency-Key przyjęto już inny odczyt.",
    ),
}


def _known_problem(status: HTTPStatus, code: str, message: str, _error: Exception) -> Response[Any]:
    return problem(status, code, message)


def _not_found(_error: Exception) -> Response[Any]:
    return problem(HTTPStatus.NOT_FOUND, "not_found", "Nie ma takiego punktu ani takiej strony.")


def _not_well_formed(error: RequestValidationError) -> Response[Any]:
    first = error.errors()[0]
    place = ".".join(str(part) for part in first["loc"] if part != "body")
    code = "not_json" if first["type"] == "json_invalid" else "bad_request"
    sentence = "Zapytanie nie ma wymaganej postaci; zob. opis OpenAPI."
    return problem(HTTPStatus.BAD_REQUEST, code, sentence, field="" if code == "not_json" else place)
