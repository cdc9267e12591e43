"""pandera on pandas: a lazy validation of a DataFrame in memory. Usage: FOLDER ROWS RUNS"""

import sys
from importlib.metadata import version

import pandas as pd
import pandera.pandas as pa

import rules


def bound(what, kind: str):
    return pd.Timestamp(what) if kind == "date" and what is not None else what


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
        return pa.Check(lambda frame: frame[later].isna() | frame[rule.column].isna() | (frame[later] >= frame[rule.column]), error=rule.name)
    if rule.check == "sum-equals":
        return pa.Check(lambda frame: frame[rule.column].isna() | (frame[rule.others].sum(axis=1) == frame[rule.column]), error=rule.name)
    return None


def main() -> None:
    folder, rows, runs = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    table = rules.read(folder)
    frame = pd.read_parquet(f"{folder}/rows.parquet").head(rows)
    for name, kind in table.columns.items():
        if kind == "date":
            frame[name] = pd.to_datetime(frame[name])
    columns = {}
    for name, kind in table.columns.items():
        own = [rule for rule in table.rules if rule.column == name]
        words = [rule.check for rule in own]
        checks = [check for check in (check_of(rule, kind) for rule in own) if check is not None]
        columns[name] = pa.Column(None, checks, nullable="required" not in words, unique="unique" in words, report_duplicates="exclude_first")
    tables = [rule for rule in table.rules if rule.check in ("date-order", "sum-equals")]
    schema = pa.DataFrameSchema(columns, checks=[table_check(rule) for rule in tables])

    def work() -> dict[str, int]:
        found = {rule.name: 0 for rule in table.rules}
        try:
            schema.validate(frame, lazy=True)
        except pa.errors.SchemaErrors as error:
            cases = error.failure_cases
            # A check of the table tells every cell of a row that fails: a row counts once.
            cases = cases[~cases.duplicated(["check", "index", "schema_context"]) | (cases["schema_context"] == "Column")]
            for (context, column, check), count in cases.groupby(["schema_context", "column", "check"], dropna=False).size().items():
                if check == "not_nullable":
                    check = f"required {column}"
                elif check == "field_uniqueness":
                    check = f"unique {column}"
                found[check] = found.get(check, 0) + int(count)
        return found

    said = rules.Said(f"pandera {version('pandera')} on pandas {pd.__version__}", len(frame))
    said.measure(runs, work)
    said.end()


main()
