"""The command `mdm`: what an operator does from a terminal, one command each.

Exit status: 0 when all went well, 1 when something was refused or not taken (the last line says
what), 2 when the command itself is wrong.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from mdm import telling
from mdm.cli.opening import database_url, hub_of_requests, open_hub
from mdm.cli.users import users
from mdm.model.errors import MdmError

if TYPE_CHECKING:
    from mdm.hub import Hub
    from mdm.sources import SourcesConfig

_Command = TypeVar("_Command", bound=Callable[..., Any])
_FILE = click.Path(path_type=Path, dir_okay=False)
_KNOWN_FILE = click.Path(path_type=Path, dir_okay=False, exists=True)

_rules = click.option("--rules", type=_KNOWN_FILE, help="The rules file; else that of MDM_RULES.")


def _sources(kind: click.Path) -> Callable[[_Command], _Command]:
    """Take the option for the sources file; `kind` tells whether it must be there."""
    return click.option(
        "--sources",
        type=kind,
        default=Path("sources.yaml"),
        show_default=True,
        help="The file that declares the departments.",
    )


class _Refusing(click.Group):
    """Says what was refused in plain words; a fault of ours keeps its stack trace."""

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401 - click's own signature
        try:
            return super().invoke(ctx)
        except MdmError as error:
            raise click.ClickException(telling.of_refusal(error)) from error


@click.group(cls=_Refusing)
def main() -> None:
    """Departments' customer records in, one golden record for each customer out."""


main.add_command(users)


@main.command()
def init() -> None:
    """Make the tables, or upgrade those of an older version."""
    applied = open_hub().init()
    click.echo(
        f"{telling.several(len(applied), 'migration')} applied"
        if applied
        else "the database is up to date"
    )


@main.command()
@click.argument("names", nargs=-1, metavar="[NAME]...")
@_sources(_KNOWN_FILE)
@_rules
@click.option("--no-resolve", is_flag=True, help="Leave what was taken pending.")
def ingest(names: Sequence[str], sources: Path, rules: Path | None, no_resolve: bool) -> None:
    """Keep the records of all sources, or of those named, that are new or changed; resolve them."""
    hub = open_hub(rules)
    figures = hub.ingest(_declared(sources, hub), names or None)
    click.echo(telling.of_ingestion(figures))
    if not no_resolve and hub.outdated():
        _resolve_waiting(hub)
    if hub.rules_changed():
        click.echo(telling.RULES_CHANGED)
    _end(telling.not_taken(figures))


def _declared(sources: Path, hub: "Hub") -> "SourcesConfig":
    from mdm.sources import load_sources

    return load_sources(sources, hub.rules)


def _resolve_waiting(hub: "Hub") -> None:
    """Resolve what waits; train before that when there is no model yet."""
    from mdm.resolution.resolve_few import FewResolved

    if not hub.models():
        click.echo(telling.of_training(hub.train()))
    done = hub.resolve_waiting()
    if isinstance(done, FewResolved):
        click.echo(telling.of_few_resolved(done))
    else:
        click.echo(telling.of_resolution(done))


def _end(problem: str | None) -> None:
    if problem is not None:
        raise click.ClickException(problem)


@main.command()
@click.argument("name")
@click.option(
    "--kind",
    type=click.Choice(["operational", "marketing", "external"]),
    required=True,
    help="What the department's records are for.",
)
@click.option(
    "--trust", type=click.FloatRange(0, 1), required=True, help="0 to 1, more is more believable."
)
def declare(name: str, kind: Any, trust: float) -> None:  # noqa: ANN401 - one of the choices
    """Make a department known that submits its records itself."""
    from mdm.model.records import Source

    open_hub().declare(Source(name, kind, trust))
    click.echo(f"{name} may submit records")


@main.command()
@click.argument("source")
@click.argument("file", type=click.File("rb"), default="-", metavar="[FILE]")
@click.option("--array", is_flag=True, help="The file is one JSON array; else JSON Lines.")
@_rules
def submit(source: str, file: Any, array: bool, rules: Path | None) -> None:  # noqa: ANN401
    """Take the records of a file, or of standard input, and resolve each at once."""
    refused = lines = 0
    for each in open_hub(rules).submit_file(source, file, array=array):
        click.echo(telling.of_answer(each))
        lines += 1
        refused += isinstance(each.answer, MdmError)
    _end(telling.of_refused_lines(refused, lines))


@main.group()
def keys() -> None:
    """Look at blocking keys that too many records share by now."""


@keys.command("list")
def list_keys() -> None:
    """List the keys that outgrew the limit since the active model was trained."""
    click.echo(telling.of_outgrown_keys(open_hub().outgrown_keys()))


@keys.command("skip")
def skip_keys() -> None:
    """Leave out the keys that outgrew the limit, by a model version of its own, and resolve."""
    hub = open_hub()
    outgrown = hub.outgrown_keys()
    click.echo(telling.of_outgrown_keys(outgrown))
    if outgrown:
        click.echo(telling.of_resolution(hub.skip_keys(outgrown)))


@main.command()
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.option("--retry", is_flag=True, help="Map the rows again; take those that are good by now.")
@_sources(_FILE)  # only trying again needs it
@_rules
def quarantine(names: Sequence[str], retry: bool, sources: Path, rules: Path | None) -> None:
    """List the rows that could not be taken, of all sources or of those named."""
    hub = open_hub(rules)
    if retry:
        click.echo(telling.of_retry(hub.retry(_declared(sources, hub), names or None)))
    entries = [entry for name in names or (None,) for entry in hub.quarantine(name)]
    click.echo(telling.of_quarantine(entries))


@main.command()
@_rules
@click.option("--seed", default=1, show_default=True, help="The seed of the random sample.")
def train(rules: Path | None, seed: int) -> None:
    """Estimate a candidate model version from what is in the store."""
    click.echo(telling.of_training(open_hub(rules).train(seed=seed)))


@main.command()
def models() -> None:
    """List the model versions."""
    hub = open_hub()
    active = hub.active_model()
    click.echo(telling.of_models(hub.models(), active.version if active else None))


@main.command()
@click.option("--model", type=int, help="The model version; the newest if left out.")
def resolve(model: int | None) -> None:
    """Work out which records belong together, and publish what differs."""
    click.echo(telling.of_resolution(open_hub().resolve(version=model)))


@main.command()
def verify() -> None:
    """Check that what is published is what a rebuild would publish; changes nothing."""
    verification = open_hub().verify()
    click.echo(telling.of_verification(verification))
    _end(telling.broken_laws(verification))


@main.command()
def rebuild() -> None:
    """Make everything derived again from what is kept, with the active model version."""
    click.echo(telling.of_resolution(open_hub().rebuild()))


@main.command()
@click.option("--labels", type=_KNOWN_FILE, required=True, help="CSV, Parquet or JSON Lines.")
def evaluate(labels: Path) -> None:
    """Compare what is published with labels (columns source, key, entity)."""
    click.echo(telling.of_evaluation(open_hub().evaluate(labels)))


@main.command()
@click.argument("what", type=click.Choice(["golden", "crosswalk", "pairs"]), metavar="WHAT")
@click.option("--to", type=_FILE, required=True, help="A .parquet, .csv or .jsonl file.")
def export(what: Any, to: Path) -> None:  # noqa: ANN401 - one of the choices
    """Write golden records, the crosswalk or the pairs to a file."""
    rows = open_hub().export(what, to)
    click.echo(f"{telling.several(rows, 'row')} written to {to}")


@main.group()
def rules() -> None:
    """Look at rules files."""


@rules.command("expand")
@click.argument("file", type=_KNOWN_FILE, required=False, metavar="[FILE]")
def expand_rules(file: Path | None) -> None:
    """Print the whole rules file that a short one stands for."""
    from mdm.model.rules.expand import expand

    click.echo(expand(file), nl=False)


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", default=8000, show_default=True)
@click.option("--workers", default=1, show_default=True, help="Processes.")
@_rules
def serve(host: str, port: int, workers: int, rules: Path | None) -> None:
    """Serve the API and its documentation page /docs."""
    # the API stands above this module and is only started from here
    from api.serve import Listening
    from api.serve import serve as serve_api
    from mdm.model.rules.load import load_rules
    from mdm.store import Store

    # No hub is opened here: DuckDB starts a thread as soon as it is imported, and a worker, which
    # is forked from this process without it, would wait for that thread when it ends.
    load_rules(rules)
    store = Store(database_url())
    store.check()
    store.close()
    listening = Listening(host=host, port=port, workers=workers)
    serve_api(lambda: hub_of_requests(rules), listening)
