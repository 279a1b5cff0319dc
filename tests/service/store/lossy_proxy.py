"""A way to a server on which an answer can be lost or late after the server has done its work."""

from __future__ import annotations

import socket
import threading
import time
from types import TracebackType


class LossyProxy:
    """Passes bytes between a free local port and `port`, one thread a connection.

    Every answer is held back for `delay` seconds, which may be changed at any time.
    """

    def __init__(self, port: int) -> None:
        self._port = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._lose = threading.Event()
        self.lost = 0
        self.delay = 0.0
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self._listener.getsockname()[1]}/0"

    def lose_next_answer(self) -> None:
        """The server's next answer is dropped, and the connection with it."""
        self._lose.set()

    def __enter__(self) -> LossyProxy:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with client, socket.create_connection(("127.0.0.1", self._port)) as server:
            back = threading.Thread(target=self._pass_back, args=(server, client), daemon=True)
            back.start()
            try:
                while data := client.recv(65536):
                    server.sendall(data)
                server.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            back.join()

    def _pass_back(self, server: socket.socket, client: socket.socket) -> None:
        try:
            while data := server.recv(65536):
                if self._lose.is_set():
                    self._lose.clear()
                    self.lost += 1
                    client.shutdown(socket.SHUT_RDWR)
                    return
                time.sleep(self.delay)
                client.sendall(data)
        except OSError:
            return
