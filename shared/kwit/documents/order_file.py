"""Orders about issued documents as files, so that a team can work without a shell."""

from collections.abc import Mapping
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from kwit.intake.findings import Finding, Severity
from kwit.tariffs.yaml_file import read_yaml


class DocumentOrder(BaseModel):
    """What a person asks for (zlecenie do dokumentów).

    `resubmit` names documents, by number, that KSeF refused and that are to be sent there again, made anew; `resend`
    names those whose e-mail is to be sent once more, `resend_to` the same with the address for each; `lift` those
    whose payer's address may be written to again; `settle` names tasks about documents, by id, that are done with.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: Literal["kwit/document-order/1"]
    by: str = Field(min_length=1)
    resubmit: tuple[str, ...] = ()
    resend: tuple[str, ...] = ()
    resend_to: Mapping[str, str] = Field(default_factory=dict)
    lift: tuple[str, ...] = ()
    settle: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _something(self) -> "DocumentOrder":
        if not any((self.resubmit, self.resend, self.resend_to, self.lift, self.settle)):
            raise ValueError("the order asks for nothing")
        return self


def read_document_order(content: bytes) -> DocumentOrder | list[Finding]:
    """Read an order, or name every error in it."""
    read = read_yaml(content)
    if read.findings:
        return [Finding("not_yaml", Severity.REJECT, one.polish, row=one.line or 0) for one in read.findings]
    try:
        return DocumentOrder.model_validate(read.data)
    except ValidationError as error:
        return [
            Finding(
                "bad_field",
                Severity.REJECT,
                f"Pole {'.'.join(map(str, one['loc'])) or 'pliku'}: {one['msg']}.",
                column=".".join(map(str, one["loc"])),
            )
            for one in error.errors(include_url=False, include_context=False)
        ]
