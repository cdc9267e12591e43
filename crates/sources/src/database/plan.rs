//! What is read of a table: the columns that the manifest declares, as the source has them.

use city::Fault;
use city::dataset::{LoadMode, Overlap};

use super::cells::Spelling;
use super::reader::Reader;
use super::session::{Described, Grows, Kind, Refusal, Session, names};
use super::told;
use crate::FetchError;
use crate::patience::Failed;

/// What is read of it.
pub(super) struct Plan {
    pub(super) columns: Vec<Described>,
    pub(super) spellings: Vec<Spelling>,
    /// Places of the key's columns.
    pub(super) key: Vec<usize>,
    pub(super) watermark: Option<Watermark>,
}

/// The column that grows.
pub(super) struct Watermark {
    pub(super) column: Described,
    pub(super) grows: Grows,
    pub(super) overlap: Overlap,
}

impl Reader<'_> {
    /// Columns that the manifest declares and the load needs, as the source has them.
    pub(super) async fn plan<S: Session>(&self, session: &mut S) -> Result<Plan, Failed> {
        let declared = self.context.columns;
        let mut wanted: Vec<&str> = declared.iter().map(city::Column::source_name).collect();
        let rows = wanted.len();
        if let (Some(watermark), false) = (&self.source.watermark, wanted.is_empty()) {
            wanted.push(watermark);
        }
        let mut columns = match session.describe(&self.question.sample(&wanted)).await {
            Ok(columns) => columns,
            Err(refusal) => return Err(self.refused(session, &wanted, refusal).await),
        };
        let found = match &self.source.watermark {
            None => None,
            Some(_) if rows > 0 => columns.pop(),
            Some(name) => {
                let found = columns.iter().find(|column| column.name == *name);
                if found.is_none() {
                    let known: Vec<String> =
                        columns.iter().map(|column| column.name.clone()).collect();
                    return Err(told::good(self.no_column(name, &known)));
                }
                found.cloned()
            }
        };
        let mut faults = Vec::new();
        for (column, own) in columns.iter_mut().zip(declared) {
            own.source_name().clone_into(&mut column.name);
            if !own.forms.is_empty() && column.kind.is_time() {
                let what = format!(
                    "the column `{}` is `{}` at the source, and its `forms` are those of a text",
                    column.name, column.type_name
                );
                faults.push(self.fault(what).remedy("leave `forms` out"));
            }
        }
        faults.extend(columns.iter().filter_map(|column| self.unreadable(column)));
        let watermark = match found.map(|column| self.watermark(column)) {
            Some(Ok(watermark)) => Some(watermark),
            Some(Err(fault)) => {
                faults.push(fault);
                None
            }
            None => None,
        };
        if !faults.is_empty() {
            return Err(Failed::ForGood(FetchError::Input(faults)));
        }
        let spelling = |(at, column): (usize, &Described)| Spelling::of(column, declared.get(at));
        let key = self.context.load.key.iter();
        Ok(Plan {
            spellings: columns.iter().enumerate().map(spelling).collect(),
            key: key
                .filter_map(|name| declared.iter().position(|own| own.name == *name))
                .collect(),
            columns,
            watermark,
        })
    }

    /// Bytes and shapes have no text.
    fn unreadable(&self, column: &Described) -> Option<Fault> {
        let (holds, remedy) = match column.kind {
            Kind::Bytes => (
                "bytes that are no text",
                "leave the column out, or make it text in `sql`",
            ),
            Kind::Shape => (
                "places or shapes",
                "ask for its coordinates in `sql`: ST_X(...) and ST_Y(...)",
            ),
            _ => return None,
        };
        let what = format!(
            "the column `{}` is `{}` and holds {holds}",
            column.name, column.type_name
        );
        Some(self.fault(what).remedy(remedy))
    }

    fn watermark(&self, column: Described) -> Result<Watermark, Fault> {
        let name = self.source.watermark.as_deref().unwrap_or_default();
        let Some(grows) = column.kind.grows_by() else {
            let what = format!("`{name}` is `{}` and orders no history", column.type_name);
            return Err(self
                .fault(what)
                .expected("a time, a date or a whole or exact number")
                .remedy("name another `watermark`, or make it one in `sql`"));
        };
        let is_append = self.context.load.mode == LoadMode::Append;
        let said = self.source.overlap.as_deref().and_then(Overlap::read);
        let overlap = match (said, grows) {
            (None, Grows::Number) => Overlap::Steps(if is_append { 0 } else { 1000 }),
            (None, Grows::Day) => Overlap::Seconds(86_400),
            (None, Grows::Moment) => Overlap::Seconds(3600),
            (Some(steps @ Overlap::Steps(_)), Grows::Number) => steps,
            (Some(time @ Overlap::Seconds(_)), Grows::Day | Grows::Moment) => time,
            (Some(_), _) => {
                let what = format!(
                    "`{name}` is `{}`, and `overlap` counts in something else",
                    column.type_name
                );
                return Err(self.fault(what).expected(match grows {
                    Grows::Number => "a number",
                    Grows::Day | Grows::Moment => "a time like 15m, 1h or 2d",
                }));
            }
        };
        Ok(Watermark {
            column: Described {
                name: name.to_owned(),
                ..column
            },
            grows,
            overlap,
        })
    }

    /// Says which name is not there, and the nearest one that is.
    async fn refused<S: Session>(
        &self,
        session: &mut S,
        wanted: &[&str],
        refusal: Refusal,
    ) -> Failed {
        match refusal {
            Refusal::NoColumn(failed) => {
                let Ok(all) = session.describe(&self.question.sample(&[])).await else {
                    return failed;
                };
                let known: Vec<String> = all.into_iter().map(|column| column.name).collect();
                let missing = wanted.iter().filter(|name| {
                    let is_it = |own: &String| own.to_lowercase() == name.to_lowercase();
                    !known.iter().any(is_it) || !known.iter().any(|own| own == *name)
                });
                let faults: Vec<Fault> = missing.map(|name| self.no_column(name, &known)).collect();
                if faults.is_empty() {
                    return failed;
                }
                Failed::ForGood(FetchError::Input(faults))
            }
            Refusal::NoTable(failed) => {
                let known = names(session, self.question.tables()).await;
                let table = self.source.table.as_deref().unwrap_or_default();
                let short = |name: &'_ String| match name.rsplit_once('.') {
                    Some((_, name)) if !table.contains('.') => name.to_owned(),
                    _ => name.clone(),
                };
                let known: Vec<String> = known.iter().map(short).collect();
                let known = known.iter().map(String::as_str);
                match city::nearest::nearest(table, known) {
                    Some(nearest) => {
                        failed.map(|fault| fault.remedy(format!("did you mean `{nearest}`?")))
                    }
                    None => failed,
                }
            }
            Refusal::Other(failed) => failed,
        }
    }

    fn no_column(&self, name: &str, known: &[String]) -> Fault {
        let fault = self.fault(format!("the source has no column `{name}`"));
        match city::nearest::nearest(name, known.iter().map(String::as_str)) {
            Some(nearest) => fault.remedy(format!("did you mean `{nearest}`?")),
            None => fault.remedy("correct `source` of the column, or take it out of the manifest"),
        }
    }
}
