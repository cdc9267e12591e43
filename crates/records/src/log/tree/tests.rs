use std::convert::Infallible;
use std::path::{Path, PathBuf};

use proptest::prelude::*;
use serde_json::Value;

use super::proof::{self, Source};
use super::{Frontier, Hash};
use crate::log::proofs::{self, Answer};

/// The definition of RFC 6962, word by word.
fn root(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => Hash::empty(),
        [leaf] => *leaf,
        _ => {
            let mut middle = 1;
            while middle * 2 < leaves.len() {
                middle *= 2;
            }
            let (left, right) = leaves.split_at(middle);
            Hash::node(&root(left), &root(right))
        }
    }
}

fn at(number: u64) -> usize {
    usize::try_from(number).unwrap()
}

fn leaves(count: u64) -> Vec<Hash> {
    (0..count).map(|n| Hash::leaf(&n.to_be_bytes())).collect()
}

struct Leaves(Vec<Hash>);

impl Source for Leaves {
    type Error = Infallible;

    fn root(&mut self, start: u64, end: u64) -> Result<Hash, Infallible> {
        Ok(root(&self.0[at(start)..at(end)]))
    }
}

fn hex(text: &str) -> Vec<u8> {
    let digits = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap();
    text.as_bytes().chunks(2).map(digits).collect()
}

fn shown(hash: Hash) -> String {
    crate::tokens::hex(&hash.0)
}

#[test]
fn roots_of_the_known_small_trees() {
    // Roots of the eight leaves that implementations of the RFC use to compare themselves.
    let entries = [
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    ];
    let roots = [
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ];
    let mut frontier = Frontier::default();
    assert_eq!(
        shown(frontier.root()),
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    );
    for (entry, root) in entries.iter().zip(roots) {
        frontier.push(Hash::leaf(&hex(entry)));
        assert_eq!(shown(frontier.root()), root, "{} leaves", frontier.size());
    }
}

#[test]
fn a_hash_is_read_as_it_is_written() {
    let hash = Hash::leaf(b"one");
    assert_eq!(Hash::parse(&hash.to_string()), Some(hash));
    for wrong in ["", "AAAA", "not base64!", &format!("{hash}AAAA")] {
        assert_eq!(Hash::parse(wrong), None, "{wrong}");
    }
}

proptest! {
    #[test]
    fn the_frontier_has_the_root_of_the_definition(count in 0_u64..300) {
        let leaves = leaves(count);
        let mut frontier = Frontier::default();
        for leaf in &leaves {
            frontier.push(*leaf);
        }
        prop_assert_eq!(frontier.root(), root(&leaves));
    }

    #[test]
    fn frontiers_join_at_full_subtrees(full in 0_u64..6, rest in 0_u64..32) {
        let leaves = leaves(full * 32 + rest);
        let mut frontier = Frontier::default();
        let mut parts = leaves.chunks_exact(32);
        for part in parts.by_ref() {
            frontier.push_full(5, root(part));
        }
        let mut later = Frontier::default();
        for leaf in parts.remainder() {
            later.push(*leaf);
        }
        frontier.join(&later);
        prop_assert_eq!((frontier.root(), frontier.size()), (root(&leaves), full * 32 + rest));
    }

    #[test]
    fn a_made_proof_holds_and_holds_for_nothing_else(size in 1_u64..200, index in 0_u64..200, other in 0_u64..200) {
        let (index, other) = (index % size, other % size);
        let mut tree = Leaves(leaves(size));
        let whole = root(&tree.0);
        let proof = proof::inclusion(&mut tree, index, size).unwrap();
        let leaf = tree.0[at(index)];
        prop_assert_eq!(proof::check_inclusion(&leaf, index, size, &proof, &whole), Ok(()));
        if other != index {
            prop_assert!(proof::check_inclusion(&leaf, other, size, &proof, &whole).is_err());
            prop_assert!(proof::check_inclusion(&tree.0[at(other)], index, size, &proof, &whole).is_err());
        }
        for at in 0..proof.len() {
            let mut bent = proof.clone();
            bent[at].0[3] ^= 1;
            prop_assert!(proof::check_inclusion(&leaf, index, size, &bent, &whole).is_err());
        }
    }

    #[test]
    fn a_later_tree_proves_that_it_only_grew(size in 1_u64..200, earlier in 1_u64..200) {
        let earlier = (earlier - 1) % size + 1;
        let mut tree = Leaves(leaves(size));
        let (before, whole) = (root(&tree.0[..at(earlier)]), root(&tree.0));
        let proof = proof::consistency(&mut tree, earlier, size).unwrap();
        prop_assert_eq!(proof::check_consistency(earlier, size, &proof, &before, &whole), Ok(()));
        prop_assert!(proof::check_consistency(earlier, size, &proof, &Hash::leaf(b"x"), &whole).is_err());
        prop_assert!(proof::check_consistency(earlier, size, &proof, &before, &Hash::leaf(b"x")).is_err());
        let mut long = proof.clone();
        long.push(Hash::leaf(b"x"));
        prop_assert!(proof::check_consistency(earlier, size, &long, &before, &whole).is_err());
    }
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "json") {
            found.push(path);
        }
    }
}

/// Public vectors, where they are present: a folder beside the checkout, or the one a developer names.
#[test]
fn the_public_vectors_hold() {
    let beside =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/rfc6962/testdata");
    let folder = option_env!("MADANG_RFC6962").map_or(beside, PathBuf::from);
    if !folder.is_dir() {
        println!(
            "no vectors at {}: only the project's own were tried",
            folder.display()
        );
        return;
    }
    let mut found = Vec::new();
    files(&folder, &mut found);
    let mut wrong = Vec::new();
    for path in &found {
        let text = std::fs::read_to_string(path).unwrap();
        let vector: Value = serde_json::from_str(&text).unwrap();
        let holds = matches!(proofs::check(&text), Ok(Answer::Holds(_)));
        if holds == vector["wantErr"].as_bool().unwrap() {
            wrong.push(path.display().to_string());
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {}: {wrong:#?}",
        wrong.len(),
        found.len()
    );
    println!("{} vectors hold", found.len());
}
