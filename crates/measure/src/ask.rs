//! The questions behind a figure, all asked of the same versions.

use std::collections::{BTreeSet, HashMap};

use access::suppress::suppress_line;
use access::{AskError, At, Question, Reader};
use arrow::array::RecordBatch;
use city::calendar::korean_day;
use city::measure::Compute;
use city::{DatasetId, Measure, Period};

use crate::answer::{Group, added_up, begin, groups, real, steps, whole};
use crate::asked::{Asked, DEPTH_MAX, Measures, Pins};
use crate::figure::{Divided, Needs};
use crate::query::{Dimension, Side};

/// One measure being asked.
#[derive(Clone, Copy)]
pub(crate) struct Asking<'a> {
    pub(crate) reader: &'a Reader,
    pub(crate) measure: &'a Measure,
    pub(crate) measures: &'a Measures,
    pub(crate) asked: &'a Asked,
    pub(crate) pins: &'a Pins,
    /// How many measures stand above this one.
    pub(crate) depth: usize,
}

/// A figure's value and what it was made of.
pub(crate) struct Quotient {
    pub(crate) value: f64,
    pub(crate) rows: u64,
    pub(crate) unknown: Option<u64>,
    pub(crate) divided: Option<Divided>,
}

/// Why there is no value.
pub(crate) enum Lack {
    /// So few are counted that it is not told.
    Hidden,
    Of(Needs),
}

/// What a value is divided by.
pub(crate) enum Whole {
    Nothing,
    /// The value, and rows that have nothing to compute it with.
    Of(f64, u64),
    Lacks(Lack),
}

impl Whole {
    /// A value divided by it.
    pub(crate) fn divide(&self, value: f64, factor: f64) -> Option<f64> {
        match self {
            Self::Nothing => Some(value * factor),
            Self::Of(below, _) => Some(value / below * factor),
            Self::Lacks(_) => None,
        }
    }
}

/// One number of an answer.
#[derive(Default)]
struct Amount {
    value: Option<f64>,
    is_hidden: bool,
    rows: u64,
    missing: Option<u64>,
}

/// What a measure is divided by.
pub(crate) enum Below<'m> {
    Nothing,
    /// Something of a dataset.
    Side(Side<'m>, &'m DatasetId),
    /// Another measure.
    Measure(&'m Measure),
    /// It cannot be said what.
    Missing,
}

impl<'a> Asking<'a> {
    pub(crate) fn new(
        reader: &'a Reader,
        measure: &'a Measure,
        measures: &'a Measures,
        asked: &'a Asked,
        pins: &'a Pins,
    ) -> Self {
        Self {
            reader,
            measure,
            measures,
            asked,
            pins,
            depth: 0,
        }
    }

    /// The same of what divides this measure.
    pub(crate) fn deeper(self, measure: &'a Measure) -> Self {
        Self {
            measure,
            depth: self.depth + 1,
            ..self
        }
    }

    /// What is asked for, of the newest step alone where steps are levels.
    pub(crate) async fn settled(&self) -> Result<Asked, AskError> {
        let mut asked = self.asked.clone();
        let Some(axis) = self.measure.time.as_ref().filter(|axis| axis.level) else {
            return Ok(asked);
        };
        let mut side = Side::of(self.reader.city(), self.measure);
        self.narrow(&mut side)?;
        if let Some(newest) = self.newest(&side).await? {
            asked.period = Some(begin(newest, axis.step));
        }
        Ok(asked)
    }

    /// What is computed, of the rows that are asked for.
    pub(crate) async fn top(&self) -> Result<Side<'a>, AskError> {
        let mut side = Side::of(self.reader.city(), self.measure);
        self.narrow(&mut side)?;
        if self.asked.period.is_none()
            && matches!(self.measure.compute, Some(Compute::Index { .. }))
            && let Some(period) = self.current(&side).await?
        {
            side.within(period);
        }
        Ok(side)
    }

    /// Only the rows that are asked for.
    pub(crate) fn narrow(&self, side: &mut Side<'a>) -> Result<(), AskError> {
        for (dimension, value) in &self.asked.equals {
            let is_own = self.measure.dimensions.contains(dimension);
            // Of what divides a measure, only what it has is narrowed.
            if self.depth > 0 && !is_own {
                continue;
            }
            if !is_own || !side.narrow(dimension, value) {
                return Err(self.not_broken_down(dimension));
            }
        }
        if let Some(period) = self.asked.period
            && !side.within(period)
            && self.depth == 0
        {
            return Err(self.not_broken_down("period"));
        }
        Ok(())
    }

    pub(crate) fn not_broken_down(&self, dimension: &str) -> AskError {
        AskError::NotBrokenDown {
            of: self.measure.id.to_string(),
            dimension: dimension.to_owned(),
        }
    }

    /// What divides it, of the part that is asked for where it has one.
    pub(crate) fn below(&self) -> Below<'a> {
        let (city, measure) = (self.reader.city(), self.measure);
        match &measure.compute {
            Some(Compute::Share { .. }) => {
                let mut side = Side::whole_of(city, measure);
                return match self.narrow(&mut side) {
                    Ok(()) => Below::Side(side, &measure.dataset),
                    Err(_) => Below::Missing,
                };
            }
            Some(Compute::Index { base, .. }) => {
                let mut side = Side::of(city, measure);
                for (dimension, value) in &self.asked.equals {
                    side.narrow(dimension, value);
                }
                let period = Period::parse(base);
                return if period.is_some_and(|period| side.within(period)) {
                    Below::Side(side, &measure.dataset)
                } else {
                    Below::Missing
                };
            }
            _ => {}
        }
        let Some(below) = &measure.denominator else {
            return Below::Nothing;
        };
        if let Some(id) = &below.measure {
            let found = self.measures.get(id).filter(|_| self.depth < DEPTH_MAX);
            return found.map_or(Below::Missing, Below::Measure);
        }
        let Some((id, mut side)) = below
            .dataset
            .as_ref()
            .and_then(|id| Some((id, Side::below(city, measure, below)?)))
        else {
            return Below::Missing;
        };
        for (dimension, value) in &self.asked.equals {
            if !below.whole.contains(dimension) {
                side.narrow(dimension, value);
            }
        }
        if let Some(period) = self.asked.period {
            side.within(period);
        }
        Below::Side(side, id)
    }

    /// Of what divides this measure, what is asked for: not what each part is divided by the whole of.
    pub(crate) fn asked_below(&self) -> Asked {
        let whole = self.measure.denominator.as_ref().map(|below| &below.whole);
        let mut asked = self.asked.clone();
        asked
            .equals
            .retain(|(dimension, _)| !whole.is_some_and(|whole| whole.contains(dimension)));
        asked
    }

    /// By how much a part or a step of a history is multiplied when it is divided by the whole: an index compares steps with
    /// steps, however many there are of each.
    pub(crate) fn factor(&self, period: Option<Period>) -> f64 {
        let (now, base) = self.index_steps(period);
        self.measure.factor() * base / now
    }

    /// Of an index: the steps that it is of, and those of its base. One each of anything else.
    fn index_steps(&self, period: Option<Period>) -> (f64, f64) {
        let Some(Compute::Index { base, .. }) = &self.measure.compute else {
            return (1.0, 1.0);
        };
        let Some((base, axis)) = Period::parse(base).zip(self.measure.time.as_ref()) else {
            return (1.0, 1.0);
        };
        let count = |period: Period| f64::from(steps(period, axis.step));
        (period.map_or(1.0, count), count(base))
    }

    /// The value, divided.
    pub(crate) async fn quotient(&self) -> Result<Result<Quotient, Lack>, AskError> {
        let side = self.top().await?;
        let top = self.amount(&side).await?;
        if top.is_hidden {
            return Ok(Err(Lack::Hidden));
        }
        // Something computed of no rows is nothing only where rows would be there.
        let is_known = top.rows > 0 || top.value.is_none() || self.is_covered().await?;
        let Some(over) = top.value.filter(|_| is_known) else {
            let dataset = self.measure.dataset.clone();
            let is_zero = match side.divides_by_zero() {
                Some(sql) if top.rows > 0 => self.is_one(sql).await?,
                _ => false,
            };
            let needs = if is_zero {
                Needs::Zero { dataset }
            } else {
                Needs::Rows { dataset }
            };
            return Ok(Err(Lack::Of(needs)));
        };
        let (value, divided) = match self.whole().await? {
            Whole::Nothing => (over * self.measure.factor(), None),
            Whole::Of(below, unknown) => {
                let (now, base) = self.index_steps(self.asked.period);
                let (top, below) = (over / now, below / base);
                (
                    top / below * self.measure.factor(),
                    Some(Divided {
                        top,
                        below,
                        unknown,
                    }),
                )
            }
            Whole::Lacks(lack) => return Ok(Err(lack)),
        };
        let unknown = match Side::unknown_part(self.reader.city(), self.measure) {
            Some(mut side) => {
                self.narrow(&mut side)?;
                Some(top.missing.unwrap_or_default() + self.amount(&side).await?.rows)
            }
            None => top.missing,
        };
        Ok(Ok(Quotient {
            value,
            rows: top.rows,
            unknown,
            divided,
        }))
    }

    /// The whole it is divided by.
    pub(crate) async fn whole(&self) -> Result<Whole, AskError> {
        let missing = |id: &DatasetId| {
            let dataset = id.clone();
            Whole::Lacks(Lack::Of(Needs::Denominator { dataset }))
        };
        let mut unknown = 0;
        let (below, id) = match self.below() {
            Below::Nothing => return Ok(Whole::Nothing),
            Below::Missing => return Ok(missing(&self.measure.dataset)),
            Below::Side(side, id) => {
                if !self.pins.contains_key(id) {
                    return Ok(missing(id));
                }
                let amount = self.amount(&side).await?;
                if amount.is_hidden {
                    return Ok(Whole::Lacks(Lack::Hidden));
                }
                unknown = amount.missing.unwrap_or_default();
                (amount.value, id)
            }
            Below::Measure(other) => {
                let id = &other.dataset;
                if !self.pins.contains_key(id) {
                    return Ok(missing(id));
                }
                let asked = self.asked_below();
                let deeper = Asking {
                    asked: &asked,
                    ..self.deeper(other)
                };
                // A level that divides is that of its newest step too.
                let settled = deeper.settled().await?;
                let deeper = Asking {
                    asked: &settled,
                    ..deeper
                };
                match Box::pin(deeper.quotient()).await? {
                    Ok(found) => {
                        unknown = found.unknown.unwrap_or_default();
                        (Some(found.value), id)
                    }
                    Err(Lack::Hidden) => return Ok(Whole::Lacks(Lack::Hidden)),
                    Err(Lack::Of(_)) => (None, id),
                }
            }
        };
        Ok(match below {
            None => missing(id),
            Some(0.0) => {
                let dataset = id.clone();
                Whole::Lacks(Lack::Of(Needs::Zero { dataset }))
            }
            Some(below) => Whole::Of(below, unknown),
        })
    }

    /// The parts of another measure, by their labels.
    pub(crate) async fn wholes(
        &self,
        other: &'a Measure,
        dimension: &str,
    ) -> Result<HashMap<Option<String>, f64>, AskError> {
        let asked = self.asked_below();
        let deeper = Asking {
            asked: &asked,
            ..self.deeper(other)
        };
        let settled = deeper.settled().await?;
        let deeper = Asking {
            asked: &settled,
            ..deeper
        };
        let parts = Box::pin(deeper.parts(dimension)).await?;
        let parts = parts.into_iter();
        Ok(parts
            .filter_map(|part| Some((part.label, part.value.filter(|value| *value != 0.0)?)))
            .collect())
    }

    /// The history of another measure, by its steps; nothing where it has not the same.
    pub(crate) async fn histories(
        &self,
        other: &'a Measure,
    ) -> Result<Option<HashMap<Option<String>, f64>>, AskError> {
        let step = |measure: &Measure| measure.time.as_ref().map(|axis| axis.step);
        if step(other) != step(self.measure) {
            return Ok(None);
        }
        let asked = self.asked_below();
        let deeper = Asking {
            asked: &asked,
            ..self.deeper(other)
        };
        let Some(series) = Box::pin(deeper.history()).await? else {
            return Ok(None);
        };
        let points = series.points.into_iter();
        let known = points
            .filter_map(|point| Some((Some(point.at), point.value.filter(|value| *value != 0.0)?)));
        Ok(Some(known.collect()))
    }

    /// The newest step of the time axis that is over, by the day its version was made.
    pub(crate) async fn current(&self, side: &Side<'a>) -> Result<Option<Period>, AskError> {
        let Some(axis) = &self.measure.time else {
            return Ok(None);
        };
        let today = self.made_on()?;
        let step = axis.step;
        let newest = self.newest(side).await?;
        Ok(newest.and_then(|newest| {
            let own = begin(newest, step);
            if own.to < today {
                return Some(own);
            }
            // It is not over, or lies ahead: the last one that is over counts.
            begin(today, step).before()
        }))
    }

    /// The day on which the version it is read from was made.
    pub(crate) fn made_on(&self) -> Result<chrono::NaiveDate, AskError> {
        let own = self.pins.get(&self.measure.dataset).copied();
        let at = own.map_or(At::Latest, At::Version);
        let made = self.reader.version(self.measure.dataset.as_str(), &at)?;
        Ok(korean_day(made.committed_at))
    }

    /// The newest day of the time axis.
    async fn newest(&self, side: &Side<'a>) -> Result<Option<chrono::NaiveDate>, AskError> {
        let Some(sql) = side.newest() else {
            return Ok(None);
        };
        let (batches, _) = self.ask(sql).await?;
        let newest = groups(&batches).into_iter().find_map(|(label, _, _)| label);
        Ok(newest.and_then(|text| text.get(..10)?.parse().ok()))
    }

    /// The days its rows are of, first and last; nothing where it has no time axis.
    pub(crate) async fn span(&self) -> Result<Option<Period>, AskError> {
        let Some(sql) = self.top().await?.span() else {
            return Ok(None);
        };
        let (batches, _) = self.ask(sql).await?;
        let found = groups(&batches).into_iter().find_map(|(label, _, _)| label);
        Ok(found.and_then(|text| {
            let (first, last) = text.split_once('/')?;
            let from = first.get(..10)?.parse().ok()?;
            let to = last.get(..10)?.parse().ok()?;
            Some(Period { from, to })
        }))
    }

    /// The versions this figure is read from, in the order of what it computes.
    pub(crate) fn versions(&self) -> Vec<(DatasetId, i64)> {
        let mut all: Vec<DatasetId> = Vec::new();
        let mut add = |id: &DatasetId| {
            if !all.contains(id) {
                all.push(id.clone());
            }
        };
        let mut here = Some(self.measure);
        for _ in 0..DEPTH_MAX {
            let Some(one) = here else { break };
            one.from().into_iter().for_each(&mut add);
            let below = one.denominator.as_ref();
            below
                .and_then(|below| below.dataset.as_ref())
                .into_iter()
                .for_each(&mut add);
            for (dimension, _) in &self.asked.equals {
                let breakdown = one.breakdowns.get(dimension);
                breakdown
                    .and_then(|own| own.from.as_ref())
                    .into_iter()
                    .for_each(&mut add);
            }
            here = below.and_then(|below| self.measures.get(below.measure.as_ref()?));
        }
        let numbers = all.into_iter().filter_map(|id| {
            let number = *self.pins.get(&id)?;
            Some((id, number))
        });
        numbers.collect()
    }

    /// The groups of a dimension.
    pub(crate) async fn groups(
        &self,
        side: &Side<'a>,
        dimension: &Dimension,
    ) -> Result<Vec<Group>, AskError> {
        if self.measure.least_rows.is_none()
            && let Some(sql) = side.smaller_parts(dimension)
        {
            let groups = self.grouped(sql).await?;
            // What is hidden of a small group is not hidden of the large one: that is asked by itself.
            if groups.iter().all(|group| !group.is_hidden) {
                return Ok(added_up(groups));
            }
        }
        self.grouped(side.parts(dimension)).await
    }

    /// The groups of a question; those of fewer rows than may be told are hidden, and others with them.
    pub(crate) async fn grouped(&self, sql: String) -> Result<Vec<Group>, AskError> {
        let (batches, hides) = self.ask(sql).await?;
        let groups = groups(&batches);
        let counts: Vec<u64> = groups
            .iter()
            .map(|(_, _, rows)| rows.unwrap_or_default())
            .collect();
        let few = match self.measure.least_rows {
            Some(least) => suppress_line(&counts, u64::from(least)),
            None => BTreeSet::new(),
        };
        let shown = groups.into_iter().enumerate();
        Ok(shown
            .map(|(at, (label, value, _))| {
                let is_few = few.contains(&at);
                Group {
                    label,
                    // What is not known of rows that may only be counted is hidden.
                    is_hidden: is_few || (hides && value.is_none()),
                    value: value.filter(|_| !is_few),
                }
            })
            .collect())
    }

    /// Whether a question answers 1.
    async fn is_one(&self, sql: String) -> Result<bool, AskError> {
        let (batches, _) = self.ask(sql).await?;
        Ok(batches
            .iter()
            .any(|batch| real(batch, 0, 0).is_some_and(|value| value > 0.5)))
    }

    async fn amount(&self, side: &Side<'a>) -> Result<Amount, AskError> {
        let (batches, hides) = self.ask(side.figure()).await?;
        let Some(batch) = batches.iter().find(|batch| batch.num_rows() > 0) else {
            return Ok(Amount::default());
        };
        let value = real(batch, 0, 0).filter(|value| value.is_finite());
        let rows = whole(batch, 1, 0).unwrap_or_default();
        let is_few = self
            .measure
            .least_rows
            .is_some_and(|least| rows > 0 && rows < u64::from(least));
        Ok(Amount {
            is_hidden: is_few || (hides && value.is_none()),
            value: value.filter(|_| !is_few),
            rows,
            missing: whole(batch, 2, 0),
        })
    }

    /// Rows, and whether something of them is hidden because so few are counted.
    pub(crate) async fn ask(&self, sql: String) -> Result<(Vec<RecordBatch>, bool), AskError> {
        // What is loaded is pinned; what is not has no version of any time.
        let question = Question {
            sql,
            at: At::Latest,
        };
        let answer = self.reader.ask_pinned(question, self.pins).await?;
        let hides = answer.hidden.is_some_and(|hidden| hidden > 0);
        Ok((answer.collect().await?, hides))
    }
}
