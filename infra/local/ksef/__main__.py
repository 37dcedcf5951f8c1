"""Run the KSeF server as a process of its own: `python -m infra.local.ksef --nip NIP --port N`.

The first line it prints is its address; what a client logs in with stands there at `/_control`. It ends when it is
terminated, or with its parent: with `--until-input-closes` it stops when its standard input does.
"""

import argparse
import contextlib
import os
import signal
import sys
import threading

from infra.local.ksef.server import KsefServer


def _stop_with_parent() -> None:
    sys.stdin.buffer.read()
    os.kill(os.getpid(), signal.SIGTERM)


def main() -> None:
    """Serve until the end."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--nip", required=True, help="the NIP of the invoices' seller")
    parser.add_argument("--port", type=int, default=0, help="the port on 127.0.0.1; a free one without it")
    parser.add_argument("--token", default="", help="the seller's KSeF token; made at random without it")
    parser.add_argument("--until-input-closes", action="store_true", help="end with the parent")
    given = parser.parse_args()
    server = KsefServer(nip=given.nip, port=given.port, token=given.token)
    print(server.url, flush=True)
    if given.until_input_closes:
        threading.Thread(target=_stop_with_parent, daemon=True).start()
    with contextlib.suppress(KeyboardInterrupt):
        server.run()


if __name__ == "__main__":
    main()
