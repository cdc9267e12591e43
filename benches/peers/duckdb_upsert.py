"""DuckDB: rows of a CP949 file into a table by key. Usage: FILE MANIFEST FOLDER key|merge"""

import json
import os
import subprocess
import sys

import duckdb

import contract

TYPES = {"text": "VARCHAR", "code": "VARCHAR", "integer": "BIGINT", "number": "DOUBLE", "date": "DATE"}


def main() -> None:
    source, manifest, folder, way = sys.argv[1:5]
    rules = contract.read(manifest, (0, 0, 0, 0))
    os.makedirs(folder, exist_ok=True)
    utf8 = os.path.join(folder, "utf8.csv")
    with open(utf8, "wb") as file:
        subprocess.run(["iconv", "-f", "CP949", "-t", "UTF-8", source], stdout=file, check=True)
    base = duckdb.connect(os.path.join(folder, "peer.duckdb"))
    columns = ", ".join(f'"{column.name}" {TYPES[column.type]}' for column in rules.columns)
    key = f', PRIMARY KEY ("{rules.key[0]}")' if way == "key" else ""
    base.execute(f"CREATE TABLE IF NOT EXISTS data ({columns}{key})")
    types = {column.name: TYPES[column.type] for column in rules.columns}
    arrived = f"read_csv('{utf8}', header=true, columns={types!r})"
    if way == "key":
        base.execute(f"INSERT OR REPLACE INTO data SELECT * FROM {arrived}")
    else:
        base.execute(f"MERGE INTO data USING (SELECT * FROM {arrived}) AS arrived USING (\"{rules.key[0]}\") WHEN MATCHED THEN UPDATE WHEN NOT MATCHED THEN INSERT")
    rows = base.execute("SELECT count(*) FROM data").fetchone()[0]
    base.close()
    os.remove(utf8)
    print(json.dumps({"rows": rows}))


main()
