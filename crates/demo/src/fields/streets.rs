//! Boundaries, roads, works, buses, parking, cameras, shelters.

use chrono::{NaiveDate, TimeDelta};

use super::{Desk, commas, degrees, metres, stamp, telephone, yes, zipped};
use crate::DemoError;
use crate::cells;
use crate::dice::Dice;
use crate::dirt::{Make, Plant, broken, cell, swapped, twice};
use crate::forms::{Charset, Csv, Geo, Lines, Record, Sheet, shapefile};
use crate::works::{self, PERMITS, Permit};
use crate::world::World;

/// A degree of latitude and of longitude at this latitude, in kilometres.
const DEGREE_KM: (f64, f64) = (88.6, 111.0);

pub(crate) fn dong(desk: &mut Desk<'_>) -> Result<(), DemoError> {
    let records: Vec<Record> = desk
        .world
        .dongs
        .iter()
        .map(|dong| {
            let area: f64 = (0..4)
                .map(|at| {
                    let (a, b) = (dong.corners[at], dong.corners[(at + 1) % 4]);
                    a.0 * b.1 - b.0 * a.1
                })
                .sum::<f64>()
                .abs()
                / 2.0
                * DEGREE_KM.0
                * DEGREE_KM.1;
            Record {
                points: dong
                    .corners
                    .iter()
                    .map(|point| desk.world.belt(*point))
                    .collect(),
                cells: cells![dong.code, dong.name, format!("{area:.2}")],
            }
        })
        .collect();
    desk.planted
        .rows
        .insert("dong".to_owned(), records.len() as u64);
    shapefile(
        &desk.path("정책기획과/행정동경계.zip"),
        "EMD",
        &["EMD_CD", "EMD_NM", "AREA"],
        &records,
        true,
    )
}

pub(crate) fn roads(desk: &mut Desk<'_>) -> Result<(), DemoError> {
    let records: Vec<Record> = desk
        .world
        .roads
        .iter()
        .map(|road| {
            let points: Vec<(f64, f64)> = road
                .line
                .iter()
                .map(|point| desk.world.belt(*point))
                .collect();
            let mut dice = Dice::new(desk.plan.seed, &format!("surface {}", road.number));
            let surface = if road.kind == "길" && dice.chance(0.3) {
                "보도"
            } else {
                "차도"
            };
            // Roads are laid anew every seven years or so; the register says the same each time.
            let laid = NaiveDate::from_ymd_opt(2026, 3, 31).unwrap_or_default();
            let paved = laid - TimeDelta::days(dice.between(0, 2600));
            let length: f64 = points
                .iter()
                .zip(points.iter().skip(1))
                .map(|(a, b)| (a.0 - b.0).hypot(a.1 - b.1))
                .sum();
            Record {
                points,
                cells: cells![
                    road.number,
                    road.name,
                    road.kind,
                    format!("{length:.0}"),
                    format!("{:.1}", road.width),
                    surface,
                    paved.format("%Y%m%d")
                ],
            }
        })
        .collect();
    desk.planted
        .rows
        .insert("roads".to_owned(), records.len() as u64);
    shapefile(
        &desk.path("도로과/도로중심선.zip"),
        "ROAD",
        &[
            "ROAD_NO", "ROAD_NM", "ROAD_SE", "LENGTH", "WIDTH", "SURFACE", "PAVED_DE",
        ],
        &records,
        false,
    )
}

const PERMIT_FAULTS: &[Plant] = &[
    cell("starts_on", 5, "no-such-moment", "2026.02.30"),
    cell("status", 8, "in", "보류"),
    Plant {
        column: None,
        at: 6,
        check: "date-order",
        make: Make::Value("2019.01.01"),
    },
    cell("dong_code", 2, "refers-to", "9999999999"),
    twice("permit_no", 0),
];

pub(crate) fn excavation(desk: &mut Desk<'_>) -> Result<(), DemoError> {
    let file = format!("도로과/굴착허가_{}.xlsx", stamp(desk.plan.today));
    let heads = [
        "허가번호",
        "도로명",
        "행정동코드",
        "행정동",
        "굴착 목적",
        "공사기간_시작",
        "공사기간_종료",
        "굴착규모_연장(m)",
        "진행상태",
        "X좌표",
        "Y좌표",
        "굴착 깊이(m)",
        "시공업체",
        "긴급 여부",
    ];
    let form = Sheet::new(
        &desk.path(&file),
        "굴착허가",
        &["한빛시 도로 굴착 허가 대장 (도로과)"],
        &heads,
    )?;
    let (world, today) = (desk.world, desk.plan.today);
    let permits = works::register(world, today);
    let mut table = desk.table("excavation", &file, form, PERMIT_FAULTS, PERMITS);
    for Permit {
        number,
        place,
        starts,
        ends,
        purpose,
        length,
        depth,
        contractor,
        is_urgent,
    } in permits
    {
        let status = if starts > today {
            "허가"
        } else if ends < today {
            "복구완료"
        } else {
            "공사중"
        };
        let (x, y) = world.belt(place.at);
        let dong = &world.dongs[place.dong];
        table.row(cells![
            number,
            place.road,
            dong.code,
            dong.name,
            purpose,
            starts.format("%Y.%m.%d"),
            ends.format("%Y.%m.%d"),
            length,
            status,
            metres(x),
            metres(y),
            format!("{depth:.1}"),
            format!("{contractor}건설"),
            if is_urgent { "긴급" } else { "일반" }
        ])?;
    }
    table.finish()
}

/// Id and name of a bus route.
pub(crate) fn route(number: u64) -> (String, String) {
    (
        format!("24{:07}", 1000 + number * 7),
        format!("{}", 10 + number * 3),
    )
}

/// Bus routes of the city.
pub(crate) const ROUTES: u64 = 32;

pub(crate) fn bus_routes(desk: &mut Desk<'_>) -> Result<(), DemoError> {
    let file = "교통정책과/버스노선.ndjson";
    let form = Lines::new(
        &desk.path(file),
        &[
            "노선ID",
            "노선번호",
            "기점",
            "종점",
            "첫차시간",
            "막차시간",
            "배차간격",
        ],
    );
    let (world, mut dice) = (desk.world, desk.dice("bus_routes"));
    // Buses refer to every route: none is faulty here.
    let mut table = desk.table("bus_routes", file, form, &[], ROUTES);
    for number in 0..ROUTES {
        let (id, name) = route(number);
        let ends = [dice.pick(&world.dongs).name, dice.pick(&world.dongs).name];
        table.row(cells![
            id,
            name,
            format!("{} 차고지", ends[0]),
            format!("{} 종점", ends[1]),
            format!("0{}:{}0", dice.between(4, 6), dice.between(0, 5)),
            format!("2{}:{}0", dice.between(1, 3), dice.between(0, 5)),
            dice.between(6, 60)
        ])?;
    }
    table.finish()
}

pub(crate) fn bus_stops(desk: &mut Desk<'_>) -> Result<(), DemoError> {
    const ROWS: u64 = 320;
    const PLANTS: &[Plant] = &[
        cell("stop_id", 0, "pattern", "정류소-1"),
        cell("name", 1, "required", ""),
        cell("shelter", 4, "in", "모름"),
        swapped(5, 6, "inside"),
        broken(Make::BadBytes, "undecodable"),
    ];
    let file = format!("교통정책과/버스정류소_{}.csv", stamp(desk.plan.today));
    let (world, mut dice) = (desk.world, desk.dice("bus_stops"));
    let mut table = desk.csv(
        "bus_stops",
        &file,
        Charset::Cp949,
        "정류소ID,정류소명,행정동코드,행정동,쉘터유무,X좌표,Y좌표",
        PLANTS,
        ROWS,
    )?;
    for number in 0..ROWS {
        let place = world.place(&mut dice);
        let (x, y) = world.unified(place.at);
        let dong = &world.dongs[place.dong];
        let name = format!("{} {}번지", place.road, dice.between(1, 300));
        table.row(cells![
            format!("{:09}", 226_000_000 + number),
            name,
            dong.code,
            dong.name,
            yes(&mut dice, 0.6, ["유", "무"]),
            metres(x),
            metres(y)
        ])?;
    }
    table.finish()
}

/// Rows of `parking`.
pub(crate) const LOTS: u64 = 140;
/// What is wrong among them: others do not name those.
pub(crate) const LOT_FAULTS: &[Plant] = &[
    cell("spaces", 6, "type", "약 백면"),
    cell("spaces", 6, "range", "0"),
    cell("kind", 2, "in", "기계식"),
    cell("closes", 8, "no-such-moment", "25:70"),
    broken(Make::Short, "field-count"),
    cell("latitude", 11, "inside", "35.1000000"),
    twice("lot_no", 0),
];

/// Spaces of a car park: the same in every file that knows of it.
pub(crate) fn lot_spaces(world: &World, number: u64) -> i64 {
    let mut dice = Dice::new(world.seed, &format!("spaces of lot {number}"));
    if dice.chance(0.1) {
        dice.between(150, 400)
    } else {
        dice.between(8, 115)
    }
}

pub(crate) fn parking(desk: &mut Desk<'_>) -> Result<(), DemoError> {
    let file = format!("교통정책과/공영주차장_{}.csv", stamp(desk.plan.today));
    let heads = "주차장관리번호,주차장명,주차장유형,소재지도로명주소,행정동코드,행정동,주차구획수,평일운영시작시각,평일운영종료시각,주차기본요금,전화번호,위도,경도,데이터기준일자";
    let (world, today, mut dice) = (desk.world, desk.plan.today, desk.dice("parking"));
    let mut table = desk.csv("parking", &file, Charset::Cp949, heads, LOT_FAULTS, LOTS)?;
    for number in 0..LOTS {
        let place = world.place(&mut dice);
        let dong = &world.dongs[place.dong];
        let spaces = lot_spaces(world, number);
        let all_day = dice.chance(0.4);
        let hours = if all_day {
            ["00:00", "24:00"]
        } else {
            ["09:00", "18:00"]
        };
        let fee = if dice.chance(0.3) {
            "무료".to_owned()
        } else {
            commas(dice.between(3, 15) * 100)
        };
        let name = format!(
            "{} 제{} 공영주차장",
            dong.name.trim_end_matches('동'),
            number + 1
        );
        table.row(cells![
            format!("{:04}", number + 1),
            name,
            dice.pick(&["노상", "노외", "부설"]),
            place.address,
            dong.code,
            dong.name,
            commas(spaces),
            hours[0],
            hours[1],
            fee,
            telephone(&mut dice),
            degrees(place.at.1),
            degrees(place.at.0),
            today.format("%Y-%m-%d")
        ])?;
    }
    table.finish()
}

/// Rows of `cctv`.
pub(crate) const CAMERAS: u64 = 860;
/// What is wrong among them: others do not name those.
pub(crate) const CAMERA_FAULTS: &[Plant] = &[
    cell("cameras", 5, "type", "여러대"),
    cell("purpose", 1, "in", "기타등등"),
    cell("kept_days", 7, "range", "365"),
    broken(Make::Long, "field-count"),
    cell("longitude", 9, "inside", "129.3000000"),
    twice("camera_no", 0),
];

pub(crate) fn cctv(desk: &mut Desk<'_>) -> Result<(), DemoError> {
    let file = format!("재난안전과/CCTV_{}.zip", stamp(desk.plan.today));
    let heads = "관리번호,설치목적,소재지도로명주소,행정동코드,행정동,카메라대수,카메라화소수,보관일수,위도,경도";
    let folder = desk.path("재난안전과");
    let loose = folder.join("cctv-part.csv");
    let form = Csv::new(
        &loose,
        Charset::Cp949,
        ',',
        &[],
        &heads.split(',').map(str::to_owned).collect::<Vec<_>>(),
    )?;
    let (world, mut dice) = (desk.world, desk.dice("cctv"));
    let mut table = desk.table("cctv", &file, form, CAMERA_FAULTS, CAMERAS);
    for number in 0..CAMERAS {
        let place = world.place(&mut dice);
        let dong = &world.dongs[place.dong];
        let purpose = dice.pick(&[
            "생활방범",
            "생활방범",
            "어린이보호",
            "교통단속",
            "시설물관리",
        ]);
        table.row(cells![
            format!("CAM-{:05}", number + 1),
            purpose,
            place.address,
            dong.code,
            dong.name,
            dice.between(1, 6),
            dice.pick(&[200, 400, 800]),
            dice.pick(&[30, 60, 90]),
            degrees(place.at.1),
            degrees(place.at.0)
        ])?;
    }
    table.finish()?;
    zipped(&loose, &desk.path(&file), "CCTV.csv")
}

pub(crate) fn shelters(desk: &mut Desk<'_>) -> Result<(), DemoError> {
    const ROWS: u64 = 120;
    const PLANTS: &[Plant] = &[
        cell("capacity", 4, "type", "다수"),
        cell("name", 1, "required", ""),
        cell("capacity", 4, "range", "900000"),
    ];
    let file = "재난안전과/대피소.geojson";
    let form = Geo::new(
        &desk.path(file),
        &[
            "관리번호",
            "시설명",
            "행정동코드",
            "행정동",
            "최대수용인원",
            "면적",
        ],
    );
    let (world, mut dice) = (desk.world, desk.dice("shelters"));
    let mut table = desk.table("shelters", file, form, PLANTS, ROWS);
    for number in 0..ROWS {
        let place = world.place(&mut dice);
        let dong = &world.dongs[place.dong];
        let area = dice.between(80, 6000);
        table.row(cells![
            format!("SH{:04}", number + 1),
            format!("{} 지하주차장 {}", dong.name, number + 1),
            dong.code,
            dong.name,
            area * 4 / 3,
            area,
            degrees(place.at.0),
            degrees(place.at.1)
        ])?;
    }
    table.finish()
}
