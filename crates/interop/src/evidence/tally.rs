//! Facts → the pack.

use std::collections::BTreeMap;

use access::{Outcome, Record};
use chrono::{Months, NaiveDate};
use city::{City, DepartmentId};
use sha2::{Digest as _, Sha256};

use super::count::{Context, Count};
use super::definition::{Definition, definitions};
use super::gather::{Facts, counted};
use super::pack::{Document, FORM, Indicator, Load, Month, Named, Pack, Part, Rule, State};
use super::scope::Scope;

/// Counts everything.
pub(super) fn pack(city: &City, scope: &Scope, facts: &[Facts]) -> Pack {
    let context = Context { city, scope };
    let department = |id: &DepartmentId| {
        let own = city.department(id)?;
        Some(Named {
            id: own.id.to_string(),
            ko: own.title.clone(),
            en: own.title_en.clone(),
        })
    };
    let has_own = |id: &DepartmentId| facts.iter().any(|own| own.dataset.department == *id);
    let mut pack = Pack {
        form: FORM,
        sha256: String::new(),
        provider: city.provider().to_owned(),
        city: Named {
            id: city.manifest.code.clone(),
            ko: city.manifest.name.clone(),
            en: city.manifest.name_en.clone(),
        },
        year: scope.year,
        until: scope.until,
        department: scope.department.as_ref().and_then(department),
        departments: city
            .manifest
            .departments
            .iter()
            .filter(|own| has_own(&own.id))
            .filter_map(|own| department(&own.id))
            .collect(),
        indicators: definitions()
            .map(|own| indicator(own, &context, facts))
            .collect(),
        months: months(scope, facts),
        checks: facts
            .iter()
            .flat_map(|own| rules(own, scope.until))
            .collect(),
        datasets: facts.iter().map(document).collect(),
        loads: facts
            .iter()
            .flat_map(|own| own.loads.iter().map(|record| load(record, own)))
            .collect(),
    };
    pack.sha256 = hash(&pack);
    pack
}

/// The hash of a pack that has none yet.
fn hash(pack: &Pack) -> String {
    let bytes = serde_json::to_vec(pack).unwrap_or_default();
    let sum = Sha256::digest(bytes);
    sum.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn load(record: &Record, facts: &Facts) -> Load {
    let held = facts
        .held
        .iter()
        .find(|own| own.record.load_id == record.load_id);
    Load {
        dataset: record.dataset.clone(),
        version: (record.outcome == Outcome::Loaded).then_some(record.number),
        load_id: record.load_id.clone(),
        outcome: record.outcome,
        at: record.committed_at,
        read: record.read,
        accepted: record.accepted,
        quarantined: record.quarantined,
        mended: record.places_repaired,
        manifest_sha256: record.manifest_sha256.clone(),
        files: record.sources.clone(),
        inputs: record.inputs.clone(),
        decision: held.and_then(|own| own.decision.clone()),
    }
}

fn indicator(definition: &Definition, context: &Context<'_>, facts: &[Facts]) -> Indicator {
    let count = |count: Count| {
        facts
            .iter()
            .filter_map(|own| {
                let (numerator, denominator) = count(context, own)?;
                (denominator > 0).then(|| Part {
                    dataset: own.dataset.id.clone(),
                    department: own.dataset.department.clone(),
                    numerator,
                    denominator,
                })
            })
            .collect::<Vec<_>>()
    };
    let parts = definition.count.map(count);
    let state = match &parts {
        None => State::NotInRecords,
        Some(parts) if parts.is_empty() => State::NothingToCount,
        Some(_) => State::Counted,
    };
    let parts = parts.unwrap_or_default();
    let total =
        |of: fn(&Part) -> u64| (state == State::Counted).then(|| parts.iter().map(of).sum::<u64>());
    Indicator {
        id: definition.id,
        area: definition.area,
        item: definition.item,
        title: definition.title,
        numerator_is: definition.numerator,
        denominator_is: definition.denominator,
        unit: definition.unit,
        how: definition.how,
        add: definition.add,
        is_fault: definition.is_fault,
        state,
        numerator: total(|own| own.numerator),
        denominator: total(|own| own.denominator),
        parts,
    }
}

/// The ends of the months that have begun; of the last the last day that counts.
fn months(scope: &Scope, facts: &[Facts]) -> Vec<Month> {
    let first = NaiveDate::from_ymd_opt(scope.year, 1, 1);
    let starts = (0..12).filter_map(|month| first?.checked_add_months(Months::new(month)));
    starts
        .filter(|start| *start <= scope.until)
        .map(|start| {
            let next = start.checked_add_months(Months::new(1));
            let end = next.and_then(|next| next.pred_opt());
            let until = end.map_or(scope.until, |end| end.min(scope.until));
            let mut month = Month {
                until,
                datasets: 0,
                errors: 0,
                diagnosed: 0,
            };
            for own in facts {
                let loads = own.in_force(until);
                month.datasets += u64::from(!loads.is_empty());
                for counted in loads.into_iter().flat_map(counted) {
                    month.errors += counted.errors;
                    month.diagnosed += counted.diagnosed;
                }
            }
            month
        })
        .collect()
}

/// The rules of a dataset, summed over the loads that count.
fn rules(facts: &Facts, until: NaiveDate) -> Vec<Rule> {
    let mut all: BTreeMap<(Option<String>, String), (u64, u64)> = BTreeMap::new();
    for own in facts.in_force(until).into_iter().flat_map(counted) {
        let sum = all.entry((own.column, own.check)).or_default();
        sum.0 += own.errors;
        sum.1 += own.diagnosed;
    }
    let dataset = &facts.dataset;
    let place = |name: &Option<String>| {
        let name = name.as_ref()?;
        dataset.columns.iter().position(|own| own.name == *name)
    };
    let mut rules: Vec<Rule> = all
        .into_iter()
        .map(|((column, check), (errors, diagnosed))| Rule {
            dataset: dataset.id.clone(),
            title: column
                .as_deref()
                .and_then(|name| Some(dataset.column(name)?.title.clone())),
            column,
            check,
            errors,
            diagnosed,
        })
        .collect();
    // In the manifest's order; rules of the whole table last.
    rules.sort_by_key(|rule| place(&rule.column).unwrap_or(usize::MAX));
    rules
}

fn document(facts: &Facts) -> Document {
    let dataset = &facts.dataset;
    Document {
        dataset: dataset.id.clone(),
        title: dataset.title.clone(),
        title_en: dataset.title_en.clone(),
        department: dataset.department.clone(),
        field: dataset.field.clone(),
        cadence: dataset.cadence,
        release: dataset.release,
        standard: dataset.standard.clone(),
        manifest: format!("datasets/{}/{}.toml", dataset.field, dataset.id),
        loads: facts.loads.len(),
        newest: facts
            .versions()
            .next_back()
            .map(|record| load(record, facts)),
    }
}
