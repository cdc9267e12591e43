//! Vector tiles: what is in them, for whom, how often they are written down, and what a program is told.

use std::io::Read as _;

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use mvt_reader::Reader;
use mvt_reader::feature::Value;
use records::log::{Act, Filter, Logged};

use crate::town::{Answer, SECRETS, Town, town};

/// The tile of the town's car parks.
const TILE: &str = "/tiles/parking/9/436/199.mvt";

/// Places of a tile, each with what is said of it; and counts of its clusters.
fn read(answer: &Answer) -> (Vec<Vec<(String, Value)>>, i64) {
    let reader = Reader::new(answer.body.to_vec()).unwrap();
    let (mut places, mut counted) = (Vec::new(), 0);
    for layer in reader.get_layer_metadata().unwrap() {
        for feature in reader.get_features(layer.layer_index).unwrap() {
            let mut said: Vec<(String, Value)> = feature.properties.unwrap().into_iter().collect();
            said.sort_by(|one, other| one.0.cmp(&other.0));
            match said.iter().find(|(name, _)| name == "point_count") {
                Some((_, Value::SInt(count))) => counted += count,
                Some(_) => panic!("a count is a number"),
                None => places.push(said),
            }
        }
    }
    (places, counted)
}

async fn maps(town: &Town) -> Vec<Logged> {
    town.records.log().flush().await;
    let filter = Filter {
        limit: 1_000,
        ..Filter::default()
    };
    let (log, _) = town.records.log().page(&filter).await.unwrap();
    let looks = log.into_iter().filter(|logged| {
        let query = logged.entry.query.as_deref();
        query == Some("map of parking") && logged.entry.act == Act::Read
    });
    looks.collect()
}

#[tokio::test]
async fn a_tile_has_the_places_its_reader_sees_and_nothing_hidden() {
    let town = town().await;
    let far = town.get(TILE).await;
    assert_eq!(far.status, StatusCode::OK);
    assert_eq!(
        far.header("content-type"),
        "application/vnd.mapbox-vector-tile"
    );
    assert_eq!(far.header("x-madang-version"), "2");
    // Three of the four have a place: here they stand together.
    let (places, counted) = read(&far);
    assert_eq!(places.len() + usize::try_from(counted).unwrap(), 3);
    let described = town.get("/tiles/parking.json").await.json();
    let told = &described["madang"];
    assert_eq!(
        (
            &told["rows"],
            &told["places"],
            &told["without_place"],
            &told["broken_place"]
        ),
        (&4.into(), &3.into(), &1.into(), &0.into())
    );
    assert!((described["bounds"][0].as_f64().unwrap() - 127.0).abs() < 0.5);
    let near = town.get("/tiles/parking/14/13971/6377.mvt").await;
    let (places, counted) = read(&near);
    assert_eq!((places.len(), counted), (1, 0));
    let names: Vec<&str> = places[0].iter().map(|(name, _)| name.as_str()).collect();
    assert!(
        names.contains(&"주차장명") && names.contains(&"주차면수"),
        "{names:?}"
    );
    assert!(
        !names.contains(&"담당자") && !names.contains(&"월수입"),
        "{names:?}"
    );
    for answer in [&far, &near] {
        let text = String::from_utf8_lossy(&answer.body);
        assert!(!SECRETS.iter().any(|secret| text.contains(secret)));
    }
}

#[tokio::test]
async fn many_tiles_are_one_look_an_hour_and_another_person_is_another() {
    let town = town().await;
    for _ in 0..3 {
        town.get(TILE).await;
        town.get("/tiles/parking/0/0/0.mvt").await;
    }
    let looks = maps(&town).await;
    assert_eq!(looks.len(), 1);
    let entry = &looks[0].entry;
    assert_eq!(
        (entry.who.as_str(), entry.purpose.as_str()),
        ("public", "map")
    );
    // Any of them may have left.
    assert_eq!(entry.rows, Some(4));
    assert_eq!(entry.touched[0].version, Some(2));
    assert!(
        entry.touched[0]
            .columns
            .iter()
            .any(|column| column == "longitude")
    );
    let key = town.key().await;
    for _ in 0..2 {
        let request = Request::get(TILE).header(header::AUTHORIZATION, format!("Bearer {key}"));
        let answer = town.send(request.body(Body::empty()).unwrap()).await;
        assert_eq!(answer.status, StatusCode::OK);
    }
    assert_eq!(maps(&town).await.len(), 2);
    town.clock.advance(chrono::TimeDelta::hours(1));
    town.get(TILE).await;
    assert_eq!(maps(&town).await.len(), 3);
}

#[tokio::test]
async fn a_tile_that_is_known_is_not_sent_again_and_an_empty_one_has_no_body() {
    let town = town().await;
    let first = town.get(TILE).await;
    let tag = first.header("etag").to_owned();
    let again = |tag: &str| {
        let request = Request::get(TILE).header(header::IF_NONE_MATCH, tag);
        request.body(Body::empty()).unwrap()
    };
    let known = town.send(again(&tag)).await;
    assert_eq!(
        (known.status, known.body.len()),
        (StatusCode::NOT_MODIFIED, 0)
    );
    assert_eq!(town.send(again("\"other\"")).await.status, StatusCode::OK);
    // Somebody who sees more has another tile, with another tag.
    assert_ne!(town.operator_get(TILE).await.header("etag"), tag);
    let earlier = town.get(&format!("{TILE}?at=1")).await;
    assert_ne!(earlier.header("etag"), tag);
    let empty = town.get("/tiles/parking/9/0/0.mvt").await;
    assert_eq!(
        (empty.status, empty.body.len()),
        (StatusCode::NO_CONTENT, 0)
    );
    let request = Request::get(TILE).header(header::ACCEPT_ENCODING, "gzip, br");
    let packed = town.send(request.body(Body::empty()).unwrap()).await;
    assert_eq!(packed.header("content-encoding"), "gzip");
    let mut bytes = Vec::new();
    flate2::read::GzDecoder::new(&*packed.body)
        .read_to_end(&mut bytes)
        .unwrap();
    assert_eq!(bytes, first.body);
}

#[tokio::test]
async fn what_cannot_be_shown_is_told_in_words() {
    let town = town().await;
    for (address, status, kind) in [
        ("/tiles/complaints/0/0/0.mvt", 403, "forbidden"),
        ("/tiles/complaints.json", 403, "forbidden"),
        ("/tiles/nothing.json", 404, "not-found"),
        ("/tiles/nothing/0/0/0.mvt", 404, "not-found"),
        ("/tiles/parking/3/8/0.mvt", 404, "not-found"),
        ("/tiles/parking/3/1/0.png", 404, "not-found"),
        ("/tiles/parking/99/1/0.mvt", 404, "not-found"),
        ("/tiles/parking", 404, "not-found"),
        ("/tiles/readings.json", 400, "question"),
        ("/tiles/parking.json?filter=dong:eq:가온동", 400, "question"),
        ("/tiles/parking.json?at=99", 404, "not-found"),
    ] {
        town.get(address).await.problem(status, kind);
    }
    // A key for another dataset opens none of this one's tiles.
    let key = town.key_for(&["notes"], false).await;
    let request = Request::get(TILE).header(header::AUTHORIZATION, format!("Bearer {key}"));
    let answer = town.send(request.body(Body::empty()).unwrap()).await;
    answer.problem(403, "forbidden");
}

#[tokio::test]
async fn a_map_from_outside_opens_the_pages_for_its_server_alone() {
    let town = town().await;
    let own = town.get("/api/health").await;
    let policy = own.header("content-security-policy");
    assert!(policy.contains("connect-src 'self';"), "{policy}");
    let mut manifest = town.state.city.manifest.clone();
    manifest.map = Some(city::CityMap {
        base: Some(city::OutsideMap {
            url: "https://map.example.go.kr/{z}/{x}/{y}.png".to_owned(),
            attribution: "지도".to_owned(),
        }),
        ..city::CityMap::default()
    });
    let widened = format!("{:?}", interop::headers::Policy::of(&manifest));
    for part in [
        "connect-src 'self' https://map.example.go.kr;",
        "img-src 'self' data: blob: https://map.example.go.kr;",
        "script-src 'self';",
    ] {
        assert!(widened.contains(part), "{widened}");
    }
}
