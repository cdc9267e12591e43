//! Civil complaints and administration.

use chrono::TimeDelta;

use super::simple::Beat;
use super::{Shape, Simple, commas};
use crate::cells;
use crate::dirt::{Make, Plant, broken, cell, swapped, twice};
use crate::forms::Charset;
use crate::registry::{OFFICES, citizen};
use crate::world::BUILDINGS;

/// Described here.
pub(crate) const ALL: &[&Simple] = &[
    &ADDRESSES,
    &COMMUNITY_CENTRES,
    &STAFF,
    &DOCUMENTS,
    &CALLS,
    &PROPOSALS,
    &DISCLOSURES,
    &ORDINANCES,
    &SERVICES,
];

/// Certificates that counters and kiosks issue.
const PAPERS: [&str; 4] = [
    "주민등록등본",
    "인감증명서",
    "가족관계증명서",
    "지방세납세증명",
];

/// Which of the addresses is the city hall's.
const CITY_HALL: u64 = 40;

/// Addresses: every building of every neighbourhood's two streets.
const ADDRESSES: Simple = Simple {
    id: "addresses",
    title: "도로명주소",
    file: "정책기획과/도로명주소_{}.csv",
    shape: Shape::Csv(Charset::Cp949),
    beat: Beat::Picture,
    heads: "주소관리번호,도로명주소,지번주소,행정동코드,행정동,건물명,X좌표,Y좌표",
    plants: &[
        cell("road_address", 1, "required", ""),
        cell("dong_code", 3, "refers-to", "48"),
        swapped(6, 7, "inside"),
    ],
    rows: 25 * 2 * BUILDINGS as u64,
    row: |s| {
        let buildings = u64::from(BUILDINGS);
        let index = |number: u64| usize::try_from(number).unwrap_or_default();
        let (street, building) = (s.number / buildings, s.number % buildings);
        let (dong, side) = (index(street / 2), index(street % 2));
        let number = u32::try_from(building).unwrap_or_default() + 1;
        let place = s.world.building(dong, side, number);
        let dong = &s.world.dongs[dong];
        // Lots were numbered long before streets: along the neighbourhood, three to a parcel.
        let at = street % 2 * buildings + building;
        let lot = match (at / 3 + 1, at % 3) {
            (main, 0) => main.to_string(),
            (main, sub) => format!("{main}-{sub}"),
        };
        let stem = dong.name.trim_end_matches('동');
        let name = match s.between(0, 9) {
            _ if s.number == CITY_HALL => "한빛시청".to_owned(),
            0 => format!("{stem}빌딩 {number}"),
            1 => format!("{stem}{number}차아파트"),
            _ => String::new(),
        };
        let (x, y) = s.world.belt(place.at);
        cells![
            s.no("AD", 6),
            place.address,
            format!("한빛시 {} {lot}", dong.name),
            dong.code,
            dong.name,
            name,
            super::metres(x),
            super::metres(y)
        ]
    },
};

const COMMUNITY_CENTRES: Simple = Simple {
    id: "community_centres",
    title: "행정복지센터",
    file: "민원봉사과/행정복지센터_{}.csv",
    shape: Shape::Csv(Charset::Cp949),
    beat: Beat::Picture,
    heads: "기관코드,기관명,행정동코드,행정동,소재지도로명주소,대표전화,직원수,위도,경도",
    plants: &[
        cell("staff", 6, "type", "열다섯명"),
        cell("phone", 5, "pattern", "대표번호"),
    ],
    rows: 25,
    row: |s| {
        let at = s.dong_at();
        let place = s.world.place_in(at, &mut s.dice);
        let dong = s.dong();
        cells![
            format!("CC{:02}", at + 1),
            format!("{} 행정복지센터", dong.name),
            dong.code,
            dong.name,
            place.address,
            s.phone(),
            10 + dong.all() / 900,
            super::degrees(place.at.1),
            super::degrees(place.at.0)
        ]
    },
};

const STAFF: Simple = Simple {
    id: "staff_directory",
    title: "직원 업무 안내",
    file: "민원봉사과/직원업무안내.json",
    shape: Shape::Json,
    beat: Beat::Picture,
    heads: "연번,부서명,팀명,직위,담당업무,전화번호",
    plants: &[
        cell("phone", 5, "pattern", "내선 12"),
        cell("department", 1, "in", "폐지된과"),
        cell("duty", 4, "required", ""),
    ],
    rows: 320,
    row: |s| {
        let office = s.pick(&OFFICES);
        cells![
            s.number + 1,
            office,
            s.pick(&["기획팀", "운영팀", "관리팀", "지원팀"]),
            s.pick(&["과장", "팀장", "주무관", "주무관", "주무관"]),
            s.pick(&[
                "예산 집행 관리",
                "민원 상담",
                "시설 점검",
                "자료 관리",
                "계약 업무",
                "현장 조사"
            ]),
            s.phone()
        ]
    },
};

const DOCUMENTS: Simple = Simple {
    id: "documents_issued",
    title: "증명서 발급",
    file: "민원봉사과/증명발급_{}.csv",
    shape: Shape::Csv(Charset::Cp949),
    beat: Beat::Months(12),
    heads: "기준연월,행정동코드,행정동,증명종류,발급건수,창구발급,무인발급",
    plants: &[
        Plant {
            column: None,
            at: 4,
            check: "sum-equals",
            make: Make::Value("99999"),
        },
        cell("paper", 3, "in", "여권"),
        cell("counter", 5, "type", "약 50건"),
    ],
    rows: 100,
    row: |s| {
        let dong = s.dong();
        let people = i64::from(dong.all());
        let counter = people / 100 * s.between(2, 6) / 4;
        let kiosk = people / 100 * s.between(3, 9) / 4;
        cells![
            s.month(),
            dong.code,
            dong.name,
            PAPERS[s.turn() % PAPERS.len()],
            commas(counter + kiosk),
            commas(counter),
            commas(kiosk)
        ]
    },
};

const CALLS: Simple = Simple {
    id: "call_centre",
    title: "콜센터 상담",
    file: "민원봉사과/콜센터_{}.csv",
    shape: Shape::Csv(Charset::Utf8),
    beat: Beat::Days(30),
    heads: "상담일자,시간대,상담분야,상담건수,평균대기시간(초),응대율",
    plants: &[
        cell("answered", 5, "range", "130"),
        cell("topic", 2, "in", "잡담"),
        broken(Make::Short, "field-count"),
    ],
    rows: 45,
    row: |s| {
        let topics = ["세금", "교통", "복지", "청소", "기타"];
        let (hour, topic) = (s.number / 5 + 9, s.number % 5);
        cells![
            s.day.format("%Y-%m-%d"),
            hour,
            topics[usize::try_from(topic).unwrap_or_default()],
            s.between(3, 90),
            s.between(5, 240),
            format!("{:.1}", s.dice.real(72.0, 99.5))
        ]
    },
};

const PROPOSALS: Simple = Simple {
    id: "proposals",
    title: "시민 제안",
    file: "정책기획과/시민제안_{}.xlsx",
    shape: Shape::Sheet(&["시민 제안 접수 대장"]),
    beat: Beat::Picture,
    heads: "제안번호,제안일,제안제목,제안자,분야,처리상태,담당부서,답변일",
    plants: &[
        cell("status", 5, "in", "잊음"),
        cell("proposed_on", 1, "no-such-moment", "2026.02.31"),
        Plant {
            column: None,
            at: 7,
            check: "date-order",
            make: Make::Value("2015.01.01"),
        },
        twice("proposal_no", 0),
    ],
    rows: 240,
    row: |s| {
        let proposed = s.ago(20, 360);
        let answered = proposed + TimeDelta::days(s.between(3, 40));
        let is_answered = answered < s.day;
        let who = citizen(s.world, &mut s.dice);
        let road = s.anywhere().road;
        let what = s.pick(&[
            "쉼터 설치",
            "가로등 확충",
            "자전거 길 연결",
            "놀이터 정비",
            "안내판 개선",
        ]);
        cells![
            s.no("PR-", 4),
            proposed.format("%Y.%m.%d"),
            format!("{road} {what}"),
            who.name,
            s.pick(&["도로", "교통", "공원", "복지", "문화"]),
            if is_answered {
                s.pick(&["채택", "불채택"])
            } else {
                "검토중"
            },
            s.pick(&OFFICES),
            if is_answered {
                answered.format("%Y.%m.%d").to_string()
            } else {
                String::new()
            }
        ]
    },
};

const DISCLOSURES: Simple = Simple {
    id: "disclosures",
    title: "정보공개 청구",
    file: "민원봉사과/정보공개청구_{}.csv",
    shape: Shape::Csv(Charset::Cp949),
    beat: Beat::Seasons(12, [95, 95, 110, 110, 100, 100, 95, 90, 100, 105, 105, 95]),
    heads: "청구번호,청구일자,청구요지,처리부서,결정구분,결정일자",
    plants: &[
        cell("decision", 4, "in", "보류함"),
        cell("requested_on", 1, "type", "지난달"),
        broken(Make::BadBytes, "undecodable"),
    ],
    rows: 44,
    row: |s| {
        let asked = s.within();
        let decided = asked + TimeDelta::days(s.between(1, 14));
        cells![
            s.no_of_file("OD"),
            asked.format("%Y%m%d"),
            s.pick(&[
                "공사 계약 내역",
                "회의록 사본",
                "업무추진비 내역",
                "도시계획 도면, 조서",
                "민원 처리 결과"
            ]),
            s.pick(&OFFICES),
            s.pick(&["공개", "공개", "공개", "부분공개", "비공개"]),
            decided.format("%Y%m%d")
        ]
    },
};

const ORDINANCES: Simple = Simple {
    id: "ordinances",
    title: "자치법규",
    file: "예산법무과/자치법규.xml",
    shape: Shape::Xml,
    beat: Beat::Picture,
    heads: "법규번호,법규명,종류,공포일자,시행일자,소관부서",
    plants: &[
        cell("kind", 2, "in", "고시"),
        Plant {
            column: None,
            at: 4,
            check: "date-order",
            make: Make::Value("1970-01-01"),
        },
        cell("name", 1, "required", ""),
    ],
    rows: 180,
    row: |s| {
        let made = s.once(60, 8000);
        let begins = made + TimeDelta::days(s.pick(&[0, 0, 20, 90]));
        let kind = s.pick(&["조례", "조례", "규칙", "훈령"]);
        let about = s.pick(&[
            "주차장 설치 & 관리",
            "도서관 운영",
            "청년 기본",
            "옥외광고물 관리",
            "재난안전 관리",
            "보조금 관리",
        ]);
        cells![
            format!("제{}호", 100 + s.number),
            format!("한빛시 {about} {kind}"),
            kind,
            made.format("%Y-%m-%d"),
            begins.format("%Y-%m-%d"),
            s.pick(&OFFICES)
        ]
    },
};

const SERVICES: Simple = Simple {
    id: "civil_services",
    title: "민원 사무 편람",
    file: "민원봉사과/민원사무편람.ndjson",
    shape: Shape::Lines,
    beat: Beat::Picture,
    heads: "사무코드,사무명,처리부서,처리기간,수수료,온라인신청여부",
    plants: &[
        cell("days", 3, "range", "999"),
        cell("fee", 4, "type", "법령에 따름"),
        cell("is_online", 5, "in", "일부"),
    ],
    rows: 150,
    row: |s| {
        let what = s.pick(&[
            "도로 점용",
            "옥외광고물",
            "식품 영업",
            "건축물 용도변경",
            "공연장 등록",
            "자동차 등록",
        ]);
        let act = s.pick(&["허가", "신고", "변경 신고", "확인"]);
        cells![
            s.no("CS", 4),
            format!("{what} {act} {}", s.number + 1),
            s.pick(&OFFICES),
            s.between(1, 30),
            if s.dice.chance(0.5) {
                "없음".to_owned()
            } else {
                format!("{}원", commas(s.dice.between(1, 40) * 500))
            },
            s.yes(0.6, ["Y", "N"])
        ]
    },
};
