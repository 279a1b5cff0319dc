"""`oneshot migrate`: collections to another model, from the clips that are stored."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from service.command_line.agreement import agree
from service.command_line.failure import SOME_FAILED, WRONG, Failed, note, tell
from service.command_line.migrating import migrate_each, name_unusable, ticking
from service.command_line.options import AsJson, Quiet
from service.command_line.output import (
    amount_of_bytes,
    amount_of_time,
    print_json,
    print_table,
    short,
)
from service.command_line.own_store import chosen, model, store_to_change, store_to_look_at
from service.command_line.switches import PlainSwitches

if TYPE_CHECKING:
    from service.migration import Plan, RolledBack

commands = typer.Typer(
    cls=PlainSwitches,
    no_args_is_help=True,
    help="Take collections to another model: their stored clips are embedded again.",
)

Collections = Annotated[
    list[str] | None,
    typer.Option(
        "--collection", "-c", help="Only this gallery; may be repeated.", show_default=False
    ),
]
StoreUrl = Annotated[
    str | None,
    typer.Option(
        "--store", metavar="URL", help="The store; ONESHOT_STORE unless given.", show_default=False
    ),
]
ModelFile = Annotated[
    Path | None,
    typer.Option("--model", help="The model; ONESHOT_MODEL unless given.", show_default=False),
]


@commands.command("plan")
def plan_migration(
    collection: Collections = None,
    model_file: ModelFile = None,
    store_url: StoreUrl = None,
    json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Tell what `apply` would do and how long that takes. Writes nothing."""
    from service.migration import plan
    from service.store import UnknownCollection

    encoder = model(model_file)
    with store_to_look_at(store_url) as store:
        plans = []
        for name in chosen(store, collection):
            try:
                with ticking(f"reading {name}", quiet=quiet, as_json=json) as begin:
                    plans.append(plan(store, encoder, name, begin))
            except UnknownCollection:
                continue  # deleted a moment ago
            if json:
                print_json(asdict(plans[-1]))
    if json:
        return
    columns = (
        "collection", "state", "space", "target", "actions", "exemplars", "embedded", "unusable",
        "time", "size", "kept",
    )  # fmt: skip
    print_table(columns, [_planned(each) for each in plans], uncut=True)
    for each in plans:
        name_unusable(each.collection, each.unusable, note)


@commands.command()
def apply(
    collection: Collections = None,
    model_file: ModelFile = None,
    store_url: StoreUrl = None,
    drop_unusable: Annotated[
        bool,
        typer.Option(
            "--drop-unusable", help="Delete, at the switch, exemplars this model cannot embed."
        ),
    ] = False,
    json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Embed every clip again for this model, then switch each collection in one moment.

    Until then services with the old model go on as before. Broken off, even by a kill, it goes on
    where it was when it is run again.
    """
    encoder = model(model_file)
    with store_to_change(store_url) as store:
        names = chosen(store, collection)
        migrate_each(
            store, encoder, names, drop_unusable=drop_unusable, back=False, json=json, quiet=quiet
        )


@commands.command()
def rollback(
    collection: Collections = None,
    model_file: Annotated[
        Path | None,
        typer.Option(
            "--model", help="The old model: embeds what was enrolled since.", show_default=False
        ),
    ] = None,
    space: Annotated[
        str | None,
        typer.Option(help="The space to return to; the last one unless given.", show_default=False),
    ] = None,
    store_url: StoreUrl = None,
    json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Switch collections back to the arrays that their last migration left.

    Refused for a collection with exemplars enrolled since, which have no such arrays; with the old
    model as --model these are embedded first.
    """
    from service.migration import NoWayBack, roll_back

    if model_file is not None and space is not None:
        raise Failed("a model has one space: give --model or --space, not both")
    if model_file is not None:
        encoder = model(model_file)
        with store_to_change(store_url) as store:
            names = chosen(store, collection)
            migrate_each(
                store, encoder, names, drop_unusable=False, back=True, json=json, quiet=quiet
            )
        return
    refused, results = 0, []
    try:
        with store_to_change(store_url) as store:
            for name in chosen(store, collection):
                try:
                    results.append(roll_back(store, name, space))
                except NoWayBack as error:
                    refused += 1
                    tell(str(error))
                    if json:
                        lacking = [asdict(one) for one in error.lacking]
                        print_json({"collection": name, "outcome": "refused", "lacking": lacking})
                    continue
                if json:
                    print_json(asdict(results[-1]))
    finally:  # also what was done before it was broken off
        if results and not json:
            columns = ("collection", "outcome", "space", "exemplars", "revision")
            print_table(columns, [_rolled_back(each) for each in results])
    if refused:
        raise typer.Exit(SOME_FAILED if results else WRONG)


@commands.command()
def forget(
    collection: Collections = None,
    space: Annotated[
        str | None,
        typer.Option(help="Only this space; all that are not in use unless given."),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    store_url: StoreUrl = None,
    json: AsJson = False,
) -> None:
    """Drop arrays of spaces that are not in use: no rollback to them is possible any more."""
    from service.store import SpaceInUse

    with store_to_change(store_url) as store:
        kept = []
        for name in chosen(store, collection):
            infos = [info for info in store.spaces(name) if space in (None, info.space)]
            if space is not None and any(info.bound for info in infos):
                raise Failed(f"collection {name!r} is bound to space {space}: it is in use")
            kept += [(name, info) for info in infos if not info.bound]
        if not kept:
            note("no arrays are kept but those in use")
            return
        size = amount_of_bytes(sum(info.bytes for _, info in kept))
        what = f"{size} of arrays are kept for a rollback or an unfinished migration"
        if not yes:
            agree(what, "Drop them?", "--yes drops them", "nothing was dropped")
        dropped = []
        try:
            for name, info in kept:
                try:
                    store.forget(name, info.space)
                except SpaceInUse as error:  # since a moment ago
                    raise Failed(str(error)) from error
                dropped.append(
                    (name, short(info.space), info.exemplars, amount_of_bytes(info.bytes))
                )
                if json:
                    print_json({"collection": name, **asdict(info)})
        finally:  # also what was done before it was broken off
            if dropped and not json:
                print_table(("collection", "dropped", "exemplars", "size"), dropped)


def _rolled_back(done: "RolledBack") -> tuple[Any, ...]:
    return done.collection, done.outcome, short(done.space), done.exemplars, done.revision


def _planned(plan: "Plan") -> tuple[Any, ...]:
    kept = [f"{short(i.space)} {amount_of_bytes(i.bytes)}" for i in plan.kept]
    return (
        plan.collection,
        plan.state,
        short(plan.space),
        short(plan.target),
        plan.actions,
        plan.exemplars,
        plan.embedded,
        len(plan.unusable),
        None if plan.seconds is None else amount_of_time(plan.seconds),
        None if plan.bytes is None else amount_of_bytes(plan.bytes),
        ", ".join(kept) or None,
    )
