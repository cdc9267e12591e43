//! Population and households. Every count follows from the people of the world.

use chrono::Datelike as _;

use super::simple::Beat;
use super::{Shape, Simple, commas};
use crate::cells;
use crate::dirt::{Make, Plant, broken, cell};
use crate::forms::Charset;
use crate::registry::households;

/// Described here.
pub(crate) const ALL: &[&Simple] = &[
    &HOUSEHOLDS,
    &BIRTHS_DEATHS,
    &MOVES,
    &FOREIGNERS,
    &HOUSEHOLD_SIZES,
    &MARRIAGES,
    &OUTLOOK,
    &COMMUTING,
];

/// A sum that its parts contradict.
const fn wrong_sum(at: usize, value: &'static str) -> Plant {
    Plant {
        column: None,
        at,
        check: "sum-equals",
        make: Make::Value(value),
    }
}

const HOUSEHOLDS: Simple = Simple {
    id: "households",
    title: "세대 현황",
    file: "정책기획과/세대현황_{}.xlsx",
    shape: Shape::Ledger(&["동별 세대와 인구", "(단위: 세대, 명)"]),
    beat: Beat::Picture,
    heads: "행정동코드,행정동,세대수,인구_계,인구_남,인구_여",
    // Other files must agree with every row of this one.
    plants: &[],
    rows: 25,
    row: |s| {
        let dong = s.dong();
        let [men, women] = dong.people.map(|ages| ages.iter().sum::<u32>());
        cells![
            dong.code,
            dong.name,
            households(s.world, s.dong_at()).all,
            men + women,
            men,
            women
        ]
    },
};

const BIRTHS_DEATHS: Simple = Simple {
    id: "births_deaths",
    title: "출생·사망",
    file: "정책기획과/출생사망_{}.csv",
    shape: Shape::Csv(Charset::Cp949),
    beat: Beat::Months(12),
    heads: "기준연월,행정동코드,행정동,출생,사망,자연증가",
    plants: &[wrong_sum(3, "4000"), cell("deaths", 4, "type", "-")],
    rows: 25,
    row: |s| {
        let dong = s.dong();
        let births = i64::from(dong.aged(25..=39)) * s.between(2, 5) / 1_000;
        let deaths = i64::from(dong.aged(65..=100)) * s.between(2, 4) / 1_000;
        cells![
            s.month(),
            dong.code,
            dong.name,
            births,
            deaths,
            births - deaths
        ]
    },
};

const MOVES: Simple = Simple {
    id: "moves",
    title: "전입·전출",
    file: "정책기획과/전입전출_{}.csv",
    shape: Shape::Csv(Charset::Utf8),
    beat: Beat::Months(12),
    heads: "기준연월,행정동코드,행정동,전입,전출,순이동",
    plants: &[
        cell("dong_code", 1, "refers-to", "4111111111"),
        wrong_sum(3, "70000"),
    ],
    rows: 25,
    row: |s| {
        let dong = s.dong();
        let people = i64::from(dong.all());
        let (arrived, left) = (
            people * s.between(6, 14) / 1_000,
            people * s.between(6, 14) / 1_000,
        );
        cells![
            s.month(),
            dong.code,
            dong.name,
            commas(arrived),
            commas(left),
            commas(arrived - left)
        ]
    },
};

const FOREIGNERS: Simple = Simple {
    id: "foreigners",
    title: "등록외국인",
    file: "정책기획과/등록외국인.xml",
    shape: Shape::Xml,
    beat: Beat::Picture,
    heads: "행정동코드,행정동,국적,남,여",
    plants: &[
        cell("nationality", 2, "required", ""),
        cell("men", 3, "range", "-4"),
        cell("women", 4, "type", "*"),
    ],
    rows: 25 * 6,
    row: |s| {
        let nations = [
            "중국",
            "베트남",
            "우즈베키스탄",
            "네팔",
            "태국",
            "그 밖의 나라 & 무국적",
        ];
        let dong = s.dong();
        let most = i64::from(dong.all()) / 400;
        cells![
            dong.code,
            dong.name,
            nations[s.turn() % nations.len()],
            s.between(1, most),
            s.between(1, most)
        ]
    },
};

const HOUSEHOLD_SIZES: Simple = Simple {
    id: "household_sizes",
    title: "세대원수별 세대",
    file: "정책기획과/세대원수별세대.json",
    shape: Shape::Json,
    beat: Beat::Picture,
    heads: "행정동코드,행정동,계,1인,2인,3인,4인이상",
    plants: &[wrong_sum(2, "11")],
    rows: 25,
    row: |s| {
        let homes = households(s.world, s.dong_at());
        let single: i64 = homes.single.iter().sum();
        let rest = homes.all - single;
        let (two, three) = (
            rest * s.between(38, 44) / 100,
            rest * s.between(27, 31) / 100,
        );
        let dong = s.dong();
        cells![
            dong.code,
            dong.name,
            homes.all,
            single,
            two,
            three,
            rest - two - three
        ]
    },
};

const MARRIAGES: Simple = Simple {
    id: "marriages",
    title: "혼인·이혼",
    file: "정책기획과/혼인이혼_{}.xlsx",
    shape: Shape::Ledger(&["월별 혼인·이혼 신고"]),
    beat: Beat::Months(12),
    heads: "기준연월,행정동코드,행정동,혼인,이혼",
    plants: &[
        cell("marriages", 3, "type", "미집계"),
        cell("divorces", 4, "range", "-1"),
    ],
    rows: 25,
    row: |s| {
        let dong = s.dong();
        let most = i64::from(dong.aged(25..=44)) / 400;
        cells![
            s.month(),
            dong.code,
            dong.name,
            s.between(0, most),
            s.between(0, most / 2)
        ]
    },
};

const OUTLOOK: Simple = Simple {
    id: "population_outlook",
    title: "장래인구 추계",
    file: "population_outlook.ndjson",
    shape: Shape::Madang,
    beat: Beat::Picture,
    heads: "year,sex,band,people",
    plants: &[
        cell("year", 0, "range", "1926"),
        cell("people", 3, "type", "추후 공표"),
        cell("band", 2, "in", "청년"),
    ],
    rows: 25 * 2 * 3,
    row: |s| {
        const BANDS: [(&str, usize, usize, f64); 3] = [
            ("0~14세", 0, 14, 0.978),
            ("15~64세", 15, 64, 0.991),
            ("65세 이상", 65, 100, 1.024),
        ];
        let at = usize::try_from(s.number).unwrap_or_default();
        let (year, sex, band) = (at / 6, at / 3 % 2, at % 3);
        let (name, first, last, yearly) = BANDS[band];
        let dongs = s.world.dongs.iter();
        let now: u32 = dongs
            .map(|dong| {
                dong.people[sex]
                    .iter()
                    .take(last + 1)
                    .skip(first)
                    .sum::<u32>()
            })
            .sum();
        let grown = (0..year).fold(f64::from(now), |people, _| people * yearly);
        let year = s.day.year() + i32::try_from(year).unwrap_or_default();
        cells![year, ["남", "여"][sex], name, format!("{grown:.0}")]
    },
};

const COMMUTING: Simple = Simple {
    id: "commuting",
    title: "통근·통학 이동",
    file: "정책기획과/통근통학_{}.tsv",
    shape: Shape::Split('\t', Charset::Utf16),
    beat: Beat::Picture,
    heads: "출발동코드,출발동,도착동코드,도착동,통근,통학",
    plants: &[
        cell("from_code", 0, "refers-to", "서울"),
        cell("pupils", 5, "range", "-7"),
        cell("workers", 4, "type", "백여명"),
        broken(Make::Long, "field-count"),
    ],
    rows: 625,
    row: |s| {
        let (from, to) = (s.dong(), &s.world.dongs[s.turn() % s.world.dongs.len()]);
        // Nearer neighbourhoods draw more people.
        let (a, b) = (from.centre(), to.centre());
        let near = 1.0 / (1.0 + (a.0 - b.0).hypot(a.1 - b.1) * 40.0);
        let flow = |people: u32, share: f64| format!("{:.0}", f64::from(people) * share * near);
        let (work, school) = (s.dice.real(0.02, 0.05), s.dice.real(0.01, 0.04));
        cells![
            from.code,
            from.name,
            to.code,
            to.name,
            flow(from.aged(20..=64), work),
            flow(from.aged(7..=19), school)
        ]
    },
};
