"""What the warehouse already knows of an organisation's Square: whose ids there are."""

from __future__ import annotations

import json
import re
from datetime import datetime

from loaders.config import parse_instant
from loaders.warehouse.engine import Warehouse

_LEGACY_COPY = re.compile(r"([a-z0-9]+)-[A-Z0-9]{20,}")


def live_customers(warehouse: Warehouse, organization_id: str) -> set[str]:
    """Ids of profiles that were not deleted after their last change."""
    with warehouse.connect() as connection:
        rows = connection.query(
            "select object_id,"
            " max(case when payload like '%%\"is_deleted\":true%%' then updated_at end),"
            " max(case when payload not like '%%\"is_deleted\":true%%' then updated_at end),"
            " sum(case when payload not like '%%\"is_deleted\":true%%' then 1 else 0 end)"
            " from raw_square.customers where organization_id = %s group by object_id",
            organization_id,
        )
    return {
        customer_id
        for customer_id, deleted_at, changed_at, versions in rows
        if versions and (deleted_at is None or (changed_at is not None and changed_at > deleted_at))
    }


def unseen_bookings(warehouse: Warehouse, organization_id: str, seen: set[str]) -> dict[str, datetime]:
    """The start of each booking that is not deleted and was not seen, nor was the original of a legacy copy."""
    starts: dict[str, datetime] = {}
    with warehouse.connect() as connection:
        rows = connection.query(
            "select distinct object_id from raw_square.bookings where organization_id = %s", organization_id
        )
        for booking_id in sorted({row[0] for row in rows} - seen):
            copy = _LEGACY_COPY.fullmatch(booking_id)
            if copy and copy[1] in seen:
                continue
            versions = connection.query(
                "select payload, updated_at from raw_square.bookings where organization_id = %s and object_id = %s"
                " order by coalesce(version, 0) desc, updated_at desc nulls last, content_hash desc",
                organization_id,
                booking_id,
            )
            entries = [(json.loads(payload), updated_at) for payload, updated_at in versions]
            deleted_at = max((at for entry, at in entries if entry.get("is_deleted")), default=None)
            live = [
                entry
                for entry, at in entries
                if not entry.get("is_deleted") and (deleted_at is None or (at is not None and at > deleted_at))
            ]
            start = parse_instant(live[0]["start_at"]) if live else None
            if start is not None:
                starts[booking_id] = start
    return starts


def unlisted_customers(warehouse: Warehouse, organization_id: str, limit: int) -> list[str]:
    """Customer ids of bookings, payments and orders that no profile has, in their order, at most `limit`."""
    text = (
        "json_extract_string(payload, '$.customer_id')"
        if warehouse.settings.target == "duckdb"
        else "cast(payload as jsonb) ->> 'customer_id'"
    )
    with warehouse.connect() as connection:
        listed = {
            row[0]
            for row in connection.query(
                "select distinct object_id from raw_square.customers where organization_id = %s", organization_id
            )
        }
        named: set[str] = set()
        for table in ("bookings", "payments", "orders"):
            named |= {
                row[0]
                for row in connection.query(
                    f"select distinct {text} from raw_square.{table} where organization_id = %s", organization_id
                )
                if row[0]
            }
    return sorted(named - listed)[:limit]
