"""The home's settings files: what is read, and each way in which one is wrong, with file and line."""

from __future__ import annotations

import os
import pickle
from pathlib import Path

import pytest

from loaders.config import ConfigError, load_settings
from loaders.operations.doctor import examine
from loaders.settings.files import read_lines
from loaders.settings.landed import settings_files
from loaders.settings.lookup import seed_rows
from loaders.sources.funnel.settings import funnel_settings
from loaders.sources.funnel.values import header_aliases
from loaders.sources.registry import HOME_SEEDS, check_settings
from loaders.sources.ticketing.lookups import header_aliases as ticketing_headers
from tests.support.homes import Home

SEEDS = {seed.name: seed for seed in HOME_SEEDS}


def lines(seed: str, content: str | bytes) -> list[dict[str, str]]:
    """What a file says, cells as text."""
    found = content if isinstance(content, bytes) else content.encode()
    return [dict(line.texts) for line in read_lines(SEEDS[seed], found)]


def test_columns_stand_in_any_order_and_lines_end_as_spreadsheets_end_them() -> None:
    expected = [{"goal": "leads", "target": "20.00", "starts_on": "2026-01-01", "ends_on": "2026-01-31"}]
    assert lines("funnel_goals", "goal,target,starts_on,ends_on\nleads,20,2026-01-01,2026-01-31\n") == expected
    assert lines(
        "funnel_goals", "\ufeffTarget;Goal;ends_on;starts_on\r\n20.00;leads;2026-01-31;2026-01-01\r\n;;;\r\n"
    ) == (expected)


def test_cells_are_read_as_the_seeds_own() -> None:
    assert lines(
        "funnel_order_statuses",
        "order_source,source_status,billing_status,counts,was_paid\nclickfunnels,Zu bezahlen,open,FALSE,True\n",
    ) == [
        {
            **{"order_source": "ClickFunnels", "source_status": "Zu bezahlen", "billing_status": "open"},
            **{"counts": "false", "was_paid": "true"},
        }
    ]
    assert lines("funnel_hosts", "host,channel\nHTTPS://www.A.example:443/x?y,Paid\n") == [
        {"host": "a.example", "channel": "paid"}
    ]
    assert lines("funnel_event_rules", 'rule,name_pattern,value_pattern\nvsl,"seen_(\\d+),(x)",\n') == [
        {"rule": "vsl", "name_pattern": "seen_(\\d+),(x)", "value_pattern": ""}
    ]


@pytest.mark.parametrize(
    ("seed", "content", "said"),
    [
        ("funnel_goals", "goal,targt,starts_on,ends_on\n", "line 1: column 2 'targt' is not known"),
        ("funnel_goals", "goal,target,starts_on\n", "line 1: found no column ends_on"),
        ("funnel_goals", "goal,goal,target,starts_on,ends_on\n", "line 1: column 'goal' is there twice"),
        ("funnel_goals", "", "found 0 bytes"),
        ("funnel_goals", "\n \n", "is empty"),
        (
            "funnel_goals",
            b"goal,target,starts_on,ends_on\nle\xffads,1,2026-01-01,2026-01-02\n",
            "line 2: found byte 0xFF",
        ),
        ("funnel_goals", 'goal,target,starts_on,ends_on\nleads,"20,000",2026-01-01,2026-01-02\n', "line 2: target is"),
        ("funnel_goals", "goal,target,starts_on,ends_on\n\nroas,2,2026-01-01,2026-01-02\n", "line 3: goal is 'roas'"),
        ("funnel_goals", "goal,target,starts_on,ends_on\nleads,2,01/02/2026,2026-01-02\n", "line 2: starts_on is"),
        ("funnel_goals", "goal,target,starts_on,ends_on\nleads,2,2026-02-30,2026-03-02\n", "line 2: starts_on is"),
        ("funnel_goals", "goal,target,starts_on,ends_on\nleads,2,2026-02-03,2026-02-02\n", "ends_on is before"),
        ("funnel_goals", "goal,target,starts_on,ends_on\nleads,2,,2026-02-02\n", "line 2: starts_on is blank"),
        ("funnel_goals", "goal,target,starts_on,ends_on\nleads,2,2026-02-02\n", "line 2: found 3 cells, expected 4"),
        (
            "funnel_goals",
            'goal,target,starts_on,ends_on\n"leads,2,2026-02-02,2026-02-02\n',
            "line 2: found broken quoting",
        ),
        ("funnel_hosts", "host,channel\na.example,paid\nb.example,free\n", "line 3: channel is 'free'"),
        ("funnel_hosts", "host,channel\n/start,paid\n", "line 2: host is"),
        ("funnel_hosts", "host,channel\na.example,paid\nhttps://www.A.example/x,other\n", "the same host as in line 2"),
        (
            "funnel_hosts",
            "host,channel\na.example,paid\nb.example,paid\na.example,paid\n",
            "line 4: the same host as in line 2",
        ),
        ("funnel_product_roles", "match_on,match_value,role\nname,Plus,plus\nname, PLUS ,trial\n", "as in line 2"),
        ("funnel_campaign_types", "priority,pattern,campaign_type\n1,sales(,sales\n", "line 2: pattern is 'sales('"),
        ("funnel_campaign_types", "priority,pattern,campaign_type\n1,(?<!x)sales,sales\n", "line 2: pattern is"),
        ("funnel_campaign_types", "priority,pattern,campaign_type\n1.5,sales,sales\n", "line 2: priority is '1.5'"),
        ("funnel_vsl_milestones", "milestone_percent\n101\n", "line 2: milestone_percent is '101'"),
        ("funnel_time_zones", "rails_name,iana_name\nHere,Europe/Atlantis\n", "line 2: iana_name is"),
        ("funnel_high_ticket", "currency,min_amount\nUSD,1000\nusd,5\n", "line 3: the same currency as in line 2"),
        ("funnel_header_aliases", "kind,header,target,decimal_comma\nevents,Correo,mail,false\n", "target is 'mail'"),
        (
            "funnel_header_aliases",
            "kind,header,target,decimal_comma\nevents,Correo,email,false\nevents,CORREO,email,false\n",
            "line 3: the same kind, header as in line 2",
        ),
        (
            "funnel_order_statuses",
            "order_source,source_status,billing_status,counts,was_paid\n"
            "Spiffy,On Hold,x,true,true\nSpiffy,on_hold,y,true,true\n",
            "line 3: the same order_source, source_status as in line 2",
        ),
        (
            "funnel_order_statuses",
            "order_source,source_status,billing_status,counts,was_paid\nSpiffy,On Hold,x,yes,true\n",
            "line 2: counts is 'yes', expected true or false",
        ),
    ],
)
def test_a_wrong_file_is_told_with_its_line(seed: str, content: str | bytes, said: str) -> None:
    with pytest.raises(ConfigError) as told:
        lines(seed, content)
    assert str(told.value).startswith(f"settings/funnel/{seed}.csv")
    assert said in str(told.value)
    assert "\n" not in str(told.value)


def test_a_file_that_nothing_reads_is_told(home: Home) -> None:
    def told(name: str) -> str:
        home.settle({name: "x\n"})
        with pytest.raises(ConfigError) as error:
            settings_files(HOME_SEEDS, home.path)
        (home.path / "settings" / name).unlink()
        return str(error.value)

    assert "did you mean settings/funnel/funnel_goals.csv?" in told("funnel/funnel_gaols.csv")
    assert "did you mean settings/funnel/funnel_goals.csv?" in told("funnel_goals.csv")
    assert "settings/notes.txt is no settings file" in told("notes.txt")
    home.settle({"README.md": "ours", ".keep": "", "funnel/~$funnel_goals.csv": "", "_old/funnel_goals.csv": ""})
    assert settings_files(HOME_SEEDS, home.path) == {}


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is unreadable for root")
def test_an_unreadable_folder_or_file_is_told(home: Home) -> None:
    home.settle({"funnel/funnel_goals.csv": "goal,target,starts_on,ends_on\n"})
    folder = home.path / "settings" / "funnel"
    for path in (folder / "funnel_goals.csv", folder):
        path.chmod(0)
        with pytest.raises(ConfigError, match="cannot be read"):
            settings_files(HOME_SEEDS, home.path)
        path.chmod(0o755)


def test_a_home_adds_to_a_seed_that_holds_for_all_and_wins(home: Home) -> None:
    shipped = seed_rows(SEEDS["funnel_time_zones"], home.path)
    home.settle({"funnel/funnel_time_zones.csv": "rails_name,iana_name\nLondon,Europe/Paris\nHere,Europe/Oslo\n"})
    own = [
        {"rails_name": "London", "iana_name": "Europe/Paris"},
        {"rails_name": "Here", "iana_name": "Europe/Oslo"},
    ]
    london = {"rails_name": "London", "iana_name": "Europe/London"}
    assert seed_rows(SEEDS["funnel_time_zones"], home.path) == [row for row in shipped if row != london] + own
    settings = load_settings({**home.environment, "LEDGERLINE_FUNNEL_SOURCE_TZ": "Here"})
    assert settings.of(funnel_settings).source_timezone.key == "Europe/Oslo"
    home.settle({"funnel/funnel_hosts.csv": "host,channel\na.example,paid\n"})
    assert seed_rows(SEEDS["funnel_hosts"], home.path) == [{"host": "a.example", "channel": "paid"}]
    (home.path / "settings/funnel/funnel_hosts.csv").unlink()
    assert seed_rows(SEEDS["funnel_hosts"], home.path) == []


def test_a_refused_file_is_read_when_its_words_are_known(home: Home) -> None:
    """The verdict rests on the words; a file that was refused for others is not read again."""
    home.put("orders.csv", "Pedido,Importe,Estado,Fecha,Number\n1,31.00,paid,2025-12-24,1\n", "clickfunnels")
    home.put("photo.csv", "a,b\n1,2\n", "clickfunnels")
    assert home.load("clickfunnels").files_new == 2
    assert home.load("clickfunnels").files_new == 0
    aliases = "kind,header,target,decimal_comma\nexport_orders,{},total,false\n"
    home.settle({"funnel/funnel_header_aliases.csv": aliases.format("Suma")})
    again = home.load("clickfunnels")
    assert (again.files_new, again.rows_landed) == (2, 0)
    more = "".join(
        f"export_orders,{header},{target},false\n"
        for header, target in (("Estado", "status"), ("Fecha", "created_at"), ("Pedido", "order_id"))
    )
    home.settle({"funnel/funnel_header_aliases.csv": aliases.format("Importe") + more})
    again = home.load("clickfunnels")
    assert (again.files_new, again.rows_landed) == (2, 1)
    assert home.query("select order_id, total, status from raw_clickfunnels.export_orders") == [("1", "31.00", "paid")]
    assert home.load("clickfunnels").files_new == 0


def test_a_creators_export_is_read_with_the_homes_words(home: Home) -> None:
    words = {row["header"]: row["column_name"] for row in seed_rows(SEEDS["creators_header_aliases"])}
    home.settle({"creators/creators_header_aliases.csv": "header,column_name\nSkaper,handle\nUkjent,hndle\n"})
    with pytest.raises(ConfigError, match="line 3: column_name is 'hndle'"):
        seed_rows(SEEDS["creators_header_aliases"], home.path)
    home.settle({"creators/creators_header_aliases.csv": "header,column_name\nSkaper,handle\n"})
    found = {row["header"]: row["column_name"] for row in seed_rows(SEEDS["creators_header_aliases"], home.path)}
    assert found == {**words, "Skaper": "handle"}


def test_a_ticketing_export_is_read_with_the_homes_words(home: Home) -> None:
    home.settle(
        {"events/seed_ticketing_headers.csv": "platform,language,header,column_name\npretix,no,Billettype,event_slug\n"}
    )
    assert ticketing_headers("pretix", home.settings)["billettype"] == "event_slug"
    (home.path / "settings/events/seed_ticketing_headers.csv").unlink()
    assert "billettype" not in ticketing_headers("pretix", home.settings)


def test_no_list_of_words_says_whose_a_bare_id_is(home: Home) -> None:
    """The rest of a header of contacts does: taken for ClickFunnels' it made two people one."""
    words = (
        "kind,header,target,decimal_comma\nexport_contacts,ID,clickfunnels_id,false\nexport_orders,id,order_id,false\n"
    )
    home.settle({"funnel/funnel_header_aliases.csv": words})
    assert "id" not in header_aliases("export_contacts", home.settings)
    assert header_aliases("export_orders", home.settings)["id"] == ("order_id", False)


@pytest.mark.parametrize("source", ["ads", "attendance", "workflow"])
def test_every_reader_of_headers_sees_the_homes_words(home: Home, source: str) -> None:
    kind, headers, row = {
        "ads": ("google_ads", {"Dato": "day", "Kampanje": "campaign_name", "Kostnad": "spend"}, "2025-12-24,a,1.00"),
        "attendance": (
            "platform_counts",
            {"Dato": "date", "Plattform": "platform", "Antall": "participant_count"},
            "2025-12-24,Zoom,5",
        ),
        "workflow": ("workflow_errors", {"Flyt": "workflow_name", "Tid": "error_timestamp"}, "a,2025-12-24T08:00:00Z"),
    }[source]
    home.put("a.csv", f"{','.join(headers)}\n{row}\n", source)
    assert home.load(source).rows_landed == 0
    words = "".join(f"{kind},{header},{target},false\n" for header, target in headers.items())
    home.settle({"funnel/funnel_header_aliases.csv": f"kind,header,target,decimal_comma\n{words}"})
    assert home.load(source).rows_landed == 1


def test_the_doctor_names_a_wrong_settings_file(home: Home) -> None:
    def said() -> list[tuple[bool, str]]:
        return [(found.is_ok, found.said) for found in examine(home.settings) if found.what == "settings"]

    home.settle({"funnel/funnel_hosts.csv": "host,channel\na.example,paid\n"})
    assert said() == [(True, "funnel_hosts")]
    home.settle({"funnel/funnel_hosts.csv": "host,channel\na.example,free\n"})
    ((is_ok, message),) = said()
    assert not is_ok
    assert message.startswith("settings/funnel/funnel_hosts.csv, line 2: channel is 'free'")


def test_a_home_that_is_a_file_among_folders_is_told(tmp_path: Path) -> None:
    (tmp_path / "settings").write_text("x")
    with pytest.raises(ConfigError, match="no folder"):
        settings_files(HOME_SEEDS, tmp_path)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("SQUARE_HISTORY_START", "2015", "is '2015', expected RFC 3339 such as 2015-01-01T00:00:00Z"),
        ("SQUARE_ORGANIZATION_ID", "a b", "is 'a b', expected 1-64 of A-Z a-z 0-9 _ -"),
        ("SQUARE_RECENT_DAYS", "0", "is '0', expected a whole number of at least 1"),
        ("SQUARE_IDENTITY_POLICY", "all", "is 'all', expected one of explicit, standard, any"),
        (
            "CLICKFUNNELS_BASE_URL",
            "http://shop.example/api/v2",
            "is 'http://shop.example/api/v2', expected https://…; a token is never sent in the clear",
        ),
        (
            "CLICKFUNNELS_BASE_URL",
            "https://shop.example",
            "is 'https://shop.example', expected an address that ends in /api/v2",
        ),
        ("CLICKFUNNELS_WORKSPACE_ID", "a/b", "is 'a/b', expected the workspace's id"),
        (
            "CLICKFUNNELS_RESOURCES",
            "orders,carts",
            "names carts, expected some of contacts, orders, products, form_submissions, transactions",
        ),
        ("LEDGERLINE_BOX_OFFICE_TIMEZONE", "Mars", "is 'Mars', expected an IANA time zone such as America/Chicago"),
        ("LEDGERLINE_FUNNEL_DATE_ORDER", "ymd", "is 'ymd', expected one of mdy, dmy"),
        ("LEDGERLINE_FUNNEL_SOURCE_TZ", "Mars", "is 'Mars', expected an IANA time zone such as UTC"),
    ],
)
def test_what_the_environment_says_of_a_source_is_judged_with_the_rest(name: str, value: str, said: str) -> None:
    with pytest.raises(ConfigError) as told:
        check_settings(load_settings({name: value}))
    assert str(told.value) == f"{name} {said}"


@pytest.mark.parametrize("command", ["load", "build", "status", "demo"])
def test_a_setting_of_a_source_that_is_wrong_stops_every_command_before_it_does_anything(
    home: Home, command: str
) -> None:
    done = home.ledgerline(command, SQUARE_HISTORY_START="2015")
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.splitlines() == [
        "ledgerline: SQUARE_HISTORY_START is '2015', expected RFC 3339 such as 2015-01-01T00:00:00Z"
    ]
    assert not home.path.exists()


def test_settings_of_sources_are_read_once_and_not_sent_along() -> None:
    settings = load_settings({"LEDGERLINE_FUNNEL_SOURCE_TZ": "Europe/Oslo", "SQUARE_ACCESS_TOKEN": "a secret token"})
    found = settings.of(funnel_settings)
    assert settings.of(funnel_settings) is found
    check_settings(settings)
    # A process of its own imports the source that it reads, and no other.
    sent = pickle.dumps(settings)
    assert b"loaders.sources" not in sent
    assert pickle.loads(sent).of(funnel_settings) == found
    assert "secret" not in repr(settings)
