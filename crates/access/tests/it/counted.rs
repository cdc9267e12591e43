//! Counts of people by those who may not see a row of them.

use std::collections::BTreeMap;
use std::sync::Arc;

use access::{AskError, At, Policies, Purpose, Question, Reader, Rows};
use arrow::array::{Array as _, AsArray as _, Date32Array, RecordBatch};
use arrow::datatypes::Int64Type;
use city::Lang;
use city::dataset::LoadMode::Snapshot;
use proptest::prelude::*;

use crate::oracle::PEOPLE;
use crate::town::{Rules, Town, fill, governed, kind, number, rows, table, text, told, whole};

const POLICIES: &str = r#"
@id("counts-of-residents")
@reason_ko("통계로만 공개합니다.")
permit (principal in Role::"public", action == Action::"count", resource in Dataset::"residents")
when { ["dong", "age", "born", "name"].contains(resource.name) };

@id("officers")
permit (principal in Role::"officer", action == Action::"read", resource in Dataset::"residents");
"#;

/// Residents by dong and age.
fn people(of: &[(&'static str, i64, usize)]) -> RecordBatch {
    let all = of
        .iter()
        .flat_map(|(dong, age, number)| std::iter::repeat_n((*dong, *age), *number));
    let all: Vec<(&str, i64)> = all.collect();
    let same = |word: &'static str| text(all.iter().map(move |_| word));
    table(&[
        ("id", whole((1..).take(all.len()))),
        ("dong", text(all.iter().map(|(dong, _)| *dong))),
        ("name", same("김민지")),
        ("phone", same("010-1111-2222")),
        ("born", Arc::new(Date32Array::from(vec![0; all.len()]))),
        ("age", whole(all.iter().map(|(_, age)| *age))),
        ("score", number(all.iter().map(|_| 1.5))),
    ])
}

async fn counted(of: &[(&'static str, i64, usize)]) -> Town {
    let town = governed(Rules {
        people: PEOPLE,
        policies: POLICIES,
    })
    .await;
    fill(&town).await;
    town.load_as("residents", Some(Snapshot), &people(of), &[])
        .await;
    town
}

const SOME: [(&str, i64, usize); 7] = [
    ("가온동", 20, 20),
    ("가온동", 30, 30),
    ("가온동", 40, 12),
    ("나래동", 20, 11),
    ("나래동", 30, 3),
    ("나래동", 40, 25),
    ("다솜동", 20, 2),
];

async fn lines(reader: &Reader, sql: &str) -> String {
    match told(reader, sql, At::Latest).await {
        Ok(lines) => lines.join(" "),
        Err(error) => format!("! {}", kind(&error)),
    }
}

#[tokio::test]
async fn small_counts_are_hidden_with_what_would_tell_them() {
    let town = counted(&SOME).await;
    let reader = town.public();
    for (sql, answer) in [
        ("select count(*) as n from residents", "n 103"),
        (
            "select dong, count(*) as n from residents group by dong order by dong",
            "dong,n 가온동,62 나래동, 다솜동,",
        ),
        (
            "select 동, count(1) as n from 주민 where 동 in ('가온동') group by 동",
            "동,n 가온동,62",
        ),
        // What is left of all is as well hidden as what is taken away.
        (
            "select count(*) as n from residents where dong <> '다솜동'",
            "n ",
        ),
        (
            "select count(*) as n from residents where dong <> '가온동'",
            "n ",
        ),
        (
            "select count(*) as n from residents where dong = '라온동'",
            "n 0",
        ),
        (
            "select r.age / 10 * 10 as age, count(*) as n from residents r group by 1 order by 1",
            "age,n 20,33 30,33 40,37",
        ),
        (
            "select age, count(*) as n from residents where dong = '나래동' group by age order by age",
            "age,n 20, 30, 40,25",
        ),
        // Orders and conditions on counts see what is shown.
        (
            "select dong from residents group by dong having count(*) < 5",
            "",
        ),
        (
            "select dong, n from (select dong, count(*) as n from residents group by dong) where n > 0",
            "dong,n 가온동,62",
        ),
        (
            "with d as (select dong, count(*) as n from residents group by dong) select sum(n) as n, count(*) as parts from d",
            "n,parts 62,3",
        ),
    ] {
        assert_eq!(lines(&reader, sql).await, answer, "{sql}");
    }
    let asked = Question {
        sql: "select dong, count(*) from residents group by dong".to_owned(),
        at: At::Latest,
    };
    assert_eq!(reader.ask(asked).await.unwrap().hidden, Some(2));
    let open = Question {
        sql: "select count(*) from parking".to_owned(),
        at: At::Latest,
    };
    assert_eq!(reader.ask(open).await.unwrap().hidden, None);
    let log = town.log().await;
    let entry = log
        .iter()
        .find(|logged| {
            logged.entry.touched.iter().any(|touched| {
                touched.dataset.as_str() == "residents" && !touched.columns.is_empty()
            })
        })
        .unwrap();
    assert_eq!(entry.entry.policy, "counts-of-residents");
    assert_eq!(entry.entry.touched[0].columns, ["dong"]);
}

#[tokio::test]
async fn columns_that_say_the_same_hide_the_same() {
    // Each dong has its own day, in the opposite order: where all counts but one are equal, only the rows tell which of
    // them hides it.
    let of = |small: usize| {
        let mut all = Vec::new();
        for (dong, day) in [("가온동", 3), ("나래동", 2), ("다솜동", 1)] {
            for age in [20, 30, 40] {
                let number = if (dong, age) == ("나래동", 30) {
                    small
                } else {
                    20
                };
                all.extend(std::iter::repeat_n((dong, day, age), number));
            }
        }
        let same = |word: &'static str| text(all.iter().map(move |_| word));
        let days: Vec<i32> = all.iter().map(|(_, day, _)| *day).collect();
        table(&[
            ("id", whole((1..).take(all.len()))),
            ("dong", text(all.iter().map(|(dong, ..)| *dong))),
            ("name", same("김민지")),
            ("phone", same("010-1111-2222")),
            ("born", Arc::new(Date32Array::from(days))),
            ("age", whole(all.iter().map(|(.., age)| *age))),
            ("score", number(all.iter().map(|_| 1.5))),
        ])
    };
    let town = governed(Rules {
        people: PEOPLE,
        policies: POLICIES,
    })
    .await;
    fill(&town).await;
    town.load_as("residents", Some(Snapshot), &of(2), &[]).await;
    let reader = town.public();
    for by in ["", ", age"] {
        let ask = async |column: &str, order: &str| {
            let sql = format!(
                "select {column} as place{by}, count(*) as n from residents group by {column}{by} order by {column} {order}{by}"
            );
            let lines = told(&reader, &sql, At::Latest).await.unwrap();
            let counts = lines.iter().skip(1).map(|line| {
                let (_, rest) = line.split_once(',').unwrap();
                rest.to_owned()
            });
            counts.collect::<Vec<_>>()
        };
        let by_dong = ask("dong", "asc").await;
        assert_eq!(by_dong, ask("born", "desc").await, "{by}");
        assert!(
            by_dong
                .iter()
                .any(|line| line.ends_with("20") || line.ends_with("60"))
        );
    }
}

#[tokio::test]
async fn nothing_but_counts_by_two_columns_is_answered() {
    let town = counted(&SOME).await;
    let reader = town.public();
    for sql in [
        "select * from residents",
        "select dong from residents",
        "select distinct dong from residents",
        "select dong, count(*) over (partition by dong) from residents",
        "select dong, sum(age) from residents group by dong",
        "select max(age) from residents",
        "select min(age), count(*) from residents",
        "select count(age) from residents",
        "select count(distinct age) from residents",
        "select count(*) filter (where age = 30) from residents",
        "select array_agg(age) from residents",
        "select dong, age, born, count(*) from residents group by 1, 2, 3",
        "select dong, age, count(*) from residents where born = '1970-01-01' group by 1, 2",
        "select dong, count(*) from residents group by rollup (dong)",
        "select count(*) from (select dong, age from residents limit 1)",
        "select count(*) from (select * from residents order by age)",
        "select count(*) from residents r join parking p on r.dong = p.dong",
        "select count(*) from residents a, residents b where a.age = b.age",
        "select count(*) from residents where dong in (select dong from parking)",
        "select count(*) from residents where exists (select 1 from parking where parking.dong = residents.dong)",
        "select (select dong from residents limit 1)",
        "select name from parking where exists (select 1 from residents r where r.dong = parking.dong)",
        "select dong from parking union all select dong from residents",
        "select count(*) from (select dong from parking union all select dong from residents)",
        "select phone, count(*) from residents group by phone",
        "select name, count(*) from residents group by name",
        "select score, count(*) from residents group by score",
        "select count(*) from residents where phone like '010%'",
        "select count(*) from residents group by id",
        // Too fine: all would be hidden.
        "select dong, count(*) from residents where age = 20 and dong = '다솜동' or age = dong_code group by dong",
    ] {
        let told = lines(&reader, sql).await;
        assert!(told.starts_with("! "), "{sql}: {told}");
    }
    let error = told(&reader, "select dong from residents", At::Latest)
        .await
        .unwrap_err();
    let AskError::Denied(denied) = &error else {
        panic!("{error:?}");
    };
    assert_eq!(denied.policy, "counts-of-residents");
    assert!(
        denied.why(Lang::Ko).unwrap().contains("수를 세는 질문"),
        "{error}"
    );
    // Nothing else shows it.
    assert!(reader.dataset("residents").is_err());
    assert!(
        reader
            .datasets()
            .all(|dataset| dataset.id.as_str() != "residents")
    );
    let question = Rows {
        dataset: city::DatasetId::from("residents"),
        ..Rows::default()
    };
    assert_eq!(kind(&rows(&reader, &question).await.unwrap_err()), "denied");
    assert!(
        reader.version("residents", &At::Latest).unwrap().report["columns"]
            .as_array()
            .unwrap()
            .is_empty()
    );
    // Whoever sees the rows counts them as they are.
    let officer = town.door.person("officer").unwrap();
    let officer = town.door.reader(officer, Purpose::default());
    assert_eq!(
        lines(
            &officer,
            "select dong, count(*) as n from residents group by dong order by dong"
        )
        .await,
        "dong,n 가온동,62 나래동,39 다솜동,2"
    );
}

#[tokio::test]
async fn what_hides_everything_is_refused() {
    let town = counted(&[("가온동", 20, 2), ("나래동", 30, 1)]).await;
    let reader = town.public();
    assert_eq!(
        lines(
            &reader,
            "select dong, count(*) from residents group by dong"
        )
        .await,
        "! denied"
    );
    assert_eq!(
        lines(&reader, "select count(*) as n from residents").await,
        "n "
    );
}

#[test]
fn a_policy_about_counts_has_no_mask_and_no_rows() {
    let texts = Rules {
        people: PEOPLE,
        policies: "@id(\"a\")\n@mask(\"redact\")\n@rows(\"age > 3\")\npermit (principal, action == Action::\"count\", resource in Dataset::\"residents\");",
    };
    let folder = tempfile::tempdir().unwrap();
    let city = crate::town::city(folder.path(), texts);
    let (_, faults) = Policies::of(&city, texts.people(), &texts.texts());
    let faults: Vec<String> = faults.iter().map(ToString::to_string).collect();
    assert_eq!(faults.len(), 2, "{faults:?}");
    assert!(
        faults[0].starts_with("policies/town.cedar:2:1: `@mask` says nothing of counts"),
        "{faults:?}"
    );
}

/// The counts of an answer by the text of its first column.
async fn counts(reader: &Reader, sql: &str) -> Option<BTreeMap<String, Option<i64>>> {
    let asked = Question {
        sql: sql.to_owned(),
        at: At::Latest,
    };
    let answer = match reader.ask(asked).await {
        Ok(answer) => answer,
        Err(AskError::Denied(_)) => return None,
        Err(error) => panic!("{sql}: {error}"),
    };
    let mut counts = BTreeMap::new();
    for batch in answer.collect().await.unwrap() {
        let labels =
            arrow::compute::cast(batch.column(0), &arrow::datatypes::DataType::Utf8).unwrap();
        let numbers = batch.column(1).as_primitive::<Int64Type>().clone();
        for row in 0..batch.num_rows() {
            let count = numbers.is_valid(row).then(|| numbers.value(row));
            counts.insert(labels.as_string::<i32>().value(row).to_owned(), count);
        }
    }
    Some(counts)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    /// Every shown count is true, whatever condition it is asked under, and no difference of two shown counts is small
    /// where one of them counts one value more than the other.
    #[test]
    fn shown_counts_are_true_and_their_differences_are_not_small(
        numbers in prop::collection::vec(prop_oneof![0_usize..4, 0_usize..30], 9),
    ) {
        const DONG: [&str; 3] = ["가온동", "나래동", "다솜동"];
        let of: Vec<(&'static str, i64, usize)> = numbers.iter().enumerate().map(|(at, number)| (DONG[at / 3], i64::try_from(at % 3).unwrap(), *number)).collect();
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(async {
            let town = counted(&of).await;
            let reader = town.public();
            let truth = |dong: &[&str], ages: &[i64]| -> i64 {
                let found = of.iter().filter(|(own, age, _)| dong.contains(own) && ages.contains(age));
                i64::try_from(found.map(|(_, _, number)| number).sum::<usize>()).unwrap()
            };
            let all = [0, 1, 2];
            let mut shown: BTreeMap<(u8, u8), i64> = BTreeMap::new();
            // All sets of dong, and all sets of ages: each is a condition.
            for dong in 1..8_u8 {
                let names: Vec<&str> = DONG.into_iter().enumerate().filter(|(at, _)| dong >> at & 1 == 1).map(|(_, name)| name).collect();
                let quoted = names.iter().map(|name| format!("'{name}'")).collect::<Vec<_>>().join(", ");
                for ages in 1..8_u8 {
                    let chosen: Vec<i64> = all.into_iter().filter(|at| ages >> at & 1 == 1).collect();
                    let listed = chosen.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
                    let condition = match (dong, ages) {
                        (7, 7) => String::new(),
                        (7, _) => format!("where age in ({listed})"),
                        (_, 7) => format!("where dong in ({quoted})"),
                        _ => format!("where dong in ({quoted}) and age in ({listed})"),
                    };
                    let Some(counts) = counts(&reader, &format!("select 'n', count(*) from residents {condition}")).await else {
                        continue;
                    };
                    if let Some(count) = counts.get("n").copied().flatten() {
                        assert_eq!(count, truth(&names, &chosen), "{condition}");
                        shown.insert((dong, ages), count);
                    }
                }
            }
            let total = of.iter().map(|(_, _, number)| number).sum::<usize>();
            if total < 5 {
                assert!(shown.values().all(|count| *count == 0), "{shown:?}");
            }
            for ((dong, ages), count) in &shown {
                for ((other_dong, other_ages), other) in &shown {
                    let one_more = (dong == other_dong && (ages ^ other_ages).is_power_of_two())
                        || (ages == other_ages && (dong ^ other_dong).is_power_of_two());
                    let difference = count.abs_diff(*other);
                    assert!(!one_more || !(1..5).contains(&difference), "{shown:?}");
                }
            }
        });
    }
}

#[tokio::test]
async fn a_lake_without_rows_counts_none() {
    let town = counted(&[]).await;
    let reader = town.public();
    assert_eq!(
        lines(&reader, "select count(*) as n from residents").await,
        "n 0"
    );
}
