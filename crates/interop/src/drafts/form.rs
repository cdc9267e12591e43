//! What a form says of a measure → the text of its manifest. What the form does not ask for stays as it stands, with its
//! comments.

use toml_edit::{Array, DocumentMut, InlineTable, Item, Value, value};

/// Names and values as a form sends them.
pub type Pairs = [(String, String)];

/// Keys that are texts.
const TEXTS: [&str; 10] = [
    "id",
    "title",
    "title-en",
    "question",
    "question-en",
    "dataset",
    "filter",
    "unit",
    "unit-en",
    "direction",
];
/// Keys that are whole numbers.
const NUMBERS: [&str; 3] = ["digits", "fresh-days", "least-rows"];
/// The choice of leaving something as it stands.
pub const KEEP: &str = "=";

/// A manifest changed by what a form says. A field that was not sent changes nothing; one that is empty takes its key out.
///
/// # Errors
/// When the text is no TOML: then only its author can mend it.
pub fn applied(text: &str, pairs: &Pairs) -> Result<String, toml_edit::TomlError> {
    let mut manifest: DocumentMut = text.parse()?;
    let form = Form { pairs };
    for key in TEXTS {
        if let Some(said) = form.said(key) {
            set(&mut manifest, key, (!said.is_empty()).then(|| value(said)));
        }
    }
    for key in NUMBERS {
        if let Some(said) = form.said(key) {
            set(
                &mut manifest,
                key,
                (!said.is_empty()).then(|| Item::Value(whole(said))),
            );
        }
    }
    form.computed(&mut manifest);
    form.divided(&mut manifest);
    form.dimensions(&mut manifest);
    form.time(&mut manifest);
    form.target(&mut manifest);
    Ok(manifest.to_string())
}

/// The id a manifest gives itself, however much else of it is wrong; nothing where that cannot be a file's name.
pub fn id_of(text: &str) -> Option<String> {
    let manifest: DocumentMut = text.parse().ok()?;
    let id = manifest.get("id")?.as_str()?;
    let is_name = id.starts_with(|sign: char| sign.is_ascii_lowercase())
        && id.bytes().all(|sign| {
            sign.is_ascii_lowercase() || sign.is_ascii_digit() || matches!(sign, b'_' | b'-')
        });
    is_name.then(|| id.to_owned())
}

/// Sets a key, or takes it out; what stands around it stays.
fn set(manifest: &mut DocumentMut, key: &str, item: Option<Item>) {
    let Some(mut item) = item else {
        manifest.remove(key);
        return;
    };
    match manifest.get_mut(key) {
        Some(Item::Value(own)) => {
            let around = own.decor().clone();
            if let Item::Value(new) = &mut item {
                *new.decor_mut() = around;
            }
            *manifest.entry(key).or_insert(Item::None) = item;
        }
        _ => {
            manifest.insert(key, item);
        }
    }
}

/// A whole number; what is none stays a text, which the judges tell.
fn whole(said: &str) -> Value {
    said.parse::<i64>()
        .map_or_else(|_| Value::from(said), Value::from)
}

fn number(said: &str) -> Value {
    said.replace(',', "")
        .parse::<f64>()
        .map_or_else(|_| Value::from(said), Value::from)
}

struct Form<'f> {
    pairs: &'f Pairs,
}

impl<'f> Form<'f> {
    /// What was sent under a name, without the spaces around it.
    fn said(&self, name: &str) -> Option<&'f str> {
        let found = self.pairs.iter().find(|(own, _)| own == name);
        found.map(|(_, value)| value.trim())
    }

    /// The same, where something was written.
    fn filled(&self, name: &str) -> Option<&'f str> {
        self.said(name).filter(|said| !said.is_empty())
    }

    fn computed(&self, manifest: &mut DocumentMut) {
        let Some(kind) = self.filled("kind").filter(|kind| *kind != KEEP) else {
            return;
        };
        let mut own = InlineTable::new();
        own.insert("kind", kind.into());
        let column = self.filled("column");
        let (key, more) = match kind {
            "count" => ("distinct", None),
            "sum" | "average" => ("column", None),
            "percentile" => ("column", Some("percent")),
            "rate" => ("sum", Some("per")),
            "share" => ("sum", Some("part")),
            "index" => ("sum", Some("base")),
            _ => ("sum", None),
        };
        if let Some(column) = column {
            own.insert(key, column.into());
        }
        if let Some(more) = more
            && let Some(said) = self.filled(more)
        {
            let given = match more {
                "percent" | "per" => number(said),
                _ => Value::from(said),
            };
            own.insert(more, given);
        }
        manifest.remove("expression");
        set(
            manifest,
            "compute",
            Some(Item::Value(Value::InlineTable(own))),
        );
    }

    fn divided(&self, manifest: &mut DocumentMut) {
        match self.said("denominator") {
            None | Some(KEEP) => {}
            Some("") => set(manifest, "denominator", None),
            Some(measure) => {
                let mut own = InlineTable::new();
                own.insert("measure", measure.into());
                set(
                    manifest,
                    "denominator",
                    Some(Item::Value(Value::InlineTable(own))),
                );
            }
        }
    }

    /// Breakdowns that are chosen: those that stand already in their order, then the others.
    fn dimensions(&self, manifest: &mut DocumentMut) {
        if self.said("dimensions").is_none() {
            return;
        }
        let chosen: Vec<&str> = self
            .pairs
            .iter()
            .filter(|(name, _)| name == "dimension")
            .map(|(_, value)| value.as_str())
            .collect();
        let known = manifest.get("dimensions").and_then(Item::as_array);
        let known: Vec<String> = known
            .into_iter()
            .flatten()
            .filter_map(|own| Some(own.as_str()?.to_owned()))
            .collect();
        let mut all: Vec<&str> = known
            .iter()
            .map(String::as_str)
            .filter(|own| chosen.contains(own))
            .collect();
        for own in chosen {
            if !all.contains(&own) {
                all.push(own);
            }
        }
        let list = (!all.is_empty()).then(|| value(all.into_iter().collect::<Array>()));
        set(manifest, "dimensions", list);
    }

    fn time(&self, manifest: &mut DocumentMut) {
        let Some(column) = self.said("time-column") else {
            return;
        };
        let item = (!column.is_empty()).then(|| {
            let mut own = InlineTable::new();
            own.insert("column", column.into());
            own.insert("step", self.filled("time-step").unwrap_or("month").into());
            Item::Value(Value::InlineTable(own))
        });
        set(manifest, "time", item);
    }

    /// The target; where it began and since when stays as it stands.
    fn target(&self, manifest: &mut DocumentMut) {
        let Some(said) = self.said("target-value") else {
            return;
        };
        if said.is_empty() {
            set(manifest, "target", None);
            return;
        }
        let known = manifest.get("target").and_then(Item::as_inline_table);
        let mut own = known.cloned().unwrap_or_default();
        own.insert("value", number(said));
        let unit = self.filled("target-unit").or_else(|| self.filled("unit"));
        own.insert("unit", unit.unwrap_or_default().into());
        match self.said("target-by") {
            Some("") => {
                own.remove("by");
            }
            Some(by) => {
                own.insert("by", by.into());
            }
            None => {}
        }
        set(
            manifest,
            "target",
            Some(Item::Value(Value::InlineTable(own))),
        );
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use proptest::prelude::*;

    use super::*;

    fn pairs(list: &[(&str, &str)]) -> Vec<(String, String)> {
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        list.iter().map(owned).collect()
    }

    fn whole_form() -> Vec<(String, String)> {
        pairs(&[
            ("id", "spaces"),
            ("title", "주차면 \"모두\""),
            ("question", "몇 면입니까?"),
            ("dataset", "parking"),
            ("kind", "sum"),
            ("column", "spaces"),
            ("unit", "면"),
            ("digits", "1"),
            ("direction", "up"),
            ("dimensions", "1"),
            ("dimension", "dong"),
            ("dimension", "kind"),
            ("time-column", "opened_on"),
            ("time-step", "year"),
            ("target-value", "12,000"),
            ("target-by", "2026-12-31"),
        ])
    }

    #[test]
    fn an_id_is_read_whatever_else_is_wrong_and_is_a_files_name() {
        let broken = "id = \"lots\"\ndigits = \"many\"\ndataset = 3\n";
        assert_eq!(id_of(broken).as_deref(), Some("lots"));
        for text in ["id = \"../lots\"", "id = \"\"", "id = 3", "id = \"lots", ""] {
            assert_eq!(id_of(text), None, "{text}");
        }
    }

    #[test]
    fn a_form_becomes_a_manifest() {
        let text = applied("", &whole_form()).unwrap();
        let (measure, faults) = city::read::measure_text(Path::new("m.toml"), &text);
        let measure = measure.unwrap_or_else(|| panic!("{faults:?}\n{text}"));
        assert_eq!(measure.title, "주차면 \"모두\"");
        assert_eq!(measure.dimensions, ["dong", "kind"]);
        let target = measure.target.unwrap();
        assert_eq!((target.value, target.unit.as_str()), (12_000.0, "면"));
        assert_eq!(measure.time.unwrap().column, "opened_on");
    }

    #[test]
    fn what_the_form_does_not_ask_for_stays_with_its_comments() {
        let text = "# Counted by hand.\nid = \"spaces\" # never changes\ntitle = \"주차면\"\nexpression = \"sum(a) / sum(b)\"\ntarget = { value = 1.0, unit = \"면\", start = 0.5, since = \"2026-01-01\" }\n\n[breakdowns.area]\ncolumn = \"dong\"\n";
        let form = pairs(&[
            ("title", "주차장"),
            ("kind", "="),
            ("target-value", "2"),
            ("denominator", "="),
        ]);
        let made = applied(text, &form).unwrap();
        for kept in [
            "# Counted by hand.",
            "# never changes",
            "start = 0.5",
            "[breakdowns.area]",
            "sum(a) / sum(b)",
        ] {
            assert!(made.contains(kept), "{kept}: {made}");
        }
        assert!(made.contains("title = \"주차장\""), "{made}");
        let emptied = applied(&made, &pairs(&[("target-value", ""), ("kind", "count")])).unwrap();
        assert!(
            !emptied.contains("target") && !emptied.contains("expression"),
            "{emptied}"
        );
        assert!(applied("id = ", &form).is_err());
    }

    #[test]
    fn what_is_no_number_is_told_by_the_judges_with_its_place() {
        let mut form = whole_form();
        form.push(("fresh-days".to_owned(), "bald".to_owned()));
        let text = applied("", &form).unwrap();
        let (_, faults) = city::read::measure_text(Path::new("m.toml"), &text);
        assert!(
            faults.iter().any(|fault| fault.place.line.is_some()),
            "{faults:?}"
        );
    }

    proptest! {
        #[test]
        fn whatever_is_typed_stays_a_value(title in ".{0,40}", filter in ".{0,40}") {
            let form = pairs(&[("title", &title), ("filter", &filter)]);
            let text = applied("id = \"a\"\n", &form).unwrap();
            let read: DocumentMut = text.parse().unwrap();
            let told = |key: &str| read.get(key).and_then(Item::as_str).unwrap_or_default().to_owned();
            prop_assert_eq!(told("title"), title.trim());
            prop_assert_eq!(told("filter"), filter.trim());
            prop_assert!(read.iter().count() <= 3);
        }
    }
}
