"""Frictionless: validates a CSV by a Table Schema. Usage: FOLDER ROWS RUNS"""

import itertools
import os
import sys
from importlib.metadata import version

from frictionless import Checklist, Resource, Schema, checks, fields, system

import rules

KINDS = {"text": fields.StringField, "code": fields.StringField, "integer": fields.IntegerField, "number": fields.NumberField, "date": fields.DateField}


def field_of(name: str, kind: str, own: list[rules.Rule]):
    limits = {}
    for rule in own:
        if rule.check == "required":
            limits["required"] = True
        elif rule.check == "unique":
            limits["unique"] = True
        elif rule.check == "range":
            limits |= {word: rule.what[short] for short, word in (("min", "minimum"), ("max", "maximum")) if short in rule.what}
        elif rule.check in ("in", "refers-to"):
            limits["enum"] = rule.what
        elif rule.check == "pattern":
            limits["pattern"] = rule.what
        elif rule.check == "max-length":
            limits["maxLength"] = rule.what
    return KINDS[kind](name=name, constraints=limits)


def formula(rule: rules.Rule) -> str:
    every = [rule.column, *rule.others]
    absent = " or ".join(f"{name} == None" for name in every)
    if rule.check == "date-order":
        return f"{absent} or {rule.others[0]} >= {rule.column}"
    return f"{absent} or {rule.column} == {' + '.join(rule.others)}"


def main() -> None:
    folder, rows, runs = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    table = rules.read(folder)
    name = f"frictionless-{rows}.csv"
    short = f"{folder}/{name}"
    with open(f"{folder}/rows.csv", encoding="utf-8") as source, open(short, "w", encoding="utf-8") as target:
        target.writelines(itertools.islice(source, rows + 1))
    own = lambda name: [rule for rule in table.rules if rule.column == name and rule.check not in ("date-order", "sum-equals")]
    schema = Schema(fields=[field_of(name, kind, own(name)) for name, kind in table.columns.items()])
    tables = {formula(rule): rule for rule in table.rules if rule.check in ("date-order", "sum-equals")}
    names = list(table.columns)

    def work() -> dict[str, int]:
        found = {rule.name: 0 for rule in table.rules}
        checklist = Checklist(checks=[checks.row_constraint(formula=text) for text in tables])
        with system.use_context(trusted=True):
            report = Resource(path=name, basepath=folder, schema=schema).validate(checklist, limit_errors=100_000_000)
        for error in report.tasks[0].errors:
            if error.type == "row-constraint":
                rule = next(rule for text, rule in tables.items() if text in error.note)
                found[rule.name] += 1
                continue
            if not hasattr(error, "field_number"):
                raise SystemExit(f"unexpected: {error.message}")
            column = names[error.field_number - 1]
            if error.type == "unique-error":
                word = "unique"
            elif error.type == "constraint-error":
                word = next(word for mark, word in MARKS if f'"{mark}"' in error.note)
                if word == "in" and f"in {column}" not in found:
                    word = "refers-to"
            else:
                raise SystemExit(f"unexpected: {error.message}")
            found[f"{word} {column}"] += 1
        return found

    said = rules.Said(f"Frictionless {version('frictionless')} on CSV", rows)
    said.measure(runs, work)
    os.remove(short)
    said.end()


MARKS = [("required", "required"), ("enum", "in"), ("pattern", "pattern"), ("maxLength", "max-length"), ("minimum", "range"), ("maximum", "range")]
if __name__ == "__main__":
    main()
