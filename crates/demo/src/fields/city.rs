//! Kiosks, networks, money, the environment, learning.

use chrono::{Datelike as _, NaiveDate, TimeDelta};

use super::{Desk, commas, degrees, stamp, telephone, yes};
use crate::DemoError;
use crate::cells;
use crate::dirt::{Make, Plant, broken, cell, swapped, twice};
use crate::forms::{Charset, Csv, Json, Sheet, Xml};
use crate::registry::{LEARNING, OFFICES, WORKS, library, programme};

pub(crate) fn kiosks(desk: &mut Desk<'_>) -> Result<(), DemoError> {
    const ROWS: u64 = 64;
    const PLANTS: &[Plant] = &[
        cell("is_all_day", 5, "in", "모름"),
        cell("services", 6, "range", "999"),
        cell("dong_code", 2, "refers-to", "0"),
    ];
    let file = "민원봉사과/무인민원발급기.json";
    let form = Json::new(
        &desk.path(file),
        &[
            "관리번호",
            "설치장소",
            "행정동코드",
            "행정동",
            "소재지도로명주소",
            "24시간운영여부",
            "발급종류수",
            "경도",
            "위도",
            "기준일자",
        ],
    );
    let (world, today, mut dice) = (desk.world, desk.plan.today, desk.dice("kiosks"));
    let mut table = desk.table("kiosks", file, form, PLANTS, ROWS);
    for number in 0..ROWS {
        let place = world.place(&mut dice);
        let dong = &world.dongs[place.dong];
        let spot = dice.pick(&["행정복지센터", "지하철역", "병원 로비", "대형마트"]);
        table.row(cells![
            format!("K{:03}", number + 1),
            format!("{} {spot}", dong.name),
            dong.code,
            dong.name,
            place.address,
            yes(&mut dice, 0.3, ["Y", "N"]),
            dice.between(80, 122),
            degrees(place.at.0),
            degrees(place.at.1),
            today.format("%Y-%m-%d")
        ])?;
    }
    table.finish()
}

pub(crate) fn broadband(desk: &mut Desk<'_>) -> Result<(), DemoError> {
    const PLANTS: &[Plant] = &[cell("households", 3, "type", "열두집")];
    let file = "정보통신과/초고속망마을.csv";
    let heads = [
        "마을명",
        "행정동코드",
        "행정동",
        "가구수",
        "구축연도",
        "구축여부",
    ]
    .map(str::to_owned);
    let form = Csv::new(
        &desk.path(file),
        Charset::Cp949,
        ',',
        &["농어촌 초고속망 마을 현황", "※ 단위: 가구"],
        &heads,
    )?;
    let (world, mut dice) = (desk.world, desk.dice("broadband"));
    let mut table = desk.table("broadband", file, form, PLANTS, 20);
    for (number, stem) in [
        "윗말",
        "아랫말",
        "샘골",
        "솔골",
        "절골",
        "새터",
        "양지말",
        "음지말",
        "배나무골",
        "대추골",
        "돌다리",
        "갈매",
        "너른들",
        "물레방아",
    ]
    .iter()
    .enumerate()
    {
        let dong = &world.dongs[(number * 7) % world.dongs.len()];
        table.row(cells![
            stem,
            dong.code,
            dong.name,
            dice.between(8, 160),
            dice.between(2012, 2025),
            yes(&mut dice, 0.9, ["O", "X"])
        ])?;
    }
    table.finish()
}

/// Rows of `wifi`.
pub(crate) const WIFI: u64 = 420;
/// What is wrong among them: others do not name those.
pub(crate) const WIFI_FAULTS: &[Plant] = &[
    swapped(8, 9, "inside"),
    cell("installed", 7, "no-such-moment", "2021-13"),
    cell(
        "ssid",
        6,
        "max-length",
        "이 이름은 서른두 글자보다 훨씬 길어서 정한 길이를 넘는 무선망 이름입니다",
    ),
    broken(Make::Short, "field-count"),
    broken(Make::BadBytes, "undecodable"),
    cell("latitude", 8, "type", "한빛시"),
];

pub(crate) fn wifi(desk: &mut Desk<'_>) -> Result<(), DemoError> {
    let file = format!("정보통신과/공공와이파이_{}.csv", stamp(desk.plan.today));
    let heads = "관리번호,설치장소명,행정동코드,행정동,소재지도로명주소,서비스제공사명,와이파이SSID,설치연월,위도,경도,데이터기준일자";
    let (world, today, mut dice) = (desk.world, desk.plan.today, desk.dice("wifi"));
    let mut table = desk.csv("wifi", &file, Charset::Cp949, heads, WIFI_FAULTS, WIFI)?;
    for number in 0..WIFI {
        let place = world.place(&mut dice);
        let dong = &world.dongs[place.dong];
        let installed = if dice.chance(0.05) {
            "미상".to_owned()
        } else {
            format!("{}-{:02}", dice.between(2014, 2026), dice.between(1, 12))
        };
        let spot = dice.pick(&["공원", "버스정류소", "시장", "행정복지센터", "도서관"]);
        table.row(cells![
            format!("WF{:05}", number + 1),
            format!("{} {spot}", dong.name),
            dong.code,
            dong.name,
            place.address,
            dice.pick(&["가나통신", "다라통신", "마바통신"]),
            "Public WiFi Free",
            installed,
            degrees(place.at.1),
            degrees(place.at.0),
            today.format("%Y-%m-%d")
        ])?;
    }
    table.finish()
}

pub(crate) fn budget(desk: &mut Desk<'_>) -> Result<(), DemoError> {
    const PLANTS: &[Plant] = &[
        Plant {
            column: None,
            at: 4,
            check: "sum-equals",
            make: Make::Value("1"),
        },
        cell("spent", 5, "range", "-500"),
        cell("original", 2, "type", "미편성"),
    ];
    let today = desk.plan.today;
    let file = format!("예산법무과/세출예산_{}.xlsx", today.year());
    let notes = [
        format!("{}년도 한빛시 세출예산 현황", today.year()),
        "(단위: 천원)".to_owned(),
    ];
    let notes: Vec<&str> = notes.iter().map(String::as_str).collect();
    let form = Sheet::new(
        &desk.path(&file),
        "세출예산",
        &notes,
        &[
            "부서",
            "단위사업",
            "예산액_본예산",
            "예산액_추경",
            "예산액_계",
            "집행액",
        ],
    )?;
    let (world, mut dice) = (desk.world, desk.dice("budget"));
    let mut table = desk.table("budget", &file, form, PLANTS, 120);
    for (number, office) in (0..).zip(OFFICES) {
        let mut sum = 0;
        for (at, work) in (0..).zip(WORKS) {
            let (original, supplement) = programme(world, number, at);
            let total = original + supplement;
            let spent = if dice.chance(0.03) {
                "-".to_owned()
            } else {
                (total.max(0) * dice.between(35, 98) / 100).to_string()
            };
            sum += total;
            // The department stands once, above its programmes.
            let office = if at == 0 { office } else { "" };
            table.row(cells![
                office,
                format!("{work} 사업"),
                original,
                supplement,
                total,
                spent
            ])?;
        }
        table.aside(cells!["소계", "", "", "", sum, ""])?;
    }
    table.finish()
}

/// A year of files, each of thirty days.
pub(crate) fn spending(desk: &mut Desk<'_>) -> Result<(), DemoError> {
    for month in (0..12).rev() {
        let last = desk.plan.today - TimeDelta::days(month * 30);
        slips(desk, last, 30, desk.grown(800))?;
    }
    Ok(())
}

/// What was spent today.
pub(crate) fn spending_of_day(desk: &mut Desk<'_>) -> Result<(), DemoError> {
    slips(desk, desk.plan.today, 1, desk.grown(27))
}

/// One file of the slips of some days.
fn slips(desk: &mut Desk<'_>, last: NaiveDate, days: i64, rows: u64) -> Result<(), DemoError> {
    const PLANTS: &[Plant] = &[
        cell("spent_on", 1, "no-such-moment", "2026.04.31"),
        cell("amount", 5, "type", "일금 오만원정"),
        cell("amount", 5, "range", "0"),
        cell("method", 4, "in", "어음"),
        cell("slip_no", 0, "required", ""),
        broken(Make::Long, "field-count"),
        twice("slip_no", 0),
    ];
    let file = format!("예산법무과/지출내역_{}.csv", stamp(last));
    let mut dice = desk.dice(&format!("spending {last}"));
    let mut table = desk.csv(
        "spending",
        &file,
        Charset::Utf8,
        "전표번호,지출일자,부서,적요,지급방법,지출액",
        PLANTS,
        rows,
    )?;
    for number in 0..rows {
        let day = last - TimeDelta::days(dice.between(0, days - 1));
        let amount = dice.between(1, 900) * dice.pick(&[1_000, 10_000, 10_000, 100_000]);
        let purpose = dice.pick(&[
            "사무용품 구입",
            "시설 보수, 자재비",
            "용역 대금",
            "회의 비용",
            "\"찾아가는 상담\" 운영",
        ]);
        table.row(cells![
            format!("{}-{:06}", last.format("%y%m%d"), number + 1),
            day.format("%Y.%m.%d"),
            dice.pick(&OFFICES),
            purpose,
            dice.pick(&["계좌이체", "계좌이체", "카드", "현금"]),
            commas(amount)
        ])?;
    }
    table.finish()
}

pub(crate) fn projects(desk: &mut Desk<'_>) -> Result<(), DemoError> {
    const ROWS: u64 = 72;
    const PLANTS: &[Plant] = &[
        cell("cost", 4, "type", "협의 중"),
        cell("progress", 7, "range", "140"),
        Plant {
            column: None,
            at: 6,
            check: "date-order",
            make: Make::Value("2001-01-01"),
        },
    ];
    let file = "예산법무과/투자사업.csv";
    let (world, today, mut dice) = (desk.world, desk.plan.today, desk.dice("projects"));
    let mut table = desk.csv(
        "projects",
        file,
        Charset::Cp949,
        "사업번호,사업명,담당부서,행정동,총사업비,착공일,준공예정일,공정률",
        PLANTS,
        ROWS,
    )?;
    for number in 0..ROWS {
        let dong = dice.pick(&world.dongs).name;
        let work = dice.pick(&[
            "도로 확장",
            "공원 조성",
            "도서관 건립",
            "하수관 정비",
            "주차장 건설",
        ]);
        let millions = dice.between(2, 900) * 100;
        let (high, low) = (millions / 100, millions % 100);
        let cost = if low == 0 {
            format!("{high}억원")
        } else {
            format!("{high}억 {}만원", commas(low * 100))
        };
        let starts = today - TimeDelta::days(dice.between(10, 900));
        let ends = if dice.chance(0.1) {
            "미정".to_owned()
        } else {
            (starts + TimeDelta::days(dice.between(200, 1500)))
                .format("%Y-%m-%d")
                .to_string()
        };
        table.row(cells![
            format!("PJ{:03}", number + 1),
            format!("{dong} {work}"),
            dice.pick(&OFFICES),
            dong,
            cost,
            starts.format("%Y-%m-%d"),
            ends,
            dice.between(1, 99)
        ])?;
    }
    table.finish()
}

pub(crate) fn toilets(desk: &mut Desk<'_>) -> Result<(), DemoError> {
    const ROWS: u64 = 160;
    const PLANTS: &[Plant] = &[
        cell("men", 6, "type", "없음"),
        cell("kind", 2, "in", "사설"),
        cell("is_unisex", 9, "in", "모름"),
        swapped(11, 12, "inside"),
        twice("toilet_no", 0),
    ];
    let file = format!("환경과/공중화장실_{}.csv", stamp(desk.plan.today));
    let heads = "관리번호,화장실명,구분,소재지도로명주소,행정동코드,행정동,남성용대변기수,여성용대변기수,개방시간,남녀공용화장실여부,전화번호,위도,경도";
    let (world, mut dice) = (desk.world, desk.dice("toilets"));
    let mut table = desk.csv("toilets", &file, Charset::Utf8, heads, PLANTS, ROWS)?;
    for number in 0..ROWS {
        let place = world.place(&mut dice);
        let dong = &world.dongs[place.dong];
        let spot = dice.pick(&["공원", "시장", "역 앞", "하천변"]);
        table.row(cells![
            format!("T{:04}", number + 1),
            format!("{} {spot} 화장실", dong.name),
            dice.pick(&["공중", "개방", "이동", "간이"]),
            place.address,
            dong.code,
            dong.name,
            dice.between(0, 8),
            dice.between(0, 10),
            dice.pick(&["상시", "06:00~22:00", "09:00~18:00"]),
            yes(&mut dice, 0.1, ["Y", "N"]),
            telephone(&mut dice),
            degrees(place.at.1),
            degrees(place.at.0)
        ])?;
    }
    table.finish()
}

pub(crate) fn clothing_bins(desk: &mut Desk<'_>) -> Result<(), DemoError> {
    const ROWS: u64 = 240;
    const PLANTS: &[Plant] = &[
        cell("longitude", 4, "type", "동경 127도"),
        cell("dong_code", 2, "refers-to", "12"),
        broken(Make::Short, "field-count"),
        cell("bin_no", 0, "required", ""),
    ];
    let file = "환경과/의류수거함.txt";
    let heads = [
        "연번",
        "소재지도로명주소",
        "행정동코드",
        "행정동",
        "경도",
        "위도",
        "기준일자",
    ]
    .map(str::to_owned);
    let form = Csv::new(&desk.path(file), Charset::Cp949, '|', &[], &heads)?;
    let (world, today, mut dice) = (desk.world, desk.plan.today, desk.dice("bins"));
    let mut table = desk.table("clothing_bins", file, form, PLANTS, ROWS);
    for number in 0..ROWS {
        let place = world.place(&mut dice);
        let dong = &world.dongs[place.dong];
        table.row(cells![
            number + 1,
            place.address,
            dong.code,
            dong.name,
            degrees(place.at.0),
            degrees(place.at.1),
            today.format("%Y-%m-%d")
        ])?;
    }
    table.finish()
}

/// Rows of `sports`.
pub(crate) const SPORTS: u64 = 66;
/// What is wrong among them: others do not name those.
pub(crate) const SPORT_FAULTS: &[Plant] = &[
    cell("is_bookable", 6, "in", "글쎄"),
    cell("area", 5, "range", "1"),
    cell("kind", 2, "in", "바둑"),
];

pub(crate) fn sports(desk: &mut Desk<'_>) -> Result<(), DemoError> {
    let file = "평생학습과/체육시설.tsv";
    let heads = [
        "시설번호",
        "시설명",
        "종목",
        "행정동코드",
        "행정동",
        "면적",
        "예약가능여부",
        "경도",
        "위도",
    ]
    .map(str::to_owned);
    let form = Csv::new(&desk.path(file), Charset::Utf16, '\t', &[], &heads)?;
    let (world, mut dice) = (desk.world, desk.dice("sports"));
    let mut table = desk.table("sports", file, form, SPORT_FAULTS, SPORTS);
    for number in 0..SPORTS {
        let place = world.facility("sports", number);
        let dong = &world.dongs[place.dong];
        let kind = dice.pick(&["축구", "수영", "배드민턴", "테니스", "헬스", "탁구"]);
        table.row(cells![
            format!("SP{:03}", number + 1),
            format!("{} {kind}장", dong.name),
            kind,
            dong.code,
            dong.name,
            dice.between(120, 9000),
            yes(&mut dice, 0.7, ["예", "아니오"]),
            degrees(place.at.0),
            degrees(place.at.1)
        ])?;
    }
    table.finish()
}

/// Rows of `courses`.
pub(crate) const COURSES: u64 = 310;
/// What is wrong among them: others do not name those.
pub(crate) const COURSE_FAULTS: &[Plant] = &[
    cell("starts_on", 3, "type", "추후 공지"),
    cell("capacity", 5, "range", "0"),
    cell("fee", 7, "type", "별도 문의"),
    Plant {
        column: None,
        at: 4,
        check: "date-order",
        make: Make::Value("20/01/01"),
    },
    twice("course_no", 0),
];

pub(crate) fn courses(desk: &mut Desk<'_>) -> Result<(), DemoError> {
    let file = format!("평생학습과/평생학습강좌_{}.xlsx", stamp(desk.plan.today));
    let form = Sheet::new(
        &desk.path(&file),
        "강좌",
        &[],
        &[
            "강좌번호",
            "강좌명",
            "학습관",
            "개강일",
            "종강일",
            "정원",
            "신청인원",
            "수강료",
        ],
    )?;
    let (today, mut dice) = (desk.plan.today, desk.dice("courses"));
    let mut table = desk.table("courses", &file, form, COURSE_FAULTS, COURSES);
    for number in 0..COURSES {
        let starts = today + TimeDelta::days(dice.between(-60, 60));
        let ends = starts + TimeDelta::days(dice.between(14, 90));
        let capacity = dice.between(10, 40);
        let fee = if dice.chance(0.4) {
            "무료".to_owned()
        } else {
            format!("{}원", commas(dice.between(1, 9) * 10_000))
        };
        let name = dice.pick(&[
            "스마트폰 배우기",
            "우리말 글쓰기",
            "생활 도자기",
            "기타 첫걸음",
            "영어 회화",
            "정원 가꾸기",
        ]);
        let centre = dice.pick(&LEARNING);
        table.row(cells![
            format!("L{:04}", number + 1),
            format!("{name} {}기", dice.between(1, 12)),
            centre,
            starts.format("%y/%m/%d"),
            ends.format("%y/%m/%d"),
            capacity,
            capacity * dice.between(30, 100) / 100,
            fee
        ])?;
    }
    table.finish()
}

/// Libraries of the city.
pub(crate) const LIBRARIES: u64 = 22;
/// What is wrong among them: others do not name those.
pub(crate) const LIBRARY_FAULTS: &[Plant] = &[cell("seats", 4, "type", "많음")];

pub(crate) fn libraries(desk: &mut Desk<'_>) -> Result<(), DemoError> {
    let file = "평생학습과/도서관.xml";
    let form = Xml::new(
        &desk.path(file),
        &[
            "도서관명",
            "도서관유형",
            "행정동코드",
            "행정동",
            "열람좌석수",
            "자료수",
            "휴관일",
            "경도",
            "위도",
        ],
    );
    let (world, mut dice) = (desk.world, desk.dice("libraries"));
    let mut table = desk.table("libraries", file, form, LIBRARY_FAULTS, LIBRARIES);
    for number in 0..LIBRARIES {
        let (name, place) = library(world, number);
        let dong = &world.dongs[place.dong];
        let books = if dice.chance(0.1) {
            "미상".to_owned()
        } else {
            commas(dice.between(3_000, 240_000))
        };
        table.row(cells![
            name,
            dice.pick(&["공공도서관", "작은도서관", "어린이도서관"]),
            dong.code,
            dong.name,
            dice.between(20, 600),
            books,
            dice.pick(&["매주 월요일", "매주 금요일 & 공휴일"]),
            degrees(place.at.0),
            degrees(place.at.1)
        ])?;
    }
    table.finish()
}
