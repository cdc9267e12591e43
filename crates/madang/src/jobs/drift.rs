//! A delivery next to the one before it.

use city::dataset::Source;
use city::{Dataset, Difference, Lang};
use lake::{Lake, LakeError, Record};
use quality::Report;
use quality::drift::{Summary, differences};

use crate::jobs::judge::Judge;

/// What differs from the last version more than the manifest allows. `now` is what was seen of the rows;
/// `judge` knows their keys; `listed`: how many rows the source says it has, where it lists them.
pub(crate) fn compare(
    lake: &Lake,
    dataset: &Dataset,
    judge: &Judge,
    (last, now): (&Record, &Summary),
    listed: Option<u64>,
) -> Result<Vec<Difference>, LakeError> {
    let Some(limits) = &dataset.load.drift else {
        return Ok(Vec::new());
    };
    // A record of an earlier form has no report that can be compared: then its empty cells are not.
    let report: Option<Report> =
        serde_json::from_value(serde_json::Value::clone(&last.report)).ok();
    let extra = last.extra_columns.iter().cloned();
    let mut before = match &report {
        Some(report) => Summary::of(report, last.accepted, extra),
        None => Summary {
            rows: last.accepted,
            extra: extra.collect(),
            ..Summary::default()
        },
    };
    let mut now = now.clone();
    if is_increment(dataset) {
        // How much is new says nothing. How many rows there will be is known where they are listed.
        (before.rows, now.rows) = (last.rows, listed.unwrap_or(last.rows));
    }
    let columns = columns(dataset);
    let (mut kept, mut keys) = (0, 0);
    if !columns.is_empty() {
        lake.scan(&dataset.id, &columns, |batch| {
            before.see(dataset, &batch);
            if limits.keys.is_some() {
                kept += judge.contract().keys_kept(&batch)?;
                keys += u64::try_from(batch.num_rows()).unwrap_or_default();
            }
            Ok(())
        })?;
    }
    let keys = limits.keys.map(|_| (kept, keys));
    Ok(differences(
        limits,
        dataset.load.mode,
        (&before, &now),
        keys,
    ))
}

/// Whether only what is new is read of the source.
fn is_increment(dataset: &Dataset) -> bool {
    match &dataset.source {
        Source::Postgres(source) | Source::Mariadb(source) => source.watermark.is_some(),
        _ => false,
    }
}

/// A changed manifest by which a greater share of the rows fails than of the delivery before.
pub(crate) fn stricter(
    last: &Record,
    manifest_sha256: &str,
    (read, failed): (u64, u64),
) -> Option<Difference> {
    let (read_before, failed_before) = (last.read, last.quarantined);
    // Shares compared without dividing; the numbers are far from their type's end.
    let now = u128::from(failed) * u128::from(read_before);
    let before = u128::from(failed_before) * u128::from(read);
    (last.manifest_sha256 != manifest_sha256 && now > before).then_some(Difference::Failing {
        read_before,
        failed_before,
        read,
        failed,
    })
}

/// The columns of the version before that a comparison reads.
pub(crate) fn columns(dataset: &Dataset) -> Vec<String> {
    let mut columns = Summary::columns(dataset);
    if let Some(limits) = &dataset.load.drift
        && limits.keys.is_some()
    {
        columns.extend(dataset.load.key.iter().cloned());
    }
    columns.sort();
    columns.dedup();
    columns
}

/// Differences in words, for the command line and the log.
pub(crate) fn told(dataset: &Dataset, differences: &[Difference]) -> String {
    let title = |name: &str| {
        dataset
            .column(name)
            .map_or_else(|| name.to_owned(), |column| column.title.clone())
    };
    let sentences: Vec<String> = differences
        .iter()
        .map(|difference| difference.sentence(Lang::En, &title))
        .collect();
    format!(
        "it differs from the delivery before and waits for a person; the last good version stays. {} `madang decide {} accept --why TEXT` takes it as it is, `reject` turns it down",
        sentences.join(" "),
        dataset.id
    )
}
