//! A figure by two dimensions, and how values are spread.

use access::AskError;
use city::board::{TIME, View};
use measure::{Asked, Cross, Shown};
use serde_json::json;

use crate::town::{amounts, declared, measure, town, under};

fn told(table: &Cross) -> serde_json::Value {
    json!({
        "rows": table.rows,
        "columns": table.columns.iter().map(|label| label.as_ref().map(|own| own.chars().take(7).collect::<String>())).collect::<Vec<_>>(),
        "cells": table.cells.iter().map(|row| row.iter().map(|cell| cell.value).collect::<Vec<_>>()).collect::<Vec<_>>(),
    })
}

#[tokio::test]
async fn cells_stand_with_the_greatest_first_and_moments_in_their_order() {
    let town = town().await;
    let by_month = declared(
        "m",
        "dataset = \"spent\"\ncompute = { kind = \"sum\", column = \"amount\" }\ndimensions = [\"team\"]\ntime = { column = \"paid_on\", step = \"month\" }",
    );
    let table = measure::cross(&town.public(), &by_month, ["team", TIME], Asked::default())
        .await
        .unwrap();
    let parts = measure::breakdown(&town.public(), &by_month, "team", Asked::default())
        .await
        .unwrap();
    let rows: Vec<Option<String>> = parts.iter().map(|part| part.label.clone()).collect();
    assert_eq!(table.rows, rows, "{table:?}");
    assert_eq!(told(&table)["columns"], json!(["2026-01", "2026-02"]));
    // What is in the cells of a row is what the row's part says.
    for (cells, part) in table.cells.iter().zip(&parts) {
        let sum: f64 = cells.iter().filter_map(|cell| cell.value).sum();
        assert_eq!(Some(sum).filter(|_| part.value.is_some()), part.value);
    }
}

#[tokio::test]
async fn a_cell_without_rows_is_no_zero_unless_rows_are_counted() {
    let town = town().await;
    let sums = declared(
        "m",
        "dataset = \"spent\"\ncompute = { kind = \"sum\", column = \"amount\" }\ndimensions = [\"team\"]\ntime = { column = \"paid_on\", step = \"day\" }",
    );
    let counts = declared(
        "m",
        "dataset = \"spent\"\ncompute = { kind = \"count\" }\ndimensions = [\"team\"]\ntime = { column = \"paid_on\", step = \"day\" }",
    );
    let of = async |own| {
        measure::cross(&town.public(), own, [TIME, "team"], Asked::default())
            .await
            .unwrap()
    };
    let (sums, counts) = (of(&sums).await, of(&counts).await);
    let empty = sums.cells.iter().flatten().filter(|cell| cell.empty);
    assert!(empty.clone().count() > 0, "{sums:?}");
    assert!(empty.into_iter().all(|cell| cell.value.is_none()));
    let empty = counts.cells.iter().flatten().filter(|cell| cell.empty);
    assert!(
        empty.into_iter().all(|cell| cell.value == Some(0.0)),
        "{counts:?}"
    );
}

#[tokio::test]
async fn each_cell_is_divided_by_its_own_whole() {
    let town = town().await;
    let share = declared(
        "m",
        "dataset = \"spent\"\ncompute = { kind = \"share\", part = \"amount > 20\" }\ndimensions = [\"team\"]\ntime = { column = \"paid_on\", step = \"month\" }",
    );
    let table = measure::cross(&town.public(), &share, ["team", TIME], Asked::default())
        .await
        .unwrap();
    for value in table.values() {
        assert!((0.0..=1.0).contains(&value) || value <= 100.0, "{table:?}");
    }
    let per_budget = measure(
        "spent",
        "sum(amount)",
        "dimensions = [\"team\"]\ntime = { column = \"paid_on\", step = \"month\" }\ndenominator = { dataset = \"budget\", expression = \"sum(amount)\" }",
    );
    let table = measure::cross(
        &town.public(),
        &per_budget,
        ["team", TIME],
        Asked::default(),
    )
    .await
    .unwrap();
    let parts = measure::breakdown(&town.public(), &per_budget, "team", Asked::default())
        .await
        .unwrap();
    for part in parts {
        let row = table.rows.iter().position(|label| *label == part.label);
        let cells = &table.cells[row.unwrap()];
        let known: Vec<f64> = cells.iter().filter_map(|cell| cell.value).collect();
        let sum: f64 = known.iter().sum();
        assert_eq!(part.value.is_some(), !known.is_empty());
        assert!(
            (sum - part.value.unwrap_or_default()).abs() < 1e-9,
            "{table:?}"
        );
    }
}

#[tokio::test]
async fn a_hidden_cell_cannot_be_worked_out_from_its_row_or_column() {
    let town = town().await;
    let mut rows: Vec<(&str, i64)> = Vec::new();
    for (team, amount, number) in [
        ("가", 1, 12),
        ("가", 2, 2),
        ("나", 1, 14),
        ("나", 2, 11),
        ("다", 1, 9),
        ("다", 2, 30),
    ] {
        rows.extend(std::iter::repeat_n((team, amount), number));
    }
    town.load("budget", amounts(&rows)).await;
    let counted = declared(
        "m",
        "dataset = \"budget\"\ncompute = { kind = \"count\" }\ndimensions = [\"team\", \"amount\"]\nleast-rows = 5",
    );
    let table = measure::cross(
        &town.public(),
        &counted,
        ["team", "amount"],
        Asked::default(),
    )
    .await
    .unwrap();
    let hidden =
        |cells: &[measure::cross::Cell]| cells.iter().filter(|cell| cell.suppressed).count();
    assert!(
        table.cells.iter().any(|cells| hidden(cells) > 0),
        "{table:?}"
    );
    for cells in &table.cells {
        assert_ne!(hidden(cells), 1, "a row alone tells it: {table:?}");
    }
    for column in 0..table.columns.len() {
        let own: Vec<_> = (0..table.rows.len())
            .map(|row| table.cell(row, column))
            .collect();
        assert_ne!(hidden(&own), 1, "a column alone tells it: {table:?}");
    }
    assert!(table.values().all(|value| value >= 5.0));
}

#[tokio::test]
async fn what_may_not_be_read_is_refused_and_what_is_no_dimension_too() {
    let town = town().await;
    let payees = declared(
        "m",
        "dataset = \"spent\"\ncompute = { kind = \"count\" }\ndimensions = [\"payee\", \"team\"]",
    );
    let error = measure::cross(&town.public(), &payees, ["team", "payee"], Asked::default()).await;
    assert!(matches!(error, Err(AskError::Denied(_))), "{error:?}");
    for axes in [["team", "amount"], ["team", "team"], ["team", TIME]] {
        let error = measure::cross(&town.public(), &payees, axes, Asked::default()).await;
        assert!(
            matches!(error, Err(AskError::NotBrokenDown { .. })),
            "{error:?}"
        );
    }
}

#[tokio::test]
async fn what_may_only_be_counted_is_hidden_where_it_exposes_somebody() {
    let town = under(
        "permit (principal in Role::\"public\", action == Action::\"count\", resource == Column::\"salaries.team\");\npermit (principal in Role::\"public\", action == Action::\"count\", resource == Column::\"salaries.amount\");",
    )
    .await;
    let mut rows: Vec<(&str, i64)> = Vec::new();
    for (team, amount, number) in [
        ("가", 1, 40),
        ("가", 2, 1),
        ("나", 1, 30),
        ("나", 2, 30),
        ("다", 1, 20),
        ("다", 2, 20),
    ] {
        rows.extend(std::iter::repeat_n((team, amount), number));
    }
    town.load("salaries", amounts(&rows)).await;
    let counted = declared(
        "m",
        "dataset = \"salaries\"\ncompute = { kind = \"count\" }\ndimensions = [\"team\", \"amount\"]",
    );
    let table = measure::cross(
        &town.public(),
        &counted,
        ["team", "amount"],
        Asked::default(),
    )
    .await
    .unwrap();
    assert!(table.values().all(|value| value > 1.0), "{table:?}");
    assert!(
        table.cells.iter().flatten().any(|cell| cell.suppressed),
        "{table:?}"
    );
}

#[tokio::test]
async fn rows_and_parts_are_spread_over_round_steps() {
    let town = town().await;
    let sums = declared(
        "m",
        "dataset = \"spent\"\ncompute = { kind = \"sum\", column = \"amount\" }\ndimensions = [\"team\"]",
    );
    let public = town.public();
    let rows = measure::spread(&public, &sums, None, Asked::default())
        .await
        .unwrap();
    let counted: u64 = rows.steps.iter().filter_map(|step| step.count).sum();
    assert_eq!(counted, rows.known);
    assert!(rows.known > 0);
    let parts = measure::spread(&public, &sums, Some("team"), Asked::default())
        .await
        .unwrap();
    assert_eq!(parts.known + parts.unknown, 3);
    let few = declared(
        "m",
        "dataset = \"spent\"\ncompute = { kind = \"sum\", column = \"amount\" }\ndimensions = [\"team\"]\nleast-rows = 3",
    );
    let refused = measure::spread(&public, &few, None, Asked::default()).await;
    assert!(
        matches!(refused, Err(AskError::NotBrokenDown { .. })),
        "{refused:?}"
    );
}

#[tokio::test]
async fn a_view_shows_what_it_says_or_nothing() {
    let town = town().await;
    let own = declared(
        "m",
        "dataset = \"spent\"\ncompute = { kind = \"sum\", column = \"amount\" }\ndimensions = [\"team\"]\ntime = { column = \"paid_on\", step = \"month\" }\ntarget = { value = 100.0, unit = \"명\", by = \"2030-12-31\" }",
    );
    let public = town.public();
    let shown = async |view| {
        let asks = (view, None, None);
        measure::shown(&public, &own, asks, &Asked::default(), town.now())
            .await
            .unwrap()
    };
    assert!(matches!(
        shown(View::Trend).await,
        Some(Shown::Trend { .. })
    ));
    assert!(matches!(
        shown(View::Stacked).await,
        Some(Shown::Cross {
            view: View::Stacked,
            ..
        })
    ));
    assert!(matches!(
        shown(View::Multiples).await,
        Some(Shown::Cross {
            view: View::Multiples,
            ..
        })
    ));
    assert!(matches!(
        shown(View::Trajectory).await,
        Some(Shown::Way { .. })
    ));
    assert!(matches!(
        shown(View::Distribution).await,
        Some(Shown::Spread { by: None, .. })
    ));
    assert!(matches!(shown(View::Bar).await, Some(Shown::Parts { .. })));
    assert_eq!(shown(View::Map).await, None);
}
