"""A connection contract without a point goes through a run, a release and a replay on the real tables."""

from dataclasses import replace

from kwit.aws.document_store import DynamoDocuments
from kwit.aws.reading_store import DynamoReadings
from kwit.aws.registry_store import DynamoRegistry
from kwit.aws.run_store import DynamoRuns
from kwit.aws.table import Table
from kwit.aws.task_store import DynamoTasks
from kwit.billing.drafts import DocumentKind, RunOrder
from tests.billing.memory_case import Company, party
from tests.billing.office import carry_out, order
from tests.billing.test_connections import NO, WORKS, connecting, fee, joining


def on_tables(tables: dict[str, Table]) -> Company:
    """Make the company of a connection contract on tables of moto."""
    one = connecting()
    kept = one.registry.contract(NO)[0]
    one.registry = DynamoRegistry(tables["registry"])  # type: ignore[assignment]  # the same port
    one.readings = DynamoReadings(tables["readings"])  # type: ignore[assignment]
    one.runs = DynamoRuns(tables["billing"])  # type: ignore[assignment]
    one.tasks = DynamoTasks(tables["readings"])  # type: ignore[assignment]
    one.documents = DynamoDocuments(tables["documents"], tables["billing"])  # type: ignore[assignment]
    price = replace(fee(WORKS), charge="joining", variant="")
    one.price_lists.added["joining"] = (joining("92.02"),)
    one.registry.put([replace(kept, price_lists=("joining",)), party(NO), price])
    return one


def test_it_is_billed_cancelled_and_billed_again(tables: dict[str, Table]) -> None:
    one = on_tables(tables)
    carry_out(one, WORKS)
    (first,) = one.documents.issued(NO)
    assert first.kind is DocumentKind.CONNECTION
    carry_out(one, WORKS, order(documents=(first.number,), cancel=True, release=True, by="ewa"))
    carry_out(one, WORKS, RunOrder(contracts=(NO,), by="ewa"))
    kinds = [document.kind for document in one.documents.issued(NO)]
    assert sorted(kinds) == [DocumentKind.CONNECTION, DocumentKind.CONNECTION, DocumentKind.CORRECTION]
