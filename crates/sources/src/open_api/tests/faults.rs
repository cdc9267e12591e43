//! Pages that do not turn, break off, are too large, or have rows under other names.

use serde_json::json;

use super::server::{Reply, column, national, numbers, ok, page, run, status};

#[tokio::test]
async fn pages_are_counted_from_0_or_from_1_as_the_manifest_says() {
    for first in [0, 1] {
        let ran = run(
            json!({"page-rows": 2, "first-page": first}),
            "json",
            &[],
            move |asked| ok(page(asked, first, 5)),
        )
        .await;
        assert_eq!(ran.rows(), numbers(5), "from {first}");
    }
    // Counted from 0 and asked from 1: the first page is missing, and that is told with both numbers.
    let ran = run(json!({"page-rows": 2}), "json", &[], |asked| {
        ok(page(asked, 0, 5))
    })
    .await;
    assert!(
        ran.error()
            .contains("the API announced 5 rows and gave 3; load again later; when it stays so, check `first-page`"),
        "{}",
        ran.error()
    );
    // A server to which 0 and 1 are both the first page.
    let ran = run(
        json!({"page-rows": 2, "first-page": 0}),
        "json",
        &[],
        |asked| ok(page(asked, 1, 5)),
    )
    .await;
    assert!(
        ran.error().starts_with(
            "{host}/data[page 2]: the API gives the same rows as for page 1; check `paging`"
        ),
        "{}",
        ran.error()
    );
}

#[tokio::test]
async fn every_row_comes_once_and_in_order_whatever_the_sizes() {
    for total in 1..=7 {
        for rows in 1..=4 {
            for source in [
                json!({"page-rows": rows}),
                json!({"page-rows": rows * 6, "page-rows-min": 1, "retries": 0}),
            ] {
                let ran = run(source, "json", &[], move |asked| {
                    if asked.number("numOfRows") > 4 {
                        return status(502, "");
                    }
                    ok(page(asked, 1, total))
                })
                .await;
                assert_eq!(ran.rows(), numbers(total), "{total} rows by {rows}");
            }
        }
    }
}

#[tokio::test]
async fn a_page_behind_the_end_does_not_unsay_what_was_announced() {
    let ran = run(json!({"page-rows": 2}), "json", &[], |asked| {
        match asked.number("pageNo") {
            1 => ok(page(asked, 1, 5)),
            _ => ok(national(0, 0, 0)),
        }
    })
    .await;
    assert!(
        ran.error().contains("the API announced 5 rows and gave 2"),
        "{}",
        ran.error()
    );
}

#[tokio::test]
async fn page_1_for_every_page_is_told_and_gives_nothing() {
    let ran = run(json!({"page-rows": 2}), "json", &[], |_| {
        ok(national(0, 2, 100))
    })
    .await;
    assert!(
        ran.error().contains("the same rows as for page 1")
            && ran.error().contains("paging = \"none\""),
        "{}",
        ran.error()
    );
    assert_eq!(ran.asked.len(), 2);
}

#[tokio::test]
async fn a_connection_that_breaks_in_page_37_is_tried_again() {
    let broken = |asked: &super::server::Asked, times: usize| {
        let body = page(asked, 1, 80);
        let tries = asked.before.saturating_sub(36);
        let is_broken = asked.number("pageNo") == 37 && tries < times;
        Reply {
            cut: is_broken.then_some(body.len() / 2),
            ..ok(body)
        }
    };
    let ran = run(json!({"page-rows": 2}), "json", &[], move |asked| {
        broken(asked, 2)
    })
    .await;
    assert_eq!(ran.rows(), numbers(80));
    assert_eq!(ran.again.len(), 2);
    let ran = run(json!({"page-rows": 2}), "json", &[], move |asked| {
        broken(asked, 3)
    })
    .await;
    assert!(
        ran.error()
            .starts_with("{host}/data[page 37]: the connection broke in the middle of the answer"),
        "{}",
        ran.error()
    );
    assert_eq!(ran.asked.len(), 36 + 3);
}

#[tokio::test]
async fn an_answer_without_a_length_that_ends_in_the_middle_is_not_the_end() {
    let ran = run(json!({"page-rows": 2}), "json", &[], |asked| {
        let body = page(asked, 1, 4);
        Reply {
            cut: (asked.before == 1).then_some(body.len() - 9),
            is_endless: true,
            ..ok(body)
        }
    })
    .await;
    assert_eq!(ran.rows(), numbers(4));
    assert_eq!(ran.again, ["the answer ends in the middle"]);
}

#[tokio::test]
async fn a_server_that_fails_at_large_pages_is_asked_for_smaller_ones_where_allowed() {
    let answer = |asked: &super::server::Asked| {
        // The first page passes; then the server is tired.
        if asked.before > 0 && asked.number("numOfRows") > 250 {
            return status(504, "<html>Gateway Time-out</html>");
        }
        ok(page(asked, 1, 1600))
    };
    let ran = run(
        json!({"page-rows": 1000, "page-rows-min": 100}),
        "json",
        &[],
        answer,
    )
    .await;
    assert_eq!(ran.rows(), numbers(1600));
    let last = ran.again.last().unwrap();
    assert_eq!(
        last,
        "the server answered with status 504; asking for 250 rows at a time"
    );
    for source in [
        json!({"page-rows": 1000}),
        json!({"page-rows": 1000, "page-rows-min": 500}),
    ] {
        let ran = run(source, "json", &[], answer).await;
        assert!(
            ran.error()
                .contains("status 504; try again later; where pages are large, ask for fewer rows"),
            "{}",
            ran.error()
        );
    }
}

#[tokio::test]
async fn rows_by_their_numbers_in_the_address_grow_fewer_without_waiting() {
    let ran = run(
        json!({"url": "{host}/{key}/json/rack", "paging": "range", "page-rows": 4, "page-rows-min": 1}),
        "json",
        &[],
        |asked| {
            let part = |at: usize| asked.path.split('/').nth(at).unwrap().parse::<u64>().unwrap();
            let (start, end) = (part(4), part(5));
            if end - start >= 2 {
                return ok(r#"{"RESULT":{"CODE":"ERROR-336","MESSAGE":"한번에 최대 2건"}}"#);
            }
            let rows: Vec<String> = (start - 1..end.min(5)).map(|n| format!(r#"{{"n":{n}}}"#)).collect();
            ok(format!(
                r#"{{"rack":{{"list_total_count":5,"RESULT":{{"CODE":"INFO-000","MESSAGE":"정상"}},"row":[{}]}}}}"#,
                rows.join(",")
            ))
        },
    )
    .await;
    assert_eq!(ran.rows(), numbers(5));
    let paths: Vec<&str> = ran
        .asked
        .iter()
        .map(|path| path.split("/rack").nth(1).unwrap())
        .collect();
    assert_eq!(paths, ["/1/4/", "/1/2/", "/3/4/", "/5/6/"]);
}

#[tokio::test]
async fn fewer_rows_than_announced_are_told_with_both_numbers() {
    let ran = run(json!({"page-rows": 10}), "json", &[], |_| {
        ok(national(0, 3, 225).replace("\"totalCount\":225", "\"totalCount\":\"225\""))
    })
    .await;
    assert!(
        ran.error().contains("the same rows as for page 1"),
        "{}",
        ran.error()
    );
    let ran = run(json!({"paging": "none"}), "json", &[], |_| {
        ok(national(0, 200, 225).replace(",{\"n\":199}", ""))
    })
    .await;
    assert!(
        ran.error()
            .contains("the API announced 225 rows and gave 199"),
        "{}",
        ran.error()
    );
}

#[tokio::test]
async fn a_key_that_changes_its_name_is_told_with_the_new_one() {
    let columns = [column("stationName"), column("pm10Value")];
    let body = |key: &str| {
        format!(
            r#"{{"response":{{"header":{{"resultCode":"00"}},"body":{{"items":[{{"stationName":"시청","{key}":"31","extra":""}}],"totalCount":1}}}}}}"#
        )
    };
    let ran = run(json!({}), "json", &columns, move |_| ok(body("pm10Value"))).await;
    assert_eq!(ran.rows().len(), 1);
    let ran = run(json!({}), "json", &columns, move |_| ok(body("PM10 value"))).await;
    assert_eq!(ran.rows().len(), 1, "letter case and spaces tell nothing");
    let ran = run(json!({}), "json", &columns, move |_| ok(body("pm10Val"))).await;
    assert_eq!(
        ran.error(),
        "{host}/data: no row of 1 has the key `pm10Value`; did it become `pm10Val`? keys that the manifest does not name: `pm10Val`, `extra`; correct `source` of the column when the meaning is the same; the last version stays"
    );
}

#[tokio::test]
async fn a_key_that_is_only_sometimes_there_has_not_changed_its_name() {
    let columns = [column("n"), column("note")];
    let ran = run(json!({"page-rows": 1}), "json", &columns, |asked| {
        let body = page(asked, 1, 2);
        ok(body.replace(r#"{"n":1}"#, r#"{"n":1,"note":"x"}"#))
    })
    .await;
    assert_eq!(ran.rows(), ["n=0", "n=1 note=x"]);
}

#[tokio::test]
async fn an_address_that_moved_is_followed() {
    let ran = run(json!({"page-rows": 10}), "json", &[], |asked| {
        if asked.path == "/data" {
            let query: String = url::form_urlencoded::Serializer::new(String::new())
                .extend_pairs(&asked.query)
                .finish();
            return Reply {
                headers: format!("Location: /moved?{query}\r\n"),
                ..status(301, "<html>Moved</html>")
            };
        }
        ok(page(asked, 1, 3))
    })
    .await;
    assert_eq!(ran.rows(), numbers(3));
    let ran = run(json!({"retries": 0}), "json", &[], |_| Reply {
        headers: "Location: /data\r\n".to_owned(),
        ..status(301, "")
    })
    .await;
    assert!(ran.error().contains("leads on and on"), "{}", ran.error());
}
