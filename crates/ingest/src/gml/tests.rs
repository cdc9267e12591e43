//! Answers as servers write them, with invented features.

use proptest::prelude::*;
use serde_json::json;

use super::*;

const NEW: &str = r#"<?xml version="1.0" encoding="UTF-8"?><wfs:FeatureCollection xmlns:wfs="http://www.opengis.net/wfs/2.0" xmlns:gml="http://www.opengis.net/gml/3.2" xmlns:city="http://city" numberMatched="7" numberReturned="2" timeStamp="2026-11-26T00:00:00Z">
<wfs:boundedBy><gml:Envelope srsName="urn:ogc:def:crs:EPSG::4326"><gml:lowerCorner>1 2</gml:lowerCorner></gml:Envelope></wfs:boundedBy>
<wfs:member><city:lots gml:id="lots.1"><gml:boundedBy><gml:Envelope/></gml:boundedBy><city:이름>가온 &amp; 누리</city:이름><city:면수> 120 </city:면수><city:비고/><city:geom><gml:Point srsName="urn:ogc:def:crs:EPSG::5186" srsDimension="2"><gml:pos>587076.25 264221.5</gml:pos></gml:Point></city:geom></city:lots></wfs:member>
<wfs:member><city:lots gml:id="lots.2"><city:이름><![CDATA[<나래>]]></city:이름><city:종류>공영</city:종류><city:종류>노상</city:종류></city:lots></wfs:member>
</wfs:FeatureCollection>"#;

#[test]
fn values_are_kept_as_text_and_the_easting_comes_first() {
    let found = features(NEW, None).unwrap();
    assert_eq!(found.matched, Some(7));
    assert_eq!(found.system.as_deref(), Some("urn:ogc:def:crs:EPSG::5186"));
    assert_eq!(
        found.features,
        [
            json!({"type": "Feature", "id": "lots.1", "geometry": {"type": "Point", "coordinates": [264_221.5, 587_076.25]}, "properties": {"이름": "가온 & 누리", "면수": "120", "비고": null}}),
            json!({"type": "Feature", "id": "lots.2", "geometry": null, "properties": {"이름": "<나래>", "종류": "공영, 노상"}}),
        ]
    );
}

fn geometry(text: &str) -> Result<Value, String> {
    let text = format!(
        "<wfs:FeatureCollection><gml:featureMembers><city:a fid=\"1\"><city:geom>{text}</city:geom></city:a></gml:featureMembers></wfs:FeatureCollection>"
    );
    features(&text, Some("EPSG:4326")).map(|mut found| found.features.remove(0)["geometry"].take())
}

#[test]
fn simple_shapes_of_every_kind_are_read() {
    let ring =
        |text: &str| format!("<gml:LinearRing><gml:posList>{text}</gml:posList></gml:LinearRing>");
    let (outer, inner) = (ring("0 0 4 0 4 4 0 0"), ring("1 1 2 1 2 2 1 1"));
    let polygon =
        format!("<gml:interior>{inner}</gml:interior><gml:exterior>{outer}</gml:exterior>");
    let (outer, inner) = (
        json!([[0.0, 0.0], [4.0, 0.0], [4.0, 4.0], [0.0, 0.0]]),
        json!([[1.0, 1.0], [2.0, 1.0], [2.0, 2.0], [1.0, 1.0]]),
    );
    for (text, expected) in [
        (
            "<gml:Point><gml:pos srsDimension=\"3\">127.5 37.5 12</gml:pos></gml:Point>".to_owned(),
            json!({"type": "Point", "coordinates": [127.5, 37.5]}),
        ),
        (
            "<gml:Point srsName=\"urn:x-ogc:def:crs:EPSG:4326\"><gml:pos>37.5 127.5</gml:pos></gml:Point>".to_owned(),
            json!({"type": "Point", "coordinates": [127.5, 37.5]}),
        ),
        (
            "<gml:Point srsName=\"http://www.opengis.net/gml/srs/epsg.xml#4326\"><gml:coordinates>127.5,37.5</gml:coordinates></gml:Point>".to_owned(),
            json!({"type": "Point", "coordinates": [127.5, 37.5]}),
        ),
        (
            "<gml:MultiPoint><gml:pointMember><gml:Point><gml:pos>1 2</gml:pos></gml:Point></gml:pointMember></gml:MultiPoint>".to_owned(),
            json!({"type": "MultiPoint", "coordinates": [[1.0, 2.0]]}),
        ),
        (
            "<gml:LineString><gml:coordinates>1,2 3,4 3,4</gml:coordinates></gml:LineString>".to_owned(),
            json!({"type": "LineString", "coordinates": [[1.0, 2.0], [3.0, 4.0], [3.0, 4.0]]}),
        ),
        (
            "<gml:Curve><gml:segments><gml:LineStringSegment><gml:posList>1 2 3 4</gml:posList></gml:LineStringSegment><gml:LineStringSegment><gml:posList>3 4 5 6</gml:posList></gml:LineStringSegment></gml:segments></gml:Curve>".to_owned(),
            json!({"type": "LineString", "coordinates": [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]}),
        ),
        (
            "<gml:MultiCurve><gml:curveMember><gml:LineString><gml:posList>1 2 3 4</gml:posList></gml:LineString></gml:curveMember><gml:curveMember><gml:Curve><gml:segments><gml:LineStringSegment><gml:posList>5 6 7 8</gml:posList></gml:LineStringSegment></gml:segments></gml:Curve></gml:curveMember></gml:MultiCurve>".to_owned(),
            json!({"type": "MultiLineString", "coordinates": [[[1.0, 2.0], [3.0, 4.0]], [[5.0, 6.0], [7.0, 8.0]]]}),
        ),
        (
            format!("<gml:Polygon>{polygon}</gml:Polygon>"),
            json!({"type": "Polygon", "coordinates": [outer, inner]}),
        ),
        (
            format!("<gml:Surface><gml:patches><gml:PolygonPatch>{polygon}</gml:PolygonPatch></gml:patches></gml:Surface>"),
            json!({"type": "Polygon", "coordinates": [outer, inner]}),
        ),
        (
            format!("<gml:MultiSurface><gml:surfaceMember><gml:Polygon>{polygon}</gml:Polygon></gml:surfaceMember><gml:surfaceMember><gml:Polygon>{polygon}</gml:Polygon></gml:surfaceMember></gml:MultiSurface>"),
            json!({"type": "MultiPolygon", "coordinates": [[outer, inner], [outer, inner]]}),
        ),
        (
            "<gml:Polygon><gml:exterior><gml:Ring><gml:curveMember><gml:LineString><gml:posList>0 0 4 0</gml:posList></gml:LineString></gml:curveMember><gml:curveMember><gml:LineString><gml:posList>4 0 4 4 0 0</gml:posList></gml:LineString></gml:curveMember></gml:Ring></gml:exterior></gml:Polygon>".to_owned(),
            json!({"type": "Polygon", "coordinates": [outer]}),
        ),
    ] {
        assert_eq!(geometry(&text), Ok(expected), "{text}");
    }
}

#[test]
fn shapes_that_name_no_system_are_in_that_of_the_box_around_all() {
    let text = r#"<wfs:FeatureCollection numberOfFeatures="1"><gml:boundedBy><gml:Envelope srsName="urn:ogc:def:crs:EPSG::5179"/></gml:boundedBy><gml:featureMember><a:b><a:g><gml:Point><gml:pos>1986855 1020225</gml:pos></gml:Point></a:g></a:b></gml:featureMember></wfs:FeatureCollection>"#;
    let found = features(text, Some("EPSG:4326")).unwrap();
    assert_eq!(found.system.as_deref(), Some("urn:ogc:def:crs:EPSG::5179"));
    assert_eq!(
        found.features[0]["geometry"]["coordinates"],
        json!([1_020_225.0, 1_986_855.0])
    );
}

#[test]
fn what_is_not_simple_or_not_sound_is_told() {
    for (text, expected) in [
        (
            "<gml:Curve><gml:segments><gml:Arc/></gml:segments></gml:Curve>",
            "`Arc`, which is not simple",
        ),
        (
            "<gml:Point><gml:pos>1 2 3</gml:pos></gml:Point>",
            "3 coordinates are no positions of 2",
        ),
        ("<gml:Point><gml:pos>1 x</gml:pos></gml:Point>", "no number"),
        (
            "<gml:MultiGeometry><gml:Point><gml:pos>1 2</gml:pos></gml:Point><gml:LineString><gml:posList>1 2 3 4</gml:posList></gml:LineString></gml:MultiGeometry>",
            "in one",
        ),
        ("<gml:Point></gml:Line>", "no sound XML"),
    ] {
        let told = geometry(text).unwrap_err();
        assert!(told.contains(expected), "{told}");
    }
    assert!(
        features("<a><b>", None)
            .unwrap_err()
            .contains("ends in the middle")
    );
    let deep = "<a>".repeat(100_000);
    assert!(features(&deep, None).unwrap_err().contains("too deep"));
}

proptest! {
    /// Whatever comes, it is read or refused.
    #[test]
    fn nothing_breaks_it(cut in 0_usize..2000, noise in ".{0,20}") {
        let text: String = NEW.chars().take(cut).chain(noise.chars()).collect();
        drop(features(&text, None));
    }

    /// A line keeps its positions, whichever axis comes first.
    #[test]
    fn a_line_is_turned_whole(line in prop::collection::vec((-180_i32..180, -90_i32..90), 2..20)) {
        let text = |is_turned: bool| {
            let positions = line.iter().map(|(x, y)| if is_turned { format!("{y} {x}") } else { format!("{x} {y}") });
            let positions: Vec<String> = positions.collect();
            let name = if is_turned { "http://www.opengis.net/def/crs/EPSG/0/4326" } else { "urn:ogc:def:crs:OGC:1.3:CRS84" };
            format!("<gml:LineString srsName=\"{name}\"><gml:posList>{}</gml:posList></gml:LineString>", positions.join(" "))
        };
        prop_assert_eq!(geometry(&text(true)), geometry(&text(false)));
    }
}
