"""``provisioner import-csv``: manifests from a spreadsheet."""

from __future__ import annotations

from pathlib import Path

import click

from provisioner.cli.answering import answered
from provisioner.cli.context import Cli
from provisioner.cli.options import DIAGNOSTIC_FORMAT, with_options


@click.command(
    "import-csv",
    epilog="Example: provisioner -C acme import-csv people.csv --kind agents --on pbx --on inbox "
    "--map 'Staff no.=number' --map 'Birthday=' --secret 'password={KEY}_PIN'",
)
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--kind", required=True, metavar="KIND", help="What a row is: agents, supervisors, queues …")
@click.option(
    "--map",
    "maps",
    multiple=True,
    metavar="COLUMN=FIELD",
    help="The field that a column gives; FIELD@CONNECTION for one connection alone, COLUMN= to leave the column out.",
)
@click.option(
    "--on", multiple=True, metavar="CONNECTION", help="Where the rows live; default: as the manifests say. Repeatable."
)
@click.option(
    "--secret",
    "secrets",
    multiple=True,
    metavar="FIELD=VARIABLE",
    help="Take a secret field from an environment variable; {KEY} in its name stands for the row's key.",
)
@click.option(
    "--out",
    type=click.Path(),
    metavar="FILE",
    help="The manifest for what is new, in the tenant's folder; default: KIND.yaml. `-` for stdout.",
)
@click.option("--update", is_flag=True, help="Also change what is declared otherwise; nothing is ever taken out.")
@click.option("--encoding", metavar="NAME", help="How FILE is encoded; default: found out.")
@click.option("--delimiter", metavar="SIGN", help="A sign, or comma, semicolon, tab, pipe; default: found out.")
@with_options(DIAGNOSTIC_FORMAT)
@click.pass_obj
@answered
def import_csv(
    cli: Cli,
    file: Path,
    kind: str,
    maps: tuple[str, ...],
    on: tuple[str, ...],
    secrets: tuple[str, ...],
    out: str | None,
    encoding: str | None,
    delimiter: str | None,
    format_: str,
    *,
    update: bool,
) -> int:
    """Declare the rows of FILE, a table with a header, in a manifest.

    A column is known by the name of its field, in any case ("First name", "E-mail"); an empty cell declares nothing.
    All that is wrong with any cell is told in one run, as file:row:column, and then nothing is written. A row that is
    declared already is an error where it says something else, unless `--update` is given; so the same file can be
    imported again.
    """
    from provisioner.cli.importing_csv import ImportCsv
    from provisioner.plan.columns import Mapped
    from provisioner.plan.intake import Asked

    asked = Asked(kind, tuple(map(Mapped.parse, maps)), on, _templates(secrets), update)
    return ImportCsv(cli, file, asked, out or f"{kind}.yaml", encoding, _delimiter(delimiter), format_).run()


def _templates(secrets: tuple[str, ...]) -> dict[str, str]:
    import re

    from provisioner.errors import UsageError

    found = {}
    for text in secrets:
        field, _, template = text.partition("=")
        if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", template.replace("{KEY}", "K")):
            raise UsageError(
                f"`--secret {text}` names no field and variable",
                hint="write `--secret 'password={KEY}_PIN'`: letters, digits and `_`, and {KEY} for the row's key",
            )
        found[field.strip()] = template
    return found


def _delimiter(asked: str | None) -> str | None:
    from provisioner.errors import UsageError
    from provisioner.manifest.tables import DELIMITERS

    sign = DELIMITERS.get((asked or "").lower(), asked)
    if sign is not None and (len(sign) != 1 or sign in '"\r\n'):
        raise UsageError(f"`{asked}` is no delimiter", hint=f"one sign, or one of {', '.join(DELIMITERS)}")
    return sign
