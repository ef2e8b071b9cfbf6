"""Talk to an engine that runs elsewhere: nemovideo serve, then python examples/against_serve.py URL talk.mp4 50

The steps of `client.compress`, one by one, as a program of your own would combine them.
"""

from __future__ import annotations

import asyncio
import sys

from nemovideo import AsyncNemoClient


async def main(url: str, source: str, megabytes: float) -> None:
    async with AsyncNemoClient(base_url=url) as client:
        print(f"{(await client.credits.balance()).available} credits")
        session = await client.session.create()
        upload = await client.upload.file(session, source)
        print(f"uploaded {upload.filename}: {upload.width}×{upload.height}, {upload.duration:.1f} s")
        reply = await client.chat.send(session, f"compress this video to under {megabytes} MB")
        print(reply.text)
        print((await client.state.timeline(session)).summary)
        result = await client.compress(source, max_mb=megabytes, overwrite=True)
        print(f"{result.path}: {result.size:,} bytes")


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    asyncio.run(main(sys.argv[1], sys.argv[2], float(sys.argv[3])))
