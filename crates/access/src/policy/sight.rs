//! What a person sees: datasets, their columns, which rows, behind which masks; and why not the rest.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::sync::Arc;

use city::{City, Dataset, DatasetId};
use datafusion::logical_expr::Expr;
use datafusion::logical_expr::utils::{conjunction, disjunction};
use sha2::{Digest, Sha256};

use super::decide::{Asking, Ruled, When, Who};
use super::mask::Mask;
use super::rule::Reason;
use super::set::Policies;
use super::{PLACE_COLUMNS, place_sources};

/// The name of what decides where no policy permits.
pub(crate) const LEAST: &str = "least-privilege";

/// The name of what decides where a program's key is not for a dataset.
const KEY_SCOPE: &str = "key-scope";

/// A way a column is shown: where the condition holds, behind a mask.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Choice {
    pub(crate) when: Option<Expr>,
    pub(crate) mask: Option<Mask>,
}

/// One dataset as a person sees it.
#[derive(Debug)]
pub(crate) struct Seen {
    /// With the columns they see.
    pub(crate) dataset: Arc<Dataset>,
    /// Columns that are not simply as they are: the first choice that holds counts, and nothing where none does.
    pub(crate) veiled: BTreeMap<String, Vec<Choice>>,
    /// The rows they see; all where there is no condition.
    pub(crate) rows: Option<Expr>,
    /// Whether they see its places.
    pub(crate) place: bool,
    /// Whether they see all there is, and what is not declared too.
    pub(crate) whole: bool,
    /// The policies that gave each column.
    pub(crate) policies: BTreeMap<String, Vec<String>>,
}

/// Why something is not seen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) policy: String,
    pub(crate) reason: Option<Reason>,
}

/// What a person sees.
#[derive(Debug)]
pub struct Sight {
    name: Arc<str>,
    base: String,
    is_operator: bool,
    seen: BTreeMap<DatasetId, Seen>,
    view: BTreeMap<DatasetId, Arc<Dataset>>,
    hidden: BTreeMap<DatasetId, BTreeMap<String, Refusal>>,
}

impl Sight {
    /// What a person sees at a moment.
    pub(crate) fn of(city: &City, policies: &Policies, who: &Who, when: &When) -> Self {
        let base = if who.roles.contains("operator") {
            "operator"
        } else if who.roles.len() == 1 && who.roles.contains("public") {
            "public-release"
        } else {
            LEAST
        };
        let mut sight = Self {
            name: Arc::from(base),
            base: base.to_owned(),
            is_operator: who.is_operator,
            seen: BTreeMap::new(),
            view: BTreeMap::new(),
            hidden: BTreeMap::new(),
        };
        let asking = Asking::new(policies, who, when);
        for (id, dataset) in &city.datasets {
            sight.add(id, dataset, asking.as_ref(), policies, who);
        }
        let is_whole =
            sight.seen.len() == city.datasets.len() && sight.seen.values().all(|seen| seen.whole);
        let is_built_in = base == "public-release" && !policies.is_own;
        if !is_whole && !is_built_in {
            sight.name = Arc::from(format!("{base}-{}", sight.digest()));
        }
        sight
    }

    fn add(
        &mut self,
        id: &DatasetId,
        dataset: &Dataset,
        asking: Option<&Asking<'_>>,
        policies: &Policies,
        who: &Who,
    ) {
        let mut given: BTreeMap<String, Ruled> = BTreeMap::new();
        let mut hidden = BTreeMap::new();
        if who
            .within
            .as_ref()
            .is_some_and(|within| !within.contains(id))
        {
            let refusal = Refusal {
                policy: KEY_SCOPE.to_owned(),
                reason: None,
            };
            let all = dataset.columns.iter();
            let all = all.map(|column| (column.name.clone(), refusal.clone()));
            self.hidden.insert(id.clone(), all.collect());
            return;
        }
        for column in &dataset.columns {
            let ruled = asking.map(|asking| asking.column(dataset, &column.name));
            match ruled {
                Some(ruled) if !ruled.ways.is_empty() => {
                    given.insert(column.name.clone(), ruled);
                }
                ruled => {
                    hidden.insert(column.name.clone(), self.refusal(ruled));
                }
            }
        }
        if !given.is_empty() {
            let expressions = Expressions {
                dataset,
                policies,
                who,
            };
            let seen = expressions.seen(given, self.is_operator && hidden.is_empty());
            self.view.insert(id.clone(), Arc::clone(&seen.dataset));
            self.seen.insert(id.clone(), seen);
        }
        if !hidden.is_empty() {
            self.hidden.insert(id.clone(), hidden);
        }
    }

    fn refusal(&self, ruled: Option<Ruled>) -> Refusal {
        let ruled = ruled.filter(|ruled| !ruled.policies.is_empty());
        ruled.map_or_else(
            || Refusal {
                policy: self.base.clone(),
                reason: None,
            },
            |ruled| Refusal {
                policy: ruled.policies.join(", "),
                reason: ruled.reason,
            },
        )
    }

    /// A name that two persons share who see the same.
    pub fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn shared_name(&self) -> Arc<str> {
        Arc::clone(&self.name)
    }

    /// Whether this is what whoever runs the city sees: they may also change things.
    pub(crate) fn is_operator(&self) -> bool {
        self.is_operator
    }

    /// The datasets that are seen, each with the columns that are.
    pub(crate) fn view(&self) -> &BTreeMap<DatasetId, Arc<Dataset>> {
        &self.view
    }

    pub(crate) fn dataset(&self, id: &str) -> Option<&Seen> {
        self.seen.get(id)
    }

    /// Whether a column of a dataset is seen, and each of its values as it is, in every row there is.
    pub(crate) fn is_clear(&self, id: &str, column: &str) -> bool {
        self.seen
            .get(id)
            .is_some_and(|seen| seen.rows.is_none() && seen.is_plain(column))
    }

    /// Whether a name means something a dataset has and this person does not see.
    pub(crate) fn hides(&self, dataset: &Dataset, name: &str) -> bool {
        let shown = self.view.get(&dataset.id);
        let declared = dataset.columns.iter().any(|column| {
            shown.is_none_or(|shown| shown.column(&column.name).is_none())
                && (column.name.eq_ignore_ascii_case(name)
                    || column.title == name
                    || column.source_name() == name)
        });
        let is_place = PLACE_COLUMNS
            .iter()
            .any(|place| place.eq_ignore_ascii_case(name));
        let shows_place = self.seen.get(&dataset.id).is_some_and(|seen| seen.place);
        declared || (is_place && dataset.place.is_some() && !shows_place)
    }

    /// Why a column of a dataset, or all of it, is not seen.
    pub(crate) fn why_not(&self, dataset: Option<&Dataset>, name: &str) -> Refusal {
        let hidden = dataset.and_then(|dataset| self.hidden.get(&dataset.id));
        let default = || self.refusal(None);
        let Some((dataset, hidden)) = dataset.zip(hidden) else {
            return default();
        };
        let column = dataset.columns.iter().find(|column| {
            column.name.eq_ignore_ascii_case(name)
                || column.title == name
                || column.source_name() == name
        });
        let own = column.and_then(|column| hidden.get(&column.name));
        own.or_else(|| {
            // Of the whole dataset a policy's no is the reason only if it is that of each column.
            let all_by_policy = hidden.values().all(|refusal| refusal.policy != self.base);
            hidden.values().next().filter(|_| all_by_policy)
        })
        .cloned()
        .unwrap_or_else(default)
    }

    /// The policies under which columns of datasets are read; of all that is seen where no column is named.
    pub(crate) fn deciding<'c>(
        &self,
        read: impl IntoIterator<Item = (&'c DatasetId, &'c [String])>,
    ) -> String {
        let mut found = BTreeSet::new();
        for (id, columns) in read {
            let Some(seen) = self.seen.get(id) else {
                continue;
            };
            let named = columns
                .iter()
                .filter_map(|column| seen.policies.get(column));
            let named: BTreeSet<&String> = named.flatten().collect();
            if named.is_empty() {
                found.extend(seen.policies.values().flatten());
            } else {
                found.extend(named);
            }
        }
        if found.is_empty() {
            return self.base.clone();
        }
        let found: Vec<&str> = found.into_iter().map(String::as_str).collect();
        found.join(", ")
    }

    /// A short name for all of what is seen.
    fn digest(&self) -> String {
        let mut text = String::new();
        for (id, seen) in &self.seen {
            let columns = seen.dataset.columns.iter().map(|column| &column.name);
            let columns: Vec<&String> = columns.collect();
            // Writing into a String cannot fail.
            let _: std::fmt::Result = writeln!(
                text,
                "{id} {columns:?} {:?} {:?} {} {}",
                seen.veiled, seen.rows, seen.place, seen.whole
            );
        }
        let bytes = Sha256::digest(text.as_bytes());
        bytes
            .iter()
            .take(8)
            .map(|byte| format!("{byte:02x}"))
            .collect()
    }
}

impl Seen {
    /// Whether a column is seen as it is, in the rows that are seen.
    pub(crate) fn is_plain(&self, name: &str) -> bool {
        let is_place = PLACE_COLUMNS.contains(&name) && self.place;
        !self.veiled.contains_key(name) && (is_place || self.dataset.column(name).is_some())
    }

    /// Whether a column of the stored table is seen, by its physical name.
    pub(crate) fn shows_stored(&self, declared: &Dataset, name: &str) -> bool {
        if self.dataset.column(name).is_some() {
            return true;
        }
        if PLACE_COLUMNS.contains(&name) && declared.column(name).is_none() {
            return self.place || self.whole;
        }
        // Columns of an earlier manifest that the present one does not declare.
        self.whole && declared.column(name).is_none()
    }
}

/// Makes expressions of what was decided.
struct Expressions<'e> {
    dataset: &'e Dataset,
    policies: &'e Policies,
    who: &'e Who,
}

impl Expressions<'_> {
    fn seen(&self, given: BTreeMap<String, Ruled>, is_all: bool) -> Seen {
        let mut rows: Vec<BTreeSet<String>> = Vec::new();
        for way in given.values().flat_map(|ruled| &ruled.ways) {
            add_least(&mut rows, &way.rows);
        }
        let mut veiled = BTreeMap::new();
        for (name, ruled) in &given {
            let clear: Vec<&BTreeSet<String>> = ruled
                .ways
                .iter()
                .filter(|way| way.mask.is_none())
                .map(|way| &way.rows)
                .collect();
            let covers = |rows: &BTreeSet<String>| clear.iter().any(|own| own.is_subset(rows));
            if rows.iter().all(covers) {
                continue;
            }
            let choices = ruled.ways.iter().map(|way| Choice {
                when: self.all(&way.rows),
                mask: way.mask,
            });
            veiled.insert(name.clone(), choices.collect());
        }
        let mut dataset = self.dataset.clone();
        dataset
            .columns
            .retain(|column| given.contains_key(&column.name));
        let is_plain = |name: &str| given.contains_key(name) && !veiled.contains_key(name);
        let sources = place_sources(self.dataset);
        let place = !sources.is_empty() && sources.iter().all(|name| is_plain(name));
        let rows = if rows.iter().any(BTreeSet::is_empty) {
            None
        } else {
            disjunction(
                rows.iter()
                    .filter_map(|rows| self.all(rows))
                    .collect::<Vec<_>>(),
            )
        };
        let whole = is_all && veiled.is_empty() && rows.is_none();
        Seen {
            dataset: Arc::new(dataset),
            veiled,
            // Whoever sees all sees the place, whatever it was made of.
            place: place || whole,
            rows,
            whole,
            policies: given
                .into_iter()
                .map(|(name, ruled)| (name, ruled.policies))
                .collect(),
        }
    }

    /// All of some conditions, by their texts.
    fn all(&self, texts: &BTreeSet<String>) -> Option<Expr> {
        let sets = self.policies.sets(self.who.which);
        let conditions = texts.iter().filter_map(|text| {
            let mut rows = sets.rules.values().filter_map(|rule| rule.rows.as_ref());
            rows.find(|(own, _)| own == text)
        });
        conjunction(
            conditions.map(|(_, condition)| condition.expression(self.dataset, &self.who.known)),
        )
    }
}

/// Adds conditions to those that stand beside one another: where fewer conditions give all rows of more, the fewer stay.
fn add_least(all: &mut Vec<BTreeSet<String>>, rows: &BTreeSet<String>) {
    if all.iter().any(|own| own.is_subset(rows)) {
        return;
    }
    all.retain(|own| !rows.is_subset(own));
    all.push(rows.clone());
}
