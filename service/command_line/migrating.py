"""Migrating collections one by one: the bar, what became of each, and how it is broken off."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import typer

from service.command_line.failure import AWAY, INTERRUPTED, SOME_FAILED, Failed, note, tell
from service.command_line.output import print_json, print_table, progress, short

if TYPE_CHECKING:
    from service.encoder import Encoder
    from service.migration import Migrated, Unusable
    from service.store import Store


def migrate_each(
    store: "Store",
    encoder: "Encoder",
    names: list[str],
    *,
    drop_unusable: bool,
    back: bool,
    json: bool,
    quiet: bool,
) -> None:
    """Migrate collections one by one, and tell what became of each, also when broken off."""
    from service.migration import migrate
    from service.store import StoreUnavailable, UnknownCollection

    results: list[Migrated] = []
    again = f"{{}} of {len(names)} collections done; the same command goes on where it was"
    try:
        for name in names:
            with ticking(f"embedding {name}", quiet=quiet, as_json=json) as begin:
                try:
                    tick = begin(len(store.lacking(name, encoder.info.space)))
                    done = migrate(
                        store, encoder, name, drop_unusable=drop_unusable, back=back, progress=tick
                    )
                except UnknownCollection:
                    continue  # deleted a moment ago
            results.append(done)
            name_unusable(name, done.unusable, tell)
            name_unusable(name, done.dropped, note, "deleted: ")
            if json:
                print_json(asdict(done))
    except KeyboardInterrupt:
        raise Failed(f"interrupted; {again.format(len(results))}", INTERRUPTED) from None
    except StoreUnavailable as error:
        raise Failed(f"{error}; {again.format(len(results))}", AWAY) from error
    finally:
        if results and not json:
            columns = ("collection", "outcome", "space", "exemplars", "embedded", "revision")
            print_table(columns, [_migrated(each) for each in results])
    if left := [each.collection for each in results if each.outcome == "left"]:
        how = "" if back else f"; {_way_out(results, drop_unusable)}"
        tell(f"not switched because of what cannot be embedded: {', '.join(left)}{how}")
        raise typer.Exit(SOME_FAILED)


def _way_out(results: list["Migrated"], dropping: bool) -> str:
    """What helps where clips cannot be embedded."""
    if dropping or all(len(r.unusable) >= r.exemplars for r in results if r.outcome == "left"):
        return "the model takes none of their clips, so nothing is deleted: try another model"
    return "--drop-unusable deletes these exemplars and goes on"


@contextmanager
def ticking(
    what: str, *, quiet: bool, as_json: bool
) -> Iterator[Callable[[int], Callable[[], None]]]:
    """A bar that begins when it is told how many there are; gives what counts one more."""
    with ExitStack() as stack:

        def begin(total: int) -> Callable[[], None]:
            bar = progress(total, what, quiet=quiet, beside_json=as_json)
            return stack.enter_context(bar).done

        yield begin


def _migrated(done: "Migrated") -> tuple[Any, ...]:
    space = None if done.outcome in ("empty", "left") else short(done.target)
    return done.collection, done.outcome, space, done.exemplars, done.embedded, done.revision


def name_unusable(
    collection: str,
    unusable: tuple["Unusable", ...],
    say: Callable[[str], None],
    before: str = "",
) -> None:
    """Say of each exemplar that it cannot be embedded, and why."""
    for one in unusable:
        say(f"{before}{collection}: {one.action}, exemplar {one.exemplar_id}: {one.reason}")
