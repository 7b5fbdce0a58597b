"""``provisioner completion``: the script that teaches a shell to complete our command line."""

from __future__ import annotations

import click
from click.shell_completion import ShellComplete, get_completion_class

from provisioner.cli.context import Cli, pass_cli

SHELLS = ("bash", "zsh", "fish")


@click.command(epilog="Example: provisioner completion bash > ~/.local/share/bash-completion/completions/provisioner")
@click.argument("shell", type=click.Choice(SHELLS))
@pass_cli
def completion(_cli: Cli, shell: str) -> None:
    """Print the script that makes a shell complete commands, options and their values.

    Have the shell read it when it starts, or put it where the shell looks for such scripts.
    """
    from provisioner.cli.main import cli

    found = get_completion_class(shell)
    if found is None:
        raise AssertionError(f"click does not know {shell}")
    # Not the shell's own `source`: that of bash starts a bash to see how old it is.
    click.echo(ShellComplete.source(found(cli, {}, "provisioner", "_PROVISIONER_COMPLETE")))
