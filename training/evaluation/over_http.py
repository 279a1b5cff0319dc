"""The same episodes through a running service: enrol and recognise over HTTP (ours)."""

import io
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import uuid4

import httpx
import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from skeleton import Archive
from training.evaluation.metrics import Answers, spread
from training.evaluation.probability import STRANGERS
from training.evaluation.protocol import Episode

#: The best score of a query without any match; below every score that a service gives.
_NO_MATCH = -1e6
_ATTEMPTS = 8
#: The answer to a clip that the service cannot use; any other 422 is a request it does not take.
_UNUSABLE = "urn:oneshot:unusable-clip"
_DECISIONS = ("match", "unknown", "ambiguous")


class ServiceFailed(RuntimeError):
    """The service did not do what its contract says; the message quotes it."""


@dataclass(frozen=True, eq=False)
class Served:
    """A service's answers per episode, with all classes and with half of them enrolled.

    `decisions` gives, by group of queries, the share of each decision and of the right ones among
    the matches, averaged over the episodes. `refused` counts clips that the service could not
    use: such a query is a wrong answer, such an exemplar leaves its class without one.
    """

    closed: tuple[Answers, ...]
    opened: tuple[Answers, ...]
    decisions: Mapping[str, Mapping[str, float]]
    refused: int
    seconds: float


@dataclass(frozen=True)
class _Reply:
    decision: str
    label: int | None
    score: float
    probability: float
    refused: bool = False


class Service:
    """A running service; `threads` queries are in flight."""

    def __init__(self, url: str, *, threads: int = 4) -> None:
        self._http = httpx.Client(base_url=url.rstrip("/"), timeout=60)
        self._threads = threads

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def model(self) -> dict[str, Any]:
        """Return what `GET /model` says. Raises `ServiceFailed`."""
        facts: dict[str, Any] = self._call("GET", "/model").json()
        return facts

    def serve(
        self, archive: Archive, episodes: Sequence[Episode], *, halves: bool = True
    ) -> Served:
        """Run the episodes, each in collections of its own that are removed afterwards; without
        `halves` with all classes enrolled alone.

        Raises `ServiceFailed`.
        """
        begun = time.monotonic()
        closed: list[Answers] = []
        opened: list[Answers] = []
        groups: dict[str, list[dict[str, float]]] = {}
        refused = 0
        bar = tqdm(episodes, desc=f"{archive.name} over HTTP", unit="episode", disable=None)
        for episode in bar:
            everything = np.ones(len(episode.classes), dtype=np.bool_)
            half = [(episode.enrolled, opened)] if halves else []
            for enrolled, kept in [(everything, closed), *half]:
                true = archive.labels[episode.queries]
                known = np.isin(true, episode.classes[enrolled])
                whole = enrolled is everything
                strangers = 0.0 if whole else STRANGERS
                replies, refusals = self._ask(archive, episode, enrolled, strangers)
                kept.append(_answers(replies, true, known))
                refused += refusals
                name = "all classes enrolled" if whole else "half enrolled, known"
                groups.setdefault(name, []).append(_decisions(replies, true, known))
                if not whole:
                    unknown = _decisions(replies, true, ~known)
                    groups.setdefault("half enrolled, unknown", []).append(unknown)
        decisions = {
            group: {key: spread([row[key] for row in rows]).mean for key in rows[0]}
            for group, rows in groups.items()
        }
        return Served(tuple(closed), tuple(opened), decisions, refused, time.monotonic() - begun)

    def _ask(
        self, archive: Archive, episode: Episode, enrolled: NDArray[np.bool_], strangers: float
    ) -> tuple[list[_Reply], int]:
        """Enrol the chosen classes of an episode, recognise every query; count what is refused."""
        with self._collection(f"evaluate-{archive.name}-{uuid4().hex[:12]}") as name:
            pairs = zip(episode.classes[enrolled], episode.exemplars[enrolled], strict=True)
            refused = 0
            for label, clip in pairs:
                given = self._send(
                    "/enroll", archive, int(clip), collection=name, action=_action(label)
                )
                refused += not given.is_success
            pool = ThreadPoolExecutor(self._threads)
            try:
                asked = partial(self._recognize, archive, name, strangers)
                replies = list(pool.map(asked, episode.queries.tolist()))
            finally:
                pool.shutdown(cancel_futures=True)
        return replies, refused + sum(reply.refused for reply in replies)

    def _recognize(self, archive: Archive, collection: str, strangers: float, clip: int) -> _Reply:
        query = {"collection": collection, "k": "1", "strangers": f"{strangers:g}"}
        response = self._send("/recognize", archive, clip, **query)
        if not response.is_success:
            return _Reply("unknown", None, _NO_MATCH, 0.0, refused=True)
        body = response.json()
        if not body["matches"]:
            return _Reply(body["decision"], None, _NO_MATCH, 0.0)
        best = body["matches"][0]
        probability = best.get("probability")
        return _Reply(
            body["decision"],
            int(best["action"].removeprefix("class ")),
            float(best["score"]),
            float("nan") if probability is None else float(probability),
        )

    def _send(self, path: str, archive: Archive, index: int, **query: str) -> httpx.Response:
        clip = archive.clip(index)
        body = io.BytesIO()
        np.save(body, clip.joints)
        query |= {"layout": ",".join(clip.layout.joints), "fps": f"{clip.fps:g}"}
        headers = {"Content-Type": "application/x-npy"}
        return self._call("POST", path, params=query, content=body.getvalue(), headers=headers)

    @contextmanager
    def _collection(self, name: str) -> Iterator[str]:
        """A collection that is gone afterwards, after Ctrl-C too."""
        try:
            self._call("POST", "/collections", json={"name": name})
            yield name
        except BaseException:
            # What went wrong first is what the user must hear of.
            with suppress(ServiceFailed):
                self._call("DELETE", f"/collections/{name}")
            raise
        self._call("DELETE", f"/collections/{name}")

    def _call(self, method: str, path: str, **parts: Any) -> httpx.Response:
        """Send a request; wait and try again while the service is busy or starting (429, 503).

        Raises `ServiceFailed` for every answer but a success and a clip that cannot be used."""
        for _ in range(_ATTEMPTS):
            try:
                response = self._http.request(method, path, **parts)
            except httpx.HTTPError as error:
                raise ServiceFailed(f"{method} {path} at {self._http.base_url}: {error}") from error
            if response.status_code not in (429, 503):
                break
            wait = response.headers.get("Retry-After", "1")
            time.sleep(min(float(wait) if wait.isdecimal() else 1.0, 10.0))
        if not response.is_success and not _unusable(response):
            raise ServiceFailed(
                f"{method} {path} at {self._http.base_url} gave {response.status_code}: "
                f"{response.text[:300]}"
            )
        return response


def _unusable(response: httpx.Response) -> bool:
    try:
        told = response.json()
    except ValueError:
        return False
    return isinstance(told, dict) and told.get("type") == _UNUSABLE


def _action(label: int) -> str:
    """Actions are named by class number: a class name may hold what an action's must not."""
    return f"class {label}"


def _answers(
    replies: Sequence[_Reply], true: NDArray[np.int64], known: NDArray[np.bool_]
) -> Answers:
    probability = np.array([reply.probability for reply in replies])
    return Answers(
        best=np.array([reply.score for reply in replies]),
        right=_right(replies, true).astype(np.float64),
        known=known,
        probability=None if np.isnan(probability).any() else probability,
    )


def _right(replies: Sequence[_Reply], true: NDArray[np.int64]) -> NDArray[np.bool_]:
    labels = np.array([-1 if reply.label is None else reply.label for reply in replies])
    right: NDArray[np.bool_] = labels == true
    return right


def _decisions(
    replies: Sequence[_Reply], true: NDArray[np.int64], chosen: NDArray[np.bool_]
) -> dict[str, float]:
    """Shares of each decision among the chosen queries, and of the right among their matches."""
    if not chosen.any():
        return dict.fromkeys((*_DECISIONS, "right among matches"), float("nan"))
    made = np.array([reply.decision for reply in replies])[chosen]
    right = _right(replies, true)[chosen & (np.array([r.decision for r in replies]) == "match")]
    shares = {decision: float((made == decision).mean()) for decision in _DECISIONS}
    return shares | {"right among matches": float(right.mean()) if len(right) else float("nan")}
