//! Hands out readers.

use std::collections::{BTreeSet, HashMap};
use std::num::NonZero;
use std::sync::{Arc, Mutex, OnceLock, PoisonError, RwLock};
use std::time::Duration;

use city::people::OPERATOR;
use city::{City, Dataset, DatasetId, Duty, Fault, Measure, MeasureId, People, PolicyText};
use datafusion::catalog::TableProvider;
use lake::{Lake, Record};
use records::Records;
use records::log::{Act, Decision, Entry};
use tokio::sync::{Semaphore, SemaphorePermit};

use crate::busy::Busy;
use crate::engine::Engine;
use crate::error::{AskError, Denied};
use crate::kept::Kept;
use crate::person::{Person, Purpose};
use crate::policy::{Policies, Reason, Ruling, Sight, When, Which, Who};
use crate::reader::Reader;

/// Sights kept of different people and moments. When there are more, all go.
const SIGHTS: usize = 1024;

/// The door of one city.
pub struct Door {
    pub(crate) city: Arc<City>,
    /// The same with its measures as they are now, and how often they were renewed.
    now: RwLock<(u64, Arc<City>)>,
    pub(crate) lake: Arc<Lake>,
    pub(crate) records: Arc<Records>,
    pub(crate) engine: Engine,
    rules: RwLock<Arc<Rules>>,
    /// The key of hashed values.
    key: OnceLock<Arc<[u8]>>,
    /// Versions that the release gate closed to the public, and why.
    closed: RwLock<HashMap<DatasetId, (i64, Reason)>>,
    pub(crate) kept: Kept,
    /// Questions that may run at the same time: more than processors only make all of them wait longer.
    turns: Semaphore,
    pub(crate) busy: Busy,
}

/// Policies in force, and what people see under them: one goes with the other.
struct Rules {
    policies: Policies,
    sights: Mutex<HashMap<(Who, When), Arc<Sight>>>,
}

impl Rules {
    fn new(policies: Policies) -> Arc<Self> {
        Arc::new(Self {
            policies,
            sights: Mutex::new(HashMap::new()),
        })
    }

    fn sight(&self, city: &City, who: Who, when: When) -> Arc<Sight> {
        let sights = || self.sights.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (who, when);
        if let Some(sight) = sights().get(&key) {
            return Arc::clone(sight);
        }
        let sight = Arc::new(Sight::of(city, &self.policies, &key.0, &key.1));
        let mut sights = sights();
        if sights.len() >= SIGHTS {
            sights.clear();
        }
        Arc::clone(sights.entry(key).or_insert(sight))
    }
}

/// Whose eyes an administrator looks through.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeeAs {
    /// The role.
    pub role: String,
    /// The department, if the policies ask for it.
    pub department: Option<String>,
    /// Whether policies count that are drafted only.
    pub drafts: bool,
}

impl SeeAs {
    fn who(&self, policies: &Policies) -> Who {
        let which = if self.drafts {
            Which::WithDrafts
        } else {
            Which::InForce
        };
        let mut who = Who::of_role(&self.role, which);
        who.department.clone_from(&self.department);
        who.fill(policies);
        who
    }
}

/// Whose sight is explained.
#[derive(Clone, Copy, Debug)]
pub enum Whose<'w> {
    /// A person's own.
    Person(&'w Person),
    /// That of somebody of a role.
    Role(&'w SeeAs),
}

/// Part of what a person sees.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Within {
    /// The datasets; all, where nothing is said.
    pub datasets: Option<BTreeSet<DatasetId>>,
    /// Whether whoever runs the city may do here what only they may.
    pub as_operator: bool,
}

impl Door {
    /// The door to a city's lake.
    ///
    /// # Errors
    /// When the query engine cannot be opened, or the city's policies have a fault.
    pub fn new(city: Arc<City>, lake: Arc<Lake>, records: Arc<Records>) -> Result<Self, AskError> {
        let engine = Engine::new().map_err(|error| AskError::Run(Some(error.to_string())))?;
        let (policies, faults) = Policies::read(&city);
        if let Some(fault) = faults.first() {
            return Err(AskError::Run(Some(fault.to_string())));
        }
        Ok(Self {
            now: RwLock::new((0, Arc::clone(&city))),
            city,
            lake,
            records,
            engine,
            rules: RwLock::new(Rules::new(policies)),
            key: OnceLock::new(),
            closed: RwLock::new(HashMap::new()),
            kept: Kept::new(),
            turns: Semaphore::new(std::thread::available_parallelism().map_or(1, NonZero::get)),
            busy: Busy::default(),
        })
    }

    fn rules(&self) -> Arc<Rules> {
        let rules = self.rules.read().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(&rules)
    }

    fn when(&self, purpose: &Purpose, rules: &Rules) -> When {
        let now = self.records.clock().now();
        When::of(purpose.as_str(), now, &self.city.calendar, &rules.policies)
    }

    /// A reader for a person and a purpose.
    pub fn reader(self: &Arc<Self>, person: Person, purpose: Purpose) -> Reader {
        let rules = self.rules();
        let who = Who::of(&person, &rules.policies);
        let when = self.when(&purpose, &rules);
        let sight = rules.sight(&self.city, who, when);
        Reader {
            city: self.city_now().1,
            door: Arc::clone(self),
            person,
            purpose,
            sight,
            preview: None,
            notes: None,
            behind: false,
        }
    }

    /// A reader for part of what a person sees: that of a program's key.
    pub fn reader_within(
        self: &Arc<Self>,
        person: Person,
        purpose: Purpose,
        within: &Within,
    ) -> Reader {
        let rules = self.rules();
        let mut who = Who::of(&person, &rules.policies);
        who.within.clone_from(&within.datasets);
        who.is_operator &= within.as_operator;
        let when = self.when(&purpose, &rules);
        let sight = rules.sight(&self.city, who, when);
        Reader {
            city: self.city_now().1,
            door: Arc::clone(self),
            person,
            purpose,
            sight,
            preview: None,
            notes: None,
            behind: false,
        }
    }

    /// A reader that sees what somebody of a role would see, under the policies in force, or also those drafted. Every
    /// read is in the log as the administrator's; nothing can be changed through it.
    ///
    /// # Errors
    /// When the person does not administer the city, or there is no such role.
    pub fn see_as(
        self: &Arc<Self>,
        person: Person,
        eyes: &SeeAs,
        purpose: Purpose,
    ) -> Result<Reader, AskError> {
        let own = self.reader(person, purpose);
        // Who runs the city sees everything: only they may look like that.
        let may = own.is_operator() || (own.person.may(Duty::Administer) && eyes.role != OPERATOR);
        if !may {
            let denied = Denied {
                what: "see as".to_owned(),
                ..own.denied(None, String::new())
            };
            let error = denied.into();
            own.note_denial(&error);
            return Err(error);
        }
        let rules = self.rules();
        Self::know_role(&rules, &eyes.role)?;
        let when = self.when(&own.purpose, &rules);
        let sight = rules.sight(&self.city, eyes.who(&rules.policies), when);
        Ok(Reader {
            sight,
            preview: Some(eyes.role.clone()),
            notes: None,
            behind: false,
            ..own
        })
    }

    fn know_role(rules: &Rules, role: &str) -> Result<(), AskError> {
        let known: Vec<&str> = rules.policies.people.role_ids().collect();
        if known.contains(&role) {
            return Ok(());
        }
        Err(AskError::UnknownRole {
            name: role.to_owned(),
            nearest: crate::nearest(role, known),
        })
    }

    /// What is decided of every column of a dataset for a person or a role, and which policy says so.
    ///
    /// # Errors
    /// When there is no such role.
    pub fn rulings(
        &self,
        whose: Whose<'_>,
        dataset: &Dataset,
        purpose: &Purpose,
    ) -> Result<Vec<(String, Ruling)>, AskError> {
        let rules = self.rules();
        let policies = &rules.policies;
        let who = match whose {
            Whose::Person(person) => Who::of(person, policies),
            Whose::Role(eyes) => {
                Self::know_role(&rules, &eyes.role)?;
                eyes.who(policies)
            }
        };
        let when = self.when(purpose, &rules);
        Ok(policies.rulings(dataset, &who, &when))
    }

    /// Policies that are drafted only, by id, each with its file and line.
    pub fn drafts(&self) -> Vec<(String, Option<String>)> {
        let rules = self.rules();
        let all = rules.policies.with_drafts.rules.values();
        all.filter(|rule| rule.is_draft)
            .map(|rule| (rule.id.clone(), rule.place.clone()))
            .collect()
    }

    /// What is decided for a person of a column, or of a dataset as a whole, and which policy says so.
    ///
    /// # Errors
    /// When there is no such dataset or column.
    pub fn why(
        &self,
        person: &Person,
        dataset: &str,
        column: Option<&str>,
        purpose: &Purpose,
    ) -> Result<Ruling, AskError> {
        let now = self.records.clock().now();
        let policies = &self.rules().policies;
        policies.why(&self.city, person, dataset, column, (purpose, now))
    }

    /// The people in force.
    pub fn people(&self) -> Arc<People> {
        Arc::clone(&self.rules().policies.people)
    }

    /// Somebody with an account in `people.toml`, as it is now.
    pub fn person(&self, name: &str) -> Option<Person> {
        Person::of_account(&self.rules().policies.people, name)
    }

    /// Puts other people and policies in force, from the next question on. With a fault nothing changes: the last good
    /// ones stay in force, and every fault is told and logged.
    ///
    /// # Errors
    /// When they have a fault.
    pub async fn renew(
        &self,
        by: &Person,
        people: People,
        texts: &[PolicyText],
    ) -> Result<(), Vec<Fault>> {
        let (policies, faults) = Policies::of(&self.city, people, texts);
        self.put_in_force(by, policies, faults).await
    }

    /// Reads `people.toml` and `policies/` anew, and puts them in force as [`Self::renew`] does.
    ///
    /// # Errors
    /// When they have a fault.
    pub async fn reload_policies(&self, by: &Person) -> Result<(), Vec<Fault>> {
        let (people, texts, mut faults) =
            city::read::people_and_policies(&self.city.folder, &self.city.manifest);
        let (policies, found) = Policies::of(&self.city, people, &texts);
        faults.extend(found);
        self.put_in_force(by, policies, faults).await
    }

    async fn put_in_force(
        &self,
        by: &Person,
        policies: Policies,
        faults: Vec<Fault>,
    ) -> Result<(), Vec<Fault>> {
        for fault in &faults {
            tracing::error!(%fault, "policies are not renewed: the last good ones stay in force");
        }
        let decision = if faults.is_empty() {
            Decision::Allowed
        } else {
            Decision::Denied
        };
        let entry = Entry {
            who: by.name().to_owned(),
            from: by.from().map(str::to_owned),
            act: Act::Change,
            purpose: "renew policies".to_owned(),
            touched: Vec::new(),
            subjects: Vec::new(),
            about: None,
            query: Some(format!("policies: {} faults", faults.len())),
            decision,
            policy: "operator".to_owned(),
            rows: None,
            completes: None,
        };
        if let Err(error) = self.records.log().append(entry).await {
            let what = format!("the renewal cannot be logged, so the last policies stay: {error}");
            return Err(vec![Fault::at("policies", what)]);
        }
        if faults.is_empty() {
            let mut rules = self.rules.write().unwrap_or_else(PoisonError::into_inner);
            *rules = Rules::new(policies);
            Ok(())
        } else {
            Err(faults)
        }
    }

    /// Closes a version of a dataset to the public: the release gate found in it what must not leave. Why, in Korean and
    /// English.
    pub fn close_to_public(&self, id: &DatasetId, version: i64, (ko, en): (String, String)) {
        let mut closed = self.closed.write().unwrap_or_else(PoisonError::into_inner);
        closed.insert(id.clone(), (version, Reason { ko, en }));
    }

    /// Opens a dataset again, of which another version passed.
    pub fn open_to_public(&self, id: &DatasetId) {
        let mut closed = self.closed.write().unwrap_or_else(PoisonError::into_inner);
        closed.remove(id);
    }

    /// Why a version is closed to the public, if it is.
    pub(crate) fn closed(&self, id: &DatasetId, version: i64) -> Option<Reason> {
        let closed = self.closed.read().unwrap_or_else(PoisonError::into_inner);
        let (number, reason) = closed.get(id)?;
        (*number == version).then(|| reason.clone())
    }

    /// Sets the key of hashed values, once. Without it a hash leaves nothing of a value.
    pub fn set_key(&self, key: &[u8]) {
        // A second key would make two hashes of one value.
        drop(self.key.set(Arc::from(key)));
    }

    pub(crate) fn key(&self) -> Option<Arc<[u8]>> {
        self.key.get().cloned()
    }

    /// Waits until a question may run that is read to its end at once.
    pub(crate) async fn turn(&self) -> Option<SemaphorePermit<'_>> {
        // The semaphore is never closed.
        self.turns.acquire().await.ok()
    }

    /// Waits until nobody waits for an answer, but no longer than `longest`: for work that nobody waits for.
    pub async fn rest(&self, longest: Duration) {
        self.busy.rest(longest).await;
    }

    /// The city with its measures as they are now, and how often they were renewed. All the rest of it is as it was
    /// when the program began.
    pub fn city_now(&self) -> (u64, Arc<City>) {
        let now = self.now.read().unwrap_or_else(PoisonError::into_inner);
        (now.0, Arc::clone(&now.1))
    }

    /// Puts a measure in force, in place of the one of the same id. Who has a reader keeps the measures it was made with.
    pub fn renew_measure(&self, measure: Measure) {
        self.change_city(|city| {
            city.measures.insert(measure.id.clone(), measure);
        });
    }

    /// Takes a measure out of force. Who has a reader keeps it.
    pub fn remove_measure(&self, id: &MeasureId) {
        self.change_city(|city| {
            city.measures.remove(id);
        });
    }

    /// Puts a changed city into force: whoever comes next reads it.
    fn change_city(&self, change: impl FnOnce(&mut City)) {
        let mut now = self.now.write().unwrap_or_else(PoisonError::into_inner);
        let mut city = City::clone(&now.1);
        change(&mut city);
        *now = (now.0 + 1, Arc::new(city));
    }

    /// The city whose door this is.
    pub fn city(&self) -> &Arc<City> {
        &self.city
    }

    /// The table of one version, opened once.
    pub(crate) fn table(&self, version: &Record) -> Result<Arc<dyn TableProvider>, AskError> {
        let key = (version.dataset.clone(), version.number);
        if let Some(table) = self.kept.table(&key) {
            return Ok(table);
        }
        let table = self.lake.table(&version.dataset, version.number)?;
        self.kept.keep_table(key, &table);
        Ok(table)
    }
}
