//! What is written down of grants.

use chrono::TimeDelta;
use people::By;

use crate::{Office, people};

const FIRST: &str = r#"
roles = [{ id = "clerk", title = "민원", duties = ["audit"] }]
[[accounts]]
name = "kim"
department = "civil"
roles = ["clerk"]
[[accounts]]
name = "lee"
attributes = { dong_code = ["1", "2"] }
"#;

async fn lines(office: &Office, account: Option<&str>) -> Vec<String> {
    let all = office.accounts.journal(account, None, 100).await.unwrap();
    let all = all.into_iter().rev();
    all.map(|line| {
        format!("{} {} {} {}", line.by, line.what, line.account, line.detail)
            .trim_end()
            .to_owned()
    })
    .collect()
}

#[tokio::test]
async fn each_difference_of_the_file_is_a_line_and_the_same_file_is_none() {
    let office = Office::new().await;
    let known = lines(&office, None).await.len();
    let by = By::local();
    let accounts = &office.accounts;
    assert_eq!(
        accounts.record_people(&people(FIRST), &by).await.unwrap(),
        6
    );
    assert_eq!(
        accounts.record_people(&people(FIRST), &by).await.unwrap(),
        0
    );
    let other = FIRST
        .replace("roles = [\"clerk\"]", "")
        .replace("[\"1\", \"2\"]", "[\"1\"]")
        .replace("department = \"civil\"", "department = \"tax\"");
    accounts.record_people(&people(&other), &by).await.unwrap();
    let found = lines(&office, None).await.split_off(known);
    assert_eq!(
        found,
        [
            "local granted * role clerk: duty audit",
            "local granted kim account",
            "local granted kim department civil",
            "local granted kim role clerk",
            "local granted lee account",
            "local granted lee attribute dong_code = 1, 2",
            "local taken kim department civil",
            "local taken kim role clerk",
            "local granted kim department tax",
            "local taken lee attribute dong_code = 1, 2",
            "local granted lee attribute dong_code = 1",
        ]
    );
    let of_lee = lines(&office, Some("lee")).await;
    assert_eq!(of_lee.len(), 4);
}

#[tokio::test]
async fn a_line_says_who_and_is_kept_three_years_and_in_the_access_log() {
    let office = Office::new().await;
    let by = By::new("data", Some("192.0.2.9"));
    office.accounts.block("kim", &by).await.unwrap();
    let all = office.accounts.journal(Some("kim"), None, 1).await.unwrap();
    assert_eq!(
        (
            all[0].by.as_str(),
            all[0].address.as_deref(),
            all[0].what.as_str()
        ),
        ("data", Some("192.0.2.9"), "blocked")
    );
    office.records.log().flush().await;
    let (logged, _) = office
        .records
        .log()
        .page(&records::log::Filter::default())
        .await
        .unwrap();
    assert!(logged.iter().any(|one| {
        one.entry
            .query
            .as_deref()
            .is_some_and(|what| what.starts_with("blocked kim"))
    }));
    office.clock.advance(TimeDelta::days(3 * 365));
    let now = office.records.clock().now();
    assert_eq!(office.accounts.forget_journal(now).await.unwrap(), 0);
    office.clock.advance(TimeDelta::days(5));
    let now = office.records.clock().now();
    assert!(office.accounts.forget_journal(now).await.unwrap() > 0);
    assert!(lines(&office, None).await.is_empty());
}
