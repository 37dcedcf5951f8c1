"""Which documents a company sends to KSeF, and how: a part of its settings."""

from datetime import date

from pydantic import BaseModel, ConfigDict, Field


class KsefSettings(BaseModel):
    """How documents become structured invoices (faktury ustrukturyzowane).

    `since` is the first day of issue from which documents go to KSeF. Buyers with a NIP always go there then;
    `households` says whether consumers' invoices go too (voluntary, art. 106gb ust. 4 VAT act). `offline24` lets an
    invoice that cannot be sent go out at once under the codes of art. 106nda; without it, or without a certificate
    for such codes, it waits for KSeF. From `batch_from` invoices of one block on, they are sent as one package.
    `attachments` adds readings and charges by period to energy invoices, which are sent in packages then; a company
    may choose it once it has told its tax office so (art. 106gba).
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    since: date
    households: bool = False
    offline24: bool = True
    batch_from: int = Field(default=10, ge=2, le=10_000)
    attachments: bool = False
