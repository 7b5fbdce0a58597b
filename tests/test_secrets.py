"""Secrets are fetched all or none, and never show."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from provisioner.errors import SecretMissing
from provisioner.secrets import BadReference, Secret, SecretRef, SecretSource, reference, resolve

ENV, FILE, COMMAND = SecretSource.ENV, SecretSource.FILE, SecretSource.COMMAND


def value(
    folder: Path,
    ref: SecretRef,
    environ: Mapping[str, str] | None = None,
    *,
    commands: bool = False,
    timeout: float = 30,
) -> str:
    """What one reference gives."""
    found = resolve({"it": ref}, folder=folder, environ=environ or {}, allow_commands=commands, timeout=timeout)
    return found["it"].reveal()


def python(code: str) -> SecretRef:
    """A command that every machine with these tests has."""
    return SecretRef(COMMAND, (sys.executable, "-c", code))


def test_a_secret_does_not_show() -> None:
    """Neither as text, nor in a representation, nor by its hash."""
    secret = Secret("hunter2")

    assert "hunter2" not in f"{secret} {secret!r} {[secret]}"
    assert hash(secret) == hash(Secret("other"))
    assert secret == Secret("hunter2")
    assert secret.reveal() == "hunter2"


@pytest.mark.parametrize(
    ("written", "ref"),
    [
        ({"from_env": "PIN"}, SecretRef(ENV, "PIN")),
        ({"from_env": "PIN", "version": 2}, SecretRef(ENV, "PIN", 2)),
        ({"from_file": "a/b"}, SecretRef(FILE, "a/b")),
        ({"from_command": ["pass", "show"]}, SecretRef(COMMAND, ("pass", "show"))),
    ],
)
def test_references(written: object, ref: SecretRef) -> None:
    """The three forms, with a version or without."""
    assert reference(written) == ref


@pytest.mark.parametrize(
    "written",
    [
        "hunter2",
        4711,
        ["hunter2"],
        {"hunter2": None},
        {"from_env": "hunter2!"},
        {"from_env": "A", "hunter2": 1},
        {"from_env": "A", "from_file": "hunter2"},
        {"from_env": "A", "version": "hunter2"},
        {"from_env": "A", "version": True},
        {"from_file": " "},
        {"from_file": "hunter2\0"},
        {"from_command": "hunter2"},
        {"from_command": []},
        {"from_command": ["hunter2", 4711]},
        {},
    ],
)
def test_what_is_no_reference(written: object) -> None:
    """It is refused, and what stands there is never repeated."""
    with pytest.raises(BadReference) as caught:
        reference(written)

    error = caught.value
    assert "hunter2" not in f"{error} {error.message} {error.hint} {error.at}"
    assert "4711" not in f"{error} {error.hint}"


def test_a_variable(tmp_path: Path) -> None:
    """As it is, with all its spaces."""
    assert value(tmp_path, SecretRef(ENV, "PIN"), {"PIN": " 0123\n"}) == " 0123\n"


@pytest.mark.parametrize(
    ("content", "text"), [("x", "x"), ("x\n", "x"), ("x\r\n", "x"), ("x\n\n", "x\n"), (" x ", " x "), ("é", "é")]
)
def test_a_file(tmp_path: Path, content: str, text: str) -> None:
    """One trailing line end is the editor's, the rest is the secret's."""
    (tmp_path / "pin").write_bytes(content.encode())

    assert value(tmp_path, SecretRef(FILE, "pin")) == text


def test_a_command(tmp_path: Path) -> None:
    """It runs in the tenant's folder, without a shell and without input, and gives what it prints."""
    code = "import os, sys; print(os.path.basename(os.getcwd()), os.environ['A'], sys.stdin.read() == '', sys.argv[1:])"
    ref = SecretRef(COMMAND, (sys.executable, "-c", code, "$HOME", "a b"))

    assert value(tmp_path, ref, {"A": "1"}, commands=True) == f"{tmp_path.name} 1 True ['$HOME', 'a b']"


def test_a_command_allowed_by_the_environment(tmp_path: Path) -> None:
    """`PROVISIONER_ALLOW_COMMANDS=1` says what `--allow-commands` says; nothing else does."""
    assert value(tmp_path, python("print(1)"), {"PROVISIONER_ALLOW_COMMANDS": "1"}) == "1"
    with pytest.raises(SecretMissing):
        value(tmp_path, python("print(1)"), {"PROVISIONER_ALLOW_COMMANDS": "true"})


def test_a_shared_reference_is_fetched_once(tmp_path: Path) -> None:
    """A thousand agents with one command start it once."""
    ref = python("open('runs', 'a').write('x'); print('s')")

    found = resolve({str(n): ref for n in range(5)}, folder=tmp_path, environ={}, allow_commands=True)

    assert {secret.reveal() for secret in found.values()} == {"s"}
    assert (tmp_path / "runs").read_text() == "x"


def test_folders_that_may_be_read(tmp_path: Path) -> None:
    """The tenant's and those in PROVISIONER_SECRET_DIRS, after links are followed."""
    tenant, vault = tmp_path / "tenant", tmp_path / "vault"
    tenant.mkdir()
    vault.mkdir()
    (vault / "pin").write_text("hunter2")
    (tenant / "link").symlink_to(vault / "pin")
    allowed = {"PROVISIONER_SECRET_DIRS": os.pathsep.join(["", "relative", str(vault)])}

    for written in ("link", "../vault/pin", str(vault / "pin")):
        assert value(tenant, SecretRef(FILE, written), allowed) == "hunter2"
        with pytest.raises(SecretMissing, match="outside"):
            value(tenant, SecretRef(FILE, written))


def test_a_neighbour_with_a_longer_name_is_outside(tmp_path: Path) -> None:
    """`/x/tenant-secret` does not lie in `/x/tenant`."""
    (tmp_path / "tenant").mkdir()
    (tmp_path / "tenant-secret").write_text("hunter2")

    with pytest.raises(SecretMissing, match="outside"):
        value(tmp_path / "tenant", SecretRef(FILE, "../tenant-secret"))


def test_everything_that_is_missing_is_told_at_once(tmp_path: Path) -> None:
    """One error lists all, with who needs it, and no value."""
    (tmp_path / "empty").write_text("\n")
    (tmp_path / "binary").write_bytes(b"\xffhunter2")
    (tmp_path / "long").write_text("hunter2" * 20_000)
    (tmp_path / "folder").mkdir()
    refs = {
        "a": SecretRef(ENV, "UNSET"),
        "b": SecretRef(ENV, "EMPTY"),
        "c": SecretRef(FILE, "nowhere"),
        "d": SecretRef(FILE, "../outside"),
        "e": SecretRef(FILE, "empty"),
        "f": SecretRef(FILE, "binary"),
        "g": SecretRef(FILE, "long"),
        "h": SecretRef(FILE, "folder"),
        "i": python("import sys; print('hunter2'); print('hunter2', file=sys.stderr); sys.exit(3)"),
        "j": SecretRef(COMMAND, ("/no/such/program",)),
        "k": python("pass"),
        "l": SecretRef(ENV, "UNSET"),
        "m": SecretRef(ENV, "GOOD"),
    }

    with pytest.raises(SecretMissing) as caught:
        resolve(refs, folder=tmp_path, environ={"EMPTY": "", "GOOD": "hunter2"}, allow_commands=True)

    told = str(caught.value)
    assert told.startswith("11 secrets missing: ")
    for words in (
        "the variable `UNSET` is not set (for `a`, `l`)",
        "the variable `EMPTY` is empty (for `b`)",
        "the file `nowhere` cannot be read: no such file or directory",
        "the file `../outside` lies outside the tenant's folder",
        "the file `empty` is empty",
        "the file `binary` is not UTF-8 text",
        "the file `long` is longer than",
        "`folder` is no ordinary file",
        "failed with status 3",
        "the command `/no/such/program` could not run: no such file or directory",
        "printed is empty",
    ):
        assert words in told
    assert "hunter2" not in f"{told} {caught.value.hint} {caught.value!r}"


def test_a_command_that_does_not_end(tmp_path: Path) -> None:
    """It is stopped, and its output is not shown."""
    ref = python("import sys, threading; print('hunter2', flush=True); threading.Event().wait()")

    with pytest.raises(SecretMissing, match=r"took longer than 0\.5 seconds") as caught:
        value(tmp_path, ref, commands=True, timeout=0.5)

    assert "hunter2" not in str(caught.value)


def test_commands_need_permission(tmp_path: Path) -> None:
    """Never by a manifest's word alone; the hint says which."""
    with pytest.raises(SecretMissing, match="--allow-commands"):
        value(tmp_path, python("open('ran', 'w')"))

    assert not (tmp_path / "ran").exists()
