//! What a reminder says. It names datasets and days, and no person.

use std::fmt::Write as _;

use city::calendar::korean_day;
use city::city::Department;
use city::dataset::Cadence;
use city::freshness::State;
use city::{City, Dataset};
use interop::freshness::Clock;

/// A letter's words.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Written {
    pub(super) subject: String,
    pub(super) text: String,
    pub(super) html: String,
}

/// Writes to a department about its datasets.
pub(super) fn write(
    city: &City,
    department: &Department,
    datasets: &[(&Dataset, &Clock)],
) -> Written {
    let (late, soon): (Vec<_>, Vec<_>) = datasets
        .iter()
        .partition(|(_, clock)| clock.freshness.is_overdue());
    let subject = match (late.len(), soon.len()) {
        (0, soon) => format!(
            "[{} 데이터] {}: 곧 갱신할 데이터셋 {soon}개",
            city.manifest.name, department.title
        ),
        (late, 0) => format!(
            "[{} 데이터] {}: 갱신이 늦은 데이터셋 {late}개",
            city.manifest.name, department.title
        ),
        (late, soon) => format!(
            "[{} 데이터] {}: 갱신이 늦은 데이터셋 {late}개, 곧 갱신할 데이터셋 {soon}개",
            city.manifest.name, department.title
        ),
    };
    let sections = [
        ("갱신 예정일이 지났습니다", late),
        ("갱신 예정일이 다가옵니다", soon),
    ];
    let address = city.manifest.address.as_deref();
    let page = address.map(|address| {
        let address = address.trim_end_matches('/');
        format!("{address}/overdue?department={}", department.id)
    });
    Written {
        subject,
        text: text(department, &sections, page.as_deref()),
        html: html(department, &sections, page.as_deref()),
    }
}

type Sections<'s> = [(&'static str, Vec<&'s (&'s Dataset, &'s Clock)>); 2];

const OPENING: &str = "다음 데이터셋을 갱신할 때가 되었습니다.";
const CONFIRM: &str =
    "낸 뒤로 바뀐 것이 없으면 데이터셋 쪽에서 ‘변경 없음 확인’을 누르십시오. 그날부터 다시 셉니다.";
const CLOSING: &str = "이 메일은 저절로 나갑니다. 날짜는 토·일요일과 공휴일을 뺀 근무일로 셉니다.";

fn text(department: &Department, sections: &Sections<'_>, page: Option<&str>) -> String {
    let mut text = format!("{} 담당자께\n\n{OPENING}\n", department.title);
    for (head, datasets) in sections {
        if datasets.is_empty() {
            continue;
        }
        let _always = writeln!(text, "\n■ {head} ({}개)", datasets.len());
        for (dataset, clock) in datasets {
            let _always = writeln!(text, "- {}: {}", dataset.title, standing(dataset, clock));
        }
    }
    let _always = writeln!(text, "\n{CONFIRM}");
    if let Some(page) = page {
        let _always = writeln!(text, "{page}");
    }
    let _always = writeln!(text, "\n{CLOSING}");
    text
}

fn html(department: &Department, sections: &Sections<'_>, page: Option<&str>) -> String {
    let mut html = format!(
        "<!doctype html><html lang=\"ko\"><head><meta charset=\"utf-8\"></head><body><p>{} 담당자께</p><p>{OPENING}</p>",
        escaped(&department.title)
    );
    for (head, datasets) in sections {
        if datasets.is_empty() {
            continue;
        }
        let _always = write!(html, "<h2>{head} ({}개)</h2><ul>", datasets.len());
        for (dataset, clock) in datasets {
            let title = escaped(&dataset.title);
            let _always = write!(
                html,
                "<li><strong>{title}</strong>: {}</li>",
                escaped(&standing(dataset, clock))
            );
        }
        html.push_str("</ul>");
    }
    let _always = write!(html, "<p>{CONFIRM}</p>");
    if let Some(page) = page {
        let page = escaped(page);
        let _always = write!(html, "<p><a href=\"{page}\">{page}</a></p>");
    }
    let _always = write!(html, "<p>{CLOSING}</p></body></html>");
    html
}

/// Cadence, day, how late, and when something new arrived last.
fn standing(dataset: &Dataset, clock: &Clock) -> String {
    let due = clock.freshness.due_on;
    let due = due.map(|day| day.to_string()).unwrap_or_default();
    let how = match clock.freshness.state {
        State::Overdue { working_days: 0 } => "오늘 늦음".to_owned(),
        State::Overdue { working_days } => format!("{working_days}근무일 늦음"),
        State::DueSoon { working_days: 0 } => "기한 마지막 날".to_owned(),
        State::DueSoon { working_days } => format!("{working_days}근무일 남음"),
        State::Fresh | State::NeverLoaded | State::Unclocked => String::new(),
    };
    let last = match (&clock.confirmed, clock.renewed) {
        (Some(word), _) => format!("변경 없음 확인 {}", korean_day(word.at)),
        (None, Some(renewed)) => format!("마지막 새 자료 {}", korean_day(renewed)),
        (None, None) => String::new(),
    };
    format!(
        "{} 갱신, 예정일 {due}, {how}, {last}",
        cadence(dataset.cadence)
    )
}

fn cadence(cadence: Cadence) -> &'static str {
    match cadence {
        Cadence::Hourly => "매시간",
        Cadence::Daily => "매일",
        Cadence::Weekly => "매주",
        Cadence::Monthly => "매월",
        Cadence::Quarterly => "분기마다",
        Cadence::HalfYearly => "반기마다",
        Cadence::Yearly => "매년",
        Cadence::Irregular => "수시",
        Cadence::Once => "한 번",
    }
}

/// Text that is no markup.
pub(crate) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::{DateTime, Utc};
    use city::Freshness;

    fn clock(state: State) -> Clock {
        Clock {
            renewed: Some("2026-10-02T01:00:00Z".parse::<DateTime<Utc>>().unwrap()),
            confirmed: None,
            freshness: Freshness {
                due_on: Some("2026-11-06".parse().unwrap()),
                state,
            },
        }
    }

    #[test]
    fn a_letter_names_what_is_late_then_what_is_near_and_escapes_titles() {
        let text = include_str!("../../../template/parking.toml");
        let (dataset, _) = city::read::dataset_text("parking.toml".as_ref(), text);
        let mut dataset = dataset.unwrap();
        dataset.title = "주차장 <b> & 면수".to_owned();
        let text = include_str!("../../../template/city.toml");
        let (manifest, faults) = city::read::manifest_text("city.toml".as_ref(), text);
        assert_eq!(faults, []);
        let mut city = City {
            folder: std::path::PathBuf::new(),
            manifest: manifest.unwrap(),
            datasets: std::collections::BTreeMap::new(),
            measures: std::collections::BTreeMap::new(),
            boards: std::collections::BTreeMap::new(),
            standards: city::Standards::default(),
            calendar: city::Calendar::default(),
            people: city::People::default(),
            policies: Vec::new(),
            releases: std::collections::BTreeMap::new(),
            promises: std::collections::BTreeMap::new(),
            situation: city::Situation::default(),
        };
        city.manifest.name = "가람시".to_owned();
        city.manifest.address = Some("https://data.garam.example/".to_owned());
        let department = city.manifest.departments[0].clone();
        let (late, soon) = (
            clock(State::Overdue { working_days: 3 }),
            clock(State::DueSoon { working_days: 2 }),
        );
        let written = write(&city, &department, &[(&dataset, &soon), (&dataset, &late)]);
        assert!(written.subject.starts_with("[가람시 데이터] "));
        assert!(
            written
                .subject
                .ends_with("늦은 데이터셋 1개, 곧 갱신할 데이터셋 1개")
        );
        let place = |word: &str| written.text.find(word).unwrap();
        assert!(
            place("3근무일 늦음") < place("2근무일 남음"),
            "{}",
            written.text
        );
        assert!(written.text.contains("마지막 새 자료 2026-10-02"));
        let address = format!(
            "https://data.garam.example/overdue?department={}",
            department.id
        );
        assert!(written.text.contains(&address) && written.html.contains(&address));
        assert!(written.html.contains("주차장 &lt;b&gt; &amp; 면수"));
        assert!(!written.html.contains("<b>"));
        let only = write(&city, &department, &[(&dataset, &late)]);
        assert!(
            only.subject.ends_with("갱신이 늦은 데이터셋 1개") && !only.text.contains("다가옵니다")
        );
    }
}
