//! Environment and safety.

use chrono::TimeDelta;

use super::simple::Beat;
use super::{Shape, Simple, commas};
use crate::cells;
use crate::dirt::{Make, Plant, broken, cell, swapped, twice};
use crate::forms::Charset;

/// Described here.
pub(crate) const ALL: &[&Simple] = &[
    &WEATHER, &WATER, &WASTE, &NOISE, &PARKS, &TREES, &AED, &FIRES, &FLOODS,
];

/// Weather stations.
const STATIONS: [&str; 3] = ["시청", "하늘동", "물빛동"];

const WEATHER: Simple = Simple {
    id: "weather",
    title: "기상 관측",
    file: "",
    shape: Shape::Api {
        address: "weather",
        is_xml: false,
    },
    beat: Beat::Days(7),
    heads: "stnNm,tm,ta,rn,ws,hm",
    plants: &[
        cell("temperature", 2, "range", "-99.9"),
        cell("rain", 3, "type", "강수없음"),
        cell("measured_at", 1, "no-such-moment", "202602300100"),
    ],
    rows: 72,
    row: |s| {
        let (hour, station) = (s.number / 3, s.number % 3);
        let rain = if s.dice.chance(0.15) {
            s.dice.real(0.1, 14.0)
        } else {
            0.0
        };
        cells![
            STATIONS[usize::try_from(station).unwrap_or_default()],
            format!("{}{hour:02}00", s.day.format("%Y%m%d")),
            format!("{:.1}", s.dice.real(2.0, 21.0)),
            format!("{rain:.1}"),
            format!("{:.1}", s.dice.real(0.0, 9.0)),
            s.between(25, 98)
        ]
    },
};

const WATER: Simple = Simple {
    id: "water_quality",
    title: "하천 수질",
    file: "환경과/하천수질_{}.csv",
    shape: Shape::Noted(&["하천 수질 측정 결과", "※ BOD, SS 단위: mg/L"]),
    beat: Beat::Months(12),
    heads: "측정연월,지점번호,하천명,수소이온농도,BOD,SS,대장균군",
    plants: &[cell("ph", 3, "range", "21"), cell("bod", 4, "type", "양호")],
    rows: 24,
    row: |s| {
        let rivers = ["한빛천", "누리천", "물빛천", "솔숲천"];
        let at = usize::try_from(s.number).unwrap_or_default();
        let germs = s.between(0, 40) * 10;
        cells![
            s.month(),
            format!("WQ{:02}", at + 1),
            rivers[at % rivers.len()],
            format!("{:.1}", s.dice.real(6.4, 8.6)),
            format!("{:.1}", s.dice.real(0.6, 6.5)),
            format!("{:.1}", s.dice.real(1.0, 24.0)),
            if germs == 0 {
                "불검출".to_owned()
            } else {
                commas(germs)
            }
        ]
    },
};

const WASTE: Simple = Simple {
    id: "waste",
    title: "생활폐기물",
    file: "환경과/생활폐기물_{}.xlsx",
    shape: Shape::Ledger(&["동별 생활폐기물 발생량", "(단위: 톤)"]),
    beat: Beat::Months(12),
    heads: "기준연월,행정동코드,행정동,발생량_계,발생량_소각·매립,발생량_재활용,발생량_음식물",
    plants: &[
        Plant {
            column: None,
            at: 3,
            check: "sum-equals",
            make: Make::Value("12345"),
        },
        cell("food", 6, "type", "수거 전"),
    ],
    rows: 25,
    row: |s| {
        let dong = s.dong();
        let tons = i64::from(dong.all()) / 40;
        let (burnt, reused, food) = (
            tons * s.between(38, 48) / 100,
            tons * s.between(30, 40) / 100,
            tons * s.between(18, 26) / 100,
        );
        cells![
            s.month(),
            dong.code,
            dong.name,
            burnt + reused + food,
            burnt,
            reused,
            food
        ]
    },
};

const NOISE: Simple = Simple {
    id: "noise",
    title: "환경 소음",
    file: "환경과/환경소음_{}.ndjson",
    shape: Shape::Lines,
    beat: Beat::Days(14),
    heads: "측정일시,지점명,소음도,용도지역",
    plants: &[
        cell("level", 2, "range", "400"),
        cell("zone", 3, "in", "화성"),
        cell("measured_at", 0, "no-such-moment", "2026-11-31 05:00"),
    ],
    rows: 24 * 5,
    row: |s| {
        let (hour, point) = (s.number / 5, s.number % 5);
        let at = usize::try_from(point).unwrap_or_default();
        // Homes are quieter than shops, shops than works, and nights than days.
        let zones = [
            ("주거", 53.0, 9.0),
            ("상업", 61.0, 7.0),
            ("공업", 66.0, 5.0),
        ];
        let (zone, by_day, quieter) = zones[at % zones.len()];
        let by_night = if (6..22).contains(&hour) {
            0.0
        } else {
            quieter
        };
        cells![
            format!("{} {hour:02}:00", s.day.format("%Y-%m-%d")),
            s.world.dongs[at * 5].name,
            format!("{:.1}", by_day - by_night + s.dice.real(-6.0, 6.0)),
            zone
        ]
    },
};

const PARKS: Simple = Simple {
    id: "parks",
    title: "도시공원",
    file: "환경과/도시공원.geojson",
    shape: Shape::Geo,
    beat: Beat::Picture,
    heads: "공원번호,공원명,공원구분,행정동코드,행정동,면적,지정고시일,경도,위도",
    plants: &[
        cell("kind", 2, "in", "놀이공원"),
        cell("area", 5, "type", "넓음"),
        cell("designated_on", 6, "no-such-moment", "1999-02-29"),
    ],
    rows: 96,
    row: |s| {
        let spot = s.here("park");
        let kind = s.pick(&["어린이공원", "어린이공원", "근린공원", "소공원", "수변공원"]);
        let stem = spot.dong.name.trim_end_matches('동');
        cells![
            s.no("PK", 4),
            format!("{stem} 제{} {kind}", s.number + 1),
            kind,
            spot.dong.code,
            spot.dong.name,
            s.between(600, 120_000),
            s.once(400, 14_000).format("%Y-%m-%d"),
            spot.lon,
            spot.lat
        ]
    },
};

const TREES: Simple = Simple {
    id: "street_trees",
    title: "가로수",
    file: "환경과/가로수_{}.csv",
    shape: Shape::Csv(Charset::Cp949),
    beat: Beat::Picture,
    heads: "노선번호,도로명,수종,본수,식재연도,관리부서",
    plants: &[
        cell("road_no", 0, "refers-to", "R999"),
        cell("trees", 3, "type", "약 300"),
        cell("planted", 4, "range", "2099"),
        broken(Make::BadBytes, "undecodable"),
    ],
    rows: 116,
    row: |s| {
        let at = usize::try_from(s.number).unwrap_or_default() % s.world.roads.len();
        let road = &s.world.roads[at];
        cells![
            road.number,
            road.name,
            s.pick(&["은행나무", "느티나무", "벚나무", "이팝나무", "메타세쿼이아"]),
            commas(s.dice.between(12, 1_600)),
            s.between(1978, 2025),
            "환경과"
        ]
    },
};

const AED: Simple = Simple {
    id: "aed",
    title: "자동심장충격기",
    file: "재난안전과/자동심장충격기_{}.zip",
    shape: Shape::Zip("AED.csv"),
    beat: Beat::Picture,
    heads: "관리번호,설치기관명,설치위치,행정동코드,행정동,제조연월,전화번호,위도,경도",
    plants: &[
        cell("made", 5, "no-such-moment", "2020-00"),
        cell("phone", 6, "pattern", "119"),
        swapped(7, 8, "inside"),
        broken(Make::Short, "field-count"),
        twice("aed_no", 0),
    ],
    rows: 260,
    row: |s| {
        let spot = s.here("aed");
        let site = s.pick(&["행정복지센터", "체육관", "아파트 관리사무소", "도서관"]);
        cells![
            s.no("AED-", 4),
            format!("{} {site}", spot.dong.name),
            s.pick(&["1층 현관", "관리사무소 앞", "승강기 옆, 왼쪽"]),
            spot.dong.code,
            spot.dong.name,
            s.once(300, 3600).format("%Y-%m"),
            s.phone(),
            spot.lat,
            spot.lon
        ]
    },
};

const FIRES: Simple = Simple {
    id: "fire_incidents",
    title: "화재·구조 출동",
    file: "재난안전과/출동현황_{}.csv",
    shape: Shape::Split('|', Charset::Utf8),
    beat: Beat::Seasons(12, [125, 115, 115, 120, 100, 85, 80, 85, 80, 90, 100, 105]),
    heads: "출동번호,신고일시,현장도착일시,유형,행정동코드,행정동,인명피해,재산피해(천원)",
    plants: &[
        Plant {
            column: None,
            at: 2,
            check: "date-order",
            make: Make::Value("2021-01-01 00:00"),
        },
        cell("kind", 3, "in", "장난"),
        cell("damage", 7, "type", "조사 중"),
    ],
    rows: 66,
    row: |s| {
        let spot = s.anywhere();
        let called = s.within().and_hms_opt(0, 0, 0).unwrap_or_default()
            + TimeDelta::minutes(s.between(0, 1439));
        let arrived = called + TimeDelta::minutes(s.between(2, 16));
        let kind = s.pick(&["화재", "구조", "구급", "구급", "생활안전"]);
        let damage = if kind == "화재" {
            s.between(0, 90_000)
        } else {
            0
        };
        cells![
            s.no_of_file("FD"),
            called.format("%Y-%m-%d %H:%M"),
            arrived.format("%Y-%m-%d %H:%M"),
            kind,
            spot.dong.code,
            spot.dong.name,
            i32::from(s.dice.chance(0.06)),
            commas(damage)
        ]
    },
};

const FLOODS: Simple = Simple {
    id: "flood_areas",
    title: "침수 흔적",
    file: "재난안전과/침수흔적_{}.zip",
    shape: Shape::Shapefile {
        stem: "FLOOD",
        are_polygons: true,
    },
    beat: Beat::Picture,
    heads: "FLOOD_NO,FLOOD_YMD,DEPTH,CAUSE,EMD_CD,SHAPE",
    plants: &[
        cell("depth", 2, "range", "88"),
        cell("flooded_on", 1, "no-such-moment", "20220631"),
        cell("cause", 3, "required", ""),
    ],
    rows: 44,
    row: |s| {
        let spot = s.here("flood");
        let (x, y) = s.world.facility("flood", s.number).at;
        let (wide, high) = (s.dice.real(0.000_2, 0.000_9), s.dice.real(0.000_2, 0.000_7));
        let corners = [(x, y), (x, y + high), (x + wide, y + high), (x + wide, y)];
        cells![
            s.no("FL-", 3),
            s.once(100, 3000).format("%Y%m%d"),
            format!("{:.2}", s.dice.real(0.1, 1.6)),
            s.pick(&["내수배제 불량", "하천 범람", "관로 역류"]),
            spot.dong.code,
            s.shape(corners)
        ]
    },
};
