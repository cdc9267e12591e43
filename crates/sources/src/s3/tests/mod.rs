//! Buckets on a storage of our own, on loopback.

mod storage;

use std::sync::Arc;

use serde_json::{Value, json};
use storage::{ACCESS, REGION, SECRET, Storage, Trick};

use super::*;
use crate::ground::{Came, fetched};

fn source(path: &str) -> Value {
    json!({
        "kind": "s3", "bucket": "drop", "path": path, "endpoint": "{store}", "region": REGION,
        "access-key": "store_access", "secret-key": "store_secret",
    })
}

async fn from(storage: &Arc<Storage>, source: Value) -> Came {
    let host = storage.serve().await;
    let values = [
        ("store", host.as_str()),
        ("store_access", ACCESS),
        ("store_secret", SECRET),
    ];
    fetched(source, "csv", &values).await
}

fn with(mut source: Value, key: &str, value: Value) -> Value {
    source[key] = value;
    source
}

#[tokio::test]
async fn the_last_by_name_is_taken_or_all_in_order() {
    let storage = Storage::new(&[
        ("in/2026-10.csv", "a\n1\n"),
        ("in/2026-11.csv", "a\n2\n"),
        ("in/2026-12.csv.part", "a\n"),
        ("in/old/2027-01.csv", "a\n3\n"),
        ("주차장/현황 +1.csv", "a\n4\n"),
    ]);
    let came = from(&storage, source("in/*.csv")).await;
    assert_eq!(came.names(), ["s3://drop/in/2026-11.csv"]);
    assert_eq!(came.bytes, 4);
    assert_eq!(came.texts(), ["a\n2\n"]);
    let all = with(source("**/*.csv"), "take", json!("all"));
    let came = from(&storage, all).await;
    assert_eq!(
        came.names(),
        [
            "s3://drop/in/2026-10.csv",
            "s3://drop/in/2026-11.csv",
            "s3://drop/in/old/2027-01.csv",
            "s3://drop/주차장/현황 +1.csv"
        ]
    );
    assert_eq!(came.texts(), ["a\n1\n", "a\n2\n", "a\n3\n", "a\n4\n"]);
    for path in [
        "주차장/현황 +1.csv",
        "주차장/*.csv",
        "주차장/현황?+[0-9].csv",
    ] {
        let came = from(&storage, source(path)).await;
        assert_eq!(came.texts(), ["a\n4\n"], "{path}");
    }
}

#[tokio::test]
async fn a_listing_of_many_pages_is_read_to_its_end() {
    let storage = Storage::new(&[]);
    for number in 0..1500 {
        storage.put(&format!("in/{number:04}.csv"), format!("a\n{number}\n"));
    }
    let came = from(&storage, with(source("in/*.csv"), "take", json!("all"))).await;
    let texts = came.texts();
    assert_eq!(texts.len(), 1500);
    assert_eq!(
        (texts[0].as_str(), texts[1499].as_str()),
        ("a\n0\n", "a\n1499\n")
    );
    let came = from(&storage, source("in/*.csv")).await;
    assert_eq!(came.names(), ["s3://drop/in/1499.csv"]);
}

#[tokio::test]
async fn a_broken_connection_goes_on_where_it_broke() {
    let text = "가나다라\n".repeat(50_000);
    let storage = Storage::new(&[("in/big.csv", &text)]);
    storage.trick(Trick::Break(100_000));
    storage.trick(Trick::Slow);
    storage.trick(Trick::Break(200_001));
    let came = from(&storage, source("in/big.csv")).await;
    assert_eq!(came.told.len(), 3, "{:?}", came.told);
    assert_eq!(came.bytes, text.len() as u64);
    assert!(came.texts() == [text], "every byte once, in order");
    let asked = storage.asked.lock().unwrap().clone();
    let begins: Vec<u64> = asked
        .iter()
        .map(|asked| {
            let range = asked.strip_prefix("GET /drop/in/big.csv ").unwrap();
            let begin = range.trim_start_matches("bytes=").trim_end_matches('-');
            begin.parse().unwrap_or_default()
        })
        .collect();
    assert!(
        begins.len() == 4 && begins[0] == 0 && begins[1] > 0 && begins.is_sorted(),
        "{begins:?}"
    );
}

#[tokio::test]
async fn a_file_that_changes_meanwhile_is_read_anew_and_at_last_given_up() {
    let storage = Storage::new(&[("in/a.csv", "old old old\n")]);
    storage.trick(Trick::Change(6, "new\n"));
    let came = from(&storage, source("in/a.csv")).await;
    assert_eq!(came.bytes, 6, "bytes thrown away count no more");
    assert_eq!(came.texts(), ["new\n"]);
    for text in ["old1\n", "old2\n", "old3\n", "old4\n", "old5\n", "old6\n"] {
        storage.trick(Trick::Change(3, text));
    }
    assert_eq!(
        from(&storage, source("in/a.csv")).await.fault(),
        "s3://drop/in/a.csv: the file changed while it was read; load again when whoever writes it has finished; the last version stays"
    );
}

#[tokio::test]
async fn what_is_refused_is_told_with_its_reason_and_without_the_keys() {
    let storage = Storage::new(&[("in/parking_2026.csv", "a\n")]);
    let host = storage.serve().await;
    let one = source("in/parking_2026.csv");
    for (source, access, secret, expected) in [
        (
            one.clone(),
            ACCESS,
            "wrong",
            "s3://drop: the secret key does not fit the access key; copy the secret key into the configuration once more; check `region`; the last version stays",
        ),
        (
            one.clone(),
            "AKIDOTHER",
            SECRET,
            "s3://drop: the storage does not know the access key; copy the access key into the configuration once more; the last version stays",
        ),
        (
            with(one.clone(), "region", json!("us-east-1")),
            ACCESS,
            SECRET,
            "s3://drop: the bucket is in the region `kr-standard`; correct `region`, or `endpoint`; the last version stays",
        ),
        (
            with(one.clone(), "bucket", json!("drip")),
            ACCESS,
            SECRET,
            "s3://drip: there is no bucket `drip`; correct `bucket`, or `endpoint`; the last version stays",
        ),
        (
            with(source("in/*.csv"), "bucket", json!("drip")),
            ACCESS,
            SECRET,
            "s3://drip: there is no bucket `drip`; correct `bucket`, or `endpoint`; the last version stays",
        ),
        (
            source("in/parking_2025.csv"),
            ACCESS,
            SECRET,
            "s3://drop: no file there matches `in/parking_2025.csv`; expected something like `in/parking_2026.csv`, which is there; put the file there, or correct `path`; the last version stays",
        ),
        (
            one.clone(),
            ACCESS,
            " ",
            "s3://drop: the configuration has no value `store_secret`; set MADANG_SOURCES_STORE_SECRET, or `store_secret` below [sources] in madang.toml",
        ),
    ] {
        let values = [
            ("store", host.as_str()),
            ("store_access", access),
            ("store_secret", secret),
        ];
        let fault = fetched(source, "csv", &values).await.fault();
        assert_eq!(fault, expected);
    }
    // A refusal nobody foresaw is shown as it came, but for the keys.
    for _ in 0..9 {
        storage.trick(Trick::Slow);
    }
    let values = [
        ("store", host.as_str()),
        ("store_access", ACCESS),
        ("store_secret", SECRET),
    ];
    let came = fetched(one, "csv", &values).await;
    assert_eq!(came.told.len(), 4);
    assert_eq!(
        came.fault(),
        "s3://drop: the storage answered with error SlowDown: refused for *** ***; try again later; the last version stays"
    );
}

#[tokio::test]
async fn a_bucket_that_anybody_may_read_needs_no_key() {
    let storage = Storage::public(&[("a.csv", "a\n1\n")]);
    let host = storage.serve().await;
    let source = json!({"kind": "s3", "bucket": "drop", "path": "*.csv", "endpoint": host});
    assert_eq!(fetched(source, "csv", &[]).await.texts(), ["a\n1\n"]);
    let closed = Storage::new(&[("a.csv", "a\n1\n")]);
    let host = closed.serve().await;
    let source = json!({"kind": "s3", "bucket": "drop", "path": "*.csv", "endpoint": host});
    assert!(
        fetched(source, "csv", &[])
            .await
            .fault()
            .contains("s3:ListBucket")
    );
}

#[tokio::test]
async fn a_storage_that_falls_silent_is_not_waited_for_for_ever() {
    let storage = Storage::new(&[("a.csv", "abcdef\n")]);
    storage.trick(Trick::Hang(3));
    let came = from(&storage, with(source("a.csv"), "timeout-s", json!(1))).await;
    assert_eq!(came.told, ["nothing came for 1 s"]);
    assert_eq!(came.texts(), ["abcdef\n"]);
    let nobody =
        json!({"kind": "s3", "bucket": "drop", "path": "a.csv", "endpoint": "http://127.0.0.1:1"});
    let fault = fetched(nobody, "csv", &[]).await.fault();
    assert!(
        fault.starts_with("s3://drop: there was no answer: Connection refused"),
        "{fault}"
    );
}

#[tokio::test]
async fn a_loose_shapefile_comes_with_what_belongs_to_it() {
    let storage = Storage::new(&[
        ("in/구역.SHP", "shp"),
        ("in/구역.dbf", "dbf"),
        ("in/구역.prj", "prj"),
        ("in/구역.txt", "no"),
        ("in/구역2.dbf", "no"),
        ("in/deeper/구역.cpg", "no"),
    ]);
    let host = storage.serve().await;
    let values = [
        ("store", host.as_str()),
        ("store_access", ACCESS),
        ("store_secret", SECRET),
    ];
    let came = fetched(source("in/*.SHP"), "shapefile", &values).await;
    assert_eq!(came.names(), ["s3://drop/in/구역.SHP"]);
    let zip = std::io::Cursor::new(came.result.unwrap().remove(0).1);
    let zip = zip::ZipArchive::new(zip).unwrap();
    let mut names: Vec<_> = zip.file_names().map(Result::unwrap).collect();
    names.sort_unstable();
    assert_eq!(names, ["file.dbf", "file.prj", "file.shp"]);
}

#[test]
fn a_bucket_can_stand_before_the_host() {
    let values = BTreeMap::new();
    let source: S3Source = serde_json::from_value(json!({
        "bucket": "drop", "path": "a", "endpoint": "https://store.example.kr:9000", "path-style": false,
    }))
    .unwrap();
    let url = endpoint(&source, &values).unwrap().unwrap();
    assert_eq!(url.as_str(), "https://drop.store.example.kr:9000/");
}
