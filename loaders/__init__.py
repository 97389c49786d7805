"""Ledgerline's loaders: what people, schedulers and webhooks drop into `landing/` becomes rows of `raw_<source>`.

Layers, never mixed: *parse* (pure: bytes in, rows out), *landing* (files, provenance, rejection, dlt) and
*config* (everything the environment says). Each source is one package that declares itself as a `landing.Source`.
"""
