"""The seller's side of the distributors' account agrees with the documents it comes from."""

import csv
import dataclasses
import io
from decimal import Decimal

from kwit.market.distribution import COLUMNS, distributor_statements, statements_csv
from tests.billing import samples


def test_every_distribution_line_stands_in_its_distributor_s_statement() -> None:
    documents = [samples.document("U/1"), samples.document("U/2", number="FV/2026/04/000002")]
    (statement,) = distributor_statements(documents=documents)
    assert statement.distributor == "ENERGA-OPERATOR S.A."
    assert statement.net == 2 * Decimal("919.37")
    assert {one.document for one in statement.components} == {"FV/2026/04/000001", "FV/2026/04/000002"}
    assert "energy" not in {one.charge for one in statement.components}


def test_a_document_without_distribution_leaves_no_statement() -> None:
    bill = samples.bill_content()
    sale = bill.model_copy(update={"lines": tuple(line for line in bill.lines if line.section == "sale")})
    document = dataclasses.replace(samples.document(), content=sale.canonical())
    assert distributor_statements(documents=[document]) == []


def test_the_file_says_what_the_statement_says() -> None:
    statements = distributor_statements(documents=[samples.document()])
    content = statements_csv(statements)
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))
    assert tuple(rows[0]) == COLUMNS
    nets = [Decimal(row[COLUMNS.index("netto")].replace(",", ".")) for row in rows[1:]]
    assert sum(nets) == statements[0].net
    quality = next(row for row in rows if row[5] == "quality")
    assert quality[1:5] == ["590243000000000009", "G11", "2026-02-04", "2026-04-05"]
    assert quality[7:11] == ["2159", "kWh", "0,0332", "71,68"]
