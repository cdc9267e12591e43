use chrono::TimeDelta;
use records::Token;
use records::tokens::Kind;

use crate::TestStore;

#[tokio::test]
async fn a_ticket_is_good_once() {
    let store = TestStore::new().await;
    let tokens = store.records.tokens();
    let ticket = tokens
        .issue(Kind::Ticket, "operator", TimeDelta::hours(1))
        .await
        .unwrap();
    assert_eq!(tokens.end(Kind::Invitation, &ticket).await.unwrap(), None);
    assert_eq!(
        tokens.end(Kind::Ticket, &ticket).await.unwrap().as_deref(),
        Some("operator")
    );
    assert_eq!(tokens.end(Kind::Ticket, &ticket).await.unwrap(), None);
}

#[tokio::test]
async fn a_session_runs_out_and_only_its_hash_is_kept() {
    let store = TestStore::new().await;
    let tokens = store.records.tokens();
    let session = tokens
        .issue(Kind::Invitation, "kim", TimeDelta::hours(1))
        .await
        .unwrap();
    assert_eq!(session.reveal().len(), 64);
    assert_eq!(format!("{session:?}"), "Token(…)");
    assert_eq!(
        tokens
            .person(Kind::Invitation, &Token::presented(session.reveal()))
            .await
            .unwrap()
            .as_deref(),
        Some("kim")
    );
    assert_eq!(
        tokens
            .person(Kind::Invitation, &Token::presented("guess"))
            .await
            .unwrap(),
        None
    );
    store.clock.advance(TimeDelta::hours(1));
    assert_eq!(
        tokens.person(Kind::Invitation, &session).await.unwrap(),
        None
    );
    store.records.close().await;
    let bytes = std::fs::read(store.folder.path().join("records.db")).unwrap();
    let word = session.reveal().as_bytes();
    assert!(!bytes.windows(word.len()).any(|window| window == word));
}
