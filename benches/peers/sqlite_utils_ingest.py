"""sqlite-utils, Datasette's loader: inserts, then checks in SQL. Usage: FILE MANIFEST OUT BOX"""

import csv
import json
import os
import sys

import sqlite_utils

import contract

KINDS = {"integer": int, "year": int, "decimal": float, "number": float}


def literal(value) -> str:
    return f"'{value}'" if isinstance(value, str) else repr(value)


def main() -> None:
    source, manifest, out, box = sys.argv[1:5]
    rules = contract.read(manifest, tuple(float(part) for part in box.split(",")))
    os.makedirs(out, exist_ok=True)
    path = os.path.join(out, "peer.db")
    if os.path.exists(path):
        os.remove(path)
    database = sqlite_utils.Database(path)
    database.conn.execute("PRAGMA journal_mode = WAL")
    width = len(rules.columns)
    names = [column.name for column in rules.columns]
    broken = 0

    def rows():
        nonlocal broken
        with open(source, encoding="cp949", errors="replace", newline="") as file:
            reader = csv.reader(file)
            next(reader)
            for row in reader:
                if len(row) != width:
                    broken += 1
                    continue
                yield {name: (value or None) for name, value in zip(names, row)}

    columns = {column.name: KINDS.get(column.type, str) for column in rules.columns}
    table = database["data"]
    table.create(columns)
    table.insert_all(rows(), batch_size=1000)
    good = []
    for column in rules.columns:
        name = f'"{column.name}"'
        if column.type in ("integer", "year"):
            good.append(f"({name} IS NULL OR typeof({name}) = 'integer')")
        elif column.type in ("decimal", "number"):
            good.append(f"({name} IS NULL OR typeof({name}) IN ('real', 'integer'))")
        elif column.type in ("date", "datetime"):
            # Round trip, or SQLite would take 2024-02-30 for 1 March.
            same = f"date({name}) = {name}" if column.type == "date" else f"datetime({name}) = {name}"
            good.append(f"({name} IS NULL OR coalesce({same}, 0))")
        elif column.type == "boolean":
            good.append(f"({name} IS NULL OR {name} IN ('Y', 'N'))")
        if column.required:
            good.append(f"{name} IS NOT NULL")
        if column.codes:
            good.append(f"({name} IS NULL OR {name} IN ({', '.join(map(literal, column.codes))}))")
        if column.least is not None:
            good.append(f"({name} IS NULL OR {name} >= {literal(column.least)})")
        if column.most is not None:
            good.append(f"({name} IS NULL OR {name} <= {literal(column.most)})")
    if rules.box:
        west, south, east, north = rules.box
        good.append(f'("{rules.x}" IS NULL OR "{rules.y}" IS NULL OR ("{rules.x}" BETWEEN {west} AND {east} AND "{rules.y}" BETWEEN {south} AND {north}))')
    connection = database.conn
    connection.execute(f"CREATE TABLE set_aside AS SELECT * FROM data WHERE NOT ({' AND '.join(good)})")
    connection.execute(f"DELETE FROM data WHERE NOT ({' AND '.join(good)})")
    for key in ([rules.key] if rules.key else []) + [[c.name] for c in rules.columns if c.unique]:
        words = ", ".join(f'"{word}"' for word in key)
        connection.execute(f"CREATE INDEX IF NOT EXISTS by_{'_'.join(key)} ON data ({words})")
        later = f"SELECT rowid FROM (SELECT rowid, row_number() OVER (PARTITION BY {words} ORDER BY rowid) AS n FROM data) WHERE n > 1"
        connection.execute(f"INSERT INTO set_aside SELECT * FROM data WHERE rowid IN ({later})")
        connection.execute(f"DELETE FROM data WHERE rowid IN ({later})")
    connection.commit()
    accepted, aside = (connection.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in ("data", "set_aside"))
    print(json.dumps({"accepted": accepted, "set_aside": aside + broken}))


main()
