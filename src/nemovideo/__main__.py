"""`python -m nemovideo` is the `nemovideo` command."""

from __future__ import annotations

from nemovideo.cli.main import main

if __name__ == "__main__":
    main()
