//! Dates and times in declared forms.
//!
//! A form is written as for `strftime`: `%Y` `%y` `%m` `%d` `%H` `%I` `%M` `%S`, `%p` for 오전/오후 (or AM/PM),
//! `%b` for an English month's first three letters, `%f` for a fraction of a second, `excel` for a spreadsheet's
//! serial number.
//! Numbers may stand without their leading zero where a sign other than a digit follows.

use chrono::{NaiveDate, NaiveDateTime, NaiveTime};

/// What a text said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Read<T> {
    /// A moment.
    Moment(T),
    /// It has the form, but there is no such moment (2024-02-30).
    NoSuch,
    /// It has not the form.
    OtherForm,
}

/// A compiled form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Form {
    steps: Vec<Step>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Year,
    ShortYear,
    Month,
    MonthName,
    Day,
    Hour,
    Hour12,
    Minute,
    Second,
    Fraction,
    HalfDay,
    Sign(char),
    Excel,
}

/// Parts of a moment as they stand in a text.
#[derive(Clone, Copy, Debug, Default)]
struct Parts {
    year: i32,
    month: u32,
    day: u32,
    hour: u32,
    minute: u32,
    second: u32,
    micros: u32,
    afternoon: Option<bool>,
    /// Days since 1899-12-30 and seconds of the day.
    excel: Option<(i64, u32)>,
}

impl Form {
    /// Compiles a form; nothing if it holds an unknown `%` letter.
    pub fn new(form: &str) -> Option<Self> {
        if form == "excel" {
            return Some(Self {
                steps: vec![Step::Excel],
            });
        }
        let mut steps = Vec::new();
        let mut signs = form.chars();
        while let Some(sign) = signs.next() {
            steps.push(match sign {
                '%' => match signs.next()? {
                    'Y' => Step::Year,
                    'y' => Step::ShortYear,
                    'm' => Step::Month,
                    'b' => Step::MonthName,
                    'd' => Step::Day,
                    'H' => Step::Hour,
                    'I' => Step::Hour12,
                    'M' => Step::Minute,
                    'S' => Step::Second,
                    'f' => Step::Fraction,
                    'p' => Step::HalfDay,
                    '%' => Step::Sign('%'),
                    _ => return None,
                },
                sign => Step::Sign(sign),
            });
        }
        Some(Self { steps })
    }

    fn parts(&self, text: &str) -> Option<Parts> {
        let mut parts = Parts {
            month: 1,
            day: 1,
            ..Parts::default()
        };
        let mut rest = text;
        for (at, step) in self.steps.iter().enumerate() {
            let glued = matches!(self.steps.get(at + 1), Some(next) if !matches!(next, Step::Sign(_) | Step::HalfDay));
            let mut number = |most: usize| {
                let digits = rest
                    .bytes()
                    .take(most)
                    .take_while(u8::is_ascii_digit)
                    .count();
                // Where the next number follows at once, only full width tells where it begins.
                if digits == 0 || (glued && digits < most) {
                    return None;
                }
                let (head, tail) = rest.split_at(digits);
                rest = tail;
                head.parse::<u32>().ok()
            };
            match step {
                Step::Year => {
                    let year = number(4)?;
                    // Four digits or none: 24-01-02 is another form.
                    if year < 1000 {
                        return None;
                    }
                    parts.year = i32::try_from(year).ok()?;
                }
                Step::ShortYear => {
                    let short = i32::try_from(number(2)?).ok()?;
                    // The usual pivot: 69 is 1969, 68 is 2068.
                    parts.year = if short >= 69 {
                        1900 + short
                    } else {
                        2000 + short
                    };
                }
                Step::Month => parts.month = number(2)?,
                Step::Day => parts.day = number(2)?,
                Step::Hour | Step::Hour12 => parts.hour = number(2)?,
                Step::Minute => parts.minute = number(2)?,
                Step::Second => parts.second = number(2)?,
                Step::Fraction => (parts.micros, rest) = fraction(rest)?,
                Step::MonthName => {
                    parts.month = month(rest.get(..3)?)?;
                    rest = rest.get(3..)?;
                }
                Step::HalfDay => {
                    let (word, later) = HALF_DAYS
                        .into_iter()
                        .find(|(word, _)| rest.starts_with(word))?;
                    parts.afternoon = Some(later);
                    rest = rest.strip_prefix(word)?;
                }
                Step::Sign(' ') => rest = rest.trim_start_matches(' '),
                Step::Sign(sign) => rest = rest.strip_prefix(*sign)?,
                Step::Excel => {
                    let serial: f64 = rest
                        .parse()
                        .ok()
                        .filter(|serial| (1.0..2_958_466.0).contains(serial))?;
                    #[expect(clippy::cast_possible_truncation, reason = "bounded just above")]
                    let (days, second) = (
                        serial.trunc() as i64,
                        (serial.fract() * 86_400.0).round() as i64,
                    );
                    parts.excel =
                        Some((days + second / 86_400, u32::try_from(second % 86_400).ok()?));
                    rest = "";
                }
            }
        }
        rest.is_empty().then_some(parts)
    }
}

/// Microseconds of a fraction's digits, and what follows them. A finer one is a fraction only if it says nothing
/// more: nothing is rounded.
fn fraction(text: &str) -> Option<(u32, &str)> {
    let digits = text.bytes().take(9).take_while(u8::is_ascii_digit).count();
    let (head, rest) = text.split_at(digits);
    let nanos: u32 = format!("{head:0<9}").parse().ok()?;
    (digits > 0 && nanos.is_multiple_of(1000)).then_some((nanos / 1000, rest))
}

/// What stands for the half of the day, and whether it is the later one.
const HALF_DAYS: [(&str, bool); 6] = [
    ("오전", false),
    ("오후", true),
    ("AM", false),
    ("PM", true),
    ("am", false),
    ("pm", true),
];

/// The number of a month by its first three English letters.
fn month(name: &str) -> Option<u32> {
    const NAMES: [&str; 12] = [
        "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
    ];
    let at = NAMES
        .iter()
        .position(|known| name.eq_ignore_ascii_case(known))?;
    u32::try_from(at + 1).ok()
}

impl Parts {
    fn date(self) -> Option<NaiveDate> {
        match self.excel {
            Some((days, _)) => NaiveDate::from_ymd_opt(1899, 12, 30)?
                .checked_add_signed(chrono::TimeDelta::try_days(days)?),
            None => NaiveDate::from_ymd_opt(self.year, self.month, self.day),
        }
    }

    /// Seconds of the day; 86,400 for 24:00.
    fn seconds(self) -> Option<u32> {
        if let Some((_, seconds)) = self.excel {
            return Some(seconds);
        }
        let hour = match self.afternoon {
            Some(_) if !(1..=12).contains(&self.hour) => return None,
            Some(later) => self.hour % 12 + if later { 12 } else { 0 },
            None => self.hour,
        };
        let seconds = hour * 3600 + self.minute * 60 + self.second;
        (self.minute < 60 && self.second < 60 && seconds <= 86_400).then_some(seconds)
    }

    fn datetime(self) -> Option<NaiveDateTime> {
        let seconds = self.seconds()?;
        let midnight = self.date()?.and_time(NaiveTime::MIN);
        let micros = chrono::TimeDelta::microseconds(i64::from(self.micros));
        let since = chrono::TimeDelta::try_seconds(i64::from(seconds))?.checked_add(&micros)?;
        midnight.checked_add_signed(since)
    }
}

/// Forms a column accepts, tried in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Forms {
    forms: Vec<Form>,
    iso: bool,
}

impl Forms {
    /// Compiles the declared forms; `default` is taken when there are none.
    pub fn new(declared: &[String], default: &[&str]) -> Self {
        let forms: Vec<Form> = if declared.is_empty() {
            default.iter().filter_map(|form| Form::new(form)).collect()
        } else {
            declared.iter().filter_map(|form| Form::new(form)).collect()
        };
        let iso = declared
            .first()
            .map_or(default.first() == Some(&"%Y-%m-%d"), |form| {
                form == "%Y-%m-%d"
            });
        Self { forms, iso }
    }

    fn read<T>(&self, text: &str, make: impl Fn(Parts) -> Option<T>) -> Read<T> {
        let mut has_form = false;
        for form in &self.forms {
            if let Some(parts) = form.parts(text) {
                has_form = true;
                if let Some(value) = make(parts) {
                    return Read::Moment(value);
                }
            }
        }
        if has_form {
            Read::NoSuch
        } else {
            Read::OtherForm
        }
    }

    /// A day.
    pub fn date(&self, text: &str) -> Read<NaiveDate> {
        if self.iso
            && let Some((year, month, day)) = iso(text.as_bytes())
        {
            return NaiveDate::from_ymd_opt(year, month, day).map_or(Read::NoSuch, Read::Moment);
        }
        self.read(text, Parts::date)
    }

    /// A moment.
    pub fn datetime(&self, text: &str) -> Read<NaiveDateTime> {
        self.read(text, Parts::datetime)
    }

    /// Seconds of the day, 24:00 included.
    pub fn time(&self, text: &str) -> Read<u32> {
        self.read(text, |parts| parts.seconds().filter(|_| parts.micros == 0))
    }
}

/// `YYYY-MM-DD` without looking at a form.
fn iso(bytes: &[u8]) -> Option<(i32, u32, u32)> {
    let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = bytes else {
        return None;
    };
    let digit = |byte: &u8| Some(u32::from(byte.wrapping_sub(b'0'))).filter(|digit| *digit <= 9);
    let year = digit(y1)? * 1000 + digit(y2)? * 100 + digit(y3)? * 10 + digit(y4)?;
    Some((
        i32::try_from(year).ok()?,
        digit(m1)? * 10 + digit(m2)?,
        digit(d1)? * 10 + digit(d2)?,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(form: &str, text: &str) -> Read<NaiveDate> {
        Forms::new(&[form.to_owned()], &[]).date(text)
    }

    #[test]
    fn dates_in_every_form_of_real_files() {
        let second = NaiveDate::from_ymd_opt(2024, 1, 2).unwrap();
        for (form, text) in [
            ("%Y-%m-%d", "2024-01-02"),
            ("%Y.%m.%d", "2024.1.2"),
            ("%Y.%m.%d.", "2024.01.02."),
            ("%Y. %m. %d.", "2024. 1. 2."),
            ("%Y%m%d", "20240102"),
            ("%y/%m/%d", "24/01/02"),
            ("%Y년 %m월 %d일", "2024년 1월 2일"),
            ("excel", "45293"),
        ] {
            assert_eq!(date(form, text), Read::Moment(second), "{form}");
        }
        assert_eq!(date("%Y-%m-%d", "2024-02-30"), Read::NoSuch);
        assert_eq!(date("%Y%m%d", "2024-01-02"), Read::OtherForm);
        assert_eq!(date("%Y%m%d", "202412"), Read::OtherForm);
        assert_eq!(date("%Y-%m-%d", "24-01-02"), Read::OtherForm);
    }

    #[test]
    fn a_fraction_of_a_second_is_kept_to_the_microsecond_and_never_rounded() {
        let forms = Forms::new(&["%Y-%m-%d %H:%M:%S.%f".to_owned()], &[]);
        let micros = |text| match forms.datetime(text) {
            Read::Moment(moment) => Some(moment.and_utc().timestamp_subsec_micros()),
            _ => None,
        };
        for (text, found) in [
            ("2026-11-26 09:00:00.5", Some(500_000)),
            ("2026-11-26 09:00:00.000001", Some(1)),
            ("2026-11-26 09:00:00.120000000", Some(120_000)),
            ("2026-11-26 09:00:00.000000001", None),
            ("2026-11-26 09:00:00.", None),
            ("2026-11-26 09:00:00.1234567890", None),
        ] {
            assert_eq!(micros(text), found, "{text}");
        }
        let times = Forms::new(&["%H:%M:%S.%f".to_owned()], &[]);
        assert_eq!(times.time("09:00:00.0"), Read::Moment(9 * 3600));
        assert_eq!(times.time("09:00:00.5"), Read::NoSuch);
    }

    #[test]
    fn times_and_moments() {
        let forms = Forms::new(&["%H:%M".to_owned(), "%p %I:%M".to_owned()], &[]);
        assert_eq!(forms.time("09:05"), Read::Moment(9 * 3600 + 300));
        assert_eq!(forms.time("24:00"), Read::Moment(86_400));
        assert_eq!(forms.time("24:01"), Read::NoSuch);
        assert_eq!(forms.time("오후 1:30"), Read::Moment(13 * 3600 + 1800));
        assert_eq!(forms.time("오전 12:00"), Read::Moment(0));
        let moments = Forms::new(&["%Y-%m-%d %H:%M:%S".to_owned()], &[]);
        assert!(matches!(
            moments.datetime("2024-01-02 03:04:05"),
            Read::Moment(_)
        ));
        assert_eq!(moments.datetime("2024-02-30 00:00:00"), Read::NoSuch);
    }
}
