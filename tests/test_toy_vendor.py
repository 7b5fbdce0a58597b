"""A vendor that another distribution brings is as good as one of ours: ``examples/writing-a-vendor``, installed.

It goes into a folder of its own with what an installer would write beside it, so that nothing else here ever sees it.
"""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from shutil import copytree, ignore_patterns

import pytest

from provisioner.simulators.server import names
from provisioner.vendors.loading import vendor_names
from tests.console import shell

ROOT = Path(__file__).parent.parent
TOY = ROOT / "examples" / "writing-a-vendor"
PROJECT = tomllib.loads((TOY / "pyproject.toml").read_text("utf-8"))
ADAPTER, SIMULATOR = PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
MOST_LINES = 150

OFFERED = re.compile(
    r"provisioner\.(vendors\.(base|base_url|fields|requests)|kinds\.\w+|values|errors|secrets)|pydantic|"
    rf"{ADAPTER}(\.\w+)?"
)
"""What a vendor builds on."""


@pytest.fixture(scope="module")
def environ(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The variables of a shell in which the distribution is installed."""
    site = tmp_path_factory.mktemp("site")
    for package in (ADAPTER, SIMULATOR):
        copytree(TOY / package, site / package, ignore=ignore_patterns("__pycache__"))
    about = site / f"{ADAPTER}-{PROJECT['project']['version']}.dist-info"
    about.mkdir()
    (about / "METADATA").write_text(
        f"Metadata-Version: 2.1\nName: {PROJECT['project']['name']}\nVersion: {PROJECT['project']['version']}\n"
    )
    groups = PROJECT["project"]["entry-points"]
    (about / "entry_points.txt").write_text(
        "".join(f"[{group}]\n" + "".join(f"{n} = {at}\n" for n, at in of.items()) for group, of in groups.items())
    )
    path = os.pathsep.join(filter(None, (str(site), os.environ.get("PYTHONPATH"))))
    programs = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    kept = {name: value for name, value in os.environ.items() if not re.match("CI$|PROVISIONER_", name)}
    return {**kept, "PYTHONPATH": path, "PATH": programs, "TOY_KEY": "sim-toy-key", "JANE_PIN": "71942086"}


def sources(package: str) -> list[Path]:
    return sorted((TOY / package).rglob("*.py"))


def imported(package: str) -> Iterator[tuple[str, str]]:
    """Every module that a package imports from outside the standard library, with what it takes from there."""
    for path in sources(package):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                found = [(item.name, "") for item in node.names]
            elif isinstance(node, ast.ImportFrom):
                found = [(node.module or "", item.name) for item in node.names]
            else:
                continue
            yield from (item for item in found if item[0].partition(".")[0] not in sys.stdlib_module_names)


def test_the_vendor_is_small() -> None:
    """As the issue and the page about it promise, blank lines counted."""
    assert 0 < sum(len(path.read_text("utf-8").splitlines()) for path in sources(ADAPTER)) < MOST_LINES


def test_the_vendor_builds_on_what_is_offered() -> None:
    """Public names, and no module that the page does not tell of."""
    found = list(imported(ADAPTER))

    assert found
    assert [item for item in found if not OFFERED.fullmatch(item[0]) or item[1].startswith("_")] == []


def test_adapter_and_simulator_share_nothing() -> None:
    """As among our own: a misreading in common would hide itself."""
    found = {module for module, _ in imported(SIMULATOR)}

    assert found
    assert {module for module in found if not re.match(r"provisioner\.(simulators|errors)\b", module)} == set()


def test_a_plain_checkout_does_not_have_it() -> None:
    """An example is no vendor of ours."""
    toys = set(PROJECT["project"]["entry-points"]["provisioner.vendors"])

    assert toys
    assert not toys & {*vendor_names(), *names()}


def test_it_is_planned_and_applied_like_any_other(environ: dict[str, str], tmp_path: Path) -> None:
    """The tenant in its README, on its simulator, from an empty account to nothing left to do."""
    document = (TOY / "README.md").read_text("utf-8")
    (tenant,) = re.findall(r"^```yaml\n(.*?)^```$", document, re.M | re.S)

    with shell(tmp_path, environ) as opened:
        (url,) = re.findall(r"^url: (.*)$", opened.serve("provisioner simulate toy"), re.M)
        written = tenant.replace("http://127.0.0.1:8080", url)
        (tmp_path / "tenant.yaml").write_text(written, "utf-8")
        planned, _ = opened.run("provisioner plan")
        applied, code = opened.run("provisioner apply --auto-approve")
        again, left = opened.run("provisioner plan --detailed-exitcode")

    assert "agents.jane@desk" in planned
    assert "desks.window@desk" in planned
    assert (code, left) == (0, 0), applied + again


@pytest.mark.parametrize("command", ["vendors toy", "explain desks.agent", "schema manifest"])
def test_it_is_told_of_like_any_other(environ: dict[str, str], command: str, tmp_path: Path) -> None:
    """By every command that tells of vendors; the whole comes from its Offers."""
    done = subprocess.run(
        [sys.executable, "-m", "provisioner.cli.main", *command.split()],
        cwd=tmp_path,
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert "desks" in done.stdout


def test_it_passes_the_conformance_suite(environ: dict[str, str]) -> None:
    """All of its tests for the toy, collected because the toy is installed."""
    suite = str(ROOT / "tests" / "vendors" / "conformance")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-n", "0", "-p", "no:cacheprovider", suite, "-k", "toy"],
        cwd=ROOT,
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout
    assert done.stdout.count(".") > 20


QUOTED = re.findall(
    r"^```(?:python|yaml|toml)\n(.*?)^```$", (ROOT / "docs" / "writing-a-vendor.md").read_text("utf-8"), re.M | re.S
)


@pytest.mark.parametrize("piece", QUOTED)
def test_what_the_page_quotes_stands_in_the_example(piece: str) -> None:
    """Line for line, so that what is explained is what runs."""
    files = [*TOY.glob("*.toml"), *sources(ADAPTER), *(TOY / SIMULATOR).glob("*.yaml")]

    assert any(piece.strip("\n") in path.read_text("utf-8") for path in files)
