"""A real HTTP server on 127.0.0.1 that answers as a test wants it to."""

import contextlib
import http.server
import threading


class Answers(http.server.ThreadingHTTPServer):
    """A server whose answers a function gives, and which counts the requests.

    Attributes:
        paths: the path of each request, in order.
        ended: set when the test is over, for answers that wait.
    """

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, answer):
        self.paths, self.ended = [], threading.Event()

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                self.server.paths.append(self.path)
                with contextlib.suppress(ConnectionError):
                    answer(self)

            def log_message(self, *_):
                pass

        super().__init__(("127.0.0.1", 0), Handler)

    @property
    def address(self):
        return f"http://127.0.0.1:{self.server_port}"


@contextlib.contextmanager
def serving(answer):
    """Serve with a function that takes the request's handler; give the server."""
    with Answers(answer) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        try:
            yield server
        finally:  # a thread that goes on with a closed socket slows all later tests
            server.ended.set()
            server.shutdown()


def send(request, content, status=200, *, length=None, piece=None, pause=0.0):
    """Answer with content, at once or in pieces with pauses; `length` is what is announced."""
    request.send_response(status)
    request.send_header("content-length", str(len(content) if length is None else length))
    request.end_headers()
    for start in range(0, len(content), piece or len(content) or 1):
        request.wfile.write(content[start : start + (piece or len(content))])
        if request.server.ended.wait(pause):
            return
