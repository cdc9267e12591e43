//! A table of several row groups: its pages fit together, its counts are right, and what is kept is logged as it is read.

use access::{Filter, Rows};
use city::DatasetId;
use records::log::Act;

use crate::town::{Town, bare, number, rows, table};

const ROWS: u32 = 600_000;
const DONGS: [&str; 3] = ["가온동", "누리동", "다솜동"];

/// Levels rise with the rows; each fifth row has no dong.
async fn noisy() -> Town {
    let town = bare().await;
    let dong = (0..ROWS).map(|at| {
        let dong = DONGS[usize::try_from(at % 3).unwrap()];
        (at % 5 != 0).then_some(dong)
    });
    let dongs: arrow::array::StringArray = dong.collect();
    let columns = table(&[
        ("dong", std::sync::Arc::new(dongs)),
        ("level", number((0..ROWS).map(f64::from))),
    ]);
    town.load("noise", &columns).await;
    town
}

fn asked(filters: &[&str], offset: u64) -> Rows {
    Rows {
        dataset: DatasetId::from("noise"),
        filters: filters
            .iter()
            .filter_map(|text| Filter::read(text))
            .collect(),
        columns: vec!["level".to_owned()],
        offset,
        limit: Some(2),
        ..Rows::default()
    }
}

/// Row groups of which every row matches must not come before one of which some do.
#[tokio::test]
async fn pages_follow_the_rows_whichever_row_groups_match() {
    let town = noisy().await;
    let reader = town.public();
    for offset in [0, 2, 150_000, 400_000] {
        let page = rows(&reader, &asked(&["level:ge:100000"], offset)).await;
        let first = 100_000 + offset;
        assert_eq!(
            page.unwrap(),
            ["level", &format!("{first}.0"), &format!("{}.0", first + 1)]
        );
    }
}

#[tokio::test]
async fn counts_of_a_large_table_are_those_of_its_rows() {
    let town = noisy().await;
    let reader = town.public();
    let with_dong = |dong: u32| (0..ROWS).filter(|at| at % 5 != 0 && at % 3 == dong).count();
    let cases: [(&[&str], usize); 9] = [
        (&["dong:eq:누리동"], with_dong(1)),
        (&["dong:eq:없는동"], 0),
        (&["dong:ne:누리동"], with_dong(0) + with_dong(2)),
        (&["dong:contains:솜"], with_dong(2)),
        (&["dong:empty:"], 120_000),
        (&["dong:ge:누리동", "동:le:누리동"], with_dong(1)),
        (&["level:lt:10"], 10),
        (&["level:ge:100000", "level:lt:300000"], 200_000),
        (&["level:lt:3", "dong:eq:누리동"], 1),
    ];
    for (filters, expected) in cases {
        for turn in ["first", "again"] {
            let count = reader.count(&asked(filters, 0)).await.unwrap();
            assert_eq!(count, expected as u64, "{filters:?}, {turn}");
        }
    }
    assert!(reader.count(&asked(&["level:ge:많음"], 0)).await.is_err());
}

#[tokio::test]
async fn a_page_that_is_kept_is_read_again_for_the_log() {
    let town = noisy().await;
    let question = asked(&["dong:eq:누리동"], 0);
    let first = rows(&town.public(), &question).await.unwrap();
    let again = rows(&town.public(), &question).await.unwrap();
    let staff = rows(&town.operator(), &question).await.unwrap();
    assert_eq!(first, ["level", "1.0", "4.0"]);
    assert_eq!((&again, &staff), (&first, &first));
    let log = town.log().await;
    let reads: Vec<_> = log
        .iter()
        .filter(|logged| logged.entry.act == Act::Read)
        .collect();
    let ends = log
        .iter()
        .filter(|logged| logged.entry.act == Act::ReadEnd && logged.entry.rows == Some(2));
    // How many rows a kept page has is known before it leaves: its entry says it.
    assert_eq!((reads.len(), ends.count()), (3, 2));
    assert_eq!(reads[1].entry.rows, Some(2));
    assert_eq!(reads[0].entry.touched, reads[1].entry.touched);
    assert_eq!(reads[0].entry.query, reads[1].entry.query);
}

#[tokio::test]
async fn rows_and_their_number_come_together_and_a_known_number_needs_no_entry_of_its_own() {
    let town = noisy().await;
    let reader = town.public();
    let question = asked(&["dong:eq:누리동"], 0);
    let total = reader.count(&question).await.unwrap();
    rows(&reader, &question).await.unwrap();
    let before = town.log().await.len();
    let (again, answer) = reader.rows_and_count(&question).await.unwrap();
    answer.unwrap().collect().await.unwrap();
    assert_eq!(again, total);
    let log = town.log().await;
    assert_eq!(log.len(), before + 1);
    let entry = &log.last().unwrap().entry;
    assert_eq!((entry.act, entry.rows), (Act::Read, Some(2)));
    assert!(entry.touched[0].columns.contains(&"dong".to_owned()));
    // None from there on: still a read, since one learns that there are none.
    for (question, expected) in [
        (asked(&["dong:eq:누리동"], total), total),
        (asked(&["dong:eq:없는동"], 0), 0),
    ] {
        let before = town.log().await.len();
        let (total, answer) = reader.rows_and_count(&question).await.unwrap();
        assert_eq!((total, answer.is_none()), (expected, true));
        assert!(town.log().await.len() > before);
    }
}

#[tokio::test]
async fn a_prepared_table_is_counted_without_reading_it_again() {
    let town = noisy().await;
    town.operator().prepare("noise").await.unwrap();
    let before = town.log().await.len();
    let count = town.public().count(&asked(&["dong:ne:누리동"], 0)).await;
    assert!(count.unwrap() > 0);
    assert_eq!(town.log().await.len(), before + 1);
    assert!(town.public().prepare("nowhere").await.is_err());
}
