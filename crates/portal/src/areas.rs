//! A measure by areas: a picture with classes, its legend, its table, and a sentence that says what it shows.

use access::{AskError, Reader};
use city::Measure;
use city::map::areas_of;
use interop::picture::map::{Class, Coloured, NAMES};
use interop::tiles::areas::{Area, Picture, picture};
use measure::{Part, format};
use serde::Serialize;

use crate::charts::{Named, label, measure_title, part_table, part_text, source};
use crate::facts::column_title;
use crate::parts::{Link, Table};
use crate::site::Visit;

/// A measure by areas.
#[derive(Clone, Debug, Serialize)]
pub struct AreasView {
    /// Its headline.
    pub title: String,
    /// What is shown, by what, in which unit.
    pub subtitle: String,
    /// What the picture shows, in words.
    pub summary: String,
    /// Width of the picture in its own units.
    pub width: String,
    /// Its height.
    pub height: String,
    /// The areas.
    pub areas: Vec<AreaView>,
    /// What the classes mean, least first.
    pub legend: Vec<LegendView>,
    /// What the picture leaves out.
    pub notes: Vec<String>,
    /// All parts.
    pub table: Table,
    /// Where its figures come from.
    pub receipt: String,
    /// Dataset and version.
    pub source: Option<String>,
    /// The same to take along.
    pub files: Vec<Link>,
    /// The rows behind it.
    pub rows: Option<Link>,
}

/// One area.
#[derive(Clone, Debug, Serialize)]
pub struct AreaView {
    /// Its path.
    pub path: String,
    /// `1` to `5`, `unknown` or `hidden`.
    pub class: String,
    /// Its name and figure.
    pub title: String,
    /// Its name, if there is room for names.
    pub name: Option<String>,
    /// Where the name stands.
    pub x: String,
    /// Where the name stands.
    pub y: String,
}

/// One line of the legend.
#[derive(Clone, Debug, Serialize)]
pub struct LegendView {
    /// As of [`AreaView::class`].
    pub class: String,
    /// What it means.
    pub text: String,
}

/// A measure by areas; nothing where its dimension names no areas, or there are no parts.
///
/// # Errors
/// When the areas may not be seen or were never loaded.
pub(crate) async fn areas(
    visit: &Visit,
    reader: &Reader,
    named: Named<'_>,
    dimension: &str,
    parts: &[Part],
) -> Result<Option<AreasView>, AskError> {
    let city = visit.city();
    let measure = named.measure;
    let dataset = city.datasets.get(&measure.dataset);
    let column = dataset.and_then(|dataset| dataset.column(dimension));
    let map = city.manifest.map.as_ref();
    let of = column.and_then(|column| areas_of(column, map, |id| city.datasets.get(id)));
    let (Some(of), Some(dataset)) = (of, dataset) else {
        return Ok(None);
    };
    let Some(picture) = picture(reader, &of, city.manifest.bounds).await? else {
        return Ok(None);
    };
    let Some(table) = part_table(visit, measure, dimension, parts) else {
        return Ok(None);
    };
    if parts.is_empty() || picture.areas.is_empty() {
        return Ok(None);
    }
    let values = [
        ("measure", measure_title(visit, measure)),
        ("dimension", column_title(visit, dataset, dimension)),
        ("unit", measure.unit_in(visit.lang).to_owned()),
    ];
    let drawing = Drawing::new(visit, measure, parts, &picture);
    Ok(Some(AreasView {
        title: named.headline,
        subtitle: visit.say("chart.by", &values),
        summary: drawing.summary(),
        width: picture.width.to_string(),
        height: picture.height.to_string(),
        legend: drawing.legend(),
        notes: drawing.notes(),
        areas: drawing.areas(),
        table,
        receipt: format!("/measures/{}", measure.id),
        source: source(visit, reader, measure),
        files: Vec::new(),
        rows: None,
    }))
}

/// Parts of a measure beside the areas they are of, in words.
struct Drawing<'d> {
    visit: &'d Visit,
    measure: &'d Measure,
    picture: &'d Picture,
    coloured: Coloured<'d>,
}

impl<'d> Drawing<'d> {
    fn new(
        visit: &'d Visit,
        measure: &'d Measure,
        parts: &'d [Part],
        picture: &'d Picture,
    ) -> Self {
        Self {
            visit,
            measure,
            picture,
            coloured: Coloured::new(parts, picture),
        }
    }

    fn class(&self, part: Option<&Part>) -> String {
        match self.coloured.class(part) {
            Class::Shade(shade) => shade.to_string(),
            Class::Hidden => "hidden".to_owned(),
            Class::Unknown => "unknown".to_owned(),
        }
    }

    fn figure(&self, part: Option<&Part>) -> String {
        let text = part.map_or_else(
            || self.visit.t("figure.unknown"),
            |part| part_text(self.visit, self.measure, part),
        );
        match part.and_then(|part| part.value) {
            Some(_) => format!("{text} {}", self.measure.unit_in(self.visit.lang)),
            None => text,
        }
    }

    fn areas(&self) -> Vec<AreaView> {
        let has_names = self.picture.areas.len() <= NAMES;
        let each = self.coloured.each();
        each.map(|(area, part)| AreaView {
            path: area.path.clone(),
            class: self.class(part),
            title: format!("{}: {}", area.name, self.figure(part)),
            name: has_names.then(|| area.name.clone()),
            x: format!("{:.1}", area.middle.0),
            y: format!("{:.1}", area.middle.1),
        })
        .collect()
    }

    fn legend(&self) -> Vec<LegendView> {
        let unit = self.measure.unit_in(self.visit.lang);
        let text = |value: f64| format::short(value, self.measure.digits, unit, self.visit.lang);
        let ranges = self.coloured.ranges().into_iter();
        let mut legend: Vec<LegendView> = ranges
            .map(|(shade, least, most)| {
                let (least, most) = (text(least), text(most));
                let range = if least == most {
                    most
                } else {
                    format!("{least} – {most}")
                };
                LegendView {
                    class: shade.to_string(),
                    text: format!("{range} {}", self.measure.unit_in(self.visit.lang)),
                }
            })
            .collect();
        for (class, name, key) in [
            (Class::Hidden, "hidden", "figure.suppressed"),
            (Class::Unknown, "unknown", "figure.unknown"),
        ] {
            if self.coloured.has(class) {
                legend.push(LegendView {
                    class: name.to_owned(),
                    text: self.visit.t(key),
                });
            }
        }
        legend
    }

    /// What there is and the picture does not show.
    fn notes(&self) -> Vec<String> {
        let off: Vec<String> = self
            .coloured
            .off()
            .map(|part| label(self.visit, part))
            .collect();
        let mut notes = Vec::new();
        if let Some(first) = off.first() {
            let values = [("count", off.len().to_string()), ("first", first.clone())];
            notes.push(self.visit.say("areas.off_map", &values));
        }
        if self.picture.not_drawn > 0 {
            let count = [("count", self.picture.not_drawn.to_string())];
            notes.push(self.visit.say("areas.not_drawn", &count));
        }
        if self.picture.is_cut {
            notes.push(self.visit.t("areas.cut"));
        }
        notes
    }

    fn summary(&self) -> String {
        let each = self.coloured.each();
        let known = each.filter_map(|(area, part)| Some((area, part, part?.value?)));
        let known: Vec<(&Area, Option<&Part>, f64)> = known.collect();
        let least = known.iter().min_by(|one, other| one.2.total_cmp(&other.2));
        let most = known.iter().max_by(|one, other| one.2.total_cmp(&other.2));
        let count = self.picture.areas.len();
        let (Some(least), Some(most)) = (least, most) else {
            return self
                .visit
                .say("areas.none_known", &[("count", count.to_string())]);
        };
        let values = [
            ("count", count.to_string()),
            ("most", most.0.name.clone()),
            ("most_value", self.figure(most.1)),
            ("least", least.0.name.clone()),
            ("least_value", self.figure(least.1)),
        ];
        let mut summary = self.visit.say("areas.summary", &values);
        if known.len() < count {
            let unknown = [("count", (count - known.len()).to_string())];
            summary = format!("{summary} {}", self.visit.say("areas.without", &unknown));
        }
        summary
    }
}
