//! A city of very many small datasets: what the pages that look over all of them have to bear.

use std::path::Path;

use crate::DemoError;
use crate::dice::Dice;
use crate::forms::whole;

/// Subject areas.
const FIELDS: [(&str, &str, &str); 8] = [
    ("office", "행정", "Administration"),
    ("money", "재정", "Budget"),
    ("people", "인구", "Population"),
    ("roads", "도로교통", "Roads and traffic"),
    ("networks", "시설", "Facilities"),
    ("welfare", "복지", "Welfare"),
    ("safety", "환경안전", "Environment and safety"),
    ("culture", "문화경제", "Culture and economy"),
];
/// Departments of a city.
const DEPARTMENTS: usize = 60;
/// Words that titles are made of.
const PLACES: [&str; 12] = [
    "동부",
    "서부",
    "남부",
    "북부",
    "중앙",
    "강변",
    "역세권",
    "신도시",
    "구도심",
    "산업단지",
    "하천",
    "읍면",
];
const THINGS: [&str; 16] = [
    "공영주차장",
    "버스정류소",
    "가로등",
    "공중화장실",
    "도서관",
    "경로당",
    "어린이집",
    "공원",
    "하수관로",
    "무인민원발급기",
    "자전거보관소",
    "체육시설",
    "전통시장",
    "문화재",
    "대기측정소",
    "무더위쉼터",
];
const KINDS: [&str; 6] = ["현황", "이용 실적", "점검 결과", "위치", "예산", "민원"];
const CADENCES: [&str; 8] = [
    "daily",
    "weekly",
    "monthly",
    "monthly",
    "quarterly",
    "half-yearly",
    "yearly",
    "irregular",
];
/// Rows of a file.
const ROWS: i64 = 4;

/// One dataset in so many has rows that fail a check.
const FAULTY: usize = 40;
/// One in so many was never delivered.
const ABSENT: usize = 100;
/// One in so many is delivered again by [`again`].
const RENEWED: usize = 20;

/// Writes the folder of a city of so many datasets, and a file for nearly each.
///
/// # Errors
/// When the disk fails.
pub fn write(datasets: usize, city: &Path) -> Result<(), DemoError> {
    whole(&city.join("city.toml"), manifest().as_bytes())?;
    let mut dice = Dice::new(11, "bench catalogue");
    for number in 0..datasets {
        let field = FIELDS
            .get(number % FIELDS.len())
            .map_or("", |field| field.0);
        let text = dataset(number, field, &mut dice);
        whole(
            &city.join(format!("datasets/{field}/{}.toml", id(number))),
            text.as_bytes(),
        )?;
        if number % ABSENT != ABSENT - 1 {
            deliver(city, number, 0)?;
        }
    }
    Ok(())
}

/// Delivers some of the datasets again with other rows, the `turn`-th time; answers their ids.
///
/// # Errors
/// When the disk fails.
pub fn again(datasets: usize, turn: i64, city: &Path) -> Result<Vec<String>, DemoError> {
    let renewed = (0..datasets).step_by(RENEWED);
    renewed
        .map(|number| {
            deliver(city, number, turn)?;
            Ok(id(number))
        })
        .collect()
}

fn id(number: usize) -> String {
    format!("set-{number:05}")
}

fn manifest() -> String {
    let fields: Vec<String> = FIELDS
        .iter()
        .map(|(id, ko, en)| {
            format!("  {{ id = \"{id}\", title = \"{ko}\", title-en = \"{en}\" }},\n")
        })
        .collect();
    let departments: Vec<String> = (0..DEPARTMENTS)
        .map(|number| format!("  {{ id = \"dept-{number:02}\", title = \"{number}과\", title-en = \"Division {number}\" }},\n"))
        .collect();
    format!(
        "name = \"한빛시\"\nname-en = \"Hanbit-si\"\ncode = \"4899500000\"\ncrs = \"EPSG:4326\"\nbounds = [126.95, 37.20, 127.15, 37.38]\nfields = [\n{}]\ndepartments = [\n{}]\n",
        fields.concat(),
        departments.concat()
    )
}

fn dataset(number: usize, field: &str, dice: &mut Dice) -> String {
    let (place, thing, kind) = (dice.pick(&PLACES), dice.pick(&THINGS), dice.pick(&KINDS));
    let release = if number.is_multiple_of(10) {
        "internal"
    } else {
        "open"
    };
    let mut text = format!(
        "id = \"{id}\"\ntitle = \"{place} {thing} {kind} {number}\"\ndescription = \"{place}에 있는 {thing}의 {kind}입니다.\"\nkeywords = [\"{thing}\", \"{kind}\"]\nfield = \"{field}\"\ndepartment = \"dept-{department:02}\"\ncadence = \"{cadence}\"\nrelease = \"{release}\"\nsource = {{ kind = \"file\", path = \"{id}.csv\" }}\nformat = {{ kind = \"csv\", encoding = \"utf-8\" }}\nload = {{ mode = \"snapshot\", key = [\"no\"], quarantine-limit = 0.5 }}\n",
        id = id(number),
        department = dice.between(0, i64::try_from(DEPARTMENTS).unwrap_or(1) - 1),
        cadence = dice.pick(&CADENCES),
    );
    for (title, name, kind, checks) in [
        ("번호", "no", "code", "[\"required\"]"),
        (
            "이름",
            "name",
            "text",
            "[\"required\", { max-length = 40 }]",
        ),
        (
            "상태",
            "status",
            "text",
            "[{ in = [\"운영\", \"휴지\", \"폐지\"] }]",
        ),
        ("기준일", "reference_on", "date", "[\"required\"]"),
        (
            "수량",
            "count",
            "integer",
            "[{ range = { min = 0, max = 1000 } }]",
        ),
        (
            "행정동코드",
            "dong_code",
            "code",
            "[{ pattern = \"[0-9]{10}\" }]",
        ),
    ] {
        super::column(&mut text, title, name, kind, checks);
    }
    text
}

fn deliver(city: &Path, number: usize, turn: i64) -> Result<(), DemoError> {
    let mut text = String::from("번호,이름,상태,기준일,수량,행정동코드\r\n");
    for row in 0..ROWS {
        let count = if number % FAULTY == FAULTY - 1 && row == 0 {
            -1
        } else {
            (row * 7 + turn) % 1000
        };
        text.push_str(&format!(
            "{row:03},시설 {row},운영,2026-{:02}-01,{count},4899551000\r\n",
            1 + (row + turn) % 12
        ));
    }
    Ok(whole(
        &city.join(format!("inbox/{}.csv", id(number))),
        text.as_bytes(),
    )?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_city_is_sound_and_has_as_many_datasets_as_were_asked_for() {
        let folder = tempfile::tempdir().unwrap();
        write(240, folder.path()).unwrap();
        let (city, faults) = city::read::city(folder.path());
        assert!(faults.is_empty(), "{faults:?}");
        assert_eq!(city.unwrap().datasets.len(), 240);
        let files = || {
            let inbox = std::fs::read_dir(folder.path().join("inbox")).unwrap();
            inbox.map(|entry| entry.unwrap().path())
        };
        assert_eq!(files().count(), 238, "two were never delivered");
        let path = folder.path().join("inbox/set-00020.csv");
        let before = std::fs::read(&path).unwrap();
        let renewed = again(240, 1, folder.path()).unwrap();
        assert_eq!(renewed.len(), 12);
        assert!(renewed.contains(&"set-00020".to_owned()));
        assert_ne!(std::fs::read(&path).unwrap(), before, "other rows");
    }
}
