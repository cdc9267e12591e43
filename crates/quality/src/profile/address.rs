//! What an address names, and whether a column of the same row names another.

use arrow::array::Array as _;
use city::profile::{Finding, What};

use super::roles::{Role, role};
use super::table::{EXAMPLES, Table};

/// Short names of the provinces and metropolitan cities, with the names that do not begin with them.
const PROVINCES: [(&str, &[&str]); 17] = [
    ("서울", &[]),
    ("부산", &[]),
    ("대구", &[]),
    ("인천", &[]),
    ("광주", &[]),
    ("대전", &[]),
    ("울산", &[]),
    ("세종", &[]),
    ("경기", &[]),
    ("강원", &[]),
    ("충북", &["충청북도"]),
    ("충남", &["충청남도"]),
    ("전북", &["전라북도"]),
    ("전남", &["전라남도"]),
    ("경북", &["경상북도"]),
    ("경남", &["경상남도"]),
    ("제주", &[]),
];
/// Endings of a province or metropolitan city.
const PROVINCIAL: [&str; 5] = ["특별시", "광역시", "특별자치시", "특별자치도", "도"];
/// More contradictions than this share: the column and the address do not speak of the same.
const SHARE: f64 = 0.3;
/// For neighbourhoods less: there are two systems of them.
const SHARE_OF_NEIGHBOURHOODS: f64 = 0.05;

/// What an address names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Named<'a> {
    /// Province or metropolitan city, by its short name.
    pub(super) province: Option<String>,
    /// Cities, counties, districts.
    pub(super) districts: Vec<&'a str>,
    /// Towns, townships, neighbourhoods, villages.
    pub(super) neighbourhoods: Vec<&'a str>,
    /// The road.
    pub(super) road: Option<&'a str>,
}

/// The short name of a province; nothing for anything else.
fn province(word: &str) -> Option<String> {
    let is_own = |(short, others): &&(&str, &[&str])| {
        *short == word
            || others.contains(&word)
            || (word.starts_with(short)
                && PROVINCIAL
                    .iter()
                    .any(|end| word.strip_suffix(end) == Some(short)))
    };
    let known = PROVINCES
        .iter()
        .find(is_own)
        .map(|(short, _)| (*short).to_owned());
    // Any other of that ending keeps its own name.
    known.or_else(|| {
        let long = PROVINCIAL.iter().take(4).find(|end| word.ends_with(*end));
        long.and_then(|end| word.strip_suffix(end))
            .map(str::to_owned)
    })
}

fn is_hangul(word: &str) -> bool {
    word.chars().all(|letter| ('가'..='힣').contains(&letter))
}

/// Reads an address from its widest part to its narrowest.
pub(super) fn read(text: &str) -> Named<'_> {
    let mut named = Named::default();
    let mut is_open = false;
    let mut is_past_number = false;
    for word in text.split_inclusive([' ', ',', '(', ')', '\u{a0}']) {
        let after_bracket = std::mem::replace(&mut is_open, word.ends_with('('));
        let word = word.trim_end_matches([' ', ',', '(', ')', '\u{a0}']);
        let letters = word.chars().count();
        if letters == 0 {
            is_open |= after_bracket;
            continue;
        }
        if word.starts_with(|letter: char| letter.is_ascii_digit()) {
            is_past_number = true;
            continue;
        }
        // Behind the number of a building stands its name, but in brackets first the neighbourhood.
        if is_past_number && !after_bracket {
            continue;
        }
        let ends = |ends: &[char]| word.ends_with(ends);
        let is_wide = named.road.is_none() && named.neighbourhoods.is_empty();
        if let Some(short) = province(word).filter(|_| named.districts.is_empty() && is_wide) {
            named.province = Some(short);
        } else if ends(&['시', '군', '구']) && letters >= 2 && is_wide && is_hangul(word) {
            named.districts.push(word);
        } else if let Some(road) = road(word) {
            named.road.get_or_insert(road);
        } else if ends(&['읍', '면', '동', '리', '가'])
            && letters >= 2
            && word.starts_with(|letter| ('가'..='힣').contains(&letter))
        {
            named.neighbourhoods.push(word);
        }
    }
    named
}

/// `중앙로`, `중앙로12번길`, and `중앙로` of `중앙로12`.
fn road(word: &str) -> Option<&str> {
    let bare = word.trim_end_matches(|letter: char| letter.is_ascii_digit() || letter == '-');
    let letters = bare.chars().count();
    (letters >= 2 && bare.ends_with(['로', '길'])).then_some(bare)
}

/// Columns of addresses.
pub(super) fn columns<'t>(table: &'t Table<'_>) -> impl Iterator<Item = &'t str> {
    let all = table.dataset.columns.iter();
    all.filter(|column| role(column) == Role::Address)
        .map(|column| column.name.as_str())
}

/// Addresses that contradict a column of the same row.
pub(super) fn find(table: &Table<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    for address in columns(table) {
        for column in &table.dataset.columns {
            let role = role(column);
            if matches!(role, Role::Province | Role::District | Role::Neighbourhood) {
                found.extend(contradicted(table, address, (&column.name, role)));
            }
        }
    }
    found
}

fn contradicted(table: &Table<'_>, address: &str, (region, role): (&str, Role)) -> Option<Finding> {
    let (addresses, regions) = (table.texts(address)?, table.texts(region)?);
    let (mut looked, mut rows) = (0_usize, Vec::new());
    for row in 0..addresses.len() {
        let (Some(text), Some(own)) = (Table::text(addresses, row), Table::text(regions, row))
        else {
            continue;
        };
        if let Some(agrees) = agrees(&read(text), own, role) {
            looked += 1;
            if !agrees {
                rows.push(row);
            }
        }
    }
    let most = if role == Role::Neighbourhood {
        SHARE_OF_NEIGHBOURHOODS
    } else {
        SHARE
    };
    #[expect(clippy::cast_precision_loss, reason = "counts as a share")]
    let share = rows.len() as f64 / looked.max(1) as f64;
    (!rows.is_empty() && share <= most).then(|| Finding {
        what: What::AddressRegion,
        columns: [address, region].map(str::to_owned).into(),
        count: u64::try_from(rows.len()).unwrap_or_default(),
        of: u64::try_from(looked).unwrap_or_default(),
        examples: rows
            .iter()
            .take(EXAMPLES)
            .map(|row| table.example(&[address, region], &[*row]))
            .collect(),
    })
}

/// Whether an address and a column name the same area; nothing where one of them names none.
fn agrees(named: &Named<'_>, own: &str, role: Role) -> Option<bool> {
    let words: Vec<&str> = own.split_whitespace().collect();
    match role {
        Role::Province => {
            let own = province(words.first()?)?;
            Some(*named.province.as_ref()? == own)
        }
        Role::District => {
            let own: Vec<&str> = words
                .into_iter()
                .filter(|word| word.ends_with(['시', '군', '구']) && province_of(word).is_none())
                .collect();
            if own.is_empty() || named.districts.is_empty() {
                return None;
            }
            // 창원시 의창구 and 의창구 are one; 창원시 and 의창구 cannot be told apart.
            let same = own.iter().any(|word| named.districts.contains(word));
            let kind = |word: &&str| word.chars().next_back();
            let comparable = own.iter().any(|word| {
                named
                    .districts
                    .iter()
                    .any(|other| kind(word) == kind(other))
            });
            comparable.then_some(same)
        }
        _ => {
            let bare = |word: &str| -> String {
                word.chars()
                    .filter(|letter| !letter.is_ascii_digit())
                    .collect()
            };
            let own = bare(words.last()?);
            if named.neighbourhoods.is_empty() || !own.ends_with(['읍', '면', '동', '리', '가'])
            {
                return None;
            }
            Some(named.neighbourhoods.iter().any(|word| bare(word) == own))
        }
    }
}

/// A metropolitan city in a column of districts.
fn province_of(word: &str) -> Option<String> {
    province(word).filter(|_| {
        word.ends_with("특별시") || word.ends_with("광역시") || word.ends_with("자치시")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_from_wide_to_narrow() {
        let named =
            read("강원특별자치도 가온시 나래구 중앙로12번길 3-1 (다솜동, 라온아파트 101동)");
        assert_eq!(named.province.as_deref(), Some("강원"));
        assert_eq!(named.districts, ["가온시", "나래구"]);
        assert_eq!(named.road, Some("중앙로12번길"));
        assert_eq!(named.neighbourhoods, ["다솜동"]);
        let named = read("충청북도 가온군 마루면 바람리 12 가동");
        assert_eq!(named.province.as_deref(), Some("충북"));
        assert_eq!(named.neighbourhoods, ["마루면", "바람리"]);
        assert_eq!(read("중앙로12").road, Some("중앙로"));
    }

    #[test]
    fn areas_agree_or_not_or_cannot_be_compared() {
        let named = read("강원도 가온시 나래동 1");
        assert_eq!(agrees(&named, "강원특별자치도", Role::Province), Some(true));
        assert_eq!(agrees(&named, "경기도", Role::Province), Some(false));
        assert_eq!(agrees(&named, "가온시", Role::District), Some(true));
        assert_eq!(agrees(&named, "다솜시", Role::District), Some(false));
        assert_eq!(agrees(&named, "다솜구", Role::District), None);
        assert_eq!(agrees(&named, "나래1동", Role::Neighbourhood), Some(true));
        assert_eq!(agrees(&named, "-", Role::Neighbourhood), None);
    }
}
