//! What surrounds every page.

use city::{City, Lang};
use serde::Serialize;

use crate::assets::Head;
use crate::template::address;

/// What surrounds every page.
#[derive(Clone, Debug, Serialize)]
pub struct Frame {
    /// Language of the page.
    pub lang: Lang,
    /// The city's name in it.
    pub city: String,
    /// The page's title.
    pub title: String,
    /// The same page in the other language.
    pub other: String,
    /// Which entry of the navigation the page belongs to.
    pub section: Section,
    /// Way from the home page to this one; the last is this page.
    pub crumbs: Vec<Crumb>,
    /// The operator's name, when one is signed in.
    pub operator: Option<String>,
    /// Whose eyes somebody looks through, when they are not their own.
    pub preview: Option<PreviewBanner>,
    /// What they may say they read for; nothing where nobody is signed in, or looks through other eyes.
    pub purposes: Option<PurposeBar>,
    /// The name of whoever is signed in.
    pub person: Option<String>,
    /// They administer people and keys.
    pub administers: bool,
    /// They answer for the access log.
    pub audits: bool,
    /// What is wrong that an administrator must know on every page.
    pub alarm: Option<String>,
    /// The same data for programs.
    pub data_url: Option<String>,
    /// Styles and script.
    pub head: Head,
}

/// Whose eyes somebody looks through.
#[derive(Clone, Debug, Serialize)]
pub struct PreviewBanner {
    /// Whose, in a sentence.
    pub sentence: String,
    /// What else counts: department, purpose, drafts.
    pub facts: Vec<String>,
}

/// What somebody who is signed in reads for.
#[derive(Clone, Debug, Serialize)]
pub struct PurposeBar {
    /// The city's purposes.
    pub all: Vec<PurposeChoice>,
    /// Title of the chosen one.
    pub chosen: Option<String>,
    /// The page they are on, with its language: they come back to it.
    pub back: String,
}

/// One purpose.
#[derive(Clone, Debug, Serialize)]
pub struct PurposeChoice {
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Whether it is the chosen one.
    pub chosen: bool,
}

/// Entries of the navigation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Section {
    /// The home page.
    Home,
    /// Datasets and the catalogue.
    Datasets,
    /// Boards and measures.
    Boards,
    /// What was announced.
    Promises,
    /// Loads.
    Jobs,
    /// Whether departments deliver in time.
    Overdue,
    /// What departments have to put right.
    Tasks,
    /// Anything else.
    #[default]
    None,
}

/// One step of the way from the home page.
#[derive(Clone, Debug, Serialize)]
pub struct Crumb {
    /// Its title.
    pub title: String,
    /// Its address, without the language.
    pub path: Option<String>,
}

impl Crumb {
    /// A step with an address.
    pub fn to(title: impl Into<String>, path: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            path: Some(path.into()),
        }
    }

    /// The last step: this page.
    pub fn here(title: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            path: None,
        }
    }
}

/// The city's name in a language.
pub fn city_name(city: &City, lang: Lang) -> String {
    match lang {
        Lang::Ko => city.manifest.name.clone(),
        Lang::En => city.manifest.name_en.clone(),
    }
}

/// The same page in the other language; `path` is without the language, with its query.
pub fn other_language(lang: Lang, path: &str) -> String {
    match lang {
        Lang::Ko => address(Lang::En, path),
        Lang::En => path.to_owned(),
    }
}

/// Splits an address as asked into its language and the address without it.
pub fn split_language(path: &str) -> (Lang, &str) {
    match path.strip_prefix("/en") {
        Some("") => (Lang::En, "/"),
        Some(rest) if rest.starts_with('/') => (Lang::En, rest),
        _ => (Lang::Ko, path),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_says_its_language() {
        assert_eq!(
            split_language("/datasets/parking"),
            (Lang::Ko, "/datasets/parking")
        );
        assert_eq!(
            split_language("/en/datasets/parking"),
            (Lang::En, "/datasets/parking")
        );
        assert_eq!(split_language("/en"), (Lang::En, "/"));
        assert_eq!(split_language("/energy"), (Lang::Ko, "/energy"));
        assert_eq!(
            other_language(Lang::Ko, "/datasets?q=a"),
            "/en/datasets?q=a"
        );
        assert_eq!(other_language(Lang::Ko, "/"), "/en");
        assert_eq!(other_language(Lang::En, "/boards"), "/boards");
    }
}
