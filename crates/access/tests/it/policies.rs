//! Policies of a city: what they give and leave, why, for whom, and what the log keeps of it.

use std::sync::Arc;

use access::{
    AskError, At, Filter, Person, Policies, Purpose, Question, Reader, Rows, SeeAs, Shown, Staff,
    Whose,
};
use chrono::{Datelike as _, TimeDelta};
use city::dataset::LoadMode::Snapshot;
use city::{DatasetId, Duty, Lang, PolicyText};
use records::log::{Act, Decision};

use crate::oracle::PEOPLE;
use crate::town::{
    Rules, Town, city, fill, governed, kind, number, rows, table, text, told, whole,
};

const POLICIES: &str = r#"
@id("clerks")
@mask("phone: last 4, name: first 1")
@rows("dong == person.dong")
@reason_ko("담당 동의 민원을 처리하는 데 필요합니다.")
@reason_en("Needed for the complaints of one's own dong.")
permit (principal in Role::"clerk", action == Action::"read", resource in Dataset::"residents")
when { context.purpose == Purpose::"complaint" };

@id("officers")
permit (principal in Role::"officer", action == Action::"read", resource in Dataset::"residents");

@id("no-scores")
@reason_ko("점수는 아무도 볼 수 없습니다.")
@reason_en("Nobody sees scores.")
forbid (principal, action == Action::"read", resource == Column::"residents.score")
unless { principal in Role::"operator" };

@id("parking-at-weekends")
@reason_ko("주말에는 공개하지 않습니다.")
forbid (principal in Role::"public", action == Action::"read", resource == Column::"parking.spaces")
when { context.working_day == false };

@id("draft-officers")
@draft
@mask("redact")
forbid (principal in Role::"officer", action == Action::"read", resource == Column::"residents.name");
"#;

pub(crate) async fn residents(policies: &str) -> Town {
    let town = governed(Rules {
        people: PEOPLE,
        policies,
    })
    .await;
    fill(&town).await;
    town.load_as("residents", Some(Snapshot), &some(), &[])
        .await;
    town
}

fn some() -> arrow::array::RecordBatch {
    use std::sync::Arc;
    table(&[
        ("id", whole([1, 2, 3])),
        ("dong", text(["가온동", "나래동", "가온동"])),
        ("name", text(["김민지", "이서준", "박하늘"])),
        (
            "phone",
            text(["010-1111-2222", "010-3333-4444", "010-5555-6666"]),
        ),
        (
            "born",
            Arc::new(arrow::array::Date32Array::from(vec![0, 10_000, 15_000])),
        ),
        ("age", whole([56, 29, 15])),
        ("score", number([1.5, 2.5, 3.5])),
    ])
}

pub(crate) fn reader(town: &Town, name: &str, purpose: &str) -> Reader {
    let person = town.door.person(name).unwrap_or_else(Person::anyone);
    town.door.reader(person, Purpose::new(purpose))
}

async fn lines(reader: &Reader, sql: &str) -> Vec<String> {
    match told(reader, sql, At::Latest).await {
        Ok(lines) => lines,
        Err(error) => vec![format!("! {}: {}", kind(&error), error.what(Lang::Ko))],
    }
}

#[tokio::test]
async fn rows_and_masks_are_those_of_the_person_and_the_purpose() {
    let town = residents(POLICIES).await;
    let clerk = reader(&town, "clerk", "민원 처리");
    let sql = "select id, name, phone, age from residents order by id";
    assert_eq!(
        lines(&clerk, sql).await,
        [
            "id,name,phone,age",
            "1,김***,***2222,56",
            "3,박***,***6666,15"
        ]
    );
    assert_eq!(
        lines(&reader(&town, "clerk", "호기심"), sql).await,
        ["! denied: 'residents' 항목은 열람이 제한되어 있습니다."],
        "another purpose"
    );
    assert_eq!(
        lines(
            &reader(&town, "officer", "-"),
            "select name, phone from residents where id = 2"
        )
        .await,
        ["name,phone", "이서준,010-3333-4444"]
    );
    assert_eq!(
        lines(&clerk, "select 점수 from residents").await,
        ["! denied: '점수' 항목은 열람이 제한되어 있습니다. 점수는 아무도 볼 수 없습니다."]
    );
    assert_eq!(
        lines(&clerk, "select height from residents").await,
        ["! no-column: 'height' 이름의 열이 없습니다."],
        "that there is none is told apart"
    );
    assert_eq!(
        lines(&clerk, "select name from parking where dong = '누리동'").await,
        ["name", "누리주차장"],
        "what everybody sees staff see too"
    );
    assert_eq!(
        lines(&reader(&town, "nobody", "-"), sql).await.len(),
        1,
        "the public"
    );
}

#[tokio::test]
async fn every_way_around_the_plan_respects_rows_and_masks() {
    let town = residents(POLICIES).await;
    let clerk = reader(&town, "clerk", "complaint");
    let question = |filter: &str| Rows {
        dataset: DatasetId::from("residents"),
        filters: Filter::read(filter).into_iter().collect(),
        ..Rows::default()
    };
    assert_eq!(
        clerk.count(&question("")).await.unwrap(),
        2,
        "not all there are"
    );
    assert_eq!(clerk.rows_and_count(&question("")).await.unwrap().0, 2);
    assert_eq!(clerk.count(&question("dong:eq:나래동")).await.unwrap(), 0);
    assert_eq!(
        clerk.count(&question("phone:contains:1111")).await.unwrap(),
        0
    );
    assert_eq!(
        clerk.count(&question("phone:contains:2222")).await.unwrap(),
        1
    );
    let officer = reader(&town, "officer", "-");
    assert_eq!(
        officer
            .count(&question("phone:contains:1111"))
            .await
            .unwrap(),
        1
    );
    let found = rows(&clerk, &question("id:ge:2")).await.unwrap();
    assert_eq!(found.len(), 2, "{found:?}");
    assert_eq!(
        lines(&clerk, "select count(*), min(id), max(id) from residents").await[1],
        "2,1,3"
    );
    town.load_as("residents", Some(Snapshot), &some().slice(1, 1), &[])
        .await;
    let difference = clerk.compare("residents", 1, 2).await.unwrap();
    assert_eq!((difference.added, difference.removed), (0, 2));
    let told = format!("{difference:?}");
    assert!(
        !told.contains("010-1111") && !told.contains("이서준"),
        "{told}"
    );
    let earlier = Question {
        sql: "select count(*) from residents".to_owned(),
        at: At::Version(1),
    };
    let answer = clerk.ask(earlier).await.unwrap().collect().await.unwrap();
    assert_eq!(answer[0].num_rows(), 1);
    assert_eq!(
        lines(&clerk, "select count(*) from residents").await[1],
        "0"
    );
    let version = clerk.version("residents", &At::Latest).unwrap();
    let report = version.report.to_string();
    assert!(
        !report.contains("spaces") && !report.contains("min"),
        "{report}"
    );
    let error = clerk
        .quarantine("residents", None, 0, 10)
        .await
        .unwrap_err();
    assert!(matches!(error, AskError::Denied(_)));
}

#[tokio::test]
async fn the_log_names_the_policy_that_decided() {
    let town = residents(POLICIES).await;
    let clerk = reader(&town, "clerk", "complaint");
    lines(&clerk, "select id from residents").await;
    lines(&clerk, "select score from residents").await;
    lines(&clerk, "select name from parking").await;
    let log = town.log().await;
    let told: Vec<(Act, Decision, &str)> = log
        .iter()
        .filter(|logged| logged.entry.who == "clerk" && logged.entry.act == Act::Read)
        .map(|logged| {
            let entry = &logged.entry;
            (entry.act, entry.decision, entry.policy.as_str())
        })
        .collect();
    assert_eq!(
        told,
        [
            (Act::Read, Decision::Allowed, "clerks"),
            (Act::Read, Decision::Denied, "no-scores"),
            (Act::Read, Decision::Allowed, "public-release"),
        ]
    );
}

#[tokio::test]
async fn why_tells_the_policy_and_its_reason() {
    let town = residents(POLICIES).await;
    let why = |name: &str, column: Option<&str>| {
        let person = town.door.person(name).unwrap_or_else(Person::anyone);
        let purpose = Purpose::new("complaint");
        town.door.why(&person, "residents", column, &purpose)
    };
    let phone = why("clerk", Some("phone")).unwrap();
    assert_eq!(phone.shown, Shown::Masked("last 4".to_owned()));
    assert_eq!(phone.rows, ["dong == person.dong"]);
    assert_eq!(
        (phone.policy(), phone.why(Lang::Ko)),
        ("clerks", "담당 동의 민원을 처리하는 데 필요합니다.")
    );
    let score = why("clerk", Some("score")).unwrap();
    assert_eq!(
        (score.shown, score.policies),
        (Shown::Hidden, vec!["no-scores".to_owned()])
    );
    let public = why("nobody", None).unwrap();
    assert_eq!(
        (public.shown.clone(), public.policy(), public.why(Lang::Ko)),
        (
            Shown::Hidden,
            "least-privilege",
            "열람을 허용하는 정책이 없습니다."
        )
    );
    assert_eq!(kind(&why("clerk", Some("fone")).unwrap_err()), "no-column");
    let purpose = Purpose::default();
    let error = town
        .door
        .why(&Person::anyone(), "residants", None, &purpose)
        .unwrap_err();
    assert_eq!(kind(&error), "no-dataset");
}

#[tokio::test]
async fn an_administrator_sees_as_a_role_with_drafts_and_the_log_says_so() {
    let town = residents(POLICIES).await;
    let eyes = |role: &str| SeeAs {
        role: role.to_owned(),
        department: Some("transport".to_owned()),
        drafts: true,
    };
    let kim = Person::operator("kim");
    let see = |role: &str| {
        town.door
            .see_as(kim.clone(), &eyes(role), Purpose::new("complaint"))
    };
    let sql = "select name from residents order by id";
    let clerk = see("clerk").unwrap();
    assert_eq!(lines(&clerk, sql).await, ["name", "김***", "박***"]);
    let officer = see("officer").unwrap();
    assert_eq!(
        lines(&officer, sql).await,
        ["name", "***", "***", "***"],
        "the draft"
    );
    let without = SeeAs {
        drafts: false,
        ..eyes("officer")
    };
    let without = town.door.see_as(kim.clone(), &without, Purpose::default());
    assert_eq!(
        lines(&without.unwrap(), sql).await[1],
        "김민지",
        "not in force"
    );
    let error = officer
        .quarantine("residents", None, 0, 1)
        .await
        .unwrap_err();
    assert!(
        matches!(error, AskError::Denied(_)),
        "nothing is done through it"
    );
    let own = town.log().await;
    let entries = own.iter().map(|logged| &logged.entry).filter(|entry| {
        entry.who == "kim" && entry.act == Act::Read && entry.decision == Decision::Allowed
    });
    let policies: Vec<&str> = entries.map(|entry| entry.policy.as_str()).collect();
    assert_eq!(
        policies,
        [
            "see-as clerk: clerks",
            "see-as officer: draft-officers, officers",
            "see-as officer: officers"
        ]
    );
    assert_eq!(kind(&see("clark").err().unwrap()), "no-role");
    let clerk = town.door.person("clerk").unwrap();
    let refused = |person: Person, role: &str| {
        let seen = town.door.see_as(person, &eyes(role), Purpose::default());
        seen.err().map(|error| kind(&error).to_owned())
    };
    assert_eq!(refused(clerk, "officer").as_deref(), Some("denied"));
    let administrator = Person::Staff(Staff {
        name: "lee".to_owned(),
        duties: [Duty::Administer].into(),
        ..Staff::default()
    });
    assert_eq!(refused(administrator.clone(), "officer"), None);
    let told = refused(administrator, "operator");
    assert_eq!(told.as_deref(), Some("denied"), "only who sees everything");
}

#[tokio::test]
async fn every_column_is_explained_with_the_policy_and_where_it_stands() {
    let town = residents(POLICIES).await;
    let city = Arc::clone(town.door.city());
    let residents = &city.datasets["residents"];
    let complaint = Purpose::new("complaint");
    let told = |whose: Whose<'_>, column: &str| {
        let all = town.door.rulings(whose, residents, &complaint).unwrap();
        assert_eq!(all.len(), residents.columns.len());
        let found = all.into_iter().find(|(name, _)| name == column);
        found.unwrap().1
    };
    let clerk = town.door.person("clerk").unwrap();
    let phone = told(Whose::Person(&clerk), "phone");
    assert_eq!(phone.shown, Shown::Masked("last 4".to_owned()));
    assert_eq!(phone.rows, ["dong == person.dong"]);
    assert_eq!(phone.place.as_deref(), Some("policies/town.cedar:2"));
    let score = told(Whose::Person(&clerk), "score");
    assert_eq!(
        (score.shown.clone(), score.policy()),
        (Shown::Hidden, "no-scores")
    );
    assert_eq!(score.place.as_deref(), Some("policies/town.cedar:13"));
    let by_whom = |drafts: bool| {
        let eyes = SeeAs {
            role: "officer".to_owned(),
            department: None,
            drafts,
        };
        told(Whose::Role(&eyes), "name")
    };
    assert_eq!(by_whom(false).shown, Shown::Clear);
    assert_eq!(by_whom(true).shown, Shown::Masked("redact".to_owned()));
    assert_eq!(by_whom(true).policy(), "draft-officers");
    let drafts = town.door.drafts();
    assert_eq!(
        drafts,
        [(
            "draft-officers".to_owned(),
            Some("policies/town.cedar:24".to_owned())
        )]
    );
    let operator = told(Whose::Person(&Person::operator("kim")), "name");
    assert_eq!(
        (operator.policy(), operator.place.clone()),
        ("operator", None),
        "built in"
    );
}

#[tokio::test]
async fn policies_are_renewed_at_once_and_a_fault_leaves_the_last_good_ones_in_force() {
    let town = residents(POLICIES).await;
    let sql = "select name from residents where id = 1";
    let by = Person::operator("kim");
    let rules = |policies| Rules {
        people: PEOPLE,
        policies,
    };
    let bad =
        rules("permit (principal in Role::\"clerk\", action, resource in Dataset::\"residants\");");
    let faults = town
        .door
        .renew(&by, bad.people(), &bad.texts())
        .await
        .unwrap_err();
    assert_eq!(
        faults[0].to_string(),
        "policies/town.cedar:1:57: there is no dataset `residants`; did you mean `residents`?"
    );
    assert_eq!(
        lines(&reader(&town, "clerk", "complaint"), sql).await,
        ["name", "김***"]
    );
    let log = town.log().await;
    let mut changes = log.iter().filter(|logged| logged.entry.act == Act::Change);
    let last = &changes.next_back().unwrap().entry;
    assert_eq!(
        (last.act, last.decision, last.who.as_str()),
        (Act::Change, Decision::Denied, "kim")
    );
    let none = rules("");
    town.door
        .renew(&by, none.people(), &none.texts())
        .await
        .unwrap();
    assert_eq!(
        lines(&reader(&town, "clerk", "complaint"), sql).await.len(),
        1,
        "revoked"
    );
    assert_eq!(lines(&town.operator(), sql).await, ["name", "김민지"]);
}

#[tokio::test]
async fn an_operator_can_be_limited_and_the_machine_itself_is_not() {
    let policies = r#"
        @id("nobody-reads-phones") @mask("last 4")
        forbid (principal, action == Action::"read", resource == Column::"residents.phone");
    "#;
    let town = residents(policies).await;
    let sql = "select phone from residents where id = 1";
    assert_eq!(lines(&town.operator(), sql).await, ["phone", "***2222"]);
    let error = town
        .operator()
        .quarantine("residents", None, 0, 1)
        .await
        .unwrap_err();
    assert!(
        matches!(error, AskError::Denied(_)),
        "rows put aside hold every cell"
    );
    let local = town.door.reader(Person::local(), Purpose::default());
    assert_eq!(lines(&local, sql).await, ["phone", "010-1111-2222"]);
}

#[tokio::test]
async fn a_hash_needs_a_key_and_joins_within_one_city() {
    let policies = r#"
        @mask("phone: hash")
        permit (principal in Role::"officer", action == Action::"read", resource in Dataset::"residents");
    "#;
    let town = residents(policies).await;
    let sql = "select phone from residents where id = 1";
    let officer = reader(&town, "officer", "-");
    assert_eq!(lines(&officer, sql).await, ["phone", ""]);
    town.door.set_key(b"a key of this town");
    let hashed = lines(&officer, sql).await.remove(1);
    assert_eq!(hashed.len(), 24);
    assert!(hashed.bytes().all(|letter| letter.is_ascii_hexdigit()));
    let joined = "select count(*) from residents a join residents b on a.phone = b.phone";
    assert_eq!(lines(&officer, joined).await, ["count(*)", "3"]);
}

#[tokio::test]
async fn a_policy_can_ask_for_the_time() {
    let town = residents(POLICIES).await;
    let sql = "select spaces from parking where name = '누리주차장'";
    let day = city::calendar::korean_day(town.now());
    let until_saturday = (13 - day.weekday().number_from_monday()) % 7;
    town.clock.advance(TimeDelta::days(until_saturday.into()));
    assert_eq!(
        lines(&town.public(), sql).await,
        ["! denied: 'spaces' 항목은 열람이 제한되어 있습니다. 주말에는 공개하지 않습니다."]
    );
    town.clock.advance(TimeDelta::days(2));
    assert_eq!(lines(&town.public(), sql).await, ["spaces", "80"]);
}

/// `tests/cases/policies.txt`: policies, and every fault of them.
#[test]
fn every_mistake_of_a_policy_is_told_with_its_place() {
    let rules = Rules {
        people: PEOPLE,
        policies: "",
    };
    let city = city(std::path::Path::new("city"), rules);
    let cases = include_str!("../cases/policies.txt");
    let mut wrong = Vec::new();
    let mut count = 0;
    for case in cases.split("\n====\n") {
        let (text, expected) = case.split_once("\n----\n").unwrap();
        let text = text.trim_start_matches('\n');
        let text = text
            .strip_prefix("# ")
            .map_or(text, |rest| rest.split_once('\n').unwrap().1);
        let own = PolicyText {
            file: "policies/a.cedar".into(),
            text: text.to_owned(),
        };
        let (_, faults) = Policies::of(&city, city.people.clone(), &[own]);
        let told: Vec<String> = faults.iter().map(ToString::to_string).collect();
        count += 1;
        if told.join("\n") != expected.trim() {
            wrong.push(format!("{text}\n----\n{}", told.join("\n")));
        }
    }
    assert!(count > 10, "the file of cases was read");
    assert!(wrong.is_empty(), "{}", wrong.join("\n====\n"));
}
