//! Facilities and networks.

use chrono::TimeDelta;

use super::city::{WIFI, WIFI_FAULTS};
use super::simple::Beat;
use super::streets::{CAMERA_FAULTS, CAMERAS};
use super::{Shape, Simple, commas};
use crate::cells;
use crate::dirt::{Dirt, Make, Plant, broken, cell, swapped, twice};
use crate::forms::Charset;
use crate::registry::OFFICES;

/// Described here.
pub(crate) const ALL: &[&Simple] = &[
    &FIBRE_ROUTES,
    &FIBRE_NODES,
    &CCTV_FAULTS,
    &WIFI_USAGE,
    &SENSORS,
    &READINGS,
    &CHARGERS,
    &CHARGERS_NOW,
    &BELLS,
    &SYSTEMS,
];

const FIBRE_ROUTES: Simple = Simple {
    id: "fibre_routes",
    title: "자가통신망 광케이블",
    file: "정보통신과/광케이블_{}.zip",
    shape: Shape::Shapefile {
        stem: "FIBER",
        are_polygons: false,
    },
    beat: Beat::Picture,
    heads: "CABLE_NO,ROAD_NM,CORE_CNT,LAID_YM,LAID_SE,SHAPE",
    plants: &[
        cell("cores", 2, "type", "다심"),
        cell("laid_as", 4, "in", "공중"),
        cell("laid", 3, "no-such-moment", "201913"),
    ],
    rows: 58,
    row: |s| {
        let at = usize::try_from(s.number).unwrap_or_default();
        let road = &s.world.roads[at % s.world.roads.len()];
        let laid = s.once(200, 5000);
        cells![
            s.no("FB-", 4),
            road.name,
            s.pick(&[12, 24, 48, 144]),
            laid.format("%Y%m"),
            s.pick(&["지중", "지중", "가공"]),
            s.shape(road.line.iter().copied())
        ]
    },
};

const FIBRE_NODES: Simple = Simple {
    id: "fibre_nodes",
    title: "통신 노드",
    file: "정보통신과/통신노드.json",
    shape: Shape::Json,
    beat: Beat::Picture,
    heads: "노드번호,노드명,구분,행정동코드,행정동,수용회선수,경도,위도",
    plants: &[
        cell("kind", 2, "in", "임시"),
        cell("lines", 5, "type", "포화"),
        swapped(6, 7, "inside"),
    ],
    rows: 46,
    row: |s| {
        let spot = s.here("node");
        cells![
            s.no("ND-", 3),
            format!("{} 노드 {}", spot.dong.name, s.number + 1),
            s.pick(&["국사", "중계", "단말"]),
            spot.dong.code,
            spot.dong.name,
            s.between(12, 480),
            spot.lon,
            spot.lat
        ]
    },
};

const CCTV_FAULTS: Simple = Simple {
    id: "cctv_faults",
    title: "CCTV 장애",
    file: "재난안전과/CCTV장애_{}.csv",
    shape: Shape::Csv(Charset::Cp949),
    beat: Beat::Months(12),
    heads: "장애번호,관리번호,장애일시,복구일시,장애유형",
    plants: &[
        cell("camera_no", 1, "refers-to", "CAM-99999"),
        Plant {
            column: None,
            at: 3,
            check: "date-order",
            make: Make::Value("2020-01-01 00:00"),
        },
        cell("kind", 4, "in", "원인불명"),
    ],
    rows: 50,
    row: |s| {
        let number = s.between(0, i64::try_from(CAMERAS).unwrap_or_default() - 1);
        let camera = Dirt::sound(CAMERA_FAULTS, CAMERAS, number.unsigned_abs());
        let began = s.within().and_hms_opt(0, 0, 0).unwrap_or_default()
            + TimeDelta::minutes(s.between(0, 1439));
        let ended = began + TimeDelta::minutes(s.between(20, 4000));
        cells![
            s.no_of_file("CF"),
            format!("CAM-{:05}", camera + 1),
            began.format("%Y-%m-%d %H:%M"),
            ended.format("%Y-%m-%d %H:%M"),
            s.pick(&["전원", "통신", "영상", "저장장치"])
        ]
    },
};

const WIFI_USAGE: Simple = Simple {
    id: "wifi_usage",
    title: "공공와이파이 이용",
    file: "정보통신과/와이파이이용_{}.csv",
    shape: Shape::Csv(Charset::Utf8),
    beat: Beat::Months(12),
    heads: "이용연월,관리번호,접속자수,사용량(GB)",
    plants: &[
        cell("wifi_no", 1, "refers-to", "WF00000"),
        cell("users", 2, "type", "집계오류"),
        cell("traffic", 3, "range", "-12.5"),
    ],
    rows: WIFI / 2,
    row: |s| {
        let wifi = Dirt::sound(WIFI_FAULTS, WIFI, s.number * 2);
        let users = s.between(20, 9_000);
        let each = s.dice.real(0.05, 0.4);
        let traffic = f64::from(i32::try_from(users).unwrap_or_default()) * each;
        cells![
            s.month(),
            format!("WF{:05}", wifi + 1),
            commas(users),
            format!("{traffic:.1}")
        ]
    },
};

const SENSORS: Simple = Simple {
    id: "iot_sensors",
    title: "사물인터넷 센서",
    file: "정보통신과/센서등록.ndjson",
    shape: Shape::Lines,
    beat: Beat::Picture,
    heads: "센서번호,설치목적,행정동코드,행정동,설치일,경도,위도",
    plants: &[
        cell("purpose", 1, "in", "시험"),
        cell("installed_on", 4, "no-such-moment", "2024-02-30"),
        cell("longitude", 5, "inside", "129.9"),
    ],
    rows: 48,
    row: |s| {
        let spot = s.here("sensor");
        cells![
            s.no("SN-", 4),
            s.pick(&["수위", "온습도", "소음", "맨홀"]),
            spot.dong.code,
            spot.dong.name,
            s.once(30, 1500).format("%Y-%m-%d"),
            spot.lon,
            spot.lat
        ]
    },
};

/// Sensors that report each hour.
const REPORTING: u64 = 40;

const READINGS: Simple = Simple {
    id: "sensor_readings",
    title: "센서 측정값",
    file: "정보통신과/센서측정_{}.parquet",
    shape: Shape::Parquet,
    beat: Beat::Days(7),
    heads: "센서번호,측정일시,온도,습도,배터리",
    plants: &[
        cell("sensor_no", 0, "refers-to", "SN-9999"),
        cell("temperature", 2, "range", "-127"),
        cell("humidity", 3, "type", "NaN%"),
        cell("battery", 4, "range", "255"),
    ],
    rows: 24 * REPORTING,
    row: |s| {
        let (hour, number) = (s.number / REPORTING, s.number % REPORTING);
        let sensor = SENSORS.sound(number);
        // Two sensors never share a reading's key: the one that stands in reports ten minutes later.
        let minute = if sensor == number { 0 } else { 10 };
        cells![
            format!("SN-{:04}", sensor + 1),
            format!("{} {hour:02}:{minute:02}:00", s.day.format("%Y-%m-%d")),
            format!("{:.1}", s.dice.real(-4.0, 31.0)),
            format!("{:.0}", s.dice.real(20.0, 96.0)),
            s.between(8, 100)
        ]
    },
};

const CHARGERS: Simple = Simple {
    id: "ev_chargers",
    title: "전기차 충전소",
    file: "환경과/전기차충전소_{}.csv",
    shape: Shape::Csv(Charset::Cp949),
    beat: Beat::Picture,
    heads: "충전소ID,충전소명,소재지도로명주소,행정동코드,행정동,급속충전기수,완속충전기수,이용시간,위도,경도",
    plants: &[
        cell("fast", 5, "type", "다수"),
        cell("slow", 6, "range", "-2"),
        broken(Make::Short, "field-count"),
        twice("charger_id", 0),
    ],
    rows: 180,
    row: |s| {
        let spot = s.here("charger");
        let site = s.pick(&["공영주차장", "행정복지센터", "대형마트", "아파트"]);
        cells![
            s.no("EV", 6),
            format!("{} {site}", spot.dong.name),
            spot.address,
            spot.dong.code,
            spot.dong.name,
            s.between(0, 6),
            s.between(0, 12),
            s.pick(&["24시간", "06:00~23:00", "영업시간"]),
            spot.lat,
            spot.lon
        ]
    },
};

const CHARGERS_NOW: Simple = Simple {
    id: "charger_status",
    title: "전기차 충전기 상태",
    file: "",
    shape: Shape::Api {
        address: "charger-status",
        is_xml: true,
    },
    beat: Beat::Picture,
    heads: "statId,chgerId,stat,statUpdDt",
    plants: &[
        cell("charger_id", 0, "refers-to", "EV999999"),
        cell("status", 2, "in", "7"),
        cell("updated_at", 3, "type", "방금"),
    ],
    rows: 240,
    row: |s| {
        let charger = CHARGERS.sound(s.number / 2);
        cells![
            format!("EV{:06}", charger + 1),
            format!("{:03}", s.number + 1),
            s.pick(&["1", "2", "2", "3", "5"]),
            format!("{}08{:02}00", s.day.format("%Y%m%d"), s.dice.between(0, 59))
        ]
    },
};

const BELLS: Simple = Simple {
    id: "emergency_bells",
    title: "안심 비상벨",
    file: "",
    shape: Shape::FeatureType {
        name: "hanbit:emergency_bells",
        page: 100,
    },
    beat: Beat::Picture,
    heads: "관리번호,설치위치,행정동코드,행정동,연계방식,최종점검일,경도,위도",
    plants: &[
        cell("linked", 4, "in", "미연계"),
        cell("place", 1, "required", ""),
        cell("checked_on", 5, "no-such-moment", "2026-09-31"),
    ],
    rows: 210,
    row: |s| {
        let spot = s.here("bell");
        let site = s.pick(&["공중화장실", "공원", "골목길", "지하보도"]);
        cells![
            s.no("SB", 4),
            format!("{} {site}", spot.road),
            spot.dong.code,
            spot.dong.name,
            s.pick(&["경찰", "관제센터", "경보음"]),
            s.ago(3, 180).format("%Y-%m-%d"),
            spot.lon,
            spot.lat
        ]
    },
};

const SYSTEMS: Simple = Simple {
    id: "information_systems",
    title: "정보시스템 현황",
    file: "정보통신과/정보시스템_{}.xlsx",
    shape: Shape::Ledger(&["정보시스템 현황", "(단위: 천원)"]),
    beat: Beat::Picture,
    heads: "시스템번호,시스템명,운영부서,구축연도,연간유지비_계,연간유지비_하드웨어,연간유지비_소프트웨어",
    plants: &[
        Plant {
            column: None,
            at: 4,
            check: "sum-equals",
            make: Make::Value("1"),
        },
        cell("built", 3, "range", "1899"),
    ],
    rows: 62,
    row: |s| {
        let office = s.pick(&OFFICES);
        let (hard, soft) = (s.between(0, 400) * 100, s.between(5, 900) * 100);
        let what = s.pick(&["자료관리", "예약", "통계", "관제", "누리집", "전자결재"]);
        cells![
            s.no("IS-", 3),
            format!("{office} {what} 시스템"),
            office,
            s.between(2006, 2026),
            hard + soft,
            hard,
            soft
        ]
    },
};
