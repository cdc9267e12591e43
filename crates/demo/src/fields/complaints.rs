//! Complaints: what was received on a day, and how far it is on another.

use chrono::{Datelike as _, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta};

use super::{Desk, metres, stamp};
use crate::DemoError;
use crate::burst;
use crate::cells;
use crate::dice::Dice;
use crate::dirt::{Make, Plant, broken, cell, swapped, twice};
use crate::forms::Charset;
use crate::registry::citizen;
use crate::world::World;

/// Complaints of a day, on average.
const A_DAY: u64 = 40;
/// How much of that comes on a day of the week, from Monday on ...
const BY_WEEKDAY: [f64; 7] = [1.3, 1.2, 1.15, 1.1, 1.1, 0.65, 0.5];
/// ... and in a month: people are out and about in summer.
const BY_MONTH: [f64; 12] = [
    0.9, 0.9, 1.0, 1.05, 1.05, 1.1, 1.2, 1.15, 1.0, 0.95, 0.85, 0.85,
];
/// Days of a file of the past.
const WINDOW: i64 = 30;
/// Files of the past.
const WINDOWS: i64 = 12;
/// No complaint is open for more days.
const LONGEST: i64 = 14;
const HEADS: &str = "접수번호,접수일시,처리일시,접수경로,분야,처리상태,행정동코드,행정동,제목,신청인,연락처,X좌표,Y좌표,만족도";

const CATEGORIES: [(&str, &str); 8] = [
    ("도로", "보도블록이 깨져 있습니다"),
    ("청소", "쓰레기가 쌓여 있습니다"),
    ("주차", "불법 주차를 단속해 주십시오"),
    ("소음", "밤에 공사 소음이 큽니다"),
    ("공원", "공원 가로등이 꺼져 있습니다"),
    ("복지", "돌봄 서비스를 알고 싶습니다"),
    ("건축", "가림막이 떨어질 것 같습니다"),
    ("기타", "안내판 글씨가 지워졌습니다"),
];

const COMPLAINT_FAULTS: &[Plant] = &[
    cell("received_at", 1, "no-such-moment", "2026-02-30 10:00"),
    cell("channel", 3, "in", "팩스"),
    broken(Make::Short, "field-count"),
    cell("satisfaction", 13, "range", "9"),
    swapped(11, 12, "inside"),
    cell("phone", 10, "pattern", "연락처없음"),
    cell("closed_at", 2, "type", "처리완료"),
    Plant {
        column: None,
        at: 2,
        check: "date-order",
        make: Make::Value("2020-01-01 00:00"),
    },
    broken(Make::Nul, "nul-byte"),
    cell("receipt_no", 0, "required", ""),
    twice("receipt_no", 0),
];

/// A complaint, drawn once for good.
struct Complaint {
    number: String,
    received: NaiveDateTime,
    closed: NaiveDateTime,
    channel: &'static str,
    category: &'static str,
    /// What it is called while it is open.
    open: &'static str,
    dong: (String, &'static str),
    title: String,
    person: (String, String),
    at: (String, String),
    /// What the person says once it is closed, and what stands there until then.
    satisfaction: (String, &'static str),
}

impl Complaint {
    fn new(world: &World, dice: &mut Dice, day: NaiveDate, number: u64) -> Self {
        let mut place = world.place(dice);
        let applicant = citizen(world, dice);
        let received =
            day.and_time(NaiveTime::MIN) + TimeDelta::minutes(dice.between(8 * 60, 20 * 60));
        let (mut category, mut title) = *dice.pick(&CATEGORIES);
        if let Some(flooded) = burst::on(world, day).filter(|_| number.is_multiple_of(burst::EVERY))
        {
            let mut dice = Dice::new(world.seed, &format!("burst {day} {number}"));
            place = world.place_in(flooded, &mut dice);
            (category, title) = burst::COMPLAINT;
        }
        let dong = &world.dongs[place.dong];
        let (x, y) = world.belt(place.at);
        let unsaid = *dice.pick(&["-", "미응답", ""]);
        Self {
            number: format!("MW{}{:06}", day.format("%y%m%d"), number + 1),
            received,
            closed: received + TimeDelta::minutes(dice.between(60, 60 * 24 * LONGEST)),
            channel: *dice.pick(&["방문", "전화", "누리집", "앱", "앱", "우편"]),
            category,
            open: *dice.pick(&["접수", "처리중"]),
            dong: (dong.code.clone(), dong.name),
            // Commas and quotation marks inside a cell are no fault.
            title: if dice.chance(0.05) {
                format!("{}에서, \"{title}\"", place.road)
            } else {
                title.to_owned()
            },
            person: (applicant.name, applicant.phone),
            at: if dice.chance(0.9) {
                (metres(x), metres(y))
            } else {
                (String::new(), String::new())
            },
            satisfaction: if dice.chance(0.4) {
                (dice.between(1, 5).to_string(), unsaid)
            } else {
                (unsaid.to_owned(), unsaid)
            },
        }
    }

    /// All of a day, where `a_day` come on average.
    fn of(world: &World, day: NaiveDate, a_day: u64) -> Vec<Self> {
        let mut dice = Dice::new(world.seed, &format!("complaints {day}"));
        (0..received(world, day, a_day))
            .map(|number| Self::new(world, &mut dice, day, number))
            .collect()
    }

    /// As it stands in the morning of a day.
    fn told(self, today: NaiveDate) -> Vec<String> {
        let is_closed = self.closed.date() < today;
        let closed = self.closed.format("%Y-%m-%d %H:%M").to_string();
        cells![
            self.number,
            self.received.format("%Y-%m-%d %H:%M"),
            if is_closed { closed } else { String::new() },
            self.channel,
            self.category,
            if is_closed { "완료" } else { self.open },
            self.dong.0,
            self.dong.1,
            self.title,
            self.person.0,
            self.person.1,
            self.at.0,
            self.at.1,
            if is_closed {
                &self.satisfaction.0
            } else {
                self.satisfaction.1
            }
        ]
    }
}

/// How many come on a day.
fn received(world: &World, day: NaiveDate, a_day: u64) -> u64 {
    let at = |number: u32| usize::try_from(number).unwrap_or_default();
    let weekday = BY_WEEKDAY[at(day.weekday().num_days_from_monday())];
    let month = BY_MONTH[at(day.month0())];
    let average = f64::from(u32::try_from(a_day).unwrap_or(u32::MAX));
    let mut dice = Dice::new(world.seed, &format!("complaints {day} counted"));
    dice.count(average * weekday * month)
}

/// Rows of the past, a file a window.
pub(crate) fn complaints(desk: &mut Desk<'_>) -> Result<(), DemoError> {
    let (today, a_day) = (desk.plan.today, desk.grown(A_DAY));
    for window in (0..WINDOWS).rev() {
        let last = today - TimeDelta::days(window * WINDOW);
        let days = (0..WINDOW).rev().map(|back| last - TimeDelta::days(back));
        let all = days.flat_map(|day| Complaint::of(desk.world, day, a_day));
        let rows = all.map(|complaint| complaint.told(today)).collect();
        // Not the name of the file of that day, which grows while the day goes.
        write(desk, &format!("{}_{WINDOW}일", stamp(last)), rows)?;
    }
    Ok(())
}

/// What a day brings: its new complaints, and those that were closed the day before.
pub(crate) fn complaints_of_day(desk: &mut Desk<'_>) -> Result<(), DemoError> {
    let today = desk.plan.today;
    let rows = news(desk.world, today, desk.grown(A_DAY));
    write(desk, &stamp(today), rows)
}

/// What a day has brought so far: of its new complaints those that were received before a moment.
pub(crate) fn complaints_until(
    desk: &mut Desk<'_>,
    moment: NaiveDateTime,
) -> Result<(), DemoError> {
    let today = desk.plan.today;
    let all = of_day(desk.world, today, desk.grown(A_DAY));
    let rows = all
        .filter(|it| it.received.date() < today || it.received <= moment)
        .map(|complaint| complaint.told(today))
        .collect();
    write(desk, &stamp(today), rows)
}

fn news(world: &World, today: NaiveDate, a_day: u64) -> Vec<Vec<String>> {
    of_day(world, today, a_day)
        .map(|complaint| complaint.told(today))
        .collect()
}

/// The complaints a day's file is of: its new ones, and those that were closed the day before.
fn of_day(world: &World, today: NaiveDate, a_day: u64) -> impl Iterator<Item = Complaint> {
    let yesterday = today - TimeDelta::days(1);
    (0..=LONGEST + 1)
        .rev()
        .map(move |back| today - TimeDelta::days(back))
        .flat_map(move |day| Complaint::of(world, day, a_day))
        .filter(move |it| it.received.date() == today || it.closed.date() == yesterday)
}

fn write(desk: &mut Desk<'_>, name: &str, rows: Vec<Vec<String>>) -> Result<(), DemoError> {
    let file = format!("민원봉사과/민원접수_{name}.csv");
    let count = rows.len() as u64;
    let mut table = desk.csv(
        "complaints",
        &file,
        Charset::Cp949,
        HEADS,
        COMPLAINT_FAULTS,
        count,
    )?;
    for row in rows {
        table.row(row)?;
    }
    table.finish()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn known(world: &World, today: NaiveDate) -> BTreeMap<String, Vec<String>> {
        let days = (0..40).map(|back| today - TimeDelta::days(back));
        let all = days.flat_map(|day| Complaint::of(world, day, 20));
        all.map(|complaint| (complaint.number.clone(), complaint.told(today)))
            .collect()
    }

    #[test]
    fn weeks_have_quiet_ends_and_years_their_seasons() {
        let world = World::new(9);
        let first = NaiveDate::from_ymd_opt(2025, 1, 1).unwrap();
        let days = first.iter_days().take(365);
        let counts: Vec<(NaiveDate, u64)> = days
            .map(|day| (day, received(&world, day, A_DAY)))
            .collect();
        let all: u64 = counts.iter().map(|(_, count)| count).sum();
        assert!((38 * 365..42 * 365).contains(&all), "{all}");
        let mean = |is_of: &dyn Fn(NaiveDate) -> bool| {
            let own: Vec<u64> = counts
                .iter()
                .filter(|(day, _)| is_of(*day))
                .map(|(_, count)| *count)
                .collect();
            own.iter().sum::<u64>() / own.len() as u64
        };
        let sunday = mean(&|day| day.weekday() == chrono::Weekday::Sun);
        let monday = mean(&|day| day.weekday() == chrono::Weekday::Mon);
        assert!(monday > sunday * 2, "{monday} {sunday}");
        assert!(mean(&|day| day.month() == 7) > mean(&|day| day.month() == 12) + 8);
    }

    #[test]
    fn a_week_of_news_is_all_that_changes() {
        let world = World::new(9);
        let mut today = NaiveDate::from_ymd_opt(2026, 3, 1).unwrap();
        let mut told = known(&world, today);
        for _ in 0..7 {
            today += TimeDelta::days(1);
            for row in news(&world, today, 20) {
                told.insert(row[0].clone(), row);
            }
        }
        for (number, row) in known(&world, today) {
            assert_eq!(told[&number], row);
        }
    }
}
