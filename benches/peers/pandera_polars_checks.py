"""pandera on Polars: a lazy validation of a DataFrame in memory. Usage: FOLDER ROWS RUNS"""

import datetime
import sys
from importlib.metadata import version

import pandera.polars as pa
import polars as pl

import rules

TYPES = {"text": pl.String, "code": pl.String, "integer": pl.Int64, "number": pl.Float64, "date": pl.Date}


def bound(what, kind: str):
    return datetime.date.fromisoformat(what) if kind == "date" and what is not None else what


def check_of(rule: rules.Rule, kind: str) -> pa.Check | None:
    if rule.check == "range":
        least, most = bound(rule.what.get("min"), kind), bound(rule.what.get("max"), kind)
        if most is None:
            return pa.Check.ge(least, error=rule.name)
        if least is None:
            return pa.Check.le(most, error=rule.name)
        return pa.Check.in_range(least, most, error=rule.name)
    if rule.check in ("in", "refers-to"):
        return pa.Check.isin(rule.what, error=rule.name)
    if rule.check == "pattern":
        return pa.Check.str_matches(f"^(?:{rule.what})$", error=rule.name)
    if rule.check == "max-length":
        return pa.Check.str_length(max_value=rule.what, error=rule.name)
    return None


def table_check(rule: rules.Rule) -> pa.Check | None:
    if rule.check == "date-order":
        later = rule.others[0]
        # What is absent passes.
        return pa.Check(lambda data: data.lazyframe.select((pl.col(later) >= pl.col(rule.column)).fill_null(True)), error=rule.name)
    if rule.check == "sum-equals":
        total = sum(pl.col(part) for part in rule.others)
        return pa.Check(lambda data: data.lazyframe.select((total == pl.col(rule.column)).fill_null(True)), error=rule.name)
    return None


def main() -> None:
    folder, rows, runs = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    table = rules.read(folder)
    frame = pl.read_parquet(f"{folder}/rows.parquet").head(rows).rechunk()
    columns = {}
    for name, kind in table.columns.items():
        own = [rule for rule in table.rules if rule.column == name]
        words = [rule.check for rule in own]
        checks = [check for check in (check_of(rule, kind) for rule in own) if check is not None]
        columns[name] = pa.Column(TYPES[kind], checks, nullable="required" not in words, unique="unique" in words)
    schema = pa.DataFrameSchema(columns, checks=[check for check in map(table_check, table.rules) if check is not None])

    def work() -> dict[str, int]:
        found = {rule.name: 0 for rule in table.rules}
        try:
            schema.validate(frame, lazy=True)
        except pa.errors.SchemaErrors as error:
            for case in error.failure_cases.select("column", "check").group_by("column", "check").len().iter_rows():
                column, check, count = case
                if check == "not_nullable":
                    check = f"required {column}"
                elif check == "field_uniqueness":
                    # It counts both of a pair.
                    check, count = f"unique {column}", count // 2
                found[check] = found.get(check, 0) + count
        return found

    said = rules.Said(f"pandera {version('pandera')} on Polars {pl.__version__}", frame.height)
    said.measure(runs, work)
    said.end()


main()
