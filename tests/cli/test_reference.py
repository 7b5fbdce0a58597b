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
from provisioner.vendors.base import Call
from provisioner.vendors.loading import find_vendor, vendor_names
from tests.manifest.made_up import write

TENANT = """\
tenant: acme
connections:
  pbx: {vendor: eq, url: "https://pbx.example.com/eq/api/2.0", api_key: {from_env: KEY}}
supervisors:
  sam: {username: samlee}
"""


def said(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """What a command that succeeds prints."""
    assert main(arguments) == 0
    return capsys.readouterr().out


def test_every_vendor_and_kind_is_in_the_matrix(capsys: pytest.CaptureFixture[str]) -> None:
    """With a yes for each call that is offered."""
    tables: dict[str, dict[str, list[str]]] = {}
    for line in said(capsys, "vendors").splitlines():
        if line and not line.startswith(" "):
            rows = tables.setdefault(line.split()[0], {})
        elif line:
            rows[line.split()[0]] = line.split()

    for name in vendor_names():
        for kind, offer in find_vendor(name).kinds.items():
            assert tables[name][kind][1:7] == ["yes" if offer.can(call) else "-" for call in Call]


def test_one_vendor_with_its_sources(capsys: pytest.CaptureFixture[str]) -> None:
    """Each call names the document that it was read in."""
    for name in vendor_names():
        out = said(capsys, "vendors", name)

        for offer in find_vendor(name).kinds.values():
            assert all(source in out for source in offer.sources.values())


def test_a_vendor_that_is_not_there(capsys: pytest.CaptureFixture[str]) -> None:
    """An error with the ones that are."""
    assert main(["vendors", "nope"]) == 1

    assert "there is no vendor `nope`" in capsys.readouterr().err


def test_explaining_a_field(capsys: pytest.CaptureFixture[str]) -> None:
    """Its type, its unit, what to write, what is special."""
    out = said(capsys, "explain", "agents.language")

    assert out == (
        "agents.language  at eq (EQ 2.0 (Equeues on FreePBX))\n"
        "  The language of the person's screens and prompts; null for the system's default.\n"
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
        ("recording.on_demand", "extensions.recording.on_demand"),
        ("wrap_up_time", "queues.wrap_up_time"),
        ("pause_codes", "pause_codes.name"),
    ],
)
def test_what_explain_tells(capsys: pytest.CaptureFixture[str], asked: str, told: str) -> None:
    """By kind and field, by field alone, or by kind."""
    assert told in said(capsys, "explain", asked)


def test_every_field_can_be_explained(capsys: pytest.CaptureFixture[str]) -> None:
    """None has a type that nobody has words for."""
    for name in vendor_names():
        for kind, offer in find_vendor(name).kinds.items():
            out = said(capsys, "explain", kind)

            assert all(f"{kind}.{path}  at {name}" in out for path in offer.specs)
            assert "any value" not in out


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
