//! What the codes of the platform's own tables are called: nobody delivers them, so nobody else says.

use city::board::TIME;
use city::dataset::Source;
use city::{City, Dataset, Lang, Measure};

use crate::parts::Part;
use crate::view::Shown;

/// Column, code, Korean, English.
const WORDS: [(&str, &str, &str, &str); 23] = [
    ("kind", "page", "화면", "Pages"),
    ("kind", "api", "프로그램 (API)", "Programs (API)"),
    ("kind", "file", "파일 내려받기", "Downloads"),
    ("outcome", "loaded", "적재함", "Loaded"),
    ("outcome", "refused", "거부함", "Refused"),
    ("outcome", "held", "확인을 기다림", "Held"),
    ("state", "fresh", "제때 갱신됨", "Fresh"),
    ("state", "due-soon", "곧 갱신할 때", "Due soon"),
    ("state", "overdue", "갱신이 늦음", "Overdue"),
    ("state", "never-loaded", "아직 없음", "Never loaded"),
    ("state", "unclocked", "주기 없음", "No cadence"),
    ("release", "open", "개방", "Open"),
    ("release", "on-request", "신청하면 제공", "On request"),
    ("release", "internal", "내부", "Internal"),
    ("cadence", "hourly", "매시간", "Hourly"),
    ("cadence", "daily", "매일", "Daily"),
    ("cadence", "weekly", "매주", "Weekly"),
    ("cadence", "monthly", "매월", "Monthly"),
    ("cadence", "quarterly", "분기마다", "Quarterly"),
    ("cadence", "half-yearly", "반기마다", "Half-yearly"),
    ("cadence", "yearly", "매년", "Yearly"),
    ("cadence", "irregular", "수시", "Irregular"),
    ("cadence", "once", "한 번", "Once"),
];

/// What a code of one of the platform's own tables is called; nothing where it is no such code.
pub fn word(dataset: &Dataset, column: &str, code: &str, lang: Lang) -> Option<&'static str> {
    if !matches!(dataset.source, Source::Platform(_)) {
        return None;
    }
    let found = WORDS
        .iter()
        .find(|(own, known, ..)| *own == column && *known == code);
    found.map(|(_, _, ko, en)| match lang {
        Lang::Ko => *ko,
        Lang::En => *en,
    })
}

/// What a label of a measure's dimension is called.
pub fn word_of(
    city: &City,
    measure: &Measure,
    dimension: &str,
    label: &str,
    lang: Lang,
) -> Option<&'static str> {
    if dimension == TIME {
        return None;
    }
    let breakdown = measure.breakdowns.get(dimension);
    let column = breakdown.map_or(dimension, |own| own.column.as_str());
    word(city.datasets.get(&measure.dataset)?, column, label, lang)
}

/// Parts with codes as people call them.
pub fn parts(city: &City, measure: &Measure, by: &str, parts: &[Part], lang: Lang) -> Vec<Part> {
    let worded = parts.iter().map(|part| Part {
        label: called(city, measure, by, part.label.as_deref(), lang),
        ..part.clone()
    });
    worded.collect()
}

fn called(
    city: &City,
    measure: &Measure,
    by: &str,
    label: Option<&str>,
    lang: Lang,
) -> Option<String> {
    let label = label?;
    let word = word_of(city, measure, by, label, lang);
    Some(word.unwrap_or(label).to_owned())
}

impl Shown {
    /// The same with the codes of the platform's own tables as people call them.
    #[must_use]
    pub fn worded(self, city: &City, measure: &Measure, lang: Lang) -> Self {
        match self {
            Self::Parts { by, parts: own } => Self::Parts {
                parts: parts(city, measure, &by, &own, lang),
                by,
            },
            Self::Cross {
                view,
                by,
                across,
                mut table,
            } => {
                for (name, labels) in [(&by, &mut table.rows), (&across, &mut table.columns)] {
                    for label in labels {
                        *label = called(city, measure, name, label.as_deref(), lang);
                    }
                }
                Self::Cross {
                    view,
                    by,
                    across,
                    table,
                }
            }
            other => other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dataset(source: &str) -> Dataset {
        let text = format!(
            "id = \"service\"\ntitle = \"응답\"\ndescription = \"응답\"\nfield = \"platform\"\ndepartment = \"ict\"\ncadence = \"hourly\"\nrelease = \"open\"\nsource = {source}\nformat = {{ kind = \"json\", rows = \"rows\" }}\nload = {{ mode = \"snapshot\" }}\n\n[[columns]]\nname = \"kind\"\nsource = \"kind\"\ntitle = \"종류\"\ntype = \"code\"\nprivacy = \"none\"\n"
        );
        let path = std::path::Path::new("service.toml");
        city::read::dataset_text(path, &text).0.unwrap()
    }

    #[test]
    fn only_codes_of_the_platforms_own_tables_have_words() {
        let own = dataset("{ kind = \"platform\", of = \"service\" }");
        assert_eq!(word(&own, "kind", "page", Lang::Ko), Some("화면"));
        assert_eq!(word(&own, "kind", "page", Lang::En), Some("Pages"));
        assert_eq!(word(&own, "kind", "other", Lang::Ko), None);
        assert_eq!(word(&own, "day", "page", Lang::Ko), None);
        let other = dataset("{ kind = \"file\", path = \"a.json\" }");
        assert_eq!(word(&other, "kind", "page", Lang::Ko), None);
    }
}
