//! Templates: one environment a language, strict about what is undefined, escaping what is not markup.

use std::sync::Arc;

use axum::response::Html;
use city::Lang;
use minijinja::value::{Kwargs, Serde, Value};
use minijinja::{AutoEscape, Environment, Error, ErrorKind, UndefinedBehavior, context};
use serde::Serialize;
use thiserror::Error as ThisError;

use crate::frame::Frame;
use crate::pages;
use crate::particle::particle;
use crate::show;
use crate::texts::{TextError, Texts};

/// What a page shows: data for one template.
pub trait View: Serialize {
    /// The template's name.
    const TEMPLATE: &'static str;
}

/// The templates in both languages.
#[derive(Clone)]
pub struct Templates {
    ko: Arc<Speaker>,
    en: Arc<Speaker>,
}

/// One language: its templates and its texts.
pub struct Speaker {
    environment: Environment<'static>,
    /// Its texts.
    pub texts: Arc<Texts>,
}

/// A template cannot be made or rendered: the program is at fault, not the reader.
#[derive(Debug, ThisError)]
pub enum TemplateError {
    /// A template.
    #[error("template: {0:#}")]
    Template(#[from] Error),
    /// A text.
    #[error(transparent)]
    Text(#[from] TextError),
}

impl Templates {
    /// Reads all templates.
    ///
    /// # Errors
    /// When a template or a text file cannot be read; a test keeps this from happening.
    pub fn new() -> Result<Self, TemplateError> {
        Ok(Self {
            ko: Arc::new(Speaker::new(Lang::Ko)?),
            en: Arc::new(Speaker::new(Lang::En)?),
        })
    }

    /// The speaker of a language.
    pub fn speaker(&self, lang: Lang) -> &Speaker {
        match lang {
            Lang::Ko => &self.ko,
            Lang::En => &self.en,
        }
    }

    /// Renders a page.
    ///
    /// # Errors
    /// When the template and its data do not fit.
    pub fn render<V: View>(&self, frame: &Frame, page: &V) -> Result<Html<String>, TemplateError> {
        self.speaker(frame.lang).render(V::TEMPLATE, frame, page)
    }
}

impl Speaker {
    fn new(lang: Lang) -> Result<Self, TemplateError> {
        let texts = Arc::new(Texts::of(lang)?);
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.set_auto_escape_callback(|_| AutoEscape::Html);
        let words = Arc::clone(&texts);
        environment.add_function("t", move |key: String, values: Kwargs| {
            say(&words, &key, &values)
        });
        environment.add_function("to", move |path: String| address(lang, &path));
        environment.add_filter("count", |number: i64| show::count(number));
        environment.add_filter("particle", |word: String, pair: String| {
            particle(&word, &pair).to_owned()
        });
        for (name, source) in pages::TEMPLATES {
            environment.add_template(name, source)?;
        }
        Ok(Self { environment, texts })
    }

    /// Renders a template by name.
    ///
    /// # Errors
    /// When the template and its data do not fit.
    pub fn render<T: Serialize>(
        &self,
        name: &str,
        frame: &Frame,
        page: &T,
    ) -> Result<Html<String>, TemplateError> {
        let frame = Value::from(Serde(frame));
        let page = Value::from(Serde(page));
        Ok(Html(
            self.environment
                .get_template(name)?
                .render(context! { frame, page })?,
        ))
    }
}

impl Speaker {
    /// Renders a part of a page, which has nothing around it.
    ///
    /// # Errors
    /// When the template and its data do not fit.
    pub fn part<T: Serialize>(&self, name: &str, page: &T) -> Result<String, TemplateError> {
        let page = Value::from(Serde(page));
        Ok(self
            .environment
            .get_template(name)?
            .render(context! { page })?)
    }
}

/// A page's address in a language: Korean at `/…`, English at `/en/…`; other addresses stay.
pub fn address(lang: Lang, path: &str) -> String {
    match lang {
        Lang::En if path == "/" => "/en".to_owned(),
        Lang::En if path.starts_with('/') => format!("/en{path}"),
        _ => path.to_owned(),
    }
}

fn say(texts: &Texts, key: &str, values: &Kwargs) -> Result<String, Error> {
    let mut given = Vec::new();
    for name in values.args() {
        let value: Value = values.get(name)?;
        given.push((name, value.to_string()));
    }
    texts
        .with(key, &given)
        .map_err(|cause| Error::new(ErrorKind::InvalidOperation, cause.to_string()))
}
