"""`oneshot actions`: what a collection's gallery holds."""

from dataclasses import asdict
from typing import Annotated

import typer

from service.command_line.connection import carry_out, connected
from service.command_line.handed_down import HandingDown
from service.command_line.options import DEFAULT_URL, AsJson, Collection, Key, Local, Url
from service.command_line.output import print_json, print_table

commands = typer.Typer(cls=HandingDown)

Name = Annotated[str, typer.Argument(metavar="NAME", help="The action.")]


@commands.callback(invoke_without_command=True)
def actions(
    context: typer.Context,
    url: Url = DEFAULT_URL,
    local: Local = False,
    collection: Collection = "default",
    key: Key = None,
    json: AsJson = False,
) -> None:
    """What is enrolled: listed, unless a command says otherwise."""
    if context.invoked_subcommand is None:
        list_actions(url, local, collection, key, json)


@commands.command("list")
def list_actions(
    url: Url = DEFAULT_URL,
    local: Local = False,
    collection: Collection = "default",
    key: Key = None,
    json: AsJson = False,
) -> None:
    """List every action with its exemplars."""

    async def work() -> list[dict[str, object]]:
        async with connected(url, local=local, collection=collection, key=key) as client:
            return [asdict(entry) async for entry in client.actions()]

    entries = carry_out(work)
    if json:
        for entry in entries:
            print_json(entry)
    else:
        columns = ("action", "exemplars", "created", "updated")
        rows = [[entry[name] for name in columns] for entry in entries]
        print_table(("action", "exemplars", "created (UTC)", "updated (UTC)"), rows)


@commands.command("show")
def show_action(
    action: Name,
    url: Url = DEFAULT_URL,
    local: Local = False,
    collection: Collection = "default",
    key: Key = None,
    json: AsJson = False,
) -> None:
    """Show one action's exemplars, oldest first."""

    async def work() -> dict[str, object]:
        async with connected(url, local=local, collection=collection, key=key) as client:
            return asdict(await client.action(action))

    detail = carry_out(work)
    if json:
        print_json(detail)
        return
    rows = []
    for entry in detail["exemplars"]:  # type: ignore[attr-defined]
        quality = entry["quality"] or {}
        measured = (quality.get(name) for name in ("seconds", "seen", "motion"))
        rows.append((entry["exemplar_id"], entry["created"], *measured))
    print_table(("exemplar", "created (UTC)", "seconds", "seen", "motion"), rows)


@commands.command("delete")
def delete_action(
    action: Name,
    exemplar: Annotated[
        str | None, typer.Option(help="Only this exemplar.", show_default=False)
    ] = None,
    url: Url = DEFAULT_URL,
    local: Local = False,
    collection: Collection = "default",
    key: Key = None,
) -> None:
    """Delete an action with all its exemplars, or one exemplar of it."""

    async def work() -> None:
        async with connected(url, local=local, collection=collection, key=key) as client:
            await client.delete(action, exemplar)

    carry_out(work)
