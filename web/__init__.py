"""Ledgerline's front door: one process that takes pushed data and answers programs.

Rooms, from the top; a module imports only from its own room and from those below it:

    serve, app   the process; the application put together
    api          what is read: published marts, row by row and domain by domain
    inbox        what is pushed: stored durably before it is acknowledged
    jobs         runs that are started from here
    news         what is new, told to who waits for it
    guard        what every request passes: hosts, keys, limits, headers, log, figures
    answers      how an answer looks: fields, filters, pages, formats, problems
    published    the publication that answers come from
    keys         who may ask for what
    config       what the environment says of it

`web` may import `loaders`; of `loaders` only `command` imports `web`, and only when its commands run.
"""
