//! Culture, tourism, economy and youth.

use chrono::TimeDelta;

use super::city::{SPORT_FAULTS, SPORTS};
use super::simple::Beat;
use super::{Shape, Simple, commas};
use crate::cells;
use crate::dirt::{Dirt, Make, Plant, broken, cell, swapped, twice};
use crate::forms::Charset;
use crate::registry::citizen;

/// Described here.
pub(crate) const ALL: &[&Simple] = &[
    &FESTIVALS,
    &HERITAGE,
    &PERFORMANCES,
    &SIGHTS,
    &VISITORS,
    &RESTAURANTS,
    &MARKETS,
    &LOCAL_CURRENCY,
    &BUSINESSES,
    &YOUTH_SPACES,
    &YOUTH_PROGRAMMES,
    &SPORTS_BOOKINGS,
];

const FESTIVALS: Simple = Simple {
    id: "festivals",
    title: "문화축제",
    file: "평생학습과/문화축제_{}.xlsx",
    shape: Shape::Sheet(&["한빛시 문화축제"]),
    beat: Beat::Picture,
    heads: "축제번호,축제명,개최장소,시작일,종료일,주최,방문객수",
    plants: &[
        Plant {
            column: None,
            at: 4,
            check: "date-order",
            make: Make::Value("2011.01.01"),
        },
        cell("visitors", 6, "type", "구름 인파"),
        cell("name", 1, "required", ""),
    ],
    rows: 54,
    row: |s| {
        let spot = s.here("festival");
        let starts = s.ago(-120, 360);
        let ends = starts + TimeDelta::days(s.between(0, 4));
        let what = s.pick(&["벚꽃", "물빛", "책", "먹거리", "달빛"]);
        let visitors = if ends < s.day {
            commas(s.between(5, 900) * 100)
        } else {
            "미개최".to_owned()
        };
        cells![
            s.no("FS", 3),
            format!("{} {what} 축제", spot.dong.name),
            format!("{} 일원", spot.road),
            starts.format("%Y.%m.%d"),
            ends.format("%Y.%m.%d"),
            s.pick(&["한빛시", "문화사랑방", "상인회"]),
            visitors
        ]
    },
};

const HERITAGE: Simple = Simple {
    id: "heritage",
    title: "향토 문화유산",
    file: "평생학습과/문화유산.xml",
    shape: Shape::Xml,
    beat: Beat::Picture,
    heads: "지정번호,명칭,유형,행정동코드,행정동,시대,지정일,경도,위도",
    plants: &[
        cell("kind", 2, "in", "보물섬"),
        cell("designated_on", 6, "no-such-moment", "1987-13-01"),
        swapped(7, 8, "inside"),
    ],
    rows: 48,
    row: |s| {
        let spot = s.here("heritage");
        let what = s.pick(&["고택", "석탑", "향교", "옛 우물 & 돌담", "느티나무"]);
        let stem = spot.dong.name.trim_end_matches('동');
        cells![
            format!("향토-{:02}", s.number + 1),
            format!("{stem} {what}"),
            s.pick(&["건조물", "기념물", "민속자료"]),
            spot.dong.code,
            spot.dong.name,
            s.pick(&["조선", "고려", "근대", "미상"]),
            s.once(600, 14_000).format("%Y-%m-%d"),
            spot.lon,
            spot.lat
        ]
    },
};

const PERFORMANCES: Simple = Simple {
    id: "performances",
    title: "공연·전시",
    file: "평생학습과/공연전시_{}.csv",
    shape: Shape::Csv(Charset::Utf8),
    beat: Beat::Months(12),
    heads: "행사번호,행사명,구분,장소,시작일,종료일,관람료,좌석수",
    plants: &[
        cell("kind", 2, "in", "강연"),
        cell("fee", 6, "type", "마음대로"),
        cell("seats", 7, "range", "-1"),
    ],
    rows: 24,
    row: |s| {
        let starts = s.within();
        let kind = s.pick(&["음악", "연극", "전시", "무용"]);
        let fee = if s.dice.chance(0.4) {
            "무료".to_owned()
        } else {
            commas(s.dice.between(3, 40) * 1_000)
        };
        let name = s.pick(&["가을", "푸른", "첫", "별빛", "\"다시\""]);
        cells![
            s.no_of_file("PF"),
            format!("{name} {kind} 마당"),
            kind,
            s.pick(&["한빛문화회관 대공연장", "누리소극장", "물빛미술관"]),
            starts.format("%Y-%m-%d"),
            (starts + TimeDelta::days(s.between(0, 30))).format("%Y-%m-%d"),
            fee,
            s.between(60, 1_200)
        ]
    },
};

const SIGHTS: Simple = Simple {
    id: "tourist_spots",
    title: "관광지",
    file: "정책기획과/관광지.geojson",
    shape: Shape::Geo,
    beat: Beat::Picture,
    heads: "관광지번호,관광지명,구분,행정동코드,행정동,지정일,경도,위도",
    plants: &[
        cell("kind", 2, "in", "비밀장소"),
        cell("designated_on", 5, "type", "오래전"),
    ],
    rows: 36,
    row: |s| {
        let spot = s.here("sight");
        let kind = s.pick(&["자연", "역사", "체험", "휴양"]);
        let stem = spot.dong.name.trim_end_matches('동');
        cells![
            s.no("TS", 3),
            format!("{stem} {kind} 마을 {}", s.number + 1),
            kind,
            spot.dong.code,
            spot.dong.name,
            s.once(300, 9000).format("%Y-%m-%d"),
            spot.lon,
            spot.lat
        ]
    },
};

const VISITORS: Simple = Simple {
    id: "visitors",
    title: "관광지 방문객",
    file: "정책기획과/관광지방문객_{}.xlsx",
    shape: Shape::Ledger(&["관광지 방문객", "(단위: 명)"]),
    beat: Beat::Months(12),
    heads: "기준연월,관광지번호,방문객_계,방문객_내국인,방문객_외국인",
    plants: &[
        cell("spot_no", 1, "refers-to", "TS999"),
        Plant {
            column: None,
            at: 2,
            check: "sum-equals",
            make: Make::Value("5"),
        },
    ],
    rows: 32,
    row: |s| {
        // The sights whose own row is sound.
        let mut sound = (0..SIGHTS.rows).filter(|number| SIGHTS.sound(*number) == *number);
        let at = usize::try_from(s.number).unwrap_or_default();
        let sight = sound.nth(at).unwrap_or_default();
        let (own, foreign) = (s.between(200, 30_000), s.between(0, 900));
        cells![
            s.month(),
            format!("TS{:03}", sight + 1),
            own + foreign,
            own,
            foreign
        ]
    },
};

const RESTAURANTS: Simple = Simple {
    id: "restaurants",
    title: "일반음식점",
    file: "환경과/일반음식점_{}.csv",
    shape: Shape::Csv(Charset::Cp949),
    beat: Beat::Picture,
    heads: "인허가번호,사업장명,업태,영업상태,인허가일자,폐업일자,소재지도로명주소,행정동코드,행정동,면적,X좌표,Y좌표",
    plants: &[
        cell("status", 3, "in", "개업준비"),
        cell("licensed_on", 4, "no-such-moment", "20190229"),
        swapped(10, 11, "inside"),
        broken(Make::Short, "field-count"),
        cell("area", 9, "type", "열평"),
        twice("licence_no", 0),
    ],
    rows: 1_400,
    row: |s| {
        let spot = s.here("restaurant");
        let licensed = s.once(60, 7000);
        let is_closed = s.dice.chance(0.25);
        let closed = (licensed + TimeDelta::days(s.between(30, 5_000))).min(s.day);
        let kind = s.pick(&["한식", "한식", "중국식", "분식", "경양식", "호프/통닭"]);
        let stem = spot.dong.name.trim_end_matches('동');
        cells![
            s.no("FD-", 6),
            format!("{stem} {kind} {}호점", s.number + 1),
            kind,
            if is_closed { "폐업" } else { "영업" },
            licensed.format("%Y%m%d"),
            if is_closed {
                closed.format("%Y%m%d").to_string()
            } else {
                String::new()
            },
            spot.address,
            spot.dong.code,
            spot.dong.name,
            format!("{:.2}", s.dice.real(12.0, 420.0)),
            spot.x,
            spot.y
        ]
    },
};

const MARKETS: Simple = Simple {
    id: "markets",
    title: "전통시장",
    file: "정책기획과/전통시장.json",
    shape: Shape::Json,
    beat: Beat::Picture,
    heads: "시장번호,시장명,시장유형,행정동코드,행정동,점포수,주차장보유여부,경도,위도",
    plants: &[
        cell("stalls", 5, "type", "수십"),
        cell("kind", 2, "in", "야시장"),
    ],
    rows: 26,
    row: |s| {
        let spot = s.here("market");
        let stem = spot.dong.name.trim_end_matches('동');
        cells![
            s.no("MK", 2),
            format!("{stem} {}시장", s.number + 1),
            s.pick(&["상설", "상설", "정기"]),
            spot.dong.code,
            spot.dong.name,
            s.between(18, 320),
            s.yes(0.6, ["Y", "N"]),
            spot.lon,
            spot.lat
        ]
    },
};

const LOCAL_CURRENCY: Simple = Simple {
    id: "local_currency",
    title: "지역화폐 결제",
    file: "정책기획과/지역화폐_{}.csv",
    shape: Shape::Split('\t', Charset::Utf16),
    beat: Beat::Months(12),
    heads: "결제연월,행정동코드,행정동,업종,결제건수,결제금액",
    plants: &[
        cell("trade", 3, "in", "기타업"),
        cell("payments", 4, "type", "많음"),
        cell("amount", 5, "range", "-100"),
        broken(Make::Long, "field-count"),
    ],
    rows: 125,
    row: |s| {
        let trades = ["음식점", "소매", "학원", "의료", "생활서비스"];
        let dong = s.dong();
        let payments = i64::from(dong.all()) / 12 * s.between(4, 20) / 10;
        cells![
            s.month(),
            dong.code,
            dong.name,
            trades[s.turn() % trades.len()],
            commas(payments),
            commas(payments * s.dice.between(90, 320) * 100)
        ]
    },
};

const BUSINESSES: Simple = Simple {
    id: "businesses",
    title: "사업체 현황",
    file: "정책기획과/사업체현황_{}.xlsx",
    shape: Shape::Ledger(&["동·산업별 사업체", "(단위: 개, 명)"]),
    beat: Beat::Picture,
    heads: "행정동코드,행정동,산업,사업체수,종사자_계,종사자_남,종사자_여",
    plants: &[
        Plant {
            column: None,
            at: 4,
            check: "sum-equals",
            make: Make::Value("2"),
        },
        cell("industry", 2, "in", "우주항공"),
        cell("firms", 3, "type", "x"),
    ],
    rows: 150,
    row: |s| {
        let industries = [
            "제조업",
            "건설업",
            "도매·소매업",
            "숙박·음식점업",
            "보건·복지",
            "그 밖",
        ];
        let dong = s.dong();
        let firms = i64::from(dong.all()) / 120 * s.between(5, 20) / 10;
        let (men, women) = (firms * s.between(1, 4), firms * s.between(1, 4));
        cells![
            dong.code,
            dong.name,
            industries[s.turn() % industries.len()],
            firms,
            men + women,
            men,
            women
        ]
    },
};

const YOUTH_SPACES: Simple = Simple {
    id: "youth_spaces",
    title: "청년 공간",
    file: "정책기획과/청년공간.ndjson",
    shape: Shape::Lines,
    beat: Beat::Picture,
    heads: "공간번호,공간명,행정동코드,행정동,수용인원,여는시각,닫는시각,경도,위도",
    plants: &[
        cell("seats", 4, "range", "0"),
        cell("opens", 5, "type", "아침"),
    ],
    rows: 24,
    row: |s| {
        let spot = s.here("youth");
        let stem = spot.dong.name.trim_end_matches('동');
        cells![
            s.no("YS", 2),
            format!("청년마당 {stem} {}", s.number + 1),
            spot.dong.code,
            spot.dong.name,
            s.between(12, 120),
            "10:00",
            s.pick(&["20:00", "22:00"]),
            spot.lon,
            spot.lat
        ]
    },
};

const YOUTH_PROGRAMMES: Simple = Simple {
    id: "youth_programmes",
    title: "청년 지원사업",
    file: "정책기획과/청년지원사업_{}.csv",
    shape: Shape::Noted(&["한빛시 청년 지원사업 안내"]),
    beat: Beat::Picture,
    heads: "사업번호,사업명,분야,최소연령,최대연령,지원금,모집인원,신청마감일",
    plants: &[
        cell("least_age", 3, "range", "7"),
        cell("grant", 5, "type", "예산 범위 안"),
        cell("closes_on", 7, "no-such-moment", "2026-06-31"),
        broken(Make::BadBytes, "undecodable"),
        twice("programme_no", 0),
    ],
    rows: 72,
    row: |s| {
        let field = s.pick(&["일자리", "주거", "교육", "복지·문화", "참여"]);
        let what = s.pick(&[
            "도전 지원",
            "월세 지원",
            "자격증 응시료",
            "창업 첫걸음",
            "마음 건강",
        ]);
        let grant = s.between(5, 300);
        let closes = s.ago(-90, 120).format("%Y-%m-%d").to_string();
        cells![
            s.no("YP-", 3),
            format!("청년 {what}"),
            field,
            s.pick(&[18, 19]),
            s.pick(&[34, 39]),
            format!("{grant}만원"),
            s.between(10, 500),
            if s.dice.chance(0.2) {
                "상시".to_owned()
            } else {
                closes
            }
        ]
    },
};

const SPORTS_BOOKINGS: Simple = Simple {
    id: "sports_bookings",
    title: "체육시설 예약",
    file: "평생학습과/체육시설예약_{}.csv",
    shape: Shape::Csv(Charset::Cp949),
    beat: Beat::Days(30),
    heads: "예약번호,시설번호,이용일,시작시각,종료시각,예약자,연락처,이용인원,상태",
    plants: &[
        cell("facility_no", 1, "refers-to", "SP999"),
        Plant {
            column: None,
            at: 4,
            check: "date-order",
            make: Make::Value("04:00"),
        },
        cell("status", 8, "in", "노쇼"),
        cell("people", 7, "range", "0"),
    ],
    rows: 70,
    row: |s| {
        let number = s.between(0, i64::try_from(SPORTS).unwrap_or_default() - 1);
        let facility = Dirt::sound(SPORT_FAULTS, SPORTS, number.unsigned_abs());
        let who = citizen(s.world, &mut s.dice);
        let begins = s.between(6, 20);
        cells![
            s.no_of_file("BK"),
            format!("SP{:03}", facility + 1),
            s.day.format("%Y-%m-%d"),
            format!("{begins:02}:00"),
            format!("{:02}:00", begins + 2),
            who.name,
            who.phone,
            s.between(1, 22),
            s.pick(&["확정", "확정", "확정", "취소"])
        ]
    },
};
