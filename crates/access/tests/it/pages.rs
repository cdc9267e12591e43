//! Rows without SQL: filtered, sorted, and cut into pages that fit together.

use access::{Filter, Reader, Rows, Sort};
use city::DatasetId;

use crate::town::{Park, Town, bare, parking, rows, town};

const DONGS: [&str; 3] = ["가온동", "누리동", "다솜동"];

/// Three files, the first larger than a batch of the engine: many rows share a dong and a number of spaces.
async fn large() -> Town {
    let town = bare().await;
    let names: Vec<&'static str> = (0..11_000)
        .map(|at| &*Box::leak(format!("주차장 {at:05}").into_boxed_str()))
        .collect();
    for part in [&names[..9_000], &names[9_000..9_900], &names[9_900..]] {
        let parks: Vec<Park> = part
            .iter()
            .enumerate()
            .map(|(at, name)| {
                (
                    *name,
                    DONGS[at * 7 % 3],
                    i64::try_from(at * 31 % 50).unwrap(),
                    "고길동",
                    5,
                )
            })
            .collect();
        town.load("parking", &parking(&parks)).await;
    }
    town
}

fn asked(sort: &str, filter: &str) -> Rows {
    Rows {
        dataset: DatasetId::from("parking"),
        filters: Filter::read(filter).into_iter().collect(),
        sort: sort
            .split(',')
            .filter(|part| !part.is_empty())
            .map(|part| Sort {
                column: part.trim_start_matches('-').to_owned(),
                descending: part.starts_with('-'),
            })
            .collect(),
        columns: vec!["name".to_owned(), "dong".to_owned(), "spaces".to_owned()],
        ..Rows::default()
    }
}

async fn page(reader: &Reader, question: &Rows, offset: u64, limit: u64) -> Vec<String> {
    let question = Rows {
        offset,
        limit: Some(limit),
        ..question.clone()
    };
    rows(reader, &question)
        .await
        .unwrap()
        .into_iter()
        .skip(1)
        .collect()
}

#[tokio::test]
async fn pages_of_the_same_question_fit_together_whatever_their_size() {
    let town = large().await;
    let reader = town.public();
    for (sort, filter) in [
        ("", ""),
        ("동", ""),
        ("-dong,spaces", ""),
        ("-spaces", "spaces:lt:3"),
        ("", "name:contains:9"),
    ] {
        let question = asked(sort, filter);
        let whole: Vec<String> = rows(&reader, &question)
            .await
            .unwrap()
            .into_iter()
            .skip(1)
            .collect();
        let total = u64::try_from(whole.len()).unwrap();
        assert_eq!(reader.count(&question).await.unwrap(), total);
        assert!(
            total > 500 && (filter.is_empty() == (total == 11_000)),
            "{sort} {filter}: {total}"
        );
        for size in [997, 4_000] {
            let mut paged = Vec::new();
            while u64::try_from(paged.len()).unwrap() < total {
                let part = page(
                    &reader,
                    &question,
                    u64::try_from(paged.len()).unwrap(),
                    size,
                )
                .await;
                assert!(
                    !part.is_empty(),
                    "{sort} {filter}: a page in the middle is empty"
                );
                paged.extend(part);
            }
            assert!(
                paged == whole,
                "{sort} {filter}: pages of {size} are not the whole"
            );
        }
        assert!(page(&reader, &question, total, 10).await.is_empty());
    }
}

#[tokio::test]
async fn unsorted_rows_come_in_the_order_they_were_loaded() {
    let town = large().await;
    let question = asked("", "");
    let whole = rows(&town.public(), &question).await.unwrap();
    let names: Vec<&str> = whole
        .iter()
        .skip(1)
        .map(|line| line.split(',').next().unwrap())
        .collect();
    assert_eq!(names.len(), 11_000);
    assert!(names.is_sorted());
    // A few rows are in one file: which one must not depend on how fast each is found.
    for _ in 0..20 {
        assert_eq!(
            page(&town.public(), &question, 0, 1).await[0]
                .split(',')
                .next()
                .unwrap(),
            "주차장 00000"
        );
    }
}

#[tokio::test]
async fn rows_are_filtered_sorted_and_their_columns_chosen_by_any_of_their_names() {
    let town = town().await;
    let reader = town.public();
    let mut question = asked("-면수", "동:eq:가온동");
    question.columns = vec![
        "주차면수".to_owned(),
        "longitude".to_owned(),
        "name".to_owned(),
        "spaces".to_owned(),
    ];
    assert_eq!(
        rows(&reader, &question).await.unwrap(),
        [
            "spaces,longitude,name",
            "120,127.12,가온주차장",
            "40,127.04,다솜주차장"
        ]
    );
    question.columns.clear();
    assert_eq!(
        rows(&reader, &question).await.unwrap()[0],
        "name,dong,spaces,x,y,longitude,latitude",
        "all that may be seen, and nothing that only serves the order"
    );
    question.columns = vec!["주차".to_owned()];
    let error = rows(&reader, &question).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "no column is called '주차'; the nearest are 주차면수, 주차장명"
    );
    question.columns.clear();
    question.filters = vec![Filter::read("spaces:ge:많이").unwrap()];
    let error = rows(&reader, &question).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "the filter on 'spaces' needs a whole number"
    );
}
