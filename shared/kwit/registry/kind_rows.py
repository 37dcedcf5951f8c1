"""Kinds of contracts (rodzaje umów) in a row: the words for them, and which columns go with each kind."""

from kwit.intake.table import RowReader
from kwit.registry.records import Contract, ContractKind

CONTRACT_KINDS = {
    "comprehensive": ContractKind.COMPREHENSIVE, "kompleksowa": ContractKind.COMPREHENSIVE,
    "umowa kompleksowa": ContractKind.COMPREHENSIVE,
    "sale": ContractKind.SALE, "sprzedaz": ContractKind.SALE, "sprzedazy": ContractKind.SALE,
    "umowa sprzedazy": ContractKind.SALE,
    "distribution": ContractKind.DISTRIBUTION, "dystrybucja": ContractKind.DISTRIBUTION,
    "dystrybucyjna": ContractKind.DISTRIBUTION, "dystrybucji": ContractKind.DISTRIBUTION,
    "connection": ContractKind.CONNECTION, "przylaczenie": ContractKind.CONNECTION,
    "o przylaczenie": ContractKind.CONNECTION, "umowa o przylaczenie": ContractKind.CONNECTION,
    "gud": ContractKind.FRAMEWORK_SALE, "framework sale": ContractKind.FRAMEWORK_SALE,
    "gud k": ContractKind.FRAMEWORK_COMPREHENSIVE, "gudk": ContractKind.FRAMEWORK_COMPREHENSIVE,
    "framework comprehensive": ContractKind.FRAMEWORK_COMPREHENSIVE,
    "gud k ze sprzedawca": ContractKind.FRAMEWORK_SELLER, "gudk ze sprzedawca": ContractKind.FRAMEWORK_SELLER,
    "ramowa ze sprzedawca": ContractKind.FRAMEWORK_SELLER, "framework seller": ContractKind.FRAMEWORK_SELLER,
}  # fmt: skip

OPENS_A_NETWORK = frozenset({ContractKind.FRAMEWORK_SALE, ContractKind.FRAMEWORK_COMPREHENSIVE})
"""Framework contracts with a distributor, which let a seller sell in its network."""


def required_by(kind: ContractKind, reader: RowReader, key: str) -> str:
    """Return the text of a column that contracts need which bill something; framework contracts bill nothing."""
    return reader.text(key) if kind.is_framework else reader.required(key)


def check_kind(reader: RowReader, contract: Contract) -> None:
    """Reject a row whose columns do not go with the kind of its contract."""
    if contract.kind in OPENS_A_NETWORK:
        reader.required("distributor")
    elif contract.distributor:
        sentence = "Operatora podaje się tylko w umowie GUD albo GUD-K; inne umowy mają go w punkcie."
        reader.reject("not_of_this_kind", "distributor", sentence)
    if contract.framework_no and contract.kind is not ContractKind.DISTRIBUTION:
        sentence = "Umowę ramową podaje się tylko w umowie o świadczenie usług dystrybucji."
        reader.reject("not_of_this_kind", "framework_no", sentence)
    if contract.kind.is_framework and contract.ppe:
        reader.reject("not_of_this_kind", "ppe", "Umowa ramowa nie ma punktu poboru.")
    if contract.kind is ContractKind.CONNECTION and contract.fixed_cycle is not None:
        sentence = "Umowa o przyłączenie rozlicza tylko swoje opłaty; okres podaje się dla opłat umownych."
        reader.reject("not_of_this_kind", "fixed_cycle_months", sentence)
    if not contract.kind.settles_point and contract.forecast is not None:
        sentence = "Prognozy wystawia się tylko do umów, które rozliczają punkt poboru."
        reader.reject("not_of_this_kind", "forecast_months", sentence)
    if not contract.kind.settles_point and contract.collective:
        sentence = "Na fakturze zbiorczej rozlicza się tylko umowy, które rozliczają punkt poboru."
        reader.reject("not_of_this_kind", "collective", sentence)
    if contract.kind is ContractKind.CONNECTION and contract.deposit is not None:
        sentence = "Umowa o przyłączenie nie rozlicza depozytu prosumenckiego."
        reader.reject("not_of_this_kind", "deposit", sentence)
