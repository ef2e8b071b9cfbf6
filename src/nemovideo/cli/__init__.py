"""The `nemovideo` command: one file a command, errors as one clear line and an exit code.

`main` is the entry and needs nothing but Python; everything else here needs click (extra `cli`). A command imports what
it works with when it runs, so that `nemovideo --version` never waits for aiohttp.
"""
