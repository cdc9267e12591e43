//! Population, households, care.

use chrono::{Datelike as _, NaiveDate, TimeDelta};

use super::{Desk, degrees, stamp, telephone};
use crate::DemoError;
use crate::cells;
use crate::dice::Dice;
use crate::dirt::{Make, Plant, broken, cell, twice};
use crate::forms::{Charset, Json, Sheet};
use crate::registry::{Households, citizen, households};

pub(crate) fn population(desk: &mut Desk<'_>) -> Result<(), DemoError> {
    let (world, today) = (desk.world, desk.plan.today);
    let file = format!("정책기획과/주민등록인구_{}.csv", today.format("%Y%m"));
    let mut heads = vec!["행정구역".to_owned(), "행정동코드".to_owned()];
    for sex in ["남", "여"] {
        heads.extend(
            (0..=100).map(|age| format!("{}년{:02}월_{sex}_{age}세", today.year(), today.month())),
        );
    }
    let mut table = desk.csv(
        "population",
        &file,
        Charset::Cp949,
        &heads.join(","),
        &[],
        25,
    )?;
    let row = |name: &str, code: &str, count: &dyn Fn(usize, usize) -> u32| {
        let counts = (0..2).flat_map(|sex| (0..=100).map(move |age| (sex, age)));
        let mut cells = cells![name, code];
        cells.extend(counts.map(|(sex, age)| super::commas(i64::from(count(sex, age)))));
        cells
    };
    // The first row is the whole city, as the ministry's files have it; it must not be counted twice.
    table.aside(row("한빛시", "4899500000", &|sex, age| {
        world.dongs.iter().map(|dong| dong.people[sex][age]).sum()
    }))?;
    for dong in &world.dongs {
        table.row(row(dong.name, &dong.code, &|sex, age| {
            dong.people[sex][age]
        }))?;
    }
    table.finish()?;
    // One row of the table is a neighbourhood, a sex and a year of age.
    desk.planted.rows.insert("population".to_owned(), 25 * 202);
    Ok(())
}

/// A fortnight until today.
pub(crate) fn living_population(desk: &mut Desk<'_>) -> Result<(), DemoError> {
    const DAYS: u64 = 14;
    let last = desk.plan.today;
    let before = i64::try_from(desk.grown(DAYS)).unwrap_or(1) - 1;
    living(desk, last - TimeDelta::days(before), last)
}

/// Today alone.
pub(crate) fn living_population_of_day(desk: &mut Desk<'_>) -> Result<(), DemoError> {
    living(desk, desk.plan.today, desk.plan.today)
}

/// One file of some days.
fn living(desk: &mut Desk<'_>, first: NaiveDate, last: NaiveDate) -> Result<(), DemoError> {
    const GROUPS: [(&str, usize, usize); 6] = [
        ("0-9", 0, 9),
        ("10-19", 10, 19),
        ("20-29", 20, 29),
        ("30-39", 30, 39),
        ("40-59", 40, 59),
        ("60+", 60, 100),
    ];
    const PLANTS: &[Plant] = &[
        cell("hour", 1, "range", "24"),
        cell("people", 5, "type", "측정불가"),
        cell("sex", 3, "in", "3"),
        cell("day", 0, "no-such-moment", "20261301"),
        cell("dong_code", 2, "refers-to", "1111111111"),
        broken(Make::Long, "field-count"),
    ];
    let (world, days) = (desk.world, last - first);
    let file = format!("정책기획과/생활인구_{}.csv", stamp(last));
    let mut table = desk.csv(
        "living_population",
        &file,
        Charset::Utf8,
        "기준일자,시간대,행정동코드,성별,연령대,생활인구수",
        PLANTS,
        (days.num_days() + 1).unsigned_abs() * 24 * 25 * 12,
    )?;
    for day in first.iter_days().take_while(|day| *day <= last) {
        let mut dice = Dice::new(world.seed, &format!("living {day}"));
        let weekend = day.weekday().number_from_monday() > 5;
        for hour in 0..24_i64 {
            for (at, dong) in world.dongs.iter().enumerate() {
                // People gather in the middle of the city on working days and go home at night.
                let central = at % 5 == 2 || at / 5 == 2;
                let working = (9..18).contains(&hour) && !weekend;
                let pull = match (working, central) {
                    (true, true) => 1.35,
                    (true, false) => 0.82,
                    _ => 1.0,
                };
                for (sex, word) in ["남", "여"].iter().enumerate() {
                    for (group, first, last) in GROUPS {
                        let home: u32 = dong.people[sex]
                            .get(first..=last)
                            .unwrap_or_default()
                            .iter()
                            .sum();
                        let people = f64::from(home) * pull * dice.real(0.93, 1.07);
                        table.row(cells![
                            day.format("%Y%m%d"),
                            format!("{hour:02}"),
                            dong.code,
                            word,
                            group,
                            format!("{people:.2}")
                        ])?;
                    }
                }
            }
        }
    }
    table.finish()
}

pub(crate) fn single_households(desk: &mut Desk<'_>) -> Result<(), DemoError> {
    const PLANTS: &[Plant] = &[Plant {
        column: None,
        at: 2,
        check: "sum-equals",
        make: Make::Value("7"),
    }];
    let file = format!("정책기획과/1인가구_{}.xlsx", desk.plan.today.year());
    let heads = [
        "행정동",
        "행정동코드",
        "1인가구_계",
        "1인가구_39세 이하",
        "1인가구_40~64세",
        "1인가구_65세 이상",
        "전체 가구",
    ];
    let form = Sheet::new(
        &desk.path(&file),
        "1인가구",
        &["동별 1인 가구 현황 (단위: 가구)"],
        &heads,
    )?;
    let world = desk.world;
    let mut table = desk.table("single_households", &file, form, PLANTS, 14);
    for (at, dong) in world.dongs.iter().enumerate() {
        let Households { single, all } = households(world, at);
        table.row(cells![
            dong.name,
            dong.code,
            single.iter().sum::<i64>(),
            single[0],
            single[1],
            single[2],
            all
        ])?;
    }
    table.aside(cells!["합계", "", "", "", "", "", ""])?;
    table.finish()
}

pub(crate) fn care_centres(desk: &mut Desk<'_>) -> Result<(), DemoError> {
    const ROWS: u64 = 96;
    const PLANTS: &[Plant] = &[
        cell("capacity", 5, "type", "미정"),
        cell("kind", 4, "in", "기타시설"),
        cell("opened_on", 7, "no-such-moment", "2023-04-31"),
        twice("centre_no", 0),
    ];
    let file = format!("복지정책과/돌봄센터_{}.xlsx", stamp(desk.plan.today));
    let heads = [
        "센터번호",
        "센터명",
        "행정동코드",
        "행정동",
        "유형",
        "이용 아동_정원",
        "이용 아동_현원",
        "설치일",
        "전화번호",
        "경도",
        "위도",
    ];
    let form = Sheet::new(&desk.path(&file), "돌봄센터", &["돌봄센터 현황"], &heads)?;
    let (world, today, mut dice) = (desk.world, desk.plan.today, desk.dice("care"));
    let mut table = desk.table("care_centres", &file, form, PLANTS, ROWS);
    for number in 0..ROWS {
        let place = world.place(&mut dice);
        let dong = &world.dongs[place.dong];
        let capacity = dice.between(15, 60);
        let current = capacity * dice.between(55, 100) / 100;
        let opened = today - TimeDelta::days(dice.between(200, 4000));
        table.row(cells![
            format!("C{:04}", number + 1),
            format!("{} 돌봄터 {}호", dong.name, number + 1),
            dong.code,
            dong.name,
            dice.pick(&["다함께돌봄", "지역아동센터", "어린이집"]),
            capacity,
            current,
            opened.format("%Y-%m-%d"),
            telephone(&mut dice),
            degrees(place.at.0),
            degrees(place.at.1)
        ])?;
    }
    table.finish()
}

pub(crate) fn senior_halls(desk: &mut Desk<'_>) -> Result<(), DemoError> {
    const ROWS: u64 = 180;
    const PLANTS: &[Plant] = &[
        cell("members", 5, "type", "삼십명쯤"),
        cell("name", 1, "required", ""),
        cell("latitude", 7, "inside", "33.2"),
    ];
    let file = "복지정책과/경로당.json";
    let form = Json::new(
        &desk.path(file),
        &[
            "번호",
            "경로당명",
            "행정동코드",
            "행정동",
            "소재지도로명주소",
            "회원수",
            "경도",
            "위도",
        ],
    );
    let (world, mut dice) = (desk.world, desk.dice("halls"));
    let mut table = desk.table("senior_halls", file, form, PLANTS, ROWS);
    for number in 0..ROWS {
        let place = world.place(&mut dice);
        let dong = &world.dongs[place.dong];
        table.row(cells![
            format!("H{:03}", number + 1),
            format!("{} 제{}경로당", dong.name, number + 1),
            dong.code,
            dong.name,
            place.address,
            dice.between(12, 80),
            degrees(place.at.0),
            degrees(place.at.1)
        ])?;
    }
    table.finish()
}

pub(crate) fn home_visits(desk: &mut Desk<'_>) -> Result<(), DemoError> {
    const ROWS: u64 = 400;
    const PLANTS: &[Plant] = &[
        cell("registration_no", 2, "pattern", "번호오류"),
        cell("visited_on", 6, "no-such-moment", "26/02/31"),
        cell("result", 7, "in", "부재중"),
        cell("person", 1, "required", ""),
    ];
    let file = format!("복지정책과/안부확인_{}.csv", stamp(desk.plan.today));
    let (world, today, mut dice) = (desk.world, desk.plan.today, desk.dice("visits"));
    let mut table = desk.csv(
        "home_visits",
        &file,
        Charset::Cp949,
        "방문번호,성명,주민등록번호,연락처,행정동코드,행정동,방문일,결과,메모",
        PLANTS,
        ROWS,
    )?;
    for number in 0..ROWS {
        let who = citizen(world, &mut dice);
        let dong = &world.dongs[who.dong];
        // Month 13 and day 99: a number that cannot be anybody's.
        let registration = format!("{:02}1399-*******", who.born % 100);
        let visited = today - TimeDelta::days(dice.between(1, 28));
        table.row(cells![
            format!("V{:05}", number + 1),
            who.name,
            registration,
            who.phone,
            dong.code,
            dong.name,
            visited.format("%y/%m/%d"),
            dice.pick(&["양호", "양호", "관찰", "연계"]),
            note_of_visit(number)
        ])?;
    }
    table.finish()
}

/// What a visitor writes down. Now and then it is a relative's telephone: a number that nobody has, for no exchange is
/// called 0000.
fn note_of_visit(number: u64) -> String {
    match number % 16 {
        3 => format!("보호자 010-0000-{:04} 통화함", number % 10_000),
        7 => "난방이 약함, 전기장판 확인".to_owned(),
        11 => "복지관 도시락 연결 희망".to_owned(),
        _ => String::new(),
    }
}
