"""What the KSeF server for tests answers: JSON, files, and faults in the shapes of the official description."""

import json
import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer of HTTP."""

    status: int
    body: bytes = b""
    content_type: str = "application/json; charset=utf-8"
    headers: dict[str, str] = field(default_factory=dict)


def of_json(body: Any, *, status: int = 200) -> Answer:
    """Answer with JSON."""
    return Answer(status, json.dumps(body, ensure_ascii=False).encode())


def of_file(content: bytes, digest: str) -> Answer:
    """Answer with an XML file and its hash beside it."""
    return Answer(200, content, "application/xml", {"x-ms-meta-hash": digest})


class FaultError(Exception):
    """A request is not done; carries the status of HTTP."""

    def __init__(self, status: int, title: str) -> None:
        super().__init__(f"{status} {title}")
        self.status = status
        self.title = title

    def answer(self, *, path: str, problem_details: bool) -> Answer:  # noqa: ARG002 - not all have two shapes
        """Return the answer that tells it; `problem_details` asks for the newer of the two shapes some have."""
        body = {"title": self.title, "status": self.status, "detail": self.title, "timestamp": _now()}
        return _problem(body, path)


class RefusalError(FaultError):
    """KSeF refuses a request (400); carries its code, the description of the code and details."""

    def __init__(self, code: int, *details: str) -> None:
        super().__init__(400, "Bad Request")
        self.code = code
        self.description = DESCRIPTIONS[code]
        self.details = list(details)

    def answer(self, *, path: str, problem_details: bool) -> Answer:
        """Return the old shape, or the new one when the request asked for it by `X-Error-Format`."""
        if problem_details:
            error = {"code": self.code, "description": self.description, "details": self.details}
            body = {
                "title": self.title,
                "status": self.status,
                "detail": "Żądanie jest nieprawidłowe.",
                "errors": [error],
                "timestamp": _now(),
                "traceId": secrets.token_hex(16),
            }
            return _problem(body, path)
        fault = {
            "exceptionCode": self.code,
            "exceptionDescription": self.description,
            "details": self.details,
        }
        return of_json({"exception": {"exceptionDetailList": [fault], "timestamp": _now()}}, status=400)


class BusyError(FaultError):
    """KSeF asks to be called later (429); carries seconds."""

    def __init__(self, seconds: int) -> None:
        super().__init__(429, "Too Many Requests")
        self.seconds = seconds

    def answer(self, *, path: str, problem_details: bool) -> Answer:  # noqa: ARG002 - the shape is the older one
        """Return the answer with `Retry-After`."""
        words = f"Przekroczono limit żądań. Spróbuj ponownie po {self.seconds} sekundach."
        status = {"code": 429, "description": self.title, "details": [words]}
        told = of_json({"status": status}, status=429)
        return Answer(429, told.body, told.content_type, {"Retry-After": str(self.seconds)})


class UnauthorisedError(FaultError):
    """The token is missing, unknown, over, or of another kind (401)."""

    def __init__(self) -> None:
        super().__init__(401, "Unauthorized")


class ForbiddenError(FaultError):
    """The token is good for something else (403)."""

    def __init__(self) -> None:
        super().__init__(403, "Forbidden")

    def answer(self, *, path: str, problem_details: bool) -> Answer:  # noqa: ARG002 - it has one shape
        """Return the answer with the reason."""
        body = {
            "title": self.title,
            "status": 403,
            "detail": "Brak dostępu do wskazanego zasobu.",
            "reasonCode": "insufficient-resource-access",
            "timestamp": _now(),
        }
        return _problem(body, path)


class DroppedError(Exception):
    """The connection is closed without an answer."""


DESCRIPTIONS = {
    9102: "Brak podpisu.",
    9105: "Nieprawidłowy podpis.",
    21001: "Nieczytelna treść.",
    21111: "Nieprawidłowe wyzwanie autoryzacyjne.",
    21115: "Nieprawidłowy certyfikat.",
    21155: "Przekroczono dozwoloną liczbę faktur w sesji.",
    21157: "Nieprawidłowy rozmiar części pakietu.",
    21161: "Przekroczono dozwoloną liczbę części pakietu.",
    21164: "Faktura o podanym identyfikatorze nie istnieje.",
    21165: "Faktura o podanym numerze KSeF nie jest jeszcze dostępna.",
    21166: "Korekta techniczna niedostępna.",
    21167: "Status faktury nie pozwala na korektę techniczną.",
    21173: "Brak sesji o wskazanym numerze referencyjnym.",
    21178: "Nie znaleziono UPO dla podanych kryteriów.",
    21180: "Status sesji nie pozwala na wykonanie operacji.",
    21205: "Pakiet nie może być pusty.",
    21301: "Brak autoryzacji.",
    21304: "Brak uwierzytelnienia.",
    21401: "Dokument nie jest zgodny ze schemą (xsd).",
    21402: "Nieprawidłowy rozmiar pliku.",
    21403: "Nieprawidłowy skrót pliku.",
    21405: "Błąd walidacji danych wejściowych.",
    21418: "Przekazany token kontynuacji ma nieprawidłowy format.",
    21470: "Przesłany identyfikator klucza jest nieznany lub wskazuje na wycofany klucz.",
}
"""The codes of refused requests, with the words that the official description has for them."""


def _problem(body: Json, path: str) -> Answer:
    told = of_json({**body, "instance": path}, status=body["status"])
    return Answer(told.status, told.body, "application/problem+json; charset=utf-8")


def _now() -> str:
    return datetime.now(UTC).isoformat()
