"""Domains are published one by one: which may be, by what builds said of them, and what is said of each."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from loaders.building.dbt import NOTHING_BUILT, holding_build, last_build
from loaders.publishing.catalogue import MART_SCHEMAS, read_marts
from loaders.publishing.publication import (
    BUILT,
    FAILED,
    SKIPPED,
    UNCHANGED,
    Domain,
    Publication,
    as_text,
    domain_of,
)
from loaders.warehouse.engine import Connection, Warehouse

# A build of the whole project says something of every domain: none before the last of them needs to be asked.
_BUILDS = """
    select
        builds.build_number, builds.is_whole, builds.status, builds.selection, builds.domains, builds.as_of,
        told.domain, told.is_whole, told.status, told.reason, told.marts_built, told.marts, told.run_id, told.built_at
    from ops.builds as builds
    left join ops.domain_builds as told on builds.build_number = told.build_number
    where builds.build_number >= (select coalesce(max(build_number), 0) from ops.builds where is_whole)
    order by builds.build_number desc
"""
# What an older version said of a build was of every domain and all its marts.
_OF_OLD = (False, None, None, 1, 1, None, None)


@dataclass(frozen=True)
class Verdict:
    """What builds say of a domain: whether it may be published, and which build made its marts as they are."""

    # Why its marts must not be published, and what failed, by name; None where they may.
    held_back: str | None = None
    reason: str | None = None
    is_built: bool = True
    # The newest build that made marts of it: of these, how many.
    run_id: str | None = None
    as_of: str | None = None
    built_at: str | None = None
    part: str | None = None


def read_verdicts(warehouse: Warehouse) -> dict[str, Verdict]:
    """The verdict on every domain of the project."""
    with warehouse.connect() as connection:
        return verdicts_of(connection)


def verdicts_of(connection: Connection) -> dict[str, Verdict]:
    builds: dict[int, list[tuple[Any, ...]]] = {}
    for row in connection.query(_BUILDS):
        builds.setdefault(row[0], []).append(row)
    return {domain: _verdict(list(_of_domain(domain, builds.values()))) for domain in MART_SCHEMAS}


def _of_domain(domain: str, builds: Iterable[Sequence[tuple[Any, ...]]]) -> Iterable[tuple[tuple[Any, ...], Verdict]]:
    """The builds that touched a domain, as `last_build` takes them, with what each made of it."""
    for rows in builds:
        _, is_whole, status, selection, domains, as_of, *_ = rows[0]
        told = next((row[7:] for row in rows if row[6] == domain), None)
        if told is None and domains is not None and f",{domain}," not in domains:
            continue
        is_whole_of_it, ended, reason, made, marts, run_id, built_at = told or _OF_OLD
        # While the build shows as running, its word on a domain is not the last.
        ended = status if status == "running" else ended or status
        yield (
            # One that failed holds back until the same part passes, or all of the domain.
            (is_whole or (is_whole_of_it and ended == "passed"), ended, selection),
            Verdict(
                reason=reason,
                is_built=made > 0,
                run_id=run_id,
                as_of=as_of and as_text(as_of),
                built_at=built_at and as_text(built_at),
                part=f"{made} of {marts} marts were built" if made < marts else None,
            ),
        )


def _verdict(builds: Sequence[tuple[tuple[Any, ...], Verdict]]) -> Verdict:
    rows = [row for row, _ in builds]
    made = next((verdict for _, verdict in builds if verdict.is_built), Verdict(is_built=False))
    held_back = last_build(rows)
    if held_back is None:
        return replace(made, reason=None)
    holding = holding_build(rows)
    return replace(made, held_back=held_back, reason=(holding is not None and builds[holding][1].reason) or held_back)


def has_passed(warehouse: Warehouse, run_id: str) -> bool:
    """Whether the run made marts of any domain, and they passed."""
    with warehouse.connect() as connection:
        return bool(
            connection.query(
                "select 1 from ops.domain_builds as told inner join ops.builds as builds"
                " on told.build_number = builds.build_number"
                " where told.run_id = %s and told.status = 'passed' and told.marts_built > 0"
                " and builds.status <> 'running' limit 1",
                run_id,
            )
        )


def without_lost_marts(
    verdicts: Mapping[str, Verdict], there: Collection[str], base: Publication | None
) -> dict[str, Verdict]:
    """The verdicts, with those domains held back of which a mart that readers see is no longer in the warehouse.

    A server drops a view with a table that it reads: whoever builds the table alone loses the view.
    """
    wanted = {mart.key for mart in read_marts()} & set(base.fingerprints if base else ())
    lost = {domain_of(key): key for key in sorted(wanted - set(there), reverse=True)}
    return {
        domain: replace(verdict, held_back="a mart is gone", reason=f"mart {lost[domain]} is not in the warehouse")
        if domain in lost and verdict.held_back is None
        else verdict
        for domain, verdict in verdicts.items()
    }


def with_kept_marts(publication: Publication, verdicts: Mapping[str, Verdict], base: Publication | None) -> Publication:
    """A publication of what was built, with the marts that readers see (`base`) of the domains that are held back."""
    if base is None:
        return publication
    held_back = {domain for domain, verdict in verdicts.items() if verdict.held_back is not None}
    keys = [key for key in base.fingerprints if domain_of(key) in held_back]
    return replace(
        publication,
        fingerprints={**publication.fingerprints, **{key: base.fingerprints[key] for key in keys}},
        rows={**publication.rows, **{key: base.rows[key] for key in keys}},
        parts={**publication.parts, **{key: base.parts[key] for key in keys if key in base.parts}},
    )


def domains_of(
    publication: Publication, verdicts: Mapping[str, Verdict], base: Publication | None
) -> dict[str, Domain]:
    """What a publication says of its domains; `base` is the one that readers see until it takes its place."""
    before = base.of_domains() if base else {}
    return {
        domain: _domain(domain, verdict, before.get(domain), publication, base) for domain, verdict in verdicts.items()
    }


def held_back(verdict: Verdict, before: Domain | None) -> Domain:
    """A domain that must not be published, next to what readers see of it."""
    outcome = SKIPPED if verdict.held_back == NOTHING_BUILT else FAILED
    return replace(before or Domain(None, None, None, outcome), outcome=outcome, reason=verdict.reason)


def _domain(
    domain: str, verdict: Verdict, before: Domain | None, publication: Publication, base: Publication | None
) -> Domain:
    if verdict.held_back is not None:
        return held_back(verdict, before)
    about = publication.about
    now = Domain(
        verdict.run_id or about.run_id,
        verdict.as_of or about.as_of,
        verdict.built_at or about.published_at,
        BUILT,
        verdict.part,
    )
    if base is None or _contents(domain, base) != _contents(domain, publication):
        return now
    if before is None or before.outcome == FAILED or (now.run_id, now.built_at) != (before.run_id, before.built_at):
        return replace(now, outcome=UNCHANGED)
    return before if publication.is_same else replace(before, outcome=SKIPPED, reason="not built since")


def _contents(domain: str, publication: Publication) -> dict[str, str]:
    return {key: content for key, content in publication.fingerprints.items() if domain_of(key) == domain}


def told_now(verdicts: Mapping[str, Verdict], base: Publication | None) -> dict[str, Domain]:
    """What there is to say of every domain before anything is published: by newer builds, else by what readers see."""
    before = base.of_domains() if base else {}
    told = {}
    for domain, verdict in verdicts.items():
        seen = before.get(domain)
        if verdict.held_back is not None:
            told[domain] = held_back(verdict, seen)
        elif seen is None or seen.outcome == FAILED:
            told[domain] = replace(seen or Domain(None, None, None, BUILT), outcome=BUILT, reason="not published yet")
        else:
            told[domain] = seen
    return told


def as_lines(told: Mapping[str, Domain]) -> list[str]:
    """A line for each domain that is held back: what failed, what readers see, and what to do."""
    return [
        f"{domain} is held back: {each.reason}; {seen_of(each)}. Mend that (CONTRIBUTING.md says who does), then"
        " `ledgerline run` publishes it"
        for domain, each in sorted(told.items())
        if each.outcome == FAILED
    ]


def seen_of(told: Domain) -> str:
    """What readers see of a domain that is held back."""
    return f"readers keep its marts as of {told.as_of}" if told.run_id else "readers have none of its marts yet"
