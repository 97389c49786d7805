"""What is pushed: on the disk before it is acknowledged, byte for byte, below `landing/`; a run lands it like any file.

    landing/<source>/org=<id>/inbox/YYYY-MM-DD/<name>

`storing` writes, `signatures` knows what providers sign, `events`, `files` and `reports` are the routes.
"""
