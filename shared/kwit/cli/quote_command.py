"""`kwit quote`: any printed bill from a scenario file, to the grosz, explained, or compared with another."""

import json
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from rich.console import Console

from kwit.cli.comparing import compared, differences
from kwit.cli.quote import Quote, quote, replace_list
from kwit.cli.quote_content import QuoteContent, quote_content
from kwit.cli.quote_output import comparison_table, difference_table, explanation, quote_table
from kwit.cli.scenario_file import Fault, LoadedScenario, load_scenario, shipped_versions

DIFFERENT, WRONG = 1, 2
_WIDE = 160


def quote_scenario(
    scenario: Annotated[Path, typer.Argument(help="A scenario, YAML or JSON.")],
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print the quote as JSON.")] = False,
    explain: Annotated[bool, typer.Option("--explain", help="Explain every line.")] = False,
    vs: Annotated[
        str, typer.Option("--vs", help="Compare with another scenario, or with a price list by its code.")
    ] = "",
) -> None:
    """Work out a bill from a scenario: every line, its VAT, the totals and what is to be paid.

    Ends with 0 when all is well, 1 when a figure is not the expected one, 2 when the scenario is wrong.
    """
    console = _console()
    loaded = load_scenario(scenario)
    content = _content(quote(loaded))
    expect = loaded.scenario.expect if loaded.scenario else None
    found = differences(content, expect) if expect else []
    if vs:
        other = _content(quote(_other(loaded, vs)))
        rows = compared(content, other)
        if as_json:
            _print_json([one.figures() for one in rows])
        else:
            console.print(comparison_table(rows, first=loaded.name, second=Path(vs).name))
    elif as_json:
        _print_json(content.model_dump(mode="json"))
    else:
        console.print(explanation(content) if explain else quote_table(content))
    if found:
        _console(stderr=True).print(difference_table(found))
        raise typer.Exit(DIFFERENT)


def _console(*, stderr: bool = False) -> Console:
    """Make a console as wide as the terminal, and wide enough for a line of a bill where there is none."""
    console = Console(highlight=False, stderr=stderr)
    if not console.is_terminal:
        console.width = _WIDE
    return console


def _print_json(value: object) -> None:
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2))


def _content(quoted: Quote) -> QuoteContent:
    content = quote_content(quoted)
    if content is None:
        _refuse(quoted.faults)
    return content


def _other(loaded: LoadedScenario, name: str) -> LoadedScenario:
    if Path(name).exists():
        return load_scenario(Path(name))
    versions = shipped_versions(name)
    if not versions:
        _refuse([Fault(name, None, "--vs", "no such file, and no price list of kWit is called so")])
    return replace_list(loaded, versions)


def _refuse(faults: list[Fault] | tuple[Fault, ...]) -> NoReturn:
    for fault in faults:
        typer.echo(str(fault), err=True)
    raise typer.Exit(WRONG)
