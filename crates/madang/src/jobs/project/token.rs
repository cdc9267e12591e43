//! A token of the vault turned back into what it stands for. Only whoever has the duty `vault` may, and only in projects
//! they do not work in: who handles pseudonyms never sees whom they stand for. It is in the access log, under the data
//! subject's pseudonym and with the reason, before the value is told; a refusal is in it too.

use std::collections::BTreeSet;
use std::path::Path;

use access::{Person, Purpose};
use city::recipe::{Identity, Technique};
use city::spelling::of_person;
use city::{Duty, ProjectId, Recipe};
use interop::desk::TokenAsked;
use privacy::pseudonym::case::Refusal;
use privacy::pseudonym::{
    FileVault, KeyError, KeyFolder, KeyStore as _, Machine, Vault as _, VaultError,
};
use records::log::{About, Act, Decision, Entry, Touched};

use super::end::alive;
use super::{Office, Refused};
use crate::commands::privacy::pseudonymise::failure;
use crate::exit::Failure;

/// A column that tokens stand in.
struct Tokens {
    prefix: String,
    column: String,
    /// The kind of person the log knows the values by, and what they are.
    kind: String,
    identity: Identity,
}

impl Office<'_> {
    /// What a token stands for.
    pub(crate) async fn token(
        &self,
        by: &Person,
        id: &ProjectId,
        asked: &TokenAsked,
    ) -> Result<String, Refused> {
        let mut entry = entry(by, id, &asked.why);
        if !by.may(Duty::Vault) || self.works_in(id, by.name()).await? {
            entry.decision = Decision::Denied;
            self.tell_of_token(entry).await?;
            return Err(Refused::Forbidden {
                ko: "토큰은 토큰 보관함을 맡은 사람만 되돌릴 수 있습니다. 사업을 처리하거나 검토하는 사람과 운영자는 되돌릴 수 없습니다.",
                en: "a token is turned back by nobody but those whose role has the duty vault, and who work neither in the project nor run the city",
            });
        }
        if asked.why.trim().is_empty() {
            return Err(Refused::Case(Refusal::Unsaid("why")));
        }
        let recipe = self.recipe(id)?;
        let columns = self.columns_of_tokens(&recipe);
        let found = self.opened(id, &columns, asked.token.trim()).await?;
        let log = self.platform.records.log();
        let mut subjects = BTreeSet::new();
        for own in columns.iter().filter(|_| found.is_some()) {
            let value = of_person(own.identity, found.as_deref().unwrap_or_default());
            subjects.insert(log.pseudonym(&own.kind, &value)?);
        }
        entry.subjects = subjects.into_iter().collect();
        entry.touched = vec![Touched {
            dataset: recipe.dataset.clone(),
            version: None,
            columns: columns.into_iter().map(|own| own.column).collect(),
        }];
        entry.rows = Some(u64::from(found.is_some()));
        self.tell_of_token(entry).await?;
        found.ok_or_else(|| {
            Refused::Failed(Failure::Input(format!(
                "project `{id}` has no such token; copy it whole from the result"
            )))
        })
    }

    /// Whether somebody ever did something in a project, or its recipe names them.
    async fn works_in(&self, id: &ProjectId, name: &str) -> Result<bool, Failure> {
        let case = self.case(id).await?;
        let recipe = self.recipes().remove(id);
        let named = recipe.is_some_and(|own| {
            let mut reviewers = own.reviewers.iter();
            own.processor.trim() == name || reviewers.any(|reviewer| reviewer.trim() == name)
        });
        Ok(named || case.events.iter().any(|event| event.by.trim() == name))
    }

    /// Columns of a recipe in which tokens stand.
    fn columns_of_tokens(&self, recipe: &Recipe) -> Vec<Tokens> {
        let dataset = self.platform.city.datasets.get(&recipe.dataset);
        let mut found = Vec::new();
        for column in &recipe.columns {
            let tokens = column.techniques().find_map(|technique| match technique {
                Technique::Token(rule) => Some(rule),
                _ => None,
            });
            let Some(rule) = tokens else { continue };
            let mut subjects = dataset.into_iter().flat_map(|own| &own.subjects);
            let subject = subjects.find(|own| own.column == column.name);
            found.push(Tokens {
                prefix: rule.prefix.clone(),
                column: column.name.clone(),
                kind: subject
                    .map_or_else(|| rule.identity.word().to_owned(), |own| own.kind.clone()),
                identity: subject.map_or(rule.identity, city::subject::Subject::identity),
            });
        }
        found
    }

    /// The value of a token, if the project has it: looked for under every key that is left.
    async fn opened(
        &self,
        id: &ProjectId,
        columns: &[Tokens],
        token: &str,
    ) -> Result<Option<String>, Failure> {
        // The longest prefix that fits: another may have none.
        let bare = columns
            .iter()
            .filter_map(|own| token.strip_prefix(own.prefix.as_str()))
            .filter(|rest| !rest.is_empty())
            .min_by_key(|rest| rest.len());
        let Some(token) = bare.map(str::to_owned) else {
            return Ok(None);
        };
        let keys = self.platform.beside("keys");
        let vault = self.platform.beside("vault");
        let id = id.clone();
        tokio::task::spawn_blocking(move || value(&keys, &vault, &id, &token))
            .await
            .map_err(|error| Failure::Machine(error.to_string()))?
    }

    async fn tell_of_token(&self, entry: Entry) -> Result<(), Refused> {
        let logged = self.platform.records.log().append(entry).await;
        logged.map_err(|error| {
            Refused::Failed(Failure::Machine(format!(
                "the access log cannot be written, so nothing was told: {error}"
            )))
        })?;
        Ok(())
    }
}

fn value(
    keys: &Path,
    vault: &Path,
    id: &ProjectId,
    token: &str,
) -> Result<Option<String>, Failure> {
    let told = |error: KeyError| failure(error.into());
    let keys = KeyFolder::open(keys).map_err(told)?;
    let versions = alive(&keys, id);
    if versions.is_empty() {
        return Err(Failure::Input(format!(
            "project `{id}` has no key any more: its tokens stand for nothing"
        )));
    }
    let vault = FileVault::new(vault, Machine);
    let mut refused = None;
    // The newest first: most tokens are of it.
    for version in versions.into_iter().rev() {
        match vault.value(&keys.key(id, version).map_err(told)?, token) {
            Ok(found) => return Ok(found),
            Err(VaultError::AnotherKey) => refused = Some(VaultError::AnotherKey),
            Err(error) => return Err(Failure::Machine(error.to_string())),
        }
    }
    refused.map_or(Ok(None), |error| Err(Failure::Input(error.to_string())))
}

fn entry(by: &Person, id: &ProjectId, why: &str) -> Entry {
    Entry {
        who: by.name().to_owned(),
        from: by.from().map(str::to_owned),
        act: Act::Read,
        purpose: Purpose::new(why).as_str().to_owned(),
        touched: Vec::new(),
        subjects: Vec::new(),
        about: Some(About::Listed),
        query: Some(format!("a token of project {id} turned back")),
        decision: Decision::Allowed,
        policy: format!("duty-{}", Duty::Vault.word()),
        rows: None,
        completes: None,
    }
}
