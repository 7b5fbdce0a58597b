"""`validate` from the command line: its three formats, its exit codes, and how every run of the tool ends."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from provisioner.cli.main import COMMANDS, main
from tests.manifest.made_up import write

GOOD = """\
tenant: acme
connections:
  pbx: {vendor: eq, url: "https://pbx.example.com/eq/api/2.0", api_key: {from_env: KEY}}
agents:
  jane: {number: "1001", first_name: Jane}
"""
BAD = GOOD.replace('"1001"', "0100") + "queues: {q: {extension: '500', wieght: 1}}\n"


def run(*arguments: str, folder: Path, **environ: str) -> subprocess.CompletedProcess[str]:
    """The command line in a process of its own, not in CI and not on a terminal."""
    kept = {name: value for name, value in os.environ.items() if name not in ("CI", "NO_COLOR")}
    command = [sys.executable, "-m", "provisioner.cli.main", "-C", str(folder), *arguments]
    return subprocess.run(command, capture_output=True, text=True, env={**kept, **environ}, check=False)


def test_good_manifests(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One line on stdout, nothing on stderr, 0."""
    write(tmp_path, {"a.yaml": GOOD})

    code = main(["-C", str(tmp_path), "validate"])

    assert code == 0
    assert capsys.readouterr() == ("acme: 1 resource on 1 connection, no problems\n", "")


def test_bad_manifests(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Every problem on stderr, with its line; nothing on stdout; 1."""
    write(tmp_path, {"a.yaml": BAD})

    code = main(["-C", str(tmp_path), "validate"])

    assert code == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert err == (
        "a.yaml:5:18: error: `number` must be text, and without quotes this is a number\n"
        "  5 |   jane: {number: 0100, first_name: Jane}\n"
        "    |                  ^^^^\n"
        "  expected: 1 to 5 digits, the first not 0, in quotes\n"
        '  hint: put it in quotes: `number: "0100"`\n'
        "\n"
        "a.yaml:6:32: error: there is no field `wieght`\n"
        "  6 | queues: {q: {extension: '500', wieght: 1}}\n"
        "    |                                ^^^^^^\n"
        + next(line + "\n" for line in err.splitlines() if line.startswith("  expected: one of `extension`"))
        + "  hint: did you mean `weight`?\n"
        "\n"
        "2 problems in the manifests\n"
    )


@pytest.mark.parametrize(
    "url",
    [
        "pbx.example.com/eq", '"localhost:8080/eq"', '""', "null", "5", "[a]", '"http://"', '"http://u:p@h/eq"',
        '"http://h:99999/x"', '"http://x/y?a=b"',
    ],
)  # fmt: skip
def test_a_url_that_is_none_hides_nothing(url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It is complained of where it stands, and so is everything else in the folder."""
    write(tmp_path, {"a.yaml": BAD.replace('"https://pbx.example.com/eq/api/2.0"', url)})

    code = main(["-C", str(tmp_path), "validate"])

    assert code == 1
    err = capsys.readouterr().err
    assert "a.yaml:3:26: error: `url`" in err
    assert "a.yaml:5:18" in err
    assert "a.yaml:6:32" in err


def test_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One document on stdout, whatever the outcome."""
    write(tmp_path, {"a.yaml": BAD})

    code = main(["-C", str(tmp_path), "validate", "--format", "json"])

    out, err = capsys.readouterr()
    document = json.loads(out)
    assert (code, err) == (1, "")
    assert document["valid"] is False
    assert [item["code"] for item in document["diagnostics"]] == ["unquoted", "unknown_field"]


def test_warnings_alone_are_shown_and_valid(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """They go to stderr, and the exit code stays 0."""
    write(tmp_path, {"a.yaml": GOOD + "imports: [{address: agents.joe@pbx, id: 4}]\n"})

    code = main(["-C", str(tmp_path), "validate"])

    out, err = capsys.readouterr()
    assert code == 0
    assert out.endswith("no problems\n")
    assert "warning: `agents.joe@pbx` is imported and not declared" in err


@pytest.mark.parametrize(
    "arguments",
    [["nonsense"], ["validate", "--format", "xml"], ["validate", "--nope"], ["--nope"], ["validate", "extra"], []],
)
def test_a_wrong_command_line_is_1(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """Never click's 2, which means "changes present"; stdout stays empty."""
    code = main(arguments)

    out, err = capsys.readouterr()
    assert (code, out) == (1, "")
    assert "Usage: provisioner" in err


def test_a_misspelt_command(capsys: pytest.CaptureFixture[str]) -> None:
    """A guess at what was meant."""
    main(["valdate"])

    assert "did you mean `validate`?" in capsys.readouterr().err


@pytest.mark.parametrize(("option", "sort"), [("-C", "DIR"), ("-f", "FILE"), ("--no-color", "")])
def test_an_option_that_stands_before_the_command(option: str, sort: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Written after it, it is told where to go."""
    value = ["foo"] if sort else []

    code = main(["plan", option, *value])

    assert code == 1
    right = " ".join(filter(None, ("provisioner", option, sort, "plan")))
    assert f"`{option}` stands before the command: {right}" in capsys.readouterr().err


def test_the_folder_above_several_tenants(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One problem, that this is no tenant's folder, whatever is in the files."""
    for name in ("acme", "globex"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "tenant.yaml").write_text(f"tenant: {name}\nconnections: {{pbx: 5}}\n", encoding="utf-8")

    code = main(["-C", str(tmp_path), "validate"])

    err = capsys.readouterr().err
    assert code == 1
    assert "this is not the folder of one tenant: `acme` is in `acme`, `globex` in `globex`" in err
    assert f"hint: name one of them: provisioner -C {tmp_path}/acme" in err
    assert err.endswith("\n1 problem in the manifests\n")


def test_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    """With its line from the table."""
    code = main(["--help"])

    out = capsys.readouterr().out
    assert code == 0
    for name, entry in COMMANDS.items():
        assert name in out
        assert entry.summary in out


@pytest.mark.parametrize("name", ["validate", "init"])
def test_each_commands_help_ends_with_an_example(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """What to type is clearer than what may be typed."""
    assert main([name, "--help"]) == 0

    assert capsys.readouterr().out.strip().splitlines()[-1].strip().startswith("Example: provisioner")


@pytest.mark.parametrize("argument", ["--help", "--version"])
def test_starting_is_cheap(argument: str) -> None:
    """No heavy import for a text that is always the same."""
    code = (
        "import sys; from provisioner.cli.main import main; code = main([sys.argv[1]]); "
        "heavy = {'pydantic', 'ruamel', 'ruamel.yaml', 'httpx', 'rich', 'deepdiff', 'asyncio'} & set(sys.modules); "
        "print('heavy:', sorted(heavy), file=sys.stderr); sys.exit(code)"
    )

    done = subprocess.run([sys.executable, "-c", code, argument], capture_output=True, text=True, check=False)

    assert done.returncode == 0
    assert done.stderr == "heavy: []\n"
    assert "provisioner" in done.stdout


def test_colour_only_on_a_terminal(tmp_path: Path) -> None:
    """A pipe gets plain text."""
    write(tmp_path, {"a.yaml": BAD})

    assert "\x1b" not in run("validate", folder=tmp_path).stderr


def test_terminal_escapes_in_a_manifest_do_not_arrive(tmp_path: Path) -> None:
    """Neither from a value, nor from a key, nor from a file's name."""
    write(tmp_path, {"a\x1b[31m.yaml": 'agents: {"j\\x1b[2J": {}}\n\x1b]0;x\x07\n', "b.yaml": "x\x1b[1m: \u202e1\n"})

    for form in ("text", "json", "github"):
        done = run("validate", "--format", form, folder=tmp_path)

        assert done.returncode == 1
        assert not set(done.stdout + done.stderr) & set("\x1b\x07\u202e")


def test_a_reader_that_goes_away(tmp_path: Path) -> None:
    """`| head -1` ends the run without a word about it."""
    many = "".join(f"  a{number}: {{number: {number}}}\n" for number in range(3000))
    write(tmp_path, {"a.yaml": "agents:\n" + many})
    command = f"'{sys.executable}' -m provisioner.cli.main -C '{tmp_path}' validate --format json | head -1"

    done = subprocess.run(["/bin/sh", "-c", command], capture_output=True, text=True, check=False)

    assert done.stdout == "{\n"
    assert done.stderr == ""


def test_errors_have_no_traceback(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A message, perhaps a hint, and 1."""
    (tmp_path / "file").write_text("")

    code = main(["-C", str(tmp_path / "file"), "init"])

    assert code == 1
    assert capsys.readouterr().err == f"error: `{tmp_path / 'file'}` is a file, and a tenant is a folder\n"
