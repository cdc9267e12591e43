//! Measures drafted in the browser: a form becomes the manifest it stands for; the manifest is judged with the whole
//! folder, shown at once, and saved as the file it is.
//!
//! | module | holds |
//! | --- | --- |
//! | [`form`] | what a form says → the manifest's text |
//! | [`follow`] | files that were changed by other means |
//! | [`save`] | the file: read, judged, written, its versions kept |

pub mod follow;
pub mod form;
pub mod save;

use access::Person;
use city::{Dataset, Duty, Fault, Measure};

use crate::caller::Caller;

/// Whether somebody may draft measures of a dataset: whoever administers the city, and the department that answers for
/// the dataset.
pub fn may(caller: &Caller, dataset: &Dataset) -> bool {
    if caller.preview().is_some() {
        return false;
    }
    caller.may(Duty::Administer) || of_department(caller.person(), dataset)
}

/// Whether somebody may draft measures of some dataset.
pub fn may_some<'d>(caller: &Caller, mut datasets: impl Iterator<Item = &'d Dataset>) -> bool {
    datasets.any(|dataset| may(caller, dataset))
}

fn of_department(person: &Person, dataset: &Dataset) -> bool {
    match person {
        Person::Staff(staff) => staff.department.as_deref() == Some(dataset.department.as_str()),
        Person::Operator { .. } | Person::Public { .. } => false,
    }
}

/// What came of judging a manifest's text.
#[derive(Debug, Default)]
pub struct Judged {
    /// The measure, where the text is one and the whole folder is sound with it.
    pub measure: Option<Measure>,
    /// All that is wrong.
    pub faults: Vec<Fault>,
}
