"""What a database's schema promises to the code that uses it, and what a migration takes of that.

Code of the version before goes on running while a new one is put in service. Every statement it
sends still works when all that it knew is as it was, and when what is new asks nothing of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Connection

# Of every query: the table that it belongs to or '', a name, and the definition.
_KINDS = {
    "table": """
        SELECT c.oid::regclass::text, '', concat(c.relkind,
            CASE WHEN relrowsecurity THEN ' with row security' END)
        FROM pg_class c WHERE {ours} AND c.relkind IN ('r', 'p', 'v', 'm')
    """,
    "column": """
        SELECT c.oid::regclass::text, attname, concat_ws(' ', format_type(atttypid, atttypmod),
            CASE WHEN attnotnull THEN 'NOT NULL' END, nullif(attidentity, ''),
            nullif(attgenerated, ''), 'DEFAULT ' || pg_get_expr(adbin, adrelid))
        FROM pg_class c JOIN pg_attribute ON attrelid = c.oid AND attnum > 0 AND NOT attisdropped
        LEFT JOIN pg_attrdef ON adrelid = c.oid AND adnum = attnum
        WHERE {ours} AND c.relkind IN ('r', 'p', 'v', 'm')
    """,
    "constraint": """
        SELECT c.oid::regclass::text, conname, pg_get_constraintdef(k.oid)
        FROM pg_constraint k JOIN pg_class c ON c.oid = conrelid WHERE {ours}
    """,
    "index": """
        SELECT c.oid::regclass::text, i.relname, pg_get_indexdef(i.oid)
        FROM pg_index JOIN pg_class c ON c.oid = indrelid JOIN pg_class i ON i.oid = indexrelid
        WHERE {ours}
    """,
    "trigger": """
        SELECT c.oid::regclass::text, tgname, concat_ws(' ', pg_get_triggerdef(t.oid), tgenabled)
        FROM pg_trigger t JOIN pg_class c ON c.oid = tgrelid WHERE {ours} AND NOT tgisinternal
    """,
    "policy": """
        SELECT c.oid::regclass::text, polname, concat_ws(' ', polcmd, polpermissive,
            polroles::regrole[], pg_get_expr(polqual, polrelid),
            pg_get_expr(polwithcheck, polrelid))
        FROM pg_policy JOIN pg_class c ON c.oid = polrelid WHERE {ours}
    """,
    "function": """
        SELECT '', p.oid::regprocedure::text, pg_get_functiondef(p.oid)
        FROM pg_proc p WHERE pronamespace = 'public'::regnamespace AND prokind IN ('f', 'p')
    """,
    "type": """
        SELECT '', t.oid::regtype::text, coalesce(
            (SELECT string_agg(enumlabel, ',' ORDER BY enumsortorder) FROM pg_enum
                WHERE enumtypid = t.oid),
            (SELECT string_agg(attname || ' ' || format_type(atttypid, atttypmod), ','
                ORDER BY attnum) FROM pg_attribute WHERE attrelid = t.typrelid))
        FROM pg_type t LEFT JOIN pg_class c ON c.oid = typrelid
        WHERE typnamespace = 'public'::regnamespace AND (typtype = 'e' OR c.relkind = 'c')
    """,
    "rights": """
        SELECT c.oid::regclass::text, c.relname, (SELECT string_agg(a::text, ' ' ORDER BY a::text)
            FROM unnest(c.relacl) a)
        FROM pg_class c WHERE {ours} AND c.relacl IS NOT NULL
    """,
}
# A month's table of the statistics is made when its first row comes, not by a migration.
_OURS = "c.relnamespace = 'public'::regnamespace AND NOT c.relispartition"

# What a new constraint on a known table refuses is found by asking it about a row that leaves out
# what the version before does not know. A CHECK over columns it knows may refuse what it writes.
_NEW_CONSTRAINTS = """
    SELECT c.oid::regclass::text, conname, contype::text,
        coalesce(pg_get_expr(conbin, conrelid), ''),
        array_agg(attname::text ORDER BY attnum),
        array_agg(coalesce(pg_get_expr(adbin, adrelid), 'NULL') || '::' ||
            format_type(atttypid, atttypmod) ORDER BY attnum)
    FROM pg_constraint k JOIN pg_class c ON c.oid = conrelid
    JOIN pg_attribute ON attrelid = c.oid AND attnum = ANY (conkey)
    LEFT JOIN pg_attrdef ON adrelid = c.oid AND adnum = attnum
    WHERE {ours} GROUP BY k.oid, c.oid
"""


@dataclass(frozen=True, order=True)
class Thing:
    kind: str
    table: str  # '' of what belongs to none
    name: str

    def __str__(self) -> str:
        return " ".join(filter(None, (self.kind, self.table, self.name)))


Schema = dict[Thing, str]  # how each is defined


def read_schema(connection: Connection) -> Schema:
    """Tables, columns and what holds of them, in words by which two databases are compared."""
    return {
        Thing(kind, table, name): definition
        for kind, query in _KINDS.items()
        for table, name, definition in connection.exec_driver_sql(query.format(ours=_OURS))
    }


def narrowed(before: Schema, connection: Connection) -> set[str]:
    """What code that was written for `before` may stumble over in the database as it is now.

    Rows that a migration rewrites are not looked at: the schema does not show them.
    """
    now = read_schema(connection)
    return {*_taken(before, now), *_asked(before, now, connection)}


def _taken(before: Schema, now: Schema) -> Iterator[str]:
    """What was known and is gone or different. An index that only speeds things up may go."""
    for thing, definition in before.items():
        table_is_gone = Thing("table", thing.table, "") not in now
        if thing.table and table_is_gone and thing.kind != "table":
            continue
        if thing.kind == "rights" or (thing.kind == "index" and "UNIQUE" not in definition):
            continue
        if thing not in now:
            yield f"{thing} is gone"
        elif now[thing] != definition:
            yield f"{thing} is different"


def _asked(before: Schema, now: Schema, connection: Connection) -> Iterator[str]:
    """What is new in a table that was known, and may refuse what was taken, or show less."""
    harmless = set(_harmless_constraints(before, connection))
    for thing in now.keys() - before.keys():
        if Thing("table", thing.table, "") not in before:
            continue
        definition = now[thing]
        match thing.kind:
            case "column":
                asks = "NOT NULL" in definition and not (
                    "DEFAULT" in definition or definition.endswith((" a", " d"))  # identity
                )
            case "constraint":
                asks = thing not in harmless and not definition.startswith("NOT NULL")
            case "index":
                constraint = Thing("constraint", thing.table, thing.name)
                asks = "UNIQUE" in definition and constraint not in harmless
            case "policy" | "trigger":
                asks = True
            case _:
                asks = False
        if asks:
            yield f"{thing} is new"


def _harmless_constraints(before: Schema, connection: Connection) -> Iterator[Thing]:
    """Those over new columns only that a row passes which leaves these columns out."""
    rows = connection.exec_driver_sql(_NEW_CONSTRAINTS.format(ours=_OURS)).all()
    for table, name, kind, check, columns, defaults in rows:
        if any(Thing("column", table, column) in before for column in columns):
            continue
        if kind == "c":
            row = ", ".join(
                f'{value} AS "{column}"' for column, value in zip(columns, defaults, strict=True)
            )
            question = f"SELECT coalesce(({check}), true) FROM (SELECT {row}) AS left_out"  # noqa: S608
            passes = bool(connection.exec_driver_sql(question).scalar_one())
        else:  # a reference to nothing, and no value twice
            passes = any(value.startswith("NULL::") for value in defaults)
        if passes:
            yield Thing("constraint", table, name)
