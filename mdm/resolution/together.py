"""Requests that come at once are worked off together.

Writers come one at a time.  While one is at work, the others wait; the next one takes along what
waits by then, so that what a transaction costs, however little is in it, is shared by all of them.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from threading import Lock
from typing import Generic, TypeVar

_Asked = TypeVar("_Asked")
_Answer = TypeVar("_Answer")


@dataclass(eq=False)
class _Waiting(Generic[_Asked, _Answer]):
    """A request, and what became of it: `answered` with an answer or an error."""

    asked: _Asked
    size: int
    answers: list[_Answer] = field(default_factory=list)
    error: BaseException | None = None
    answered: bool = False


class Together(Generic[_Asked, _Answer]):
    """Works off requests; threads may share it.

    `work` answers some requests, all or none of them; `most` is the size that goes together, where
    more than one do.
    """

    def __init__(self, work: Callable[[Sequence[_Asked]], Sequence[_Answer]], *, most: int) -> None:
        self._work = work
        self._most = most
        self._waiting: list[_Waiting[_Asked, _Answer]] = []
        self._at_the_list = Lock()
        self._at_work = Lock()

    @property
    def is_at_work(self) -> bool:
        """Tell whether a request is being worked off."""
        return self._at_work.locked()

    def ask(self, asked: _Asked, *, size: int) -> _Answer:
        """Wait for the answer to a request; an error of `work` is raised."""
        mine = _Waiting[_Asked, _Answer](asked, size)
        with self._at_the_list:
            self._waiting.append(mine)
        while not mine.answered:
            with self._at_work:
                if not mine.answered:
                    self._work_off(self._next())
        if mine.error is not None:
            raise mine.error
        (answer,) = mine.answers
        return answer

    def _next(self) -> list[_Waiting[_Asked, _Answer]]:
        """Take the requests that waited longest off the list: one, or some that are small."""
        with self._at_the_list:
            size, count = 0, 0
            for each in self._waiting:
                size += each.size
                if count and size > self._most:
                    break
                count += 1
            chosen, self._waiting = self._waiting[:count], self._waiting[count:]
        return chosen

    def _work_off(self, chosen: Sequence[_Waiting[_Asked, _Answer]]) -> None:
        """Answer requests together; where that fails, one by one, so that none pays for another."""
        try:
            answers = self._work([each.asked for each in chosen])
        except BaseException as error:  # whatever ends this thread: those who wait hear of it
            if isinstance(error, Exception) and len(chosen) > 1:
                for each in chosen:
                    self._work_off([each])
                return
            for each in chosen:
                each.error, each.answered = error, True
            return
        for each, answer in zip(chosen, answers, strict=True):
            each.answers, each.answered = [answer], True
