"""The entry of the `nemovideo` command, there even where its extra is not."""

from __future__ import annotations

import sys
from importlib.util import find_spec

__all__ = ["main"]

MISSING = "The command line needs click, which is not installed."
HINT = 'Install it with: python -m pip install "nemovideo[cli]"'


def main() -> None:
    """Run the command line and exit with its code; without click, name the extra and exit 7."""
    if find_spec("click") is None:
        _refuse()
        sys.exit(7)
    from nemovideo.cli.program import run  # noqa: PLC0415 - imports click, known to be here only now

    sys.exit(run(sys.argv[1:]))


def _refuse() -> None:
    if "--json" in sys.argv:
        import json  # noqa: PLC0415 - on this way out only

        error = {"type": "MissingExtra", "message": MISSING, "hint": HINT, "exit_code": 7}
        sys.stdout.write(json.dumps({"error": error}) + "\n")
    else:
        sys.stderr.write(f"error: {MISSING} {HINT}\n")
