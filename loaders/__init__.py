"""Ledgerline's loaders: what people, schedulers and webhooks drop into `landing/` becomes rows of `raw_<source>`.

Rooms, from the top; a module imports only from its own room and from those below it, and no two import each other:

    __main__     `python -m loaders`
    command      the `ledgerline` command
    operations   runs, the journal and recovery, status and alerts
    samples      the demo and what writes its files
    sources      one package per source: readers, tables, settings, seeds; and their registry
    landing      files and pages of APIs become raw rows; the books of what was read
    settings     the home's own facts, which readers and models look up
    readers      text, JSON, cells, dates: what the readers of all sources share
    publishing   marts become what BI reads
    building     dbt
    source       how a source declares itself
    warehouse    the engine that all of this writes to
    config       what the environment says of everything but single sources
    logs         what a command says while it works, personal data hidden

What a module needs to know of single sources and domains, those declare. `tests/loaders/test_rooms.py` holds the rule.
"""
