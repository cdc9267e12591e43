//! Whose data were read: named in the log by pseudonyms, before the first row leaves; and who read the data of one person.

use access::who_read::Asked;
use access::{AskError, At, Filter, Reader, Rows};
use city::DatasetId;
use records::log::{About, Act, Entry};

use crate::policies::{reader, residents};
use crate::town::{Town, rows, table, text, told, whole};

const POLICIES: &str = r#"
@id("clerks")
@mask("phone: last 4, name: null")
permit (principal in Role::"clerk", action == Action::"read", resource in Dataset::"residents");

@id("officers")
@rows("age > 20")
permit (principal in Role::"officer", action == Action::"read", resource in Dataset::"residents");
"#;

const PHONES: [&str; 3] = ["010-1111-2222", "010-3333-4444", "010-5555-6666"];

async fn last_read(town: &Town) -> Entry {
    let entries = town.log().await.into_iter();
    let mut reads = entries.filter(|logged| logged.entry.act == Act::Read);
    reads.next_back().unwrap().entry
}

/// How far the last read names persons, and which of the three, by number.
async fn named(town: &Town) -> (Option<About>, Vec<usize>) {
    let entry = last_read(town).await;
    let log = town.records.log();
    let known: Vec<(String, usize)> = (1..=3)
        .flat_map(|at| {
            [
                (
                    log.pseudonym("phone", &PHONES[at - 1].replace('-', ""))
                        .unwrap(),
                    at,
                ),
                (log.pseudonym("resident", &at.to_string()).unwrap(), at),
            ]
        })
        .collect();
    let find = |own: &String| known.iter().find(|(known, _)| known == own).unwrap().1;
    let mut persons: Vec<usize> = entry.subjects.iter().map(find).collect();
    persons.sort_unstable();
    // Each has two numbers: both are named or none.
    let twice: Vec<usize> = persons.iter().copied().step_by(2).collect();
    assert_eq!(
        persons,
        twice.iter().flat_map(|at| [*at, *at]).collect::<Vec<_>>()
    );
    (entry.about, twice)
}

async fn asked(town: &Town, reader: &Reader, sql: &str) -> (Option<About>, Vec<usize>) {
    for line in told(reader, sql, At::Latest).await.unwrap() {
        assert!(!line.contains("__subject"), "{sql}: {line}");
    }
    named(town).await
}

#[tokio::test]
async fn a_page_names_those_of_its_rows_whatever_columns_are_shown_and_kept_pages_too() {
    let town = residents(POLICIES).await;
    let clerk = reader(&town, "clerk", "-");
    let question = Rows {
        dataset: DatasetId::from("residents"),
        columns: vec!["dong".to_owned()],
        sort: vec![access::Sort {
            column: "나이".to_owned(),
            descending: true,
        }],
        offset: 1,
        limit: Some(2),
        ..Rows::default()
    };
    for _ in 0..2 {
        let shown = rows(&clerk, &question).await.unwrap();
        assert_eq!(shown, ["dong", "나래동", "가온동"]);
        assert_eq!(named(&town).await, (Some(About::Listed), vec![2, 3]));
        let entry = last_read(&town).await;
        assert_eq!(entry.rows, Some(2));
        assert_eq!(
            town.log().await.last().unwrap().entry.act,
            Act::Read,
            "a read that said all has no end of its own"
        );
    }
    let text = serde_json::to_string(&last_read(&town).await).unwrap();
    assert!(PHONES.iter().all(|phone| !text.contains(phone)), "{text}");
}

#[tokio::test]
async fn a_hidden_row_is_nobodys_read_and_a_masked_value_is_somebodys() {
    let town = residents(POLICIES).await;
    let clerk = reader(&town, "clerk", "-");
    assert_eq!(
        asked(&town, &clerk, "select name, phone from residents limit 1").await,
        (Some(About::Listed), vec![1])
    );
    let officer = reader(&town, "officer", "-");
    assert_eq!(
        asked(&town, &officer, "select name from residents").await,
        (Some(About::Listed), vec![1, 2]),
        "the third is too young to be shown"
    );
}

#[tokio::test]
async fn every_kind_of_question_says_whose_data_it_reads() {
    let town = residents(POLICIES).await;
    let own = town.operator();
    let listed = |at: &[usize]| (Some(About::Listed), at.to_vec());
    let cases = [
        ("select * from residents", (Some(About::All), Vec::new())),
        (
            "select age + 1 from residents order by age",
            (Some(About::All), Vec::new()),
        ),
        ("select age from residents where age > 20", listed(&[1, 2])),
        (
            "select age from residents order by age limit 1",
            listed(&[3]),
        ),
        (
            "with a as (select dong as d, age from residents) select d from a as b where age < 20",
            listed(&[3]),
        ),
        (
            "select r.age, p.name from residents r join parking p on r.dong = p.dong where p.spaces = 40",
            listed(&[1, 3]),
        ),
        (
            "select a.age, b.age from residents a join residents b on a.age > b.age where b.age = 29",
            listed(&[1, 2]),
        ),
        (
            "select age, row_number() over (order by age) as n from residents where age < 50",
            listed(&[2, 3]),
        ),
        ("select count(*) from residents", (None, Vec::new())),
        (
            "select phone, count(*) from residents group by phone",
            (Some(About::More), Vec::new()),
        ),
        (
            "select dong, count(*), avg(age) from residents where age > 20 group by dong",
            (None, Vec::new()),
        ),
        (
            "select dong, max(age) from residents group by dong",
            (Some(About::More), Vec::new()),
        ),
        (
            "select count(distinct phone) from residents",
            (Some(About::More), Vec::new()),
        ),
        (
            "select distinct dong from residents",
            (Some(About::More), Vec::new()),
        ),
        (
            "select name from parking where dong in (select dong from residents where age = 29)",
            (Some(About::More), Vec::new()),
        ),
        (
            "select name from parking where spaces > (select max(age) from residents)",
            (Some(About::More), Vec::new()),
        ),
        (
            "select age from residents where age > (select min(age) from residents)",
            (Some(About::More), vec![1, 2]),
        ),
        (
            "select age from residents union all select spaces from parking",
            (Some(About::More), Vec::new()),
        ),
        ("select name from parking", (None, Vec::new())),
    ];
    for (sql, expected) in cases {
        assert_eq!(asked(&town, &own, sql).await, expected, "{sql}");
    }
    for sql in [
        "select __subject_0 from residents",
        "select * from residents where __subject_1 = '1'",
    ] {
        let error = told(&own, sql, At::Latest).await.unwrap_err();
        assert!(matches!(error, AskError::UnknownColumn { .. }), "{error}");
    }
}

#[tokio::test]
async fn looking_somebody_up_names_them_in_the_count_too() {
    let town = residents(POLICIES).await;
    let own = town.operator();
    let question = Rows {
        dataset: DatasetId::from("residents"),
        filters: vec![Filter::read("phone:eq:010-3333-4444").unwrap()],
        limit: Some(10),
        ..Rows::default()
    };
    for _ in 0..2 {
        let before = town.log().await.len();
        let (total, answer) = own.rows_and_count(&question).await.unwrap();
        assert_eq!(total, 1);
        drop(answer);
        let made = town.log().await.split_off(before);
        assert!(!made.is_empty());
        for logged in made {
            assert_eq!(
                (logged.entry.about, logged.entry.subjects.len()),
                (Some(About::Listed), 2),
                "{logged:?}"
            );
        }
    }
}

#[tokio::test]
async fn more_persons_than_an_entry_names_are_said_to_be_more() {
    let town = residents(POLICIES).await;
    let many: Vec<String> = (0..1500).map(|n| format!("010-0000-{n:04}")).collect();
    town.load(
        "residents",
        &table(&[
            ("id", whole(0..1500)),
            ("phone", text(many.iter().map(String::as_str))),
        ]),
    )
    .await;
    let own = town.operator();
    let sql = "select id from residents where id >= 10";
    let read = told(&own, sql, At::Latest).await.unwrap();
    assert_eq!(read.len(), 1 + 1490, "nothing is lost on the way");
    let entry = last_read(&town).await;
    assert_eq!((entry.about, entry.rows), (Some(About::More), None));
    assert_eq!(entry.subjects.len(), 500);
    let end = town.log().await.pop().unwrap().entry;
    assert_eq!((end.act, end.rows), (Act::ReadEnd, Some(1490)));
    assert_eq!((end.about, end.subjects.len()), (None, 0));
}

#[tokio::test]
async fn who_read_ones_data_finds_the_rows_and_the_whole_versions_that_held_them() {
    let town = residents(POLICIES).await;
    let own = town.operator();
    let question = |name: &str| format!("select name from residents where name = '{name}'");
    told(&own, &question("이서준"), At::Latest).await.unwrap();
    told(&own, &question("박하늘"), At::Latest).await.unwrap();
    told(&own, "select * from residents", At::Latest)
        .await
        .unwrap();
    let fewer = table(&[("id", whole([1])), ("phone", text([PHONES[0]]))]);
    let snapshot = Some(city::dataset::LoadMode::Snapshot);
    town.load_as("residents", snapshot, &fewer, &[]).await;
    told(&own, "select * from residents", At::Latest)
        .await
        .unwrap();
    let person = Asked {
        kind: "phone".to_owned(),
        value: format!(" {} ", PHONES[1]),
    };
    let read = town
        .door
        .who_read(own.person(), &person, "정보주체의 요구")
        .await
        .unwrap();
    let residents = DatasetId::from("residents");
    assert_eq!(read.datasets, std::slice::from_ref(&residents));
    assert_eq!(
        read.held_by,
        [(residents, 1)],
        "the second version holds another"
    );
    let (found, total) = town.records.log().page(&read.filter(0, 10)).await.unwrap();
    let queries: Vec<String> = found
        .iter()
        .map(|logged| logged.entry.query.clone().unwrap())
        .collect();
    assert_eq!(
        total, 2,
        "looking them up is no read of theirs: {queries:?}"
    );
    assert!(queries[0].contains('*') && queries[1].contains("name = ?"));
    let look = last_read(&town).await;
    assert_eq!(look.query.as_deref(), Some("who read the data of a phone"));
    let text = serde_json::to_string(&look).unwrap();
    assert!(!text.contains("3333"), "{text}");
    assert_eq!(look.touched.len(), 2, "versions looked through");
}

#[tokio::test]
async fn a_person_is_found_by_any_spelling_and_nobody_by_none() {
    let town = residents(POLICIES).await;
    let own = town.operator();
    let log = town.records.log();
    // As entries were written before there was one spelling.
    let mut old = Entry {
        subjects: vec![log.pseudonyms().unwrap().of("phone", PHONES[1])],
        about: Some(About::Listed),
        ..last_read_of(&town, &own).await
    };
    old.query = Some("an old entry".to_owned());
    log.append(old).await.unwrap();
    let look = async |value: &str| {
        let person = Asked {
            kind: "phone".to_owned(),
            value: value.to_owned(),
        };
        town.door.who_read(own.person(), &person, "-").await
    };
    let spellings = [
        PHONES[1],
        "01033334444",
        "010 3333 4444",
        "+82-10-3333-4444",
        "０１０－３３３３－４４４４",
    ];
    let mut first = None;
    for spelling in spellings {
        let read = look(spelling).await.unwrap();
        let (found, total) = town.records.log().page(&read.filter(0, 10)).await.unwrap();
        assert_eq!(total, 2, "{spelling}: {found:?}");
        assert!(found.iter().all(|logged| read.is_named(&logged.entry)));
        assert_eq!(read.seen_in, [DatasetId::from("residents")], "{spelling}");
        assert_eq!(
            first.get_or_insert_with(|| read.pseudonym.clone()),
            &read.pseudonym
        );
    }
    let nobody = look("010-0000-0000").await.unwrap();
    assert!(nobody.seen_in.is_empty());
    let page = town.records.log().page(&nobody.filter(0, 10)).await;
    assert_eq!(page.unwrap().1, 0, "not even the look itself");
    for empty in ["", "  ", "\u{200b}"] {
        let refused = look(empty).await;
        assert!(matches!(refused, Err(AskError::NoValue)), "{refused:?}");
    }
}

/// Reads one person's row, and gives the entry of it.
async fn last_read_of(town: &Town, reader: &Reader) -> Entry {
    let sql = "select name from residents where name = '이서준'";
    told(reader, sql, At::Latest).await.unwrap();
    last_read(town).await
}

#[tokio::test]
async fn only_whoever_has_the_duty_asks_who_read() {
    let town = residents(POLICIES).await;
    let person = Asked {
        kind: "phone".to_owned(),
        value: PHONES[0].to_owned(),
    };
    let clerk = reader(&town, "clerk", "-");
    let refused = town.door.who_read(clerk.person(), &person, "-").await;
    assert!(matches!(refused, Err(AskError::Denied(_))), "{refused:?}");
    let entry = last_read(&town).await;
    assert_eq!(entry.decision, records::Decision::Denied);
}
