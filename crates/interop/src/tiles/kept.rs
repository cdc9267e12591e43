//! Maps and tiles that were made, within bounds. A version never changes, so that neither does a map of it.

use std::collections::HashMap;
use std::io::Write as _;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use access::Reader;
use axum::body::Bytes;
use city::DatasetId;
use flate2::Compression;
use flate2::write::GzEncoder;
use futures::FutureExt as _;
use futures::future::{BoxFuture, Shared};
use tiles::TileAt;
use tokio::sync::Semaphore;

use super::make::{self, Map};
use crate::problem::Problem;

/// Memory that maps may take together; the one in use stays, however large it is.
const MAPS_BYTES: usize = 512 << 20;
/// Memory that tiles may take together. When it is full all of them go: what is still looked at comes back soon.
const TILES_BYTES: usize = 64 << 20;
/// Maps that may wait to be made.
const WAITING: usize = 16;

/// Which map: dataset, version, and who sees the same.
type Key = (DatasetId, i64, Arc<str>);
type Making = Shared<BoxFuture<'static, Result<Arc<Map>, Problem>>>;

/// Maps and tiles that were made.
#[derive(Debug)]
pub struct Maps {
    held: Mutex<Held>,
    tiles: Mutex<Tiles>,
    /// One map is made at a time: each takes memory for all its rows.
    turn: Arc<Semaphore>,
    waiting: Arc<AtomicUsize>,
}

#[derive(Debug, Default)]
struct Held {
    maps: HashMap<Key, Slot>,
    /// Counts the uses, to know which map was used last.
    uses: u64,
}

#[derive(Debug)]
struct Slot {
    making: Making,
    used: u64,
    /// Bytes of a map that is there.
    bytes: Option<usize>,
}

#[derive(Debug, Default)]
struct Tiles {
    held: HashMap<(Key, TileAt), Arc<Tile>>,
    bytes: usize,
}

/// A tile, packed once for all who ask for it.
#[derive(Clone, Debug)]
pub(super) struct Tile {
    /// With gzip; empty where nothing is in the tile.
    pub(super) packed: Bytes,
    pub(super) is_thinned: bool,
    pub(super) left_out: u32,
}

impl Default for Maps {
    fn default() -> Self {
        Self {
            held: Mutex::default(),
            tiles: Mutex::default(),
            turn: Arc::new(Semaphore::new(1)),
            waiting: Arc::default(),
        }
    }
}

impl Maps {
    /// The map of a version as a reader sees it. Whoever comes first has it made, the others wait with them; it is
    /// made to its end though all of them leave.
    pub(super) async fn map(
        &self,
        reader: Reader,
        id: &DatasetId,
        version: i64,
    ) -> Result<Arc<Map>, Problem> {
        let key = (id.clone(), version, reader.seen_by());
        let making = self.making(key.clone(), reader)?;
        let map = making.await;
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        match &map {
            Ok(map) => held.weigh(&key, map.index.bytes()),
            // Perhaps it can be made the next time.
            Err(_) => drop(held.maps.remove(&key)),
        }
        map
    }

    fn making(&self, key: Key, reader: Reader) -> Result<Making, Problem> {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        held.uses += 1;
        let used = held.uses;
        if let Some(slot) = held.maps.get_mut(&key) {
            slot.used = used;
            return Ok(slot.making.clone());
        }
        if self.waiting.load(Ordering::Relaxed) >= WAITING {
            let problem = Problem::too_many("too many maps are being made; try again in a minute");
            return Err(
                problem.in_korean("지금 만드는 지도가 많습니다. 잠시 뒤 다시 보아 주십시오.")
            );
        }
        let (turn, waiting) = (Arc::clone(&self.turn), Arc::clone(&self.waiting));
        waiting.fetch_add(1, Ordering::Relaxed);
        let (id, version) = (key.0.clone(), key.1);
        let made = tokio::spawn(async move {
            let made = match turn.acquire().await {
                Ok(_turn) => make::map(&reader, &id, version).await.map(Arc::new),
                Err(error) => Err(Problem::broken(&error)),
            };
            waiting.fetch_sub(1, Ordering::Relaxed);
            made
        });
        let made = made.map(|made| made.unwrap_or_else(|error| Err(Problem::broken(&error))));
        let making = made.boxed().shared();
        let slot = Slot {
            making: making.clone(),
            used,
            bytes: None,
        };
        held.maps.insert(key, slot);
        Ok(making)
    }

    /// A tile of a map.
    pub(super) async fn tile(
        &self,
        map: &Arc<Map>,
        key: Key,
        at: TileAt,
    ) -> Result<Arc<Tile>, Problem> {
        let key = (key, at);
        let tiles = || self.tiles.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(tile) = tiles().held.get(&key) {
            return Ok(Arc::clone(tile));
        }
        let map = Arc::clone(map);
        let tile = tokio::task::spawn_blocking(move || pack(&map, at));
        let tile = tile.await.map_err(|error| Problem::broken(&error))?;
        let tile = Arc::new(tile.map_err(|error| Problem::broken(&error))?);
        tiles().keep(key, &tile);
        Ok(tile)
    }
}

impl Held {
    /// Says how large a map is, and lets the ones go that were not used for longest until all have room.
    fn weigh(&mut self, key: &Key, bytes: usize) {
        match self.maps.get_mut(key) {
            Some(slot) if slot.bytes.is_none() => slot.bytes = Some(bytes),
            _ => return,
        }
        while self
            .maps
            .values()
            .filter_map(|slot| slot.bytes)
            .sum::<usize>()
            > MAPS_BYTES
        {
            let others = self.maps.iter();
            let others = others.filter(|(other, slot)| *other != key && slot.bytes.is_some());
            let Some(oldest) = others.min_by_key(|(_, slot)| slot.used) else {
                return;
            };
            let oldest = oldest.0.clone();
            self.maps.remove(&oldest);
        }
    }
}

impl Tiles {
    fn keep(&mut self, key: (Key, TileAt), tile: &Arc<Tile>) {
        let bytes = tile.packed.len() + size_of::<(Key, TileAt, Tile)>();
        if self.bytes + bytes > TILES_BYTES {
            *self = Self::default();
        }
        if self.held.insert(key, Arc::clone(tile)).is_none() {
            self.bytes += bytes;
        }
    }
}

fn pack(map: &Map, at: TileAt) -> std::io::Result<Tile> {
    let drawn = map.index.tile(at);
    let packed = if drawn.bytes.is_empty() {
        Bytes::new()
    } else {
        let mut packing = GzEncoder::new(Vec::new(), Compression::fast());
        packing.write_all(&drawn.bytes)?;
        Bytes::from(packing.finish()?)
    };
    Ok(Tile {
        packed,
        is_thinned: drawn.is_thinned,
        left_out: drawn.left_out,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(version: i64) -> Key {
        (DatasetId::from("parking"), version, Arc::from("public"))
    }

    #[test]
    fn the_map_that_was_not_used_for_longest_goes_first() {
        let mut held = Held::default();
        for version in 0..4 {
            held.uses += 1;
            let slot = Slot {
                making: futures::future::pending().boxed().shared(),
                used: held.uses,
                bytes: None,
            };
            held.maps.insert(key(version), slot);
            held.weigh(&key(version), MAPS_BYTES / 2);
        }
        let mut left: Vec<i64> = held.maps.keys().map(|key| key.1).collect();
        left.sort_unstable();
        assert_eq!(left, [2, 3]);
        // A map larger than all may be stays while it is the one looked at.
        held.maps.get_mut(&key(3)).unwrap().bytes = None;
        held.weigh(&key(3), 2 * MAPS_BYTES);
        assert_eq!(held.maps.keys().collect::<Vec<_>>(), [&key(3)]);
    }

    #[test]
    fn tiles_never_take_more_than_they_may() {
        let mut tiles = Tiles::default();
        let tile = Arc::new(Tile {
            packed: Bytes::from(vec![0; 400_000]),
            is_thinned: false,
            left_out: 0,
        });
        for x in 0..400 {
            tiles.keep((key(1), TileAt::new(12, x, 0).unwrap()), &tile);
            let all: usize = tiles.held.values().map(|tile| tile.packed.len()).sum();
            assert!(all <= TILES_BYTES && all <= tiles.bytes && !tiles.held.is_empty());
        }
    }
}
