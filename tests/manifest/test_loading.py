"""A folder becomes one set of declarations; what is wrong in form is told with its place, whatever file it is in."""

from __future__ import annotations

from pathlib import Path

import pytest

from provisioner.manifest.declarations import Manifests
from provisioner.manifest.files import find
from provisioner.manifest.loading import load
from tests.manifest.made_up import ONE, TWO, problems, write


def loaded(folder: Path, **files: str) -> Manifests:
    """The folder's manifests, which must be good in form."""
    manifests, found = load(write(folder, {f"{name}.yaml": text for name, text in files.items()}))

    assert found == []
    assert manifests is not None
    assert manifests.malformed == ()
    return manifests


def test_files_are_merged(tmp_path: Path) -> None:
    """Declarations of one kind may be spread over files; they come sorted by kind and key."""
    manifests = loaded(
        tmp_path,
        a=TWO,
        b="agents:\n  zoe: {number: '1'}\nqueues:\n  q: {name: Q}\n",
        c="agents:\n  al: {number: '2'}\n",
    )

    assert [(item.kind, item.key, item.file) for item in manifests.declarations] == [
        ("agents", "al", "c.yaml"),
        ("agents", "zoe", "b.yaml"),
        ("queues", "q", "b.yaml"),
    ]
    assert manifests.tenant == "acme"
    assert sorted(manifests.connections) == ["inbox", "pbx"]
    assert manifests.files == ("a.yaml", "b.yaml", "c.yaml")


def test_which_files_are_read(tmp_path: Path) -> None:
    """Not hidden ones, not a top-level `overlays/`, nothing that is no YAML; all else, sorted."""
    write(
        tmp_path,
        {
            "a.yaml": "",
            "z.yml": "",
            "deep/er/b.yaml": "",
            "deep/overlays/c.yaml": "",
            "overlays/d.yaml": "x",
            ".hidden.yaml": "x",
            ".git/e.yaml": "x",
            "deep/.secret/f.yaml": "x",
            "notes.txt": "x",
        },
    )

    found = find(tmp_path)

    assert [source.file for source in found.sources] == ["a.yaml", "deep/er/b.yaml", "deep/overlays/c.yaml", "z.yml"]
    assert found.problems == []


def test_links_within_the_folder(tmp_path: Path) -> None:
    """A file is read once, whatever leads to it; loops end; a link into a hidden folder is followed."""
    write(tmp_path, {"a.yaml": "", "sub/b.yaml": "", "..data/c.yaml": ""})
    (tmp_path / "again.yaml").symlink_to("a.yaml")
    (tmp_path / "sub" / "loop").symlink_to("..")
    (tmp_path / "c.yaml").symlink_to("..data/c.yaml")

    found = find(tmp_path)

    assert [source.file for source in found.sources] == ["a.yaml", "c.yaml", "sub/b.yaml"]
    assert found.problems == []


def test_links_out_of_the_folder(tmp_path: Path) -> None:
    """What lies outside is no part of the tenant, and a link to nowhere is told."""
    write(tmp_path, {"outside/x.yaml": "", "t/a.yaml": ""})
    (tmp_path / "t" / "x.yaml").symlink_to("../outside/x.yaml")
    (tmp_path / "t" / "folder").symlink_to("../outside")
    (tmp_path / "t" / "gone.yaml").symlink_to("nowhere.yaml")
    (tmp_path / "t" / "self.yaml").symlink_to("self.yaml")

    found = find(tmp_path / "t")

    assert sorted((str(problem.position), problem.code) for problem in found.problems) == [
        ("folder:1:1", "link_outside"),
        ("gone.yaml:1:1", "unreadable"),
        ("self.yaml:1:1", "unreadable"),
        ("x.yaml:1:1", "link_outside"),
    ]


def test_a_folder_that_looks_like_a_manifest(tmp_path: Path) -> None:
    """`x.yaml/` is a folder like any other."""
    write(tmp_path, {"x.yaml/a.yaml": ""})

    assert [source.file for source in find(tmp_path).sources] == ["x.yaml/a.yaml"]


def test_no_folder(tmp_path: Path) -> None:
    """A folder that is not there is one problem."""
    _, found = load(tmp_path / "missing")

    assert [problem.code for problem in found] == ["no_folder"]
    assert "provisioner init" in (found[0].hint or "")


def test_no_manifests(tmp_path: Path) -> None:
    """A folder without manifests is one problem."""
    found = problems(tmp_path)

    assert [problem.code for problem in found] == ["no_manifests"]
    assert "provisioner init" in (found[0].hint or "")


FORMS = [
    ("- a\n", "1:1", "wrong_form", "a manifest must be a map, and this is a list", ""),
    ("just text\n", "1:1", "wrong_form", "this is text", ""),
    ("tenant: [a]\n", "1:9", "wrong_form", "`tenant` must be a name, and this is a list", ""),
    ("connections: pbx\n", "1:14", "wrong_form", "`connections` must be a map", ""),
    ("connections: {PBX: {vendor: alpha}}\n", "1:15", "key", "`PBX` may not be the name of a connection", "`pbx`"),
    ("connections:\n  pbx: alpha\n", "2:8", "wrong_form", "the connection `pbx` must be a map", ""),
    ("defaults: 1\n", "1:11", "wrong_form", "`defaults` must be a map, and this is a number", ""),
    ("defaults: {on: {pbx: }}\n", "1:16", "wrong_form", "a name or a list of names", ""),
    ("defaults: {on: []}\n", "1:16", "empty_on", "`defaults.on` is an empty list", ""),
    ("defaults: {agents: x}\n", "1:20", "wrong_form", "`defaults.agents` must be a map of fields", ""),
    ("defaults: {Agents: {}}\n", "1:12", "defaults", "`Agents` is not something that defaults can be for", ""),
    ("guards: [1]\n", "1:9", "wrong_form", "`guards` must be a map", ""),
    ("moved: {from: a}\n", "1:8", "wrong_form", "`moved` must be a list", ""),
    ("moved: [x]\n", "1:9", "wrong_form", "each item of `moved` must be a map", ""),
    ("moved: [{from: agents.a}]\n", "1:9", "missing", "needs `to`", ""),
    ("moved: [{from: agents.a, to: b}]\n", "1:30", "address", "`b` is not an address", "KIND.KEY"),
    ("moved: [{from: agents.a, to: agents.b, at: x}]\n", "1:40", "unknown_key", "has no `at`", ""),
    ("removed: [{address: agents.a, destroy: no}]\n", "1:40", "wrong_form", "`destroy` must be true or false", ""),
    ("imports: [{address: agents.a, id: 1}]\n", "1:21", "address", "is not an address", "KIND.KEY@CONNECTION"),
    ("imports: [{address: agents.a@pbx, id: [1]}]\n", "1:39", "wrong_form", "`id` must be", ""),
]


@pytest.mark.parametrize(("text", "place", "code", "message", "hint"), FORMS)
def test_forms_of_sections(tmp_path: Path, text: str, place: str, code: str, message: str, hint: str) -> None:
    """A section of the wrong form is one problem at its place."""
    _, found = load(write(tmp_path, {"a.yaml": text}))

    assert [(str(item.position), item.code) for item in found] == [(f"a.yaml:{place}", code)]
    assert message in found[0].message
    assert hint in (found[0].hint or "")


DECLARATIONS = [
    ("agents: [jane]\n", "1:9", "wrong_form", "`agents` must be a map from keys to declarations"),
    ("agents: {Jane: {}}\n", "1:10", "key", "`Jane` may not be a key"),
    ("agents: {jane: x}\n", "1:16", "wrong_form", "`agents.jane` must be a map of fields, and this is text"),
    ("agents: {jane: {on: []}}\n", "1:21", "empty_on", "`on` is an empty list"),
    ("agents: {jane: {on: {}}}\n", "1:21", "empty_on", "`on` is an empty map"),
    ("agents: {jane: {on: 5}}\n", "1:21", "wrong_form", "`on` must be a name or a list of names"),
    ("agents: {jane: {on: [pbx, 5]}}\n", "1:27", "wrong_form", "each item of `on`"),
    ("agents: {jane: {on: [pbx, pbx]}}\n", "1:27", "twice", "`pbx` is listed twice"),
    ("agents: {jane: {on: {pbx: x}}}\n", "1:27", "wrong_form", "`on.pbx` must be a map of fields"),
    ("agents: {jane: {lifecycle: x}}\n", "1:28", "wrong_form", "`lifecycle` must be a map"),
    ("agents: {jane: {lifecycle: {prevent: true}}}\n", "1:29", "unknown_key", "`lifecycle` has no `prevent`"),
    ("agents: {jane: {lifecycle: {prevent_destroy: no}}}\n", "1:46", "wrong_form", "true or false"),
    ("agents: {jane: {lifecycle: {ignore_changes: x}}}\n", "1:45", "wrong_form", "a list of fields"),
]


@pytest.mark.parametrize(("text", "place", "code", "message"), DECLARATIONS)
def test_forms_of_declarations(tmp_path: Path, text: str, place: str, code: str, message: str) -> None:
    """A declaration of the wrong form is one problem, kept until its kind is known to be one."""
    manifests, found = load(write(tmp_path, {"a.yaml": text}))

    assert found == []
    assert manifests is not None
    assert [(kind, str(item.position), item.code) for kind, item in manifests.malformed] == [
        ("agents", f"a.yaml:{place}", code)
    ]
    assert message in manifests.malformed[0][1].message


def test_a_key_declared_in_two_files(tmp_path: Path) -> None:
    """The message has both places."""
    found = problems(tmp_path, {"a.yaml": ONE + "queues: {q: {name: A}}\n", "b.yaml": "\nqueues:\n  q: {name: B}\n"})

    assert [(str(item.position), item.code) for item in found] == [("b.yaml:3:3", "declared_twice")]
    assert "a.yaml:4:10" in found[0].message


@pytest.mark.parametrize(
    ("section", "message"),
    [
        ("tenant: other\n", "the tenant is already declared at a.yaml:1:1"),
        ("connections: {pbx: {vendor: alpha}}\n", "the connection `pbx` is already declared at a.yaml:3:3"),
        ("defaults: {on: pbx}\n", "`defaults.on` is already declared at a.yaml:4:12"),
        ("guards: {}\n", "`guards` is already declared at a.yaml"),
        ("state: {backend: local}\n", "`state` is already declared at a.yaml"),
    ],
)
def test_sections_that_stand_once(tmp_path: Path, section: str, message: str) -> None:
    """The second one is the problem, and names the first."""
    first = ONE + "defaults: {on: pbx}\nguards: {}\nstate: {backend: local}\n"

    _, found = load(write(tmp_path, {"a.yaml": first, "b.yaml": section}))

    assert len(found) == 1, found
    assert found[0].code == "declared_twice"
    assert message in found[0].message


def test_on_in_its_three_forms(tmp_path: Path) -> None:
    """A name, a list and a map say the same where no fields stand under them."""
    manifests = loaded(
        tmp_path,
        a="agents:\n  a: {on: pbx}\n  b: {on: [pbx]}\n  c: {on: {pbx: }}\n  d: {on: {pbx: {number: '1'}}}\n  e: {}\n",
    )

    assert [item.on for item in manifests.declarations] == [
        {"pbx": {}},
        {"pbx": {}},
        {"pbx": {}},
        {"pbx": {"number": "1"}},
        None,
    ]


def test_a_broken_file_hides_nothing_and_invents_nothing(tmp_path: Path) -> None:
    """Problems of the other files are told; what may stand in the broken one is not called missing."""
    found = problems(
        tmp_path,
        {
            "a.yaml": TWO,
            "broken.yaml": "supervisors:\n  sam: {name: Sam\n",
            "c.yaml": "alerts:\n  x: {name: X, supervisor: sam, on: pbx}\n"
            "queues:\n  q: {name: Q, weight: 99, on: pbx}\n",
        },
    )

    assert [(str(item.position), item.code) for item in found] == [
        ("broken.yaml:2:8", "open_bracket"),
        ("c.yaml:4:24", "out_of_range"),
    ]
