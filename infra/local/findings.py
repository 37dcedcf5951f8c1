"""What a finished demo must show; whatever it does not is named."""

import subprocess
import sys
from collections.abc import Iterator, Mapping
from decimal import Decimal

from events import portfolio
from infra.local import outcome as outcome_module
from infra.local.outcome import Outcome
from infra.local.synth import ROOT
from kwit.billing.drafts import DocumentKind
from kwit.ledger.postings import RECEIVABLE
from kwit.metering.tasks import Cause, task_sentence

EXPECTED_HOLDS = {
    "reading_missing": "the contract whose March reading never came",
    "price_missing": "the contract in a network whose fixed rates nobody has published to us",
    "amount_high": "the household whose reading is a hundred times too high",
}
CHANGED = task_sentence(Cause.CHANGED_AFTER_INVOICE)
_NO_MAIL = {"no_address", "wrong_address"}


def missing_of(outcome: Outcome) -> list[str]:
    """List everything that is not as it must be; an empty list is success."""
    checks = (
        _of_run,
        _of_documents,
        _of_collective,
        _of_corrections,
        _of_notes,
        _of_readings,
        _of_verifier,
        _of_replays,
        _of_published,
        _of_mails,
        _of_ksef,
        _of_postings,
        _of_exports,
        _of_results,
    )
    return [fault for check in checks for fault in check(outcome)]


def _of_run(outcome: Outcome) -> Iterator[str]:
    report = outcome.report
    if not report:
        yield "the run's report"
        return
    if outcome.run_status != "issued" or not report["balances"]:
        yield f"an issued run that balances: status {outcome.run_status}, faults {report['faults']}"
    if report["contracts_due"] != len(portfolio.customers()):
        yield f"{len(portfolio.customers())} contracts due: there are {report['contracts_due']}"
    codes = [hold["code"] for hold in report["holds"]]
    if sorted(codes) != sorted(EXPECTED_HOLDS):
        yield f"exactly the holds {sorted(EXPECTED_HOLDS)}: there are {sorted(codes)}"
    failed = {name: use.failed for name, use in outcome.use.items() if use.failed}
    if failed:
        yield f"functions without failures: {failed}"


def _of_documents(outcome: Outcome) -> Iterator[str]:
    if len(outcome.documents) != outcome.report.get("drafts"):
        yield f"a document for each of {outcome.report.get('drafts')} drafts: there are {len(outcome.documents)}"
    numbers = [document.number for document in outcome.documents]
    expected = [f"FV/2026/04/{ordinal:06d}" for ordinal in range(1, len(numbers) + 1)]
    if numbers != expected:
        yield "numbers without a gap from 1"
    issued = (*outcome.documents, *outcome.corrections, *outcome.notes)
    names = {one.number.replace("/", "-") for one in issued}
    if set(outcome.invoices) != names:
        yield f"a PDF for each document: {sorted(names ^ set(outcome.invoices))}"


def _of_collective(outcome: Outcome) -> Iterator[str]:
    """Look for the one invoice of the municipality, with the bills of its three contracts."""
    found = [one for one in outcome.documents if one.kind is DocumentKind.COLLECTIVE]
    contracts = [one.contracts() for one in found]
    if contracts != [portfolio.on_account()]:
        yield f"one collective invoice, of {portfolio.on_account()}: there are {contracts}"


def _of_corrections(outcome: Outcome) -> Iterator[str]:
    """Look for the one correction of the reading that changed after its invoice, and for what became of its task."""
    corrected = portfolio.corrected().contract_no
    found = [(one.contract_no, getattr(one.read(), "reason", "")) for one in outcome.corrections]
    if found != [(corrected, CHANGED)]:
        yield f"one correction, of {corrected}, for a changed reading: there are {len(found)}"
    numbers = [one.number for one in outcome.corrections]
    if numbers != ["FK/2026/04/000001"]:
        yield f"a series of its own for corrections: {numbers}"
    if outcome.open_tasks:
        yield f"every task for correction settled: {outcome.open_tasks} are open"


def _of_notes(outcome: Outcome) -> Iterator[str]:
    """Look for the two notes that a dropped file orders, in series of their own."""
    numbers = [one.number for one in outcome.notes]
    if numbers != ["NK/2026/000001", "NO/2026/000001"]:
        yield f"an accounting note and an interest note: {numbers}"


def _of_readings(outcome: Outcome) -> Iterator[str]:
    """Look for the bill on an estimate, and for the one on the reading that a person accepted."""
    bills = outcome.bills
    for customer in portfolio.customers():
        bill = bills.get(customer.contract_no)
        methods = {span.last.method for span in bill.usage if span.last} if bill else set()
        if customer.profile == portfolio.ESTIMATED and methods != {"previous_year"}:
            yield f"a bill of {customer.contract_no} on an estimate by the previous year: {sorted(methods)}"
        if customer.name == portfolio.DOUBTED and not any(
            span.last and span.last.source.startswith("korekty-") for span in (bill.usage if bill else ())
        ):
            yield f"a bill of {customer.contract_no} on the reading that a person accepted"


def _of_verifier(_: Outcome) -> Iterator[str]:
    """Have every bill checked by the verifier, which knows nothing of the engine."""
    bills = sorted(str(path) for path in (outcome_module.OUT / "bills").glob("*.json"))
    verifier = [sys.executable, "-I", str(ROOT / "verifier" / "verify_bill.py")]
    checked = subprocess.run([*verifier, *bills], capture_output=True, text=True, check=False)
    if checked.returncode or not bills:
        yield f"bills that the verifier agrees with: {checked.stdout or checked.stderr}"


def _of_replays(outcome: Outcome) -> Iterator[str]:
    for told in outcome.not_replayed:
        yield f"a document that comes out again from its evidence to the byte: {told}"


def _of_published(outcome: Outcome) -> Iterator[str]:
    for name, published, billed in published_bills(outcome):
        if published != billed:
            yield f"the published bill {name} to the grosz: {published} against {billed}"


def published_bills(outcome: Outcome) -> list[tuple[str, tuple[str, ...], tuple[str, ...]]]:
    """Return, for each published bill, its name, the published net, VAT and gross, and the billed ones."""
    by_contract = outcome.bills
    rows: list[tuple[str, tuple[str, ...], tuple[str, ...]]] = []
    for name, contract_no in portfolio.published_contracts().items():
        bill = by_contract.get(contract_no)
        billed = (str(bill.net), str(bill.vat), str(bill.gross)) if bill else ("–", "–", "–")
        rows.append((name, portfolio.PUBLISHED[name], billed))
    return rows


def _of_mails(outcome: Outcome) -> Iterator[str]:
    statuses = outcome.deliveries
    issued = [*outcome.documents, *outcome.corrections, *outcome.notes]
    undelivered = [one.number for one in issued if one.document_id not in statuses]
    if undelivered:
        yield f"a delivery for each document: none for {undelivered}"
    sent = [one for one in issued if statuses.get(one.document_id) not in _NO_MAIL]
    if len(outcome.mails) != len(sent):
        yield f"one e-mail for each of {len(sent)} documents with an address: there are {len(outcome.mails)}"
    found = set(statuses.values())
    if found != {"delivered", "bounced", "no_address"}:
        yield f"deliveries delivered, one bounced, one without an address: {sorted(found)}"


def _of_ksef(outcome: Outcome) -> Iterator[str]:
    """Say which of the documents of buyers with a NIP is not in KSeF, once, under the number that we keep."""
    issued = [*outcome.documents, *outcome.corrections]
    due = {one.number for one in issued if one.read().payer.nip}
    kept = {one.number: one.ksef_number for one in outcome.filings.values()}
    if not due or kept.keys() != due:
        yield f"a filing with KSeF for each of {sorted(due)}: there are {sorted(kept)}"
    if kept != outcome.in_ksef:
        yield f"the numbers of KSeF that we keep: {kept} against {outcome.in_ksef}"
    told = [path for path in outcome.exports if path.name.startswith("ksef-numbers-")]
    lines = sum(path.read_text(encoding="utf-8-sig").count("\n") - 1 for path in told)
    if lines != len(due):
        yield f"{len(due)} numbers of KSeF exported for the registers: there are {lines}"


def _of_postings(outcome: Outcome) -> Iterator[str]:
    debit = sum((_amount(row) for row in outcome.postings if row["strona"] == "Wn"), Decimal(0))
    credit = sum((_amount(row) for row in outcome.postings if row["strona"] == "Ma"), Decimal(0))
    owed = sum(
        (_amount(row) for row in outcome.postings if (row["strona"], row["klucz"]) == ("Wn", RECEIVABLE)),
        Decimal(0),
    )
    expected = outcome.gross + outcome.charged
    if not outcome.postings or debit != credit or owed != expected:
        yield f"postings that balance, {expected} zł owed: {owed}, debit {debit}, credit {credit}"


def _amount(row: Mapping[str, str]) -> Decimal:
    return Decimal(row["kwota"].replace(",", "."))


def _of_exports(outcome: Outcome) -> Iterator[str]:
    names = [path.name for path in outcome.exports]
    for prefix in ("postings-", "sales-", "distribution-", "run-", "ksef-numbers-", "print-"):
        if not any(name.startswith(prefix) for name in names):
            yield f"an export {prefix}…"


def _of_results(outcome: Outcome) -> Iterator[str]:
    hostile = {one.key: one for one in outcome.dropped.hostile}
    for key in [*outcome.dropped.files, *hostile]:
        result = outcome.results.get(key)
        if result is None:
            yield f"a result beside {key}"
            continue
        codes = {finding["code"] for finding in result["findings"]}
        if key in hostile and not hostile[key].codes <= codes:
            yield f"{sorted(hostile[key].codes)} in the result of {key}: it has {sorted(codes)}"
        if key in outcome.dropped.again and result["accepted"]:
            yield f"nothing taken twice from {key}: {result['accepted']} rows were"
        sound = key not in hostile and key not in outcome.dropped.again
        if sound and result["status"] != "accepted":
            yield f"{key} accepted whole: {result['status']}"
