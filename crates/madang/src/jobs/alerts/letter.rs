//! What a letter of alerts says: figures and what they mean, and no person.

use std::fmt::Write as _;

use city::alert::Alert;
use city::calendar::korean_time;
use city::city::Department;
use city::{City, Measure};
use measure::format;
use records::Letter;
use records::alerts::Alarm;

use crate::jobs::remind::escaped;

/// The letter; nothing where the department has no address.
pub(super) fn write(
    city: &City,
    department: &Department,
    alarms: &[(Alarm, &Alert, &Measure)],
) -> Option<Letter> {
    let to = department.mail.clone()?;
    let first = alarms
        .first()
        .map(|(_, _, measure)| measure.title.as_str())?;
    let name = &city.manifest.name;
    let subject = match alarms.len() {
        1 => format!("[{name} 경보] {first}"),
        more => format!("[{name} 경보] {first} 외 {}건", more - 1),
    };
    let mut text = format!("{} 담당자께\n", department.title);
    let mut html = format!(
        "<!doctype html><html lang=\"ko\"><head><meta charset=\"utf-8\"></head><body><p>{} 담당자께</p>",
        escaped(&department.title)
    );
    for (alarm, alert, measure) in alarms {
        let sentence = sentence(alarm, alert, measure);
        let _always = write!(text, "\n■ {sentence}\n{}\n", alert.say);
        let _always = write!(
            html,
            "<h2>{}</h2><p>{}</p>",
            escaped(&sentence),
            escaped(&alert.say)
        );
    }
    if let Some(address) = &city.manifest.address {
        let page = format!("{}/alerts", address.trim_end_matches('/'));
        let _always = write!(text, "\n받은 경보에서 맡을 사람을 정해 주십시오.\n{page}\n");
        let page = escaped(&page);
        let _always = write!(
            html,
            "<p>받은 경보에서 맡을 사람을 정해 주십시오. <a href=\"{page}\">{page}</a></p>"
        );
    }
    html.push_str("</body></html>");
    Some(Letter {
        department: department.id.clone(),
        to,
        subject,
        text,
        html,
        of: Vec::new(),
    })
}

/// `미세먼지 92㎍/㎥: 기준 80㎍/㎥ 초과 (2026-11-26 09:00)`.
pub(super) fn sentence(alarm: &Alarm, alert: &Alert, measure: &Measure) -> String {
    let at = korean_time(alarm.began_at).format("%Y-%m-%d %H:%M");
    let (title, unit) = (&measure.title, &measure.unit);
    let full = |value: f64| format!("{}{unit}", format::full(value, measure.digits));
    let with = alarm.began_with;
    match (alert.above, alert.below) {
        (Some(limit), _) => {
            format!("{title} {}: 기준 {} 초과 ({at})", full(with), full(limit))
        }
        (None, Some(limit)) => {
            format!("{title} {}: 기준 {} 미만 ({at})", full(with), full(limit))
        }
        (None, None) => {
            let word = if with < 0.0 {
                "줄었습니다"
            } else {
                "늘었습니다"
            };
            let percent = format::full(with.abs(), 1);
            format!("{title}: 앞 기간보다 {percent}% {word} ({at})")
        }
    }
}
