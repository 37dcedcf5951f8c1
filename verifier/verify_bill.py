"""Check the arithmetic of bills, collective invoices, corrections and quotes of kWit by the standard library alone.

`python verify_bill.py FILE.json …` ends with 1 and names the first difference of each file.
"""
# ruff: noqa: INP001 - a script that stands alone is no package

import json
import sys
from collections import defaultdict
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from math import prod
from pathlib import Path

SETTLED = "forecast_settled"
UNITS, IMPORTS = {"MWh": 1000, "Mvarh": 1000, "MW": 1000}, ("import", "import_unbalanced")


class DifferenceError(Exception):
    """A figure is not what the others make it."""


def same(what, stated, computed):
    """Raise DifferenceError unless two figures are equal."""
    if stated != computed:
        raise DifferenceError(f"{what}: stated {stated}, computed {computed}")


def number(value):
    """Read a figure exactly."""
    return Decimal(str(value))


def half_up(exact, step="0.01"):
    """Round half up, away from zero, to the grosz or to `step`."""
    return exact.quantize(Decimal(step), rounding=ROUND_HALF_UP)


def net_of(rows, name="net"):
    """Add nets, or what else is named, up."""
    return sum((number(row[name]) for row in rows), Decimal(0))


def sums(row, net, vat):
    """Pair the stated net, VAT and gross of a row with those worked out."""
    return [number(row[name]) for name in ("net", "vat", "gross")], [net, vat, net + vat]


def vat_of(bill, lines):
    """Add up the VAT of lines: their own, or that of their net by rate."""
    if bill["vat_rounding"] == "line":
        return net_of(lines, "vat")
    rates = {number(line["vat_rate"]) for line in lines}
    parts = ((rate, [one for one in lines if number(one["vat_rate"]) == rate]) for rate in rates)
    return sum((half_up(net_of(part) * rate) for rate, part in parts), Decimal(0))


def charged(bill):
    """Return the lines that charge something, without those that take forecasts back."""
    return [line for line in bill["lines"] if line["rule"] != SETTLED]


def forecast_parts(bill, name, value):
    """Return the parts of the forecasts that a bill settles, where a field of them has a value."""
    parts = [part for one in bill.get("settled", ()) for part in one["parts"]]
    return [part for part in parts if (number(part[name]) if name == "rate" else part[name]) == value]


def verify_spans(bill):
    """Check that each span of use is the advance of its register, whose display may have rolled over once."""
    for index, span in ((index, one) for index, one in enumerate(bill["usage"]) if one["first"]):
        moved = (number(span["last"]["kwh"]) - number(span["first"]["kwh"])) * 1000 * span["multiplier"]
        rolled = [moved + 10**digits * 1000 * span["multiplier"] for digits in range(4, 13)]
        if moved >= 0 or span["wh"] not in rolled:
            same(f"usage[{index}].wh", span["wh"], moved)


def zone_energy(bill):
    """Check Wh and whole kWh of each zone; return whole kWh (kvarh) by quantity and zone."""
    if expected := bill.get("expected"):
        same("energy of a forecast", [bill["usage"], bill["energy"]], [[], []])
        return {
            (row["quantity"], row["zone"]): half_up(Decimal(row["wh"]) / 1000, "1")
            for row in expected["energy"]
        }
    wh, series = defaultdict(int), {span["quantity"] for span in bill["usage"] if span["first"] is None}
    for span in bill["usage"]:
        wh[span["quantity"], span["zone"]] += span["wh"]
    step = "0.001" if bill.get("kwh_digits") else "1"
    kwh = {key: half_up(Decimal(value) / 1000, step) for key, value in wh.items() if key[1]}
    for row in bill["energy"]:
        if (key := (row["quantity"], row["zone"]))[0] not in series:
            same(f"energy {key} wh", row["wh"], wh[key])
        same(f"energy {key} kwh", row["kwh"], half_up(Decimal(row["wh"]) / 1000, "1"))
        kwh[key] = half_up(Decimal(row["wh"]) / 1000, step)
    for name in series & {row["quantity"] for row in bill["energy"]}:
        rows = [row["wh"] for row in bill["energy"] if row["quantity"] == name]
        same(f"energy {name} wh", sum(rows), sum(value for (q, _), value in wh.items() if q == name))
    return kwh


def verify_quantities(bill):
    """Check that the lines of a charge over the whole period add up to the energy or months they rest on."""
    kwh, days, sums, covered = zone_energy(bill), defaultdict(int), defaultdict(Decimal), defaultdict(int)
    clocks = {one["clock"]: one["months"] for one in bill.get("clocks", ())}
    for line in charged(bill):
        days[key := (line["charge"], line["zone"], line["rule"], line.get("clock", ""))] += line["days"]
        sums[key] += number(line["quantity"]) * UNITS.get(line["unit"], 1)
        for one in (one for one in line.get("inputs", ()) if one["name"] == "covered_kwh"):
            covered[key] += int(one["value"])
    for (charge, zone, rule, clock), total in sums.items():
        months = clocks.get(clock, bill["months"])
        of = {q: sum(v for (p, z), v in kwh.items() if p == q and zone in {"", z}) for q, _ in kwh}
        used, gross = of.get("import", 0), of.get("import_unbalanced", 0)
        wanted = {
            "whole_kwh_of_zone": used - covered.get((charge, zone, rule, clock), 0),
            "active_energy_over_tg_phi0": used,
            "whole_kwh_before_balancing": gross,
            "whole_kwh_balanced_off": gross - used,
            "all_kvarh": of.get("reactive_capacitive", 0),
            "months_started": -(-Fraction(months) // 1),
        }.get(rule)
        mine = {one["of_days"] for one in charged(bill) if one.get("clock", "") == clock}
        whole = {days[charge, zone, rule, clock]} == mine
        if wanted is not None and (whole or total > wanted):
            same(f"quantity of {charge} {zone}", total, wanted)
        off = 2 * abs(Fraction(total) - Fraction(months)) >= 1
        if off and rule in {"months_by_days", "months_thirtieths"}:
            same(f"months of {charge}", total, months)
    for row in bill.get("covered", ()):
        told = {value for key, value in covered.items() if key[1] == row["zone"]} or {0}
        same(f"covered {row['zone']}", {row["kwh"]}, told)


def verify_lines(bill):
    """Check net and VAT of each line, and what an event is counted from."""
    for index, line in enumerate(bill["lines"]):
        what, quantity = f"lines[{index}] {line['charge']}", number(line["quantity"])
        told = {one["name"]: one["value"] for one in line.get("inputs", ())}
        if "beyond" in told:
            same(f"{what} quantity", quantity, max(number(told["given"]) - number(told["beyond"]), 0))
        if "contracted_kw" in told:
            kw = number(told["events"]) * number(told["contracted_kw"])
            same(f"{what} quantity", quantity * UNITS.get(line["unit"], 1), kw)
        factors = [number(line["price"]), *(number(factor["value"]) for factor in line.get("factors", ()))]
        same(f"{what} net", net := number(line["net"]), half_up(quantity * prod(factors)))
        vat = str(half_up(net * number(line["vat_rate"]))) if bill["vat_rounding"] == "line" else None
        if line["rule"] != SETTLED:
            same(f"{what} vat", line["vat"], vat)


def share_of(bill, rate):
    """Return what a part of a collective invoice bears of a rate's VAT beyond its own rounding."""
    return net_of((one for one in bill.get("vat_shares", ()) if number(one["rate"]) == number(rate)), "vat")


def verify_totals(bill):
    """Check sections, the rows of the VAT summary and the document's totals."""
    same("vat_rounding", {bill["vat_rounding"]} - {"line", "section", "document"}, set())
    by_section, by_rate = defaultdict(list), defaultdict(list)
    for line in charged(bill):
        by_section[line["section"]].append(line)
        by_rate[number(line["vat_rate"])].append(line)
    back = [part for one in bill.get("settled", ()) for part in one["parts"]]
    sections, rates = ({part["section"] for part in back}, {number(part["rate"]) for part in back})
    same("sections", sorted(row["section"] for row in bill["sections"]), sorted({*by_section, *sections}))
    for row, lines in ((row, by_section[row["section"]]) for row in bill["sections"]):
        taken = forecast_parts(bill, "section", row["section"])
        net, vat = net_of(lines) - net_of(taken), vat_of(bill, lines) - net_of(taken, "vat")
        same(f"section {row['section']}", *sums(row, net, vat))
    same("VAT rates", sorted(number(row["rate"]) for row in bill["vat_rows"]), sorted({*by_rate, *rates}))
    for row, lines in ((row, by_rate[number(row["rate"])]) for row in bill["vat_rows"]):
        parts = [[one for one in lines if one["section"] == name] for name in by_section]
        parts = parts if bill["vat_rounding"] == "section" else [lines]
        taken = forecast_parts(bill, "rate", number(row["rate"]))
        vat = sum(vat_of(bill, part) for part in parts) - net_of(taken, "vat") + share_of(bill, row["rate"])
        same(f"VAT row {row['rate']}", *sums(row, net_of(lines) - net_of(taken), vat))
    same("document", *sums(bill, net_of(bill["vat_rows"]), net_of(bill["vat_rows"], "vat")))


def verify_forecasts(bill):
    """Check that the lines which take forecasts back take back, by rate, what the forecasts of the list invoiced."""
    lines = [line for line in bill["lines"] if line["rule"] == SETTLED]
    for rate in sorted({number(line["vat_rate"]) for line in lines}):
        mine = [line for line in lines if number(line["vat_rate"]) == rate]
        taken = forecast_parts(bill, "rate", rate)
        figures = [-net_of(taken), -net_of(taken, "vat")]
        same(f"forecasts settled at {rate}", [net_of(mine), net_of(mine, "vat")], figures)
    names = [one["document_id"] for one in bill.get("settled", ())]
    same("forecasts settled", len(names), len(set(names)))
    same(
        "forecasts taken back",
        bool(lines),
        bool([part for one in bill.get("settled", ()) for part in one["parts"]]),
    )


def verify_excise(bill):
    """Check the excise told as information: on the import before balancing where there is one."""
    if (excise := bill["excise"]) is not None:
        of = {name: [r["kwh"] for r in bill["energy"] if r["quantity"] == name] for name in IMPORTS}
        kwh = sum(of["import_unbalanced"] or of["import"])
        worth = [kwh, half_up(kwh * number(excise["rate_per_mwh"]) / 1000)]
        same("excise", [excise["kwh"], number(excise["amount"])], worth)


def verify_deposit(bill):
    """Check what energy fed in is worth, what it pays, what ends, and what is left to be paid."""
    deposit, paid = bill.get("deposit"), Decimal(0)
    if deposit is not None:
        for month in deposit["months"]:
            product = number(month["kwh"]) * number(month["price"])
            amount = number(month["amount"]) if month["by_intervals"] else product
            worth = [amount, half_up(amount * number(month["factor"]))]
            same(f"deposit {month['month']}", [number(month["amount"]), number(month["value"])], worth)
        names = {*deposit["pays_charges"], *deposit["pays_sections"]}
        lines = [one for one in charged(bill) if names & {one["charge"], one["section"]}]
        limit = max(net_of(lines) + vat_of(bill, lines), Decimal(0))
        available = number(deposit["opening"]) + net_of(deposit["months"], "value")
        left = available - (used := max(min(available, limit), Decimal(0)))
        figures = [number(deposit[name]) for name in ("limit", "available", "used", "left")]
        same("deposit limit, available, used, left", figures, [limit, available, used, left])
        refund, lost = (net_of(deposit["lapsed"], name) for name in ("refund", "forfeited"))
        ends = [net_of(deposit["lots"], "left"), net_of(deposit["lapsed"], "left")]
        same("deposit lots, lapsed", ends, [left, refund + lost])
        paid = used + refund
    same("payable", number(bill.get("payable") or bill["gross"]), number(bill["gross"]) - paid)


def verify(bill):
    """Check a whole bill. Raises DifferenceError naming the first figure that does not hold."""
    checks = (
        verify_quantities,
        verify_spans,
        verify_lines,
        verify_totals,
        verify_forecasts,
        verify_excise,
        verify_deposit,
    )
    for check in checks:
        check(bill)


def verify_collective(one):
    """Check every bill of a collective invoice, their sums, and that VAT on the document is rounded once."""
    bills = [part["bill"] for part in one["parts"]]
    for bill in bills:
        verify(bill)
        same("payer", bill["payer"]["party_id"], one["payer"]["party_id"])
    for name in ("net", "vat", "gross"):
        same(name, number(one[name]), net_of(bills, name))
        same(f"{name} of VAT rows", net_of(one["vat_rows"], name), number(one[name]))
    same("due", number(one["due"]), sum(number(bill.get("payable") or bill["gross"]) for bill in bills))
    same("contracts", len({bill["contract_no"] for bill in bills}), len(bills))
    for row in one["vat_rows"]:
        rate, once = number(row["rate"]), Decimal(0)
        mine = [(bill, part) for bill in bills for part in bill["vat_rows"] if number(part["rate"]) == rate]
        same(f"VAT row {rate}", *sums(row, net_of(p for _, p in mine), net_of((p for _, p in mine), "vat")))
        together = [(bill, part) for bill, part in mine if bill["vat_rounding"] == "document"]
        for bill, part in together:
            once += number(part["net"]) + net_of(forecast_parts(bill, "rate", rate))
        back = sum(net_of(forecast_parts(bill, "rate", rate), "vat") for bill, _ in together)
        same(
            f"VAT of {rate} on the document",
            net_of((p for _, p in together), "vat"),
            half_up(once * rate) - back,
        )


def verify_correction(one):
    """Check both bills of a correction, and that its differences are theirs by line, rate of VAT and cause."""
    before, after = one["before"], one["after"]
    verify(before)
    verify(after)
    for name in ("net", "vat", "gross"):
        difference = number(after[name]) - number(before[name])
        same(f"difference of {name}", number(one[name]), difference)
        same(f"{name} of causes", net_of(one["causes"], name), difference)
        same(f"{name} of VAT rows", net_of(one["vat_rows"], name), difference)
    for line in one["lines"]:
        old, new = (bill["lines"][line[key]]["net"] if line[key] is not None else 0 for bill, key in
                    ((before, "before"), (after, "after")))  # fmt: skip
        same("difference of a line", number(line["net"]), number(new) - number(old))
    same("net of lines", net_of(one["lines"]), number(one["net"]))


def main(names):
    """Check files, one sentence each; return the exit code."""
    code = int(not names)
    for name in names:
        told = "every figure holds"
        try:
            content = json.loads(Path(name).read_text(encoding="utf-8"))
            kinds = {"before": verify_correction, "parts": verify_collective}
            next((check for name, check in kinds.items() if name in content), verify)(content)
        except (
            DifferenceError,
            AttributeError,
            LookupError,
            TypeError,
            ValueError,
            ArithmeticError,
            OSError,
        ) as error:
            code, told = 1, f"{type(error).__name__}: {error}"
        print(f"{name}: {told}")
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
