//! What an officer does with the access log, through the pages and addresses: look for entries, answer a data subject,
//! review a month.

use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::http::{Request, header};
use chrono::{TimeDelta, TimeZone as _, Utc};
use interop::audit::review::{due, make};
use records::FixedClock;
use records::log::{Against, Filter, verify};
use serde_json::Value;
use tower::ServiceExt as _;

use crate::town::{Town, phone, town};

/// What came back: status and text.
type Answer = (u16, String);

async fn sent(town: &Town, who: &str, request: axum::http::request::Builder, body: &str) -> Answer {
    let request = match town.keys.get(who) {
        Some(key) => request.header(header::AUTHORIZATION, format!("Bearer {key}")),
        None => request,
    };
    let request = request.body(Body::from(body.to_owned())).unwrap();
    let response = town.router.clone().oneshot(request).await.unwrap();
    let status = response.status().as_u16();
    let bytes = to_bytes(response.into_body(), usize::MAX).await.unwrap();
    (status, String::from_utf8_lossy(&bytes).into_owned())
}

async fn get(town: &Town, who: &str, address: &str) -> Answer {
    sent(town, who, Request::get(address), "").await
}

/// A form as a browser sends it.
async fn form(town: &Town, who: &str, address: &str, fields: &[(&str, &str)]) -> Answer {
    let mut body = url::form_urlencoded::Serializer::new(String::new());
    body.extend_pairs(fields);
    let kind = "application/x-www-form-urlencoded";
    let request = Request::post(address).header(header::CONTENT_TYPE, kind);
    sent(town, who, request, &body.finish()).await
}

async fn json(town: &Town, who: &str, address: &str) -> Value {
    let (status, text) = get(town, who, address).await;
    assert_eq!(status, 200, "{address}: {text}");
    serde_json::from_str(&text).unwrap()
}

/// 23:00 on a Monday by the clock on the wall.
fn night() -> Arc<FixedClock> {
    let moment = Utc.with_ymd_and_hms(2026, 10, 5, 14, 0, 0).unwrap();
    Arc::new(FixedClock::new(moment))
}

/// The review as a table and as a paper, for officers alone.
async fn printed(town: &Town, review: i64) {
    let csv = format!("/admin/log/files/review-{review}.csv");
    let (status, table) = get(town, "officer", &csv).await;
    assert_eq!(status, 200);
    for word in [
        "clerk",
        "민원봉사과",
        "심야 열람",
        "재난 근무였습니다",
        "정당한 업무",
        "근무표와 맞음",
    ] {
        assert!(table.contains(word), "{word}: {table}");
    }
    let pdf = csv.replace("csv", "pdf");
    assert!(get(town, "officer", &pdf).await.1.starts_with("%PDF-"));
    assert_eq!(get(town, "clerk", &pdf).await.0, 403);
}

#[tokio::test]
async fn a_month_is_reviewed_explained_concluded_and_closed() {
    let clock = night();
    let town = town(Arc::<FixedClock>::clone(&clock)).await;
    let rows = "/api/datasets/residents/rows?filter=code:eq:R000123";
    assert_eq!(get(&town, "clerk", rows).await.0, 200);
    clock.advance(TimeDelta::days(28));
    let [month] = due(&town.city, &town.records).await.unwrap()[..] else {
        panic!("one month is due");
    };
    assert_eq!(month.0.to_string(), "2026-10-01");
    let review = make(&town.city, &town.records, month)
        .await
        .unwrap()
        .unwrap();
    let found: Vec<(&str, &str)> = review
        .questions
        .iter()
        .map(|own| (own.outlier.who.as_str(), own.outlier.kind.word()))
        .collect();
    assert_eq!(found, [("clerk", "night")]);
    assert!(due(&town.city, &town.records).await.unwrap().is_empty());
    assert_eq!(
        make(&town.city, &town.records, month).await.unwrap(),
        None,
        "once"
    );

    let path = format!("/admin/log/reviews/{}", review.id);
    let question = review.questions[0].id.to_string();
    let own = review.id.to_string();
    for address in [
        "/admin/log",
        "/admin/log/reviews",
        &path,
        "/admin/log/1",
        "/admin/log/subject",
    ] {
        assert_eq!(get(&town, "clerk", address).await.0, 403, "{address}");
        assert_eq!(get(&town, "officer", address).await.0, 200, "{address}");
    }
    let (_, page) = get(&town, "officer", &path).await;
    assert!(
        page.contains("2026-10-05에 근무 시간이 아닌 22시부터 6시 사이에")
            && page.contains("소명 대기")
    );
    assert_eq!(get(&town, "public", "/explanations").await.0, 403);
    let (_, asked) = get(&town, "clerk", "/explanations").await;
    assert!(asked.contains("설명을 부탁드리는 것이 1건") && !asked.contains("/admin/log/"));
    let said = [
        ("review", own.as_str()),
        ("question", &question),
        ("words", "재난 근무였습니다"),
    ];
    assert_eq!(
        form(&town, "guest", "/explanations", &said).await.0,
        404,
        "not the guest's"
    );
    assert_eq!(form(&town, "clerk", "/explanations", &said).await.0, 303);
    let outcome = [
        ("question", question.as_str()),
        ("do", "accepted"),
        ("words", "근무표와 맞음"),
    ];
    let close = [("do", "close"), ("words", "이상 없음")];
    let early = form(&town, "officer", &path, &close).await;
    assert!(early.1.contains("처리하지 않은 것이 있어"), "{early:?}");
    assert_eq!(form(&town, "clerk", &path, &outcome).await.0, 403);
    assert_eq!(form(&town, "officer", &path, &outcome).await.0, 303);
    assert_eq!(form(&town, "officer", &path, &close).await.0, 303);
    let late = form(&town, "officer", &path, &outcome).await;
    assert!(
        late.1.contains("종결한 점검에는 더 적을 수 없습니다"),
        "{late:?}"
    );

    printed(&town, review.id).await;
    let changes = json(&town, "officer", "/api/log?act=change&words=question").await;
    assert_eq!(changes["total"], 2, "{changes}");
}

#[tokio::test]
async fn nobody_decides_about_their_own_reads() {
    let clock = night();
    let town = town(Arc::<FixedClock>::clone(&clock)).await;
    assert_eq!(
        get(&town, "officer", "/api/datasets/lots/rows").await.0,
        200
    );
    clock.advance(TimeDelta::days(28));
    let days = due(&town.city, &town.records).await.unwrap()[0];
    let review = make(&town.city, &town.records, days)
        .await
        .unwrap()
        .unwrap();
    let question = review.questions[0].id.to_string();
    let path = format!("/admin/log/reviews/{}", review.id);
    let outcome = [
        ("question", question.as_str()),
        ("do", "accepted"),
        ("words", "저입니다"),
    ];
    let own = form(&town, "officer", &path, &outcome).await;
    assert!(own.1.contains("스스로 처리할 수 없습니다"), "{own:?}");
    assert_eq!(form(&town, "kim", &path, &outcome).await.0, 303);
}

#[tokio::test]
async fn a_data_subject_is_told_who_read_and_the_log_does_not_learn_who_asked() {
    let town = town(night()).await;
    let one = "/api/datasets/residents/rows?filter=code:eq:R000122";
    let other = "/api/datasets/residents/rows?filter=code:eq:R000123";
    for address in [one, other, "/datasets/residents.csv"] {
        let who = if address == one { "clerk" } else { "kim" };
        assert_eq!(get(&town, who, address).await.0, 200);
    }
    let value = phone(122);
    let asked = [("kind", "phone"), ("value", value.as_str())];
    let (status, page) = form(&town, "officer", "/admin/log/subject", &asked).await;
    assert_eq!(status, 200);
    assert!(page.contains("민원봉사과") && page.contains("본인 자료"));
    let body = serde_json::json!({"kind": "phone", "value": value}).to_string();
    let request =
        || Request::post("/api/log/subject").header(header::CONTENT_TYPE, "application/json");
    let (status, text) = sent(&town, "officer", request(), &body).await;
    assert_eq!(status, 200, "{text}");
    let answer: Value = serde_json::from_str(&text).unwrap();
    let lines = answer["lines"].as_array().unwrap();
    let acts: Vec<(&str, &str)> = lines
        .iter()
        .map(|line| {
            (
                line["whom"].as_str().unwrap(),
                line["purpose"].as_str().unwrap(),
            )
        })
        .collect();
    // The clerk's page, its count, and the whole file; not the page of somebody else, and no look-up of the officer.
    assert_eq!(lines.len(), 2 + 1, "{acts:?}");
    assert_eq!(answer["found-in"].as_array().unwrap().len(), 1, "{answer}");
    let spelt = body.replace(&value, &value.replace('-', " "));
    let (_, again) = sent(&town, "officer", request(), &spelt).await;
    let again: Value = serde_json::from_str(&again).unwrap();
    assert_eq!(again["lines"], answer["lines"], "another spelling");
    let empty = body.replace(&value, "  ");
    let (status, text) = sent(&town, "officer", request(), &empty).await;
    assert!(status == 400 && text.contains("no value"), "{text}");
    assert_eq!(sent(&town, "clerk", request(), &body).await.0, 403);
    let (status, paper) = form(&town, "officer", "/admin/log/files/subject.pdf", &asked).await;
    assert!(status == 200 && paper.starts_with("%PDF-"));
    let absent = [("kind", "phone"), ("value", "010-9999-9999")];
    let (_, page) = form(&town, "officer", "/admin/log/subject", &absent).await;
    assert!(page.contains("자료 어디에도 없습니다"), "{page}");
    let nobody = [("kind", "shoe"), ("value", "42")];
    let (_, page) = form(&town, "officer", "/admin/log/subject", &nobody).await;
    assert!(page.contains("찾을 수 있는 종류가 아닙니다"));
    town.records.log().flush().await;
    let kept = std::fs::read_dir(town.folder.path().join("access-log")).unwrap();
    for file in kept.map(|entry| entry.unwrap().path()) {
        let text = std::fs::read(&file).unwrap_or_default();
        assert!(
            !String::from_utf8_lossy(&text).contains(&value),
            "{}",
            file.display()
        );
    }
}

#[tokio::test]
async fn entries_are_looked_for_and_proven_and_a_checkpoint_is_carried_out() {
    let town = town(night()).await;
    for who in ["clerk", "guest", "kim"] {
        get(&town, who, "/api/datasets/residents/rows?limit=2").await;
    }
    let (status, page) = get(
        &town,
        "officer",
        "/admin/log?decision=denied&dataset=residents",
    )
    .await;
    assert_eq!(status, 200);
    assert!(
        page.contains("guest (민원봉사과)") && page.contains("기록 1건을 찾았습니다"),
        "{page}"
    );
    let (_, page) = get(&town, "officer", "/admin/log?since=yesterday").await;
    assert!(page.contains("찾을 수 있는 값이 아닙니다"));
    let found = json(
        &town,
        "officer",
        "/api/log?who=clerk&dataset=residents&act=read",
    )
    .await;
    assert!(found["total"].as_u64().unwrap() >= 1, "{found}");
    assert_eq!(found["entries"][0]["rows"], 2);
    let seq = found["entries"][0]["seq"].as_i64().unwrap();
    let entry = json(&town, "officer", &format!("/api/log/{seq}")).await;
    assert_eq!(entry["holds"], true, "{entry}");
    let (_, page) = get(&town, "officer", &format!("/admin/log/{seq}")).await;
    assert!(
        page.contains("기록에 있음이 증명됨") && page.contains("phone:"),
        "{page}"
    );
    assert_eq!(get(&town, "officer", "/admin/log/999999").await.0, 404);
    assert_eq!(
        form(&town, "officer", "/admin/log/verify", &[]).await.0,
        303
    );
    assert!(
        get(&town, "officer", "/admin/log")
            .await
            .1
            .contains("바뀐 기록 없음")
    );
    let (status, note) = form(&town, "officer", "/admin/log/files/checkpoint", &[]).await;
    assert_eq!(status, 200);
    let against = Against {
        checkpoints: vec![note],
        ..Against::default()
    };
    let folder = town.folder.path().join("access-log");
    let proven = verify(&folder, &against).unwrap();
    assert!(proven.breaks.is_empty(), "{proven:?}");
    let looked = json(&town, "officer", "/api/log?words=access%20log").await;
    assert!(
        looked["total"].as_u64().unwrap() > 4,
        "looking is logged: {looked}"
    );
}

#[tokio::test]
async fn what_cannot_be_logged_is_refused_and_says_so() {
    let town = town(night()).await;
    town.records.log().flush().await;
    let before = town.records.log().page(&Filter::default()).await.unwrap().1;
    let folder = town.folder.path().join("access-log");
    let head = std::fs::read(folder.join("head")).unwrap();
    std::fs::write(folder.join("head"), "bent").unwrap();
    let (status, text) = get(&town, "kim", "/api/datasets/lots/rows").await;
    assert_eq!(status, 503);
    assert!(
        text.contains("the access log cannot be written") && !text.contains("L0000"),
        "{text}"
    );
    let (status, page) = get(&town, "public", "/datasets/lots?view=rows").await;
    assert_eq!(status, 503, "{page}");
    assert!(
        page.contains("접속기록을 남길 수 없어") && !page.contains("L0000"),
        "{page}"
    );
    std::fs::write(folder.join("head"), head).unwrap();
    assert_eq!(get(&town, "kim", "/api/datasets/lots/rows").await.0, 200);
    let after = town.records.log().page(&Filter::default()).await.unwrap().1;
    assert!(after > before);
}
