//! The file, its connections and migrations.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use sqlx::migrate::Migrator;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Sqlite, SqlitePool, Transaction};

use crate::alerts::Alerts;
use crate::attempts::Attempts;
use crate::clock::Clock;
use crate::confirmations::Confirmations;
use crate::credentials::Credentials;
use crate::figures::FigureReceipts;
use crate::grants::Grants;
use crate::jobs::Jobs;
use crate::keys::Keys;
use crate::log::Log;
use crate::mails::Mails;
use crate::manifests::Manifests;
use crate::once::Once;
use crate::passkeys::Passkeys;
use crate::projects::Projects;
use crate::promises::Promises;
use crate::quota::Quota;
use crate::releases::Releases;
use crate::reviews::Reviews;
use crate::service::Service;
use crate::sessions::Sessions;
use crate::settings::Settings;
use crate::tokens::Tokens;
use crate::vouched::VouchedPeople;

static MIGRATIONS: Migrator = sqlx::migrate!("./migrations/sqlite");
const READERS: u32 = 4;
/// Another process may hold the file for as long as a large commit takes.
const BUSY: Duration = Duration::from_secs(30);

/// The store failed: the machine's fault, not the caller's.
#[derive(Debug, thiserror::Error)]
pub enum RecordsError {
    /// The file cannot be opened or made.
    #[error(
        "failed to open the record store {path}: {source}; check the folder's permissions and free space"
    )]
    Open {
        /// The file.
        path: PathBuf,
        /// Why.
        source: sqlx::Error,
    },
    /// The file was written by a newer program, or its schema was changed by hand.
    #[error("failed to bring the record store {path} up to date: {source}")]
    Migrate {
        /// The file.
        path: PathBuf,
        /// Why.
        source: sqlx::migrate::MigrateError,
    },
    /// A statement failed.
    #[error("failed to use the record store: {0}")]
    Store(#[from] sqlx::Error),
    /// A stored value does not have the form this program writes.
    #[error("the record store holds a value of an unknown form: {0}")]
    Form(String),
    /// The access log does not take an entry, or cannot be read.
    #[error(transparent)]
    Log(#[from] crate::log::LogError),
    /// The store is shut.
    #[error("the record store is shut")]
    Shut,
}

impl RecordsError {
    /// Whether something cannot be written down, because the log takes no entry or the disk is full: then nothing is
    /// handed out, and whoever runs the machine can mend it.
    pub fn is_unwritable(&self) -> bool {
        match self {
            Self::Log(_) => true,
            // SQLITE_FULL.
            Self::Store(sqlx::Error::Database(error)) => error.code().as_deref() == Some("13"),
            _ => false,
        }
    }
}

/// Shared use of the file: one connection writes, several read.
#[derive(Clone, Debug)]
pub(crate) struct Store {
    writer: SqlitePool,
    pub(crate) readers: SqlitePool,
    pub(crate) clock: Arc<dyn Clock>,
}

impl Store {
    /// Starts a write; it takes the lock at once, so it cannot fail half way for want of it.
    pub(crate) async fn write(&self) -> Result<Transaction<'static, Sqlite>, RecordsError> {
        Ok(self.writer.begin_with("BEGIN IMMEDIATE").await?)
    }
}

/// Waits until nobody else brings the file up to date: two processes at once would both make its tables, and one
/// would fail. The turn ends with the file that is returned, or with the process.
async fn turn(path: &Path) -> std::io::Result<File> {
    let path = path.with_extension("lock");
    let waiting = tokio::task::spawn_blocking(move || {
        let file = File::options()
            .create(true)
            .write(true)
            .truncate(false)
            .open(path)?;
        file.lock()?;
        Ok(file)
    });
    waiting.await.map_err(std::io::Error::other)?
}

/// The one transactional store.
#[derive(Debug)]
pub struct Records {
    store: Store,
    log: Log,
    jobs: Jobs,
    quota: Quota,
    tokens: Tokens,
    credentials: Credentials,
    sessions: Sessions,
    keys: Keys,
    attempts: Attempts,
    grants: Grants,
    settings: Settings,
    alerts: Alerts,
    figures: FigureReceipts,
    manifests: Manifests,
    confirmations: Confirmations,
    service: Service,
    mails: Mails,
    once: Once,
    vouched: VouchedPeople,
    passkeys: Passkeys,
    reviews: Reviews,
    projects: Projects,
    releases: Releases,
    promises: Promises,
}

impl Records {
    /// Opens the file, makes it when absent, and brings its schema up to date.
    ///
    /// # Errors
    /// When the file cannot be opened, made or brought up to date.
    pub async fn open(path: &Path, clock: Arc<dyn Clock>) -> Result<Self, RecordsError> {
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(BUSY);
        let open = |source| RecordsError::Open {
            path: path.to_owned(),
            source,
        };
        let turn = turn(path).await.map_err(|error| open(error.into()))?;
        let writer = SqlitePoolOptions::new()
            .max_connections(1)
            .connect_with(options.clone())
            .await
            .map_err(open)?;
        MIGRATIONS
            .run(&writer)
            .await
            .map_err(|source| RecordsError::Migrate {
                path: path.to_owned(),
                source,
            })?;
        let readers = SqlitePoolOptions::new()
            .max_connections(READERS)
            .connect_with(options.read_only(true).create_if_missing(false))
            .await
            .map_err(open)?;
        let store = Store {
            writer,
            readers,
            clock,
        };
        let log = Log::open(path, store.clone()).await?;
        drop(turn);
        Ok(Self {
            log,
            jobs: Jobs::new(store.clone()),
            quota: Quota::new(store.clone()),
            tokens: Tokens::new(store.clone()),
            credentials: Credentials::new(store.clone()),
            sessions: Sessions::new(store.clone()),
            keys: Keys::new(store.clone()),
            attempts: Attempts::new(store.clone()),
            grants: Grants::new(store.clone()),
            settings: Settings::new(store.clone()),
            alerts: Alerts::new(store.clone()),
            figures: FigureReceipts::new(store.clone()),
            manifests: Manifests::new(store.clone()),
            confirmations: Confirmations::new(store.clone()),
            service: Service::new(store.clone()),
            mails: Mails::new(store.clone()),
            once: Once::new(store.clone()),
            vouched: VouchedPeople::new(store.clone()),
            passkeys: Passkeys::new(store.clone()),
            reviews: Reviews::new(store.clone()),
            projects: Projects::new(store.clone()),
            releases: Releases::new(store.clone()),
            promises: Promises::new(store.clone()),
            store,
        })
    }

    /// The clock.
    pub fn clock(&self) -> &Arc<dyn Clock> {
        &self.store.clock
    }

    /// The access log.
    pub fn log(&self) -> &Log {
        &self.log
    }

    /// The jobs.
    pub fn jobs(&self) -> &Jobs {
        &self.jobs
    }

    /// The quota counters.
    pub fn quota(&self) -> &Quota {
        &self.quota
    }

    /// Links that are good once.
    pub fn tokens(&self) -> &Tokens {
        &self.tokens
    }

    /// Hashes of passwords, and which accounts are blocked.
    pub fn credentials(&self) -> &Credentials {
        &self.credentials
    }

    /// Who is signed in.
    pub fn sessions(&self) -> &Sessions {
        &self.sessions
    }

    /// Keys of programs.
    pub fn keys(&self) -> &Keys {
        &self.keys
    }

    /// Attempts to sign in that failed.
    pub fn attempts(&self) -> &Attempts {
        &self.attempts
    }

    /// What was granted to whom.
    pub fn grants(&self) -> &Grants {
        &self.grants
    }

    /// Versions of manifests.
    pub fn manifests(&self) -> &Manifests {
        &self.manifests
    }

    /// Receipts of figures.
    pub fn figures(&self) -> &FigureReceipts {
        &self.figures
    }

    /// Small named values.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// How the platform answered, hour by hour.
    pub fn service(&self) -> &Service {
        &self.service
    }

    /// Alerts that are on, and those that were.
    pub fn alerts(&self) -> &Alerts {
        &self.alerts
    }

    /// Words of departments that nothing has changed.
    pub fn confirmations(&self) -> &Confirmations {
        &self.confirmations
    }

    /// The outbox.
    pub fn mails(&self) -> &Mails {
        &self.mails
    }

    /// Words that may be used once.
    pub fn once(&self) -> &Once {
        &self.once
    }

    /// People whom an identity provider vouches for.
    pub fn vouched(&self) -> &VouchedPeople {
        &self.vouched
    }

    /// Passkeys.
    pub fn passkeys(&self) -> &Passkeys {
        &self.passkeys
    }

    /// Reviews of the access log.
    pub fn reviews(&self) -> &Reviews {
        &self.reviews
    }

    /// What happened in pseudonymisation projects.
    pub fn projects(&self) -> &Projects {
        &self.projects
    }

    /// The ledger of promises.
    pub fn promises(&self) -> &Promises {
        &self.promises
    }

    /// What was checked of what leaves, and who asked for it.
    pub fn releases(&self) -> &Releases {
        &self.releases
    }

    /// Writes what is still queued and closes the file. Call it before the process ends.
    pub async fn close(&self) {
        self.log.shut();
        self.log.flush().await;
        self.store.writer.close().await;
        self.store.readers.close().await;
    }
}
