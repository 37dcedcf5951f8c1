"""Run the patched emulator in this process; ``infra.local.cloud`` starts it as a child.

Use: ``python -m infra.local.server OUTBOX`` with GATEWAY_PORT, BIND_HOST and TMPDIR in the environment.
The server ends with its parent: it stops when its standard input closes.
"""

import os
import signal
import sys
import threading
from pathlib import Path


def _stop_with_parent() -> None:
    sys.stdin.buffer.read()
    os.kill(os.getpid(), signal.SIGTERM)


def main() -> None:
    """Patch, then serve until SIGTERM or until standard input closes."""
    outbox = Path(sys.argv[1])
    # The emulator reads its settings when imported, and its arguments when started.
    from ministack import app  # noqa: PLC0415 - see above

    from infra.local import patches  # noqa: PLC0415 - see above

    patches.apply_all(outbox=outbox)
    sys.argv = ["ministack"]
    threading.Thread(target=_stop_with_parent, daemon=True).start()
    app.main()


if __name__ == "__main__":
    main()
