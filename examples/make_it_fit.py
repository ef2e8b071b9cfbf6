"""Make one video fit, on this machine: python examples/make_it_fit.py talk.mp4 50"""

from __future__ import annotations

import asyncio
import sys

from nemovideo import AsyncNemoClient, NemoError


async def main(source: str, megabytes: float) -> int:
    try:
        async with AsyncNemoClient.local() as client:
            result = await client.compress(source, max_mb=megabytes, overwrite=True)
    except NemoError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    print(f"{result.path}: {result.original_size:,} → {result.size:,} bytes")
    print(*result.notes, sep="\n")
    return 0


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    sys.exit(asyncio.run(main(sys.argv[1], float(sys.argv[2]))))
