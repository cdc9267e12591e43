//! Every recorded answer over the wire: its rows, or the sentence that says what to do.

use serde_json::json;

use super::server::{ok, run, status};
use crate::recorded::bytes;

#[tokio::test]
async fn each_dialect_gives_its_rows() {
    for (name, paging, first) in [
        (
            "national-array.json",
            "page-no",
            "toiletNm=한빛역 공중화장실 rdnmadr=한빛시 가온로 1 item=개방 latitude=37.101 longitude=127.011",
        ),
        (
            "national-list.json",
            "page-no",
            "stationName=시청 pm10Value=31",
        ),
        (
            "national-one.json",
            "page-no",
            "stationName=시청 pm10Value=31",
        ),
        (
            "national-list.xml",
            "page-no",
            "noticeNo=2026-0001 title=도로 점용 허가 & 고시",
        ),
        (
            "national-one.xml",
            "page-no",
            "noticeNo=2026-0003 title=입찰 공고",
        ),
        ("files.json", "per-page", "연번=1 시설명=가온경로당 정원=35"),
        (
            "transport.json",
            "none",
            "busRouteId=900100001 plainNo=한빛70바1001 posX=127.01",
        ),
        (
            "transport.xml",
            "none",
            "busRouteId=900100001 plainNo=한빛70바1001",
        ),
        (
            "result.json",
            "range",
            "RACK_NM=한빛역 1번 출구 RACK_CNT=12.0",
        ),
        (
            "result-one.xml",
            "range",
            "RACK_NM=한빛역 1번 출구 RACK_CNT=12",
        ),
        (
            "head-and-row.json",
            "index",
            "SIGUN_NM=한빛시 REFINE_ROADNM_ADDR=가온로 7",
        ),
        (
            "head-and-row-one.xml",
            "index",
            "SIGUN_NM=한빛시 REFINE_ROADNM_ADDR=가온로 7",
        ),
    ] {
        let format = name.rsplit('.').next().unwrap();
        let ran = run(
            json!({"paging": paging, "page-rows": 10}),
            format,
            &[],
            move |_| ok(bytes(name)),
        )
        .await;
        assert_eq!(ran.rows()[0], first, "{name}");
        assert_eq!(ran.asked.len(), 1, "{name}: all came with the first page");
    }
}

#[tokio::test]
async fn each_refusal_says_what_to_do_whatever_its_form_and_status() {
    for (name, code, told, todo) in [
        (
            "gateway.json",
            200,
            "error 10 INVALID_REQUEST_PARAMETER_ERROR: a parameter has a value it cannot have",
            "check `parameters`",
        ),
        (
            "gateway.json",
            400,
            "error 10 INVALID_REQUEST_PARAMETER_ERROR",
            "check `parameters`",
        ),
        (
            "refusal-key.xml",
            200,
            "error 30 SERVICE_KEY_IS_NOT_REGISTERED_ERROR: the key is not registered",
            "encoded twice",
        ),
        (
            "refusal-key.xml",
            401,
            "error 30 SERVICE_KEY_IS_NOT_REGISTERED_ERROR",
            "encoded twice",
        ),
        (
            "refusal-key.xml",
            403,
            "error 30 SERVICE_KEY_IS_NOT_REGISTERED_ERROR",
            "encoded twice",
        ),
        (
            "refusal-quota.json",
            429,
            "error 22 LIMITED_NUMBER_OF_SERVICE_REQUESTS_EXCEEDS_ERROR: the day's requests are used up",
            "`daily-quota`",
        ),
        (
            "files-key.json",
            401,
            "error -401 유효하지 않은 인증키 입니다.: the key is not valid",
            "copy the key",
        ),
        (
            "transport-key.xml",
            200,
            "error 7 Key인증실패: SERVICE KEY IS NOT REGISTERED ERROR.[인증모듈 에러코드(30)]: the key is not registered",
            "encoded twice",
        ),
        (
            "result-key.xml",
            200,
            "error INFO-100 인증키가 유효하지 않습니다.: the key is not valid",
            "copy the key",
        ),
        (
            "head-and-row-quota.json",
            200,
            "error ERROR-337",
            "`daily-quota`",
        ),
    ] {
        let ran = run(json!({}), "json", &[], move |_| status(code, bytes(name))).await;
        let error = ran.error();
        assert!(
            error.starts_with("{host}/data[page 1]: the API answered with "),
            "{name}: {error}"
        );
        assert!(
            error.contains(told) && error.contains(todo),
            "{name}: {error}"
        );
        assert!(error.ends_with("the last version stays"), "{name}: {error}");
        assert_eq!(ran.asked.len(), 1, "{name}: it is not tried again");
    }
}

#[tokio::test]
async fn no_rows_are_told_in_every_dialect() {
    for (name, format) in [
        ("national-none.json", "json"),
        ("national-none.xml", "xml"),
        ("national-no-data.json", "json"),
        ("transport-none.json", "json"),
        ("result-none.json", "json"),
        // An answer without rows may come in any form.
        ("national-none.xml", "json"),
    ] {
        let ran = run(json!({}), format, &[], move |_| ok(bytes(name))).await;
        assert!(
            ran.error().contains("the API has no rows now"),
            "{name}: {}",
            ran.error()
        );
    }
}

#[tokio::test]
async fn a_web_page_in_the_apis_place_is_tried_again_and_told() {
    let ran = run(json!({}), "json", &[], |_| ok(bytes("proxy.html"))).await;
    assert_eq!(
        ran.error(),
        "{host}/data[page 1]: the answer is a web page, not data; a proxy, a firewall or a notice answers in the API's place: open the address in a browser; the last version stays"
    );
    assert_eq!((ran.asked.len(), ran.again.len()), (3, 2));
    let ran = run(json!({}), "json", &[], |_| status(403, bytes("proxy.html"))).await;
    assert!(ran.error().contains("status 403"), "{}", ran.error());
}

#[tokio::test]
async fn rows_in_another_form_than_the_manifest_says_are_told() {
    let ran = run(json!({}), "json", &[], |_| ok(bytes("national-list.xml"))).await;
    assert!(
        ran.error()
            .contains("the answer is XML, and the manifest says another format; say format = { kind = \"xml\" }"),
        "{}",
        ran.error()
    );
}

/// Rows that were decoded.
struct Rows(std::sync::atomic::AtomicUsize);

impl ingest::Sink for Rows {
    fn block(&self, block: ingest::Block) -> Result<(), ingest::SinkError> {
        self.0
            .fetch_add(block.rows.num_rows(), std::sync::atomic::Ordering::SeqCst);
        Ok(())
    }
}

#[test]
fn a_load_reads_the_rows_where_the_envelope_has_them() {
    // The heads of these look as much like a row as the only row does.
    for (name, format, column) in [
        ("result-one.xml", "xml", "RACK_NM"),
        ("head-and-row-one.xml", "xml", "SIGUN_NM"),
        ("transport.xml", "xml", "plainNo"),
        ("national-array.json", "json", "item"),
    ] {
        let dataset = super::server::dataset(
            &json!({"kind": "open-api", "url": "{host}/x"}),
            format,
            &[super::server::column(column)],
        );
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("page-00001");
        std::fs::write(&path, bytes(name)).unwrap();
        let name = name.to_owned();
        let rows = Rows(std::sync::atomic::AtomicUsize::new(0));
        let input = ingest::Input { name, path };
        let decoded = ingest::decode(
            &dataset,
            "EPSG:4326",
            std::slice::from_ref(&input),
            1,
            &rows,
        );
        let read = decoded.unwrap().rows_read;
        assert_eq!(
            read,
            rows.0.load(std::sync::atomic::Ordering::SeqCst) as u64
        );
        assert_eq!(read, if format == "json" { 3 } else { 1 }, "{}", input.name);
    }
}
