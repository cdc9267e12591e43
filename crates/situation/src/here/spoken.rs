//! The sentences.

use chrono::{Datelike, NaiveDate};
use city::Lang;

use super::{Here, Near};

/// One paragraph, to be read aloud.
pub fn spoken(here: &Here, lang: Lang) -> String {
    let sentences = match lang {
        Lang::Ko => korean(here),
        Lang::En => english(here),
    };
    sentences.join(" ")
}

fn whole(metres: f64) -> String {
    // Nobody says 42.7 metres on the telephone.
    let metres = if metres < 20.0 {
        metres.round()
    } else {
        (metres / 10.0).round() * 10.0
    };
    format!("{metres:.0}")
}

fn day_ko(day: NaiveDate) -> String {
    format!("{}월 {}일", day.month(), day.day())
}

fn works_ko(near: &Near) -> String {
    let road = near.road.as_deref().unwrap_or("이 근처");
    let purpose = near.purpose.as_deref().unwrap_or("굴착");
    format!("{road} {purpose} 공사")
}

fn korean(here: &Here) -> Vec<String> {
    let mut said = vec![format!(
        "{} 둘레 {}미터 안의 상황을 알려 드립니다.",
        here.place,
        whole(here.metres)
    )];
    said.push(match here.works.as_deref() {
        None => "공사 자료는 지금 확인할 수 없습니다.".to_owned(),
        Some([]) => "지금 진행 중인 공사는 없습니다.".to_owned(),
        Some(all @ [first, ..]) => format!(
            "지금 진행 중인 공사는 {}건입니다. 가장 가까운 것은 {}미터 떨어진 {}이며, {}까지 할 예정입니다.",
            all.len(),
            whole(first.metres),
            works_ko(first),
            day_ko(first.ends)
        ),
    });
    match here.closures.as_deref() {
        None => {}
        Some([]) => said.push("통제 중인 도로는 없습니다.".to_owned()),
        Some(all @ [first, ..]) => said.push(format!(
            "통제 중인 곳은 {}곳입니다. 가장 가까운 것은 {}미터 떨어진 {}이며, {}까지입니다.",
            all.len(),
            whole(first.metres),
            first.title,
            day_ko(first.ends)
        )),
    }
    match here.planned.as_deref() {
        None => {}
        Some([]) => said.push("예정된 공사는 없습니다.".to_owned()),
        Some(all) => {
            let next = all.iter().min_by_key(|near| near.starts);
            let next = next.map(|next| {
                format!(
                    " 가장 먼저 하는 것은 {}이며, {}에 시작할 예정입니다.",
                    works_ko(next),
                    day_ko(next.starts)
                )
            });
            said.push(format!(
                "예정된 공사는 {}건입니다.{}",
                all.len(),
                next.unwrap_or_default()
            ));
        }
    }
    said.push(complaints_ko(here));
    let contacts = here.contacts.iter().map(|contact| {
        let topic = contact
            .topic
            .as_deref()
            .map_or_else(|| "공사".to_owned(), |topic| format!("{topic} 민원"));
        let phone = contact
            .phone
            .as_deref()
            .map_or_else(String::new, |phone| format!(", 전화 {phone}번"));
        format!("{topic} 문의는 {}{phone}입니다.", contact.department)
    });
    said.extend(contacts);
    said
}

fn complaints_ko(here: &Here) -> String {
    let days = here.complaint_days;
    match here.complaints.as_deref() {
        None => "민원 자료는 지금 확인할 수 없습니다.".to_owned(),
        Some([]) => format!("최근 {days}일 동안 이 근처에서 접수한 민원은 없습니다."),
        Some(all @ [(topic, count), ..]) => {
            let total: u64 = all.iter().map(|(_, count)| count).sum();
            format!(
                "최근 {days}일 동안 이 근처에서 접수한 민원은 {total}건이며, {topic} 민원이 {count}건으로 가장 많습니다."
            )
        }
    }
}

fn day_en(day: NaiveDate) -> String {
    day.format("%-d %B").to_string()
}

fn works_en(near: &Near) -> String {
    let road = near.road.as_deref().unwrap_or("a road nearby");
    let purpose = near.purpose.as_deref().unwrap_or("digging");
    format!("{purpose} works at {road}")
}

fn count_en(count: usize, one: &str, many: &str) -> String {
    if count == 1 {
        format!("There is 1 {one}")
    } else {
        format!("There are {count} {many}")
    }
}

fn english(here: &Here) -> Vec<String> {
    let mut said = vec![format!(
        "This is what is going on within {} metres of {}.",
        whole(here.metres),
        here.place
    )];
    said.push(match here.works.as_deref() {
        None => "Street works cannot be looked up at the moment.".to_owned(),
        Some([]) => "No street works are under way.".to_owned(),
        Some(all @ [first, ..]) => format!(
            "{} under way. The nearest are {}, {} metres away, until {}.",
            count_en(all.len(), "site of street works", "sites of street works"),
            works_en(first),
            whole(first.metres),
            day_en(first.ends)
        ),
    });
    match here.closures.as_deref() {
        None => {}
        Some([]) => said.push("No road is closed.".to_owned()),
        Some(all @ [first, ..]) => said.push(format!(
            "{}. The nearest is {}, {} metres away, until {}.",
            count_en(all.len(), "closure", "closures"),
            first.title,
            whole(first.metres),
            day_en(first.ends)
        )),
    }
    match here.planned.as_deref() {
        None => {}
        Some([]) => said.push("No street works are planned.".to_owned()),
        Some(all) => {
            let next = all.iter().min_by_key(|near| near.starts);
            let next = next.map(|next| {
                format!(
                    " The first are {}, from {}.",
                    works_en(next),
                    day_en(next.starts)
                )
            });
            said.push(format!(
                "{} planned.{}",
                count_en(all.len(), "site of street works", "sites of street works"),
                next.unwrap_or_default()
            ));
        }
    }
    let days = here.complaint_days;
    said.push(match here.complaints.as_deref() {
        None => "Complaints cannot be looked up at the moment.".to_owned(),
        Some([]) => format!("No complaint was received nearby in the last {days} days."),
        Some(all @ [(topic, count), ..]) => {
            let total: u64 = all.iter().map(|(_, count)| count).sum();
            format!(
                "In the last {days} days, {total} complaints were received nearby, most of them about {topic}: {count}."
            )
        }
    });
    let contacts = here.contacts.iter().map(|contact| {
        let topic = contact.topic.as_deref().unwrap_or("street works");
        let phone = contact
            .phone
            .as_deref()
            .map_or_else(String::new, |phone| format!(", telephone {phone}"));
        format!("For {topic}, ask {}{phone}.", contact.department)
    });
    said.extend(contacts);
    said
}
