//! Addresses of the demo city are found, however they are said: the figures issue 5 asks for.

use demo::world::{BUILDINGS, World};
use rand::{RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;
use situation::address::{Index, Record};

/// The city's addresses, as its department delivers them.
fn records(world: &World) -> Vec<Record> {
    let mut records = Vec::new();
    for dong in 0..world.dongs.len() {
        for street in 0..2 {
            for number in 1..=BUILDINGS {
                let place = world.building(dong, street, number);
                let parcel = u32::try_from(street).unwrap() * BUILDINGS + number - 1;
                let lot = match (parcel / 3 + 1, parcel % 3) {
                    (main, 0) => format!("한빛시 {} {main}", world.dongs[dong].name),
                    (main, sub) => format!("한빛시 {} {main}-{sub}", world.dongs[dong].name),
                };
                records.push(Record {
                    road: Some(place.address),
                    lot: Some(lot),
                    building: None,
                    dong: Some(world.dongs[dong].name.to_owned()),
                    at: [place.at.0, place.at.1],
                    ..Record::default()
                });
            }
        }
    }
    records
}

/// How often the record that was meant comes first, in percent.
fn first(index: &Index, records: &[Record], said: impl Fn(usize) -> String) -> f64 {
    let tried = records.len() / 3;
    let hit = (0..tried).filter(|at| {
        let at = at * 3;
        let found = index.find(&said(at), 1);
        found.first().is_some_and(|hit| hit.record == &records[at])
    });
    let hits = u32::try_from(hit.count()).unwrap();
    f64::from(hits) * 100.0 / f64::from(u32::try_from(tried).unwrap())
}

/// A slip of a finger: a consonant or vowel replaced, a syllable left out, doubled or swapped with the next, a final consonant left
/// out; numbers stay.
fn slip(text: &str, dice: &mut ChaCha8Rng) -> String {
    let mut letters: Vec<char> = text.chars().collect();
    let hangul: Vec<usize> = (0..letters.len())
        .filter(|at| ('가'..='힣').contains(&letters[*at]))
        .collect();
    let at = hangul[dice.random_range(0..hangul.len())];
    let code = u32::from(letters[at]) - 0xAC00;
    let syllable = |initial: u32, vowel: u32, last: u32| {
        char::from_u32(0xAC00 + initial * 588 + vowel * 28 + last).unwrap()
    };
    let (initial, vowel, last) = (code / 588, code % 588 / 28, code % 28);
    let next = Some(at + 1).filter(|next| hangul.contains(next));
    match dice.random_range(0..7) {
        0 => letters[at] = syllable(dice.random_range(0..19), vowel, last),
        1 => letters[at] = syllable(initial, dice.random_range(0..21), last),
        2 => letters[at] = syllable(initial, vowel, dice.random_range(0..28)),
        3 => letters.insert(at, letters[at]),
        4 if hangul.len() > 2 => drop(letters.remove(at)),
        5 if next.is_some() => letters.swap(at, at + 1),
        _ => letters[at] = syllable(initial, vowel, 0),
    }
    letters.into_iter().collect()
}

/// As people say it: without the city, without spaces or with too many, with 번지, with a floor behind.
fn said(text: &str, dice: &mut ChaCha8Rng) -> String {
    let mut words: Vec<&str> = text.split(' ').collect();
    let leave = dice.random_range(0..words.len() - 1);
    words.drain(..leave);
    let space = ["", " ", "  "][dice.random_range(0..3)];
    let behind = ["", "번지", " 2층", ", 101동 1203호", " (앞)"][dice.random_range(0..5)];
    format!("{}{behind}", words.join(space))
}

#[test]
fn clean_addresses_come_first_and_noised_ones_nearly_always() {
    let world = World::new(2026);
    let records = records(&world);
    assert_eq!(records.len(), 6_000);
    let index = Index::new(records.clone());
    let dice = |at: usize| ChaCha8Rng::seed_from_u64(at as u64);
    let road = |at: usize| records[at].road.clone().unwrap();
    let lot = |at: usize| records[at].lot.clone().unwrap();
    for (kind, clean) in [
        ("road", first(&index, &records, road)),
        ("lot", first(&index, &records, lot)),
    ] {
        assert!(clean >= 99.0, "{kind}: {clean} %");
    }
    let noised = |text: String, at: usize| {
        let mut dice = dice(at);
        let text = said(&text, &mut dice);
        // Three in four slip.
        if dice.random_range(0..4) == 0 {
            return text;
        }
        slip(&text, &mut dice)
    };
    for (kind, found) in [
        ("road", first(&index, &records, |at| noised(road(at), at))),
        ("lot", first(&index, &records, |at| noised(lot(at), at))),
    ] {
        assert!(found >= 95.0, "{kind}: {found} %");
    }
}
