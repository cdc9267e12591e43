//! Errors say what, where and what to do; what may not be seen is told apart from what is not there.

use access::At;
use city::Lang::{En, Ko};

use crate::town::{kind, told, town};

#[tokio::test]
async fn an_error_says_in_both_languages_what_is_wrong_and_what_to_do() {
    let town = town().await;
    let remedy = "적용된 정책은 public-release입니다. 필요하면 담당 부서에 제공을 신청하세요.";
    for (sql, expected, korean, what_to_do) in [
        (
            "select 담당자 from parking",
            "denied",
            "'담당자' 항목은 열람이 제한되어 있습니다.",
            remedy,
        ),
        (
            "select * from 민원",
            "denied",
            "'complaints' 항목은 열람이 제한되어 있습니다.",
            remedy,
        ),
        (
            "select * from 공영주차",
            "no-dataset",
            "'공영주차' 이름의 데이터셋이 없습니다.",
            "비슷한 이름: 공영주차장",
        ),
        (
            "select 주차장 from parking",
            "no-column",
            "'주차장' 이름의 열이 없습니다.",
            "비슷한 이름: 주차장명, 주차면수",
        ),
        (
            "select * from noise",
            "not-loaded",
            "'noise' 데이터셋은 아직 적재되지 않았습니다.",
            "첫 적재가 끝난 뒤에 다시 여세요.",
        ),
        (
            "drop table parking",
            "not-a-query",
            "이 문장은 조회가 아닙니다: only SELECT and WITH are read here",
            "SELECT 또는 WITH로 시작하는 문장 하나만 쓸 수 있습니다.",
        ),
    ] {
        let error = told(&town.public(), sql, At::Latest).await.unwrap_err();
        assert_eq!(kind(&error), expected, "{error}");
        assert_eq!(error.what(Ko), korean);
        assert_eq!(error.remedy(Ko).as_deref(), Some(what_to_do));
        assert!(
            error
                .remedy(En)
                .is_some_and(|text| text.is_ascii() || expected.starts_with("no-"))
        );
        assert!(!error.is_broken());
    }
}

#[tokio::test]
async fn the_nearest_names_are_those_a_person_may_see() {
    let town = town().await;
    for (sql, nearest) in [
        ("select * from complaint", "complaints"),
        ("select 담당 from parking", "담당자"),
        ("select * from 보조", "보조금"),
    ] {
        let error = told(&town.operator(), sql, At::Latest).await.unwrap_err();
        assert!(error.to_string().contains(nearest), "{error}");
        let error = told(&town.public(), sql, At::Latest).await.unwrap_err();
        assert!(!error.to_string().contains(nearest), "{error}");
    }
}

#[tokio::test]
async fn a_question_that_cannot_be_computed_is_no_fault_of_the_server_and_names_no_value() {
    let town = town().await;
    let sql = "select cast(name as integer) from parking";
    for reader in [town.public(), town.operator()] {
        let error = told(&reader, sql, At::Latest).await.unwrap_err();
        assert!(!error.is_broken(), "{error}");
        assert_eq!(
            error.to_string(),
            "the query computes something that cannot be computed: a value that is none of the type asked for"
        );
    }
    let zero = told(
        &town.public(),
        "select 1 / (spaces - spaces) from parking",
        At::Latest,
    )
    .await;
    assert!(zero.unwrap_err().to_string().contains("division by zero"));
}
