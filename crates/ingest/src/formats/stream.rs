//! Rows from a reader that calls back: it runs in a thread of its own, a few blocks ahead.

use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use city::Fault;

use super::{Row, fault};
use crate::origin::Input;

/// Rows handed over at a time.
const BLOCK_ROWS: usize = 1024;
/// Blocks that wait to be taken.
const AHEAD: usize = 4;

/// What is handed over: rows, or the end, or what was wrong.
type Handed = Result<Option<Vec<Row>>, Vec<Fault>>;

/// Rows as they come.
pub(super) struct Stream {
    input: Input,
    handed: Receiver<Handed>,
    waiting: std::vec::IntoIter<Row>,
    is_ended: bool,
}

/// Where a producer puts its rows.
pub(super) struct Sender {
    block: Vec<Row>,
    to: SyncSender<Handed>,
}

impl Sender {
    /// Puts a row; false when nobody takes rows any more.
    pub(super) fn put(&mut self, row: Row) -> bool {
        self.block.push(row);
        self.block.len() < BLOCK_ROWS || self.flush()
    }

    fn flush(&mut self) -> bool {
        let block = std::mem::take(&mut self.block);
        block.is_empty() || self.to.send(Ok(Some(block))).is_ok()
    }
}

impl Stream {
    /// Starts `produce`.
    pub(super) fn of(
        input: &Input,
        produce: impl FnOnce(&mut Sender) -> Result<(), Vec<Fault>> + Send + 'static,
    ) -> Self {
        let (to, handed) = sync_channel(AHEAD);
        std::thread::spawn(move || {
            let mut sender = Sender {
                block: Vec::new(),
                to,
            };
            let ended = produce(&mut sender).map(|()| None);
            if sender.flush() {
                // Nobody there any more: nobody is to be told.
                sender.to.send(ended).ok();
            }
        });
        Self {
            input: input.clone(),
            handed,
            waiting: Vec::new().into_iter(),
            is_ended: false,
        }
    }

    /// The next rows, at most `limit`; nothing at the end.
    pub(super) fn next(&mut self, limit: usize) -> Result<Option<Vec<Row>>, Vec<Fault>> {
        let mut rows: Vec<Row> = self.waiting.by_ref().take(limit).collect();
        while rows.len() < limit && !self.is_ended {
            match self.handed.recv() {
                Ok(Ok(Some(block))) => {
                    self.waiting = block.into_iter();
                    rows.extend(self.waiting.by_ref().take(limit - rows.len()));
                }
                Ok(Ok(None)) => self.is_ended = true,
                Ok(Err(faults)) => return Err(faults),
                // Without a word of the end, what came is not all.
                Err(_) => return Err(fault(&self.input, "reading broke off")),
            }
        }
        Ok((!rows.is_empty()).then_some(rows))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn input() -> Input {
        Input {
            name: "x".to_owned(),
            path: "x".into(),
        }
    }

    fn row(number: u64) -> Row {
        Row {
            number,
            ..Row::default()
        }
    }

    #[test]
    fn every_row_comes_once_in_order_whatever_is_asked_for() {
        let mut stream = Stream::of(&input(), |sender| {
            (0..5000).all(|number| sender.put(row(number)));
            Ok(())
        });
        let mut seen = Vec::new();
        for limit in (1..).step_by(700) {
            let Some(rows) = stream.next(limit).unwrap() else {
                break;
            };
            assert!(rows.len() <= limit);
            seen.extend(rows.into_iter().map(|row| row.number));
        }
        assert!(seen.into_iter().eq(0..5000));
    }

    #[test]
    fn what_is_wrong_comes_after_the_rows_before_it_and_a_thread_that_dies_is_no_end() {
        let mut stream = Stream::of(&input(), |sender| {
            sender.put(row(1));
            Err(fault(&input(), "cut off"))
        });
        assert_eq!(stream.next(1).unwrap().unwrap().len(), 1);
        assert_eq!(stream.next(1).unwrap_err()[0].to_string(), "x: cut off");
        let mut stream = Stream::of(&input(), |_| std::panic::resume_unwind(Box::new(())));
        assert!(stream.next(1).is_err());
    }
}
