"""Requests that come at once are worked off together.

Writers come one at a time.  While one is at work, the others wait; the next one takes along what
waits by then, so that what a transaction costs, however little is in it, is shared by all of them.
"""

from collections.abc import Callable, Hashable, Sequence, Set
from dataclasses import dataclass, field
from threading import Lock
from time import monotonic
from typing import Generic, TypeVar

from mdm.model.errors import StoreBusy

_Asked = TypeVar("_Asked")
_Answer = TypeVar("_Answer")


@dataclass(eq=False)
class _Waiting(Generic[_Asked, _Answer]):
    """A request, what it is `about`, and what became of it: `answered`, or an error."""

    asked: _Asked
    about: Set[Hashable]
    answers: list[_Answer] = field(default_factory=list)
    error: BaseException | None = None
    answered: bool = False


class Together(Generic[_Asked, _Answer]):
    """Works off requests; threads may share it.

    `work` answers some requests, all or none of them; no two of them are about the same thing.
    `most`: how many things go together, where more than one request does.  `patience`: seconds that
    a request waits for its turn.
    """

    def __init__(
        self,
        work: Callable[[Sequence[_Asked]], Sequence[_Answer]],
        *,
        most: int,
        patience: float,
    ) -> None:
        self._work = work
        self._most = most
        self._patience = patience
        self._waiting: list[_Waiting[_Asked, _Answer]] = []
        self._at_the_list = Lock()
        self._at_work = Lock()

    def ask(self, asked: _Asked, about: Set[Hashable]) -> _Answer:
        """Wait for the answer to a request; an error of `work` is raised.

        StoreBusy when its turn does not come in time.
        """
        mine = _Waiting[_Asked, _Answer](asked, about)
        with self._at_the_list:
            self._waiting.append(mine)
        end = monotonic() + self._patience
        while not mine.answered:
            if not self._at_work.acquire(timeout=max(end - monotonic(), 0)):
                self._give_up(mine)
                self._at_work.acquire()  # it is being worked on
            try:
                if not mine.answered:
                    self._work_off(self._next())
            finally:
                self._at_work.release()
        if mine.error is not None:
            raise mine.error
        (answer,) = mine.answers
        return answer

    def _give_up(self, mine: _Waiting[_Asked, _Answer]) -> None:
        """Take a request off the list, if nobody has begun with it."""
        with self._at_the_list:
            if mine in self._waiting:
                self._waiting.remove(mine)
                raise StoreBusy("other requests write to the database: try again when they ended")

    def _next(self) -> list[_Waiting[_Asked, _Answer]]:
        """Take the requests that waited longest off the list: one, or some that are small."""
        with self._at_the_list:
            about, count = set[Hashable](), 0
            for each in self._waiting:
                large = len(about) + len(each.about) > self._most
                if count and (large or not about.isdisjoint(each.about)):
                    break
                about |= each.about
                count += 1
            chosen, self._waiting = self._waiting[:count], self._waiting[count:]
        return chosen

    def _work_off(self, chosen: Sequence[_Waiting[_Asked, _Answer]]) -> None:
        """Answer requests together; where that fails, one by one, so that none pays for another.

        Where others keep the store for too long, they do so for all who wait by then.
        """
        try:
            answers = self._work([each.asked for each in chosen])
        except StoreBusy as error:
            with self._at_the_list:
                waiting, self._waiting = self._waiting, []
            _fail([*chosen, *waiting], error)
        except BaseException as error:  # whatever ends this thread: those who wait hear of it
            if isinstance(error, Exception) and len(chosen) > 1:
                for each in chosen:
                    self._work_off([each])
                return
            _fail(chosen, error)
        else:
            for each, answer in zip(chosen, answers, strict=True):
                each.answers, each.answered = [answer], True


def _fail(several: Sequence[_Waiting[_Asked, _Answer]], error: BaseException) -> None:
    for each in several:
        each.error, each.answered = error, True
