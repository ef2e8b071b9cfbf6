"""Pure: bytes and JSON in, values out. No asyncio, no aiohttp, no clock, no files."""
