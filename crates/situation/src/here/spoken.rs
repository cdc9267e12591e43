//! The sentences.

use chrono::{Datelike, NaiveDate, Timelike};
use city::Lang;

use super::{Closed, Here, Near, When};

/// One paragraph, to be read aloud.
pub fn spoken(here: &Here, lang: Lang) -> String {
    let sentences = match lang {
        Lang::Ko => korean(here),
        Lang::En => english(here),
    };
    sentences.join(" ")
}

/// What is said of a place that lies in another city.
pub fn outside(lang: Lang) -> String {
    let said = match lang {
        Lang::Ko => "말씀하신 곳은 이 도시 밖에 있어 상황을 알려 드릴 수 없습니다.",
        Lang::En => "This place lies outside the city: what is going on there is not known here.",
    };
    said.to_owned()
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

/// A day, with its year where that is another than this.
fn day_ko(day: NaiveDate, here: &Here) -> String {
    let said = format!("{}월 {}일", day.month(), day.day());
    if here.today.is_none_or(|today| today.year() == day.year()) {
        said
    } else {
        format!("{}년 {said}", day.year())
    }
}

fn when_ko(when: When, here: &Here) -> String {
    let day = day_ko(when.day(), here);
    match when {
        When::Day(_) => day,
        When::Moment(at) if at.minute() == 0 => format!("{day} {}시", at.hour()),
        When::Moment(at) => format!("{day} {}시 {}분", at.hour(), at.minute()),
    }
}

fn works_ko(near: &Near) -> String {
    let road = near.road.as_deref().unwrap_or("이 근처");
    let purpose = near.purpose.as_deref().unwrap_or("굴착");
    format!("{road} {purpose} 공사")
}

fn korean(here: &Here) -> Vec<String> {
    let near = if here.is_near { " 부근" } else { "" };
    let mut said = vec![format!(
        "{}{near} 둘레 {}미터 안의 상황을 알려 드립니다.",
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
            day_ko(first.ends, here)
        ),
    });
    said.extend(closures_ko(here));
    match here.planned.as_deref() {
        None => {}
        Some([]) => said.push("예정된 공사는 없습니다.".to_owned()),
        Some(all) => {
            let next = all.iter().min_by_key(|near| near.starts);
            let next = next.map(|next| {
                format!(
                    " 가장 먼저 하는 것은 {}이며, {}에 시작할 예정입니다.",
                    works_ko(next),
                    day_ko(next.starts, here)
                )
            });
            said.push(format!(
                "예정된 공사는 {}건입니다.{}",
                all.len(),
                next.unwrap_or_default()
            ));
        }
    }
    said.extend(complaints_ko(here));
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

fn closures_ko(here: &Here) -> Vec<String> {
    let mut said = Vec::new();
    let until = |own: &Closed| {
        own.ends.map_or_else(
            || "끝나는 때는 정해지지 않았습니다".to_owned(),
            |ends| format!("{}까지입니다", when_ko(ends, here)),
        )
    };
    match here.closures.as_deref() {
        None => return said,
        Some([]) if here.unplaced_closures > 0 => {
            said.push("이 근처에서 확인된 통제 도로는 없습니다.".to_owned());
        }
        Some([]) => said.push("통제 중인 도로는 없습니다.".to_owned()),
        Some(all @ [first, ..]) => {
            let count = all.len();
            let nearest = match (first.metres, first.road.as_deref()) {
                (Some(metres), _) => format!("가장 가까운 것은 {}미터 떨어진", whole(metres)),
                (None, Some(road)) => format!("{road}의 어디인지는 알 수 없으나, 가까운 것은"),
                (None, None) => "가까운 것은".to_owned(),
            };
            said.push(format!(
                "통제 중인 곳은 {count}곳입니다. {nearest} {}이며, {}.",
                first.title,
                until(first)
            ));
        }
    }
    if here.unplaced_closures > 0 {
        let count = here.unplaced_closures;
        said.push(format!(
            "위치를 모르는 통제가 시 전체에 {count}건 더 있습니다."
        ));
    }
    said
}

fn complaints_ko(here: &Here) -> Vec<String> {
    let days = here.complaint_days;
    let mut said = vec![match here.complaints.as_deref() {
        None => "민원 자료는 지금 확인할 수 없습니다.".to_owned(),
        Some([]) => format!("최근 {days}일 동안 이 근처에서 접수한 민원은 없습니다."),
        Some(all) => {
            let total: u64 = all.iter().map(|(_, count)| count).sum();
            let most = match most(all) {
                Most::Only(topic) if total == 1 => format!("{topic} 민원입니다."),
                Most::Only(topic) => format!("모두 {topic} 민원입니다."),
                Most::One(topic, count) => format!("{topic} 민원이 {count}건으로 가장 많습니다."),
                Most::Some(topics, count) if topics.len() > TOPICS_SAID => format!(
                    "{}개 분야의 민원이 각각 {count}건으로 가장 많습니다.",
                    topics.len()
                ),
                Most::Some(topics, count) => format!(
                    "{} 민원이 각각 {count}건으로 가장 많습니다.",
                    topics.join(", ")
                ),
                Most::All(count) => format!("{}개 분야에서 각각 {count}건입니다.", all.len()),
            };
            format!("최근 {days}일 동안 이 근처에서 접수한 민원은 {total}건이며, {most}")
        }
    }];
    said.extend(alike(here).map(|(topic, count)| match count {
        0 => format!("이 가운데 {topic} 민원은 없습니다."),
        count => format!("이 가운데 {topic} 민원은 {count}건입니다."),
    }));
    if here.complaints_ahead > 0 {
        let count = here.complaints_ahead;
        said.push(format!(
            "접수 시각이 하루 넘게 앞선 민원 {count}건은 시계가 잘못된 것으로 보아 세지 않았습니다."
        ));
    }
    said
}

/// How many of several complaints are about what the call is about.
fn alike(here: &Here) -> Option<(&str, u64)> {
    let (topic, all) = (here.topic.as_deref()?, here.complaints.as_deref()?);
    let own = all.iter().find(|(other, _)| other == topic);
    let is_told = all.is_empty() || (all.len() == 1 && own.is_some());
    (!is_told).then(|| (topic, own.map_or(0, |(_, count)| *count)))
}

/// Which topics complaints are about most.
enum Most<'h> {
    /// There is no other.
    Only(&'h str),
    /// This one.
    One(&'h str, u64),
    /// These alike.
    Some(Vec<&'h str>, u64),
    /// All of them alike.
    All(u64),
}

/// Most topics that are said in one breath.
const TOPICS_SAID: usize = 3;

fn most(all: &[(String, u64)]) -> Most<'_> {
    let count = all
        .iter()
        .map(|(_, count)| *count)
        .max()
        .unwrap_or_default();
    let first = all.iter().filter(|(_, own)| *own == count);
    let first: Vec<&str> = first.map(|(topic, _)| topic.as_str()).collect();
    match first.as_slice() {
        [only] if all.len() == 1 => Most::Only(only),
        [one] => Most::One(one, count),
        _ if first.len() == all.len() => Most::All(count),
        _ => Most::Some(first, count),
    }
}

fn day_en(day: NaiveDate, here: &Here) -> String {
    let is_this_year = here.today.is_none_or(|today| today.year() == day.year());
    let form = if is_this_year { "%-d %B" } else { "%-d %B %Y" };
    day.format(form).to_string()
}

fn when_en(when: When, here: &Here) -> String {
    let day = day_en(when.day(), here);
    match when {
        When::Day(_) => day,
        When::Moment(at) => format!("{} on {day}", at.format("%H:%M")),
    }
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
    let near = if here.is_near { "a place near " } else { "" };
    let mut said = vec![format!(
        "This is what is going on within {} metres of {near}{}.",
        whole(here.metres),
        here.place
    )];
    said.push(match here.works.as_deref() {
        None => "Street works cannot be looked up at the moment.".to_owned(),
        Some([]) => "No street works are under way.".to_owned(),
        Some(all @ [first, ..]) => format!(
            "{} under way{} {}, {} metres away, until {}.",
            count_en(all.len(), "site of street works", "sites of street works"),
            if all.len() == 1 {
                ":"
            } else {
                ". The nearest:"
            },
            works_en(first),
            whole(first.metres),
            day_en(first.ends, here)
        ),
    });
    said.extend(closures_en(here));
    match here.planned.as_deref() {
        None => {}
        Some([]) => said.push("No street works are planned.".to_owned()),
        Some(all) => {
            let next = all.iter().min_by_key(|near| near.starts);
            let next = next.map(|next| {
                let (works, from) = (works_en(next), day_en(next.starts, here));
                format!(" The first to begin: {works}, from {from}.")
            });
            said.push(format!(
                "{} planned.{}",
                count_en(all.len(), "site of street works", "sites of street works"),
                next.unwrap_or_default()
            ));
        }
    }
    said.extend(complaints_en(here));
    let contacts = here.contacts.iter().map(|contact| {
        let topic = contact.topic.as_deref().unwrap_or("street works");
        let phone = contact
            .phone
            .as_deref()
            .map_or_else(String::new, |phone| format!(", telephone {phone}"));
        format!("For {topic}, ask {}{phone}.", contact.department_en)
    });
    said.extend(contacts);
    said
}

fn closures_en(here: &Here) -> Vec<String> {
    let mut said = Vec::new();
    match here.closures.as_deref() {
        None => return said,
        Some([]) if here.unplaced_closures > 0 => {
            said.push("No closed road is known nearby.".to_owned());
        }
        Some([]) => said.push("No road is closed.".to_owned()),
        Some(all @ [first, ..]) => {
            let place = match (first.metres, first.road.as_deref()) {
                (Some(metres), _) => format!("{} metres away", whole(metres)),
                (None, Some(road)) => format!("somewhere on {road}"),
                (None, None) => "nearby".to_owned(),
            };
            let until = first.ends.map_or_else(
                || "with no end announced".to_owned(),
                |ends| format!("until {}", when_en(ends, here)),
            );
            said.push(format!(
                "{}. The nearest is {}, {place}, {until}.",
                count_en(all.len(), "closure", "closures"),
                first.title
            ));
        }
    }
    let unplaced = match here.unplaced_closures {
        0 => None,
        1 => Some("1 more closure is somewhere in the city; its place is not known.".to_owned()),
        count => Some(format!(
            "{count} more closures are somewhere in the city; their places are not known."
        )),
    };
    said.extend(unplaced);
    said
}

fn complaints_en(here: &Here) -> Vec<String> {
    let days = here.complaint_days;
    let mut said = vec![match here.complaints.as_deref() {
        None => "Complaints cannot be looked up at the moment.".to_owned(),
        Some([]) => format!("No complaint was received nearby in the last {days} days."),
        Some(all) => {
            let total: u64 = all.iter().map(|(_, count)| count).sum();
            let received = if total == 1 {
                "1 complaint was received nearby".to_owned()
            } else {
                format!("{total} complaints were received nearby")
            };
            let most = match most(all) {
                Most::Only(topic) if total == 1 => format!("about {topic}"),
                Most::Only(topic) => format!("all of them about {topic}"),
                Most::One(topic, count) => format!("most of them about {topic}: {count}"),
                Most::Some(topics, count) if topics.len() > TOPICS_SAID => {
                    format!("most of them on {} topics: {count} each", topics.len())
                }
                Most::Some(topics, count) => {
                    format!("most of them about {}: {count} each", topics.join(" and "))
                }
                Most::All(count) => format!("{count} each on {} topics", all.len()),
            };
            format!("In the last {days} days, {received}, {most}.")
        }
    }];
    said.extend(alike(here).map(|(topic, count)| match count {
        0 => format!("None of them is about {topic}."),
        1 => format!("One of them is about {topic}."),
        count => format!("{count} of them are about {topic}."),
    }));
    if here.complaints_ahead > 0 {
        said.push(format!(
            "Not counted: {}, received more than a day from now by a clock that is ahead.",
            match here.complaints_ahead {
                1 => "1 complaint".to_owned(),
                count => format!("{count} complaints"),
            }
        ));
    }
    said
}
