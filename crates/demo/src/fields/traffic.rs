//! Roads, works and traffic.

use super::simple::Beat;
use super::streets::{LOT_FAULTS, LOTS, lot_spaces};
use super::{ROUTES, Shape, Simple, commas, route};
use crate::cells;
use crate::dirt::{Dirt, Make, Plant, broken, cell, swapped, twice};
use crate::forms::Charset;

/// Described here.
pub(crate) const ALL: &[&Simple] = &[
    &STREET_LIGHTS,
    &BRIDGES,
    &CROSSWALKS,
    &ACCIDENTS,
    &TRAFFIC_COUNTS,
    &BUS_RIDERSHIP,
    &PARKING_TICKETS,
    &PARKING_NOW,
];

const STREET_LIGHTS: Simple = Simple {
    id: "street_lights",
    title: "가로등·보안등",
    file: "도로과/가로등_{}.csv",
    shape: Shape::Csv(Charset::Cp949),
    beat: Beat::Picture,
    heads: "등주번호,구분,도로명,행정동코드,행정동,광원,소비전력(W),설치연도,위도,경도",
    plants: &[
        cell("kind", 1, "in", "횃불"),
        cell("watts", 6, "range", "9000"),
        swapped(8, 9, "inside"),
        cell("installed", 7, "type", "90년대"),
        broken(Make::BadBytes, "undecodable"),
        twice("light_no", 0),
    ],
    rows: 1_600,
    row: |s| {
        let spot = s.here("light");
        cells![
            s.no("L", 6),
            s.pick(&["가로등", "보안등"]),
            spot.road,
            spot.dong.code,
            spot.dong.name,
            s.pick(&["LED", "LED", "LED", "나트륨", "메탈할라이드"]),
            s.pick(&[50, 75, 100, 150]),
            s.between(1998, 2026),
            spot.lat,
            spot.lon
        ]
    },
};

const BRIDGES: Simple = Simple {
    id: "bridges",
    title: "교량·육교",
    file: "도로과/교량_{}.xlsx",
    shape: Shape::Sheet(&["도로 시설물(교량·육교) 현황"]),
    beat: Beat::Picture,
    heads: "시설물번호,시설물명,종별,도로명,행정동코드,행정동,제원_연장(m),제원_폭(m),준공연도,안전등급",
    plants: &[
        cell("grade", 9, "in", "F"),
        cell("length", 6, "type", "장대교"),
        cell("built", 8, "range", "1400"),
    ],
    rows: 68,
    row: |s| {
        let spot = s.here("bridge");
        let kind = s.pick(&["교량", "교량", "육교", "지하차도"]);
        let stem = spot.dong.name.trim_end_matches('동');
        cells![
            s.no("BR-", 3),
            format!("{stem} 제{}{kind}", s.number + 1),
            kind,
            spot.road,
            spot.dong.code,
            spot.dong.name,
            s.between(12, 420),
            format!("{:.1}", s.dice.real(3.0, 35.0)),
            s.between(1972, 2025),
            s.pick(&["A", "B", "B", "C", "D"])
        ]
    },
};

const CROSSWALKS: Simple = Simple {
    id: "crosswalks",
    title: "횡단보도",
    file: "",
    shape: Shape::Collection { page: 200 },
    beat: Beat::Picture,
    heads: "관리번호,도로명,행정동코드,행정동,보행신호등유무,음향신호기유무,횡단폭(m),경도,위도",
    plants: &[
        cell("has_signal", 4, "in", "고장"),
        cell("width", 6, "range", "400"),
        cell("dong_code", 2, "refers-to", "10"),
    ],
    rows: 540,
    row: |s| {
        let spot = s.here("crosswalk");
        cells![
            s.no("CW", 5),
            spot.road,
            spot.dong.code,
            spot.dong.name,
            s.yes(0.7, ["Y", "N"]),
            s.yes(0.3, ["Y", "N"]),
            s.between(4, 38),
            spot.lon,
            spot.lat
        ]
    },
};

const ACCIDENTS: Simple = Simple {
    id: "accidents",
    title: "교통사고",
    file: "교통정책과/교통사고_{}.csv",
    shape: Shape::Csv(Charset::Cp949),
    beat: Beat::Seasons(12, [90, 85, 95, 100, 105, 100, 100, 100, 105, 115, 110, 95]),
    heads: "사고번호,발생일시,행정동코드,행정동,도로명,사고유형,사망자수,중상자수,경상자수,기상상태,X좌표,Y좌표",
    plants: &[
        cell("kind", 5, "in", "기타등등"),
        cell("happened_at", 1, "no-such-moment", "2026-04-31 08:10"),
        cell("deaths", 6, "type", "없음"),
        swapped(10, 11, "inside"),
    ],
    rows: 84,
    row: |s| {
        let spot = s.anywhere();
        let (hour, minute) = (s.between(0, 23), s.between(0, 59));
        cells![
            s.no_of_file("TA"),
            format!("{} {hour:02}:{minute:02}", s.within().format("%Y-%m-%d")),
            spot.dong.code,
            spot.dong.name,
            spot.road,
            s.pick(&["차대차", "차대차", "차대사람", "차량단독"]),
            i32::from(s.dice.chance(0.02)),
            s.between(0, 2),
            s.between(0, 4),
            s.pick(&["맑음", "맑음", "흐림", "비", "안개"]),
            spot.x,
            spot.y
        ]
    },
};

/// Places where vehicles are counted.
const COUNTERS: u64 = 12;

const TRAFFIC_COUNTS: Simple = Simple {
    id: "traffic_counts",
    title: "교통량",
    file: "counts/traffic_{}.csv",
    shape: Shape::Bucket {
        name: "hanbit-counts",
        charset: Charset::Utf8,
    },
    beat: Beat::Days(14),
    heads: "수집일,시간,지점번호,도로명,차량수,평균속도",
    plants: &[
        cell("hour", 1, "range", "25"),
        cell("vehicles", 4, "type", "통신장애"),
        cell("speed", 5, "range", "310"),
        broken(Make::Nul, "nul-byte"),
    ],
    rows: 24 * COUNTERS,
    row: |s| {
        let (hour, counter) = (s.number / COUNTERS, s.number % COUNTERS);
        let at = usize::try_from(counter).unwrap_or_default();
        let road = &s.world.roads[at * 4 % s.world.roads.len()];
        let busy = match hour {
            7..=9 | 17..=19 => 1.0,
            10..=16 | 20..=22 => 0.65,
            _ => 0.15,
        };
        let lanes = road.width * 40.0;
        cells![
            s.day.format("%Y%m%d"),
            format!("{hour:02}"),
            format!("TC{:02}", counter + 1),
            road.name,
            format!("{:.0}", lanes * busy * s.dice.real(0.8, 1.2)),
            format!("{:.1}", s.dice.real(18.0, 70.0) / (0.6 + busy))
        ]
    },
};

const BUS_RIDERSHIP: Simple = Simple {
    id: "bus_ridership",
    title: "시내버스 이용객",
    file: "교통정책과/버스이용객_{}.csv",
    shape: Shape::Csv(Charset::Cp949),
    beat: Beat::Days(30),
    heads: "운행일,노선ID,노선번호,승차,하차,운행횟수",
    plants: &[
        cell("route_id", 1, "refers-to", "249999999"),
        cell("boarded", 3, "type", "만원"),
    ],
    rows: ROUTES,
    row: |s| {
        let (id, name) = route(s.number);
        let riders = s.between(400, 9_000);
        cells![
            s.day.format("%Y-%m-%d"),
            id,
            name,
            commas(riders),
            commas(riders * s.dice.between(93, 100) / 100),
            s.between(18, 160)
        ]
    },
};

const PARKING_TICKETS: Simple = Simple {
    id: "parking_tickets",
    title: "주정차 단속",
    file: "교통정책과/주정차단속_{}.csv",
    shape: Shape::Csv(Charset::Cp949),
    beat: Beat::Seasons(12, [90, 90, 100, 105, 110, 105, 95, 90, 105, 110, 105, 95]),
    heads: "단속번호,단속일시,차량번호,행정동코드,행정동,단속장소,단속방법,과태료",
    plants: &[
        cell("method", 6, "in", "육안"),
        cell("fine", 7, "range", "5"),
        cell("vehicle", 2, "required", ""),
        broken(Make::Long, "field-count"),
    ],
    rows: 200,
    row: |s| {
        let spot = s.anywhere();
        let (hour, minute) = (s.between(8, 21), s.between(0, 59));
        cells![
            s.no_of_file("PT"),
            format!("{} {hour:02}:{minute:02}", s.within().format("%Y-%m-%d")),
            // A letter that no plate has.
            format!(
                "{:02}뷁{:04}",
                s.dice.between(1, 69),
                s.dice.between(1000, 9999)
            ),
            spot.dong.code,
            spot.dong.name,
            format!("{} {}번지 앞", spot.road, s.dice.between(1, 240)),
            s.pick(&["고정형CCTV", "이동형CCTV", "인력", "주민신고"]),
            s.pick(&[40_000, 40_000, 80_000, 120_000])
        ]
    },
};

const PARKING_NOW: Simple = Simple {
    id: "parking_now",
    title: "주차장 빈자리",
    file: "",
    shape: Shape::Api {
        address: "parking-now",
        is_xml: false,
    },
    beat: Beat::Picture,
    heads: "prkplceNo,updateTm,emptyCnt,operSttus",
    plants: &[
        cell("empty", 2, "type", "만차"),
        cell("lot_no", 0, "refers-to", "9999"),
        Plant {
            column: Some("updated_at"),
            at: 1,
            check: "no-such-moment",
            make: Make::Value("20261131090000"),
        },
    ],
    rows: 60,
    row: |s| {
        let lot = Dirt::sound(LOT_FAULTS, LOTS, s.number * 2);
        let spaces = lot_spaces(s.world, lot);
        cells![
            format!("{:04}", lot + 1),
            format!("{}0905{:02}", s.day.format("%Y%m%d"), s.dice.between(0, 59)),
            s.between(0, spaces),
            s.pick(&["운영중", "운영중", "운영중", "점검중"])
        ]
    },
};
