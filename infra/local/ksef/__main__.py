"""Run the KSeF server as a process of its own: `python -m infra.local.ksef --nip NIP --port N`.

It ends when it is interrupted or terminated. What a client logs in with stands at `/_control`.
"""

import argparse
import contextlib

from infra.local.ksef.server import KsefServer


def main() -> None:
    """Serve until the end."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--nip", required=True, help="the NIP of the invoices' seller")
    parser.add_argument("--port", type=int, required=True, help="the port on 127.0.0.1")
    parser.add_argument("--token", default="", help="the seller's KSeF token; made at random without it")
    given = parser.parse_args()
    with contextlib.suppress(KeyboardInterrupt):
        KsefServer(nip=given.nip, port=given.port, token=given.token).run()


if __name__ == "__main__":
    main()
