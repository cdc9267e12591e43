//! Areas and squares as pictures with their legend: the same classes as on pages.

use measure::{Part, format};

use super::shades::{self, CLASSES, class_of, classes, shade};
use super::{Subject, WIDTH, escaped};
use crate::tiles::areas::{Area, Picture};
use crate::tiles::squares::Squares;

/// A picture of more areas has no names on it.
pub const NAMES: usize = 40;
/// A picture is no higher, in its own units.
const HIGH: f64 = 900.0;
const UNKNOWN: &str = "#ffffff";
const HIDDEN: &str = "#cdd1d5";
const GROUND: &str = "#f4f5f6";

/// Parts of a measure beside the areas they are of, in classes.
pub struct Coloured<'c> {
    picture: &'c Picture,
    parts: &'c [Part],
    /// For each area its part.
    of: Vec<Option<&'c Part>>,
    ends: Vec<f64>,
}

/// How an area is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// In a shade, from 1.
    Shade(usize),
    /// It is not told.
    Hidden,
    /// It is not known.
    Unknown,
}

impl<'c> Coloured<'c> {
    /// Each area with the part that is called like its key or its name.
    pub fn new(parts: &'c [Part], picture: &'c Picture) -> Self {
        let part_of = |area: &Area| parts.iter().find(|part| is_of(part, area));
        let of: Vec<Option<&Part>> = picture.areas.iter().map(part_of).collect();
        let values: Vec<f64> = of.iter().flatten().filter_map(|part| part.value).collect();
        Self {
            picture,
            parts,
            ends: classes(&values, CLASSES),
            of,
        }
    }

    /// The areas with their parts.
    pub fn each(&self) -> impl Iterator<Item = (&'c Area, Option<&'c Part>)> + '_ {
        self.picture.areas.iter().zip(self.of.iter().copied())
    }

    /// How a part is drawn.
    pub fn class(&self, part: Option<&Part>) -> Class {
        match part.and_then(|part| part.value) {
            Some(value) => Class::Shade(shade(class_of(value, &self.ends), self.ends.len())),
            None if part.is_some_and(|part| part.suppressed) => Class::Hidden,
            None => Class::Unknown,
        }
    }

    /// The classes there are: shade, least and greatest value, least first.
    pub fn ranges(&self) -> Vec<(usize, f64, f64)> {
        let values = || self.of.iter().flatten().filter_map(|part| part.value);
        (0..self.ends.len())
            .filter_map(|class| {
                let own = values().filter(|value| class_of(*value, &self.ends) == class);
                let least = own.reduce(f64::min)?;
                let most = *self.ends.get(class)?;
                Some((shade(class, self.ends.len()), least, most))
            })
            .collect()
    }

    /// Whether an area is drawn so.
    pub fn has(&self, class: Class) -> bool {
        self.of.iter().any(|part| self.class(*part) == class)
    }

    /// Parts that are of no area of the picture.
    pub fn off(&self) -> impl Iterator<Item = &'c Part> + '_ {
        let on_map = |part: &Part| self.picture.areas.iter().any(|area| is_of(part, area));
        self.parts.iter().filter(move |part| !on_map(part))
    }
}

/// Whether a part is that of an area: by the area's key, or by its name.
fn is_of(part: &Part, area: &Area) -> bool {
    let own = part.label.as_deref().map(str::trim);
    own.is_some_and(|own| !own.is_empty() && (own == area.key || own == area.name))
}

/// What is drawn and what its colours mean.
struct Drawing {
    size: (f64, f64),
    body: String,
    legend: Vec<(&'static str, String)>,
}

/// A measure by areas, with its title and legend, to take along.
pub fn areas(subject: &Subject<'_>, by: &str, parts: &[Part], picture: &Picture) -> String {
    let coloured = Coloured::new(parts, picture);
    let measure = subject.measure;
    let text = |value: f64| subject.short(value);
    let mut legend: Vec<(&str, String)> = coloured
        .ranges()
        .into_iter()
        .map(|(shade, least, most)| {
            let range = range(&text(least), &text(most));
            (
                color(Class::Shade(shade)),
                format!("{range} {}", measure.unit_in(subject.lang)),
            )
        })
        .collect();
    for (class, said) in [
        (Class::Hidden, subject.hidden()),
        (Class::Unknown, subject.unknown()),
    ] {
        if coloured.has(class) {
            legend.push((color(class), said));
        }
    }
    let off = coloured.off().count();
    if off > 0 {
        let said = subject.word(
            &format!("지도에 없는 값 {off}개는 표에 있습니다."),
            &format!("{off} more values are in the table."),
        );
        legend.push(("none", said));
    }
    let mut body = String::new();
    for (area, part) in coloured.each() {
        let said = match part.and_then(|part| part.value) {
            Some(value) => format::with_unit(
                value,
                measure.digits,
                measure.unit_in(subject.lang),
                subject.lang,
            ),
            None if coloured.class(part) == Class::Hidden => subject.hidden(),
            None => subject.unknown(),
        };
        body.push_str(&shape(
            &area.path,
            color(coloured.class(part)),
            &format!("{}: {said}", area.name),
        ));
    }
    if picture.areas.len() <= NAMES {
        body.extend(picture.areas.iter().map(name));
    }
    let drawing = Drawing {
        size: (picture.width, picture.height),
        body,
        legend,
    };
    let unit = subject.unit_line(&subject.dimension(by));
    let said = (
        subject.title(),
        unit.as_str(),
        subject.sentence,
        subject.source,
    );
    framed(&drawing, said)
}

/// Places in squares over the city's areas, with legend, to take along; `said` is title, subtitle, sentence and source.
pub fn squares(
    said: (&str, &str, &str, &str),
    found: &Squares,
    ground: &[Area],
    count: impl Fn(&str) -> String,
) -> String {
    let value = |count: u64| u32::try_from(count).map_or(f64::MAX, f64::from);
    let values: Vec<f64> = found.squares.iter().map(|own| value(own.count)).collect();
    let ends = classes(&values, CLASSES);
    let class = |count: u64| class_of(value(count), &ends);
    let shaded = |class: usize| color(Class::Shade(shade(class, ends.len())));
    let legend = (0..ends.len()).filter_map(|own| {
        let counts = || {
            let all = found.squares.iter().map(|square| square.count);
            all.filter(|count| class(*count) == own)
        };
        let (least, most) = (counts().min()?, counts().max()?);
        let range = range(&format::count(least), &format::count(most));
        Some((shaded(own), count(&range)))
    });
    let mut body: String = ground
        .iter()
        .map(|area| shape(&area.path, GROUND, &area.name))
        .collect();
    body.extend(found.squares.iter().map(|square| {
        let said = count(&format::count(square.count));
        shape(&square.path, shaded(class(square.count)), &said)
    }));
    let drawing = Drawing {
        size: (found.width, found.height),
        body,
        legend: legend.collect(),
    };
    framed(&drawing, said)
}

fn range(least: &str, most: &str) -> String {
    if least == most {
        most.to_owned()
    } else {
        format!("{least} – {most}")
    }
}

fn color(class: Class) -> &'static str {
    match class {
        Class::Shade(shade) => {
            let own = shade.checked_sub(1).and_then(|at| shades::COLORS.get(at));
            own.copied().unwrap_or(UNKNOWN)
        }
        Class::Hidden => HIDDEN,
        Class::Unknown => UNKNOWN,
    }
}

fn shape(path: &str, color: &str, said: &str) -> String {
    format!(
        "<path d=\"{}\" fill=\"{color}\" fill-rule=\"evenodd\" stroke=\"#8a949e\" stroke-width=\"0.6\"><title>{}</title></path>",
        escaped(path),
        escaped(said)
    )
}

fn name(area: &Area) -> String {
    format!(
        "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\" font-size=\"9\" stroke=\"#fff\" stroke-width=\"2.4\" paint-order=\"stroke\">{}</text>",
        area.middle.0,
        area.middle.1,
        escaped(&area.name)
    )
}

fn framed(drawing: &Drawing, said: (&str, &str, &str, &str)) -> String {
    const LINE: f64 = 26.0;
    let (width, height) = drawing.size;
    let scale = ((WIDTH - 32.0) / width.max(1.0)).min(HIGH / height.max(1.0));
    let mut y = super::HEAD + height * scale + 16.0;
    let mut legend = String::new();
    for (color, text) in &drawing.legend {
        let x = if *color == "none" {
            16.0
        } else {
            legend.push_str(&format!(
                "<rect x=\"16\" y=\"{y:.1}\" width=\"28\" height=\"18\" fill=\"{color}\" stroke=\"#8a949e\" stroke-width=\"0.6\"/>"
            ));
            54.0
        };
        legend.push_str(&format!(
            "<text x=\"{x}\" y=\"{:.1}\">{}</text>",
            y + 14.0,
            escaped(text)
        ));
        y += LINE;
    }
    let body = format!(
        "<g transform=\"translate(16 {}) scale({scale:.4})\">{}</g>{legend}",
        super::HEAD,
        drawing.body
    );
    super::sheet(said, y + 16.0, &body)
}
