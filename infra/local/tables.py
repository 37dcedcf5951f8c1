"""Print what came out, as tables a person reads in a minute."""

from decimal import Decimal

from rich.console import Console
from rich.table import Table

from infra.local.findings import published_bills
from infra.local.outcome import Outcome
from kwit.aws.cost import AwsPrices, read_prices


def print_outcome(console: Console, outcome: Outcome) -> None:
    """Print the run, the published bills, the functions' work and what an invoice costs."""
    console.print()
    _run(console, outcome)
    _published(console, outcome)
    _functions(console, outcome)


def _run(console: Console, outcome: Outcome) -> None:
    report = outcome.report
    if not report:
        return
    table = Table(title=f"Billing run {report['run_id']}", title_justify="left", show_header=False)
    table.add_column(style="dim")
    table.add_column()
    money, energy = report["money"], report["energy"]
    table.add_row("contracts due", str(report["contracts_due"]))
    table.add_row("billed", f"{report['drafts']} documents, run {outcome.run_status}")
    for hold in report["holds"]:
        table.add_row("held", f"{hold['contract_no']}  {hold['detail'][:90]}")
    table.add_row("net / VAT / gross", f"{money['net']} / {money['vat']} / {money['gross']} zł")
    rounding = f"{energy['rounding_wh'] / 1000:.3f} kWh of rounding".replace("-0.000", "0.000")
    held = f"{energy['wh_held'] // 1000} kWh held"
    table.add_row(
        "energy",
        f"{energy['wh_read'] // 1000} kWh read = {energy['kwh_billed']} billed + {held} + {rounding}",
    )
    table.add_row("certificate", "balances" if report["balances"] else f"faults: {report['faults']}")
    console.print(table)


def _published(console: Console, outcome: Outcome) -> None:
    table = Table(title="Published bills against billed (net / VAT / gross, zł)", title_justify="left")
    for head in ("bill", "published", "billed", ""):
        table.add_column(head)
    for name, published, billed in published_bills(outcome):
        equal = "[green]equal to the grosz[/green]" if published == billed else "[red]differs[/red]"
        table.add_row(name, " / ".join(published), " / ".join(billed), equal)
    console.print(table)


def _functions(console: Console, outcome: Outcome) -> None:
    prices = read_prices()
    table = Table(title="Work by function", title_justify="left")
    for head in ("function", "invocations", "records", "ms", "AWS calls", "WRU", "RRU", "USD"):
        table.add_column(head, justify="left" if head == "function" else "right")
    for name, use in outcome.use.items():
        row = (use.invocations, use.records, use.milliseconds, sum(use.calls.values()))
        cells = [str(value) for value in row]
        table.add_row(name, *cells, f"{use.write_units:f}", f"{use.read_units:f}", f"{use.usd(prices):.6f}")
    table.add_section()
    usd = sum((use.usd(prices) for use in outcome.use.values()), Decimal(0))
    calls = sum(sum(use.calls.values()) for use in outcome.use.values())
    table.add_row("all", "", "", "", str(calls), "", "", f"{usd:.6f}")
    console.print(table)
    console.print(cost_sentence(outcome, prices))
    stages = ", ".join(f"{name} {seconds:.1f} s" for name, seconds in outcome.stages)
    console.print(f"[dim]Time: {stages}[/dim]")


def cost_sentence(outcome: Outcome, prices: AwsPrices) -> str:
    """Say what an invoice costs, by the functions' own figures and dated list prices."""
    count = len(outcome.documents)
    if not count:
        return "No invoice, no cost per invoice."
    usd = sum((use.usd(prices) for use in outcome.use.values()), Decimal(0)) / count
    mail = sum((use.mail_usd(prices) for use in outcome.use.values()), Decimal(0)) / count
    return (
        f"Estimated cost per invoice: {usd * 1_000_000:.0f} USD a million before e-mail, "
        f"{(usd + mail) * 1_000_000:.0f} with it, imports of the month included "
        f"(list prices of {prices.as_of}; cold starts of this machine counted as time)."
    )
