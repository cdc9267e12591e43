//! Small loads made in a line.

use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Array, RecordBatch, StringArray};
use arrow::datatypes::{DataType, Field, Schema};
use arrow::util::display::array_value_to_string;
use chrono::{DateTime, TimeDelta, Utc};
use city::DatasetId;
use city::dataset::LoadMode;
use datafusion::catalog::TableProvider;
use datafusion::prelude::{SessionConfig, SessionContext};
use lake::{Accounting, At, Lake, Landed, LoadPlan, LoadWriter, QuarantineRow, Record};
use tempfile::TempDir;

/// A lake in a folder of its own, and a clock that steps.
pub(crate) struct Store {
    pub(crate) folder: TempDir,
    pub(crate) lake: Lake,
    steps: std::cell::Cell<i64>,
}

pub(crate) fn parking() -> DatasetId {
    DatasetId::from("parking")
}

pub(crate) fn store() -> Store {
    let folder = tempfile::tempdir().unwrap();
    let lake = Lake::open(folder.path()).unwrap();
    Store {
        folder,
        lake,
        steps: std::cell::Cell::new(0),
    }
}

/// `이름`, `면수` rows.
pub(crate) fn batch(rows: &[(&str, i64)]) -> RecordBatch {
    let names: StringArray = rows.iter().map(|row| Some(row.0)).collect();
    let spaces: Int64Array = rows.iter().map(|row| Some(row.1)).collect();
    let schema = Schema::new(vec![
        Field::new("name", DataType::Utf8, true),
        Field::new("spaces", DataType::Int64, true),
    ]);
    RecordBatch::try_new(
        Arc::new(schema),
        vec![Arc::new(names) as ArrayRef, Arc::new(spaces)],
    )
    .unwrap()
}

impl Store {
    pub(crate) fn now(&self) -> DateTime<Utc> {
        self.steps.set(self.steps.get() + 1);
        DateTime::from_timestamp(1_800_000_000, 0).unwrap() + TimeDelta::seconds(self.steps.get())
    }

    pub(crate) fn landed(&self, bytes: &str) -> Landed {
        self.lake
            .landing()
            .receive("traffic/parking.csv", bytes.as_bytes())
            .unwrap()
    }

    pub(crate) fn plan(&self, mode: LoadMode, bytes: &str) -> LoadPlan {
        LoadPlan {
            load_id: uuid::Uuid::now_v7().to_string(),
            mode,
            key: vec!["name".to_owned()],
            sources: vec![self.landed(bytes)],
            manifest_sha256: "m1".to_owned(),
            started_at: self.now(),
        }
    }

    pub(crate) fn begin(&self, mode: LoadMode, rows: &RecordBatch) -> LoadWriter<'_> {
        let plan = self.plan(mode, &format!("{rows:?}"));
        self.lake.begin(&parking(), rows.schema(), plan).unwrap()
    }

    pub(crate) async fn load(&self, mode: LoadMode, rows: &[(&str, i64)]) -> Record {
        self.load_batch(mode, &batch(rows)).await
    }

    pub(crate) async fn load_batch(&self, mode: LoadMode, rows: &RecordBatch) -> Record {
        let writer = self.begin(mode, rows);
        writer.accept(rows).unwrap();
        writer
            .commit(accounting(rows.num_rows(), 0), self.now())
            .await
            .unwrap()
    }

    /// The rows of a version as text, sorted.
    pub(crate) async fn rows(&self, at: At) -> Vec<String> {
        let number = self.lake.version(&parking(), &at).unwrap().unwrap().number;
        read(self.lake.table(&parking(), number).unwrap()).await
    }
}

pub(crate) fn accounting(accepted: usize, quarantined: usize) -> Accounting {
    let (accepted, quarantined) = (
        u64::try_from(accepted).unwrap(),
        u64::try_from(quarantined).unwrap(),
    );
    Accounting {
        read: accepted + quarantined,
        accepted,
        quarantined,
        skipped: 0,
        report: serde_json::json!({"score": 1.0}),
        ..Accounting::default()
    }
}

pub(crate) fn bad(row: i64) -> QuarantineRow {
    QuarantineRow {
        file: "traffic/parking.csv".to_owned(),
        row,
        columns: r#"["번호","이름"]"#.into(),
        raw: "[\"누리\",\"일백\"]".to_owned(),
        reasons: "[]".to_owned(),
    }
}

pub(crate) async fn read(table: Arc<dyn TableProvider>) -> Vec<String> {
    let session = SessionContext::new_with_config(SessionConfig::new());
    let batches = session.read_table(table).unwrap().collect().await.unwrap();
    let mut rows = Vec::new();
    for batch in batches {
        for row in 0..batch.num_rows() {
            let cells: Vec<String> = batch
                .columns()
                .iter()
                .map(|column| array_value_to_string(column, row).unwrap())
                .collect();
            rows.push(cells.join(" "));
        }
    }
    rows.sort();
    rows
}
