"""Framework contracts (umowy ramowe) behind a bill: a seller needs a GUD, or a GUD-K, with the distributor.

A sale contract rests on the general distribution contract of its seller with the distributor (GUD), a comprehensive
one on the GUD-K, a distribution contract on the GUD-K that it names. Without one in force over the period nothing is
billed where the settings ask for the check.
"""

from collections.abc import Sequence

from kwit.billing.case import Case
from kwit.billing.drafts import Hold, HoldCode
from kwit.billing.due import Group
from kwit.billing.holds import hold
from kwit.kernel.time import Period
from kwit.registry.company import CompanySettings
from kwit.registry.holding import days_covered
from kwit.registry.ports import RegistryStore
from kwit.registry.records import Contract, ContractKind, MeteringPoint

NEEDED = {
    ContractKind.SALE: ContractKind.FRAMEWORK_SALE,
    ContractKind.COMPREHENSIVE: ContractKind.FRAMEWORK_COMPREHENSIVE,
    ContractKind.DISTRIBUTION: ContractKind.FRAMEWORK_SELLER,
}
"""Which framework contract each kind rests on: distribution, only where it names one."""
_NAMES = {
    ContractKind.FRAMEWORK_SALE: "GUD",
    ContractKind.FRAMEWORK_COMPREHENSIVE: "GUD-K",
    ContractKind.FRAMEWORK_SELLER: "GUD-K with a seller",
}


def frameworks_of(
    *, contracts: Sequence[Contract], point: MeteringPoint, registry: RegistryStore
) -> tuple[Contract, ...]:
    """Return all versions of the framework contracts that a contract may rest on."""
    found: list[Contract] = []
    if any(one.kind in {ContractKind.SALE, ContractKind.COMPREHENSIVE} for one in contracts):
        found += registry.frameworks_with(point.distributor)
    for number in sorted({one.framework_no for one in contracts if one.framework_no}):
        found += registry.contract(number)
    return tuple(found)


def framework_hold(*, case: Case, group: Group, settings: CompanySettings) -> Hold | None:
    """Hold what is due when no framework contract covers its days; None when one does, or none is needed."""
    if not group.parts:
        return None
    start, end = min(one.due.start for one in group.parts), max(one.due.end for one in group.parts)
    period = Period(start, end)
    return uncovered(case=case, contract=group.parts[0].contract, period=period, settings=settings)


def uncovered(*, case: Case, contract: Contract, period: Period, settings: CompanySettings) -> Hold | None:
    """Hold a period of a contract that no framework contract covers; None when one does, or none is needed."""
    if not settings.framework_check:
        return None
    kind = NEEDED.get(contract.kind)
    own = case.point.distributor in settings.own_networks
    named = contract.framework_no
    if kind is None or (kind is ContractKind.FRAMEWORK_SELLER and not named) or (own and not named):
        return None

    def fits(one: Contract) -> bool:
        return one.kind is kind and (not named or one.contract_no == named)

    spans = days_covered(case.frameworks, by=fits)
    if any(span.start <= period.start and (span.end is None or period.end <= span.end) for span in spans):
        return None
    what = f"{_NAMES[kind]} {named}" if named else f"{_NAMES[kind]} with {case.point.distributor}"
    detail = f"{what} does not cover {period.start} to {period.end}"
    return hold(case.contract_no, period.start, period.end, HoldCode.FRAMEWORK_MISSING, detail)
