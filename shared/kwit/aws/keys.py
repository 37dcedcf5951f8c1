"""Every key of every table, in one place. docs/architecture.md prints this page as a table.

Partitions stay small (some hundred items): nothing that grows with the number of contracts shares one.
"""

import hashlib
from datetime import date, datetime

from kwit.kernel.identifiers import spread
from kwit.kernel.provenance import Source

PARTITIONS_OF_CONTRACTS = 64
PARTITIONS_OF_REMARKS = 16
PARTITIONS_OF_TASKS = 16

LISTED = "\u001f"
"""What stands between a listed contract's number and its version; no number has such a sign."""

AFTER_ALL = "~"
"""A sort key's end behind every hash and number."""

Key = tuple[str, str]


def settings_version(valid_from: date, known_at: datetime, version: str) -> Key:
    """Registry: a version of the company settings."""
    return "SETTINGS", f"V#{valid_from.isoformat()}#{known_at.isoformat()}#{version[:12]}"


def price_list(code: str) -> str:
    """Registry: the partition of a price list's versions."""
    return f"PRICELIST#{code}"


def price_list_version(code: str, valid_from: date, known_at: datetime, version: str) -> Key:
    """Registry: a version of a price list."""
    return price_list(code), f"V#{valid_from.isoformat()}#{known_at.isoformat()}#{version[:12]}"


def profile_version(known_at: datetime, version: str) -> Key:
    """Registry: a version of a dropped profile of readings, in the order they became known (UTC)."""
    return "PROFILES", f"V#{known_at.isoformat(timespec='microseconds')}#{version[:12]}"


def party(party_id: str) -> str:
    """Registry: the partition of a party's versions."""
    return f"PARTY#{party_id}"


def point(ppe: str) -> str:
    """Registry: the partition of a metering point: its versions, meters and contracts."""
    return f"POINT#{ppe}"


def meter_number(meter_no: str) -> str:
    """Registry: the partition that lists the points a meter ever stood at."""
    return f"METERNO#{meter_no}"


def contract(contract_no: str) -> str:
    """Registry: the partition of a contract's versions."""
    return f"CONTRACT#{contract_no}"


def distributor(name: str) -> str:
    """Registry: the partition that lists the framework contracts with a distributor."""
    return f"DISTRIBUTOR#{name}"


def collective_account(account: str) -> str:
    """Registry: the partition that lists the contracts that ever were on a collective account."""
    return f"COLLECTIVE#{account}"


def contract_events(contract_no: str) -> str:
    """Registry: the partition of a contract's events."""
    return f"EVENTS#{contract_no}"


def version(kind: str, valid_from: date, known_at: datetime, source: Source) -> str:
    """Registry: the sort key of a record's version; file and row tell versions of one instant apart."""
    origin = f"{source.content_hash[:12]}#{source.row:07d}"
    return f"{kind}#V#{valid_from.isoformat()}#{known_at.isoformat()}#{origin}"


def contract_index(partition: int) -> str:
    """Registry: one of the partitions that list the versions of all contracts."""
    return f"CONTRACTS#{partition:02d}"


def contract_partition(contract_no: str) -> int:
    """Tell which of the listing partitions a contract number stands in."""
    return hashlib.sha256(contract_no.encode()).digest()[0] % PARTITIONS_OF_CONTRACTS


def import_record(content_hash: str) -> Key:
    """Registry: what was said of a dropped file."""
    return f"IMPORT#{content_hash}", "IMPORT"


def import_part(content_hash: str, part: int) -> Key:
    """Registry: a further part of what was said of a dropped file."""
    return f"IMPORT#{content_hash}", f"PART#{part:04d}"


def cut_file(cut_id: str) -> Key:
    """Registry: a long file that was cut into parts, and how many of them are in."""
    return f"CUT#{cut_id}", "CUT"


def part_done(cut_id: str, part: int) -> Key:
    """Registry: the mark of a part that is in."""
    return f"CUT#{cut_id}", f"DONE#{part:04d}"


def register_readings(ppe: str) -> str:
    """Readings: the partition of a point's register states."""
    return f"PPE#{ppe}"


def shelf(month: str, number: int) -> str:
    """Readings: the partition of the interval days of a month (YYYY-MM) on one shelf of points."""
    return f"DAYS#{month}#{number:04d}"


def own_days(ppe: str) -> str:
    """Readings: how the sort keys of all items that hold days of one point alone begin."""
    return f"P#{ppe}#"


def packed_days(ppe: str, register: str, digest: str) -> str:
    """Readings: the sort key of packed days of one register, kept for good."""
    return f"{own_days(ppe)}M#{register}#{digest}"


def loose_days(ppe: str, digest: str) -> str:
    """Readings: the sort key of days of one point as they arrived."""
    return f"{own_days(ppe)}D#{digest}"


def days_of_many(day: date, digest: str = "") -> str:
    """Readings: the sort key of one day of several points of a shelf as it arrived."""
    return f"G#{day.isoformat()}#{digest}"


def remark_list(partition: int) -> str:
    """Readings: one of the partitions that list the open remarks of collectors."""
    return f"REMARKS#{partition:02d}"


def open_remark(ppe: str, day: date, remark_id: str) -> Key:
    """Readings: an open remark of a collector."""
    partition = spread(ppe, ways=PARTITIONS_OF_REMARKS)
    return remark_list(partition), f"{ppe}#{day.isoformat()}#{remark_id}"


def remark(remark_id: str) -> Key:
    """Readings: a remark of a collector, and what settled it."""
    return f"REMARK#{remark_id}", "REMARK"


def task_list(partition: int) -> str:
    """Readings: one of the partitions that list the open tasks for correction."""
    return f"TASKS#{partition:02d}"


def task_partition(ppe: str) -> int:
    """Tell which of the listing partitions the tasks of a point stand in."""
    return hashlib.sha256(ppe.encode()).digest()[0] % PARTITIONS_OF_TASKS


def task(ppe: str, boundary: date, task_id: str) -> Key:
    """Readings: an open task for correction."""
    return task_list(task_partition(ppe)), f"{ppe}#{boundary.isoformat()}#{task_id}"


def settled_task(task_id: str) -> Key:
    """Readings: a task for correction that was settled, and by what."""
    return f"TASK#{task_id}", "SETTLED"


def submission(submission_id: str) -> Key:
    """Readings: a customer's submission that was accepted."""
    return f"SUBMISSION#{submission_id}", "SUBMISSION"


def run(run_id: str) -> Key:
    """Billing: a run."""
    return f"RUN#{run_id}", "RUN"


def chunk(run_id: str, plan: str, number: int) -> Key:
    """Billing: the contracts of a chunk of a plan."""
    return f"RUN#{run_id}", f"CHUNK#{plan}#{number:06d}"


def chunk_result(run_id: str, number: int) -> Key:
    """Billing: what came of a chunk."""
    return f"RUN#{run_id}", f"RESULT#{number:06d}"


def approval(run_id: str, number: int) -> Key:
    """Billing: who approved which drafts of a run."""
    return f"RUN#{run_id}", f"APPROVAL#{number:04d}"


def issue(run_id: str, approval_number: int) -> Key:
    """Billing: under which date the drafts of an approval are issued."""
    return f"RUN#{run_id}", f"ISSUE#{approval_number:04d}"


def batch(run_id: str, plan: str, number: int) -> Key:
    """Billing: approved drafts in order, under the hash of all batches of their approval."""
    return f"RUN#{run_id}", f"BATCH#{plan}#{number:09d}"


def batch_done(run_id: str, number: int) -> Key:
    """Billing: what the documents of an issued batch add up to."""
    return f"RUN#{run_id}", f"BATCHDONE#{number:09d}"


def diff_parts(run_id: str, against: str) -> str:
    """Billing: the partition of the parts of a diff."""
    return f"DIFF#{run_id}#{against}"


def diff_part(run_id: str, against: str, chunk_number: int) -> Key:
    """Billing: what came of comparing a chunk."""
    return diff_parts(run_id, against), f"PART#{chunk_number:06d}"


def draft(run_id: str, chunk_number: int, document_id: str, content_hash: str) -> Key:
    """Billing: a draft; attempts at a chunk that found other inputs stand beside each other."""
    return f"DRAFTS#{run_id}#{chunk_number:06d}", f"{document_id}#{content_hash[:16]}"


def cursor(contract_no: str) -> Key:
    """Billing: up to which day a contract is billed."""
    return f"CURSOR#{contract_no}", "CURSOR"


def series(prefix: str) -> Key:
    """Documents: the counter of a number series."""
    return f"SERIES#{prefix}", "COUNTER"


def day(issue_date: date) -> str:
    """Documents: the partition of the blocks and packages of a day."""
    return f"DAY#{issue_date.isoformat()}"


def block(issue_date: date, run_id: str, number: int) -> Key:
    """Documents: a number block."""
    return day(issue_date), f"BLOCK#{run_id}#{number:06d}"


def package(issue_date: date, package_id: str) -> Key:
    """Documents: a package of postings that was handed over."""
    return day(issue_date), f"PACKAGE#{package_id}"


def written_package(issue_date: date, package_id: str) -> Key:
    """Documents: the mark that a package's file was written."""
    return day(issue_date), f"WRITTEN#{package_id}"


def package_of_block(issue_date: date, run_id: str, number: int) -> Key:
    """Documents: the mark that a block's postings belong to a package."""
    return day(issue_date), f"PACKED#{run_id}#{number:06d}"


def document(document_id: str) -> Key:
    """Documents: an issued document."""
    return f"DOC#{document_id}", "DOC"


def contract_documents(contract_no: str) -> str:
    """Documents: the partition that lists a contract's issued documents."""
    return f"CONTRACTDOCS#{contract_no}"


def contract_document(contract_no: str, issue_date: date, document_id: str) -> Key:
    """Documents: an issued document in the list of its contract."""
    return contract_documents(contract_no), f"{issue_date.isoformat()}#{document_id}"


def numbered(document_number: str) -> Key:
    """Documents: which document bears a number."""
    return f"NUMBER#{document_number}", "NUMBER"


def issued_note(document_id: str) -> Key:
    """Documents: the mark that the note which a row of an order asks for is issued."""
    return f"DOC#{document_id}", "NOTE"


def chain(original: str) -> Key:
    """Documents: the mark of the last document in the chain of corrections of an original."""
    return f"DOC#{original}", "CHAIN"


def rendered(document_id: str) -> Key:
    """Documents: where the PDF of a document lies."""
    return f"DOC#{document_id}", "PDF"


def mail(document_id: str) -> Key:
    """Documents: the one e-mail of a document."""
    return f"DOC#{document_id}", "MAIL"


PARTITIONS_OF_FILINGS = 16


def filing(document_id: str) -> Key:
    """Documents: where a document stands with KSeF."""
    return f"DOC#{document_id}", "KSEF"


def filing_partition(document_id: str) -> int:
    """Return the partition of the lists of filings that a document belongs to."""
    return hashlib.sha256(document_id.encode()).digest()[0] % PARTITIONS_OF_FILINGS


def open_filings(partition: int) -> str:
    """Documents: a partition of the list of filings that are not finished."""
    return f"KSEFOPEN#{partition:02d}"


def open_filing(document_id: str) -> Key:
    """Documents: a filing in the list of those that are not finished."""
    return open_filings(filing_partition(document_id)), document_id


def new_ksef_numbers(partition: int) -> str:
    """Documents: a partition of the list of numbers of KSeF that no export has told yet."""
    return f"KSEFNEW#{partition:02d}"


def new_ksef_number(document_id: str) -> Key:
    """Documents: a number of KSeF that no export has told yet."""
    return new_ksef_numbers(filing_partition(document_id)), document_id


DOCUMENT_TASKS = "DOCTASKS"
"""Documents: the partition of the open tasks about documents."""


def document_task(task_id: str) -> Key:
    """Documents: an open task about a document."""
    return DOCUMENT_TASKS, task_id


def settled_document_task(task_id: str) -> Key:
    """Documents: the mark that a task about a document was settled."""
    return f"DOCTASK#{task_id}", "SETTLED"


def mail_notices(document_id: str) -> tuple[str, str]:
    """Documents: the partition of what the mail system said of a document, and what its sort keys begin with."""
    return f"DOC#{document_id}", "MAILNOTICE#"


def mail_notice(document_id: str, at: datetime, kind: str, message_id: str) -> Key:
    """Documents: one thing that the mail system said of a document's e-mail."""
    partition, prefix = mail_notices(document_id)
    return partition, f"{prefix}{at.isoformat()}#{kind}#{message_id}"


SUPPRESSED = "SUPPRESSED#"


def suppressed(mark: str) -> Key:
    """Documents: the mark of an address that is not written to any more."""
    return f"{SUPPRESSED}{mark}", SUPPRESSED


PARTITIONS_OF_PRINTS = 16


def prints_wanted(partition: int) -> str:
    """Documents: a partition of the list of documents that are wanted on paper."""
    return f"PRINT#{partition:02d}"


def print_wanted(document_id: str) -> Key:
    """Documents: a document that is wanted on paper."""
    partition = hashlib.sha256(document_id.encode()).digest()[0] % PARTITIONS_OF_PRINTS
    return prints_wanted(partition), document_id


def printed(document_id: str) -> Key:
    """Documents: the mark that a document is bound to a package for print."""
    return f"DOC#{document_id}", "PRINT"


PRINT_PACKAGES = "PRINTPACKS"
"""Documents: the partition of packages for print that are bound and not yet written."""


def print_package(package_id: str) -> Key:
    """Documents: a package for print that is not yet written."""
    return PRINT_PACKAGES, package_id


def written_print_package(package_id: str) -> Key:
    """Documents: the mark that a package for print was written."""
    return f"PRINTPACK#{package_id}", "WRITTEN"
