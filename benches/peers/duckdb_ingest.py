"""DuckDB: converts the encoding, then types and checks in SQL. Usage: FILE MANIFEST OUT BOX"""

import json
import os
import subprocess
import sys

import duckdb

import contract

TYPES = {"text": "VARCHAR", "code": "VARCHAR", "integer": "BIGINT", "year": "BIGINT", "decimal": "DECIMAL(38,2)", "number": "DOUBLE", "date": "DATE", "datetime": "TIMESTAMP", "boolean": "BOOLEAN"}


def typed(column: contract.Column) -> str:
    name = f'"{column.source}"'
    if column.type in ("text", "code"):
        return f"nullif(trim({name}), '')"
    if column.type == "boolean":
        return f"CASE {name} WHEN 'Y' THEN true WHEN 'N' THEN false END"
    if column.type in ("integer", "decimal", "number", "year"):
        return f"TRY_CAST({name} AS {TYPES[column.type]})"
    if column.forms:
        return f"try_strptime({name}, {column.forms})::{TYPES[column.type]}"
    return f"TRY_CAST({name} AS {TYPES[column.type]})"


def literal(value) -> str:
    return f"'{value}'" if isinstance(value, str) else repr(value)


def main() -> None:
    source, manifest, out, box = sys.argv[1:5]
    rules = contract.read(manifest, tuple(float(part) for part in box.split(",")))
    os.makedirs(out, exist_ok=True)
    utf8 = os.path.join(out, "utf8.csv")
    with open(utf8, "wb") as file:
        subprocess.run(["iconv", "-c", "-f", "CP949", "-t", "UTF-8", source], stdout=file, check=False)
    database = os.path.join(out, "peer.duckdb")
    if os.path.exists(database):
        os.remove(database)
    base = duckdb.connect(database)
    names = {column.source: "VARCHAR" for column in rules.columns}
    base.execute(f"""CREATE TEMP VIEW source AS SELECT * FROM read_csv(?, header=true, columns={names!r}, all_varchar=true, null_padding=false,
        store_rejects=true, rejects_table='rejected', parallel=true)""".replace("?", f"'{utf8}'"))
    good = []
    for column in rules.columns:
        name, value = f'"{column.source}"', typed(column)
        if column.type not in ("text", "code"):
            good.append(f"({name} IS NULL OR {name} = '' OR {value} IS NOT NULL)")
        if column.required:
            good.append(f"({value}) IS NOT NULL")
        if column.codes:
            good.append(f"coalesce({value} IN ({', '.join(map(literal, column.codes))}), true)")
        if column.least is not None:
            good.append(f"coalesce({value} >= {literal(column.least)}, true)")
        if column.most is not None:
            good.append(f"coalesce({value} <= {literal(column.most)}, true)")
    if rules.box:
        x, y = (typed(next(c for c in rules.columns if c.name == name)) for name in (rules.x, rules.y))
        west, south, east, north = rules.box
        good.append(f"coalesce({x} BETWEEN {west} AND {east} AND {y} BETWEEN {south} AND {north}, true)")
    selected = ", ".join(f'{typed(c)} AS "{c.name}"' for c in rules.columns)
    base.execute(f"CREATE TABLE data AS SELECT {selected}, ({' AND '.join(good)}) AS _good FROM source")
    keys = [rules.key] if rules.key else []
    keys += [[c.name] for c in rules.columns if c.unique]
    for key in keys:
        words = ", ".join(f'"{word}"' for word in key)
        some = " AND ".join(f'"{word}" IS NOT NULL' for word in key)
        twice = base.execute(f"SELECT count(*) FROM (SELECT {words} FROM data WHERE _good AND {some} GROUP BY {words} HAVING count(*) > 1)").fetchone()[0]
        if twice:
            base.execute(f"""UPDATE data SET _good = false WHERE rowid IN (SELECT rowid FROM (SELECT rowid, row_number() OVER (PARTITION BY {words} ORDER BY rowid) AS n
                FROM data WHERE _good AND {some} AND ({words}) IN (SELECT {words} FROM data WHERE _good GROUP BY {words} HAVING count(*) > 1)) WHERE n > 1)""".replace(f"({words}) IN", f"row({words}) IN" if len(key) > 1 else f"{words} IN").replace(f"(SELECT {words} FROM data WHERE _good GROUP BY", f"(SELECT row({words}) FROM data WHERE _good GROUP BY" if len(key) > 1 else f"(SELECT {words} FROM data WHERE _good GROUP BY"))
    base.execute("CREATE TABLE set_aside AS SELECT * FROM data WHERE NOT _good")
    base.execute("DELETE FROM data WHERE NOT _good")
    base.execute("CHECKPOINT")
    rejected = base.execute("SELECT count(DISTINCT line) FROM rejected").fetchone()[0]
    accepted, aside = (base.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in ("data", "set_aside"))
    base.close()
    os.remove(utf8)
    print(json.dumps({"accepted": accepted, "set_aside": aside + rejected}))


main()
