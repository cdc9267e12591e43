//! Welfare, health and learning.

use chrono::Datelike as _;

use super::city::{COURSE_FAULTS, COURSES, LIBRARIES, LIBRARY_FAULTS};
use super::simple::Beat;
use super::{Shape, Simple, commas};
use crate::cells;
use crate::dirt::{Dirt, Make, Plant, broken, cell, swapped, twice};
use crate::forms::Charset;
use crate::registry::{LEARNING, citizen, library};

/// Described here.
pub(crate) const ALL: &[&Simple] = &[
    &HOSPITALS,
    &PHARMACIES,
    &SCHOOLS,
    &LEARNING_CENTRES,
    &ENROLMENTS,
    &RECIPIENTS,
    &VACCINATIONS,
    &LIBRARY_LOANS,
];

const HOSPITALS: Simple = Simple {
    id: "hospitals",
    title: "병의원",
    file: "병의원_{}.csv",
    shape: Shape::Ckan(Charset::Cp949),
    beat: Beat::Picture,
    heads: "기관번호,의료기관명,종별,진료과목,소재지도로명주소,행정동코드,행정동,병상수,전화번호,X좌표,Y좌표",
    plants: &[
        cell("kind", 2, "in", "약손"),
        cell("beds", 7, "type", "다수"),
        swapped(9, 10, "inside"),
        cell("phone", 8, "pattern", "1588"),
        twice("hospital_no", 0),
    ],
    rows: 310,
    row: |s| {
        let spot = s.here("hospital");
        let kind = s.pick(&["의원", "의원", "치과의원", "한의원", "병원"]);
        let beds = if kind == "병원" {
            // Thirteen beds for a thousand people, as in the country.
            s.between(30, 80)
        } else {
            0
        };
        let stem = spot.dong.name.trim_end_matches('동');
        cells![
            s.no("HP", 5),
            format!("{stem} 제{} {kind}", s.number + 1),
            kind,
            s.pick(&[
                "내과",
                "소아청소년과",
                "정형외과",
                "치과",
                "이비인후과, 피부과"
            ]),
            spot.address,
            spot.dong.code,
            spot.dong.name,
            beds,
            s.phone(),
            spot.x,
            spot.y
        ]
    },
};

const PHARMACIES: Simple = Simple {
    id: "pharmacies",
    title: "약국",
    file: "pharmacies.xml",
    shape: Shape::Web {
        address: "{hanbit_api}/files/pharmacies.xml",
    },
    beat: Beat::Picture,
    heads: "약국번호,약국명,소재지도로명주소,행정동코드,행정동,심야운영여부,여는시각,닫는시각,경도,위도",
    plants: &[
        cell("is_night", 5, "in", "가끔"),
        cell("closes", 7, "no-such-moment", "26:99"),
        cell("name", 1, "required", ""),
    ],
    rows: 140,
    row: |s| {
        let spot = s.here("pharmacy");
        let night = s.yes(0.08, ["Y", "N"]);
        cells![
            s.no("PH", 4),
            format!("{} 온누리 {} 약국", spot.dong.name, s.number + 1),
            spot.address,
            spot.dong.code,
            spot.dong.name,
            night,
            "09:00",
            if night == "Y" { "24:00" } else { "19:00" },
            spot.lon,
            spot.lat
        ]
    },
};

const SCHOOLS: Simple = Simple {
    id: "schools",
    title: "학교",
    file: "평생학습과/학교현황_{}.xlsx",
    shape: Shape::Ledger(&["한빛시 학교 현황", "(단위: 명, 학급)"]),
    beat: Beat::Picture,
    heads: "학교번호,학교명,학교급,행정동코드,행정동,학생수_계,학생수_남,학생수_여,학급수,교원수",
    plants: &[
        Plant {
            column: None,
            at: 5,
            check: "sum-equals",
            make: Make::Value("4"),
        },
        cell("level", 2, "in", "대안"),
        cell("teachers", 9, "type", "미정"),
    ],
    rows: 84,
    row: |s| {
        let spot = s.here("school");
        let level = s.pick(&["유치원", "초등학교", "초등학교", "중학교", "고등학교"]);
        // Kindergartens are small, and the older children are the larger their classes.
        let (small, class) = match level {
            "유치원" => (5, 18),
            "초등학교" => (1, 22),
            "중학교" => (1, 26),
            _ => (1, 24),
        };
        let (boys, girls) = (s.between(60, 520) / small, s.between(60, 520) / small);
        let class = class + s.between(-2, 2);
        let stem = spot.dong.name.trim_end_matches('동');
        let pupils = boys + girls;
        cells![
            s.no("SC", 4),
            format!("{stem}{} {level}", s.number + 1),
            level,
            spot.dong.code,
            spot.dong.name,
            pupils,
            boys,
            girls,
            (pupils + class - 1) / class,
            pupils / 14 + 3
        ]
    },
};

const LEARNING_CENTRES: Simple = Simple {
    id: "learning_centres",
    title: "평생학습관",
    file: "평생학습과/학습관.json",
    shape: Shape::Json,
    beat: Beat::Picture,
    heads: "학습관명,소재지도로명주소,행정동코드,행정동,강의실수,전화번호,경도,위도",
    // Courses name every one of them.
    plants: &[],
    rows: LEARNING.len() as u64,
    row: |s| {
        let spot = s.here("learning");
        let at = usize::try_from(s.number).unwrap_or_default();
        cells![
            LEARNING[at % LEARNING.len()],
            spot.address,
            spot.dong.code,
            spot.dong.name,
            s.between(4, 22),
            s.phone(),
            spot.lon,
            spot.lat
        ]
    },
};

const ENROLMENTS: Simple = Simple {
    id: "enrolments",
    title: "수강 신청",
    file: "평생학습과/수강신청_{}.csv",
    shape: Shape::Csv(Charset::Cp949),
    beat: Beat::Days(30),
    heads: "신청번호,강좌번호,신청일,신청자,연락처,출생연도,행정동코드,상태",
    plants: &[
        cell("course_no", 1, "refers-to", "L9999"),
        cell("status", 7, "in", "무단결석"),
        cell("born", 5, "range", "1026"),
        broken(Make::Nul, "nul-byte"),
    ],
    rows: 60,
    row: |s| {
        let number = s.between(0, i64::try_from(COURSES).unwrap_or_default() - 1);
        let course = Dirt::sound(COURSE_FAULTS, COURSES, number.unsigned_abs());
        let who = citizen(s.world, &mut s.dice);
        cells![
            s.no_of_file("EN"),
            format!("L{:04}", course + 1),
            s.day.format("%Y-%m-%d"),
            who.name,
            who.phone,
            who.born,
            s.world.dongs[who.dong].code,
            s.pick(&["접수", "접수", "확정", "취소"])
        ]
    },
};

const RECIPIENTS: Simple = Simple {
    id: "recipients",
    title: "급여 수급 가구",
    file: "복지정책과/급여수급_{}.xlsx",
    shape: Shape::Ledger(&["기초생활보장 급여 수급 현황 (단위: 가구)"]),
    beat: Beat::Months(12),
    heads: "기준연월,행정동코드,행정동,생계급여,의료급여,주거급여",
    plants: &[
        cell("living", 3, "type", "비공개"),
        cell("housing", 5, "range", "-1"),
    ],
    rows: 25,
    row: |s| {
        let dong = s.dong();
        let base = i64::from(dong.aged(50..=100)) / 100;
        cells![
            s.month(),
            dong.code,
            dong.name,
            base * s.between(3, 5),
            base * s.between(2, 4),
            base * s.between(4, 7)
        ]
    },
};

const VACCINATIONS: Simple = Simple {
    id: "vaccinations",
    title: "예방접종",
    file: "복지정책과/예방접종_{}.csv",
    shape: Shape::Csv(Charset::Utf8),
    beat: Beat::Months(12),
    heads: "접종연월,행정동코드,행정동,백신,대상자수,접종자수",
    plants: &[
        cell("vaccine", 3, "in", "만병통치"),
        cell("given", 5, "type", "집계 전"),
        cell("dong_code", 1, "refers-to", "4899599999"),
    ],
    rows: 75,
    row: |s| {
        let dong = s.dong();
        let (vaccine, ages) = match s.turn() % 3 {
            0 => ("인플루엔자", 65..=100),
            1 => ("폐렴구균", 65..=75),
            _ => ("영유아 종합", 0..=4),
        };
        let eligible = i64::from(dong.aged(ages)) / 12;
        let month = i64::from(s.day.month());
        let season = if (10..=12).contains(&month) { 80 } else { 30 };
        cells![
            s.month(),
            dong.code,
            dong.name,
            vaccine,
            eligible,
            eligible * s.between(season - 20, season) / 100
        ]
    },
};

/// Libraries whose own row is sound; the others lend nothing yet.
const LENDING: u64 = LIBRARIES - 2;

const LIBRARY_LOANS: Simple = Simple {
    id: "library_loans",
    title: "도서관 대출",
    file: "평생학습과/도서관대출_{}.csv",
    shape: Shape::Csv(Charset::Cp949),
    beat: Beat::Months(12),
    heads: "대출연월,도서관명,자료구분,대출권수,대출자수",
    plants: &[
        cell("library", 1, "refers-to", "없는도서관"),
        cell("kind", 2, "in", "비밀문서"),
        cell("loans", 3, "type", "휴관"),
        broken(Make::Long, "field-count"),
    ],
    rows: LENDING * 3,
    row: |s| {
        let kinds = ["일반도서", "어린이도서", "전자책"];
        let (number, kind) = (s.number % LENDING, s.number / LENDING);
        let kind = kinds[usize::try_from(kind).unwrap_or_default() % kinds.len()];
        let mut sound = (0..LIBRARIES)
            .filter(|number| Dirt::sound(LIBRARY_FAULTS, LIBRARIES, *number) == *number);
        let at = usize::try_from(number).unwrap_or_default();
        let (name, _) = library(s.world, sound.nth(at).unwrap_or_default());
        let readers = s.between(60, 1_400);
        cells![
            s.month(),
            name,
            kind,
            commas(readers * s.between(2, 4)),
            commas(readers)
        ]
    },
};
