"""The creator programme: the samples' figures, and a ledger that no order of landing and no later run can change."""

from __future__ import annotations

import random
import shutil
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from loaders.config import PROJECT_DIR
from loaders.samples import programme as invented
from tests.drawn.programmes import CREATORS, DOMAIN, build, draw_programme, load, put, text
from tests.support import storms
from tests.support.homes import Home, project_of

SHARED = PROJECT_DIR.parent / "shared" / "samples"
RECORDED = ("tier_checkpoints", "evaluation_runs", "mission_progress", "user_daily")
A1, A2 = "2025-03-31T19:00:00Z", "2025-04-01T19:00:00Z"
PROGRAMMES = 60


@pytest.fixture(scope="module")
def sampled(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """The shared samples, landed at once and run at both as-ofs."""
    if not SHARED.is_dir():
        pytest.skip("the shared samples are not beside this checkout")
    home = Home(tmp_path_factory.mktemp("creators") / "home", project=project_of(*CREATORS))
    for source in ("cruva", "loyalty"):
        shutil.copytree(SHARED / source, home.path / "landing" / source)
    for as_of in (A1, A2):
        load(home, as_of)
        build(home, as_of)
    return home


def test_the_samples_land_as_they_say(sampled: Home) -> None:
    assert sampled.query(
        "select source_file, rows_read, rows_landed, rows_rejected, rows_duplicate, rows_skipped from ops.load_audit"
        " where source = 'cruva' order by 1"
    ) == [
        ("cruva/org=bolt/videos_2025-03-31.csv", 3, 3, 0, 0, 0),
        ("cruva/org=bolt/videos_2025-04-01.csv", 9, 4, 2, 1, 2),
        ("cruva/org=glow/2025-03-31/videos.csv", 12, 12, 0, 0, 0),
        ("cruva/org=glow/2025-04-01/videos.csv", 13, 13, 0, 0, 0),
    ]
    assert sampled.query("select reason_code from ops.quarantined_files") == [("retired_source",)]


def test_the_samples_give_the_first_days_figures(sampled: Home) -> None:
    rows = sampled.query(
        "select handle_key, current_tier, leaderboard_rank, total_sales, total_units, checkpoint_sales_current,"
        " checkpoint_value, next_tier_percent from creators.user_daily where as_of_date = '2025-03-31'"
        " order by client_id desc, handle_key"
    )
    assert [tuple(str(cell) for cell in row) for row in rows] == [
        ("ada.skin", "tier_2", "4", "799.50", "17", "499.50", "499.50", "24.98"),
        ("ben_cuts", "tier_2", "3", "899.99", "18", "499.99", "499.99", "25.00"),
        ("cleo", "tier_2", "6", "500.00", "10", "0.00", "0.00", "0.00"),
        ("dov.glow", "tier_3", "1", "4650.00", "84", "0.00", "0.00", "0.00"),
        ("eli.m", "tier_2", "2", "2600.00", "52", "0.00", "0.00", "0.00"),
        ("fay_daily", "tier_1", "5", "650.00", "14", "0.00", "0.00", "0.00"),
        ("gia.team", "tier_1", "None", "9000.00", "180", "0.00", "0.00", "0.00"),
        ("hal.beats", "tier_2", "1", "900.00", "50", "0.00", "0.00", "0.00"),
        ("ivy.audio", "tier_2", "2", "9800.00", "49", "9800.00", "49.00", "24.50"),
        ("juno", "tier_1", "3", "0.00", "0", "0.00", "0.00", "0.00"),
    ]


def test_the_samples_give_the_second_days_figures(sampled: Home) -> None:
    rows = sampled.query(
        "select handle_key, current_tier, leaderboard_rank, total_sales, checkpoint_sales_current, promotion_value,"
        " window_earned_sales, tier_state_source, app_tier_differs from creators.users"
        " order by client_id desc, handle_key"
    )
    assert [tuple(str(cell) for cell in row) for row in rows] == [
        ("ada.skin", "tier_2", "3", "825.50", "480.50", "825.50", "26.00", "app", "False"),
        ("ben.reviews", "tier_1", "6", "499.99", "0.00", "499.99", "None", "auto", "False"),
        ("ben_cuts", "tier_2", "7", "400.00", "0.00", "400.00", "0.00", "app", "False"),
        ("cleo", "tier_2", "5", "500.00", "0.00", "500.00", "0.00", "warehouse", "False"),
        ("dov.glow", "tier_3", "1", "4770.00", "0.00", "4770.00", "120.00", "warehouse", "False"),
        ("eli.m", "tier_2", "2", "2675.00", "75.00", "75.00", "75.00", "warehouse", "True"),
        ("fay_daily", "tier_2", "4", "650.00", "0.00", "0.00", "0.00", "app", "False"),
        ("gia.team", "tier_1", "None", "9000.00", "0.00", "9000.00", "None", "app", "False"),
        ("hal.beats", "tier_2", "1", "900.00", "0.00", "50.00", "0.00", "warehouse", "True"),
        ("ivy.audio", "tier_2", "2", "9750.00", "9750.00", "48.00", "-50.00", "app", "False"),
        ("juno", "tier_1", "3", "0.00", "0.00", "0.00", "None", "app", "False"),
    ]
    assert sampled.query("select distinct user_id from creators.users where handle_key = 'cleo'") == [
        ("auto-9317ad8aaad47eb07c8bb456e380cce0",)
    ]


@pytest.mark.parametrize(
    ("query", "rows"),
    [
        (
            "select handle_key, status, basis, decision_value::text, required_value::text, tier_before, tier_after,"
            " video_count, left(next_checkpoint_at_after::text, 13) from creators.tier_checkpoints"
            " order by decided_at, handle_key",
            [
                ("cleo", "promoted", "lifetime", "500.00", "500.00", "tier_1", "tier_2", 1, "2025-07-31 19"),
                (
                    "dov.glow",
                    "maintained",
                    "window",
                    "2000.00",
                    "2000.00",
                    "tier_3",
                    "tier_3",
                    1,
                    "2025-07-31 19",
                ),
                ("eli.m", "demoted", "window", "600.00", "2000.00", "tier_3", "tier_2", 1, "2025-07-31 19"),
                ("fay_daily", "demoted", "window", "-50.00", "500.00", "tier_2", "tier_1", 0, "2025-07-31 19"),
                (
                    "hal.beats",
                    "promoted",
                    "lifetime",
                    "50.00",
                    "50.00",
                    "tier_1",
                    "tier_2",
                    2,
                    "2025-06-30 19",
                ),
                ("fay_daily", "app_change", None, None, None, "tier_1", "tier_2", None, "2025-08-01 08"),
            ],
        ),
        (
            "select run_seq, promoted, maintained, demoted, app_changes from creators.evaluation_runs order by 1",
            [(1, 2, 1, 2, 0), (2, 0, 0, 0, 1)],
        ),
        (
            "select right(video_key, 3), change_type, sales_dollars_change::text, is_in_window"
            " from creators.video_daily_changes where sync_date = '2025-04-01' order by 1",
            [
                ("101", "increase", "45.00", False),
                ("103", "decrease", "-19.00", True),
                ("202", "other", "0.00", False),
                ("403", "new", "120.00", False),
                ("503", "new", "75.00", True),
                ("812", "other", "0.00", False),
                ("821", "decrease", "-50.00", True),
                ("841", "new", "0.00", False),
            ],
        ),
        (
            "select decision_value::text, value_now::text, tier_now, is_outcome_changed"
            " from creators.checkpoint_reviews where user_id = 'u-dov'",
            [("2000.00", "2120.00", "tier_3", False)],
        ),
        ("select count(*), count(case when is_late then 1 end) from creators.checkpoint_evidence", [(9, 1)]),
        (
            "select old_handle_key, new_handle_key, shared_video_count, shared_sales_dollars::text, is_disjoint, status"
            " from creators.handle_merge_candidates",
            [("ben_cuts", "ben.reviews", 1, "499.99", True, "reported")],
        ),
        (
            "select status, days_left, amount_needed::text, need_per_day::text, pace_per_day::text,"
            " projected_value::text, pace_tier from creators.checkpoint_risk where handle_key = 'ivy.audio'",
            [("at_risk", 30, "2.00", "0.07", "0.81", "72.41", "tier_2")],
        ),
        (
            "select client_id, status, rows_landed, accepted_percent::text, new_video_count, missing_video_count,"
            " unmatched_handle_count, handle_count, unmatched_handle_percent::text from creators.sync_quality"
            " where sync_date = '2025-04-01' order by 1",
            [
                ("bolt", "partial", 4, "57.14", 1, 0, 0, 3, "0.00"),
                ("glow", "partial", 13, "100.00", 2, 1, 2, 7, "28.57"),
            ],
        ),
        (
            "select redemption_id, hours_waiting::text, sla_status, usage_window_index, sales_delta::text,"
            " calculated_commission::text, organic_sales_delta::text, organic_commission::text, spend_amount::text"
            " from creators.redemptions order by 1",
            [
                ("r-1", None, None, 0, None, None, None, None, "25.00"),
                ("r-2", "44.00", "breach", 2, None, None, None, None, None),
                ("r-3", None, None, None, "2000.00", "100.00", "1700.00", "85.00", "100.00"),
                ("r-4", None, None, None, None, None, None, None, None),
                ("r-5", None, None, None, None, None, None, None, "100.00"),
                ("r-6", None, None, None, None, None, None, None, None),
            ],
        ),
        (
            "select concluded_month::text, reward_type, redemption_count, spend_amount::text from creators.reward_spend"
            " order by 1, 2",
            [
                ("2025-02-01", "gift_card", 1, "25.00"),
                ("2025-03-01", "commission_boost", 1, "100.00"),
                ("2025-03-01", "experience", 1, None),
                ("2025-03-01", "spark_ads", 1, "100.00"),
            ],
        ),
        (
            "select mission_id, handle_key, current_value::text, is_metric_match from creators.mission_progress"
            " where status = 'completed' order by completed_at, mission_id, handle_key",
            [
                ("m-gold", "dov.glow", "34.00", False),
                ("m-sales", "dov.glow", "1700.00", True),
                ("m-sales", "eli.m", "600.00", True),
                ("m-two", "ada.skin", "2.00", True),
                ("m-units", "hal.beats", "45.00", True),
                ("m-units", "ivy.audio", "49.00", True),
                ("m-views", "dov.glow", "6000.00", True),
                ("m-wrong", "ivy.audio", "9800.00", False),
                ("m-views", "ada.skin", "5550.00", True),
            ],
        ),
        (
            "select (select count(*) from creators.videos), (select count(*) from creators.user_daily),"
            " (select count(*) from creators.mission_progress), (select count(*) from creators.leaderboard),"
            " (select count(*) from creators.videos where is_missing)",
            [(18, 21, 61, 10, 1)],
        ),
    ],
)
def test_the_samples_give_their_figures(sampled: Home, query: str, rows: Sequence[tuple[object, ...]]) -> None:
    assert sampled.query(query) == rows


def _as_ofs(draw: random.Random) -> list[datetime]:
    """Runs on some days, now and then two on one."""
    moments = [datetime(2030, 5, 27, 19, tzinfo=UTC)]
    while len(moments) < 5:
        moments.append(moments[-1] + draw.choice((timedelta(days=1), timedelta(days=2), timedelta(hours=3))))
    return moments


@pytest.mark.slow
def test_the_ledger_is_the_same_however_its_days_came(tmp_path: Path) -> None:
    """Day by day, and everything landed before the first run: the same rows in every mart. A look back gives the marts
    of that day again and changes nothing that is recorded, nor does a run repeated or made whole.
    """
    draw = random.Random(7)
    as_ofs = _as_ofs(draw)
    programmes = [draw_programme(seed, as_ofs) for seed in range(PROGRAMMES)]
    daily = Home(tmp_path / "daily", project=project_of(*CREATORS))
    at_once = Home(tmp_path / "at_once", project=project_of(*CREATORS))
    seen = {}
    landed: set[date] = set()
    for as_of in as_ofs:
        for files in programmes:
            if as_of.date() not in landed:
                put(daily, files.get(as_of.date(), {}))
        landed.add(as_of.date())
        load(daily, text(as_of))
        build(daily, text(as_of), *(storms.COMPARED if as_of < as_ofs[-1] else ()))
        seen[as_of] = daily.export(["creators"])
    last = seen[as_ofs[-1]]
    kinds = dict(daily.query("select status, count(*) from creators.tier_checkpoints group by 1"))
    # What is compared must have happened, often.
    assert min(kinds.get(kind, 0) for kind in ("promoted", "maintained", "demoted", "app_change")) >= 10, kinds
    assert daily.value("select count(distinct status) from creators.mission_progress") == 4

    for files in programmes:
        for dated in files.values():
            put(at_once, dated)
    load(at_once, text(as_ofs[0]))
    for as_of in as_ofs:
        build(at_once, text(as_of), *storms.COMPARED)
        assert at_once.export(["creators"]) == seen[as_of], as_of

    look_back = build(daily, text(as_ofs[2]))
    assert "nothing was decided" in look_back
    then = daily.export(["creators"])
    for mart, rows in then.items():
        if mart.split(".")[-1] in RECORDED:
            # Who has a handle is looked up as of then; what was decided of it stays.
            assert len(rows) == len(last[mart]), mart
        else:
            assert rows == seen[as_ofs[2]][mart], mart
    assert then["creators.evaluation_runs"] == last["creators.evaluation_runs"]
    build(daily, text(as_ofs[-1]), "--full-refresh", *storms.COMPARED)
    assert daily.export(["creators"]) == last


@pytest.fixture(scope="module")
def programme_built(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """The demo's two brands, with the last day of their week not landed yet. Read it; do not write to it."""
    home = Home(tmp_path_factory.mktemp("programme") / "home", project=project_of(*CREATORS))
    last = invented.FIRST_DAY + timedelta(days=invented.DAYS - 1)
    for source, files in (("cruva", invented.videos_exports()), ("loyalty", invented.programme_exports())):
        for name, content in files.items():
            if str(last) not in name:
                home.put(name, content, source)
    load(home, "2030-11-04T18:00:00Z")
    build(home, "2030-11-04T18:00:00Z")
    return home


@pytest.fixture
def programme_home(programme_built: Home, tmp_path: Path) -> Home:
    shutil.copytree(programme_built.path, tmp_path / "home")
    return Home(tmp_path / "home", project=programme_built.project)


def test_a_late_file_changes_numbers_and_no_decision(programme_home: Home) -> None:
    decided = programme_home.export(["creators"])["creators.tier_checkpoints"]
    assert decided
    handle = programme_home.value(
        "select handle_key from creators.tier_checkpoints where status = 'demoted' and client_id = 'lamp'"
    )
    header = "Handle,Video,Views,Likes,Comments,GMV,CTR,Units Sold,Post Date,Video Title"
    late = f"{header}\n{handle},990,1,1,1,$9000.00,1,9,2030-10-01,Found late\n"
    programme_home.put("org=lamp/late/videos_2030-11-03.csv", late, "cruva")
    load(programme_home, "2030-11-04T20:00:00Z")
    build(programme_home, "2030-11-04T20:00:00Z")
    after = programme_home.export(["creators"])["creators.tier_checkpoints"]
    assert set(decided) <= set(after)
    review = programme_home.query(
        "select reviews.value_now - reviews.decision_value, reviews.is_outcome_changed"
        " from creators.checkpoint_reviews as reviews inner join creators.tier_checkpoints as decisions"
        " using (decision_id) where decisions.handle_key = ? and decisions.status = 'demoted'",
        handle,
    )
    assert review == [(Decimal("9000.00"), True)]


@pytest.mark.slow
def test_a_killed_run_repeated_decides_as_one_that_was_not(tmp_path: Path) -> None:
    """Killed before models here and there: before the first decisions, between them and the missions, and after."""
    as_of = "2030-11-05T18:00:00Z"
    home, aside = (Home(tmp_path / name, project=project_of(*CREATORS)) for name in ("home", "aside"))
    for source, files in (("cruva", invented.videos_exports()), ("loyalty", invented.programme_exports())):
        put(home, {f"{source}/{name}": content for name, content in files.items()})
    load(home, as_of)
    shutil.copytree(home.path, aside.path)
    build(aside, as_of)
    decided = []
    for count in (45, 52, 60):
        home.struck("building", count, "build", *DOMAIN, LEDGERLINE_AS_OF=as_of, LEDGERLINE_THREADS="1")
        decided.append(
            home.value(
                "select count(*) from information_schema.tables"
                " where table_schema = 'intermediate' and table_name = 'int_creators__decisions_made'"
            )
        )
    # One death at least lay before the decisions, and one after them.
    assert (decided[0], decided[-1]) == (0, 1)
    build(home, as_of, *storms.COMPARED)
    assert home.export(["creators"]) == aside.export(["creators"])


def test_a_refused_export_changes_no_mart_but_the_quality_of_syncs(programme_home: Home) -> None:
    before = programme_home.export(["creators"])
    programme_home.put("org=lamp/videos_2030-11-04_b.csv", "Handle,Video\nada,1\n", "cruva")
    load(programme_home, "2030-11-04T18:00:00Z")
    build(programme_home, "2030-11-04T18:00:00Z")
    after = programme_home.export(["creators"])
    assert {mart for mart in after if after[mart] != before[mart]} == {"creators.sync_quality"}
    assert programme_home.query(
        "select status, file_count from creators.sync_quality where client_id = 'lamp' and sync_date = '2030-11-04'"
    ) == [("partial", 2)]
