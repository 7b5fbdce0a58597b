"""Annotations on GitHub mark the right line of the right file, wherever the command runs and however it is called."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from provisioner.cli.main import main
from tests.cli.test_validate import BAD
from tests.manifest.made_up import write


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The top of a repository in which ``tenants/acme`` has two problems; GITHUB_WORKSPACE is not set."""
    monkeypatch.delenv("GITHUB_WORKSPACE", raising=False)
    top = tmp_path / "checkout"
    write(top, {"tenants/acme/a.yaml": BAD, ".git/HEAD": "ref: refs/heads/main\n"})
    return top


def marked(capsys: pytest.CaptureFixture[str]) -> list[str]:
    """What each annotation on stdout marks: severity, file and line."""
    found = re.finditer(r"^::(\w+) file=([^,]+),line=(\d+),", capsys.readouterr().out, re.MULTILINE)
    return [" ".join(match.groups()) for match in found]


PROBLEMS = ["error tenants/acme/a.yaml 5", "error tenants/acme/a.yaml 6"]


@pytest.mark.parametrize(
    ("here", "folder"),
    [
        ("", "tenants/acme"),
        ("", "./tenants/../tenants/acme/"),
        ("tenants/acme", "."),
        ("tenants", "acme"),
        ("docs", "../tenants/acme"),
        ("..", "checkout/tenants/acme"),
        ("..", "{top}/tenants/acme"),
        ("docs", "{top}/tenants/acme"),
    ],
)
def test_a_file_is_named_from_the_top_of_the_repository(
    repository: Path, here: str, folder: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever `-C` says and wherever the command runs."""
    (repository / "docs").mkdir()
    monkeypatch.chdir(repository / here)

    code = main(["-C", folder.format(top=repository), "validate", "--format", "github"])

    assert code == 1
    assert marked(capsys) == PROBLEMS


def test_the_whole_of_an_annotation(
    repository: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The column and its end too, and the place once more for whoever reads the log, which shows the message alone."""
    monkeypatch.chdir(repository)

    main(["-C", "tenants/acme", "validate", "--format", "github"])

    first = capsys.readouterr().out.splitlines()[0]
    assert first.startswith(
        "::error file=tenants/acme/a.yaml,line=5,col=18,endColumn=22,title=unquoted::tenants/acme/a.yaml:5:18: `number`"
    )


def test_a_second_work_tree(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """There `.git` is a file; what is around it is another repository."""
    write(repository, {"trees/fix/.git": "gitdir: ../../.git/worktrees/fix\n", "trees/fix/tenants/acme/a.yaml": BAD})

    main(["-C", str(repository / "trees/fix/tenants/acme"), "validate", "--format", "github"])

    assert marked(capsys) == PROBLEMS


@pytest.mark.parametrize("workspace", ["set", "not set"])
def test_sources_that_came_without_git(
    repository: Path, workspace: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A checkout on a runner that has no git; and beside it a user's own folder."""
    (repository / ".git/HEAD").unlink()
    (repository / ".git").rmdir()
    monkeypatch.chdir(repository / "tenants" if workspace == "set" else repository)
    if workspace == "set":
        monkeypatch.setenv("GITHUB_WORKSPACE", str(repository))

    main(["-C", str(repository / "tenants/acme"), "validate", "--format", "github"])

    assert marked(capsys) == PROBLEMS


def test_a_file_outside_of_it_all_keeps_its_whole_path(
    repository: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rather than another file's."""
    write(tmp_path, {"elsewhere/a.yaml": BAD})
    monkeypatch.chdir(repository)

    main(["-C", "../elsewhere", "validate", "--format", "github"])

    file = f"{tmp_path}/elsewhere/a.yaml"
    assert marked(capsys) == [f"error {file} 5", f"error {file} 6"]


def test_an_overlay_and_a_link(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A file above the tenant's folder, and a folder that is a link: the host shows what was changed."""
    write(repository, {"shared/production.yaml": "agents:\n  jane: {nmae: Jane}\n"})
    (repository / "current").symlink_to("tenants/acme")

    main(["-C", str(repository / "current"), "-f", "../../shared/production.yaml", "validate", "--format", "github"])

    assert sorted(marked(capsys)) == ["error shared/production.yaml 2", *PROBLEMS]


def test_layout_is_marked_at_the_first_line_that_differs(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With `fmt --check`; a secret on that line stays one."""
    untidy = "tenant: acme\n\nagents:\n    jane:   {number: '1001', password: geheim}\n"
    write(repository, {"tenants/acme/a.yaml": untidy})

    code = main(["-C", str(repository / "tenants/acme"), "fmt", "--check", "--format", "github"])

    assert code == 1
    assert marked(capsys) == ["error tenants/acme/a.yaml 4"]
    main(["-C", str(repository / "tenants/acme"), "fmt", "--check", "--format", "json"])
    out = capsys.readouterr().out
    assert "jane:   {number: '1001', password: ***" in out
    assert "geheim" not in out


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("tenant: acme", 1),
        ("tenant: acme\r\n", 1),
        ("\ufefftenant: acme\n", 1),
        ("tenant: acme\nagents: {}\n\n\n", 3),
        ("tenant: acme\n\n\n\nagents: {}\n", 3),
    ],
)
def test_the_ends_of_lines_and_of_files(
    text: str, line: int, repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where nothing that can be seen differs the first line is marked, where the end does, that."""
    (repository / "tenants/acme/a.yaml").write_bytes(text.encode())

    main(["-C", str(repository / "tenants/acme"), "fmt", "--check", "--format", "github"])

    assert marked(capsys) == [f"error tenants/acme/a.yaml {line}"]


def test_a_spreadsheet_and_the_manifests_beside_it(
    repository: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The table is named as it was typed, the manifest as in every other command."""
    good = BAD.replace("0100", '"1001"').replace("wieght: 1", "name: Q, type: inbound")
    write(repository, {"tenants/acme/a.yaml": good, "lists/people.csv": "key,number\njoe,x\n"})
    monkeypatch.chdir(repository / "lists")

    code = main(["-C", "../tenants/acme", "import-csv", "people.csv", "--kind", "agents", "--format", "github"])

    assert code == 1
    assert set(marked(capsys)) == {"error lists/people.csv 2"}


def test_what_has_no_place_marks_none(
    repository: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file without a line would be marked at its first."""
    monkeypatch.chdir(repository)

    main(["-C", "nowhere", "validate", "--format", "github"])

    assert capsys.readouterr().out.startswith("::error title=no_folder::there is no folder `nowhere`")
