//! What the machine is doing. State changes are durable; progress in between is told live and kept in memory.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use city::DatasetId;
use serde::{Deserialize, Serialize};
use sqlx::sqlite::SqliteRow;
use sqlx::{QueryBuilder, Row, Sqlite};
use tokio::sync::broadcast;
use uuid::Uuid;

use crate::clock::{moment, stamp};
use crate::store::{RecordsError, Store};

/// Events a slow listener may lag behind before it misses some.
const BACKLOG: usize = 1024;
/// Newest jobs among which those of other programs are looked for.
const OTHERS: u32 = 256;
/// Clocks of programs on one machine are one; a job that ended a little before it was seen is heard of all the same.
const OVERLAP: TimeDelta = TimeDelta::minutes(2);

/// What was heard of jobs that other programs over the same store did.
#[derive(Clone, Debug)]
pub struct Heard {
    since: DateTime<Utc>,
    /// Those that are told already.
    told: HashSet<Uuid>,
}

impl Heard {
    /// Nothing yet: what ends from a moment on is heard of.
    pub fn since(since: DateTime<Utc>) -> Self {
        Self {
            since,
            told: HashSet::new(),
        }
    }
}

/// A job: one load, one check, one backup.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Job {
    /// Its id; ids sort by time.
    pub id: Uuid,
    /// What kind of work: `load`, `verify`, ...
    pub kind: String,
    /// The dataset it works on, if one.
    pub dataset: Option<DatasetId>,
    /// How it stands.
    pub state: State,
    /// How far it is.
    pub progress: Progress,
    /// What it is doing or what became of it, as a sentence.
    pub message: String,
    /// When it was put in the queue.
    pub queued_at: DateTime<Utc>,
    /// When it began.
    pub started_at: Option<DateTime<Utc>>,
    /// When it ended.
    pub finished_at: Option<DateTime<Utc>>,
}

/// How far a job is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// Rows done.
    pub rows_done: u64,
    /// Rows in all, if known.
    pub rows_total: Option<u64>,
    /// Bytes done.
    pub bytes_done: u64,
    /// Bytes in all, if known.
    pub bytes_total: Option<u64>,
}

/// How a job stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// Waits.
    Queued,
    /// Runs.
    Running,
    /// Ended as it should.
    Done,
    /// Ended because something went wrong.
    Failed,
    /// Ended because the contract does not allow the result.
    Refused,
    /// The program ended while it ran.
    Interrupted,
}

impl State {
    const ALL: [Self; 6] = [
        Self::Queued,
        Self::Running,
        Self::Done,
        Self::Failed,
        Self::Refused,
        Self::Interrupted,
    ];

    /// The state's word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Running => "running",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Refused => "refused",
            Self::Interrupted => "interrupted",
        }
    }

    fn read(word: &str) -> Result<Self, RecordsError> {
        let state = Self::ALL.into_iter().find(|state| state.word() == word);
        state.ok_or_else(|| RecordsError::Form(format!("job state {word}")))
    }

    /// Whether nothing more will happen to the job.
    pub fn is_final(self) -> bool {
        !matches!(self, Self::Queued | Self::Running)
    }
}

/// The jobs.
#[derive(Clone, Debug)]
pub struct Jobs {
    store: Store,
    live: Arc<Mutex<HashMap<Uuid, Job>>>,
    /// Jobs that ended here, the newest last.
    own: Arc<Mutex<VecDeque<Uuid>>>,
    events: broadcast::Sender<Job>,
}

impl Jobs {
    pub(crate) fn new(store: Store) -> Self {
        Self {
            store,
            live: Arc::default(),
            own: Arc::default(),
            events: broadcast::Sender::new(BACKLOG),
        }
    }

    /// Puts a job in the queue.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn queue(
        &self,
        kind: &str,
        dataset: Option<&DatasetId>,
    ) -> Result<Job, RecordsError> {
        let job = Job {
            id: Uuid::now_v7(),
            kind: kind.to_owned(),
            dataset: dataset.cloned(),
            state: State::Queued,
            progress: Progress::default(),
            message: String::new(),
            queued_at: self.store.clock.now(),
            started_at: None,
            finished_at: None,
        };
        self.save(&job).await?;
        Ok(job)
    }

    /// Begins a job, queued before or not.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn begin(&self, mut job: Job) -> Result<Job, RecordsError> {
        job.state = State::Running;
        job.started_at = Some(self.store.clock.now());
        self.save(&job).await?;
        Ok(job)
    }

    /// Queues and begins a job.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn start(
        &self,
        kind: &str,
        dataset: Option<&DatasetId>,
    ) -> Result<Job, RecordsError> {
        let job = self.queue(kind, dataset).await?;
        self.begin(job).await
    }

    /// Tells how far a running job is. Cheap; not kept through a crash.
    pub fn progress(&self, id: Uuid, progress: Progress, message: impl Into<String>) {
        let mut live = self.live.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(job) = live.get_mut(&id) {
            job.progress = progress;
            job.message = message.into();
            // No listener is no fault.
            let _nobody = self.events.send(job.clone());
        }
    }

    /// Ends a job.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn finish(
        &self,
        id: Uuid,
        state: State,
        message: impl Into<String>,
    ) -> Result<(), RecordsError> {
        let Some(mut job) = self.get(id).await? else {
            return Err(RecordsError::Form(format!("no job {id}")));
        };
        job.state = state;
        job.message = message.into();
        job.finished_at = Some(self.store.clock.now());
        self.save(&job).await
    }

    /// Marks jobs that an earlier run of the program left unfinished. Call it once at start-up, by the
    /// process that owns the store; returns how many.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn mark_interrupted(&self) -> Result<u64, RecordsError> {
        let mut write = self.store.write().await?;
        let done =
            sqlx::query("UPDATE jobs SET state = 'interrupted', finished_at = ?1 WHERE state IN ('queued', 'running')")
                .bind(stamp(self.store.clock.now()))
                .execute(&mut *write)
                .await?;
        write.commit().await?;
        Ok(done.rows_affected())
    }

    /// One job.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn get(&self, id: Uuid) -> Result<Option<Job>, RecordsError> {
        if let Some(job) = self
            .live
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(&id)
        {
            return Ok(Some(job.clone()));
        }
        let row = sqlx::query("SELECT * FROM jobs WHERE id = ?1")
            .bind(id.to_string())
            .fetch_optional(&self.store.readers)
            .await?;
        row.map(|row| job(&row)).transpose()
    }

    /// Jobs, newest first; of one dataset if one is named.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn list(
        &self,
        dataset: Option<&DatasetId>,
        limit: u32,
    ) -> Result<Vec<Job>, RecordsError> {
        let mut query: QueryBuilder<Sqlite> = QueryBuilder::new("SELECT * FROM jobs WHERE 1 = 1");
        if let Some(dataset) = dataset {
            query
                .push(" AND dataset = ")
                .push_bind(dataset.as_str().to_owned());
        }
        query
            .push(" ORDER BY id DESC LIMIT ")
            .push_bind(i64::from(limit));
        let rows = query.build().fetch_all(&self.store.readers).await?;
        let mut jobs = rows.iter().map(job).collect::<Result<Vec<_>, _>>()?;
        let live = self.live.lock().unwrap_or_else(PoisonError::into_inner);
        for job in &mut jobs {
            if let Some(now) = live.get(&job.id) {
                *job = now.clone();
            }
        }
        Ok(jobs)
    }

    /// Every change of every job from now on, as it happens. A listener that lags misses some and is told so.
    pub fn subscribe(&self) -> broadcast::Receiver<Job> {
        self.events.subscribe()
    }

    /// Tells whoever subscribed of jobs that another program ended since the last time. What was ended here is told
    /// already.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn hear(&self, heard: &mut Heard) -> Result<(), RecordsError> {
        let now = self.store.clock.now();
        let newest = self.list(None, OTHERS).await?;
        let new = newest
            .into_iter()
            .rev()
            .filter(|job| job.finished_at.is_some_and(|ended| ended >= heard.since));
        let new: Vec<Job> = new.collect();
        let own = self.own.lock().unwrap_or_else(PoisonError::into_inner);
        for job in &new {
            if !heard.told.contains(&job.id) && !own.contains(&job.id) {
                // No listener is no fault.
                let _nobody = self.events.send(job.clone());
            }
        }
        heard.told = new.into_iter().map(|job| job.id).collect();
        heard.since = heard.since.max(now - OVERLAP);
        Ok(())
    }

    async fn save(&self, job: &Job) -> Result<(), RecordsError> {
        let mut write = self.store.write().await?;
        sqlx::query(
            "INSERT OR REPLACE INTO jobs (id, kind, dataset, state, rows_done, rows_total, bytes_done, bytes_total,
             message, queued_at, started_at, finished_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
        )
        .bind(job.id.to_string())
        .bind(&job.kind)
        .bind(job.dataset.as_ref().map(DatasetId::as_str))
        .bind(job.state.word())
        .bind(signed(job.progress.rows_done))
        .bind(job.progress.rows_total.map(signed))
        .bind(signed(job.progress.bytes_done))
        .bind(job.progress.bytes_total.map(signed))
        .bind(&job.message)
        .bind(stamp(job.queued_at))
        .bind(job.started_at.map(stamp))
        .bind(job.finished_at.map(stamp))
        .execute(&mut *write)
        .await?;
        write.commit().await?;
        let mut live = self.live.lock().unwrap_or_else(PoisonError::into_inner);
        if job.state.is_final() {
            live.remove(&job.id);
            let mut own = self.own.lock().unwrap_or_else(PoisonError::into_inner);
            own.push_back(job.id);
            if own.len() > BACKLOG {
                own.pop_front();
            }
        } else {
            live.insert(job.id, job.clone());
        }
        // No listener is no fault.
        let _nobody = self.events.send(job.clone());
        Ok(())
    }
}

fn job(row: &SqliteRow) -> Result<Job, RecordsError> {
    let time = |column: &str| -> Result<Option<DateTime<Utc>>, RecordsError> {
        let text: Option<String> = row.try_get(column)?;
        Ok(text.as_deref().and_then(moment))
    };
    let id: String = row.try_get("id")?;
    Ok(Job {
        id: id
            .parse()
            .map_err(|error| RecordsError::Form(format!("job id: {error}")))?,
        kind: row.try_get("kind")?,
        dataset: row
            .try_get::<Option<String>, _>("dataset")?
            .map(DatasetId::new),
        state: State::read(row.try_get("state")?)?,
        progress: Progress {
            rows_done: unsigned(row.try_get("rows_done")?),
            rows_total: row.try_get::<Option<i64>, _>("rows_total")?.map(unsigned),
            bytes_done: unsigned(row.try_get("bytes_done")?),
            bytes_total: row.try_get::<Option<i64>, _>("bytes_total")?.map(unsigned),
        },
        message: row.try_get("message")?,
        queued_at: time("queued_at")?
            .ok_or_else(|| RecordsError::Form("job without a time".to_owned()))?,
        started_at: time("started_at")?,
        finished_at: time("finished_at")?,
    })
}

fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn unsigned(number: i64) -> u64 {
    u64::try_from(number).unwrap_or_default()
}
