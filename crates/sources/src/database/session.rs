//! What the reader needs of a server.

use super::out::Out;
use crate::patience::Failed;
use async_trait::async_trait;

/// What a column of the source holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Yes or no.
    Truth,
    /// A whole or exact number.
    Number,
    /// A measured number.
    Float,
    /// A measured number of half the size, written as one of full size.
    ShortFloat,
    /// A day.
    Day,
    /// A moment in local time.
    Moment,
    /// A moment with its zone, or one that the server turns into local time.
    ZonedMoment,
    /// Text, and everything that is written as text.
    Text,
    /// Bytes that are no text.
    Bytes,
    /// A place or shape.
    Shape,
}

impl Kind {
    /// What a watermark in such a column counts in, if it can be one.
    pub(super) fn grows_by(self) -> Option<Grows> {
        match self {
            Self::Number => Some(Grows::Number),
            Self::Day => Some(Grows::Day),
            Self::Moment | Self::ZonedMoment => Some(Grows::Moment),
            _ => None,
        }
    }

    /// Whether the source knows it as a day or moment, so that a form of text does not describe it.
    pub(super) fn is_time(self) -> bool {
        matches!(self, Self::Day | Self::Moment | Self::ZonedMoment)
    }
}

/// What a watermark counts in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Grows {
    /// Numbers.
    Number,
    /// Days.
    Day,
    /// Microseconds.
    Moment,
}

/// A column of what is read.
#[derive(Clone, Debug)]
pub(super) struct Described {
    pub(super) name: String,
    pub(super) kind: Kind,
    /// The server's word for its type.
    pub(super) type_name: String,
    /// How it is asked for.
    pub(super) select: String,
}

/// Why a server did not say what it would give.
pub(super) enum Refusal {
    /// There is no such table.
    NoTable(Failed),
    /// A column is not there.
    NoColumn(Failed),
    /// Something else.
    Other(Failed),
}

impl From<Refusal> for Failed {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::NoTable(failed) | Refusal::NoColumn(failed) | Refusal::Other(failed) => failed,
        }
    }
}

/// A line to a server on which it is asked.
#[async_trait]
pub(super) trait Session: Send {
    /// The columns a question would give.
    async fn describe(&mut self, sql: &str) -> Result<Vec<Described>, Refusal>;

    /// From here on every question is about one and the same state, and none can change it.
    async fn freeze(&mut self) -> Result<(), Failed>;

    /// Asks; rows go to `out` as they come.
    async fn rows(&mut self, sql: &str, out: &mut Out<'_>) -> Result<(), Failed>;
}

/// Asks for one row of short texts.
pub(super) async fn one<S: Session + ?Sized>(
    session: &mut S,
    sql: &str,
) -> Result<Vec<Option<String>>, Failed> {
    let mut out = Out::kept(1);
    session.rows(sql, &mut out).await?;
    Ok(out.into_kept().pop().unwrap_or_default())
}

/// The names of the tables that can be read, as many as help to find a misspelt one.
pub(super) async fn names<S: Session + ?Sized>(session: &mut S, sql: &str) -> Vec<String> {
    let mut out = Out::kept(2000);
    match session.rows(sql, &mut out).await {
        Ok(()) => out
            .into_kept()
            .into_iter()
            .filter_map(|mut row| row.pop().flatten())
            .collect(),
        // Only a help: the fault itself is told all the same.
        Err(_) => Vec::new(),
    }
}
