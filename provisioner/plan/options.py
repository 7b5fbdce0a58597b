"""What the command line says to the planner, beyond the manifests."""

from __future__ import annotations

from dataclasses import dataclass

from provisioner.plan.guards import Allowance


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line says beyond the manifests."""

    targets: tuple[str, ...] = ()
    excludes: tuple[str, ...] = ()
    replaces: tuple[str, ...] = ()
    allow: tuple[str, ...] = ()
    destroy: bool = False
    fresh_state: bool = False

    @property
    def allowances(self) -> tuple[Allowance, ...]:
        return tuple(Allowance.parse(text) for text in self.allow)

    @property
    def allowed_accounts(self) -> frozenset[str]:
        return frozenset(item.glob for item in self.allowances if item.name == "account" and item.glob)


@dataclass(frozen=True)
class Stamp:
    """What only the command line can know: when, by which version. Empty for a plan that is not saved."""

    created_at: str = ""
    tool_version: str = ""
