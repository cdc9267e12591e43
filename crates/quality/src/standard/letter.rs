//! The letter to the department: one polite sentence a difference, with counts.

use city::standard::Standard;
use city::{ColumnType, Lang, Why};

use super::{Difference, Resemblance};
use crate::report::Counted;

/// What a letter is about.
#[derive(Clone, Copy, Debug)]
pub struct Letter<'l> {
    /// The dataset's title, in the letter's language.
    pub dataset: &'l str,
    /// The department's title, in the letter's language.
    pub department: &'l str,
    /// The standard.
    pub standard: &'l Standard,
    /// How the dataset stands to it.
    pub resemblance: &'l Resemblance,
    /// What a load judged by [`super::contract()`] found; empty where none was.
    pub counted: &'l [Counted],
}

/// The letter as plain text.
pub fn letter(letter: &Letter<'_>, lang: Lang) -> String {
    let sentences: Vec<String> = letter
        .resemblance
        .differences
        .iter()
        .map(|difference| match lang {
            Lang::Ko => korean(difference),
            Lang::En => english(difference),
        })
        .chain(counted(letter, lang))
        .collect();
    let numbered = sentences.iter().enumerate();
    let list: String = numbered
        .map(|(at, sentence)| format!("{}. {sentence}\n", at + 1))
        .collect();
    let (matched, all) = (
        letter.resemblance.matched(),
        letter.resemblance.columns.len(),
    );
    let (department, dataset) = (letter.department, letter.dataset);
    let (title, title_en) = (&letter.standard.title, &letter.standard.title_en);
    let dated = &letter.standard.source.dated;
    match lang {
        Lang::Ko => {
            let rest = if list.is_empty() {
                "표준과 다른 점이 없습니다. 정성껏 관리해 주셔서 감사합니다.\n".to_owned()
            } else {
                format!(
                    "다음 제공 때 아래 사항을 반영해 주시기 바랍니다.\n\n{list}\n협조해 주셔서 감사합니다.\n"
                )
            };
            format!(
                "{department} 담당자님께\n\n안녕하십니까.\n‘{dataset}’ 데이터셋을 ‘{title}’({dated}) 기준과 견주어 보았습니다. 표준 항목 {all}개 가운데 {matched}개가 있습니다.\n{rest}"
            )
        }
        Lang::En => {
            let rest = if list.is_empty() {
                "Nothing differs from the standard. Thank you for your care.\n".to_owned()
            } else {
                format!(
                    "Please take up the following with your next delivery.\n\n{list}\nThank you for your help.\n"
                )
            };
            format!(
                "To {department}\n\nWe compared the dataset “{dataset}” with the standard “{title_en}” ({title}, {dated}). Of {all} columns of the standard it has {matched}.\n{rest}"
            )
        }
    }
}

fn korean(difference: &Difference) -> String {
    match difference {
        Difference::Missing {
            column,
            is_required: true,
        } => format!("필수 항목인 ‘{column}’ 열이 없으니 추가해 주시기 바랍니다."),
        Difference::Missing { column, .. } => {
            format!("표준에 있는 ‘{column}’ 열이 없으니 추가해 주시기 바랍니다.")
        }
        Difference::Renamed { column, written } => {
            format!("‘{written}’ 열의 이름을 표준 항목명 ‘{column}’ 그대로 적어 주시기 바랍니다.")
        }
        Difference::Type {
            column,
            expected,
            domain,
            found,
        } => format!(
            "‘{column}’ 열은 표준에서 {}{} 형식인데 지금은 {} 형식이니 맞추어 주시기 바랍니다.",
            korean_type(*expected),
            in_brackets(domain.as_ref()),
            korean_type(*found)
        ),
        Difference::Empty { column, count, of } => format!(
            "‘{column}’ 열은 값이 꼭 있어야 하는데 {}행 가운데 {}행이 비어 있으니 채워 주시기 바랍니다.",
            grouped(*of),
            grouped(*count)
        ),
        Difference::Values {
            column,
            why,
            count,
            of,
            is_sample,
            examples,
        } => format!(
            "‘{column}’ 열의 {} {}개 가운데 {}개가 표준과 다르니 고쳐 주시기 바랍니다({}{}).",
            if *is_sample { "표본 값" } else { "값" },
            grouped(*of),
            grouped(*count),
            reason(why, Lang::Ko),
            shown(examples, "; 보기: ")
        ),
        Difference::Extra { column } if column.is_empty() => {
            "이름이 없는 열은 표준에 없으니 표준데이터 파일에서는 빼 주시기 바랍니다.".to_owned()
        }
        Difference::Extra { column } => {
            format!("‘{column}’ 열은 표준에 없으니 표준데이터 파일에서는 빼 주시기 바랍니다.")
        }
    }
}

fn english(difference: &Difference) -> String {
    match difference {
        Difference::Missing {
            column,
            is_required: true,
        } => format!("The required column “{column}” is missing; please add it."),
        Difference::Missing { column, .. } => {
            format!("The column “{column}” of the standard is missing; please add it.")
        }
        Difference::Renamed { column, written } => {
            format!("Please write the standard's name “{column}” for the column “{written}”.")
        }
        Difference::Type {
            column,
            expected,
            domain,
            found,
        } => format!(
            "The column “{column}” should be of type {}{} and is {}; please change it.",
            word(*expected),
            in_brackets(domain.as_ref()),
            word(*found)
        ),
        Difference::Empty { column, count, of } => format!(
            "The column “{column}” must have a value and is empty in {} of {} rows; please fill it in.",
            grouped(*count),
            grouped(*of)
        ),
        Difference::Values {
            column,
            why,
            count,
            of,
            is_sample,
            examples,
        } => format!(
            "In the column “{column}” {} of {} {} do not meet the standard ({}{}); please correct them.",
            grouped(*count),
            grouped(*of),
            if *is_sample {
                "sampled values"
            } else {
                "values"
            },
            reason(why, Lang::En),
            shown(examples, "; for example ")
        ),
        Difference::Extra { column } if column.is_empty() => {
            "A column without a name is not in the standard; please leave it out of the standard file.".to_owned()
        }
        Difference::Extra { column } => format!(
            "The column “{column}” is not in the standard; please leave it out of the standard file."
        ),
    }
}

/// Why values do not do, in words for whoever corrects them: a regular expression helps nobody there.
fn reason(why: &Why, lang: Lang) -> String {
    match (why, lang) {
        (Why::Pattern { .. }, Lang::Ko) => "정해진 형식이 아닙니다".to_owned(),
        (Why::Pattern { .. }, Lang::En) => "not in the form laid down".to_owned(),
        _ => why.text(lang),
    }
}

/// What a load found beside the differences, which count the same errors.
fn counted(letter: &Letter<'_>, lang: Lang) -> Vec<String> {
    let columns = &letter.resemblance.columns;
    let official = |name: &str| {
        let own = columns.iter().find(|own| own.from.as_deref() == Some(name));
        own.map_or_else(|| name.to_owned(), |own| own.column.clone())
    };
    let told: Vec<(&str, &str)> = letter
        .resemblance
        .differences
        .iter()
        .filter_map(Difference::check)
        .collect();
    let failing = letter.counted.iter().filter(|own| own.errors > 0);
    failing
        .filter_map(|own| {
            let column = own.column.as_deref().map(&official);
            let is_told = column
                .as_ref()
                .is_some_and(|column| told.contains(&(column.as_str(), own.check.as_str())));
            if is_told {
                return None;
            }
            let (errors, of) = (grouped(own.errors), grouped(own.diagnosed));
            let check = own.check.as_str();
            Some(match (lang, column) {
                (Lang::Ko, Some(column)) => format!(
                    "‘{column}’ 열을 점검한 {of}건 가운데 {errors}건이 맞지 않으니 확인해 주시기 바랍니다({}).",
                    korean_check(check)
                ),
                (Lang::Ko, None) => format!(
                    "{} 점검에서 {of}건 가운데 {errors}건이 맞지 않으니 확인해 주시기 바랍니다.",
                    korean_check(check)
                ),
                (Lang::En, Some(column)) => format!(
                    "Of {of} cells judged in the column “{column}” {errors} fail the check `{check}`; please look at them."
                ),
                (Lang::En, None) => {
                    format!("Of {of} judged {errors} fail the check `{check}`; please look at them.")
                }
            })
        })
        .collect()
}

fn korean_check(check: &str) -> &str {
    match check {
        "required" => "필수값",
        "unique" => "중복",
        "range" => "범위",
        "pattern" => "형식",
        "in" => "허용값",
        "max-length" | "max-bytes" => "길이",
        "multiple-of" => "배수",
        "refers-to" => "코드 참조",
        "inside" => "위치",
        "date-order" => "시간 순서",
        "number-order" => "크기 순서",
        "sum-equals" => "합계",
        "any-of" => "주소 등 하나 이상 기재",
        "both-or-none" => "함께 기재",
        "when" => "조건부 값",
        "mentions" => "주소와 지역명 일치",
        "type" => "자료형",
        other => other,
    }
}

/// The type's word in manifests.
pub(super) fn word(kind: ColumnType) -> String {
    let word = serde_json::to_value(kind).ok();
    word.and_then(|word| word.as_str().map(str::to_owned))
        .unwrap_or_default()
}

fn korean_type(kind: ColumnType) -> &'static str {
    match kind {
        ColumnType::Text => "글자",
        ColumnType::Code => "코드",
        ColumnType::Integer => "정수",
        ColumnType::Decimal | ColumnType::Number => "숫자",
        ColumnType::Boolean => "여부(Y/N)",
        ColumnType::Date => "날짜",
        ColumnType::Time => "시각",
        ColumnType::Datetime => "일시",
        ColumnType::Month => "연월",
        ColumnType::Year => "연도",
        ColumnType::Geometry => "도형",
    }
}

fn in_brackets(text: Option<&String>) -> String {
    text.map_or_else(String::new, |text| format!("({text})"))
}

/// Examples of values, a long one cut with a mark.
fn shown(examples: &[String], before: &str) -> String {
    if examples.is_empty() {
        return String::new();
    }
    let cut = |text: &String| {
        // A value with a line end would break the letter into other sentences.
        let mut own: String = text
            .chars()
            .take(40)
            .filter(|own| !own.is_control())
            .collect();
        if text.chars().count() > 40 {
            own.push('…');
        }
        own
    };
    let examples: Vec<String> = examples.iter().map(cut).collect();
    format!("{before}{}", examples.join(", "))
}

/// 1,234,567.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}
