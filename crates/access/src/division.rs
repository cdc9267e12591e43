//! Division as people mean it: 7 / 2 is 3.5, and what is divided by zero is not known.
//!
//! The engine divides whole numbers to whole numbers, decimals to few digits, and fails where it divides by zero. In an
//! expression that a city declares each division is therefore written out as one of doubles, by something that is not zero.

use std::ops::ControlFlow;

use datafusion::sql::sqlparser::ast::{
    BinaryOperator, CaseWhen, Expr, FunctionArg, FunctionArgExpr, FunctionArguments,
    visit_expressions, visit_expressions_mut,
};
use datafusion::sql::sqlparser::dialect::PostgreSqlDialect;
use datafusion::sql::sqlparser::parser::Parser;

/// An SQL expression with its divisions written out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Divided {
    /// The expression.
    pub sql: String,
    /// What it divides by as a whole, outside of any aggregate: where one of these is zero, so is what it is divided by.
    pub by: Vec<String>,
    /// For each aggregate but a count, what it takes of a row, as SQL: a row in which that is null says nothing to it.
    pub taken: Vec<String>,
}

/// Writes out the divisions of an expression. One that cannot be read is left as it is: planning it says why.
pub fn divided(expression: &str) -> Divided {
    let Some(mut read) = read(expression) else {
        return Divided {
            sql: expression.to_owned(),
            by: Vec::new(),
            taken: Vec::new(),
        };
    };
    let mut by = Vec::new();
    outermost(&read, &mut by);
    let is_divided = visit_expressions(&read, |expr| match expr {
        Expr::BinaryOp { op, .. } if is_division(op) => ControlFlow::Break(()),
        _ => ControlFlow::Continue(()),
    });
    if is_divided.is_continue() {
        return Divided {
            sql: expression.to_owned(),
            by,
            taken: taken(&read),
        };
    }
    let _: ControlFlow<()> = visit_expressions_mut(&mut read, |expr| {
        if let Some(exact) = written_out(expr) {
            *expr = exact;
        }
        ControlFlow::Continue(())
    });
    Divided {
        taken: taken(&read),
        sql: read.to_string(),
        by,
    }
}

/// Aggregates that pass over a row whose value is null.
const AGGREGATES: [&str; 8] = [
    "sum", "avg", "mean", "min", "max", "median", "stddev", "variance",
];

fn taken(read: &Expr) -> Vec<String> {
    let mut all = Vec::new();
    let _: ControlFlow<()> = visit_expressions(read, |expr| {
        if let Some(own) = taken_by(expr)
            && !all.contains(&own)
        {
            all.push(own);
        }
        ControlFlow::Continue(())
    });
    all
}

/// What an aggregate takes of a row that its filter lets through; of another row it takes nothing, and misses nothing.
fn taken_by(expr: &Expr) -> Option<String> {
    let Expr::Function(function) = expr else {
        return None;
    };
    let name = function.name.to_string().to_lowercase();
    if !AGGREGATES.contains(&name.as_str()) {
        return None;
    }
    let FunctionArguments::List(list) = &function.args else {
        return None;
    };
    let FunctionArg::Unnamed(FunctionArgExpr::Expr(taken)) = list.args.first()? else {
        return None;
    };
    Some(match &function.filter {
        Some(filter) => {
            format!("case when not coalesce({filter}, false) or ({taken}) is not null then 1 end")
        }
        None => taken.to_string(),
    })
}

fn read(expression: &str) -> Option<Expr> {
    let dialect = PostgreSqlDialect {};
    let mut parser = Parser::new(&dialect).try_with_sql(expression).ok()?;
    let read = parser.parse_expr().ok()?;
    // What stands behind it would be lost.
    let end = parser.peek_token().token;
    (end == datafusion::sql::sqlparser::tokenizer::Token::EOF).then_some(read)
}

fn is_division(op: &BinaryOperator) -> bool {
    matches!(op, BinaryOperator::Divide | BinaryOperator::Modulo)
}

fn written_out(expr: &Expr) -> Option<Expr> {
    let Expr::BinaryOp { left, op, right } = expr else {
        return None;
    };
    let sql = match op {
        BinaryOperator::Divide => {
            format!("(cast({left} as double) / nullif(cast({right} as double), 0))")
        }
        BinaryOperator::Modulo => format!("({left} % nullif({right}, 0))"),
        _ => return None,
    };
    read(&sql)
}

/// What is divided by where an expression is made of aggregates, not within them.
fn outermost(expr: &Expr, by: &mut Vec<String>) {
    match expr {
        Expr::BinaryOp { left, op, right } => {
            if is_division(op) {
                by.push(right.to_string());
            }
            outermost(left, by);
            outermost(right, by);
        }
        Expr::Nested(inner)
        | Expr::UnaryOp { expr: inner, .. }
        | Expr::Cast { expr: inner, .. } => {
            outermost(inner, by);
        }
        Expr::Case {
            conditions,
            else_result,
            ..
        } => {
            for CaseWhen { result, .. } in conditions {
                outermost(result, by);
            }
            if let Some(other) = else_result {
                outermost(other, by);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn divisions_are_written_out_and_nothing_else_is() {
        assert_eq!(divided("sum(a) * 100").sql, "sum(a) * 100");
        let call = divided("sum(wait * calls) / sum(calls)");
        assert_eq!(
            call.sql,
            "(CAST(sum(wait * calls) AS DOUBLE) / nullif(CAST(sum(calls) AS DOUBLE), 0))"
        );
        assert_eq!(call.by, ["sum(calls)"]);
        let within = divided("sum(a / b)");
        assert_eq!(
            within.sql,
            "sum((CAST(a AS DOUBLE) / nullif(CAST(b AS DOUBLE), 0)))"
        );
        assert!(within.by.is_empty(), "each row's own");
        let both = divided("100 * (sum(a) - sum(b) % 7) / (count(*) / 2)");
        assert_eq!(both.by, ["(count(*) / 2)", "7", "2"]);
        assert!(both.sql.contains("sum(b) % nullif(7, 0)"), "{}", both.sql);
    }

    #[test]
    fn a_row_that_says_nothing_to_an_aggregate_is_known() {
        let taken = |text: &str| divided(text).taken;
        assert_eq!(
            taken("sum(wait * calls) / sum(calls)"),
            ["wait * calls", "calls"]
        );
        assert_eq!(taken("sum(a) - sum(a) * 2"), ["a"]);
        assert_eq!(
            taken("avg(a) filter (where b > 1)"),
            ["case when not coalesce(b > 1, false) or (a) is not null then 1 end"]
        );
        // What is counted is counted, and a row of which nothing is asked says enough.
        assert!(taken("count(*) filter (where a is null)").is_empty());
        assert!(taken("100 * count(distinct a)").is_empty());
    }

    #[test]
    fn what_cannot_be_read_is_left() {
        for text in ["sum(", "sum(a) / sum(b) from other", ""] {
            assert_eq!(divided(text).sql, text);
        }
    }
}
