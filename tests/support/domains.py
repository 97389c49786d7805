"""A project of three small domains that nothing of the platform knows: what publishing does with each of any project.

`stall` reads a mart of `kiosk`, which shares a model with `loft`. The environment variable BROKEN names what fails.
"""

from __future__ import annotations

from pathlib import Path

from filelock import FileLock

from tests.support import homes
from tests.support.homes import copy_project

MARTS = {"kiosk.sales": "kiosk", "kiosk.hours": "kiosk", "stall.prices": "stall", "loft.rooms": "loft"}
# What each break holds back.
BREAKS = {
    "model hours": {"kiosk"},
    "model sales": {"kiosk", "stall"},
    "test sales": {"kiosk", "stall"},
    "test assert_prices_tie": {"stall"},
    "model int_things_counted": {"kiosk", "loft"},
    "test assert_hours_fit_rooms": {"kiosk", "loft"},
    "model rooms": {"loft"},
}
_READS = {
    "intermediate/kiosk/int_things_counted": "(select 1 as thing_id)",
    "marts/kiosk/sales": "(select 1 as thing_id)",
    "marts/kiosk/hours": "{{ ref('int_things_counted') }}",
    "marts/stall/prices": "{{ ref('sales') }}",
    "marts/loft/rooms": "{{ ref('int_things_counted') }}",
}
# With `test`, every row is there twice, so that the key is not one.
_MODEL = """
{%- set broken = env_var('BROKEN', '') -%}
select
    thing_id {{ '+ 1' if broken == 'unit NAME' }} as thing_id,
    cast('ada@example.org' as varchar) as email,
    {{ ledgerline.as_of_instant() }} as as_of
from SOURCE as things
{{ 'where no_such_column = 1' if broken == 'model NAME' }}
{{ 'cross join (select 1 union all select 2) as twice' if broken == 'test NAME' }}
"""
_CONTRACT = """
models:
  - name: {name}
    description: Of a test.
    data_tests:
      - unique_key: {{name: {name}_has_one_row_per_key, arguments: {{columns: [thing_id]}}}}
    columns:
      - {{name: thing_id, data_type: integer, description: Key.}}
      - {{name: email, data_type: varchar, description: Personal., config: {{meta: {{pii: true}}}}}}
      - {{name: as_of, data_type: timestamptz, description: The clock of the build.}}
"""
_UNIT_TEST = """
unit_tests:
  - name: a_thing_has_a_room
    model: rooms
    given: [{input: ref('int_things_counted'), rows: [{thing_id: 1}]}]
    expect: {rows: [{thing_id: 1}]}
"""
_TESTS = {
    "stall/assert_prices_tie": "select 1 from {{ ref('prices') }} inner join {{ ref('sales') }} using (thing_id)",
    "loft/assert_hours_fit_rooms": "select 1 from {{ ref('hours') }} inner join {{ ref('rooms') }} using (thing_id)",
}


def project_of_three() -> Path:
    """A copy of the project with these domains alone, one for the whole session: read it only."""
    folder = homes.SHARED / "projects" / "three"
    folder.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(folder.with_suffix(".lock")):
        if not folder.exists():
            _write(copy_project(folder.with_suffix(".next"), only=("none",))).rename(folder)
    return folder


def _write(project: Path) -> Path:
    for path, source in _READS.items():
        name = path.rpartition("/")[2]
        model = project / "models" / f"{path}.sql"
        model.parent.mkdir(parents=True, exist_ok=True)
        model.write_text(_MODEL.replace("NAME", name).replace("SOURCE", source))
        if path.startswith("marts/"):
            model.with_suffix(".yml").write_text(_CONTRACT.format(name=name) + (_UNIT_TEST if name == "rooms" else ""))
    for path, sql in _TESTS.items():
        test = project / "tests" / "data" / f"{path}.sql"
        test.parent.mkdir(parents=True, exist_ok=True)
        name = path.rpartition("/")[2]
        test.write_text(f"{sql} where '{{{{ env_var('BROKEN', '') }}}}' = 'test {name}'")
    return project
