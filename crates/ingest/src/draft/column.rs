//! A column's profile → the column the manifest proposes.

use city::dataset::Spellings;
use city::{Check, Column, ColumnType, PrivacyClass};

use super::profile::Profile;
use super::{Notes, meaning, privacy};

/// Spellings that mean "no value" wherever they stand.
const HARD_TOKENS: [&str; 20] = [
    "-",
    "--",
    "―",
    "–",
    ".",
    "미상",
    "해당없음",
    "해당사항없음",
    "해당 없음",
    "해당사항 없음",
    "자료없음",
    "정보없음",
    "미정",
    "N/A",
    "n/a",
    "NULL",
    "null",
    "Null",
    "NaN",
    "#N/A",
];
/// Spellings that mean it only where all other values have a type.
const SOFT_TOKENS: [&str; 9] = [
    "없음",
    "무",
    "미확인",
    "확인불가",
    "불명",
    "*",
    "?",
    "모름",
    "공란",
];
/// Pairs of yes and no.
const PAIRS: [(&str, &str); 12] = [
    ("Y", "N"),
    ("y", "n"),
    ("예", "아니오"),
    ("예", "아니요"),
    ("O", "X"),
    ("o", "x"),
    ("○", "×"),
    ("여", "부"),
    ("유", "무"),
    ("있음", "없음"),
    ("TRUE", "FALSE"),
    ("true", "false"),
];
/// Most values of a code list.
const LIST_MAX: usize = 20;
/// Rows below which a list or "required" would be chance.
const ROWS_MIN: u64 = 20;
/// Digits an integer holds without loss.
const DIGITS_MAX: usize = 15;
/// Digits behind the point up to which a number is exact.
const SCALE_MAX: u8 = 4;

/// Proposes a column; `name` is its physical name.
pub(super) fn propose(profile: &Profile, name: String, persons: bool, notes: &mut Notes) -> Column {
    let hard = tokens(profile, &HARD_TOKENS);
    let mut column = Column {
        name,
        source: Some(profile.name.clone()),
        title: title(&profile.name),
        title_en: None,
        description: None,
        column_type: ColumnType::Text,
        privacy: PrivacyClass::None,
        unit: meaning::unit(&profile.name).map(str::to_owned),
        unit_en: None,
        scale: None,
        null_tokens: hard.clone(),
        spellings: None,
        forms: Vec::new(),
        korean_units: false,
        accepts: None,
        release: true,
        checks: Vec::new(),
    };
    if profile.filled() == 0 {
        notes.about(profile, "is empty in the whole file; it stays text");
    } else {
        let mut with_soft = hard.clone();
        with_soft.extend(tokens(profile, &SOFT_TOKENS));
        // Soft tokens count only where they unlock a type: 없음 is a word like any other in a text.
        if !typed(profile, &hard, &mut column, notes)
            && with_soft.len() > hard.len()
            && typed(profile, &with_soft, &mut column, notes)
        {
            column.null_tokens = with_soft;
        }
        tell_tokens(profile, &column, notes);
        near_misses(profile, &column, notes);
    }
    let own_unit = meaning::unit(&profile.name);
    if !is_number(column.column_type) {
        column.unit = None;
    } else if own_unit.is_some() && column.unit.as_deref() == own_unit {
        column.title = title(&meaning::without_unit(&profile.name));
    } else if column.unit.is_none() && meaning::takes_unit(&profile.name) {
        column.unit.clone_from(&notes.unit);
    }
    let suspicion = privacy::suspect(profile, persons);
    column.privacy = suspicion.class;
    if !suspicion.why.is_empty() {
        notes.about(
            profile,
            format!(
                "privacy class `{}` suspected: {}",
                class_word(suspicion.class),
                suspicion.why
            ),
        );
    } else if privacy::is_phone(profile) && profile.traits.phone > 0 {
        notes.about(
            profile,
            "telephones of offices, taken as no one's own; check that none is a person's",
        );
    }
    checks(profile, &mut column);
    column
}

/// A name as a title: letters spaced out to fill a cell move together.
fn title(name: &str) -> String {
    let parts: Vec<&str> = name.split_whitespace().collect();
    let spaced_out = parts.len() > 1 && parts.iter().all(|part| part.chars().count() == 1);
    parts.join(if spaced_out { "" } else { " " })
}

/// Tokens of a list that stand in the column.
fn tokens(profile: &Profile, list: &[&str]) -> Vec<String> {
    let stands = |token: &&&str| {
        profile.numbers.not_number.values.contains_key(**token)
            || profile.count(token) > 0
            || profile.moments.tokens().any(|value| value == **token)
    };
    list.iter()
        .filter(stands)
        .map(|token| (**token).to_owned())
        .collect()
}

/// Gives the column the type that every value fits; false where it stays text.
fn typed(profile: &Profile, tokens: &[String], column: &mut Column, notes: &mut Notes) -> bool {
    if is_known_by(profile) {
        let zeros = profile.numbers.leading_zeros;
        if zeros * 2 < profile.filled() && zeros > 0 && !meaning::is_code(&profile.name) {
            notes.about(
                profile,
                format!(
                    "{zeros} values begin with a zero, so it is kept as a code; is it a quantity?"
                ),
            );
        }
        column.column_type = if profile.longest <= 40 && profile.spaced == 0 {
            ColumnType::Code
        } else {
            ColumnType::Text
        };
        return true;
    }
    // A name stays a name, even where all of them happen to be digits (line 1, 2, 3).
    if privacy::is_phone(profile) || profile.name.ends_with('명') {
        return true;
    }
    if let Some(spellings) = spellings(profile, tokens) {
        column.column_type = ColumnType::Boolean;
        column.spellings = Some(spellings).filter(|pair| pair.yes != ["Y"] || pair.no != ["N"]);
        return true;
    }
    if is_years(profile, tokens) {
        column.column_type = ColumnType::Year;
        return true;
    }
    if let Some((kind, forms)) = profile.moments.choose(tokens) {
        column.column_type = kind;
        column.forms = forms;
        return true;
    }
    number(profile, tokens, column)
}

/// Codes and numbers by which things are known: kept as text, with their zeros.
fn is_known_by(profile: &Profile) -> bool {
    let numbers = &profile.numbers;
    if privacy::is_phone(profile) {
        return false;
    }
    meaning::is_code(&profile.name)
        || (numbers.leading_zeros > 0 && !meaning::is_running(&profile.name))
        // Digits of one length, each value once: 1111010100 is no quantity.
        || (numbers.least_digits == Some(numbers.digits) && numbers.digits >= 5 && profile.is_unique() && profile.rows >= ROWS_MIN && numbers.not_integer.count == 0)
        || (numbers.digits > DIGITS_MAX && numbers.not_integer.count * 2 < profile.filled())
}

fn spellings(profile: &Profile, tokens: &[String]) -> Option<Spellings> {
    let distinct = profile.distinct.as_ref()?;
    let values: Vec<&str> = distinct
        .keys()
        .map(String::as_str)
        .filter(|value| !tokens.iter().any(|token| token == value))
        .collect();
    if values.is_empty() || values.len() > 8 {
        return None;
    }
    // One spelling alone says yes or no only where the name asks: a column of 여 may be women.
    let asks = ["여부", "유무", "yn", "YN"]
        .iter()
        .any(|word| profile.name.contains(word));
    let (mut yes, mut no) = (Vec::new(), Vec::new());
    for value in &values {
        let pair = PAIRS
            .iter()
            .find(|(left, right)| left == value || right == value)?;
        if pair.0 == *value {
            yes.push((*value).to_owned());
        } else {
            no.push((*value).to_owned());
        }
    }
    let sexes = profile.name.contains("성별");
    if sexes || !asks && (yes.is_empty() || no.is_empty()) {
        return None;
    }
    // Both lists stay complete, so that the answer not met yet is no fault when it comes.
    let other = |value: &String, of_yes: bool| {
        PAIRS
            .iter()
            .find(|(left, right)| {
                if of_yes {
                    left == value
                } else {
                    right == value
                }
            })
            .map(|(left, right)| (if of_yes { *right } else { *left }).to_owned())
    };
    if no.is_empty() {
        no.extend(yes.iter().filter_map(|value| other(value, true)));
    }
    if yes.is_empty() {
        yes.extend(no.iter().filter_map(|value| other(value, false)));
    }
    Some(Spellings { yes, no })
}

fn is_years(profile: &Profile, tokens: &[String]) -> bool {
    let numbers = &profile.numbers;
    meaning::is_year(&profile.name)
        && numbers.not_integer.only(tokens)
        && numbers
            .range
            .is_some_and(|(low, high)| low >= 1000.0 && high <= 2200.0)
        && numbers.units.keys().all(|unit| unit == "년")
}

fn number(profile: &Profile, tokens: &[String], column: &mut Column) -> bool {
    let numbers = &profile.numbers;
    if numbers.range.is_none() || !numbers.not_number.only(tokens) || numbers.units.len() > 1 {
        return false;
    }
    let unit = numbers.units.keys().next();
    column.korean_units = numbers.with_units > 0;
    if let Some(unit) = unit {
        column.unit = Some(unit.clone());
    }
    if numbers.not_integer.only(tokens) {
        column.column_type = ColumnType::Integer;
    } else if numbers.scale <= SCALE_MAX && !numbers.exponent {
        column.column_type = ColumnType::Decimal;
        column.scale = Some(numbers.scale.max(1));
    } else {
        column.column_type = ColumnType::Number;
    }
    true
}

/// What every value of the file satisfies and later files should.
fn checks(profile: &Profile, column: &mut Column) {
    let missing = profile.empty
        + column
            .null_tokens
            .iter()
            .map(|token| profile.count(token))
            .sum::<u64>();
    if missing == 0 && profile.rows >= ROWS_MIN {
        column.checks.push(Check::Required);
    }
    if let Some(list) = code_list(profile, column) {
        column.checks.push(Check::In(list));
    }
}

/// The values of a column that has few.
fn code_list(profile: &Profile, column: &Column) -> Option<Vec<String>> {
    if !matches!(column.column_type, ColumnType::Text | ColumnType::Code)
        || column.privacy > PrivacyClass::Quasi
        || profile.longest > 20
        || privacy::is_phone(profile)
    {
        return None;
    }
    let list: Vec<String> = profile
        .distinct
        .as_ref()?
        .keys()
        .filter(|value| !column.null_tokens.contains(value))
        .cloned()
        .collect();
    let often = profile.filled() >= 50 && u64::try_from(list.len()).ok()? * 10 <= profile.filled();
    (list.len() > 1 && list.len() <= LIST_MAX && often).then_some(list)
}

fn tell_tokens(profile: &Profile, column: &Column, notes: &mut Notes) {
    if column.null_tokens.is_empty() {
        return;
    }
    let said: Vec<String> = column
        .null_tokens
        .iter()
        .map(|token| format!("`{token}` ({})", profile.count(token)))
        .collect();
    notes.about(
        profile,
        format!("taken as \"no value\": {}", said.join(", ")),
    );
}

/// Says which few values keep a column from a better type.
fn near_misses(profile: &Profile, column: &Column, notes: &mut Notes) {
    if column.column_type != ColumnType::Text || profile.filled() < ROWS_MIN {
        return;
    }
    let numbers = &profile.numbers;
    let (what, misfits) =
        if !numbers.not_number.many && numbers.not_number.count * 20 <= profile.filled() {
            ("a number", &numbers.not_number)
        } else if let Some((kind, misfits)) = profile.moments.nearest(profile.filled()) {
            (type_word(kind), misfits)
        } else {
            if let Some(said) = profile.moments.mixed(profile.filled()) {
                notes.about(profile, said);
            }
            return;
        };
    let shown: Vec<String> = misfits
        .without(&column.null_tokens)
        .take(5)
        .map(|(value, count, row)| {
            format!(
                "`{}` (row {row}, {count} times)",
                value.chars().take(30).collect::<String>()
            )
        })
        .collect();
    if !shown.is_empty() {
        // Values of a column that may be a person's are not shown.
        let list = if privacy::suspect(profile, false).class == PrivacyClass::None {
            shown.join(", ")
        } else {
            format!("{} values", shown.len())
        };
        notes.about(
            profile,
            format!("would be {what}, but for {list}; it stays text. Set the type by hand to have those rows quarantined"),
        );
    }
}

/// A type as the manifest writes it.
pub(super) fn type_word(kind: ColumnType) -> &'static str {
    match kind {
        ColumnType::Text => "text",
        ColumnType::Code => "code",
        ColumnType::Integer => "integer",
        ColumnType::Decimal => "decimal",
        ColumnType::Number => "number",
        ColumnType::Boolean => "boolean",
        ColumnType::Date => "date",
        ColumnType::Time => "time",
        ColumnType::Datetime => "datetime",
        ColumnType::Month => "month",
        ColumnType::Year => "year",
        ColumnType::Geometry => "geometry",
    }
}

/// A privacy class as the manifest writes it.
pub(super) fn class_word(class: PrivacyClass) -> &'static str {
    match class {
        PrivacyClass::None => "none",
        PrivacyClass::Quasi => "quasi",
        PrivacyClass::Sensitive => "sensitive",
        PrivacyClass::Identifier => "identifier",
        PrivacyClass::UniqueId => "unique-id",
    }
}

fn is_number(kind: ColumnType) -> bool {
    matches!(
        kind,
        ColumnType::Integer | ColumnType::Decimal | ColumnType::Number
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn proposed(name: &str, values: &[&str]) -> Column {
        let mut profile = Profile::new(name);
        for (at, value) in values.iter().enumerate() {
            profile.add(value, at as u64 + 1);
        }
        propose(&profile, "c".to_owned(), false, &mut Notes::default())
    }

    #[test]
    fn types_are_those_every_value_fits() {
        for (name, values, kind) in [
            ("인구", &["1,234", "5"][..], ColumnType::Integer),
            ("면적(㎡)", &["1.5", "2"], ColumnType::Decimal),
            ("위도", &["35.10789836"], ColumnType::Number),
            ("예산", &["1억 2,000만원", "5만원"], ColumnType::Integer),
            ("설치여부", &["예", "아니오"], ColumnType::Boolean),
            ("설치여부", &["O", "X"], ColumnType::Boolean),
            ("설치여부", &["Y", ""], ColumnType::Boolean),
            ("성별", &["남", "여"], ColumnType::Text),
            ("설치년도", &["2021", "2023"], ColumnType::Year),
            ("행정동코드", &["3250000", "3250001"], ColumnType::Code),
            ("호선", &["01", "2"], ColumnType::Code),
            ("좌석수", &["10", "없음"], ColumnType::Integer),
            ("좌석수", &["10", "열 개"], ColumnType::Text),
            ("비고", &["없음", "공사 중"], ColumnType::Text),
            (
                "전화번호",
                &["051-245-7389", "0512457389"],
                ColumnType::Text,
            ),
        ] {
            assert_eq!(
                proposed(name, values).column_type,
                kind,
                "{name} {values:?}"
            );
        }
    }

    #[test]
    fn tokens_units_and_spellings_are_named() {
        let budget = proposed("예산", &["1억원", "5만원", "-", "미상"]);
        assert!(budget.korean_units);
        assert_eq!(budget.unit.as_deref(), Some("원"));
        assert_eq!(budget.null_tokens, ["-", "미상"]);
        assert!(
            proposed("비고", &["없음", "공사 중"])
                .null_tokens
                .is_empty()
        );
        let yes = proposed("설치여부", &["O", "X", "O"]);
        assert_eq!(yes.spellings.unwrap().no, ["X"]);
    }
}
