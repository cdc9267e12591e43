//! The service key: sent in one form, shown in none.

use serde_json::json;

use super::server::{KEY, ok, page, run, status};
use crate::secrets::in_address;

#[tokio::test]
async fn a_key_in_any_form_is_sent_encoded_once() {
    let once = in_address(KEY);
    for given in [KEY.to_owned(), once.clone(), in_address(&once)] {
        let ran = run(json!({"given": given}), "json", &[], |asked| {
            assert_eq!(asked.query["serviceKey"], KEY);
            ok(page(asked, 1, 1))
        })
        .await;
        assert_eq!(ran.rows().len(), 1);
        assert!(
            ran.asked[0].contains(&format!("serviceKey={once}")),
            "{}",
            ran.asked[0]
        );
        let source = json!({"given": given, "url": "{host}/{key}/json/x", "paging": "range"});
        let ran = run(source, "json", &[], |_| {
            ok(super::server::national(0, 1, 1))
        })
        .await;
        assert!(
            ran.asked[0].starts_with(&format!("/{once}/json/x/1/1000/")),
            "{}",
            ran.asked[0]
        );
    }
}

#[tokio::test]
async fn the_key_is_in_nothing_that_is_shown() {
    let once = in_address(KEY);
    let twice = in_address(&once);
    let spaced = KEY.replace('+', " ");
    // The last stands across the place where a long message is cut.
    let padding = "가".repeat(110);
    for said in [
        KEY.to_owned(),
        once.clone(),
        once.to_lowercase(),
        twice,
        spaced,
        format!("{padding} {KEY}"),
    ] {
        for code in ["10", "05"] {
            let said = said.clone();
            let ran = run(json!({"retries": 1}), "json", &[], move |_| {
                let message = format!("bad serviceKey={said}");
                let told = json!({"resultCode": code, "resultMsg": message});
                status(200, told.to_string())
            })
            .await;
            let shown = format!("{} {}", ran.error(), ran.again.join(" "));
            // Every spelling begins so, in whatever case.
            let begin: String = KEY.chars().take(4).collect::<String>().to_lowercase();
            assert!(!shown.to_lowercase().contains(&begin), "{shown}");
            assert!(
                shown.contains("serviceKey=***") || shown.contains("가"),
                "{shown}"
            );
        }
    }
}

#[tokio::test]
async fn a_key_that_became_the_name_of_a_column_is_hidden_too() {
    let columns = [super::server::column("a")];
    let ran = run(json!({}), "json", &columns, |_| {
        ok(format!(
            r#"{{"response":{{"header":{{"resultCode":"00"}},"body":{{"items":[{{"{KEY}":1}}],"totalCount":1}}}}}}"#
        ))
    })
    .await;
    assert!(
        ran.error().contains("`***`") && !ran.error().contains(KEY),
        "{}",
        ran.error()
    );
}
