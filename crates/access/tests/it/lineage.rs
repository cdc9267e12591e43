//! Where columns come from: of every shape of query, what its columns and rows are made of.

use std::collections::BTreeMap;

use access::lineage::{Lineage, Origin};
use access::{AskError, Person, Purpose};

use crate::town::{Town, town};

fn word(origin: &Origin) -> String {
    let column = origin.column.as_deref().unwrap_or("*");
    format!("{}.{column}", origin.dataset)
}

/// A line a column, then a line of what decides the rows.
fn told(lineage: &Lineage) -> Vec<String> {
    let lower = |what: &dyn std::fmt::Debug| format!("{what:?}").to_lowercase();
    let mut lines: Vec<String> = lineage
        .columns
        .iter()
        .map(|made| {
            let from: Vec<String> = made
                .from
                .iter()
                .map(|(origin, how)| format!("{} {}", lower(how), word(origin)))
                .collect();
            format!("{} = {}", made.column, from.join(" + "))
        })
        .collect();
    let rows: Vec<String> = lineage
        .rows
        .iter()
        .map(|(origin, way)| format!("{} {}", lower(way), word(origin)))
        .collect();
    if !rows.is_empty() {
        lines.push(format!("rows: {}", rows.join(", ")));
    }
    lines
}

async fn of(town: &Town, sql: &str) -> Result<Lineage, AskError> {
    let reader = town.door.reader(Person::local(), Purpose::default());
    reader.lineage(sql, &BTreeMap::new()).await
}

/// A query, and what must be said of it.
const CASES: &[(&str, &[&str])] = &[
    (
        "select name, spaces as places, spaces * 2 as twice, 1 as one from parking where dong = '가온동' order by x",
        &[
            "name = copied parking.name",
            "places = copied parking.spaces",
            "twice = computed parking.spaces",
            "one = ",
            "rows: filter parking.dong, order parking.x",
        ],
    ),
    // A star has been seen through, and Korean titles too.
    (
        "select * from dongs",
        &["dong = copied dongs.dong", "people = copied dongs.people"],
    ),
    (
        "select 주차장명 as lot from 공영주차장 where 주차면수 > 10",
        &["lot = copied parking.name", "rows: filter parking.spaces"],
    ),
    (
        "select p.dong, sum(p.spaces) as spaces, count(*) as lots, max(d.people) / 10 as tenth from parking p join dongs d on p.dong = d.dong group by p.dong having count(p.name) > 1",
        &[
            "dong = copied parking.dong",
            "spaces = aggregated parking.spaces",
            "lots = aggregated dongs.* + aggregated parking.*",
            "tenth = aggregated dongs.people",
            "rows: join dongs.dong, join parking.dong, group parking.dong, filter parking.name",
        ],
    ),
    (
        "with big as (select name, spaces from parking where spaces > 100), named as (select upper(name) as shout, spaces from big) select shout, spaces from named",
        &[
            "shout = computed parking.name",
            "spaces = copied parking.spaces",
            "rows: filter parking.spaces",
        ],
    ),
    (
        "select dong, people as number from dongs union all select dong, spaces + 1 from parking",
        &[
            "dong = copied dongs.dong + copied parking.dong",
            "number = copied dongs.people + computed parking.spaces",
        ],
    ),
    (
        "select case when spaces > 100 then name else dong end as label from parking",
        &["label = computed parking.dong + computed parking.name + computed parking.spaces"],
    ),
    (
        "select distinct dong from parking",
        &["dong = copied parking.dong", "rows: distinct parking.dong"],
    ),
    (
        "select name, rank() over (partition by dong order by spaces desc) as place, count(*) over () as of_all from parking",
        &[
            "name = copied parking.name",
            "place = aggregated parking.dong + aggregated parking.spaces",
            "of_all = aggregated parking.*",
        ],
    ),
    (
        "select name, (select max(people) from dongs d where d.dong = p.dong) as people from parking p",
        &[
            "name = copied parking.name",
            "people = aggregated dongs.people",
            "rows: filter dongs.dong, filter parking.dong",
        ],
    ),
    (
        "select name from parking where dong in (select dong from dongs where people > 100)",
        &[
            "name = copied parking.name",
            "rows: filter dongs.dong, filter dongs.people, filter parking.dong",
        ],
    ),
    (
        "select p.name, d.people from parking p left join dongs d on p.dong = d.dong and d.people > 5",
        &[
            "name = copied parking.name",
            "people = copied dongs.people",
            "rows: join dongs.dong, join dongs.people, join parking.dong",
        ],
    ),
    (
        "select name from parking p where exists (select 1 from dongs d where d.dong = p.dong)",
        &[
            "name = copied parking.name",
            "rows: filter dongs.dong, filter parking.dong",
        ],
    ),
    (
        "with recursive steps(n, label) as (select spaces, name from parking union all select n - 1, label from steps where n > 118) select n, label from steps",
        &[
            "n = computed parking.spaces",
            "label = copied parking.name",
            "rows: filter parking.spaces",
        ],
    ),
    (
        "select a.name, b.name as other from parking a cross join parking b",
        &["name = copied parking.name", "other = copied parking.name"],
    ),
];

#[tokio::test]
async fn each_shape_of_query_tells_what_it_is_made_of() {
    let town = town().await;
    let mut wrong = Vec::new();
    for (sql, expected) in CASES {
        let found = match of(&town, sql).await {
            Ok(lineage) => told(&lineage),
            Err(error) => vec![format!("{error:?}")],
        };
        if found != *expected {
            wrong.push(format!(
                "{sql}\n  expected {expected:#?}\n  found {found:#?}"
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn the_public_has_no_lineage_of_what_it_may_not_see() {
    let town = town().await;
    let reader = town.door.reader(Person::anyone(), Purpose::default());
    let none = BTreeMap::new();
    let sees = reader.lineage("select name from parking", &none).await;
    assert_eq!(sees.unwrap().columns.len(), 1);
    for sql in [
        "select words from complaints",
        "select manager from parking",
    ] {
        let refused = reader.lineage(sql, &none).await;
        assert!(matches!(refused, Err(AskError::Denied(_))), "{refused:?}");
    }
}
