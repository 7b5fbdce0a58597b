"""docs/formats.md shows what commands say, each example fits its schema, and what it promises is so.

After a change: ``.venv/bin/python -m tests.refresh``.
"""

from __future__ import annotations

import hashlib
import importlib
import json
import os
import re
import shutil
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from provisioner.cli.schema import SCHEMAS as FORMATS
from provisioner.report.failure import codes
from tests.console import says, shell, typed
from tests.format_examples import BLOCK, PAGE, SCHEMAS, said_by_commands, with_examples

TEXT = PAGE.read_text("utf-8")
EXAMPLES = {found["name"]: found["text"] for found in BLOCK.finditer(TEXT)}
REFRESH = "run `.venv/bin/python -m tests.refresh` and review the difference"


def test_the_examples_are_what_commands_say() -> None:
    """Byte for byte."""
    assert with_examples(TEXT, said_by_commands(TEXT)) == TEXT, REFRESH


@pytest.mark.parametrize("name", SCHEMAS)
def test_an_example_fits_its_schema(name: str) -> None:
    """Whether it is one document or a line for each."""
    text, schema = EXAMPLES[name], importlib.import_module(FORMATS[SCHEMAS[name]]).schema()

    documents = [text] if text.startswith("{\n") else text.splitlines()

    validator = Draft202012Validator(schema)
    assert documents
    assert [error.message for one in documents for error in validator.iter_errors(json.loads(one))] == []


def test_a_digest_is_made_as_the_page_says() -> None:
    """So that a program in any language can tell whether a plan was changed."""
    plan = json.loads(EXAMPLES["plan"])

    digest = plan.pop("digest")

    spelled = json.dumps(plan, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    assert hashlib.sha256(spelled.encode("utf-8")).hexdigest() == digest


def test_every_code_of_a_failure_is_explained() -> None:
    """In the table of them, and no other."""
    table = TEXT.split("| code | |")[1].split("\n\n")[0]
    rows = re.findall(r"^\| (`.*?) \|", table, re.MULTILINE)

    assert {code for row in rows for code in re.findall(r"`([a-z_]+)`", row)} == codes()


@pytest.fixture
def jq() -> None:
    """Skips a test where there is no jq, unless that is forbidden, as in CI."""
    if shutil.which("jq") is None:
        (pytest.fail if os.environ.get("PROVISIONER_JQ") == "required" else pytest.skip)("no jq here: install it")


@pytest.mark.usefixtures("jq")
def test_the_recipes_for_jq_work(tmp_path: Path) -> None:
    """On the files that the examples are."""
    files = {"plan": "plan.json", "stream": "events.jsonl", "drift": "drift.json", "problems": "problems.json"}
    for name, file in files.items():
        (tmp_path / file).write_text(EXAMPLES[name], "utf-8")

    with shell(tmp_path, dict(os.environ)) as opened:
        said = [(command, *opened.run(command.command)) for command in typed(TEXT)]

    assert len(said) == 8
    assert [(each.command, output, code) for each, output, code in said if code or not says(each, output)] == []
