//! Budget, subsidies and property.

use chrono::TimeDelta;

use super::simple::Beat;
use super::{Shape, Simple, commas};
use crate::cells;
use crate::dice::Dice;
use crate::dirt::{Make, Plant, broken, cell, swapped, twice};
use crate::forms::Charset;
use crate::registry::{OFFICES, citizen, line, subsidy_line};
use crate::world::World;

/// Described here.
pub(crate) const ALL: &[&Simple] = &[
    &BUDGET_LINES,
    &SUBSIDY_BODIES,
    &SUBSIDIES,
    &SUBSIDY_SPENDING,
    &CONTRACTS,
    &PROPERTY_LAND,
    &PROPERTY_BUILDINGS,
    &LOCAL_TAX,
    &REVENUE,
    &BUSINESS_EXPENSES,
];

/// Subsidies.
const SUBSIDIES_GRANTED: u64 = 96;

/// The line the `number`-th subsidy is paid from (none that is faulty in its own file), and what was granted, in
/// thousands of won: all subsidies of a line together stay below it.
fn grant(world: &World, number: u64) -> (String, i64) {
    let wanted = (number..number + SUBSIDIES_GRANTED)
        .map(subsidy_line)
        .find(|wanted| BUDGET_LINES.sound(*wanted) == *wanted)
        .unwrap_or_default();
    let line = line(world, wanted);
    let mut dice = Dice::new(world.seed, &format!("grant {number}"));
    // No line has more than thirty.
    (line.code, line.amount * dice.between(50, 100) / 3_000)
}

/// The subsidy of a number, by its receipt.
fn subsidy_no(number: u64) -> String {
    format!("SB-{:03}", number + 1)
}

const BUDGET_LINES: Simple = Simple {
    id: "budget_lines",
    title: "세출예산 세부사업",
    file: "예산법무과/세부사업_{}.csv",
    shape: Shape::Csv(Charset::Utf8),
    beat: Beat::Picture,
    heads: "세부사업코드,부서,단위사업,세부사업명,예산액(천원)",
    plants: &[
        cell("amount", 4, "type", "심의 중"),
        cell("line_code", 0, "pattern", "코드없음"),
        broken(Make::Long, "field-count"),
    ],
    rows: 240,
    row: |s| {
        let line = line(s.world, s.number);
        let part = if s.number.is_multiple_of(2) {
            "본 사업"
        } else {
            "부대 사업"
        };
        cells![
            line.code,
            line.office,
            format!("{} 사업", line.work),
            format!("{} {} {part}", line.office, line.work),
            commas(line.amount)
        ]
    },
};

const SUBSIDY_BODIES: Simple = Simple {
    id: "subsidy_bodies",
    title: "보조사업자",
    file: "예산법무과/보조사업자.ndjson",
    shape: Shape::Lines,
    beat: Beat::Picture,
    heads: "단체번호,단체명,대표자,행정동코드,행정동,등록일,회원수",
    plants: &[
        cell("members", 6, "type", "다수"),
        cell("registered_on", 5, "no-such-moment", "2019-06-31"),
        cell("name", 1, "required", ""),
    ],
    rows: 64,
    row: |s| {
        let spot = s.here("body");
        let who = citizen(s.world, &mut s.dice);
        let kind = s.pick(&[
            "환경지킴이",
            "돌봄나눔회",
            "마을학교",
            "안전지기",
            "문화사랑방",
        ]);
        cells![
            s.no("ORG-", 3),
            format!("{} {kind}", spot.dong.name),
            who.name,
            spot.dong.code,
            spot.dong.name,
            s.once(200, 6000).format("%Y-%m-%d"),
            s.between(8, 320)
        ]
    },
};

const SUBSIDIES: Simple = Simple {
    id: "subsidies",
    title: "지방보조금 교부",
    file: "예산법무과/보조금교부_{}.xlsx",
    shape: Shape::Ledger(&["지방보조금 교부 현황", "(단위: 천원)"]),
    beat: Beat::Picture,
    heads: "교부번호,세부사업코드,단체번호,보조사업명,교부결정일,사업비_총사업비,사업비_보조금,사업비_자부담",
    plants: &[
        Plant {
            column: None,
            at: 5,
            check: "sum-equals",
            make: Make::Value("3"),
        },
        cell("line_code", 1, "refers-to", "DB-99-99-9"),
        cell("body_no", 2, "refers-to", "ORG-999"),
        twice("subsidy_no", 0),
    ],
    rows: SUBSIDIES_GRANTED,
    row: |s| {
        let body = SUBSIDY_BODIES.sound(s.number * 5);
        let (line_code, granted) = grant(s.world, s.number);
        let own = granted * s.between(5, 40) / 100;
        let what = s.pick(&[
            "마을 축제",
            "어르신 나들이",
            "하천 정화",
            "독서 모임",
            "골목 순찰",
        ]);
        cells![
            subsidy_no(s.number),
            line_code,
            format!("ORG-{:03}", body + 1),
            what,
            s.ago(30, 300).format("%Y-%m-%d"),
            granted + own,
            granted,
            own
        ]
    },
};

const SUBSIDY_SPENDING: Simple = Simple {
    id: "subsidy_spending",
    title: "보조금 집행",
    file: "예산법무과/보조금집행_{}.csv",
    shape: Shape::Csv(Charset::Cp949),
    beat: Beat::Months(12),
    heads: "집행번호,교부번호,집행일자,집행내역,지급방법,집행액",
    plants: &[
        cell("subsidy_no", 1, "refers-to", "SB-000"),
        cell("amount", 5, "range", "-1000"),
        cell("spent_on", 2, "no-such-moment", "2026.06.31"),
    ],
    rows: 80,
    row: |s| {
        let last = i64::try_from(SUBSIDIES_GRANTED).unwrap_or_default() - 1;
        let subsidy = SUBSIDIES.sound(s.between(0, last).unsigned_abs());
        let (_, granted) = grant(s.world, subsidy);
        cells![
            s.no_of_file("EX"),
            subsidy_no(subsidy),
            s.within().format("%Y.%m.%d"),
            s.pick(&[
                "강사비",
                "재료비, 소모품",
                "홍보물 제작",
                "장소 임차",
                "간식비"
            ]),
            s.pick(&["보조금카드", "보조금카드", "계좌이체"]),
            commas(granted * s.dice.between(2, 36))
        ]
    },
};

const CONTRACTS: Simple = Simple {
    id: "contracts",
    title: "계약 현황",
    file: "예산법무과/계약현황_{}.csv",
    shape: Shape::Noted(&["한빛시 계약 현황", "※ 금액은 부가가치세 포함"]),
    beat: Beat::Picture,
    heads: "계약번호,계약명,계약부서,계약방법,계약상대자,계약일,착수일,준공예정일,계약금액",
    plants: &[
        cell("method", 3, "in", "구두"),
        cell("amount", 8, "type", "금 오백만원"),
        Plant {
            column: None,
            at: 7,
            check: "date-order",
            make: Make::Value("2001-05-01"),
        },
        broken(Make::Short, "field-count"),
        twice("contract_no", 0),
    ],
    rows: 420,
    row: |s| {
        let signed = s.ago(5, 360);
        let starts = signed + TimeDelta::days(s.between(0, 14));
        let ends = starts + TimeDelta::days(s.between(20, 400));
        let road = s.anywhere().road;
        let what = s.pick(&[
            "보도 정비 공사",
            "하수관 세척 용역",
            "가로등 교체 공사",
            "방역 용역",
            "안내판 제작 구매",
        ]);
        cells![
            s.no("CT26-", 4),
            format!("{road} {what}"),
            s.pick(&OFFICES),
            s.pick(&["수의계약", "제한경쟁", "일반경쟁"]),
            format!(
                "{}건설",
                s.dice.pick(&["갑을", "병정", "무기", "경신", "임계"])
            ),
            signed.format("%Y-%m-%d"),
            starts.format("%Y-%m-%d"),
            ends.format("%Y-%m-%d"),
            commas(s.dice.between(20, 9000) * 100_000)
        ]
    },
};

const PROPERTY_LAND: Simple = Simple {
    id: "property_land",
    title: "공유재산 토지",
    file: "예산법무과/공유재산토지_{}.xlsx",
    shape: Shape::Sheet(&["공유재산 대장 (토지)"]),
    beat: Beat::Picture,
    heads: "재산번호,소재지,행정동코드,행정동,지목,면적(㎡),공시지가(원/㎡),재산구분,X좌표,Y좌표",
    plants: &[
        cell("category", 4, "in", "바다"),
        cell("area", 5, "range", "-3"),
        cell("dong_code", 2, "refers-to", "0000000000"),
        swapped(8, 9, "inside"),
        cell("use", 7, "required", ""),
    ],
    rows: 520,
    row: |s| {
        let spot = s.here("land");
        cells![
            s.no("LD-", 5),
            spot.address,
            spot.dong.code,
            spot.dong.name,
            s.pick(&["대", "도로", "구거", "공원", "잡종지", "임야"]),
            format!("{:.1}", s.dice.real(8.0, 4200.0)),
            s.between(80, 4200) * 1_000,
            s.pick(&["행정재산", "행정재산", "일반재산"]),
            spot.x,
            spot.y
        ]
    },
};

const PROPERTY_BUILDINGS: Simple = Simple {
    id: "property_buildings",
    title: "공유재산 건물",
    file: "예산법무과/공유재산건물.txt",
    shape: Shape::Split('|', Charset::Cp949),
    beat: Beat::Picture,
    heads: "재산번호,건물명,소재지,행정동코드,행정동,구조,연면적(㎡),준공연도,장부가액(백만원)",
    plants: &[
        cell("built", 7, "range", "1850"),
        cell("floor_area", 6, "type", "미측량"),
        broken(Make::Short, "field-count"),
    ],
    rows: 160,
    row: |s| {
        let spot = s.here("building");
        let use_of = s.pick(&["청사", "창고", "복지관", "체육관", "경로당"]);
        cells![
            s.no("BD-", 4),
            format!("{} {use_of}", spot.dong.name),
            spot.address,
            spot.dong.code,
            spot.dong.name,
            s.pick(&["철근콘크리트", "벽돌", "경량철골"]),
            format!("{:.2}", s.dice.real(40.0, 9000.0)),
            s.between(1975, 2025),
            commas(s.dice.between(30, 24_000))
        ]
    },
};

const LOCAL_TAX: Simple = Simple {
    id: "local_tax",
    title: "지방세 징수",
    file: "예산법무과/지방세징수_{}.csv",
    shape: Shape::Csv(Charset::Cp949),
    beat: Beat::Months(12),
    heads: "부과연월,행정동코드,행정동,세목,부과액(천원),징수액(천원),미수액(천원)",
    plants: &[
        Plant {
            column: None,
            at: 4,
            check: "sum-equals",
            make: Make::Value("1"),
        },
        cell("tax", 3, "in", "국세"),
        cell("month", 0, "no-such-moment", "202613"),
    ],
    rows: 100,
    row: |s| {
        let taxes = [
            ("재산세", 90),
            ("자동차세", 30),
            ("주민세", 6),
            ("지방소득세", 70),
        ];
        let (tax, each) = taxes[s.turn() % taxes.len()];
        let dong = s.dong();
        let levied = i64::from(dong.all()) * each / 12 * s.between(80, 120) / 100;
        let paid = levied * s.between(88, 99) / 100;
        cells![
            s.day.format("%Y%m"),
            dong.code,
            dong.name,
            tax,
            commas(levied),
            commas(paid),
            commas(levied - paid)
        ]
    },
};

const REVENUE: Simple = Simple {
    id: "revenue",
    title: "세입예산",
    file: "예산법무과/세입예산_{}.xlsx",
    shape: Shape::Ledger(&["한빛시 세입예산 현황", "(단위: 천원)"]),
    beat: Beat::Picture,
    heads: "회계,항목,세입_예산현액,세입_수납액,세입_미수납액",
    plants: &[
        cell("account", 0, "in", "비밀회계"),
        Plant {
            column: None,
            at: 2,
            check: "sum-equals",
            make: Make::Value("12"),
        },
    ],
    rows: 36,
    row: |s| {
        let accounts = ["일반회계", "특별회계", "기금"];
        let items = [
            "지방세",
            "세외수입",
            "지방교부세",
            "조정교부금",
            "국고보조금",
            "시도비보조금",
        ];
        let at = usize::try_from(s.number).unwrap_or_default();
        let (all, missing) = (s.between(200, 90_000) * 100, s.between(0, 150) * 100);
        cells![
            accounts[at / 12],
            format!(
                "{} {}",
                items[at % 6],
                if at / 6 % 2 == 0 {
                    "본예산분"
                } else {
                    "추경분"
                }
            ),
            all,
            all - missing,
            missing
        ]
    },
};

const BUSINESS_EXPENSES: Simple = Simple {
    id: "business_expenses",
    title: "업무추진비",
    file: "예산법무과/업무추진비_{}.xlsx",
    shape: Shape::Sheet(&["업무추진비 집행 내역 (부서장 이상)"]),
    beat: Beat::Months(12),
    heads: "연번,사용일시,부서,집행목적,사용장소,인원,금액,결제방법",
    plants: &[
        cell("people", 5, "type", "여럿"),
        cell("amount", 6, "range", "9000000"),
        cell("spent_at", 1, "type", "점심때"),
    ],
    rows: 60,
    row: |s| {
        let people = s.between(2, 24);
        let at = s.within().and_hms_opt(12, 0, 0).unwrap_or_default()
            + TimeDelta::minutes(s.between(0, 480));
        cells![
            s.no_of_file("BE"),
            at.format("%Y-%m-%d %H:%M"),
            s.pick(&OFFICES),
            s.pick(&[
                "현안 간담회",
                "직원 격려",
                "유관기관 협의",
                "행사 준비 회의"
            ]),
            s.pick(&["한빛식당", "누리국밥", "시청 구내식당", "물빛찻집"]),
            people,
            people * s.between(8, 30) * 1_000,
            s.pick(&["카드", "카드", "카드", "현금"])
        ]
    },
};
