//! The policies of a city: read, validated against the schema made from its manifests, and ready to decide.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use cedar_policy::ffi::DetailedError;
use cedar_policy::{
    Entities, Policy, PolicyId, PolicySet, Schema, ValidationError, ValidationMode,
    ValidationWarning, Validator,
};
use city::{City, Fault, People, PolicyText};

use super::rule::{Judge, Rule, Written, fault_at, parts, with_nearest};
use super::schema::{self, Known};

/// What is in force without a city's own policies: the operator sees everything, everybody what is released.
const BUILT_IN: &str = r#"
@id("operator")
@reason_ko("운영자는 도시의 모든 자료를 볼 수 있습니다.")
@reason_en("An operator sees everything the city holds.")
permit (principal in Role::"operator", action == Action::"read", resource);

@id("public-release")
@reason_ko("공개하기로 한, 개인정보가 없는 항목입니다.")
@reason_en("The column is released and says nothing about a person.")
permit (principal in Role::"public", action == Action::"read", resource)
when {
  resource.dataset.release == Release::"open" &&
  resource.released &&
  resource.privacy == Privacy::"none"
};
"#;

/// The file name that faults of the built-in policies would have.
pub(super) const BUILT_IN_FILE: &str = "built-in.cedar";
/// What a condition on the time looks like.
const TIME_WORDS: [&str; 4] = ["hour", "weekday", "today", "working_day"];
/// What a policy about counts has in it.
const COUNT_WORD: &str = r#""count""#;

/// Policies that decide together.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sets {
    /// Those that permit, and those that forbid whole columns.
    pub(crate) grants: PolicySet,
    /// Those that forbid and leave something.
    pub(crate) limits: PolicySet,
    pub(crate) rules: BTreeMap<String, Arc<Rule>>,
}

impl Sets {
    fn of<'p>(policies: impl Iterator<Item = &'p (Policy, Arc<Rule>)>) -> Self {
        let mut sets = Self::default();
        for (policy, rule) in policies {
            let set = if rule.is_limit() {
                &mut sets.limits
            } else {
                &mut sets.grants
            };
            // An id stands once: that was seen to when they were read.
            if set.add(policy.clone()).is_ok() {
                sets.rules.insert(rule.id.clone(), Arc::clone(rule));
            }
        }
        sets
    }
}

/// The policies of a city.
#[derive(Debug)]
pub struct Policies {
    pub(crate) people: Arc<People>,
    pub(crate) entities: Entities,
    pub(crate) in_force: Sets,
    /// Those in force and the drafts; a draft takes the place of the policy of its id.
    pub(crate) with_drafts: Sets,
    /// What decides for the machine itself.
    pub(crate) of_machine: Sets,
    /// Whether some policy asks for the time.
    pub(crate) asks_time: bool,
    /// Whether some policy lets people count what they may not read.
    pub(crate) lets_count: bool,
    /// Whether the city has policies of its own.
    pub(crate) is_own: bool,
}

impl Policies {
    /// The policies of a city's folder, and everything wrong with them. With a fault they must not be used.
    pub fn read(city: &City) -> (Self, Vec<Fault>) {
        Self::of(city, city.people.clone(), &city.policies)
    }

    /// The policies of these texts for a city with these people, and everything wrong with them.
    pub fn of(city: &City, people: People, texts: &[PolicyText]) -> (Self, Vec<Fault>) {
        let mut faults = Vec::new();
        let schema = Schema::from_cedarschema_str(&schema::schema(&people));
        let validator = match schema {
            Ok((schema, _)) => Some(Validator::new(schema)),
            Err(error) => {
                let what = format!("no schema can be made for the policies: {error}");
                faults.push(Fault::at(city::people::FILE, what));
                None
            }
        };
        let known = schema::known(city, &people);
        let mut reading = Reading {
            judge: Judge {
                city,
                people: &people,
            },
            validator: validator.as_ref(),
            known: &known,
            found: Vec::new(),
            faults: &mut faults,
        };
        for own in texts {
            reading.file(&own.file, &own.text);
        }
        reading.ids_once();
        let own = reading.found.len();
        reading.file(Path::new(BUILT_IN_FILE), BUILT_IN);
        let mut found: Vec<(Policy, Arc<Rule>)> = reading
            .found
            .into_iter()
            .map(|found| (found.policy, Arc::new(found.rule)))
            .collect();
        let built_in = found.split_off(own.min(found.len()));
        let entities = Entities::from_json_value(schema::entities(city, &people), None);
        let entities = entities.unwrap_or_else(|error| {
            faults.push(Fault::at(
                "city.toml",
                format!("policies cannot be asked: {error}"),
            ));
            Entities::empty()
        });
        faults.sort();
        let asks_time = texts
            .iter()
            .any(|own| TIME_WORDS.iter().any(|word| own.text.contains(word)));
        let policies = Self {
            in_force: Sets::of(chosen(&found, &built_in, false).into_iter()),
            with_drafts: Sets::of(chosen(&found, &built_in, true).into_iter()),
            of_machine: Sets::of(built_in.iter()),
            asks_time,
            lets_count: texts.iter().any(|own| own.text.contains(COUNT_WORD)),
            is_own: !texts.is_empty(),
            entities,
            people: Arc::new(people),
        };
        (policies, faults)
    }
}

/// The city's own policies, and the built-in ones whose id none of them has.
fn chosen<'p>(
    own: &'p [(Policy, Arc<Rule>)],
    built_in: &'p [(Policy, Arc<Rule>)],
    with_drafts: bool,
) -> Vec<&'p (Policy, Arc<Rule>)> {
    let drafts = own.iter().filter(|(_, rule)| rule.is_draft && with_drafts);
    let mut chosen: Vec<_> = drafts.collect();
    for policy in own
        .iter()
        .filter(|(_, rule)| !rule.is_draft)
        .chain(built_in)
    {
        if chosen.iter().all(|(_, rule)| rule.id != policy.1.id) {
            chosen.push(policy);
        }
    }
    chosen
}

struct Found {
    policy: Policy,
    rule: Rule,
    file: std::path::PathBuf,
    line: Fault,
}

struct Reading<'r> {
    judge: Judge<'r>,
    validator: Option<&'r Validator>,
    known: &'r Known,
    found: Vec<Found>,
    faults: &'r mut Vec<Fault>,
}

impl Reading<'_> {
    fn file(&mut self, file: &Path, text: &str) {
        let set: PolicySet = match text.parse() {
            Ok(set) => set,
            Err(errors) => {
                let error = DetailedError::from(&errors);
                self.faults.extend(told(&error, file, text));
                return;
            }
        };
        if let Some(template) = set.templates().next() {
            let what = format!(
                "`{}` leaves a place open (`?principal`, `?resource`)",
                template.id()
            );
            self.faults
                .push(Fault::at(file, what).remedy("write a policy for each"));
        }
        let mut policies: Vec<&Policy> = set.policies().collect();
        // Cedar counts them as they stand: policy0, policy1, ...
        policies.sort_by_key(|policy| {
            let id = policy.id().to_string();
            id.trim_start_matches("policy")
                .parse::<usize>()
                .unwrap_or(usize::MAX)
        });
        let mut own = PolicySet::new();
        let mut from = 0;
        for (number, policy) in policies.into_iter().enumerate() {
            let source = policy.to_string();
            let rest = text.get(from..).unwrap_or_default();
            let begins = from + rest.find(source.trim()).unwrap_or_default();
            from = begins + 1;
            let written = Written {
                file,
                text,
                from: begins,
            };
            let policy = self.one(policy, number, &written);
            // Two of one id in a file are told as such.
            drop(own.add(policy));
        }
        self.validate(&own, file, text);
    }

    fn one(&mut self, policy: &Policy, number: usize, written: &Written<'_>) -> Policy {
        let stem = written.file.file_stem().map(|stem| stem.to_string_lossy());
        let id = match policy.annotation("id").map(str::trim) {
            Some(id) if !id.is_empty() => id.to_owned(),
            _ => format!("{}-{}", stem.unwrap_or_default(), number + 1),
        };
        let policy = policy.new_id(PolicyId::new(&id));
        for uid in policy.entity_literals() {
            let (kind, word) = parts(&uid);
            let Some(known) = self.known.get(kind.as_str()) else {
                continue;
            };
            if known.contains(&word) {
                continue;
            }
            let what = format!("there is no {} `{word}`", kind.to_lowercase());
            let fault = written.fault(&format!("{kind}::{word:?}"), 0, what);
            self.faults
                .push(with_nearest(fault, &word, known.iter().map(String::as_str)));
        }
        let order = self.found.len();
        let rule = self
            .judge
            .rule(&policy, id.clone(), order, written, self.faults);
        self.found.push(Found {
            policy: policy.clone(),
            rule,
            file: written.file.to_owned(),
            line: written.fault(
                &format!("{id:?}"),
                0,
                format!("the policy `{id}` stands twice"),
            ),
        });
        policy
    }

    fn validate(&mut self, set: &PolicySet, file: &Path, text: &str) {
        let Some(validator) = self.validator else {
            return;
        };
        let result = validator.validate(set, ValidationMode::Strict);
        let before = self.faults.len();
        for error in result.validation_errors() {
            // Told with its nearest word already.
            if !matches!(error, ValidationError::InvalidEnumEntity(_)) {
                let error = DetailedError::from(error);
                self.faults.extend(told(&error, file, text));
            }
        }
        if self.faults.len() > before {
            // What is unknown makes a policy impossible too.
            return;
        }
        for warning in result.validation_warnings() {
            if matches!(warning, ValidationWarning::ImpossiblePolicy(_)) {
                let warning = DetailedError::from(warning);
                self.faults.extend(told(&warning, file, text));
            }
        }
    }

    /// No two policies in force have an id, and no two drafts.
    fn ids_once(&mut self) {
        let mut first: BTreeMap<(&str, bool), &Path> = BTreeMap::new();
        for found in &self.found {
            let key = (found.rule.id.as_str(), found.rule.is_draft);
            if let Some(other) = first.get(&key) {
                let fault = found.line.clone();
                self.faults
                    .push(fault.remedy(format!("the other is in {}", other.display())));
            } else {
                first.insert(key, &found.file);
            }
        }
    }
}

/// What Cedar says is wrong, each with its place.
fn told(error: &DetailedError, file: &Path, text: &str) -> Vec<Fault> {
    let at = error.source_locations.first().map(|place| place.loc.start);
    let message = error.message.trim_end_matches('.');
    // Cedar names the policy first; its place says so already.
    let message = message
        .split_once(", ")
        .filter(|(head, _)| head.starts_with("for policy"));
    let message = message.map_or(error.message.trim_end_matches('.'), |(_, rest)| rest);
    let fault = match at {
        Some(at) => fault_at(file, text, at, message),
        None => Fault::at(file, message),
    };
    let label = error
        .source_locations
        .first()
        .and_then(|place| place.label.clone());
    let fault = match label {
        Some(label) if label.starts_with("expected ") => {
            fault.expected(label.trim_start_matches("expected ").to_owned())
        }
        _ => fault,
    };
    let own = match &error.help {
        Some(help) => fault.remedy(help.clone()),
        None => fault,
    };
    let related = error
        .related
        .iter()
        .flat_map(|error| told(error, file, text));
    std::iter::once(own).chain(related).collect()
}
