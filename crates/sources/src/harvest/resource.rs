//! Which of a CKAN dataset's resources a load takes.

use city::Fault;
use city::dataset::{CkanSource, Format, FormatKind, Take};
use city::nearest::nearest;
use serde_json::Value;

use super::check::{Hash, Seal};
use super::said;

/// Resources named in a fault.
const SHOWN_MAX: usize = 12;

/// A file, or a table of the site's own database.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Resource {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) description: Option<String>,
    /// Format as the site writes it.
    pub(super) format: Option<String>,
    pub(super) url: String,
    /// Whether the file lies on the site itself.
    pub(super) is_upload: bool,
    /// Whether there is no file: only a table of the site's database.
    pub(super) is_table: bool,
    pub(super) size: Option<u64>,
    pub(super) hash: Option<String>,
    pub(super) modified: Option<String>,
    /// Whether the site copied the file into its database: its hash is of the day it did so.
    pub(super) is_copied: bool,
}

impl Resource {
    /// Reads one; nothing where it has no id.
    pub(super) fn read(value: &Value) -> Option<Self> {
        let url_type = said::line(value, "url_type").unwrap_or_default();
        let url = said::line(value, "url").unwrap_or_default();
        let flag = |key: &str| {
            value.get(key).is_some_and(|flag| {
                flag.as_bool() == Some(true) || matches!(flag.as_str(), Some("True" | "true"))
            })
        };
        let name = said::line(value, "name").or_else(|| file_name(&url));
        Some(Self {
            id: said::line(value, "id")?,
            name: name.unwrap_or_default(),
            description: said::text(value, "description"),
            format: said::line(value, "format").or_else(|| said::line(value, "mimetype")),
            is_upload: url_type == "upload",
            is_table: url_type == "datastore",
            size: said::count(value, "size"),
            hash: said::line(value, "hash"),
            modified: said::line(value, "last_modified")
                .or_else(|| said::line(value, "metadata_modified"))
                .or_else(|| said::line(value, "created")),
            is_copied: flag("datastore_active"),
            url,
        })
    }

    /// What its bytes must be.
    pub(super) fn seal(&self) -> Seal {
        let hash = self.hash.as_deref().and_then(Hash::read);
        Seal {
            bytes: self.size.filter(|size| *size > 0),
            hash: hash.filter(|_| !self.is_copied),
            is_own: self.is_upload,
        }
    }

    /// The name of its file.
    pub(super) fn file(&self) -> String {
        file_name(&self.url).unwrap_or_else(|| self.name.clone())
    }

    /// The kind of file, by what the site says or by its name's ending; a ZIP is none by itself.
    pub(super) fn kind(&self) -> Option<FormatKind> {
        let said = self.format.as_deref().and_then(kind);
        let file = self.file();
        said.or_else(|| kind(file.rsplit_once('.')?.1))
    }

    fn is_zip(&self) -> bool {
        let says = |text: &str| text.to_lowercase().ends_with("zip");
        self.format.as_deref().is_some_and(says) || says(&self.file())
    }

    fn fits(&self, format: &Format) -> bool {
        if format.inner.is_some() {
            return self.is_zip();
        }
        if self.is_table {
            return format.kind == FormatKind::Csv;
        }
        self.kind() == Some(format.kind) || (format.kind == FormatKind::Shapefile && self.is_zip())
    }
}

/// The last part of an address, decoded.
fn file_name(url: &str) -> Option<String> {
    let path = url.split(['?', '#']).next()?;
    let last = path.trim_end_matches('/').rsplit('/').next()?;
    // A host is no file.
    if !path.contains("://") || path.trim_end_matches('/').matches('/').count() > 2 {
        let name = crate::secrets::plain_key(last);
        return (!name.is_empty()).then_some(name);
    }
    None
}

/// The kind of file that a site's word means.
fn kind(word: &str) -> Option<FormatKind> {
    let word = word.trim().to_lowercase();
    let last = word.rsplit(['/', '.']).next().unwrap_or_default();
    Some(match last {
        "csv" | "tsv" | "tab" | "comma-separated-values" => FormatKind::Csv,
        "xlsx" | "sheet" => FormatKind::Xlsx,
        "xls" | "ms-excel" => FormatKind::Xls,
        "ods" | "spreadsheet" => FormatKind::Ods,
        "hwpx" => FormatKind::Hwpx,
        "geojson" | "geo+json" => FormatKind::Geojson,
        "json" => FormatKind::Json,
        "ndjson" | "jsonl" | "x-ndjson" => FormatKind::Ndjson,
        "xml" => FormatKind::Xml,
        "shp" | "shapefile" => FormatKind::Shapefile,
        "parquet" => FormatKind::Parquet,
        _ => return None,
    })
}

/// Chooses the resources a load takes, in order of name.
pub(super) fn choose(
    mut resources: Vec<Resource>,
    source: &CkanSource,
    format: &Format,
) -> Result<Vec<Resource>, Fault> {
    if resources.is_empty() {
        let what = format!("the dataset `{}` has no resource now", source.dataset);
        return Err(Fault::at(&source.url, what)
            .remedy("look at its page on the site; the last version stays"));
    }
    if let Some(at) = resources
        .iter()
        .position(|resource| Some(&resource.id) == source.resource.as_ref())
    {
        return Ok(vec![resources.swap_remove(at)]);
    }
    resources.sort_by(|one, other| (&one.name, &one.id).cmp(&(&other.name, &other.id)));
    let mut found: Vec<Resource> = match &source.resource {
        Some(wanted) => {
            let pattern = glob::Pattern::new(wanted).map_err(|error| {
                Fault::at(&source.url, format!("`{wanted}` is no pattern: {error}"))
            })?;
            let is_wanted = |resource: &&Resource| {
                [&resource.name, &resource.file()]
                    .iter()
                    .any(|name| *name == wanted || pattern.matches(name))
            };
            resources.iter().filter(is_wanted).cloned().collect()
        }
        None => resources
            .iter()
            .filter(|resource| resource.fits(format))
            .cloned()
            .collect(),
    };
    if found.is_empty() {
        return Err(none(&resources, source));
    }
    match source.take {
        Some(Take::Latest) => found = found.pop().into_iter().collect(),
        None if found.len() > 1 => return Err(several(&found, source)),
        Some(Take::All) | None => {}
    }
    Ok(found)
}

fn none(resources: &[Resource], source: &CkanSource) -> Fault {
    let there = shown(resources);
    let Some(wanted) = &source.resource else {
        return Fault::at(
            &source.url,
            format!(
                "no resource of `{}` has the manifest's format",
                source.dataset
            ),
        )
        .remedy(format!(
            "name it: resource = \"...\"; there are {there}; the last version stays"
        ));
    };
    let names = resources.iter().map(|resource| resource.name.as_str());
    let fault = Fault::at(
        &source.url,
        format!("no resource of `{}` is called `{wanted}`", source.dataset),
    );
    match nearest(wanted, names) {
        Some(near) => fault.remedy(format!(
            "did you mean `{near}`? there are {there}; the last version stays"
        )),
        None => fault.remedy(format!("there are {there}; the last version stays")),
    }
}

fn several(found: &[Resource], source: &CkanSource) -> Fault {
    let what = format!(
        "{} resources of `{}` can be meant: {}",
        found.len(),
        source.dataset,
        shown(found)
    );
    Fault::at(&source.url, what).remedy(
        "name one (`resource`), or say take = \"latest\" or take = \"all\"; the last version stays",
    )
}

fn shown(resources: &[Resource]) -> String {
    let names: Vec<String> = resources
        .iter()
        .take(SHOWN_MAX)
        .map(|resource| {
            let format = resource.format.as_deref().unwrap_or("?");
            format!("`{}` ({format})", said::message(&resource.name))
        })
        .collect();
    let more = resources.len().saturating_sub(SHOWN_MAX);
    let more = if more == 0 {
        String::new()
    } else {
        format!(" and {more} more")
    };
    format!("{}{more}", names.join(", "))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn resources() -> Vec<Resource> {
        [
            json!({"id": "r1", "name": "주차장 2026-09", "format": "CSV", "url": "https://a.kr/f/%EC%A3%BC%EC%B0%A8%EC%9E%A5_202609.csv", "url_type": "upload", "size": "120", "hash": "md5:900150983cd24fb0d6963f7d28e17f72"}),
            json!({"id": "r2", "name": "주차장 2026-10", "format": "text/csv", "url": "https://a.kr/f/%EC%A3%BC%EC%B0%A8%EC%9E%A5_202610.csv", "url_type": "upload"}),
            json!({"id": "r3", "name": "설명서", "format": "PDF", "url": "https://a.kr/f/guide.pdf"}),
            json!({"id": "r4", "name": "경계", "format": "ZIP", "url": "https://a.kr/f/shapes.zip"}),
            json!({"name": "without an id"}),
        ]
        .iter()
        .filter_map(Resource::read)
        .collect()
    }

    fn chosen(source: &Value, format: &str) -> Result<Vec<String>, String> {
        let mut whole = json!({"url": "https://a.kr", "dataset": "parking"});
        whole
            .as_object_mut()
            .unwrap()
            .extend(source.as_object().unwrap().clone());
        let source: CkanSource = serde_json::from_value(whole).unwrap();
        let format: Format = serde_json::from_value(json!({"kind": format})).unwrap();
        choose(resources(), &source, &format)
            .map(|found| found.into_iter().map(|resource| resource.id).collect())
            .map_err(|fault| fault.to_string())
    }

    #[test]
    fn a_resource_is_found_by_id_name_file_or_format() {
        assert_eq!(chosen(&json!({"resource": "r3"}), "csv").unwrap(), ["r3"]);
        assert_eq!(
            chosen(&json!({"resource": "주차장 2026-09"}), "csv").unwrap(),
            ["r1"]
        );
        assert_eq!(
            chosen(&json!({"resource": "주차장_*.csv", "take": "all"}), "csv").unwrap(),
            ["r1", "r2"]
        );
        assert_eq!(
            chosen(&json!({"resource": "주차장*", "take": "latest"}), "csv").unwrap(),
            ["r2"]
        );
        assert_eq!(chosen(&json!({}), "shapefile").unwrap(), ["r4"]);
        assert_eq!(resources()[0].seal().bytes, Some(120));
        assert!(resources()[0].seal().hash.is_some());
    }

    #[test]
    fn what_is_not_there_or_not_sure_is_told() {
        assert_eq!(
            chosen(&json!({}), "csv").unwrap_err(),
            "https://a.kr: 2 resources of `parking` can be meant: `주차장 2026-09` (CSV), `주차장 2026-10` (text/csv); name one (`resource`), or say take = \"latest\" or take = \"all\"; the last version stays"
        );
        let told = chosen(&json!({"resource": "주차장 2026-11"}), "csv").unwrap_err();
        assert!(told.contains("no resource of `parking` is called `주차장 2026-11`; did you mean `주차장 2026-10`? there are"), "{told}");
        assert!(
            chosen(&json!({}), "xlsx")
                .unwrap_err()
                .contains("no resource of `parking` has the manifest's format")
        );
        assert!(
            chosen(&json!({"resource": "[a"}), "csv")
                .unwrap_err()
                .contains("is no pattern")
        );
    }
}
