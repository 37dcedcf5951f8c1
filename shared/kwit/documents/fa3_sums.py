"""Whether a structured invoice adds up: KSeF does not look at that, so nothing here refuses a file."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from lxml import etree

from kwit.documents.fa3_elements import NAMESPACE
from kwit.kernel.money import ZERO, total

_VAT_OF_NET = {f"P_13_{number}": f"P_14_{number}" for number in range(1, 6)}
_OTHER_NETS = ("P_13_6_1", "P_13_6_2", "P_13_6_3", "P_13_7", "P_13_8", "P_13_9", "P_13_10", "P_13_11")
_NET_OF_RATE = {
    "23": "P_13_1", "22": "P_13_1", "8": "P_13_2", "7": "P_13_2", "5": "P_13_3", "4": "P_13_4", "3": "P_13_4",
    "0 KR": "P_13_6_1", "0 WDT": "P_13_6_2", "0 EX": "P_13_6_3", "zw": "P_13_7", "np I": "P_13_8", "np II": "P_13_9",
    "oo": "P_13_10",
}  # fmt: skip
_OF_WHOLE_LINES = frozenset({"VAT", "KOR", "UPR"})


@dataclass(frozen=True, slots=True)
class Fa3Finding:
    """What is wrong with a structured invoice, and where: a line of the file, 0 for the whole.

    What does not `refuse` is worth a look, but KSeF takes it: it adds nothing up.
    """

    code: str
    line: int
    sentence: str
    refuses: bool = True


def of_sums(root: etree._Element) -> list[Fa3Finding]:
    """Name the sums of a valid invoice that do not add up: net and VAT to the gross, lines to net, what is to pay.

    Lines are added where the invoice bills what they say, not an advance on it or the rest after advances.
    """
    invoice = root.find(_spaced("Fa"))
    if invoice is None:
        return []
    return [*_of_gross(invoice), *_of_lines(invoice), *_of_settlement(invoice)]


def _of_gross(invoice: etree._Element) -> Iterator[Fa3Finding]:
    nets = [_amount(invoice, name) for name in (*_VAT_OF_NET, *_OTHER_NETS)]
    vats = [_amount(invoice, name) for name in _VAT_OF_NET.values()]
    gross, added = _amount(invoice, "P_15"), total(nets) + total(vats)
    if added != gross and any(nets) and not _kind(invoice).startswith(("ZAL", "KOR_ZAL")):
        yield _finding(invoice, "totals", "P_15", f"netto i VAT to {added}, a P_15 mówi {gross}")


def _of_lines(invoice: etree._Element) -> Iterator[Fa3Finding]:
    lines = invoice.findall(_spaced("FaWiersz"))
    rates = [_text(line, "P_12") for line in lines]
    if _kind(invoice) not in _OF_WHOLE_LINES or not all(_text(line, "P_11") for line in lines) or not lines:
        return
    if not all(rate in _NET_OF_RATE for rate in rates):
        return
    found = dict.fromkeys(_NET_OF_RATE.values(), ZERO)
    for line, rate in zip(lines, rates, strict=True):
        net = _amount(line, "P_11")
        found[_NET_OF_RATE[rate]] += -net if _text(line, "StanPrzed") else net
    for name, added in found.items():
        net_told = _amount(invoice, name)
        if added != net_told:
            yield _finding(
                invoice, "lines", name, f"wiersze to razem {added} netto, a {name} mówi {net_told}"
            )


def _of_settlement(invoice: etree._Element) -> Iterator[Fa3Finding]:
    settlement = invoice.find(_spaced("Rozliczenie"))
    if settlement is None:
        return
    rest = _amount(invoice, "P_15")
    for name, sum_name, sign in (("Obciazenia", "SumaObciazen", 1), ("Odliczenia", "SumaOdliczen", -1)):
        added = total(_amount(one, "Kwota") for one in settlement.findall(_spaced(name)))
        sum_told = _amount(settlement, sum_name)
        rest += sign * added
        if added != sum_told:
            sentence = f"{name} to {added}, a {sum_name} mówi {sum_told}"
            yield _finding(settlement, "settlement", sum_name, sentence)
    name = "DoRozliczenia" if _text(settlement, "DoRozliczenia") else "DoZaplaty"
    sign = -1 if name == "DoRozliczenia" else 1
    if _text(settlement, name) and sign * _amount(settlement, name) != rest:
        sentence = f"P_15 z rozliczeniem to {rest}, a {name} mówi {_amount(settlement, name)}"
        yield _finding(settlement, "settlement", name, sentence)


def _finding(parent: etree._Element, code: str, name: str, sentence: str) -> Fa3Finding:
    found = parent.find(_spaced(name))
    line = (found if found is not None else parent).sourceline or 0
    return Fa3Finding(code, line, sentence, refuses=False)


def _spaced(name: str) -> str:
    return f"{{{NAMESPACE}}}{name}"


def _kind(invoice: etree._Element) -> str:
    return _text(invoice, "RodzajFaktury")


def _text(parent: etree._Element, name: str) -> str:
    return str(parent.findtext(_spaced(name), ""))


def _amount(parent: etree._Element, name: str) -> Decimal:
    text = _text(parent, name)
    try:
        return Decimal(text) if text else ZERO
    except InvalidOperation:
        return ZERO
