"""What the documents say is so: the README's tour runs as written, links lead somewhere, commands are all there."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from provisioner.cli.main import COMMANDS, cli
from provisioner.plan.desired import check
from provisioner.plan.guards import NAMES
from provisioner.vendors.loading import find_vendor
from tests.console import SERVES, free_port, says, shell, typed
from tests.field_tables import MANIFESTS, with_tables
from tests.vendor_pages import VENDORS, with_vendors

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")
DOCUMENTS = sorted(
    path
    for pattern in ("*.md", "docs/**/*.md", "examples/**/*.md", "plans/*.md")
    for path in ROOT.glob(pattern)
    if not any(part.startswith(".") for part in path.relative_to(ROOT).parts)
)
NAMED = [str(path.relative_to(ROOT)) for path in DOCUMENTS]

PORT = "8080"
"""The simulator's port in the README; a test takes a free one in its place."""

UNTOLD = {"busy", "capacity"}
"""Guards that no vendor here can trip."""


def test_the_readmes_tour_runs_as_it_is_written(tmp_path: Path) -> None:
    """Every command in order, from an empty folder, with the output and the exit codes that stand there."""
    port = str(free_port())
    commands = typed(README)
    environ = {name: value for name, value in os.environ.items() if name != "CI"}
    environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{environ['PATH']}"

    said = []
    with shell(tmp_path, environ) as opened:
        for number, command in enumerate(commands):
            line = command.command.replace(PORT, port)
            output, code = (opened.serve(line), 0) if line.startswith(SERVES) else opened.run(line)
            told = number + 1 < len(commands) and commands[number + 1].asks_code
            wrong = not says(command, output.replace(port, PORT)) or (code != 0 and not told)
            said += [f"$ {command.command}\n{output}[{code}]"] if wrong else []

    assert len(commands) > 10
    assert not said, "\n".join(said)


def test_the_picture_in_the_readme_is_a_plan() -> None:
    """The one that ``plans/`` holds."""
    file, picture = re.findall(r"<!-- (plans/\S+) -->\n```text\n(.*?)```", README, re.DOTALL)[0]

    assert picture == (ROOT / file).read_text("utf-8")


def commands_of(group: click.Group, above: tuple[str, ...] = ()) -> Iterator[tuple[str, click.Command]]:
    """Every command below a group, by what is typed."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        if isinstance(command, click.Group):
            yield from commands_of(command, (*above, name))
        else:
            yield " ".join((*above, name)), command


ALL = dict(commands_of(cli))


@pytest.mark.parametrize("name", ALL)
def test_a_command_has_help_with_an_example(name: str) -> None:
    """The example is of that command."""
    command = ALL[name]

    assert command.help
    assert re.search(rf"Example: provisioner( -C \S+)? {name}", command.epilog or "")


@pytest.mark.parametrize("name", ALL)
def test_an_option_has_help(name: str) -> None:
    """All of them but click's own, which brings its help along."""
    options = [item for item in ALL[name].params if isinstance(item, click.Option)]

    assert [item.name for item in options if not item.help] == []


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_stands_in_the_readme(name: str) -> None:
    """In the table of commands."""
    rows = re.findall(r"^\| (`.*?) \|", README, re.MULTILINE)

    assert any(re.match(rf"`{name}\b", row) for row in rows)


def test_the_readmes_table_names_no_command_that_is_not_there() -> None:
    """Promises belong into a plan, not into a README."""
    section = README.split("## Commands")[1].split("\n## ")[0]
    rows = re.findall(r"^\| `([a-z-]+)", section, re.MULTILINE)

    assert set(rows) == set(COMMANDS)


@pytest.mark.parametrize("guard", sorted(NAMES - UNTOLD))
def test_a_guard_stands_in_the_readme(guard: str) -> None:
    """In the table of what is refused."""
    section = README.split("**What it refuses.**")[1].split("\n## ")[0]

    assert f"`{guard}`" in section


def anchor(heading: str) -> str:
    """What GitHub makes of a heading."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def anchors(path: Path) -> set[str]:
    return {anchor(heading) for heading in re.findall(r"^#+ (.*)$", path.read_text("utf-8"), re.MULTILINE)}


@pytest.mark.parametrize("name", NAMED)
def test_links_lead_somewhere(name: str) -> None:
    """Files, folders and headings; the web is not asked."""
    path = ROOT / name
    links = re.findall(r"\]\(([^)\s]+)\)", path.read_text("utf-8"))

    dead = []
    for link in links:
        if link.startswith(("http://", "https://", "mailto:")):
            continue
        file, _, heading = link.partition("#")
        target = (path.parent / file).resolve() if file else path
        if not target.exists() or (heading and heading not in anchors(target)):
            dead.append(link)

    assert dead == []


@pytest.mark.parametrize("name", NAMED)
def test_files_that_are_named_are_there(name: str) -> None:
    """A module that moves takes its mentions along."""
    named = re.findall(
        r"`((?:provisioner|tests|specs|docs|examples|plans|benchmarks)/[\w./-]+)`", (ROOT / name).read_text()
    )

    assert [file for file in named if "NAME" not in file and not (ROOT / file).exists()] == []


SNIPPETS = [
    (name, number, snippet)
    for name in NAMED
    for number, snippet in enumerate(re.findall(r"^```yaml\n(.*?)^```$", (ROOT / name).read_text(), re.M | re.S))
    if re.search(r"^tenant:", snippet, re.MULTILINE)
    and not name.startswith("examples/writing-a-vendor/")  # its vendor is another distribution, which is not installed
]


@pytest.mark.parametrize(("name", "number", "snippet"), SNIPPETS)
def test_a_whole_tenant_in_a_document_is_a_good_one(name: str, number: int, snippet: str, tmp_path: Path) -> None:
    """As ``validate`` sees it."""
    (tmp_path / "tenant.yaml").write_text(snippet, "utf-8")

    assert check(tmp_path, find_vendor).instances


def test_the_tables_of_fields_are_those_of_the_vendor() -> None:
    """After a change: ``.venv/bin/python -m tests.refresh``."""
    document = MANIFESTS.read_text("utf-8")

    assert with_tables(document) == document


def test_what_the_vendors_can_do_is_what_they_declare() -> None:
    """After a change: ``.venv/bin/python -m tests.refresh``."""
    page = VENDORS.read_text("utf-8")

    assert with_vendors(page) == page


def quoted_messages() -> Iterator[str]:
    """The messages that docs/recovering.md quotes, in pieces where `…` or a value stands between them."""
    text = (ROOT / "docs" / "recovering.md").read_text("utf-8")
    section = text.split("## The whole plan is refused")[1].split("\n## ")[0]
    for message in re.findall(r"^\| `(.*?)` \|", section, re.MULTILINE):
        yield from (piece.strip() for piece in message.split("…"))


@pytest.mark.parametrize("piece", list(quoted_messages()))
def test_a_message_that_is_quoted_is_one_of_ours(piece: str) -> None:
    """Who searches the page for what stands on the screen finds it."""
    sources = "\n".join(path.read_text("utf-8") for path in (ROOT / "provisioner").rglob("*.py"))

    assert piece in sources
