"""``python -P -m provisioner.ci HOST JOB``: a CI job's settings, from options or variables, to its exit code.

``-P`` keeps Python from importing what lies in the folder that it is started in, which is the repository's.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

import click

from provisioner.ci import steps
from provisioner.ci.github import AUTHOR, GitHub, github_api
from provisioner.ci.gitlab import GitLab, gitlab_api
from provisioner.ci.host import Host
from provisioner.ci.job import Job
from provisioner.ci.rest import Rest
from provisioner.ci.tool import TOKEN_VARIABLE
from provisioner.cli import failures

JOBS: dict[str, Callable[[Job, Host], int]] = {"plan": steps.plan, "apply": steps.apply, "drift": steps.drift}


def _lines(_: click.Context, __: click.Parameter, value: str) -> tuple[str, ...]:
    """One word a line, so that a name may have spaces in it."""
    return tuple(line.strip() for line in value.splitlines() if line.strip())


@click.command(epilog="Example: python -P -m provisioner.ci github plan --tenant tenants/acme")
@click.argument("host_name", metavar="HOST", type=click.Choice(["github", "gitlab"]))
@click.argument("job_name", metavar="JOB", type=click.Choice(list(JOBS)))
@click.option("--tenant", envvar="PROVISIONER_TENANT", default=".", metavar="DIR", help="The tenant's folder.")
@click.option("--overlays", envvar="PROVISIONER_OVERLAYS", default="", callback=_lines, help="As for `-f`, one a line.")
@click.option(
    "--arguments", envvar="PROVISIONER_ARGUMENTS", default="", callback=_lines, help="More for the command, one a line."
)
@click.option(
    "--plan",
    "plan_file",
    envvar="PROVISIONER_PLAN",
    default="provisioner.plan",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Where the plan lies.",
)
@click.option(
    "--lock-timeout",
    envvar="PROVISIONER_LOCK_TIMEOUT",
    type=click.FloatRange(min=0),
    default=300,
    metavar="SECONDS",
    help="Wait so long for another run to end (default 300).",
)
@click.option("--comment/--no-comment", envvar="PROVISIONER_COMMENT", default=True, help="Comment, or keep an issue.")
@click.option("--author", envvar="PROVISIONER_COMMENT_AUTHOR", default=AUTHOR, help="GitHub: whose token it is.")
@click.option("--plan-job", envvar="PROVISIONER_PLAN_JOB", default="", help="GitLab: the name of the job that plans.")
def job(
    host_name: str,
    job_name: str,
    tenant: str,
    overlays: tuple[str, ...],
    arguments: tuple[str, ...],
    plan_file: Path,
    lock_timeout: float,
    author: str,
    plan_job: str,
    *,
    comment: bool,
) -> int:
    """Run a CI job on a tenant: plan, apply what was reviewed, or watch for drift."""
    settings = Job(tenant, overlays, arguments, plan_file, lock_timeout, comment)
    with _api(host_name) as rest:
        host: Host
        if host_name == "github":
            host = GitHub(os.environ, rest, author=author)
        else:
            host = GitLab(os.environ, rest, plan_job=plan_job or os.environ.get("CI_JOB_NAME", ""))
        return JOBS[job_name](settings, host)


def _api(host_name: str) -> Rest:
    token = os.environ.get(TOKEN_VARIABLE, "")
    return github_api(os.environ, token) if host_name == "github" else gitlab_api(os.environ, token)


def main() -> int:
    """Runs one job; every failure is told in words."""
    arguments = sys.argv[1:]
    try:
        code = job.main(arguments, prog_name="python -P -m provisioner.ci", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        return steps.FAILED
    except Exception as error:  # noqa: BLE001 (the top, as in the command line)
        failures.tell(error, arguments)
        return steps.FAILED
    return code if isinstance(code, int) else 0


if __name__ == "__main__":
    sys.exit(main())
