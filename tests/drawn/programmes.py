"""Random histories of creator programmes: what the app and the videos exports say from one day to the next.

A history is one client's. Windows, checkpoints, adjustments and posts lie on and beside the instants of the runs and
the midnights around them; the app changes tiers, late or needlessly; handles change, videos move and vanish.
"""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from tests.support.homes import Home

CREATORS = ("creators", "cruva", "loyalty")
DOMAIN = (
    *("--exclude-resource-type", "unit_test", "--select"),
    *(f"path:models/staging/{source}" for source in ("cruva", "loyalty")),
    *(f"path:{folder}/creators" for folder in ("models/intermediate", "models/marts", "seeds")),
)
DAY = timedelta(days=1)
_VIDEOS = (
    *("Handle", "Video", "Views", "Likes", "Comments", "GMV", "CTR"),
    *("Units Sold", "Post Date", "Video Title"),
)
_TIERS = ("stone", "copper", "silver", "gold")


def load(home: Home, as_of: str) -> None:
    done = home.ledgerline("load", "cruva", "loyalty", LEDGERLINE_AS_OF=as_of)
    assert done.returncode in (0, 1), done.stderr


def build(home: Home, as_of: str, *arguments: str) -> str:
    done = home.ledgerline("build", *DOMAIN, *arguments, LEDGERLINE_AS_OF=as_of)
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    return done.stderr


def put(home: Home, files: dict[str, str | bytes]) -> None:
    for name, content in files.items():
        source, _, path = name.partition("/")
        home.put(path, content, source)


def text(instant: datetime | None) -> str:
    return "" if instant is None else instant.astimezone(UTC).isoformat().replace("+00:00", "Z")


@dataclass
class User:
    """An app user as the next export says."""

    user_id: str
    handle: str
    tier: str
    achieved: datetime | None
    due: datetime | None
    start: datetime | None
    updated: datetime
    is_admin: bool = False


@dataclass
class Video:
    """A video as the next export says."""

    key: int
    handle: str
    posted: date
    cents: int
    units: int
    views: int
    is_listed: bool = True


@dataclass
class Programme:
    """One client's history in the making."""

    draw: random.Random
    client: str
    as_ofs: list[datetime]
    files: dict[date, dict[str, str]] = field(default_factory=dict)

    def near(self, *, days: int = 0) -> datetime:
        """An instant on or beside that of a run, or a midnight, some days back."""
        moment = self.draw.choice(self.as_ofs) - days * DAY
        if self.draw.random() < 0.3:
            moment = moment.replace(hour=0, minute=0)
        return moment + timedelta(seconds=self.draw.choice((-1, 0, 0, 0, 1)))

    def amount(self) -> int:
        """Cents on or beside a threshold, or anything."""
        return self.draw.choice((10_000, 9_999, 30_000, 0, 50, self.draw.randrange(9_000)))


def draw_programme(seed: int, as_ofs: list[datetime]) -> dict[date, dict[str, str]]:
    """For each day of a run the files dated then, by path below landing/."""
    draw = random.Random(seed)
    programme = Programme(draw, f"client{seed}", as_ofs)
    metric = draw.choice(("sales", "units"))
    days = sorted({as_of.date() for as_of in as_ofs})
    users = [_user(programme, number) for number in range(4)]
    handles = [user.handle for user in users] + [f"auto{seed}.{number}" for number in range(2)]
    videos = [_video(programme, number, draw.choice(handles)) for number in range(10)]
    adjustments: list[Sequence[object]] = []
    changes: list[Sequence[object]] = []
    for number, day in enumerate(days):
        if number:
            _pass_a_day(programme, day, users, handles, videos)
        if draw.random() < 0.6 and users:
            adjustments.append(
                (
                    *(f"a{number}", programme.client, draw.choice(users).user_id, draw.choice(("bonus", "refund"))),
                    *(draw.choice((100, -20, 300, 0.01)), draw.choice((1, -1, 5))),
                    text(programme.near(days=draw.choice((0, 0, 1, 5)))) if draw.random() < 0.85 else "",
                )
            )
        if number == 2 and draw.random() < 0.5:
            old, new = draw.sample(handles, 2)
            changes.append(
                (programme.client, f"@{old}", new, "", text(programme.near()) if draw.random() < 0.7 else "")
            )
        programme.files[day] = _exports(programme, day, metric, number, users, videos, adjustments, changes)
    return programme.files


def _user(programme: Programme, number: int) -> User:
    draw = programme.draw
    is_known = draw.random() < 0.8
    start = programme.near(days=draw.choice((30, 61, 90))) if is_known else None
    return User(
        user_id=f"u{number}",
        handle=f"{programme.client}.{number}",
        tier=draw.choice((*_TIERS, *_TIERS[1:], *_TIERS[1:], "", "unheard-of")),
        achieved=start,
        due=programme.near(days=draw.choice((0, 0, 0, 1, -30))) if is_known else None,
        start=programme.near(days=35) if draw.random() < 0.3 else None,
        updated=programme.as_ofs[0] - 40 * DAY,
        is_admin=number == 3 and draw.random() < 0.5,
    )


def _video(programme: Programme, number: int, handle: str) -> Video:
    posted = programme.near(days=programme.draw.choice((0, 1, 30, 61, 90))).date()
    return Video(number, handle, posted, programme.amount(), programme.draw.choice((0, 1, 2, 5, 6)), 100 * number)


def _pass_a_day(programme: Programme, day: date, users: list[User], handles: list[str], videos: list[Video]) -> None:
    draw = programme.draw
    for user in users:
        if draw.random() < 0.25:
            # Touched; now and then with another tier, now and then as of long ago.
            user.updated = programme.near(days=draw.choice((0, 0, 1, 20)))
            if draw.random() < 0.6:
                user.tier = draw.choice(_TIERS)
                user.achieved = draw.choice((user.achieved, programme.near()))
                user.due = draw.choice((user.due, programme.near(days=-60)))
        if draw.random() < 0.05:
            user.handle = f"{user.handle}.new"
            handles.append(user.handle)
    for video in videos:
        if draw.random() < 0.4:
            video.cents += draw.choice((1, -1, 5_000, -2_000))
            video.units += draw.choice((1, -1, 4))
        if draw.random() < 0.05:
            video.handle = draw.choice(handles)
        video.is_listed = draw.random() < 0.9
    if draw.random() < 0.7:
        late = day - draw.choice((0, 1, 2)) * DAY
        videos.append(
            Video(
                len(videos), draw.choice(handles), late, programme.amount(), draw.choice((1, 5, 6)), draw.randrange(99)
            )
        )


def _exports(
    programme: Programme,
    day: date,
    metric: str,
    number: int,
    users: Sequence[User],
    videos: Sequence[Video],
    adjustments: Sequence[Sequence[object]],
    changes: Sequence[Sequence[object]],
) -> dict[str, str]:
    draw, client = programme.draw, programme.client
    listed = [
        (
            *(draw.choice((video.handle, f"@{video.handle.upper()}")), video.key + 100, video.views, 7, 1),
            *(f"{video.cents / 100:.2f}", "1.5", video.units, min(video.posted, day), f"Video {video.key}"),
        )
        for video in videos
        if video.is_listed and video.posted <= day + DAY
    ]
    files = {f"cruva/org={client}/{day}/videos.csv": _csv(_VIDEOS, listed)} if listed else {}
    tables: dict[str, tuple[Sequence[str], Sequence[Sequence[object]]]] = {
        "users": (
            (
                *("id", "client_id", "tiktok_handle", "current_tier", "is_admin", "tier_achieved_at"),
                *("next_checkpoint_at", "window_start", "updated_at"),
            ),
            [
                (
                    *(user.user_id, client, user.handle, user.tier, user.is_admin, text(user.achieved)),
                    *(text(user.due), text(user.start), text(user.updated)),
                )
                for user in users
            ],
        ),
        "sales_adjustments": (
            ("id", "client_id", "user_id", "adjustment_type", "amount", "amount_units", "applied_at"),
            adjustments,
        ),
        "handle_changes": (("client_id", "old_handle", "new_handle", "detected_at", "resolved_at"), changes),
    }
    if number == 0:
        lifetime = draw.random() < 0.15
        tables["clients"] = (
            ("id", "name", "vip_metric", "tier_calculation_mode", "checkpoint_months"),
            [(client, client.title(), metric, "lifetime" if lifetime else "", draw.choice((1, 2, 4)))],
        )
        scale = (("stone", ""), ("copper", "100"), ("silver", "300"), ("gold", draw.choice(("1000", ""))))
        tables["tiers"] = (
            (
                *("client_id", "tier_order", "tier_id", "tier_name", "sales_threshold", "units_threshold"),
                "checkpoint_exempt",
            ),
            [
                (client, 10 * place, tier, tier.title(), need, str(int(need) // 20) if need else "", place == 4)
                for place, (tier, need) in enumerate(scale, start=1)
            ],
        )
    if number in (0, 2):
        tables["missions"] = (
            ("id", "client_id", "mission_type", "target_value", "tier_eligibility", "enabled", "activated"),
            [
                (f"m{place}", client, kind, target, tier, draw.random() < 0.9, draw.random() < 0.9)
                for place, (kind, target, tier) in enumerate(
                    (
                        ("sales_dollars", 100, "all"),
                        ("sales_units", 6, "copper"),
                        ("videos", 2, "silver"),
                        ("views", 0, "all"),
                        ("raffle", 1, "all"),
                    )
                )
            ],
        )
    for name, (header, rows) in tables.items():
        files[f"loyalty/{client}/{day}/{name}.csv"] = _csv(header, rows)
    return files


def _csv(header: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    stream = io.StringIO(newline="")
    csv.writer(stream, lineterminator="\n").writerows([header, *rows])
    return stream.getvalue()
