"""Serving the API with gunicorn: `mdm serve`."""

import gc
from collections.abc import Callable
from dataclasses import dataclass

from flask import Flask
from gunicorn.app.base import BaseApplication  # type: ignore[import-untyped]

from api import create_app
from api.balance import Connections, Turn
from api.hub import Hub
from api.worker import Worker

LOOPBACK = "127.0.0.1"
_LONGEST_LINE = 8190
"""Bytes, gunicorn's most; a key takes up to 6,000: 500 characters of four bytes, each as `%f0`."""
_YOUNG_OBJECTS = 100_000
"""How many more objects are made than go before the collector looks at them (Python: 700)."""


@dataclass(frozen=True)
class Listening:
    """Where the API listens and with how many processes and threads in each.

    Only this machine reaches it unless `host` says otherwise: the API has no access control yet.
    """

    host: str = LOOPBACK
    port: int = 8000
    workers: int = 1
    threads: int = 8

    @property
    def bind(self) -> str:
        """The address as gunicorn takes it; an IPv6 one in brackets."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"


class Server(BaseApplication):  # type: ignore[misc]
    """gunicorn, configured here alone: it reads neither its files nor its environment variable.

    Each worker makes its own hub after the fork, so that no database connection is shared.
    """

    def __init__(self, make_hub: Callable[[], Hub], listening: Listening) -> None:
        self._make_hub = make_hub
        self._listening = listening
        # a new worker may begin before the end of an old one was noticed
        self._connections = Connections(2 * listening.workers)
        super().__init__()

    def load_config(self) -> None:
        """Set what differs from gunicorn's defaults.

        Its control socket would lie in the home folder, shared by every gunicorn there.  It would
        take SCRIPT_NAME and PATH_INFO for the address, from whoever sends them as headers.
        """
        self.cfg.set("bind", self._listening.bind)
        self.cfg.set("workers", self._listening.workers)
        self.cfg.set("threads", self._listening.threads)
        self.cfg.set("worker_class", "api.worker.Worker")
        self.cfg.set("control_socket_disable", True)
        self.cfg.set("forwarder_headers", "")
        self.cfg.set("limit_request_line", _LONGEST_LINE)
        self.cfg.set("proc_name", "mdm")
        self.cfg.set("pre_fork", self._join)
        self.cfg.set("child_exit", self._leave)

    def _join(self, _: object, worker: Worker) -> None:
        """Give a worker its place among those that take connections, before the fork."""
        place = self._connections.join()
        if place is not None:
            worker.turn = Turn(self._connections, place)

    def _leave(self, _: object, worker: Worker) -> None:
        if worker.turn is not None:
            self._connections.leave(worker.turn.place)

    def load(self) -> Flask:
        """Make a worker's application, which is ready when the worker takes its first request.

        What was made by then stays: Python's collector would look through all of it, again and
        again, and keep a request waiting meanwhile.  Among what is made later it looks for cycles
        seldom: a bulk makes next to none.
        """
        hub = self._make_hub()
        hub.warm_up()
        app = create_app(hub)
        gc.collect()
        gc.freeze()
        gc.set_threshold(_YOUNG_OBJECTS)
        return app


def serve(make_hub: Callable[[], Hub], listening: Listening) -> None:
    """Serve until stopped; ends the process by SystemExit when the address cannot be had."""
    Server(make_hub, listening).run()
