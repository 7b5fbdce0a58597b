"""The agents that planning and applying are measured with: in a manifest, and as the vendor gets them.

Imports nothing of ours: the bare loop's start must cost what its client costs.
"""

from __future__ import annotations

from pathlib import Path

CONCURRENCY = 10
FILES = 10
KEY, PIN = "sim-eq-key", "1234"


def agent(index: int) -> dict[str, str]:
    """What is declared of an agent, in the vendor's names; the secret is left out."""
    return {
        "number": str(10000 + index),
        "firstName": f"First{index}",
        "lastName": f"Last{index}",
        "emailAddress": f"agent.{index}@acme.example",
    }


def write_tenant(folder: Path, base_url: str, count: int) -> None:
    """A new folder with a tenant of one connection, and that many agents in several files."""
    folder.mkdir(parents=True)
    limits = f"limits: {{concurrency: {CONCURRENCY}}}"
    pbx = f'{{vendor: eq, url: "{base_url}", api_key: {{from_env: BENCH_KEY}}, {limits}}}'
    (folder / "acme.yaml").write_text(f"tenant: acme\nconnections:\n  pbx: {pbx}\n")
    for number in range(FILES):
        share = range(number * count // FILES, (number + 1) * count // FILES)
        (folder / f"agents_{number}.yaml").write_text("agents:\n" + "".join(map(_declared, share)))


def _declared(index: int) -> str:
    wire = agent(index)
    return f"""\
  agent_{index:05}:
    number: "{wire["number"]}"
    first_name: {wire["firstName"]}
    last_name: {wire["lastName"]}
    email: {wire["emailAddress"]}
    password: {{from_env: BENCH_PIN}}
"""
