"""`oneshot collections`: separate galleries."""

from dataclasses import asdict
from typing import Annotated

import typer

from service.client import CollectionInfo
from service.command_line.agreement import agree
from service.command_line.connection import carry_out, connected
from service.command_line.handed_down import HandingDown
from service.command_line.options import DEFAULT_URL, AsJson, Key, Local, Url
from service.command_line.output import print_json, print_table, short

commands = typer.Typer(cls=HandingDown)

Name = Annotated[str, typer.Argument(metavar="NAME", help="The collection.")]


@commands.callback(invoke_without_command=True)
def collections(
    context: typer.Context,
    url: Url = DEFAULT_URL,
    local: Local = False,
    key: Key = None,
    json: AsJson = False,
) -> None:
    """Separate galleries: listed, unless a command says otherwise."""
    if context.invoked_subcommand is None:
        list_collections(url, local, key, json)


@commands.command("list")
def list_collections(
    url: Url = DEFAULT_URL, local: Local = False, key: Key = None, json: AsJson = False
) -> None:
    """List every collection."""

    async def work() -> tuple[CollectionInfo, ...]:
        async with connected(url, local=local, key=key) as client:
            return await client.collections()

    infos = carry_out(work)
    if json:
        for info in infos:
            print_json(asdict(info))
    else:
        columns = ("name", "actions", "exemplars", "revision", "space", "created (UTC)")
        print_table(columns, [_row(info) for info in infos])


@commands.command("create")
def create_collection(
    name: Name, url: Url = DEFAULT_URL, local: Local = False, key: Key = None
) -> None:
    """Make an empty collection."""

    async def work() -> None:
        async with connected(url, local=local, key=key, makes_store=True) as client:
            await client.create_collection(name)

    carry_out(work)


@commands.command("delete")
def delete_collection(
    name: Name,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    url: Url = DEFAULT_URL,
    local: Local = False,
    key: Key = None,
) -> None:
    """Delete a collection with everything in it; asks unless it is empty."""

    async def size() -> int:
        async with connected(url, local=local, key=key) as client:
            return (await client.collection(name)).exemplars

    if not yes and (exemplars := carry_out(size)):
        holds = f"{name} holds {exemplars} exemplar{'s' * (exemplars > 1)}"
        agree(holds, "Delete it with them?", "--yes deletes it with them", "nothing was deleted")

    async def work() -> None:
        async with connected(url, local=local, key=key) as client:
            await client.delete_collection(name)

    carry_out(work)


def _row(info: CollectionInfo) -> tuple[object, ...]:
    space = short(info.space)
    return info.name, info.actions, info.exemplars, info.revision, space, info.created
