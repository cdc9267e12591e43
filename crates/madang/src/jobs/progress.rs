//! How far a load is: told to the person at the terminal and to whoever watches the jobs.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use records::Records;
use records::jobs::Progress;
use uuid::Uuid;

/// The bars of this process: whoever else writes to standard error asks them to step aside.
static SHOWN: OnceLock<MultiProgress> = OnceLock::new();

/// Does something to standard error while no bar stands in the way.
pub(crate) fn beside_bars(write: impl FnOnce()) {
    match SHOWN.get() {
        Some(bars) => bars.suspend(write),
        None => write(),
    }
}

/// Bars on standard error; nothing where that is no terminal.
#[derive(Clone, Debug, Default)]
pub(crate) struct Bars {
    bars: Option<MultiProgress>,
}

impl Bars {
    /// Bars for a person.
    pub(crate) fn shown() -> Self {
        let bars = SHOWN.get_or_init(MultiProgress::new).clone();
        Self { bars: Some(bars) }
    }

    fn bar(&self, name: &str) -> ProgressBar {
        let Some(bars) = &self.bars else {
            return ProgressBar::hidden();
        };
        let bar = bars.add(ProgressBar::new(0));
        let style =
            ProgressStyle::with_template("{prefix:>24} {bar:30} {bytes:>10}/{total_bytes} {msg}");
        if let Ok(style) = style {
            bar.set_style(style);
        }
        bar.set_prefix(name.to_owned());
        bar
    }
}

/// How far one load is.
#[derive(Debug)]
pub(crate) struct Watch {
    records: Arc<Records>,
    job: Uuid,
    bar: ProgressBar,
    rows: AtomicU64,
    bytes: AtomicU64,
    bytes_all: AtomicU64,
}

impl Watch {
    pub(crate) fn new(records: Arc<Records>, job: Uuid, bars: &Bars, name: &str) -> Self {
        Self {
            records,
            job,
            bar: bars.bar(name),
            rows: AtomicU64::new(0),
            bytes: AtomicU64::new(0),
            bytes_all: AtomicU64::new(0),
        }
    }

    /// Says what is being done now.
    pub(crate) fn stage(&self, what: &str) {
        self.bar.set_message(what.to_owned());
        self.tell(what);
    }

    /// So many rows more.
    pub(crate) fn rows(&self, rows: u64) {
        self.rows.fetch_add(rows, Ordering::Relaxed);
        self.tell("");
    }

    /// So many of all bytes.
    pub(crate) fn bytes(&self, done: u64, all: u64) {
        self.bytes.store(done, Ordering::Relaxed);
        self.bytes_all.store(all, Ordering::Relaxed);
        self.bar.set_length(all);
        self.bar.set_position(done);
        self.tell("");
    }

    /// The load ended.
    pub(crate) fn end(&self) {
        self.bar.finish_and_clear();
    }

    fn tell(&self, what: &str) {
        let all = self.bytes_all.load(Ordering::Relaxed);
        let progress = Progress {
            rows_done: self.rows.load(Ordering::Relaxed),
            rows_total: None,
            bytes_done: self.bytes.load(Ordering::Relaxed),
            bytes_total: (all > 0).then_some(all),
        };
        self.records.jobs().progress(self.job, progress, what);
    }
}
