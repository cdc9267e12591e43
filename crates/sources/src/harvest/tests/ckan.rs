//! As CKAN 2.10 answers: `success` and `result`, or `error` with its `__type`; pages of a proxy; links elsewhere.

use city::dataset::{Cadence, FormatKind, Licence};
use serde_json::{Value, json};

use super::{Asked, Reply, Server};

const FILE: &str = "관리번호,이름\n1,가\n2,나\n";

/// A dataset with a file of the site's own.
fn package(host: &str, resources: &Value) -> Value {
    json!({
        "id": "5a8c2a0e-7a5e-4e0c-9d4b-2f3f5f1f0001", "name": "주차장-현황", "title": "공영주차장 현황", "notes": "시가 운영하는 주차장.\r\n분기마다 고칩니다.",
        "license_id": "cc-by-nc", "license_title": "Creative Commons Attribution-NonCommercial", "license_url": "https://creativecommons.org/licenses/by-nc/4.0/",
        "metadata_created": "2026-01-02T03:04:05.000001", "metadata_modified": "2026-10-01T09:00:00.123456", "private": false, "state": "active",
        "organization": {"id": "o", "name": "traffic", "title": "교통과", "image_url": ""}, "author": null,
        "tags": [{"name": "주차", "display_name": "주차", "state": "active"}, {"name": "교통", "display_name": "교통"}],
        "extras": [{"key": "accrual_periodicity", "value": "R/P3M"}], "groups": [], "num_resources": 1,
        "url": format!("{host}/somewhere"), "resources": resources,
    })
}

fn upload(host: &str) -> Value {
    json!({
        "id": "r-1", "name": "주차장 2026-10", "description": "시월분", "format": "CSV", "mimetype": "text/csv", "url_type": "upload", "datastore_active": false,
        "url": format!("{host}/dataset/x/resource/r-1/download/주차장_202610.csv"), "size": FILE.len(), "hash": "", "last_modified": "2026-10-01T08:59:00", "position": 0,
    })
}

fn found(package: &Value) -> Reply {
    Reply::json(&json!({"help": "...", "success": true, "result": package}).to_string())
}

/// A server with one dataset of one resource.
async fn with(
    resource: impl Fn(&str) -> Value + Send + Sync + 'static,
    file: impl Fn(&Asked) -> Reply + Send + Sync + 'static,
) -> Server {
    Server::new(move |asked| {
        if asked.path.starts_with("/api/3/action/package_show?id=") {
            found(&package(&asked.host, &json!([resource(&asked.host)])))
        } else {
            file(asked)
        }
    })
    .await
}

fn source() -> Value {
    json!({"kind": "ckan", "dataset": "주차장-현황"})
}

#[tokio::test]
async fn a_file_comes_with_what_the_site_says_of_it() {
    let server = with(upload, |_| Reply::file(FILE)).await;
    let came = server.fetch(source(), "csv").await.unwrap();
    assert_eq!(came.texts(), [("주차장-현황/주차장_202610.csv", FILE)]);
    let said = came.provenance;
    assert_eq!(said.catalogue, "{host}");
    assert!(
        said.page
            .unwrap()
            .ends_with("/dataset/%EC%A3%BC%EC%B0%A8%EC%9E%A5-%ED%98%84%ED%99%A9")
    );
    assert_eq!(said.title.unwrap(), "공영주차장 현황");
    assert_eq!(
        said.description.unwrap(),
        "시가 운영하는 주차장.\n분기마다 고칩니다."
    );
    assert_eq!(said.publisher.unwrap(), "교통과");
    assert_eq!(
        said.licence.unwrap(),
        "Creative Commons Attribution-NonCommercial"
    );
    assert_eq!(said.licence_means, Some(Licence::Kogl2));
    assert_eq!(said.cadence, Some(Cadence::Quarterly));
    assert_eq!(said.keywords, ["주차", "교통"]);
    assert_eq!(said.modified.unwrap(), "2026-10-01T09:00:00.123456");
    assert_eq!(said.resources[0].bytes, Some(FILE.len() as u64));
    assert_eq!(said.remarks, Vec::<String>::new());
    assert_eq!(
        server.asked()[0].path,
        "/api/3/action/package_show?id=주차장-현황"
    );
}

#[tokio::test]
async fn what_the_site_refuses_is_told_with_its_words() {
    for (status, body, told) in [
        (
            404,
            r#"{"help": "", "success": false, "error": {"message": "Not found", "__type": "Not Found Error"}}"#,
            "{host}: the site has no such dataset: Not found; check `dataset`: its name or id, as it stands behind /dataset/ in its page's address; the last version stays",
        ),
        (
            200,
            r#"{"success": false, "error": {"message": "Not found", "__type": "Not Found Error"}}"#,
            "{host}: the site has no such dataset: Not found; check `dataset`: its name or id, as it stands behind /dataset/ in its page's address; the last version stays",
        ),
        (
            403,
            r#"{"success": false, "error": {"message": "Access denied: User  not authorized to read package", "__type": "Authorization Error"}}"#,
            "{host}: the site does not give this to anybody: Access denied: User not authorized to read package; ask it for an API token, put it into the configuration, and its name into the manifest: token = \"my_token\"; the last version stays",
        ),
        (
            409,
            r#"{"success": false, "error": {"id": ["Missing value"], "__type": "Validation Error"}}"#,
            "{host}: the site answered with an error: Validation Error id: Missing value; check what the manifest asks for; the last version stays",
        ),
        (
            400,
            r#""Bad request - Action name not known: package_show""#,
            "{host}: the server answered with status 400; check the address and the key; the last version stays",
        ),
        (
            200,
            r#"{"datasets": []}"#,
            "{host}: the answer is no CKAN site's; check the address: CKAN's is the one behind which /dataset begins",
        ),
    ] {
        let server = Server::new(move |_| Reply::refusal(status, body)).await;
        assert_eq!(server.fetch(source(), "csv").await.unwrap_err(), told);
        assert_eq!(server.asked().len(), 1, "{status}: it is not asked again");
    }
}

#[tokio::test]
async fn a_page_in_the_sites_place_is_asked_again_and_told() {
    let server = Server::new(|_| Reply::page(200)).await;
    let told = server.fetch(source(), "csv").await.unwrap_err();
    assert!(
        told.contains("the answer is a web page, not data"),
        "{told}"
    );
    assert_eq!(server.asked().len(), 3);
    let server = Server::new(|_| Reply::page(503)).await;
    let told = server.fetch(source(), "csv").await.unwrap_err();
    assert!(told.contains("status 503"), "{told}");
    assert_eq!(server.asked().len(), 3);
    let server = Server::new(|_| Reply::page(404)).await;
    let told = server.fetch(source(), "csv").await.unwrap_err();
    assert!(
        told.contains("there is no CKAN site at this address: status 404"),
        "{told}"
    );
}

#[tokio::test]
async fn a_page_in_the_files_place_is_no_file() {
    let server = with(upload, |_| Reply::page(200)).await;
    let told = server.fetch(source(), "csv").await.unwrap_err();
    assert!(
        told.starts_with("{host}[주차장 2026-10]: a web page came in the file's place"),
        "{told}"
    );
}

#[tokio::test]
async fn the_site_may_lead_to_itself_and_not_elsewhere() {
    let server = with(upload, |asked| {
        if asked.path.starts_with("/dataset/") {
            Reply::to("/storage/file.csv")
        } else {
            Reply::file(FILE)
        }
    })
    .await;
    let came = server.fetch(source(), "csv").await.unwrap();
    assert_eq!(came.texts()[0].1, FILE);

    let server = with(upload, |_| Reply::to("http://169.254.169.254/latest")).await;
    let told = server.fetch(source(), "csv").await.unwrap_err();
    assert_eq!(
        told,
        "{host}[주차장 2026-10]: the site leads to another host: `169.254.169.254`; when that host is the right one, name it in the manifest: hosts = [\"169.254.169.254\"]; the last version stays"
    );
    let server = with(upload, |asked| Reply::to(&asked.path)).await;
    let told = server.fetch(source(), "csv").await.unwrap_err();
    assert!(told.contains("the server leads on and on"), "{told}");
}

#[tokio::test]
async fn a_link_to_a_host_that_is_named_is_followed_without_the_token() {
    let files = Server::new(|_| Reply::file(FILE)).await;
    let port = files.host.rsplit_once(':').unwrap().1.to_owned();
    // `localhost` is another host than 127.0.0.1.
    let link = format!("http://localhost:{port}/주차장.csv");
    let resource = move |_: &str| json!({"id": "r-1", "name": "링크", "format": "csv", "url_type": null, "url": link, "size": 7, "hash": "900150983cd24fb0d6963f7d28e17f72"});
    let site = with(resource, |_| Reply::page(404)).await;
    let told = site.fetch(source(), "csv").await.unwrap_err();
    assert!(told.contains("hosts = [\"localhost\"]"), "{told}");

    let mut named = source();
    named["hosts"] = json!(["localhost"]);
    named["token"] = json!("secret");
    let came = site.fetch(named, "csv").await.unwrap();
    assert_eq!(came.texts(), [("주차장-현황/주차장.csv", FILE)]);
    assert_eq!(
        came.provenance.remarks,
        [format!(
            "링크: the catalogue says 7 bytes, and {} came",
            FILE.len()
        )],
        "of a link the site only repeats what somebody wrote"
    );
    assert_eq!(
        site.asked().last().unwrap().token.as_deref(),
        Some("t0ken-of-the-city")
    );
    assert!(files.asked().iter().all(|asked| asked.token.is_none()));
}

#[tokio::test]
async fn a_file_of_the_sites_own_is_as_it_says_or_is_not_taken() {
    let server = with(upload, |asked| {
        // The first try is cut by something between.
        Reply::file(if asked.times == 1 {
            "관리번호"
        } else {
            FILE
        })
    })
    .await;
    assert_eq!(
        server.fetch(source(), "csv").await.unwrap().texts()[0].1,
        FILE
    );

    let server = with(upload, |_| Reply::file("관리번호,이름\n")).await;
    let told = server.fetch(source(), "csv").await.unwrap_err();
    assert_eq!(
        told,
        format!(
            "{{host}}[주차장 2026-10]: the catalogue says {} bytes, and 20 came; load again later; when it stays so, tell the portal; the last version stays",
            FILE.len()
        )
    );

    let hashed = |host: &str| {
        let mut resource = upload(host);
        resource["hash"] = json!("900150983cd24fb0d6963f7d28e17f72");
        resource
    };
    let server = with(hashed, |_| Reply::file(FILE)).await;
    let told = server.fetch(source(), "csv").await.unwrap_err();
    assert!(
        told.contains("the catalogue says the hash 900150983cd24fb0d6963f7d28e17f72"),
        "{told}"
    );
}

#[tokio::test]
async fn the_token_is_in_no_error() {
    let server = Server::new(|asked| {
        let said = json!({"success": false, "error": {"message": format!("bad token {}", asked.token.clone().unwrap()), "__type": "Authorization Error"}});
        Reply::refusal(403, &said.to_string())
    })
    .await;
    let mut named = source();
    named["token"] = json!("secret");
    let told = server.fetch(named, "csv").await.unwrap_err();
    assert!(
        told.contains("bad token ***") && !told.contains("t0ken"),
        "{told}"
    );
    let mut unset = source();
    unset["token"] = json!("other");
    let told = server.fetch(unset, "csv").await.unwrap_err();
    assert!(told.contains("MADANG_SOURCES_OTHER"), "{told}");
}

/// The site's own table: three columns, two rows a page.
fn table(asked: &Asked, total: u64) -> Reply {
    let fields = json!([{"id": "_id", "type": "int"}, {"id": "이름, 통칭", "type": "text"}, {"id": "요금", "type": "numeric"}]);
    if asked.body["limit"] == json!(0) {
        return found(
            &json!({"resource_id": "t-1", "fields": fields, "records": [], "total": total, "limit": 0}),
        );
    }
    assert_eq!(asked.body["fields"], json!(["이름, 통칭", "요금"]));
    assert_eq!(asked.body["records_format"], json!("csv"));
    let offset = asked.body["offset"].as_u64().unwrap();
    // The site's own limit is smaller than what was asked for.
    let rows: String = (offset..(offset + 2).min(5))
        .map(|row| format!("\"{row}번\n주차장\",{row}.10\n"))
        .collect();
    found(&json!({"resource_id": "t-1", "fields": fields, "records": rows, "limit": 2}))
}

fn of_table(host: &str) -> Value {
    json!({"id": "t-1", "name": "주차장 표", "format": "CSV", "url_type": "datastore", "datastore_active": true, "url": format!("{host}/datastore/dump/t-1")})
}

#[tokio::test]
async fn a_table_of_the_sites_database_comes_page_by_page_with_all_its_digits() {
    let server = with(of_table, |asked| table(asked, 5)).await;
    let came = server.fetch(source(), "csv").await.unwrap();
    let text = came.texts()[0].1;
    assert!(
        text.starts_with("\"이름, 통칭\",요금\n\"0번\n주차장\",0.10\n"),
        "{text}"
    );
    assert!(text.ends_with("\"4번\n주차장\",4.10\n"), "{text}");
    let told = server.fetch(source(), "json").await.unwrap_err();
    assert!(
        told.contains("no resource of `주차장-현황` has the manifest's format"),
        "{told}"
    );
}

#[tokio::test]
async fn a_table_that_gives_less_than_it_says_or_changes_is_not_taken() {
    let server = with(of_table, |asked| table(asked, 7)).await;
    let told = server.fetch(source(), "csv").await.unwrap_err();
    assert_eq!(
        told,
        "{host}[주차장 표]: the site's table has 7 rows, and it gave 5; load again later; the last version stays"
    );
    let server = with(of_table, |asked| {
        let is_last = asked.body["limit"] == json!(0) && asked.times > 1;
        table(asked, if is_last { 6 } else { 5 })
    })
    .await;
    let told = server.fetch(source(), "csv").await.unwrap_err();
    assert!(
        told.contains("the site's table changed while it was read"),
        "{told}"
    );
}

#[tokio::test]
async fn a_sites_list_is_read_to_its_end() {
    let server = Server::new(|asked| {
        if !asked.path.starts_with("/api/3/action/package_search") {
            return Reply::page(404);
        }
        if asked.path.contains("rows=0") {
            return found(&json!({"count": 3, "results": []}));
        }
        let start: usize = asked.path.split("start=").nth(1).unwrap().split('&').next().unwrap().parse().unwrap();
        // The site gives two at a time, whatever is asked for.
        let results: Vec<Value> = (start..(start + 2).min(3))
            .map(|at| {
                let mut package = package(&asked.host, &json!([upload(&asked.host), of_table(&asked.host), {"id": "p", "name": "설명서", "format": "PDF", "url": "https://other.kr/guide.pdf"}]));
                package["name"] = json!(format!("d{at}"));
                package
            })
            .collect();
        found(&json!({"count": 3, "sort": "name asc", "results": results}))
    })
    .await;
    let offers = server.offers().await.unwrap();
    let names: Vec<&str> = offers
        .iter()
        .map(|offer| offer.provenance.dataset.as_str())
        .collect();
    assert_eq!(names, ["d0", "d1", "d2"]);
    let kinds: Vec<Option<FormatKind>> = offers[0].parts.iter().map(|part| part.kind).collect();
    assert_eq!(kinds, [Some(FormatKind::Csv), Some(FormatKind::Csv), None]);
    let site = super::super::Site::read(&server.host);
    let source = site.source(&offers[0], &offers[0].parts[0]);
    let said = serde_json::to_value(&source).unwrap();
    assert_eq!(said["resource"], json!("r-1"));
    assert_eq!(said["hosts"], json!([]));
}

#[tokio::test]
async fn a_site_that_does_not_turn_its_pages_is_told() {
    let server = Server::new(|asked| {
        if !asked.path.starts_with("/api/3/action/package_search") {
            return Reply::page(404);
        }
        found(&json!({"count": 9, "results": [package(&asked.host, &json!([]))]}))
    })
    .await;
    let told = server.offers().await.unwrap_err();
    assert!(
        told.contains("the site gives the same page of its list again"),
        "{told}"
    );
}
