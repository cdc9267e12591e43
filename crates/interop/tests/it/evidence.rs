//! The evidence pack by its addresses. (Who may not have it: `anybody.rs`.)

use crate::town::town;

#[tokio::test]
async fn staff_get_the_pack_as_json_as_a_workbook_and_as_a_paper() {
    let town = town().await;
    let pack = town.operator_get("/api/evidence/2027").await.json();
    assert_eq!(
        (&pack["year"], &pack["until"]),
        (&2027.into(), &"2027-01-15".into())
    );
    assert_eq!(pack["datasets"].as_array().unwrap().len(), 4);
    // Two loads of parking, one of each other.
    assert_eq!(pack["loads"].as_array().unwrap().len(), 5);
    let shared = pack["indicators"].as_array().unwrap();
    let shared = shared.iter().find(|own| own["id"] == "shared").unwrap();
    assert_eq!(
        (&shared["numerator"], &shared["denominator"]),
        (&4.into(), &4.into())
    );
    for (ending, kind, begins) in [
        (
            "xlsx",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            "PK",
        ),
        ("pdf", "application/pdf", "%PDF-1.7"),
    ] {
        let answer = town.operator_get(&format!("/evidence/2027.{ending}")).await;
        assert_eq!(
            (answer.status.as_u16(), answer.header("content-type")),
            (200, kind)
        );
        assert!(answer.body.starts_with(begins.as_bytes()));
        let name = answer.header("content-disposition");
        assert!(
            name.contains(&format!("filename=\"evidence_2027_city.{ending}\"")),
            "{name}"
        );
        assert!(answer.header("cache-control").starts_with("private"));
    }
}

#[tokio::test]
async fn a_department_has_its_own_and_what_is_not_there_is_told() {
    let town = town().await;
    let civil = town
        .operator_get("/api/evidence/2027?department=civil")
        .await
        .json();
    let of = |pack: &serde_json::Value| -> Vec<String> {
        let all = pack["datasets"].as_array().unwrap().iter();
        all.map(|own| own["dataset"].as_str().unwrap().to_owned())
            .collect()
    };
    assert!(of(&civil).contains(&"complaints".to_owned()), "{civil}");
    assert!(!of(&civil).contains(&"parking".to_owned()), "{civil}");
    assert_eq!(civil["department"]["ko"], "민원봉사과");
    let answer = town
        .operator_get("/evidence/2027.xlsx?department=civil")
        .await;
    let name = answer.header("content-disposition");
    assert!(name.contains("evidence_2027_civil.xlsx"), "{name}");
    for (address, status, kind, said) in [
        ("/api/evidence/2028", 404, "not-found", "2000 to 2027"),
        (
            "/evidence/2027.docx",
            404,
            "not-found",
            "YEAR.xlsx and YEAR.pdf",
        ),
        ("/evidence/pdf", 404, "not-found", "YEAR.xlsx and YEAR.pdf"),
        (
            "/api/evidence/2027?department=none",
            404,
            "not-found",
            "the city has transport, civil",
        ),
        (
            "/evidence/2027.pdf?who=me",
            400,
            "question",
            "there is department",
        ),
    ] {
        let told = town.operator_get(address).await.problem(status, kind);
        assert!(told.contains(said), "{address}: {told}");
    }
}

#[tokio::test]
async fn nobody_else_learns_which_years_or_departments_there_are() {
    let town = town().await;
    for address in [
        "/evidence/2027.docx",
        "/evidence/x",
        "/api/evidence/2028",
        "/api/evidence/2027?department=none",
    ] {
        town.get(address).await.problem(403, "forbidden");
    }
}
