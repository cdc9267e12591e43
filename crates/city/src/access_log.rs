//! `[access-log]`: how long entries of the access log (접속기록) are kept, and when and where it says what it holds.

use std::path::PathBuf;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::id::DatasetId;
use crate::review::{ReviewRules, Telling};
use crate::{City, PrivacyClass};

/// How the city keeps its access log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct AccessLog {
    /// Years an entry is kept; then its hash alone stays. A city with the data of very many persons writes 2 here.
    pub keep_years: u32,
    /// Years an entry is kept that touched a dataset with a column of class `unique-id` or `sensitive`, or one the city
    /// does not declare any more.
    pub keep_sensitive_years: u32,
    /// Hours after which, while entries are written, a signed checkpoint is made.
    pub checkpoint_hours: u32,
    /// Folder that checkpoints are copied to, relative to the city's folder or absolute. Somebody who must not be able to
    /// bend the log carries them on from there.
    pub publish: Option<PathBuf>,
    /// How people who read are named to a data subject who asks who read their data.
    pub tell_subjects: Telling,
    /// The periodic review.
    pub review: ReviewRules,
}

impl Default for AccessLog {
    fn default() -> Self {
        Self {
            keep_years: 1,
            keep_sensitive_years: 2,
            checkpoint_hours: 24,
            publish: None,
            tell_subjects: Telling::Department,
            review: ReviewRules::default(),
        }
    }
}

impl City {
    /// Years an entry of the access log is kept that touched these datasets.
    pub fn log_kept_years<'d>(&self, touched: impl IntoIterator<Item = &'d DatasetId>) -> u32 {
        let rules = &self.manifest.access_log;
        let is_sensitive = |dataset: &DatasetId| {
            self.datasets.get(dataset).is_none_or(|dataset| {
                dataset.columns.iter().any(|column| {
                    matches!(
                        column.privacy,
                        PrivacyClass::UniqueId | PrivacyClass::Sensitive
                    )
                })
            })
        };
        if touched.into_iter().any(is_sensitive) {
            rules.keep_sensitive_years.max(rules.keep_years)
        } else {
            rules.keep_years
        }
    }
}
