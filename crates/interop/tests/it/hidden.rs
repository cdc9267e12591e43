//! Hidden columns, asked for in every way.

use crate::town::town;

#[tokio::test]
async fn hidden_columns_cannot_be_had_by_any_parameter_of_any_address() {
    let town = town().await;
    let mut addresses: Vec<String> = ["csv", "xlsx", "json", "ndjson", "geojson", "parquet"]
        .iter()
        .map(|kind| format!("/datasets/parking.{kind}"))
        .collect();
    addresses.push("/api/datasets/parking/rows".to_owned());
    for address in addresses {
        for question in [
            "columns=manager",
            "columns=name,담당자",
            "columns=income",
            "sort=-income",
            "sort=담당자",
            "filter=manager:starts:고",
            "filter=income:gt:5",
            "filter=연락처:filled:",
        ] {
            town.get(&format!("{address}?{question}"))
                .await
                .problem(403, "forbidden");
        }
        for question in [
            "columns=_file",
            "sort=_row",
            "filter=_file:contains:secret",
            "columns=__position",
        ] {
            town.get(&format!("{address}?{question}"))
                .await
                .problem(400, "question");
        }
        let operator = town.operator_get(&format!("{address}?sort=-income")).await;
        assert_eq!(operator.status, 200, "{address}");
    }
    let denied = records::log::Filter {
        decision: Some(records::log::Decision::Denied),
        ..records::log::Filter::default()
    };
    town.records.log().flush().await;
    let (_, total) = town.records.log().page(&denied).await.unwrap();
    assert_eq!(total, 7 * 8, "each refused read is in the log");
}
