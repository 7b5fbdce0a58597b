"""Why a connection leads to another account, in the words of the manifest: a setting that changed, or a new name."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from provisioner.diagnostics import listed
from provisioner.plan.desired import Connected, Desired


def change_back(connected: Connected, was: str) -> str:
    """The advice to write the settings again as they were, with their places; ``was`` is the account until now."""
    settings = list(_deciding(connected))
    changed = [name for name in settings if _bare(getattr(connected.settings, name)) not in was] or settings
    if not changed:
        return f"if another account is not what you meant, change the settings of `{connected.name}` back"
    places = ", ".join(f"`{name}` ({_place(connected, name)})" for name in changed)
    return f"if you did not mean to change {places}, change {'it' if len(changed) == 1 else 'them'} back"


def lent(connected: Connected, keys: Collection[str]) -> tuple[str, str]:
    """What is said of a connection that never led elsewhere, with a key that was only sent elsewhere; what to do."""
    name = connected.name
    message = (
        f"connection `{name}` would be given {listed(keys)}, which was only ever sent to another account: it is "
        f"not sent elsewhere by a manifest's word, and this is {connected.account}"
    )
    hint = f"give `{name}` a key of its own; if that account has the same one: `--allow account={name}`"
    return message, hint


def _bare(setting: str) -> str:
    """The setting as it stands in the name of an account: of a URL, what follows the scheme."""
    return (setting.partition("://")[2] or setting).rstrip("/")


def _deciding(connected: Connected) -> Iterator[str]:
    """The settings that stand in the manifest and of which the vendor makes the account's name."""
    settings = connected.settings
    for name in sorted(settings.model_fields_set):
        value = getattr(settings, name)
        if isinstance(value, str):
            other = settings.model_copy(update={name: f"{value.rstrip('/')}/other"})
            if connected.vendor.account(other) != connected.account:
                yield name


def _place(connected: Connected, name: str) -> str:
    at = connected.origin.position((name,))
    return f"{at.file}:{at.line}"


def new_name(desired: Desired, accounts: Collection[str]) -> str | None:
    """The declared connection that leads to the only account of these, which another name had; None without one."""
    found = sorted(name for name, item in desired.connections.items() if {item.account} == set(accounts))
    return found[0] if len(found) == 1 else None


def undeclared(connection: str, accounts: Collection[str], held: int, desired: Desired) -> tuple[str, str]:
    """What is said of a connection that is gone while state binds resources there, and what to do."""
    now = new_name(desired, accounts)
    also = f", and {listed([now])} leads to its account" if now else ""
    bound = f"{held} resource{' is' if held == 1 else 's are'} bound there"
    message = f"connection `{connection}` ({', '.join(sorted(accounts))}) is not declared any more{also}; {bound}"
    renamed = f"if it was renamed: moved: [{{from: '*@{connection}', to: '*@{now or 'NEW'}'}}]"
    again, release = "declare it again", f"removed: [{{address: '*@{connection}', destroy: false}}]"
    ways = (renamed, again) if now else (again, renamed)
    return message, f"{'; '.join(ways)}; to let go of what is there: {release}"
