"""Which contracts a correction run looks at, and where in each it begins.

Asked for are the contracts that are named, those whose bills rest on a named price list, those of named documents,
or, without any of these, those with open tasks for correction. Looking starts at the first bill concerned, or at
the first that was corrected before, because what a corrected bill hands on stands on the cursor only.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from kwit.billing.case import Case
from kwit.billing.chains import Chain, DocumentsMissingError, chains_of
from kwit.billing.content import parse_content
from kwit.billing.correcting import Correcting, Corrections, correct_contract
from kwit.billing.corrects import TaskRef
from kwit.billing.drafts import DocumentKind, Hold, HoldCode, Run, RunOrder
from kwit.billing.holds import hold
from kwit.billing.one_bill import Billing
from kwit.billing.ports import IssuedStore, RunStore, SettingsStore
from kwit.kernel.time import Period
from kwit.metering.ports import ReadingStore, TaskStore
from kwit.metering.readings import ReadingKind
from kwit.metering.tasks import Cause, CorrectionTask
from kwit.metering.usage import current_states
from kwit.registry.ports import RegistryStore
from kwit.registry.records import timeline


class DocumentNumbersUnknownError(LookupError):
    """An order names documents that nobody issued; carries their numbers."""

    def __init__(self, numbers: Sequence[str]) -> None:
        super().__init__(f"no such documents: {', '.join(numbers)}")
        self.numbers = tuple(numbers)


class CorrectionStoresMissingError(LookupError):
    """A correction run was asked of somebody who has no issued documents at hand; carries the run's id."""

    def __init__(self, run_id: str) -> None:
        super().__init__(f"run {run_id} corrects documents, and none can be reached from here")
        self.run_id = run_id


@dataclass(frozen=True, slots=True)
class CorrectionStores:
    """The stores that corrections need beside those of a run: issued documents and tasks."""

    issued: IssuedStore
    tasks: TaskStore


def contracts_to_correct(*, order: RunOrder, registry: RegistryStore, stores: CorrectionStores) -> list[str]:
    """List, sorted, the numbers of the contracts that an order for corrections concerns.

    Raises DocumentNumbersUnknownError.
    """
    found = set(order.contracts)
    owners = {number: stores.issued.contracts_of(number) for number in order.documents}
    unknown = [number for number, contracts in owners.items() if not contracts]
    if unknown:
        raise DocumentNumbersUnknownError(unknown)
    found |= {contract_no for contracts in owners.values() for contract_no in contracts}
    if order.price_lists or order.groups:
        found |= {no for no in registry.contract_numbers() if _concerned(no, order, registry)}
    if not (order.contracts or order.documents or order.price_lists or order.groups):
        found = {task.contract_no for task in stores.tasks.open_tasks()}
    return sorted(found)


def _concerned(contract_no: str, order: RunOrder, registry: RegistryStore) -> bool:
    """Tell whether a contract ever was of a group and rested on a price list that the order names."""
    versions = timeline(registry.contract(contract_no))
    codes = {code for one in versions for code in one.price_lists}
    of_group = not order.groups or any(one.group in order.groups for one in versions)
    return of_group and (not order.price_lists or bool(codes & set(order.price_lists)))


def correct_one(
    *,
    case: Case,
    run: Run,
    runs: RunStore,
    settings: SettingsStore,
    readings: ReadingStore,
    billing: Billing,
    stores: CorrectionStores,
) -> Corrections:
    """Correct one contract of a run as far as its order asks.

    A contract without documents, with documents not kept yet, or with an estimate that still stands is held.
    """
    order, no = run.order, case.contract_no
    refused = _forecast_named(no, stores, order)
    if refused is not None:
        return Corrections(holds=(refused,))
    standing = runs.standing(no)
    if standing is None:
        return _nothing_to_correct(no, run)
    cursor = runs.cursor(no)
    if cursor is not None and cursor.apart:
        # What such bills handed on to each other stands on several clocks; rating them again one by one would
        # take the days of one clock for those of another.
        day = standing.billed_to
        return Corrections(holds=(hold(no, day, day, HoldCode.CLOCKS_APART, "its clocks stand apart"),))
    documents = stores.issued.issued(no)
    ends = stores.issued.chain_ends([one.document_id for one in documents])
    try:
        chains = chains_of(
            contract_no=no,
            since=case.contracts[0].billed_to,
            documents=documents,
            ends=ends,
            standing=standing,
        )
    except DocumentsMissingError as error:
        day = standing.billed_to
        return Corrections(holds=(hold(no, day, day, HoldCode.DOCUMENT_MISSING, error.missing),))
    refused = _cancels_settlement(no, chains, order)
    if refused is not None:
        return Corrections(holds=(refused,))
    tasks = [task for task in stores.tasks.tasks_of(case.point.ppe) if task.contract_no == no]
    first = _first_concerned(chains, order, tasks)
    if first is None:
        return _nothing_to_correct(no, run) if not chains else _none_concerned(no, run, chains, tasks)
    since = chains[first].now.start
    known = [task for task in tasks if task.start >= since and _is_known(task, case, readings)]
    standing_estimates = [task for task in known if _estimate_stands(task, case)]
    made = correct_contract(
        case=case,
        chains=chains,
        first=first,
        standing=standing,
        tasks=[task for task in known if task not in standing_estimates],
        by=Correcting(order, billing, settings.version, readings),
    )
    holds = tuple(_estimate_hold(task) for task in standing_estimates)
    return Corrections(made.drafts, made.holds + holds, made.without_difference)


def _forecast_named(contract_no: str, stores: CorrectionStores, order: RunOrder) -> Hold | None:
    """Refuse to correct a forecast: the bill that settles it makes it good."""
    numbers = set(order.documents)
    for one in stores.issued.issued(contract_no) if numbers else ():
        if one.number in numbers and one.kind is DocumentKind.FORECAST:
            days = parse_content(one.content)
            code = HoldCode.FORECAST_NOT_CORRECTED
            return hold(contract_no, days.start, days.end, code, one.number)
    return None


def _cancels_settlement(contract_no: str, chains: Sequence[Chain], order: RunOrder) -> Hold | None:
    """Refuse to cancel a bill that settled forecasts: they would be open again, which no cursor says."""
    numbers = set(order.documents)
    for chain in chains:
        if order.cancel and chain.numbers & numbers and chain.now.settled:
            code, number = HoldCode.FORECASTS_SETTLED, chain.original.number
            return hold(contract_no, chain.now.start, chain.now.end, code, number)
    return None


def _nothing_to_correct(contract_no: str, run: Run) -> Corrections:
    if contract_no not in run.order.contracts:
        return Corrections()
    day = run.business_date
    return Corrections(holds=(hold(contract_no, day, day, HoldCode.NO_DOCUMENTS, "nothing was ever billed"),))


def _none_concerned(
    contract_no: str, run: Run, chains: Sequence[Chain], tasks: Sequence[CorrectionTask]
) -> Corrections:
    """Say of a named document that it is no bill; settle tasks of days that no bill stands for any more."""
    day = chains[-1].now.end
    if run.order.documents:
        detail = "a released bill, or no bill at all"
        return Corrections(holds=(hold(contract_no, day, day, HoldCode.DOCUMENT_UNKNOWN, detail),))
    if _by_tasks(run.order):
        return Corrections(without_difference=tuple(TaskRef(task.ppe, task.task_id) for task in tasks))
    return Corrections()


def _by_tasks(order: RunOrder) -> bool:
    return not (order.contracts or order.groups or order.price_lists or order.documents)


def _first_concerned(chains: Sequence[Chain], order: RunOrder, tasks: Sequence[CorrectionTask]) -> int | None:
    """Return the index of the first bill to look at, None when the order concerns none."""
    codes, numbers = set(order.price_lists), set(order.documents)
    since = min((task.start for task in tasks), default=None)

    def concerned(chain: Chain) -> bool:
        if numbers:
            return bool(chain.numbers & numbers)
        if codes:
            return any(one.code in codes for one in chain.now.price_lists)
        return not _by_tasks(order) or (since is not None and since < chain.now.end)

    found = [index for index, chain in enumerate(chains) if concerned(chain)]
    if not found:
        return None
    corrected = [index for index, chain in enumerate(chains) if chain.corrected]
    return min([found[0], *corrected])


def _is_known(task: CorrectionTask, case: Case, readings: ReadingStore) -> bool:
    """Tell whether the readings hold the change that a task is about.

    Tasks are filed before the readings of their drop are stored, so one may be here before its change is.
    """
    known = {(one.known_at, str(one.source)) for one in case.states}
    if not task.meter_no:
        days = readings.intervals(task.ppe, period=Period(task.start, task.end))
        known |= {(one.known_at, str(one.source)) for one in days}
    return (task.known_at, task.source) in known


def _estimate_stands(task: CorrectionTask, case: Case) -> bool:
    """Tell whether an invoiced estimate that a reading has shown to be wrong is still the state that counts."""
    if task.cause is not Cause.ACTUAL_AFTER_ESTIMATE or not task.meter_no:
        return False
    key = (task.meter_no, task.register, task.boundary)
    counting = [
        one for one in current_states(case.states) if (one.meter_no, one.register, one.boundary) == key
    ]
    return any(one.kind is ReadingKind.ESTIMATED and one.state_wh != task.after_wh for one in counting)


def _estimate_hold(task: CorrectionTask) -> Hold:
    detail = f"{task.meter_no}/{task.register} on {task.boundary}: estimated {task.before_wh} Wh, now {task.after_wh}"
    return hold(task.contract_no, task.start, task.end, HoldCode.ESTIMATE_STANDS, detail)


def settle_tasks(*, refs: Sequence[TaskRef], by: str, tasks: TaskStore) -> None:
    """Settle tasks by name; those that are settled already stay as they are."""
    wanted = {ref.task_id for ref in refs}
    for ppe in dict.fromkeys(ref.ppe for ref in refs):
        for task in tasks.tasks_of(ppe):
            if task.task_id in wanted:
                tasks.settle(task, by=by)


def settled_by_run(run_id: str, day: date) -> str:
    """Write by what a task was settled that needs no correction."""
    return f"przebieg {run_id} z {day.isoformat()}: przeliczenie bez różnicy"
