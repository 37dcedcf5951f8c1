"""What the KSeF server takes as bodies of requests, no less strictly than the official description."""

import base64
import binascii
from typing import Annotated, Any, Literal, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel

from infra.local.ksef.answers import RefusalError


def _decoded(value: Any) -> bytes:
    if not isinstance(value, str):
        raise ValueError("base64 wanted")  # noqa: TRY004 - pydantic gathers ValueError alone
    try:
        return base64.b64decode(value, validate=True)
    except binascii.Error:
        raise ValueError("base64 wanted") from None


def _in_order(parts: "list[FilePart]") -> "list[FilePart]":
    if [one.ordinal_number for one in parts] != list(range(1, len(parts) + 1)):
        raise ValueError("ordinal numbers from 1 wanted")
    return parts


Base64 = Annotated[bytes, BeforeValidator(_decoded)]
Digest = Annotated[str, Field(pattern=r"^[A-Za-z0-9+/]{43}=$")]
Size = Annotated[int, Field(ge=1)]


class Body(BaseModel):
    """A body of a request: names in camel case, nothing converted, nothing beside."""

    model_config = ConfigDict(alias_generator=to_camel, extra="forbid", strict=True)


class Context(Body):
    """In whose name somebody logs in; this server knows firms by their NIP alone."""

    type: Literal["Nip"]
    value: Annotated[str, Field(pattern=r"^[1-9](\d[1-9]|[1-9]\d)\d{7}$")]


class TokenLogin(Body):
    """A login by token."""

    challenge: Annotated[str, Field(min_length=36, max_length=36)]
    context_identifier: Context
    encrypted_token: Base64
    public_key_id: Digest | None = None
    authorization_policy: dict[str, Any] | None = None


class FormCode(Body):
    """The schema of a session's invoices; this server takes FA(3) alone."""

    system_code: Literal["FA (3)"]
    schema_version: Literal["1-0E"]
    value: Literal["FA"]


class Encryption(Body):
    """The key of a session, encrypted with the Ministry's."""

    encrypted_symmetric_key: Base64
    initialization_vector: Base64
    public_key_id: Digest | None = None


class OpenOnline(Body):
    """The opening of an online session."""

    form_code: FormCode
    encryption: Encryption


class FilePart(Body):
    """A part of a package, as it will come: encrypted."""

    ordinal_number: Size
    file_size: Size
    file_hash: Digest


class PackageFile(Body):
    """A package: its size and hash before encryption, and its parts."""

    file_size: Annotated[int, Field(ge=1, le=5_000_000_000)]
    file_hash: Digest
    file_parts: Annotated[list[FilePart], Field(min_length=1), AfterValidator(_in_order)]
    compression_type: Literal["Zip"] | None = None


class OpenBatch(OpenOnline):
    """The opening of a batch session."""

    batch_file: PackageFile
    offline_mode: bool = False


class SendInvoice(Body):
    """An invoice for an online session."""

    invoice_hash: Digest
    invoice_size: Size
    encrypted_invoice_hash: Digest
    encrypted_invoice_size: Size
    encrypted_invoice_content: Base64
    offline_mode: bool = False
    hash_of_corrected_invoice: Digest | None = None


_B = TypeVar("_B", bound=Body)


def read_body(kind: type[_B], sent: bytes) -> _B:
    """Return a request's body. Raises RefusalError (21405)."""
    try:
        return kind.model_validate_json(sent)
    except ValidationError as error:
        faults = [f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors()]
        raise RefusalError(21405, *faults) from None
