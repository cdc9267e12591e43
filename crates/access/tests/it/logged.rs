//! The access log: the entry of each read is there before its first batch, and so is that of a refused one.

use access::{AskError, At, Filter, Question, Rows, Sort};
use city::DatasetId;
use records::log::{Act, Decision, Entry};

use crate::town::{Town, told, town};

fn question(sql: &str) -> Question {
    Question {
        sql: sql.to_owned(),
        at: At::Latest,
    }
}

fn parking() -> Rows {
    Rows {
        dataset: DatasetId::from("parking"),
        ..Rows::default()
    }
}

async fn last(town: &Town) -> Entry {
    town.log().await.pop().unwrap().entry
}

/// `dataset@version(columns)` of each dataset of an entry.
fn touched(entry: &Entry) -> String {
    let each = entry.touched.iter().map(|touched| {
        let version = touched.version.map(|number| number.to_string());
        format!(
            "{}@{}({})",
            touched.dataset,
            version.as_deref().unwrap_or("-"),
            touched.columns.join(",")
        )
    });
    each.collect::<Vec<_>>().join(" ")
}

#[tokio::test]
async fn a_read_is_in_the_log_before_its_first_batch_and_its_end_afterwards() {
    let town = town().await;
    let sql = "select p.name from parking p join dongs d on p.dong = d.dong where p.spaces > 50 and d.people > 10";
    let answer = town.public().ask(question(sql)).await.unwrap();
    let entry = last(&town).await;
    assert_eq!(
        (
            entry.who.as_str(),
            entry.from.as_deref(),
            entry.purpose.as_str()
        ),
        ("public", Some("203.0.113.9"), "시민 열람")
    );
    assert_eq!(
        (entry.act, entry.decision, entry.policy.as_str(), entry.rows),
        (Act::Read, Decision::Allowed, "public-release", None)
    );
    assert_eq!(
        touched(&entry),
        "dongs@1(dong,people) parking@1(dong,name,spaces)"
    );
    let begun = town.log().await.pop().unwrap();
    assert_eq!(begun.at, town.now());
    assert_eq!(
        answer
            .collect()
            .await
            .unwrap()
            .iter()
            .map(arrow::array::RecordBatch::num_rows)
            .sum::<usize>(),
        2
    );
    let end = last(&town).await;
    assert_eq!(
        (end.act, end.rows, end.completes),
        (Act::ReadEnd, Some(2), Some(begun.seq))
    );
}

#[tokio::test]
async fn every_way_to_rows_leaves_an_entry_with_what_was_read() {
    let town = town().await;
    let reader = town.operator();
    let filtered = Rows {
        filters: vec![Filter::read("주차면수:ge:50").unwrap()],
        sort: vec![Sort {
            column: "동".to_owned(),
            descending: false,
        }],
        columns: vec!["name".to_owned()],
        ..parking()
    };
    drop(reader.rows(&filtered).await.unwrap());
    let entries = town.log().await;
    let read = entries
        .iter()
        .find(|logged| logged.entry.act == Act::Read)
        .unwrap();
    assert_eq!(touched(&read.entry), "parking@1(dong,name,spaces)");
    assert_eq!(
        (read.entry.who.as_str(), read.entry.policy.as_str()),
        ("kim", "operator")
    );
    // The second count is remembered and not computed: a read all the same.
    for _ in 0..2 {
        let before = town.log().await.len();
        assert_eq!(reader.count(&filtered).await.unwrap(), 2);
        let counted = town.log().await.remove(before).entry;
        assert_eq!(
            (counted.act, touched(&counted).as_str()),
            (Act::Read, "parking@1(spaces)")
        );
        assert!(counted.query.unwrap().contains("주차면수 ge ?"));
    }
    let before = town.log().await.len();
    reader.compare("dongs", 1, 1).await.unwrap();
    let compared = town.log().await.split_off(before);
    let read: Vec<String> = compared
        .iter()
        .filter(|logged| logged.entry.completes.is_none())
        .map(|logged| touched(&logged.entry))
        .collect();
    assert_eq!(read, ["dongs@1(dong,people)"; 2], "each version");
}

#[tokio::test]
async fn a_refused_read_is_in_the_log_too() {
    let town = town().await;
    let reader = town.public();
    let hidden = |part: &str| {
        let mut question = parking();
        match part {
            "filter" => question.filters = vec![Filter::read("manager:eq:고길동").unwrap()],
            "columns" => question.columns = vec!["manager".to_owned()],
            _ => question.dataset = DatasetId::from("complaints"),
        }
        question
    };
    let mut expected = Vec::new();
    let mut refused = |error: AskError, what: &str| {
        assert!(matches!(error, AskError::Denied(_)), "{what}: {error}");
        expected.push(what.to_owned());
    };
    let ask = |sql: &str| reader.ask(question(sql));
    refused(
        ask("select manager from parking").await.err().unwrap(),
        "parking@-(manager)",
    );
    refused(
        ask("select * from 민원").await.err().unwrap(),
        "complaints@-()",
    );
    refused(
        reader.rows(&hidden("filter")).await.err().unwrap(),
        "parking@-(manager)",
    );
    refused(
        reader.count(&hidden("filter")).await.err().unwrap(),
        "parking@-(manager)",
    );
    refused(
        reader.rows(&hidden("columns")).await.err().unwrap(),
        "parking@-(manager)",
    );
    refused(
        reader.rows(&hidden("dataset")).await.err().unwrap(),
        "complaints@-()",
    );
    refused(
        reader.compare("complaints", 1, 1).await.unwrap_err(),
        "complaints@-()",
    );
    refused(
        reader.quarantine("parking", None, 0, 9).await.unwrap_err(),
        "parking@-(parking (quarantine))",
    );
    refused(
        reader.quarantine("grants", None, 0, 9).await.unwrap_err(),
        "grants@-()",
    );
    refused(
        reader.version("grants", &At::Latest).unwrap_err(),
        "grants@-()",
    );
    refused(reader.versions("grants").unwrap_err(), "grants@-()");
    refused(reader.loads("grants").unwrap_err(), "grants@-()");
    let log = town.log().await;
    assert!(
        log.iter()
            .all(|logged| logged.entry.decision == Decision::Denied)
    );
    assert!(
        log.iter()
            .all(|logged| logged.entry.policy == "public-release" && logged.entry.from.is_some())
    );
    let found: Vec<String> = log.iter().map(|logged| touched(&logged.entry)).collect();
    assert_eq!(found, expected);
}

#[tokio::test]
async fn the_log_holds_the_shape_of_a_question_and_none_of_its_values() {
    let town = town().await;
    let values = [
        "select name from parking where manager = '고길동' and phone in ('031-555-0199', '031-555-0199')",
        "select name from parking where manager like '%고길동%' or phone between '031-555-0199' and 'z'",
        "select case manager when '고길동' then 7654321 else 0 end from parking",
        "select name from parking where cast('1977-07-07' as date) < date '1977-07-07'",
        "select name from parking where timestamp '1977-07-07 00:00:00' > now() - interval '1977 days'",
        "select * from (values ('고길동', 7654321)) as t(a, b)",
        "select name from parking where phone = $$031-555-0199$$ or phone = E'고길동'",
        "select name from parking where position('고길동' in manager) > 0 or trim(both '고길동' from manager) = ''",
        "select name from parking limit 7654321",
    ];
    for sql in values {
        told(&town.operator(), sql, At::Latest).await.unwrap();
        let log = town.log().await;
        let read = log
            .iter()
            .rev()
            .find(|logged| logged.entry.act == Act::Read)
            .unwrap();
        let shape = read.entry.query.clone().unwrap();
        for value in ["고길동", "0199", "7654321", "1977"] {
            assert!(!shape.contains(value), "{shape}");
        }
        assert!(
            shape.contains('?') && shape.to_lowercase().contains("select"),
            "{shape}"
        );
    }
    let filtered = Rows {
        filters: vec![Filter::read("manager:eq:고길동").unwrap()],
        ..parking()
    };
    drop(town.operator().rows(&filtered).await.unwrap());
    let text = serde_json::to_string(
        &town
            .log()
            .await
            .iter()
            .map(|logged| &logged.entry)
            .collect::<Vec<_>>(),
    )
    .unwrap();
    assert!(!text.contains("고길동"), "{text}");
}

#[tokio::test]
async fn nothing_is_handed_out_when_the_log_cannot_be_written() {
    let town = town().await;
    let reader = town.operator();
    assert!(
        told(&reader, "select name from parking", At::Latest)
            .await
            .is_ok()
    );
    town.records.close().await;
    let unlogged = |error: &AskError| matches!(error, AskError::Log(_)) && error.is_broken();
    let error = told(&reader, "select name from parking", At::Latest)
        .await
        .unwrap_err();
    assert!(unlogged(&error), "{error}");
    let error = reader.rows(&parking()).await.err().unwrap();
    assert!(unlogged(&error), "{error}");
    let error = reader.compare("dongs", 1, 1).await.unwrap_err();
    assert!(unlogged(&error), "{error}");
    // A refusal that cannot be written down is no refusal either.
    let error = told(&town.public(), "select manager from parking", At::Latest)
        .await
        .unwrap_err();
    assert!(unlogged(&error), "{error}");
}

#[tokio::test]
async fn rows_of_several_datasets_that_are_kept_as_one_are_all_named_when_they_are_used_again() {
    let town = town().await;
    let reader = town.public();
    let of = |dataset: &str, column: &str| Rows {
        dataset: DatasetId::from(dataset),
        columns: vec![column.to_owned()],
        ..Rows::default()
    };
    let both = [of("parking", "name"), of("dongs", "people")];
    reader.again_all(&both, 7).await.unwrap();
    let entry = last(&town).await;
    let named: Vec<&str> = entry
        .touched
        .iter()
        .map(|own| own.dataset.as_str())
        .collect();
    assert_eq!((named, entry.rows), (vec!["parking", "dongs"], Some(7)));
    // One that may not be seen refuses all of them.
    let secret = [of("parking", "name"), of("nowhere", "name")];
    reader.again_all(&secret, 7).await.unwrap_err();
    assert_eq!(last(&town).await.rows, Some(7), "only what was answered");
}
