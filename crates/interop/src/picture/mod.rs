//! Charts as pictures to take along, and for paper: what a view shows, as SVG.
//!
//! | module | holds |
//! | --- | --- |
//! | [`shades`] | values → classes of shade |
//! | [`stacks`] | parts of parts → pieces of bars |
//! | [`map`] | areas and squares with their legend |
//! | `draw` | the marks of each kind of chart |

mod draw;
pub mod map;
pub mod shades;
pub mod stacks;

pub use draw::Way;

use city::board::TIME;
use city::{City, DatasetId, Lang, Measure};
use measure::Shown;
use measure::explain::dimension_title;
pub use measure::format::moment;

/// Width of a picture in its own units.
pub(crate) const WIDTH: f64 = 960.0;
/// Height of title and subtitle.
pub(crate) const HEAD: f64 = 72.0;

/// What a picture is of.
#[derive(Clone, Copy)]
pub struct Subject<'s> {
    /// The city, which knows what dimensions are called.
    pub city: &'s City,
    /// The measure.
    pub measure: &'s Measure,
    /// What it says, for whoever cannot see it.
    pub sentence: &'s str,
    /// Where it comes from, for whoever meets the picture alone; empty where the page around it says so.
    pub source: &'s str,
    /// The language of its words.
    pub lang: Lang,
}

impl Subject<'_> {
    fn word(&self, ko: &str, en: &str) -> String {
        match self.lang {
            Lang::Ko => ko.to_owned(),
            Lang::En => en.to_owned(),
        }
    }

    fn title(&self) -> &str {
        match (&self.measure.title_en, self.lang) {
            (Some(title), Lang::En) => title,
            _ => &self.measure.title,
        }
    }

    /// By what it is told, and in which unit.
    fn unit_line(&self, by: &str) -> String {
        let unit = self.measure.unit_in(self.lang);
        let unit = self.word(&format!("단위: {unit}"), &format!("unit: {unit}"));
        if by.is_empty() {
            return unit;
        }
        self.word(&format!("{by} 기준, {unit}"), &format!("by {by}, {unit}"))
    }

    /// A value beside a mark: short, as people read it. Tables tell all digits.
    pub(crate) fn short(&self, value: f64) -> String {
        measure::format::short(
            value,
            self.measure.digits,
            self.measure.unit_in(self.lang),
            self.lang,
        )
    }

    /// What a dimension is called.
    pub(crate) fn dimension(&self, name: &str) -> String {
        if name == TIME {
            return self.word("때", "time");
        }
        dimension_title(self.city, self.measure, name, self.lang)
    }

    pub(crate) fn unknown(&self) -> String {
        self.word("알 수 없음", "Unknown")
    }

    pub(crate) fn hidden(&self) -> String {
        self.word("가림", "Hidden")
    }

    /// A label as it is drawn.
    pub(crate) fn label(&self, dimension: &str, label: Option<&str>) -> String {
        let Some(label) = label.filter(|label| !label.is_empty()) else {
            return self.unknown();
        };
        if dimension == TIME {
            return moment(self.measure, label);
        }
        label.to_owned()
    }
}

/// A picture with its title, to take along.
pub fn svg(subject: &Subject<'_>, shown: &Shown) -> String {
    let (by, body, height) = draw::drawn(subject, shown, HEAD);
    let title = escaped(subject.title());
    let subtitle = subject.unit_line(&by);
    let head = format!(
        "<text x=\"16\" y=\"28\" font-size=\"18\" font-weight=\"bold\">{title}</text><text x=\"16\" y=\"50\" fill=\"#555\">{}</text>",
        escaped(&subtitle)
    );
    let (height, foot) = foot(subject.source, height);
    framed(subject, height, 14, &format!("{head}{body}{foot}"))
}

/// The line under a picture that says where it comes from, and how high the picture is with it.
fn foot(source: &str, height: f64) -> (f64, String) {
    if source.is_empty() {
        return (height, String::new());
    }
    let line = format!(
        "<text x=\"16\" y=\"{:.1}\" font-size=\"12\" fill=\"#555\">{}</text>",
        height + 12.0,
        escaped(source)
    );
    (height + 28.0, line)
}

/// Which versions of which datasets a picture is of, and whose they are.
pub fn source_of(city: &City, versions: &[(DatasetId, i64)], lang: Lang) -> String {
    let named = versions.iter().map(|(id, version)| {
        let own = city.datasets.get(id);
        let title = own.map(|own| match (lang, &own.title_en) {
            (Lang::En, Some(title)) => title.clone(),
            _ => own.title.clone(),
        });
        let title = title.unwrap_or_else(|| id.to_string());
        match lang {
            Lang::Ko => format!("{title} {version}판"),
            Lang::En => format!("{title}, version {version}"),
        }
    });
    let named: Vec<String> = named.collect();
    match lang {
        _ if named.is_empty() => String::new(),
        Lang::Ko => format!("출처: {} {}", city.manifest.name, named.join(", ")),
        Lang::En => format!("Source: {}: {}", city.manifest.name_en, named.join("; ")),
    }
}

/// The marks alone, for a page that has the title already.
pub fn bare(subject: &Subject<'_>, shown: &Shown) -> String {
    let (_, body, height) = draw::drawn(subject, shown, 8.0);
    // On paper it is a third as wide.
    framed(subject, height, 20, &body)
}

/// A picture of anything: title, subtitle, what it says, where it comes from, how high it is, and its marks.
fn sheet(
    (title, subtitle, sentence, source): (&str, &str, &str, &str),
    height: f64,
    body: &str,
) -> String {
    let (height, foot) = foot(source, height);
    let (title, subtitle, sentence) = (escaped(title), escaped(subtitle), escaped(sentence));
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{WIDTH}\" height=\"{height:.0}\" viewBox=\"0 0 {WIDTH} {height:.0}\" role=\"img\" font-family=\"Pretendard GOV, sans-serif\" font-size=\"14\"><title>{title}</title><desc>{sentence}</desc><rect width=\"100%\" height=\"100%\" fill=\"#fff\"/><text x=\"16\" y=\"28\" font-size=\"18\" font-weight=\"bold\">{title}</text><text x=\"16\" y=\"50\" fill=\"#555\">{subtitle}</text>{body}{foot}</svg>"
    )
}

fn framed(subject: &Subject<'_>, height: f64, letters: u8, body: &str) -> String {
    let title = escaped(subject.title());
    let sentence = escaped(subject.sentence);
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{WIDTH}\" height=\"{height:.0}\" viewBox=\"0 0 {WIDTH} {height:.0}\" role=\"img\" font-family=\"Pretendard GOV, sans-serif\" font-size=\"{letters}\"><title>{title}</title><desc>{sentence}</desc><rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>{body}</svg>"
    )
}

/// A text without markup.
pub(crate) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            letter if letter.is_control() => out.push(' '),
            letter => out.push(letter),
        }
    }
    out
}

#[cfg(test)]
mod tests;
