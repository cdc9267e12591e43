//! All that a template can reach: itself, the house's style, its data, the typeface. No file system, no network, no
//! clock.

use chrono::Datelike as _;
use serde_json::{Value, json};
use typst::diag::{FileError, FileResult, SourceDiagnostic};
use typst::foundations::{Bytes, Datetime, Duration};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt as _, World, WorldExt as _};

use crate::letters::Letters;
use crate::{About, PaperError};

/// Pretendard GOV (SIL Open Font License 1.1), as its package has it.
pub(crate) const FONTS: [&[u8]; 2] = [
    include_bytes!(concat!(env!("OUT_DIR"), "/PretendardGOV-Regular.otf")),
    include_bytes!(concat!(env!("OUT_DIR"), "/PretendardGOV-Bold.otf")),
];
/// Page, header, footer, tables.
const HOUSE: &str = include_str!("house.typ");
/// Begins every paper.
const MAIN: &str = r#"#import "/house.typ": house
#show: house.with(json("/about.json"))
#include "/paper.typ"
"#;

/// One paper being set.
pub(crate) struct Desk {
    library: LazyHash<Library>,
    book: LazyHash<FontBook>,
    fonts: Vec<Font>,
    main: Source,
    house: Source,
    paper: Source,
    about: (FileId, Bytes),
    data: (FileId, Bytes),
}

impl Desk {
    pub(crate) fn new(template: &str, data: &Value, about: &About) -> Result<Self, PaperError> {
        let fonts = fonts()?;
        let letters = Letters::new(&fonts);
        let said = json!({
            "title": letters.text(&about.title),
            "author": letters.text(&about.author),
            "year": about.date.year(),
            "month": about.date.month(),
            "day": about.date.day(),
        });
        let source = |name: &str, text: &str| Ok(Source::new(file_id(name)?, text.to_owned()));
        let bytes =
            |name: &str, value: &Value| Ok((file_id(name)?, Bytes::from_string(value.to_string())));
        Ok(Self {
            library: LazyHash::new(Library::default()),
            book: LazyHash::new(FontBook::from_fonts(&fonts)),
            main: source("/main.typ", MAIN)?,
            house: source("/house.typ", HOUSE)?,
            paper: source("/paper.typ", template)?,
            about: bytes("/about.json", &said)?,
            data: bytes("/data.json", &letters.fit(data))?,
            fonts,
        })
    }

    /// What the typesetter found, with places.
    pub(crate) fn told(&self, found: &[SourceDiagnostic]) -> String {
        let one = |own: &SourceDiagnostic| {
            let place = own.span.id().and_then(|id| {
                let source = self.source(id).ok()?;
                let range = self.range(own.span)?;
                let (line, column) = source.lines().byte_to_line_column(range.start)?;
                let name = id.get().vpath().get_without_slash().to_owned();
                Some(format!("{name}:{}:{}: ", line + 1, column + 1))
            });
            format!("{}{}", place.unwrap_or_default(), own.message)
        };
        found.iter().map(one).collect::<Vec<_>>().join("; ")
    }
}

/// The typeface, regular and bold.
pub(crate) fn fonts() -> Result<Vec<Font>, PaperError> {
    let fonts = FONTS.iter().map(|bytes| Font::new(Bytes::new(*bytes), 0));
    fonts
        .collect::<Option<_>>()
        .ok_or_else(|| PaperError::Press("the typeface cannot be read".to_owned()))
}

/// There are five names, ever: each is kept by the typesetter for good.
fn file_id(name: &str) -> Result<FileId, PaperError> {
    let path = VirtualPath::new(name).map_err(|error| PaperError::Press(error.to_string()))?;
    Ok(RootedPath::new(VirtualRoot::Project, path).intern())
}

impl World for Desk {
    fn library(&self) -> &LazyHash<Library> {
        &self.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &self.book
    }

    fn main(&self) -> FileId {
        self.main.id()
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        [&self.main, &self.house, &self.paper]
            .into_iter()
            .find(|source| source.id() == id)
            .cloned()
            .ok_or(FileError::AccessDenied)
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        [&self.about, &self.data]
            .into_iter()
            .find(|(own, _)| *own == id)
            .map(|(_, bytes)| bytes.clone())
            .ok_or(FileError::AccessDenied)
    }

    fn font(&self, index: usize) -> Option<Font> {
        self.fonts.get(index).cloned()
    }

    fn today(&self, _offset: Option<Duration>) -> Option<Datetime> {
        None
    }
}
