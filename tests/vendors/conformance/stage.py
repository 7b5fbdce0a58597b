"""A tenant folder, a vendor's simulator behind it, and the command line, all in one process."""

from __future__ import annotations

import io
import json
import os
import re
import shutil
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from provisioner.address import Address
from provisioner.cli.main import main
from provisioner.simulators.control import Control
from provisioner.simulators.server import Running
from provisioner.state.backends.local import LocalBackend
from provisioner.state.document import Bound
from provisioner.vendors.base import Call, Offer
from tests.vendors.conformance.samples import KindSamples, Samples, kind_samples, laid_over, offer_of, samples_of

CONNECTION = "there"
KEY, SECOND, THIRD = "sample", "second", "third"

QUICK = {"retries": 0, "timeout": 10.0}
"""Settings that every connection has: a fault is met once, and nobody waits long."""


@dataclass(frozen=True)
class Ran:
    """How a command line ended."""

    code: int
    out: str
    err: str

    @property
    def text(self) -> str:
        return self.out + self.err

    @property
    def plan(self) -> dict[str, Any]:
        """The plan that it printed as JSON; fails the test where it printed something else."""
        assert self.out.startswith("{"), self.text
        return dict(json.loads(self.out))

    @property
    def changes(self) -> dict[str, dict[str, Any]]:
        """The changes of the plan by key."""
        return {change["key"]: change for change in self.plan["changes"]}


@dataclass
class Stage:
    """One vendor's one kind. ``names`` are what ``$NAME`` stands for in the samples."""

    vendor: str
    kind: str
    folder: Path
    simulator: Running
    control: Control
    names: dict[str, str] = field(default_factory=dict)

    @property
    def offer(self) -> Offer:
        return offer_of(self.vendor, self.kind)

    @property
    def samples(self) -> KindSamples:
        return kind_samples(self.vendor, self.kind)

    @property
    def all_samples(self) -> Samples:
        return samples_of(self.vendor)

    # --- the portal -------------------------------------------------------------------------------------------

    def open(self) -> None:
        """An account as freshly made, with what a person must have set up first."""
        self.control.reset()
        self.names = {"url": self.simulator.base_url, **self.simulator.credentials}
        if self.all_samples.settings:
            self.control.settings(**self.all_samples.settings)
        for made in self.samples.portal:
            self.names[made.named] = self.control.create(made.kind, self.filled(made.attributes))

    def make(self, attributes: Mapping[str, Any]) -> str:
        """A person makes an entity of the kind; its id."""
        return self.control.create(self.samples.entity, self.filled(attributes))

    def content(self) -> Any:
        """All that the vendor holds, secrets revealed, without what changes by itself."""
        return _without(self.control.content(reveal=True), self.all_samples.volatile)

    def secrets_sent(self) -> int:
        """How often the vendor was sent a value for a secret, as far as it still holds the entity."""
        return sum(_counts(self.control.content()))

    def requests(self) -> Counter[str]:
        """How often each call was made: ``GET /agent/{}``."""
        found: Counter[str] = Counter()
        for call, count in self.control.counts()["paths"].items():
            found[re.sub(r"\{[^}]*\}", "{}", call)] += count
        return found

    def writes(self) -> Counter[str]:
        """The calls made that an Offer of this vendor names for a change."""
        kinds = {kind: offer_of(self.vendor, kind) for kind in self.all_samples.kinds}
        changing = {
            call
            for offer in kinds.values()
            for one in (Call.CREATE, Call.UPDATE, Call.DELETE, Call.UNDELETE)
            for call in calls_in(offer.sources.get(one, ""))
        }
        asked = self.requests()
        return Counter({call: count for call, count in asked.items() if any(is_one(call, one) for one in changing)})

    # --- manifests and state ----------------------------------------------------------------------------------

    def write(self, declared: Mapping[str, Mapping[str, Any]], **connection: Any) -> None:
        """Makes these declarations of the kind, by key, and those beside them, the tenant's only manifest."""
        kinds: dict[str, dict[str, Any]] = {kind: dict(keys) for kind, keys in self.samples.beside.items()}
        if declared:
            kinds[self.kind] = {**kinds.get(self.kind, {}), **declared}
        self._write(kinds, connection)

    def write_connection(self) -> None:
        """Makes the connection all that the manifest says."""
        self._write({}, {})

    def _write(self, kinds: Mapping[str, Any], connection: Mapping[str, Any]) -> None:
        settings = {"vendor": self.vendor, **QUICK, **self.all_samples.connection, **connection}
        manifest = {"tenant": "acme", "connections": {CONNECTION: settings}, **kinds}
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / "acme.yaml").write_text(json.dumps(self.filled(manifest), indent=1), encoding="utf-8")

    def filled(self, value: Any) -> Any:
        """With what ``$NAME`` stands for."""
        if isinstance(value, Mapping):
            return {name: self.filled(inner) for name, inner in value.items()}
        if isinstance(value, list | tuple):
            return [self.filled(inner) for inner in value]
        if isinstance(value, str) and value.startswith("$"):
            return self.names[value[1:]]
        return value

    def another(self, over: Mapping[str, Any]) -> dict[str, Any]:
        """Another declaration of the kind."""
        return laid_over(self.samples.declare, over, self.offer)

    def address(self, key: str = KEY) -> str:
        return f"{self.kind}.{key}@{CONNECTION}"

    def bound(self, key: str = KEY) -> Bound | None:
        """What the record says of it."""
        document = LocalBackend(self.folder / ".provisioner").load()
        return document.bound.get(Address(self.kind, key, CONNECTION))

    # --- command lines ----------------------------------------------------------------------------------------

    def run(self, *arguments: str) -> Ran:
        """Runs a command line in the folder; neither ``CI`` nor anything of this tool is set."""
        out, err = io.StringIO(), io.StringIO()
        with pytest.MonkeyPatch.context() as environment, redirect_stdout(out), redirect_stderr(err):
            for name in [name for name in os.environ if name == "CI" or name.startswith("PROVISIONER_")]:
                environment.delenv(name)
            for name, value in {**self._credentials(), **self.all_samples.secrets}.items():
                environment.setenv(name, value)
            try:
                code: Any = main(["-C", str(self.folder), *arguments])
            except SystemExit as end:
                code = end.code if isinstance(end.code, int) else 1
        return Ran(code, out.getvalue(), err.getvalue())

    @property
    def secrets(self) -> frozenset[str]:
        """Every value that must show nowhere: those that declarations name, and the credentials that are secret."""
        known = {**self._credentials(), **self.all_samples.secrets}
        return frozenset(known[name] for name in (*self.all_samples.secrets, *_named(self.all_samples.connection)))

    def _credentials(self) -> dict[str, str]:
        return {name.upper(): value for name, value in self.simulator.credentials.items()}

    def plan(self) -> Ran:
        """The plan as JSON; exit code 2 where there is anything to do."""
        return self.run("plan", "--format", "json", "--detailed-exitcode")

    def apply(self) -> Ran:
        return self.run("apply", "--auto-approve")

    def beside(self, name: str) -> Stage:
        """The same account, seen from another folder."""
        return replace(self, folder=self.folder.parent / f"{self.folder.name}-{name}")


@dataclass(frozen=True)
class Moment:
    """A stage as it was, to go back to."""

    stage: Stage
    kept: Path
    account: Mapping[str, Any]
    names: Mapping[str, str]

    @staticmethod
    def of(stage: Stage) -> Moment:
        kept = stage.folder.parent / f"{stage.folder.name}-kept"
        shutil.copytree(stage.folder, kept)
        return Moment(stage, kept, stage.control.snapshot(), dict(stage.names))

    def again(self) -> Stage:
        """The stage at that moment, with no fault and nothing in the log."""
        self.stage.control.reset()
        self.stage.control.restore(self.account)
        shutil.rmtree(self.stage.folder)
        shutil.copytree(self.kept, self.stage.folder)
        return self.stage


def filled(stage: Stage) -> Stage:
    """An account that holds two entities of the kind, and what they refer to."""
    samples = stage.samples
    if samples.made is not None:
        stage.make(samples.made)
        stage.make(samples.made_second or {})
    stage.write({KEY: samples.declare, SECOND: stage.another(samples.second)})
    ran = stage.apply()
    assert ran.code == 0, ran.text
    return stage


def calls_in(source: str) -> tuple[str, ...]:
    """The calls that an Offer's source names: ``POST /agent/{}``."""
    found = re.findall(r"\b(GET|POST|PUT|PATCH|DELETE) (/[^\s,;()]+)", source)
    return tuple(f"{method} {re.sub(r'{[^}]*}', '{}', path)}" for method, path in found)


def is_one(asked: str, call: str) -> bool:
    """Whether what was asked for is that call, also where its source is more open: ``PUT /agent/{}/{}``."""
    return re.fullmatch(re.escape(call).replace(re.escape("{}"), "[^/]+"), asked) is not None


def _named(value: Any) -> Iterator[str]:
    """The variables that settings name."""
    for name, inner in value.items() if isinstance(value, dict) else ():
        if name == "from_env":
            yield str(inner)
        yield from _named(inner)


def _counts(value: Any) -> Iterator[int]:
    """How often each secret in what a simulator shows was sent."""
    if isinstance(value, dict) and value.keys() == {"set", "changes"}:
        yield value["changes"]
    elif isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _counts(inner)


def _without(value: Any, names: frozenset[str]) -> Any:
    if isinstance(value, dict):
        return {name: _without(inner, names) for name, inner in value.items() if name not in names}
    if isinstance(value, list):
        return [_without(inner, names) for inner in value]
    return value
