"""`kwit ptpiree detect`: a day-file profile from a distributor's own files, with the certainty of each part."""

from pathlib import Path
from typing import Annotated

import typer

from kwit.intake.findings import Severity
from kwit.metering.day_file import DayFileProfile, read_day_file
from kwit.metering.detecting import NoDayFilesError, propose_profile
from kwit.metering.profile_files import read_profile

UNCERTAIN, WRONG = 1, 2

ptpiree_app = typer.Typer(no_args_is_help=True, help="Day files (PTPiREE).")


@ptpiree_app.callback()
def _day_files() -> None:
    """Day files (PTPiREE)."""


@ptpiree_app.command("detect")
def detect(
    files: Annotated[list[Path], typer.Argument(exists=True, dir_okay=False, readable=True)],
    *,
    name: Annotated[str, typer.Option(help="The profile's name.")] = "detected",
) -> None:
    """Propose a profile from at least three different day files of one distributor.

    The profile goes to the standard output, the certainty of its parts beside it. Ends with 0 when the checksum
    is found, 1 when it is not certain, 2 when the files are no day files.
    """
    samples = {str(path): path.read_bytes() for path in files}
    try:
        proposal = propose_profile(samples, name=name)
    except NoDayFilesError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(WRONG) from error
    typer.echo(proposal.yaml, nl=False)
    for part in proposal.parts:
        typer.echo(f"{part.certainty:7} {part.name}: {part.why}", err=True)
    profile = read_profile(proposal.yaml.encode(), name=name)
    if isinstance(profile, DayFileProfile):
        for file, content in samples.items():
            _, findings = read_day_file(content=content, name=file, profile=profile)
            codes = [one.code for one in findings if one.severity is Severity.REJECT]
            typer.echo(f"{file}: {', '.join(codes) or 'reads'}", err=True)
    if not proposal.checksum_found:
        raise typer.Exit(UNCERTAIN)
