//! Who asks, over HTTP: keys and their scopes, sessions, other sites' pages, and people who change while it runs.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use chrono::TimeDelta;
use people::{Begin, By};

use crate::town::{Answer, Town, town};

const PEOPLE: &str = "[[accounts]]\nname = \"kim\"\nroles = [\"operator\"]\n";

impl Town {
    async fn session(&self, account: &str) -> String {
        let begin = Begin {
            account: account.to_owned(),
            how: "password",
            ..Begin::default()
        };
        let begun = self.accounts.begin(begin).await.unwrap().unwrap();
        format!("madang_session={}", begun.token.reveal())
    }

    async fn ask(&self, method: &str, address: &str, headers: &[(&str, &str)]) -> Answer {
        let mut request = Request::builder().method(method).uri(address);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let kind = if address == "/api/query" {
            "application/json"
        } else {
            "application/x-www-form-urlencoded"
        };
        let body = match address {
            "/api/query" => "{\"sql\": \"select * from complaints\"}",
            _ => "why=a",
        };
        self.send(
            request
                .header(header::CONTENT_TYPE, kind)
                .body(Body::from(body))
                .unwrap(),
        )
        .await
    }
}

#[tokio::test]
async fn a_key_opens_what_its_scope_and_its_owner_have_in_common() {
    let town = town().await;
    let read = format!("Bearer {}", town.key_for(&["parking"], false).await);
    let key = [("authorization", read.as_str())];
    let own = town.ask("GET", "/datasets/parking.csv", &key).await;
    assert!(
        own.status == 200 && own.text().contains("고길동"),
        "all its owner sees of it"
    );
    let other = town
        .ask("GET", "/datasets/complaints.csv", &key)
        .await
        .problem(403, "forbidden");
    assert!(other.contains("key-scope"), "{other}");
    let all = town
        .ask("GET", "/api/datasets", &key)
        .await
        .json()
        .to_string();
    assert!(
        all.contains("parking") && !all.contains("complaints"),
        "{all}"
    );
    town.ask("POST", "/api/query", &key)
        .await
        .problem(403, "forbidden");
    for address in ["/api/changes", "/api/overdue", "/api/evidence/2027"] {
        town.ask("GET", address, &key)
            .await
            .problem(403, "forbidden");
    }
    let changed = town
        .ask("POST", "/api/datasets/parking/confirm", &key)
        .await;
    assert_eq!(
        changed.problem(403, "forbidden"),
        "the key is not good for changing this"
    );
    let write = format!("Bearer {}", town.key_for(&["parking"], true).await);
    let key = [("authorization", write.as_str())];
    assert_eq!(
        town.ask("POST", "/api/datasets/parking/confirm", &key)
            .await
            .status,
        200
    );
    town.ask("POST", "/api/datasets/complaints/confirm", &key)
        .await
        .problem(403, "forbidden");
}

#[tokio::test]
async fn a_key_that_is_revoked_or_whose_owner_is_blocked_opens_nothing_from_the_next_request_on() {
    let town = town().await;
    let words = [town.key().await, town.key().await];
    let bearer = words.map(|word| format!("Bearer {word}"));
    let ask = async |at: usize| {
        let key = [("authorization", bearer[at].as_str())];
        town.ask("GET", "/datasets/complaints.csv", &key)
            .await
            .status
    };
    assert_eq!(
        (ask(0).await, ask(1).await),
        (StatusCode::OK, StatusCode::OK)
    );
    let id = town.accounts.keys().await.unwrap()[1].key.id.clone();
    assert!(town.accounts.revoke_key(&id, &By::local()).await.unwrap());
    let after = [ask(0).await, ask(1).await];
    assert!(
        after.contains(&StatusCode::UNAUTHORIZED) && after.contains(&StatusCode::OK),
        "{after:?}"
    );
    town.accounts.block("operator", &By::local()).await.unwrap();
    assert_eq!(
        (ask(0).await, ask(1).await),
        (StatusCode::UNAUTHORIZED, StatusCode::UNAUTHORIZED)
    );
    town.accounts
        .unblock("operator", &By::local())
        .await
        .unwrap();
    town.clock.advance(TimeDelta::days(2));
    assert_eq!(
        (ask(0).await, ask(1).await),
        (StatusCode::UNAUTHORIZED, StatusCode::UNAUTHORIZED),
        "they ran out"
    );
}

#[tokio::test]
async fn the_log_keeps_which_key_it_was() {
    let town = town().await;
    town.operator_get("/datasets/complaints.csv").await;
    town.records.log().flush().await;
    let (logged, _) = town
        .records
        .log()
        .page(&records::log::Filter::default())
        .await
        .unwrap();
    let id = town.accounts.keys().await.unwrap()[0].key.id.clone();
    let from = format!("key:{id}");
    assert!(
        logged
            .iter()
            .any(|one| one.entry.who == "operator" && one.entry.from.as_deref() == Some(&from))
    );
}

#[tokio::test]
async fn another_sites_page_changes_nothing() {
    let town = town().await;
    let cookie = town.session("operator").await;
    let confirm = "/api/datasets/parking/confirm";
    let own = ("cookie", cookie.as_str());
    let refused: [&[(&str, &str)]; 6] = [
        &[own, ("sec-fetch-site", "cross-site")],
        &[own, ("sec-fetch-site", "same-site")],
        &[
            own,
            ("origin", "https://evil.example"),
            ("host", "data.example"),
        ],
        &[own, ("origin", "null"), ("host", "data.example")],
        &[
            own,
            ("origin", "http://data.example.evil.example"),
            ("host", "data.example"),
        ],
        &[own],
    ];
    for headers in refused {
        town.ask("POST", confirm, headers)
            .await
            .problem(403, "cross-site");
    }
    // Signing in and out, too, though nothing is presented.
    town.ask("POST", "/sign-out", &[("sec-fetch-site", "cross-site")])
        .await
        .problem(403, "cross-site");
    let taken: [&[(&str, &str)]; 2] = [
        &[own, ("sec-fetch-site", "same-origin")],
        &[
            own,
            ("origin", "http://data.example"),
            ("host", "data.example"),
        ],
    ];
    for headers in taken {
        assert_eq!(
            town.ask("POST", confirm, headers).await.status,
            200,
            "{headers:?}"
        );
    }
    let asked = town
        .ask(
            "GET",
            "/datasets/complaints.csv",
            &[own, ("sec-fetch-site", "cross-site")],
        )
        .await;
    assert_eq!(
        (asked.status, asked.header("cache-control")),
        (StatusCode::OK, "no-store")
    );
}

#[tokio::test]
async fn who_is_taken_out_of_people_toml_loses_their_rights_with_the_next_request() {
    let town = town().await;
    std::fs::write(town.folder.join("people.toml"), PEOPLE).unwrap();
    let cookie = town.session("kim").await;
    let ask = async || {
        let own = [("cookie", cookie.as_str())];
        town.ask("GET", "/datasets/complaints.csv", &own)
            .await
            .status
    };
    assert_eq!(
        ask().await,
        StatusCode::OK,
        "the file is new since the city was read"
    );
    std::fs::write(
        town.folder.join("people.toml"),
        PEOPLE.replace("\"operator\"", ""),
    )
    .unwrap();
    assert_eq!(ask().await, StatusCode::FORBIDDEN);
    // Of the same length, at once, twice.
    std::fs::write(town.folder.join("people.toml"), PEOPLE).unwrap();
    assert_eq!(ask().await, StatusCode::OK);
    std::fs::write(
        town.folder.join("people.toml"),
        PEOPLE.replace("kim", "lee"),
    )
    .unwrap();
    assert_eq!(ask().await, StatusCode::FORBIDDEN);
    let journal = town.accounts.journal(Some("kim"), None, 10).await.unwrap();
    let lines: Vec<String> = journal
        .iter()
        .rev()
        .map(|line| format!("{} {}", line.what, line.detail))
        .collect();
    assert_eq!(
        lines,
        [
            "granted account",
            "granted role operator",
            "taken role operator",
            "granted role operator",
            "taken account",
            "taken role operator"
        ]
    );
}

#[tokio::test]
async fn policies_that_do_not_parse_leave_the_last_good_ones_in_force_loudly() {
    let town = town().await;
    std::fs::write(town.folder.join("people.toml"), PEOPLE).unwrap();
    let cookie = town.session("kim").await;
    let ask = async || {
        let own = [("cookie", cookie.as_str())];
        town.ask("GET", "/datasets/complaints.csv", &own)
            .await
            .status
    };
    assert_eq!(ask().await, StatusCode::OK);
    std::fs::create_dir(town.folder.join("policies")).unwrap();
    let forbid = "@id(\"no\") forbid (principal in Role::\"operator\", action, resource) when { resource.dataset == Dataset::\"complaints\" };";
    std::fs::write(town.folder.join("policies/own.cedar"), "forbid (principal").unwrap();
    assert_eq!(ask().await, StatusCode::OK);
    let faults = town.state.renewal.faults();
    assert!(
        faults[0].to_string().starts_with("policies/own.cedar:1"),
        "{faults:?}"
    );
    std::fs::write(town.folder.join("policies/own.cedar"), forbid).unwrap();
    let after = ask().await;
    assert!(
        town.state.renewal.faults().is_empty(),
        "{:?}",
        town.state.renewal.faults()
    );
    assert_eq!(after, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn nobody_over_http_is_the_machine_itself() {
    let town = town().await;
    for name in ["local", "public", "staff", "kim", ""] {
        let new = records::NewSession {
            account: name.to_owned(),
            how: "password".to_owned(),
            ..records::NewSession::default()
        };
        let (token, _) = town
            .records
            .sessions()
            .begin(new, TimeDelta::hours(1))
            .await
            .unwrap();
        let cookie = format!("madang_session={}", token.reveal());
        let answer = town
            .ask("GET", "/datasets/complaints.csv", &[("cookie", &cookie)])
            .await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{name}");
    }
}
