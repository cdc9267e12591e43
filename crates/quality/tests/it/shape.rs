//! A batch that has not the table's shape stops the load; it never passes unjudged.

use quality::{Candidate, JudgeError, References};

use crate::table;

/// Rows of `declared` handed to the contract of `wanted`.
fn judged(wanted: &str, declared: &str, line: &str) -> Result<(), JudgeError> {
    let judge = table::contract(&table::dataset(wanted), &References::new());
    let rows = table::rows(&table::dataset(declared), &[line]);
    let candidate = Candidate {
        rows: rows.batch,
        faults: Vec::new(),
        raw: &|_| Vec::new(),
    };
    judge.judge(0, candidate).map(|_| ())
}

#[test]
fn a_column_of_another_type_or_none_at_all_is_an_error() {
    let text =
        |checks: &str| format!("[[columns]]\nname = \"a\"\ntype = \"text\"\nchecks = [{checks}]\n");
    let day = |names: &str| format!("checks = [{{ date-order = [\"a\", \"b\"] }}]\n{names}");
    let column =
        |name: &str, kind: &str| format!("[[columns]]\nname = \"{name}\"\ntype = \"{kind}\"\n");
    let days = day(&(column("a", "date") + &column("b", "date")));
    let flags = column("a", "boolean") + &column("b", "boolean");
    for (wanted, declared, line) in [
        (text("{ pattern = \"[0-9]\" }"), column("a", "integer"), "1"),
        (text("{ in = [\"1\"] }"), column("a", "integer"), "1"),
        (text("{ max-length = 1 }"), column("a", "integer"), "1"),
        (text("\"required\""), column("z", "text"), "1"),
        (text("\"unique\""), column("z", "text"), "1"),
        (
            "[[columns]]\nname = \"a\"\ntype = \"integer\"\nchecks = [{ range = { min = 1 } }]\n"
                .to_owned(),
            column("a", "boolean"),
            "true",
        ),
        (days.clone(), flags, "true,false"),
        (days, column("a", "date"), "2024-01-01"),
    ] {
        let result = judged(&wanted, &declared, line);
        assert!(
            matches!(result, Err(JudgeError::Shape(_))),
            "{wanted}{declared}{result:?}"
        );
    }
}
