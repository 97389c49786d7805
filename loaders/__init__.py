"""Ledgerline's loaders: what people, schedulers and webhooks drop into `landing/` becomes rows of `raw_<source>`.

Rooms, from the top; a module imports only from its own room and from those below it:

    command      the `ledgerline` command
    operations   runs, the journal and recovery, status and alerts
    samples      the demo and what writes its files
    sources      one package per source, and their registry
    landing      files and pages of APIs become raw rows; the books of what was read
    settings     the home's own facts, which readers and models look up
    readers      text, JSON, cells, dates: what the readers of all sources share
    publishing   marts become what BI reads
    building     dbt
    warehouse    the engine that all of this writes to

Beside them, for everything: `source` (how a source declares itself), `config` (everything the environment says) and
`logs`.
"""
