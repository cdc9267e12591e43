//! Files and features of other people's servers, loaded by the command line.

#[path = "../../../sources/src/sftp/tests/server.rs"]
mod drop_folder;
#[expect(
    dead_code,
    reason = "the tests of crate `sources` ask more of this server"
)]
#[path = "../../../sources/src/features/tests/server.rs"]
mod features;
#[expect(
    dead_code,
    reason = "the tests of crate `sources` ask more of this storage"
)]
#[path = "../../../sources/src/s3/tests/storage.rs"]
mod storage;

use crate::city::{Manifest, Ran, TestCity, column, parking, ran};
use drop_folder::user;
use storage::{ACCESS, REGION, SECRET, Storage};

/// Runs a city's loads with these configuration values.
fn load(city: &TestCity, values: &[(&str, &str)]) -> Ran {
    let mut command = city.command(&["load", "--json"]);
    ran(command.envs(values.iter().copied()))
}

fn from(source: String) -> Manifest {
    Manifest {
        source,
        ..parking()
    }
}

fn table(city: &TestCity) -> String {
    city.query("SELECT name, spaces FROM parking ORDER BY name")
}

const MORNING: &str = "이름,면수\n가온,10\n누리,스물\n";
const EVENING: &str = "이름,면수\n가온,11\n누리,20\n";

#[test]
fn the_newest_file_of_a_drop_is_loaded_once() {
    let server = drop_folder::Server::start();
    server.put("out/lots-1.csv", MORNING);
    let host_key = server.fingerprint("host");
    let source = |host_key: &str| {
        format!(
            r#"{{ kind = "sftp", host = "127.0.0.1", port = {}, user = "{}", host-key = "{host_key}", private-key = "drop_key", path = "out/lots-*.csv" }}"#,
            server.port,
            user()
        )
    };
    let city = TestCity::new().dataset(&from(source(&host_key)));
    let key = std::fs::read_to_string(server.path("mine")).unwrap();
    let values = [("MADANG_SOURCES_DROP_KEY", key.as_str())];
    let first = load(&city, &values);
    assert_eq!(
        first.accounting(),
        "loaded: read 2 = accepted 1 + quarantined 1",
        "{first:?}"
    );
    assert_eq!(load(&city, &values).lines()[0]["outcome"], "unchanged");
    // A part of a file is none.
    server.put("out/lots-3.csv.part", EVENING);
    server.put("out/lots-2.csv", EVENING);
    let second = load(&city, &values);
    assert_eq!(second.lines()[0]["version"], 2, "{second:?}");
    assert_eq!(table(&city), "name,spaces\n가온,11\n누리,20\n");
    // Another server than the one that was agreed on gets nothing.
    let city = city.dataset(&from(source(&server.fingerprint("other"))));
    let refused = load(&city, &values);
    assert_eq!(refused.code, 1, "{refused:?}");
    assert!(
        refused.out.contains("another key than `host-key`"),
        "{refused:?}"
    );
    assert!(!refused.out.contains("PRIVATE KEY"), "{refused:?}");
    assert_eq!(city.query("SELECT count(*) AS n FROM parking"), "n\n2\n");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_newest_file_of_a_bucket_is_loaded_once() {
    let storage = Storage::new(&[("in/1.csv", EVENING), ("in/2.csv", MORNING)]);
    let address = storage.serve().await;
    let city = TestCity::new().dataset(&from(format!(
        r#"{{ kind = "s3", bucket = "drop", path = "in/*.csv", endpoint = "{{store}}", region = "{REGION}", access-key = "store_access", secret-key = "store_secret" }}"#
    )));
    let values = |secret| {
        [
            ("MADANG_SOURCES_STORE", address.as_str()),
            ("MADANG_SOURCES_STORE_ACCESS", ACCESS),
            ("MADANG_SOURCES_STORE_SECRET", secret),
        ]
    };
    let first = load(&city, &values(SECRET));
    assert_eq!(
        first.accounting(),
        "loaded: read 2 = accepted 1 + quarantined 1",
        "{first:?}"
    );
    assert_eq!(
        load(&city, &values(SECRET)).lines()[0]["outcome"],
        "unchanged"
    );
    storage.put("in/2.csv", EVENING);
    // A connection that breaks goes on where it broke.
    storage.trick(storage::Trick::Break(9));
    let second = load(&city, &values(SECRET));
    assert_eq!(second.lines()[0]["version"], 2, "{second:?}");
    assert_eq!(table(&city), "name,spaces\n가온,11\n누리,20\n");
    let wrong = load(&city, &values("n0t/the+secret"));
    assert_eq!(wrong.code, 1, "{wrong:?}");
    for secret in [SECRET, "n0t/the+secret"] {
        assert!(!wrong.out.contains(secret) && !wrong.err.contains(secret));
    }
    assert_eq!(city.query("SELECT count(*) AS n FROM parking"), "n\n2\n");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn features_are_loaded_with_the_system_they_come_in() {
    let count = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(3));
    let all = std::sync::Arc::clone(&count);
    let server = features::Server::start(move |asked| {
        let all = all.load(std::sync::atomic::Ordering::SeqCst);
        features::wfs_page(asked, all, features::metres, "urn:ogc:def:crs:EPSG::5186")
    })
    .await;
    let mut manifest = from(
        r#"{ kind = "wfs", url = "{maps}/geoserver/wfs", type-name = "city:lots", page-rows = 2, retries = 1 }"#
            .to_owned(),
    );
    manifest.format = r#"{ kind = "geojson" }"#.to_owned();
    manifest.more = "checks = [{ inside = \"city\" }]".to_owned();
    manifest.columns = vec![
        column("name", "이름", "text", "checks = [\"required\"]"),
        column("spaces", "면수", "integer", "unit = \"면\""),
        column("shape", "위치", "geometry", ""),
    ];
    let city = TestCity::new().dataset(&manifest);
    let values = [("MADANG_SOURCES_MAPS", server.address.as_str())];
    let first = load(&city, &values);
    assert_eq!(
        first.accounting(),
        "loaded: read 3 = accepted 3 + quarantined 0",
        "{first:?}"
    );
    assert_eq!(load(&city, &values).lines()[0]["outcome"], "unchanged");
    count.store(4, std::sync::atomic::Ordering::SeqCst);
    let second = load(&city, &values);
    assert_eq!(second.lines()[0]["version"], 2, "{second:?}");
    assert_eq!(
        city.query("SELECT name, round(longitude, 3) AS x, round(latitude, 2) AS y FROM parking ORDER BY name LIMIT 1"),
        "name,x,y\n가온 0,127.0,37.55\n"
    );
}
