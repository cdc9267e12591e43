//! Which of the broker's messages have been kept already: what makes "at least once" exactly once.
//!
//! A broker sends a message again, under the same id and marked, until it has taken its acknowledgement. So a
//! marked message is a repetition only if the message kept under that id is the same and the broker may still
//! not know that it was acknowledged. Once it answers a ping that was sent after an acknowledgement, it knows: from
//! then on the id can only mean another message, however equal it looks.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::journal::Record;

/// A message that was kept, and that the broker may send again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Kept {
    number: u64,
    qos: u8,
    print: String,
    /// The broker has released the id, of quality of service 2. It should not send the message again then, but some do
    /// when they begin anew before they have heard that the release arrived.
    is_released: bool,
}

impl Kept {
    /// Whether the message is acknowledged for good, as far as the listener knows.
    fn is_done(&self) -> bool {
        self.qos == 1 || self.is_released
    }
}

/// What is known of the broker's ids.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Ids {
    /// Number of the last message kept.
    last: u64,
    kept: BTreeMap<u16, Kept>,
}

impl Ids {
    /// Number of the last message kept.
    pub(super) fn last(&self) -> u64 {
        self.last
    }

    /// Whether a message has been kept before.
    pub(super) fn is_repeated(&self, id: u16, qos: u8, is_marked: bool, print: &str) -> bool {
        let Some(kept) = self.kept.get(&id) else {
            return false;
        };
        // An id of quality of service 2 is taken until it is released, whether marked or not.
        kept.qos == qos && kept.print == print && (is_marked || !kept.is_done())
    }

    /// Our number of the message that was kept under an id.
    pub(super) fn number(&self, id: u16) -> Option<u64> {
        self.kept.get(&id).map(|kept| kept.number)
    }

    /// Messages that may come again, though they were acknowledged for good: id and number.
    pub(super) fn unsure(&self) -> impl Iterator<Item = (u16, u64)> {
        let kept = self.kept.iter().filter(|(_, kept)| kept.is_done());
        kept.map(|(id, kept)| (*id, kept.number))
    }

    /// Takes up a record. The same records can be taken up again from their beginning: nothing changes then.
    pub(super) fn apply(&mut self, record: &Record) {
        match record {
            Record::Message(message) if message.number > self.last => {
                self.last = message.number;
                if message.id != 0 {
                    let kept = Kept {
                        number: message.number,
                        qos: message.qos,
                        print: message.payload.print(&message.topic),
                        is_released: false,
                    };
                    self.kept.insert(message.id, kept);
                }
            }
            Record::Sure(messages) => {
                for (id, number) in messages {
                    if self.number(*id) == Some(*number) {
                        self.kept.remove(id);
                    }
                }
            }
            Record::Released { id, after } if *after >= self.last => {
                if let Some(kept) = self.kept.get_mut(id) {
                    kept.is_released = true;
                }
            }
            Record::Forgotten { after } if *after >= self.last => self.kept.clear(),
            Record::Message(_) | Record::Released { .. } | Record::Forgotten { .. } => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use proptest::prelude::*;

    use super::super::journal::{Message, Payload, tests::any_record};
    use super::*;

    fn message(number: u64, id: u16, qos: u8, text: &str) -> Record {
        Record::Message(Message {
            number,
            at: DateTime::UNIX_EPOCH,
            id,
            qos,
            topic: "t".to_owned(),
            payload: Payload::of(text.as_bytes()),
        })
    }

    fn is_repeated(ids: &Ids, id: u16, qos: u8, is_marked: bool, text: &str) -> bool {
        ids.is_repeated(id, qos, is_marked, &Payload::of(text.as_bytes()).print("t"))
    }

    #[test]
    fn a_marked_message_that_was_kept_is_a_repetition() {
        let mut ids = Ids::default();
        ids.apply(&message(1, 5, 1, "a"));
        assert!(is_repeated(&ids, 5, 1, true, "a"));
        // Not marked: the broker uses the id anew.
        assert!(!is_repeated(&ids, 5, 1, false, "a"));
        // Marked, but never kept: another message, or the same under another id.
        assert!(!is_repeated(&ids, 5, 1, true, "b") && !is_repeated(&ids, 6, 1, true, "a"));
    }

    #[test]
    fn an_equal_message_is_no_repetition_once_the_broker_knows() {
        let mut ids = Ids::default();
        ids.apply(&message(1, 5, 1, "open"));
        ids.apply(&message(2, 6, 1, "open"));
        // The answer to a ping that another message under the id has overtaken.
        ids.apply(&Record::Sure(vec![(5, 1), (6, 1)]));
        assert!(!is_repeated(&ids, 5, 1, true, "open") && is_repeated(&ids, 6, 1, true, "open"));
        assert_eq!(ids.unsure().collect::<Vec<_>>(), [(6, 2)]);
    }

    #[test]
    fn an_id_of_service_two_is_taken_until_it_is_released() {
        let mut ids = Ids::default();
        ids.apply(&message(1, 5, 2, "a"));
        assert!(is_repeated(&ids, 5, 2, false, "a") && is_repeated(&ids, 5, 2, true, "a"));
        assert_eq!(ids.unsure().count(), 0);
        ids.apply(&Record::Released { id: 5, after: 1 });
        // Used anew; and sent again by a broker that did not hear of the release's arrival.
        assert!(!is_repeated(&ids, 5, 2, false, "a") && is_repeated(&ids, 5, 2, true, "a"));
        ids.apply(&Record::Sure(vec![(5, 1)]));
        assert!(!is_repeated(&ids, 5, 2, true, "a"));
    }

    #[test]
    fn a_broker_that_has_forgotten_repeats_nothing() {
        let mut ids = Ids::default();
        ids.apply(&message(1, 5, 2, "a"));
        ids.apply(&Record::Forgotten { after: 1 });
        assert!(!is_repeated(&ids, 5, 2, true, "a") && ids.last() == 1);
    }

    /// A journal as it is written: numbers count up, and what stands behind says behind which.
    fn in_order(records: Vec<Record>) -> Vec<Record> {
        let mut last = 0;
        let each = records.into_iter().map(|record| match record {
            Record::Message(message) => {
                last += 1;
                let id = message.id % 4;
                Record::Message(Message {
                    number: last,
                    id,
                    ..message
                })
            }
            Record::Sure(all) => Record::Sure(
                all.into_iter()
                    .map(|(id, number)| (id % 4, number % (last + 1)))
                    .collect(),
            ),
            Record::Released { id, .. } => Record::Released {
                id: id % 4,
                after: last,
            },
            Record::Forgotten { .. } => Record::Forgotten { after: last },
        });
        each.collect()
    }

    proptest! {
        /// What was saved at some moment, and then the journal from its beginning: the same as the journal alone.
        #[test]
        fn a_journal_can_be_taken_up_again(records in prop::collection::vec(any_record(), 0..20), saved in any::<prop::sample::Index>()) {
            let records = in_order(records);
            let mut ids = Ids::default();
            let mut all = ids.clone();
            for record in &records {
                all.apply(record);
            }
            for record in records[..saved.index(records.len() + 1)].iter().chain(&records) {
                ids.apply(record);
            }
            prop_assert_eq!(ids, all);
        }
    }
}
