"""`mdm users`: people with a name and a password."""

import sys

import click

from mdm import telling
from mdm.cli.opening import open_hub


@click.group()
def users() -> None:
    """Keep the names and passwords of people, whose acts carry their names."""


_password = click.option(
    "--password-stdin", "from_stdin", is_flag=True, help="Read the password from standard input."
)


@users.command("add")
@click.argument("name")
@_password
def add_user(name: str, from_stdin: bool) -> None:
    """Make a user, or enable one who was disabled, with a new password."""
    open_hub().users.add(name, _asked(from_stdin))
    click.echo(f"{name} is a user")


@users.command("list")
def list_users() -> None:
    """List the users."""
    click.echo(telling.of_users(open_hub().users.listing()))


@users.command("disable")
@click.argument("name")
def disable_user(name: str) -> None:
    """Disable a user, and end all sessions of theirs."""
    open_hub().users.disable(name)
    click.echo(f"{name} is disabled; all sessions ended")


@users.command("password")
@click.argument("name")
@_password
def change_password(name: str, from_stdin: bool) -> None:
    """Give a user another password, and end all sessions of theirs."""
    open_hub().users.set_password(name, _asked(from_stdin))
    click.echo(f"{name} has another password; all sessions ended")


def _asked(from_stdin: bool) -> str:
    """Read a password where nobody sees it: never from the command line."""
    if from_stdin:
        return sys.stdin.readline().rstrip("\n")
    password: str = click.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
    return password
