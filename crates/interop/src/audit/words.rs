//! What stands out, in plain sentences: a question to a person, and no verdict.

use city::{City, Lang, Outlying, ReviewRules};
use records::log::review::Outlier;
use records::reviews::Outcome;

/// What stood out, in a sentence.
pub fn sentence(city: &City, rules: &ReviewRules, outlier: &Outlier, lang: Lang) -> String {
    let (count, usual) = (counted(outlier.count), counted(outlier.usual));
    let of = &outlier.of;
    let [from, to] = rules.night;
    match (lang, outlier.kind) {
        (Lang::Ko, Outlying::Night) => {
            format!("{of}에 근무 시간이 아닌 {from}시부터 {to}시 사이에 {count}번 열람했습니다.")
        }
        (Lang::Ko, Outlying::Volume) => format!(
            "{of} 하루에 {count}번 열람했습니다. 같은 역할에서는 하루 {usual}번을 넘으면 살핍니다."
        ),
        (Lang::Ko, Outlying::Habit) => {
            let title = city.datasets.get(of.as_str()).map_or(of, |own| &own.title);
            format!("같은 역할의 다른 사람은 보지 않는 ‘{title}’ 자료를 {count}번 열람했습니다.")
        }
        (Lang::Ko, Outlying::SamePerson) => {
            format!("같은 정보주체의 자료를 {count}번 찾아보았습니다. {usual}번부터 살핍니다.")
        }
        (Lang::Ko, Outlying::LargeDownload) => {
            format!("{of}에 한 번에 {count}행을 열람하거나 내려받았습니다. {usual}행부터 살핍니다.")
        }
        (Lang::En, Outlying::Night) => {
            format!(
                "Read {count} times on {of} between {from}:00 and {to}:00, outside office hours."
            )
        }
        (Lang::En, Outlying::Volume) => format!(
            "Read {count} times on {of}. In the same role more than {usual} a day is looked at."
        ),
        (Lang::En, Outlying::Habit) => {
            let dataset = city.datasets.get(of.as_str());
            let title = dataset.and_then(|own| own.title_en.as_ref()).unwrap_or(of);
            format!("Read ‘{title}’ {count} times, which nobody else of the same role reads.")
        }
        (Lang::En, Outlying::SamePerson) => {
            format!("Looked the same data subject up {count} times; {usual} are looked at.")
        }
        (Lang::En, Outlying::LargeDownload) => {
            format!("Read or downloaded {count} rows at once on {of}; {usual} are looked at.")
        }
    }
}

/// What kind of thing stood out, in a word.
pub fn kind(kind: Outlying, lang: Lang) -> &'static str {
    match (lang, kind) {
        (Lang::Ko, Outlying::Night) => "심야 열람",
        (Lang::Ko, Outlying::Volume) => "많은 열람",
        (Lang::Ko, Outlying::Habit) => "평소와 다른 자료",
        (Lang::Ko, Outlying::SamePerson) => "한 사람 반복 조회",
        (Lang::Ko, Outlying::LargeDownload) => "대량 열람·다운로드",
        (Lang::En, Outlying::Night) => "At night",
        (Lang::En, Outlying::Volume) => "Very many",
        (Lang::En, Outlying::Habit) => "Unusual data",
        (Lang::En, Outlying::SamePerson) => "One person again and again",
        (Lang::En, Outlying::LargeDownload) => "Large read or download",
    }
}

/// What the officer made of it, in a word.
pub fn outcome(outcome: Outcome, lang: Lang) -> &'static str {
    match (lang, outcome) {
        (Lang::Ko, Outcome::Accepted) => "정당한 업무",
        (Lang::Ko, Outcome::Instructed) => "주의·안내",
        (Lang::Ko, Outcome::Reported) => "보고·조치",
        (Lang::En, Outcome::Accepted) => "In order",
        (Lang::En, Outcome::Instructed) => "Instructed",
        (Lang::En, Outcome::Reported) => "Reported",
    }
}

/// `12,345`.
pub(crate) fn counted(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() * 4 / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_commas() {
        for (number, text) in [
            (7, "7"),
            (1_000, "1,000"),
            (123_456, "123,456"),
            (1_234_567, "1,234,567"),
        ] {
            assert_eq!(counted(number), text);
        }
    }
}
