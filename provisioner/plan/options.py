"""What the command line says to the planner, beyond the manifests."""

from __future__ import annotations

from dataclasses import dataclass

from provisioner.errors import UsageError
from provisioner.plan.guards import Allowance


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line says beyond the manifests.

    ``refresh_only``: only what state has is looked at, whatever the manifests say, and only the record is to change.
    ``no_refresh``: nobody is asked; what is there is taken for what was last applied.
    """

    targets: tuple[str, ...] = ()
    excludes: tuple[str, ...] = ()
    replaces: tuple[str, ...] = ()
    allow: tuple[str, ...] = ()
    destroy: bool = False
    fresh_state: bool = False
    refresh_only: bool = False
    no_refresh: bool = False

    def check(self) -> None:
        """Raises UsageError where two of them contradict each other."""
        beside = {
            "--replace": self.replaces,
            "--destroy": self.destroy,
            "--no-refresh": self.no_refresh,
            "--allow account=": self.allowed_accounts,
        }
        for option, given in beside.items():
            if self.refresh_only and given:
                raise UsageError(
                    f"`--refresh-only` cannot be combined with `{option}`",
                    hint="`--refresh-only` changes only the record of what the vendors show; leave one of the two out",
                )
        if self.no_refresh and self.allowed_accounts:
            raise UsageError(
                "`--no-refresh` cannot be combined with `--allow account=`",
                hint="whose account it is can only be told by looking: plan without `--no-refresh`",
            )

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
