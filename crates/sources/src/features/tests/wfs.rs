//! Web Feature Services.

use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use serde_json::{Value, json};

use super::server::{Asked, Server, degrees, json as answer, lots, metres, wfs_page as page, xml};
use crate::ground::{Came, fetched};

const LOTS: usize = 5;

fn source(extra: &Value) -> Value {
    let mut source = json!({
        "kind": "wfs", "url": "{maps}/geoserver/wfs", "type-name": "city:lots", "page-rows": 2, "retries": 1,
    });
    for (name, value) in extra.as_object().unwrap() {
        source[name] = value.clone();
    }
    source
}

async fn from(server: &Server, extra: Value) -> Came {
    let values = [("maps", server.address.as_str()), ("maps_key", "k%2By==")];
    fetched(source(&extra), "geojson", &values).await
}

#[tokio::test]
async fn all_pages_come_with_their_coordinate_system_and_nothing_of_the_moment() {
    let server =
        Server::start(|asked| page(asked, LOTS, metres, "urn:ogc:def:crs:EPSG::5186")).await;
    let extra = json!({"srs": "EPSG:5186", "key": "maps_key", "parameters": {"sortBy": "면수"}});
    let came = from(&server, extra).await;
    assert_eq!(came.calls, 3);
    assert_eq!(
        came.names(),
        ["lots/page-00001", "lots/page-00002", "lots/page-00003"]
    );
    let texts = came.texts();
    assert_eq!(
        texts[2],
        format!(
            "{{\"type\":\"FeatureCollection\",\"crs\":{{\"type\":\"name\",\"properties\":{{\"name\":\"EPSG:5186\"}}}},\"features\":[{}]}}\n",
            lots(4..5, metres)
        )
    );
    assert_eq!(server.asked_for("startindex"), ["0", "2", "4"]);
    let asked = server.asked.lock().unwrap()[0].clone();
    for (name, value) in [
        ("service", "WFS"),
        ("version", "2.0.0"),
        ("request", "GetFeature"),
        ("typenames", "city:lots"),
        ("count", "2"),
        ("outputformat", "application/json"),
        ("srsname", "EPSG:5186"),
        ("sortby", "면수"),
        ("key", "k+y=="),
    ] {
        assert_eq!(asked.get(name), value, "{name}");
    }
}

#[tokio::test]
async fn what_is_kept_is_read_by_the_load() {
    let server =
        Server::start(|asked| page(asked, LOTS, metres, "urn:ogc:def:crs:EPSG::5186")).await;
    let folder = tempfile::tempdir().unwrap();
    let values = [("maps", server.address.as_str())];
    let came =
        crate::ground::fetched_into(folder.path(), source(&json!({})), "geojson", &values).await;
    assert_eq!(came.names().len(), 3);
    let input = ingest::Input {
        name: "page".to_owned(),
        path: folder.path().join("page-00001"),
    };
    let format = serde_json::from_value(json!({"kind": "geojson"})).unwrap();
    let mut rows = ingest::formats::open(&input, &format).unwrap();
    assert_eq!(rows.columns(), ["이름", "면수"]);
    assert_eq!(rows.crs().as_deref(), Some("EPSG:5186"));
    let rows = rows.next(10).unwrap().unwrap();
    assert!(rows.len() == 2 && rows.iter().all(|row| row.geometry.is_some()));
}

#[tokio::test]
async fn the_version_before_asks_in_its_own_words_and_counts_where_pages_do_not_say() {
    let server = Server::start(|asked| {
        if asked.get("resulttype") == "hits" {
            assert_eq!(asked.get("outputformat"), "");
            return xml(
                StatusCode::OK,
                "<wfs:FeatureCollection xmlns:wfs=\"http://www.opengis.net/wfs\" numberOfFeatures=\"5\" timeStamp=\"2026-11-26T03:00:00Z\"/>",
            );
        }
        let from = asked.number("startindex");
        // It never gives more than two, whatever is asked for.
        answer(format!(
            "{{\"type\":\"FeatureCollection\",\"totalFeatures\":\"unknown\",\"features\":[{}],\"crs\":null}}",
            lots(from..(from + 2).min(LOTS), degrees)
        ))
    })
    .await;
    let extra =
        json!({"version": "1.1.0", "page-rows": 100, "parameters": {"OUTPUT": "application/json"}});
    let came = from(&server, extra).await;
    assert_eq!(came.calls, 4);
    assert!(came.texts()[0].contains("\"EPSG:4326\""));
    let asked = server.asked.lock().unwrap()[0].clone();
    assert_eq!(asked.get("typename"), "city:lots");
    assert_eq!(
        (asked.get("maxfeatures"), asked.get("outputformat")),
        ("100", "")
    );
    assert_eq!(asked.get("output"), "application/json");
}

#[tokio::test]
async fn a_service_that_does_not_turn_its_pages_is_told() {
    let server = Server::start(|asked| {
        let mut first = asked.clone();
        first.query.insert("startindex".to_owned(), "0".to_owned());
        page(&first, LOTS, degrees, "EPSG:4326")
    })
    .await;
    assert_eq!(
        from(&server, json!({})).await.fault(),
        "{maps}/geoserver/wfs[page 2]: the service gives the same features as for page 1; it does not turn its pages: ask for all at once with a greater `page-rows`; the last version stays"
    );
}

#[tokio::test]
async fn pages_that_overlap_are_told() {
    let server = Server::start(|asked| {
        let from = asked.number("startindex").saturating_sub(1);
        answer(format!(
            "{{\"type\":\"FeatureCollection\",\"numberMatched\":5,\"features\":[{}]}}",
            lots(from..from + 2, degrees)
        ))
    })
    .await;
    let fault = from(&server, json!({})).await.fault();
    assert!(
        fault.contains("[page 2]: the same feature came twice") && fault.contains("sortBy"),
        "{fault}"
    );
}

#[tokio::test]
async fn fewer_than_announced_is_told() {
    let server = Server::start(|asked| {
        let from = asked.number("startindex");
        answer(format!(
            "{{\"type\":\"FeatureCollection\",\"numberMatched\":9,\"features\":[{}]}}",
            lots(from..(from + 2).clamp(from.min(4), 4), degrees)
        ))
    })
    .await;
    assert_eq!(
        from(&server, json!({})).await.fault(),
        "{maps}/geoserver/wfs: the service announced 9 features and gave 4; load again later; when it stays so, ask the provider; the last version stays"
    );
}

#[tokio::test]
async fn a_refusal_inside_a_success_is_told_with_the_name_that_was_meant() {
    let server = Server::start(|asked| match asked.get("request") {
        "GetCapabilities" => xml(
            StatusCode::OK,
            "<wfs:WFS_Capabilities><FeatureTypeList><FeatureType xmlns:city=\"x\"><Name>city:lots</Name></FeatureType><FeatureType><Name>city:roads</Name></FeatureType></FeatureTypeList></wfs:WFS_Capabilities>",
        ),
        _ => xml(
            StatusCode::OK,
            "<ows:ExceptionReport version=\"2.0.0\"><ows:Exception exceptionCode=\"InvalidParameterValue\" locator=\"typeName\"><ows:ExceptionText>Feature type :city:lot unknown, key k+y==</ows:ExceptionText></ows:Exception></ows:ExceptionReport>",
        ),
    })
    .await;
    let came = from(&server, json!({"type-name": "city:lot", "key": "maps_key"})).await;
    assert_eq!(
        (came.calls, came.told.len()),
        (2, 0),
        "it is not tried again"
    );
    assert_eq!(
        came.fault(),
        "{maps}/geoserver/wfs[page 1]: the service answered with an error: InvalidParameterValue (typeName) Feature type :city:lot unknown, key ***; expected something like `city:lots`, which is there; correct what it names in the manifest; when nothing is wrong there, ask the provider; the last version stays"
    );
}

#[tokio::test]
async fn what_may_pass_is_tried_again_and_what_is_cut_is_told() {
    let server = Server::start(|asked| match asked.get("startindex") {
        "0" => page(asked, LOTS, degrees, "EPSG:4326"),
        _ => xml(
            StatusCode::OK,
            "<ows:ExceptionReport><ows:Exception exceptionCode=\"NoApplicableCode\"><ows:ExceptionText>pool exhausted</ows:ExceptionText></ows:Exception></ows:ExceptionReport>",
        ),
    })
    .await;
    let came = from(&server, json!({})).await;
    assert_eq!((came.calls, came.told.len()), (3, 1));
    assert!(came.fault().contains("[page 2]: the service answered with an error: NoApplicableCode pool exhausted; try again later"));
    let server = Server::start(|asked| {
        let whole = format!(
            "{{\"type\":\"FeatureCollection\",\"features\":[{}",
            lots(0..2, degrees)
        );
        assert_eq!(asked.get("count"), "2");
        answer(whole)
    })
    .await;
    let fault = from(&server, json!({})).await.fault();
    assert!(
        fault.contains("[page 1]: the answer is no sound GeoJSON: EOF"),
        "{fault}"
    );
    let server =
        Server::start(|_| (StatusCode::OK, "<html><body>점검 중</body></html>").into_response())
            .await;
    let fault = from(&server, json!({})).await.fault();
    assert!(fault.contains("neither GeoJSON nor GML"), "{fault}");
}

#[tokio::test]
async fn coordinates_that_cannot_be_are_told() {
    let turned = |number: usize| format!("37.5,127.{number:03}");
    for (place, crs, expected) in [
        (
            metres as fn(usize) -> String,
            "urn:ogc:def:crs:EPSG::4326",
            "no degrees",
        ),
        (
            turned,
            "urn:ogc:def:crs:EPSG::4326",
            "latitude where longitude belongs",
        ),
        (
            degrees,
            "urn:ogc:def:crs:EPSG::4737",
            "`EPSG:4737`, which is not known",
        ),
    ] {
        let server = Server::start(move |asked| page(asked, LOTS, place, crs)).await;
        let fault = from(&server, json!({})).await.fault();
        assert!(
            fault.contains("[page 1]") && fault.contains(expected),
            "{fault}"
        );
    }
}

/// As a server writes a page that knows no GeoJSON: northing first, as the name of the system has it.
fn page_of_xml(asked: &Asked) -> Response {
    if !asked.get("outputformat").is_empty() {
        return xml(
            StatusCode::BAD_REQUEST,
            "<ows:ExceptionReport><ows:Exception exceptionCode=\"InvalidParameterValue\" locator=\"outputFormat\"><ows:ExceptionText>Failed to find response for output format application/json</ows:ExceptionText></ows:Exception></ows:ExceptionReport>",
        );
    }
    let from = asked.number("startindex");
    let members: String = (from..(from + asked.number("count")).min(LOTS))
        .map(|number| {
            format!("<wfs:member><city:lots gml:id=\"lots.{number}\"><city:이름>가온 {number}</city:이름><city:면수>{number}</city:면수><city:geom><gml:Point srsName=\"urn:ogc:def:crs:EPSG::5186\"><gml:pos>550000.5 {}</gml:pos></gml:Point></city:geom></city:lots></wfs:member>", 200_000 + number)
        })
        .collect();
    xml(
        StatusCode::OK,
        &format!(
            "<wfs:FeatureCollection xmlns:wfs=\"http://www.opengis.net/wfs/2.0\" numberMatched=\"{LOTS}\" numberReturned=\"2\">{members}</wfs:FeatureCollection>"
        ),
    )
}

#[tokio::test]
async fn features_in_xml_are_read_where_there_is_nothing_else() {
    let server = Server::start(page_of_xml).await;
    let came = from(&server, json!({})).await;
    assert_eq!(came.calls, 4, "the refusal is one");
    assert_eq!(
        came.told,
        ["the service does not give GeoJSON: asking for GML"]
    );
    let texts = came.texts();
    assert_eq!(texts.len(), 3);
    assert_eq!(
        texts[2],
        "{\"type\":\"FeatureCollection\",\"crs\":{\"type\":\"name\",\"properties\":{\"name\":\"EPSG:5186\"}},\"features\":[{\"type\":\"Feature\",\"id\":\"lots.4\",\"geometry\":{\"type\":\"Point\",\"coordinates\":[200004.0,550000.5]},\"properties\":{\"이름\":\"가온 4\",\"면수\":\"4\"}}]}\n"
    );
}

/// However many there are, however many are asked for and given at a time, and whether or not the service counts:
/// each comes once.
#[tokio::test]
async fn no_feature_is_left_out() {
    let server = Server::start(|asked| {
        if asked.get("resulttype") == "hits" {
            return xml(
                StatusCode::BAD_REQUEST,
                "<ExceptionReport><Exception exceptionCode=\"x\"/></ExceptionReport>",
            );
        }
        let from = asked.number("startindex");
        let rows = asked.number("count").min(asked.number("cap"));
        let all = asked.number("all");
        let matched = match asked.get("counts") {
            "yes" => format!("\"numberMatched\":{all},"),
            _ => String::new(),
        };
        answer(format!(
            "{{\"type\":\"FeatureCollection\",{matched}\"features\":[{}]}}",
            lots(from..(from + rows).clamp(from, all.max(from)), degrees)
        ))
    })
    .await;
    for all in 1..8_u64 {
        for (rows, cap) in [(1, 9), (2, 9), (3, 2), (4, 3), (7, 7), (9, 9), (9, 1)] {
            for counts in ["yes", "no"] {
                let parameters =
                    json!({"all": all.to_string(), "cap": cap.to_string(), "counts": counts});
                let came = from(
                    &server,
                    json!({"page-rows": rows, "parameters": parameters}),
                )
                .await;
                let text = came.texts().concat();
                for number in 0..all {
                    let times = text.matches(&format!("\"lots.{number}\"")).count();
                    assert_eq!(times, 1, "{number} of {all}, {rows}, {cap}, {counts}");
                }
            }
        }
    }
    // One that turns no pages and counts nothing has given all, when it gave less than it was asked for.
    let server = Server::start(|asked| match asked.get("resulttype") {
        "hits" => xml(StatusCode::OK, "<FeatureCollection/>"),
        _ => answer(format!(
            "{{\"type\":\"FeatureCollection\",\"features\":[{}]}}",
            lots(0..5, degrees)
        )),
    })
    .await;
    assert_eq!(
        from(&server, json!({"page-rows": 9})).await.texts().len(),
        1
    );
    let fault = from(&server, json!({"page-rows": 5})).await.fault();
    assert!(fault.contains("does not turn its pages"), "{fault}");
}

#[tokio::test]
async fn the_quota_of_a_day_stops_the_fetch() {
    let server = Server::start(|asked| page(asked, LOTS, degrees, "EPSG:4326")).await;
    let came = from(&server, json!({"daily-quota": 2})).await;
    assert_eq!(came.calls, 2);
    assert!(
        came.fault()
            .contains("[page 3]: today's calls are used up: 2 of 2")
    );
}
