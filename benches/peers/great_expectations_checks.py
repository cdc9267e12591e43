"""Great Expectations on a pandas DataFrame in memory. Usage: FOLDER ROWS RUNS"""

import logging
import os
import sys
import warnings

os.environ["GX_ANALYTICS_ENABLED"] = "false"
warnings.filterwarnings("ignore")
logging.disable(logging.WARNING)

import great_expectations as gx
import great_expectations.expectations as gxe
import pandas as pd

import rules


def bound(what, kind: str):
    return pd.Timestamp(what) if kind == "date" and what is not None else what


def expectation(rule: rules.Rule, kind: str):
    column = rule.column
    if rule.check == "required":
        return gxe.ExpectColumnValuesToNotBeNull(column=column)
    if rule.check == "unique":
        return gxe.ExpectColumnValuesToBeUnique(column=column)
    if rule.check == "range":
        return gxe.ExpectColumnValuesToBeBetween(column=column, min_value=bound(rule.what.get("min"), kind), max_value=bound(rule.what.get("max"), kind))
    if rule.check in ("in", "refers-to"):
        return gxe.ExpectColumnValuesToBeInSet(column=column, value_set=rule.what)
    if rule.check == "pattern":
        return gxe.ExpectColumnValuesToMatchRegex(column=column, regex=f"^(?:{rule.what})$")
    if rule.check == "max-length":
        return gxe.ExpectColumnValueLengthsToBeBetween(column=column, max_value=rule.what)
    if rule.check == "date-order":
        return gxe.ExpectColumnPairValuesAToBeGreaterThanB(column_A=rule.others[0], column_B=column, or_equal=True, ignore_row_if="either_value_is_missing")
    return None


def main() -> None:
    folder, rows, runs = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    table = rules.read(folder)
    frame = pd.read_parquet(f"{folder}/rows.parquet").head(rows)
    for name, kind in table.columns.items():
        if kind == "date":
            frame[name] = pd.to_datetime(frame[name])
    said = rules.Said(f"Great Expectations {gx.__version__} on pandas {pd.__version__}", len(frame))
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    batch = context.data_sources.add_pandas("bench").add_dataframe_asset("rows").add_batch_definition_whole_dataframe("all")
    suite, known = gx.ExpectationSuite(name="rules"), []
    for rule in table.rules:
        one = expectation(rule, table.columns[rule.column])
        if one is None:
            said.cannot[rule.name] = "no expectation compares the sum of columns with another column"
        else:
            one.meta = {"rule": rule.name}
            suite.add_expectation(one)
            known.append(rule)
    suite = context.suites.add(suite)
    definition = gx.ValidationDefinition(name="checks", data=batch, suite=suite)
    definition = context.validation_definitions.add(definition)

    def work() -> dict[str, int]:
        found = {}
        outcome = definition.run(batch_parameters={"dataframe": frame}, result_format="BASIC")
        for one in outcome.results:
            name = one.expectation_config.meta["rule"]
            if one.exception_info and one.exception_info.get("raised_exception"):
                raise SystemExit(f"{name}: {one.exception_info}")
            count = one.result["unexpected_count"]
            # It counts both of a pair.
            found[name] = count // 2 if name.startswith("unique ") else count
        return found

    said.measure(runs, work)
    said.end()


main()
