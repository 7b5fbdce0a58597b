"""Commands that explain the tool itself: `vendors`, `explain`, `schema manifest`, `completion`."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from provisioner.cli.main import COMMANDS, main
from provisioner.report.vendors import matrix
from provisioner.vendors.base import Call, Find, Offer, Settings, Vendor
from provisioner.vendors.fields import Fields
from provisioner.vendors.loading import find_vendor, vendor_names
from tests.manifest.made_up import write

TENANT = """\
tenant: acme
connections:
  pbx: {vendor: eq, url: "https://pbx.example.com/eq/api/2.0", api_key: {from_env: KEY}}
supervisors:
  sam: {username: samlee}
"""

CALLS = [call.name.lower() for call in Call if call.name]


def said(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """What a command that succeeds prints."""
    assert main(arguments) == 0
    return capsys.readouterr().out


def test_every_vendor_and_kind_is_in_the_matrix(capsys: pytest.CaptureFixture[str]) -> None:
    """With a yes for each call that is offered: side by side what several have, in a row what one has."""
    told: set[tuple[str, str, str]] = set()
    for block in said(capsys, "vendors").split("\n\n"):
        (kind, *heads), *rows = [line.split() for line in block.splitlines()]
        for first, *cells in rows:
            if kind == "of":  # "of one vendor", a row for each
                told |= {(cells[0], first, call) for call, cell in zip(CALLS, cells[1:], strict=True) if cell == "yes"}
            elif first in CALLS and len(cells) == len(heads):
                told |= {(vendor, kind, first) for vendor, cell in zip(heads, cells, strict=True) if cell == "yes"}

    assert told == {
        (name, kind, call)
        for name in vendor_names()
        for kind, offer in find_vendor(name).kinds.items()
        for call in CALLS
        if offer.can(Call[call.upper()])
    }


@pytest.mark.parametrize("arguments", [(), *((name,) for name in vendor_names())])
def test_what_is_told_of_vendors_fits_a_narrow_terminal(
    capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...]
) -> None:
    """But for what cannot be broken: a path is one word."""
    wide = [line for line in said(capsys, "vendors", *arguments).splitlines() if len(line) > 80]

    assert [line for line in wide if len(line.split()[-1]) < 40] == []


def test_more_vendors_than_fit_beside_one_another() -> None:
    """Go below one another, each with all of its answers."""
    offer = Offer(Fields, Call.LIST, {Call.LIST: "specs/acme.yaml, GET /agents"}, Find.LIST)
    names = [f"vendor-{number:02}" for number in range(12)]

    text = matrix(Vendor(name, "", {"agents": offer}, Settings, str, NotImplemented) for name in names)

    tables = [line.split() for line in text.splitlines() if line.startswith("agents ")]
    assert [name for _, *heads in tables for name in heads] == names
    assert len(tables) > 1
    assert max(map(len, text.splitlines())) <= 80


def test_what_a_person_sets_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    """Field by field, where the vendor has calls for the others."""
    text = said(capsys, "vendors")

    assert "only a person sets at bird: `user_id`" in text
    assert "only a person sets at fonouc: all but `agents[].logged_in`" in text
    assert "all fields" in next(line for line in text.splitlines() if "a person sets" in line)


def test_one_vendor_with_its_sources(capsys: pytest.CaptureFixture[str]) -> None:
    """Each call names the document that it was read in."""
    for name in vendor_names():
        out = " ".join(said(capsys, "vendors", name).split())

        for offer in find_vendor(name).kinds.values():
            assert all(source in out for source in offer.sources.values())


def test_the_matrix_for_programs(capsys: pytest.CaptureFixture[str]) -> None:
    """All that an Offer declares, with the source of every call; null where there is no call."""
    vendors = json.loads(said(capsys, "vendors", "--format", "json"))["vendors"]

    assert vendors.keys() == set(vendor_names())
    for name in vendor_names():
        for kind, offer in find_vendor(name).kinds.items():
            told = vendors[name]["kinds"][kind]
            assert told["calls"] == {call: offer.sources.get(Call[call.upper()]) for call in CALLS}
            assert told["fields"].keys() == offer.specs.keys()


def test_one_vendor_as_a_page(capsys: pytest.CaptureFixture[str]) -> None:
    """The same as in docs/vendors.md."""
    page = said(capsys, "vendors", "maqsam", "--format", "markdown")

    assert page.startswith("## maqsam\n")
    assert "| list | specs/maqsam.yaml, GET /v1/agents" in page
    assert "| `email` |" in page


def test_a_vendor_that_is_not_there(capsys: pytest.CaptureFixture[str]) -> None:
    """An error with the ones that are."""
    assert main(["vendors", "nope"]) == 1

    assert "there is no vendor `nope`" in capsys.readouterr().err


def test_explaining_a_field(capsys: pytest.CaptureFixture[str]) -> None:
    """Its type, its unit, what to write, what is special."""
    out = said(capsys, "explain", "agents.language")

    assert out == (
        "agents.language  at eq (EQ 2.0 (Equeues on FreePBX))\n"
        "  The language of the person's screens and prompts; null for the system's\n"
        "  default.\n"
        "  type        one of en, es, he, or null\n"
        "  write       en, es, he, or null\n"
        "  special     null clears it\n"
    )


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("agents.password", "a secret: written as a reference, never shown"),
        ("agents.number", "natural key: how people recognise it"),
        ("queues.extension", "cannot change in place: another value is a delete and a create"),
        ("alerts.supervisor", "the key of one of supervisors, or {id: …} of an entity that no manifest declares"),
        ("alerts.days", "a list, each item one of mon, tue, wed, thu, fri, sat, sun"),
        ("capacity_rules.agents", "no manifest declares, or {add: […]} of the same"),
        ("capacity_rules.agents", "exclusive: whoever is not in the list is taken out; with {add: […]} everybody else"),
        ("recording.on_demand", "extensions.recording.on_demand"),
        ("wrap_up_time", "queues.wrap_up_time"),
        ("pause_codes", "pause_codes.name"),
    ],
)
def test_what_explain_tells(capsys: pytest.CaptureFixture[str], asked: str, told: str) -> None:
    """By kind and field, by field alone, or by kind."""
    assert told in " ".join(said(capsys, "explain", asked).split())


def test_every_field_can_be_explained(capsys: pytest.CaptureFixture[str]) -> None:
    """None has a type that nobody has words for."""
    for name in vendor_names():
        for kind, offer in find_vendor(name).kinds.items():
            out = said(capsys, "explain", kind)

            told = dict(line.split("  at ") for line in out.splitlines() if "  at " in line)
            assert all(name in told[f"{kind}.{path}"].partition(" (")[0].split(", ") for path in offer.specs)
            assert "any value" not in out


def test_vendors_are_told_side_by_side(capsys: pytest.CaptureFixture[str]) -> None:
    """What all say stands once; what only some say names them."""
    lines = [" ".join(line.split()) for line in said(capsys, "explain", "queues.wrap_up_time").splitlines()]

    assert lines[0] == "queues.wrap_up_time at eq, fonouc"
    assert "type a whole number, or null (eq)" in lines
    assert "a whole number (fonouc)" in lines
    assert "special null clears it (eq)" in lines


def test_a_misspelt_field(capsys: pytest.CaptureFixture[str]) -> None:
    """A guess at what was meant."""
    assert main(["explain", "agents.nmber"]) == 1

    assert "did you mean `agents.number`?" in capsys.readouterr().err


def test_a_field_that_a_kind_does_not_have(capsys: pytest.CaptureFixture[str]) -> None:
    """Where nothing is close, all that it has; of no kind, how to ask."""
    assert main(["explain", "agents.zzzz"]) == 1
    told = capsys.readouterr().err
    assert "hint: agents have " in told
    assert "`number`, " in told

    assert main(["explain", "zzz"]) == 1
    assert "hint: write a field (`wrap_up_time`), or KIND.FIELD (`agents.number`)" in capsys.readouterr().err


def test_the_schema_of_a_tenant(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Its own connections and keys are offered, also while something is wrong with the manifests."""
    write(tmp_path, {"a.yaml": TENANT + "agents: {jane: {nmber: 1}}\n"})

    schema = json.loads(said(capsys, "-C", str(tmp_path), "schema", "manifest"))

    assert schema["title"] == "Manifests of acme"
    assert schema["$defs"]["key_supervisors"]["anyOf"][0] == {"enum": ["sam"]}
    assert schema["$defs"]["connection"]["anyOf"][0] == {"enum": ["pbx"]}


def test_the_schema_of_no_tenant(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Every kind of every vendor."""
    schema = json.loads(said(capsys, "-C", str(tmp_path), "schema", "manifest"))

    assert {kind for name in vendor_names() for kind in find_vendor(name).kinds} <= schema["properties"].keys()


def test_validate_keeps_the_schema(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It is written when it changes, and only then; nothing else is left there."""
    write(tmp_path, {"a.yaml": TENANT})
    kept = tmp_path / ".provisioner" / "schema.json"
    main(["-C", str(tmp_path), "validate"])
    first = kept.stat().st_mtime_ns
    same = said(capsys, "-C", str(tmp_path), "validate") and kept.stat().st_mtime_ns
    write(tmp_path, {"b.yaml": "supervisors: {ines: {username: ines}}\n"})

    main(["-C", str(tmp_path), "validate"])

    assert same == first
    assert '"ines"' in kept.read_text()
    assert [path.name for path in kept.parent.iterdir()] == ["schema.json"]


def test_validate_does_not_depend_on_the_schema(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A folder in which nothing can be written validates as well."""
    write(tmp_path, {"a.yaml": TENANT, ".provisioner": "a file in the folder's place"})

    assert "no problems" in said(capsys, "-C", str(tmp_path), "validate")


def test_init_writes_the_schema_that_its_manifests_name(tmp_path: Path) -> None:
    """An editor has it from the start."""
    assert main(["-C", str(tmp_path), "init"]) == 0

    first = (tmp_path / "tenant.yaml").read_text().splitlines()[0]
    assert first == "# yaml-language-server: $schema=./.provisioner/schema.json"
    assert (tmp_path / ".provisioner" / "schema.json").is_file()


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_scripts(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Each asks the tool itself, and is a script that its shell can read."""
    script = said(capsys, "completion", shell)

    assert f"_PROVISIONER_COMPLETE={shell}_complete" in script
    program = shutil.which(shell)
    if program is not None:
        done = subprocess.run([program, "-n"], input=script, text=True, capture_output=True, check=False)
        assert (done.returncode, done.stderr) == (0, "")


def completed(words: str) -> tuple[list[str], str]:
    """What the shell offers for the last word, and which heavy modules were imported for it."""
    code = (
        "import atexit, sys; heavy = {'pydantic', 'ruamel.yaml', 'httpx', 'rich'}; "
        "atexit.register(lambda: print('heavy:', sorted(heavy & set(sys.modules)), file=sys.stderr)); "
        "from provisioner.cli.main import main; sys.exit(main([]))"
    )
    asked = {
        "_PROVISIONER_COMPLETE": "bash_complete",
        "COMP_WORDS": words,
        "COMP_CWORD": str(len(words.split(" ")) - 1),
    }
    done = subprocess.run(
        [sys.executable, "-c", code], env={**os.environ, **asked}, capture_output=True, text=True, check=False
    )
    return [line.partition(",")[2] for line in done.stdout.splitlines()], done.stderr


def test_completing_a_command_imports_none() -> None:
    """It must be quicker than a person types."""
    names, heavy = completed("provisioner ")

    assert names == list(COMMANDS)
    assert heavy == "heavy: []\n"


@pytest.mark.parametrize(
    ("words", "offered"),
    [("provisioner va", ["validate"]), ("provisioner fmt --ch", ["--check"]), ("provisioner schema ma", ["manifest"])],
)
def test_what_is_completed(words: str, offered: list[str]) -> None:
    """Commands, their options, and their choices."""
    assert completed(words)[0] == offered


COMPLETE_IN_BASH = """
eval "$(provisioner completion bash)"
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMPREPLY=()
_provisioner_completion provisioner
printf '%s\\n' "${COMPREPLY[@]}"
"""


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        (["provisioner", "st"], ["state"]),
        (["provisioner", "state", "p"], ["pull", "push"]),
        (["provisioner", "plan", "--format", ""], ["text", "json"]),
    ],
)
def test_bash_completes(words: list[str], offered: list[str]) -> None:
    """The script as a shell reads it, asking the installed command."""
    bash = shutil.which("bash")
    assert bash is not None
    environ = {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}

    done = subprocess.run(
        [bash, "--norc", "-c", COMPLETE_IN_BASH, "bash", *words],
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.stdout.split()[: len(offered)], done.stderr) == (offered, "")
