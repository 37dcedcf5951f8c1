"""Orders about issued documents as files, so that a team can work without a shell."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from kwit.intake.findings import Finding, Severity
from kwit.tariffs.yaml_file import read_yaml

MOST_ORDERED = 1000
"""How many things one order may ask for: all of them are done within one invocation."""

_Name = Annotated[str, Field(min_length=1, max_length=256)]


class DocumentOrder(BaseModel):
    """What a person asks for (zlecenie do dokumentów).

    `resubmit` names documents, by number, that KSeF refused and that are to be sent there again, made anew; `resend`
    names those whose e-mail is to be sent once more, `resend_to` the same with the address for each; `lift` those
    whose payer's address may be written to again; `settle` names tasks about documents, by id, that are done with.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: Literal["kwit/document-order/1"]
    by: str = Field(min_length=1)
    resubmit: tuple[_Name, ...] = ()
    resend: tuple[_Name, ...] = ()
    resend_to: Mapping[_Name, _Name] = Field(default_factory=dict)
    lift: tuple[_Name, ...] = ()
    settle: tuple[_Name, ...] = ()

    @model_validator(mode="after")
    def _something(self) -> "DocumentOrder":
        asked = sum(map(len, (self.resubmit, self.resend, self.resend_to, self.lift, self.settle)))
        if not asked:
            raise ValueError("the order asks for nothing")
        if asked > MOST_ORDERED:
            raise ValueError(f"the order asks for {asked} things, at most {MOST_ORDERED} go in one file")
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
