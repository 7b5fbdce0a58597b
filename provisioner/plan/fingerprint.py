"""One digest over what the manifests mean, so that a saved plan can tell whether they still mean it.

Comments, the order of keys, file names and defaults that change nothing are not in it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from provisioner.manifest.declarations import Manifests
from provisioner.plan.desired import Instance
from provisioner.secrets import SecretRef
from provisioner.values import digest


def config_digest(manifests: Manifests, instances: Iterable[Instance]) -> str:
    """SHA-256 over the canonical declarations and connections."""
    return digest(
        {
            "tenant": manifests.tenant,
            "connections": {name: declared.block.value for name, declared in manifests.connections.items()},
            "resources": {instance.address.text: _resource(instance) for instance in instances},
            "moved": sorted([item.source.text, item.target.text] for item in manifests.moved),
            "removed": sorted([item.address.text, item.destroy] for item in manifests.removed),
            "imports": sorted([item.address.text, item.id] for item in manifests.imports),
        }
    )


def _resource(instance: Instance) -> dict[str, Any]:
    canonical: dict[str, Any] = {"fields": instance.attributes}
    if instance.secrets:
        canonical["secrets"] = {path: _source(secret) for path, secret in instance.secrets.items()}
    if instance.ignore:
        canonical["ignore"] = sorted(instance.ignore)
    if instance.prevent_destroy is not None:
        canonical["prevent_destroy"] = instance.prevent_destroy
    return canonical


def _source(secret: SecretRef) -> list[Any]:
    argument = secret.argument if isinstance(secret.argument, str) else list(secret.argument)
    return [secret.source.value, argument, secret.version]
