//! The one sentence that says what a figure is made of, in Korean and English.

use access::{At, Reader};
use chrono::NaiveDate;
use city::calendar::korean_day;
use city::measure::Compute;
use city::particle::particle;
use city::{Dataset, DatasetId, Lang, Measure};

use crate::asked::Asked;
use crate::figure::{Divided, Figure, Needs};
use crate::format::{full, with_unit};

/// What a figure is made of, as one sentence a citizen can read.
pub fn explain(
    reader: &Reader,
    measure: &Measure,
    asked: &Asked,
    figure: &Figure,
    lang: Lang,
) -> String {
    let words = Words {
        reader,
        measure,
        asked,
        lang,
    };
    match figure {
        Figure::Known {
            value,
            rows,
            unknown,
            divided,
            ..
        } => words.known(figure, *value, *rows, *unknown, *divided),
        Figure::Stale {
            value,
            rows,
            unknown,
            divided,
            age_days,
            limit_days,
            ..
        } => {
            let known = words.known(figure, *value, *rows, *unknown, *divided);
            words.pick(
                format!(
                    "자료가 {age_days}일 지나(기한 {limit_days}일) 지금과 다를 수 있지만, {known}"
                ),
                format!(
                    "The data are {age_days} days old (limit {limit_days}) and may differ from today: {known}"
                ),
            )
        }
        Figure::Unknown { needs } => words.unknown(needs),
        Figure::Suppressed => words.pick(
            "센 수가 적어 누구인지 드러날 수 있으므로 값을 보이지 않습니다.".to_owned(),
            "So few are counted that the value could tell who they are: it is not shown."
                .to_owned(),
        ),
        Figure::Forbidden { .. } => words.pick(
            "이 값을 이루는 자료를 볼 권한이 없어 값을 보이지 않습니다.".to_owned(),
            "You may not read what this figure is made of: it is not shown.".to_owned(),
        ),
        Figure::NotBrokenDown { dimension } => {
            let what = words.dimension(dimension);
            words.pick(
                format!("이 지표에는 고른 조건({what})에 해당하는 구분이 없습니다."),
                format!("This measure is not broken down by what was chosen ({what})."),
            )
        }
    }
}

/// What a dimension is called; a breakdown by its own title.
pub fn dimension_title(
    city: &city::City,
    measure: &Measure,
    dimension: &str,
    lang: Lang,
) -> String {
    let breakdown = measure.breakdowns.get(dimension);
    let titled = breakdown.and_then(|own| {
        let title = own.title.as_deref()?;
        Some(chosen(lang, title, own.title_en.as_deref()).to_owned())
    });
    let column = breakdown.map_or(dimension, |own| &own.column);
    titled.unwrap_or_else(|| column_title(city.datasets.get(&measure.dataset), column, lang))
}

fn column_title(dataset: Option<&Dataset>, column: &str, lang: Lang) -> String {
    let found = dataset.and_then(|own| own.column(column));
    found.map_or_else(
        || column.to_owned(),
        |own| chosen(lang, &own.title, own.title_en.as_deref()).to_owned(),
    )
}

fn chosen<'t>(lang: Lang, ko: &'t str, en: Option<&'t str>) -> &'t str {
    match lang {
        Lang::Ko => ko,
        Lang::En => en.unwrap_or(ko),
    }
}

struct Words<'w> {
    reader: &'w Reader,
    measure: &'w Measure,
    asked: &'w Asked,
    lang: Lang,
}

impl Words<'_> {
    fn pick(&self, ko: String, en: String) -> String {
        match self.lang {
            Lang::Ko => ko,
            Lang::En => en,
        }
    }

    fn dataset(&self, id: &DatasetId) -> String {
        let found = self.reader.city().datasets.get(id);
        found.map_or_else(
            || id.to_string(),
            |own| chosen(self.lang, &own.title, own.title_en.as_deref()).to_owned(),
        )
    }

    fn column(&self, name: &str) -> String {
        let own = self.reader.city().datasets.get(&self.measure.dataset);
        column_title(own, name, self.lang)
    }

    fn dimension(&self, name: &str) -> String {
        match (name, self.lang) {
            ("period", Lang::Ko) => "기간".to_owned(),
            ("period", Lang::En) => "period".to_owned(),
            _ => dimension_title(self.reader.city(), self.measure, name, self.lang),
        }
    }

    fn unknown(&self, needs: &Needs) -> String {
        let (Needs::Load { dataset }
        | Needs::Rows { dataset }
        | Needs::Denominator { dataset }
        | Needs::Zero { dataset }
        | Needs::Value { dataset }) = needs;
        let title = self.dataset(dataset);
        let is = particle(&title, "이/가");
        match needs {
            Needs::Load { .. } => self.pick(
                format!("‘{title}’ 자료가 아직 들어오지 않아 값을 알 수 없습니다."),
                format!("“{title}” has not been loaded yet: the value is not known."),
            ),
            Needs::Rows { .. } => self.pick(
                format!("‘{title}’에 계산할 값이 없어 알 수 없으며, 0이라는 뜻은 아닙니다."),
                format!(
                    "“{title}” has nothing to compute with: the value is not known, and not 0."
                ),
            ),
            Needs::Denominator { .. } => self.pick(
                format!("나누는 값인 ‘{title}’{is} 없어 값을 알 수 없습니다."),
                format!("What it is divided by, “{title}”, is missing: the value is not known."),
            ),
            // The measure divides by something of its own rows.
            Needs::Zero { dataset } if self.measure.denominator.is_none() => self.pick(
                format!("‘{title}’에서 나누는 값이 0이라 나눌 수 없습니다."),
                format!("What it is divided by, of “{title}”, is zero: it cannot be divided."),
            ),
            Needs::Zero { .. } => self.pick(
                format!("나누는 값인 ‘{title}’{is} 0이라 나눌 수 없습니다."),
                format!("What it is divided by, “{title}”, is zero: it cannot be divided."),
            ),
            Needs::Value { .. } => self.pick(
                format!("‘{title}’에 계산할 수 없는 값이 있어 알 수 없습니다."),
                format!("“{title}” has a value that cannot be computed with: it is not known."),
            ),
        }
    }

    /// The day the newest version of its own dataset was made.
    fn day(&self, figure: &Figure) -> Option<NaiveDate> {
        let (id, number) = figure.versions().first()?;
        let version = self
            .reader
            .version(id.as_str(), &At::Version(*number))
            .ok()?;
        Some(korean_day(version.committed_at))
    }

    /// The rows taken, by name, with what narrows them.
    fn rows_taken(&self) -> String {
        let measure = self.measure;
        let own = match self.lang {
            Lang::Ko => measure.rows.clone(),
            Lang::En => measure.rows_en.clone().or_else(|| measure.rows.clone()),
        };
        let name = own.unwrap_or_else(|| {
            let title = self.dataset(&measure.dataset);
            // All of the dataset would be more than what is counted.
            match &measure.filter {
                None => title,
                Some(_) => self.pick(
                    format!("조건에 맞는 {title}"),
                    format!("{title} that meets the condition"),
                ),
            }
        });
        let equals = self.asked.equals.iter();
        let narrowed: Vec<String> = equals
            .map(|(dimension, value)| format!("{} {value}", self.dimension(dimension)))
            .chain(self.asked.period.map(|period| period.to_string()))
            .collect();
        if narrowed.is_empty() {
            name
        } else {
            format!("{name}({})", narrowed.join(", "))
        }
    }

    fn known(
        &self,
        figure: &Figure,
        value: f64,
        rows: u64,
        unknown: Option<u64>,
        divided: Option<Divided>,
    ) -> String {
        let measure = self.measure;
        let value = with_unit(value, measure.digits, measure.unit_in(self.lang), self.lang);
        let made = Made {
            value,
            of: self.rows_taken(),
            rows: crate::format::count(rows),
            empty: unknown
                .filter(|unknown| *unknown > 0)
                .map(crate::format::count),
            divided,
        };
        let day = self.day(figure);
        let aside = self.aside(figure);
        match self.lang {
            Lang::Ko => {
                let day = day.map_or_else(String::new, |day| {
                    day.format("%Y년 %-m월 %-d일 판의 ").to_string()
                });
                format!("{day}{}{aside}", self.korean(&made))
            }
            Lang::En => {
                let day = day.map_or_else(String::new, |day| {
                    day.format("As of %-d %B %Y, ").to_string()
                });
                format!("{day}{}{aside}", self.english(&made))
            }
        }
    }

    /// What the loads that made its versions put aside is in no figure, and is told with it; nothing where there is none, or
    /// the dataset is only counted.
    fn aside(&self, figure: &Figure) -> String {
        let of = |(id, number): &(DatasetId, i64)| {
            self.reader.dataset(id.as_str()).ok()?;
            let version = self.reader.version(id.as_str(), &At::Version(*number));
            Some(version.ok()?.quarantined)
        };
        let rows: u64 = figure.versions().iter().filter_map(of).sum();
        if rows == 0 {
            return String::new();
        }
        let rows = crate::format::count(rows);
        self.pick(
            format!(" 확인이 필요해 따로 둔 {rows}건은 셈에 들어 있지 않습니다."),
            format!(" Rows put aside to be checked, {rows}, are not counted."),
        )
    }

    fn korean(&self, made: &Made) -> String {
        let Made {
            value, of, rows, ..
        } = made;
        let taken = match &made.empty {
            Some(empty) => format!("{of} {rows}건 가운데 값이 비어 있는 {empty}건을 뺀 나머지"),
            None => format!("{of} {rows}건"),
        };
        let summed = |column: &str| {
            let title = self.column(column);
            let object = particle(&title, "을/를");
            format!("{taken}의 ‘{title}’{object}")
        };
        match &self.measure.compute {
            Some(Compute::Count { distinct: None }) => {
                let object = particle(of, "을/를");
                format!("{of}{object} 모두 세면 {value}입니다.")
            }
            Some(Compute::Count {
                distinct: Some(column),
            }) => {
                format!(
                    "{taken}에서 서로 다른 ‘{}’ 값을 세면 {value}입니다.",
                    self.column(column)
                )
            }
            Some(Compute::Sum { column }) => {
                format!("{} 모두 더하면 {value}입니다.", summed(column))
            }
            Some(Compute::Average { column }) => {
                format!("{} 평균하면 {value}입니다.", summed(column))
            }
            Some(Compute::Percentile { column, percent }) => {
                let title = self.column(column);
                format!("{taken} 가운데 {percent}%는 ‘{title}’ 값이 {value} 이하입니다.")
            }
            Some(Compute::Share { sum, .. }) => {
                let (top, below) = made.numbers();
                let whole = sum.as_ref().map_or_else(
                    || "전체".to_owned(),
                    |column| format!("‘{}’ 전체", self.column(column)),
                );
                let topic = particle(&top, "은/는");
                let of = match &made.empty {
                    Some(empty) => format!("{of}(값이 비어 알 수 없는 {empty}건 제외)"),
                    None => of.clone(),
                };
                format!("{of} 가운데 이 지표가 세는 {top}{topic} {whole} {below}의 {value}입니다.")
            }
            Some(Compute::Index { base, .. }) => {
                let (top, below) = made.numbers();
                format!(
                    "{of}에서 {base}의 값 {below}{} 100으로 볼 때 값 {top}{} {value}입니다.",
                    particle(&below, "을/를"),
                    particle(&top, "은/는")
                )
            }
            Some(Compute::Ratio { sum } | Compute::Rate { sum, .. }) => {
                let (top, _) = made.numbers();
                let what = match sum {
                    Some(column) => format!("{} 더한 값 {top}", summed(column)),
                    // The rows are what is divided: their number is said once.
                    None if top == made.rows => taken,
                    None => format!("{taken} {top}"),
                };
                self.divided_ko(&what, made)
            }
            None if made.divided.is_some() => {
                let (top, _) = made.numbers();
                let what = match &self.measure.how {
                    Some(how) => format!("{taken}에서 {how} 나오는 값 {top}"),
                    None => format!("{taken}에서 계산한 값 {top}"),
                };
                self.divided_ko(&what, made)
            }
            None => {
                let how = self.measure.how.as_deref();
                let how = how.unwrap_or("정해진 식으로 계산하면");
                format!("{taken}에서 {how} {value}입니다.")
            }
        }
    }

    /// `{what}을 주민등록인구 3,456으로 나누고 1,000을 곱하면 3.5건입니다.`
    fn divided_ko(&self, what: &str, made: &Made) -> String {
        let (_, below) = made.numbers();
        let mut by = self.below_title();
        if let Some(unknown) = made.unknown_below() {
            by.push_str(&format!("(값이 비어 있는 {unknown}건 제외)"));
        }
        let toward = particle(&below, "으로/로");
        let factor = self.measure.factor();
        let times = if factor.total_cmp(&1.0).is_eq() {
            "나누면".to_owned()
        } else {
            let factor = full(factor, 0);
            format!("나누고 {factor}{} 곱하면", particle(&factor, "을/를"))
        };
        format!(
            "{what}{} {by} {below}{toward} {times} {}입니다.",
            particle(what, "을/를"),
            made.value
        )
    }

    fn english(&self, made: &Made) -> String {
        let Made {
            value, of, rows, ..
        } = made;
        let taken = match &made.empty {
            Some(empty) => {
                format!("{of} ({rows} rows, {empty} of them left out because they say nothing)")
            }
            None => format!("{of} ({rows} rows)"),
        };
        match &self.measure.compute {
            Some(Compute::Count { distinct: None }) => format!("counting {of} gives {value}."),
            Some(Compute::Count {
                distinct: Some(column),
            }) => format!(
                "counting the different values of “{}” in {taken} gives {value}.",
                self.column(column)
            ),
            Some(Compute::Sum { column }) => format!(
                "adding up “{}” of {taken} gives {value}.",
                self.column(column)
            ),
            Some(Compute::Average { column }) => format!(
                "the mean of “{}” of {taken} is {value}.",
                self.column(column)
            ),
            Some(Compute::Percentile { column, percent }) => format!(
                "{percent}% of {taken} have a “{}” of {value} or less.",
                self.column(column)
            ),
            Some(Compute::Share { .. }) => {
                let (top, below) = made.numbers();
                let of = match &made.empty {
                    Some(empty) => format!("{of} without {empty} that are not known"),
                    None => of.clone(),
                };
                format!("of {of}, {top} of {below} meet the condition: {value}.")
            }
            Some(Compute::Index { base, .. }) => {
                let (top, below) = made.numbers();
                format!("of {of}, {top} against {below} in {base}, which is 100, gives {value}.")
            }
            Some(Compute::Ratio { .. } | Compute::Rate { .. }) | None if made.divided.is_some() => {
                let (top, below) = made.numbers();
                let factor = self.measure.factor();
                let times = if factor.total_cmp(&1.0).is_eq() {
                    String::new()
                } else {
                    format!(", times {}", full(factor, 0))
                };
                format!(
                    "{top} of {taken} divided by {below} of {}{times} gives {value}.",
                    self.below_title()
                )
            }
            _ => match &self.measure.how_en {
                Some(how) => format!("{how}, of {taken}, is {value}."),
                None => format!("the declared expression over {taken} gives {value}."),
            },
        }
    }

    fn below_title(&self) -> String {
        let Some(below) = &self.measure.denominator else {
            return String::new();
        };
        let city = self.reader.city();
        let other = below.measure.as_ref().and_then(|id| city.measures.get(id));
        if let Some(other) = other {
            return chosen(self.lang, &other.title, other.title_en.as_deref()).to_owned();
        }
        let Some(id) = &below.dataset else {
            return String::new();
        };
        let title = self.dataset(id);
        match &below.sum {
            Some(column) => {
                let column = column_title(city.datasets.get(id), column, self.lang);
                self.pick(
                    format!("{title}의 ‘{column}’"),
                    format!("“{column}” of {title}"),
                )
            }
            None => title,
        }
    }
}

/// What stands in the sentence.
struct Made {
    value: String,
    of: String,
    rows: String,
    empty: Option<String>,
    divided: Option<Divided>,
}

impl Made {
    /// Rows of what it is divided by that have nothing to compute with, as text; nothing where there is none.
    fn unknown_below(&self) -> Option<String> {
        let unknown = self.divided?.unknown;
        (unknown > 0).then(|| crate::format::count(unknown))
    }

    fn numbers(&self) -> (String, String) {
        let shown = |value: f64| {
            let digits = if value.fract() == 0.0 { 0 } else { 2 };
            full(value, digits)
        };
        self.divided.map_or_else(
            || (String::new(), String::new()),
            |divided| (shown(divided.top), shown(divided.below)),
        )
    }
}
