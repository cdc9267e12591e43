//! Alerts of a board: when a figure is told to a department without anybody looking.

use chrono::NaiveTime;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::id::{AlertId, DepartmentId, MeasureId};

/// A time of day: `22:00`.
pub(crate) const TIME_PATTERN: &str = "^([01][0-9]|2[0-3]):[0-5][0-9]$";

/// When a figure is told, to whom, and when it is over.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Alert {
    /// Id; one of its kind on the board.
    pub id: AlertId,
    /// The measure that is watched.
    pub measure: MeasureId,
    /// It begins when the figure is above this, in the measure's unit.
    #[serde(default)]
    pub above: Option<f64>,
    /// It begins when the figure is below this, in the measure's unit.
    #[serde(default)]
    pub below: Option<f64>,
    /// It begins when the last finished step of the measure's history differs from the step before by more than so
    /// many percent, upwards or downwards.
    #[serde(default)]
    pub change: Option<f64>,
    /// It is over when the figure is back at this: not above it for `above`, not below it for `below`, the change not
    /// greater for `change`. Where absent, the limit itself: a figure that wavers about it is told again and again.
    #[serde(default)]
    pub clear: Option<f64>,
    /// Hours of a day, in Korean time, in which nobody is told; what begins in them is told at their end if it lasts.
    #[serde(default)]
    pub quiet: Option<QuietHours>,
    /// The department that is told.
    pub department: DepartmentId,
    /// What it means and what is to be done, in a Korean sentence.
    pub say: String,
    /// The same in English.
    #[serde(default)]
    pub say_en: Option<String>,
}

/// Hours of a day; past midnight where `from` is later than `to`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct QuietHours {
    /// First moment, `22:00`.
    #[serde(with = "hour_minute")]
    #[schemars(with = "String", regex(pattern = TIME_PATTERN))]
    pub from: NaiveTime,
    /// First moment after them, `07:00`.
    #[serde(with = "hour_minute")]
    #[schemars(with = "String", regex(pattern = TIME_PATTERN))]
    pub to: NaiveTime,
}

impl QuietHours {
    /// Whether a time of day lies in them.
    pub fn holds(&self, time: NaiveTime) -> bool {
        if self.from <= self.to {
            self.from <= time && time < self.to
        } else {
            time >= self.from || time < self.to
        }
    }
}

mod hour_minute {
    use chrono::NaiveTime;
    use serde::{Deserialize, Deserializer, Serializer};

    const FORM: &str = "%H:%M";

    #[expect(
        clippy::trivially_copy_pass_by_ref,
        reason = "serde hands out a reference"
    )]
    pub(super) fn serialize<S: Serializer>(
        time: &NaiveTime,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&time.format(FORM))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<NaiveTime, D::Error> {
        let text = String::deserialize(deserializer)?;
        NaiveTime::parse_from_str(&text, FORM).map_err(|_unread| {
            serde::de::Error::custom(format!("`{text}` is no time of day like \"22:00\""))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hours(from: &str, to: &str) -> QuietHours {
        toml::from_str(&format!("from = \"{from}\"\nto = \"{to}\"")).unwrap()
    }

    #[test]
    fn quiet_hours_may_pass_midnight() {
        let at = |text: &str| text.parse::<NaiveTime>().unwrap();
        let night = hours("22:00", "07:00");
        assert!(night.holds(at("22:00:00")) && night.holds(at("06:59:59")));
        assert!(!night.holds(at("07:00:00")) && !night.holds(at("21:59:59")));
        let noon = hours("12:00", "13:00");
        assert!(noon.holds(at("12:30:00")) && !noon.holds(at("13:00:00")));
        // Hours of no length are none.
        assert!(!hours("09:00", "09:00").holds(at("09:00:00")));
    }
}
