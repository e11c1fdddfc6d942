//! Merkle trees over SHA-256 as in RFC 9162, section 2.1: root, inclusion proof, verification. Pure arithmetic.
//!
//! The hash of a leaf begins with the byte 0, that of an inner node with the byte 1, so that no inner node can pass for a leaf.
//! A crate would bring its own hash implementation and generic node stores for what is a page of arithmetic here.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::digest;

const LEAF: u8 = 0;
const NODE: u8 = 1;

/// A SHA-256 hash. As text 64 lower-case hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(value_type = String, pattern = "^[0-9a-f]{64}$"))]
pub struct Hash([u8; 32]);

/// A text that is no hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not 64 lower-case hexadecimal digits")]
pub struct NoHash;

impl Hash {
    /// Thirty-two zeros: stands where there is nothing before.
    pub const ZERO: Self = Self([0; 32]);

    /// The hash that these bytes are.
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Its bytes.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&digest::hex(&self.0))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

impl FromStr for Hash {
    type Err = NoHash;

    fn from_str(text: &str) -> Result<Self, NoHash> {
        digest::unhex(text).map(Self).ok_or(NoHash)
    }
}

impl Serialize for Hash {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Hash {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// The hash of a leaf that holds these bytes.
pub fn leaf(content: &[u8]) -> Hash {
    Hash(digest::plain_sha256(&[&[LEAF], content]))
}

fn node(left: &Hash, right: &Hash) -> Hash {
    Hash(digest::plain_sha256(&[&[NODE], &left.0, &right.0]))
}

/// The root of a tree over the hashes of its leaves, in their order. Without leaves it is the SHA-256 of nothing.
///
/// The roots of whole subtrees of one size, which must be a power of two, may stand for their leaves: the same root follows.
pub fn root(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => Hash(digest::plain_sha256(&[])),
        [only] => *only,
        many => {
            let (left, right) = many.split_at(split(many.len()));
            node(&root(left), &root(right))
        }
    }
}

/// The hashes that lead from the leaf at a position, counted from 0, up to the root; `None` beyond the last leaf.
pub fn path(leaves: &[Hash], position: usize) -> Option<Vec<Hash>> {
    if position >= leaves.len() {
        return None;
    }
    if leaves.len() == 1 {
        return Some(Vec::new());
    }
    let at = split(leaves.len());
    let (left, right) = leaves.split_at(at);
    let (mut path, other) = match position.checked_sub(at) {
        None => (self::path(left, position)?, root(right)),
        Some(beyond) => (self::path(right, beyond)?, root(left)),
    };
    path.push(other);
    Some(path)
}

/// The root to which a path leads from a leaf; `None` where the path has another length than that of this position in a tree
/// of this size (RFC 9162, section 2.1.3.2).
pub fn root_of_path(leaf: Hash, position: u64, size: u64, path: &[Hash]) -> Option<Hash> {
    let mut last = size.checked_sub(1).filter(|last| position <= *last)?;
    let (mut at, mut hash) = (position, leaf);
    for step in path {
        if last == 0 {
            return None;
        }
        if at & 1 == 1 || at == last {
            hash = node(step, &hash);
            // The right edge rises past levels where it has no sibling.
            while at & 1 == 0 && at != 0 {
                at >>= 1;
                last >>= 1;
            }
        } else {
            hash = node(&hash, step);
        }
        at >>= 1;
        last >>= 1;
    }
    (last == 0).then_some(hash)
}

/// The largest power of two below a number of leaves, which is at least 2.
fn split(leaves: usize) -> usize {
    1 << (leaves.saturating_sub(1).checked_ilog2().unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn leaves(count: usize) -> Vec<Hash> {
        (0..count).map(|number| leaf(&number.to_be_bytes())).collect()
    }

    #[test]
    fn roots_are_those_that_certificate_transparency_publishes() {
        // The test vectors of the reference implementation of RFC 6962, whose tree is that of RFC 9162.
        let inputs: [&[u8]; 8] = [
            b"",
            b"\x00",
            b"\x10",
            b"\x20\x21",
            b"\x30\x31",
            b"\x40\x41\x42\x43",
            b"\x50\x51\x52\x53\x54\x55\x56\x57",
            b"\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f",
        ];
        let leaves: Vec<Hash> = inputs.iter().map(|input| leaf(input)).collect();
        let roots: Vec<String> = (0..=8).map(|size| root(&leaves[..size]).to_string()).collect();
        assert_eq!(roots[0], "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
        assert_eq!(roots[1], "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
        assert_eq!(roots[2], "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125");
        assert_eq!(roots[3], "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77");
        assert_eq!(roots[7], "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c");
        assert_eq!(roots[8], "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328");
    }

    #[test]
    fn a_hash_reads_back_as_it_is_written() {
        let hash = leaf(b"x");
        assert_eq!(hash.to_string().parse(), Ok(hash));
        assert_eq!(serde_json::from_str::<Hash>(&serde_json::to_string(&hash).unwrap()).unwrap(), hash);
        for wrong in ["", "00", &"g".repeat(64), &"A".repeat(64), &"0".repeat(66), &"é".repeat(32)] {
            assert_eq!(wrong.parse::<Hash>(), Err(NoHash), "{wrong}");
        }
    }

    #[test]
    fn an_inner_node_is_no_leaf() {
        let two = leaves(2);
        let joined: Vec<u8> = two.iter().flat_map(|hash| hash.0).collect();
        assert_ne!(root(&two), leaf(&joined));
    }

    proptest! {
        #[test]
        fn every_path_leads_from_its_leaf_to_the_root_and_from_no_other_place(size in 1usize..70, seed in any::<u64>()) {
            let leaves = leaves(size);
            let (root, size) = (root(&leaves), size as u64);
            let position = seed % size;
            let path = path(&leaves, position as usize).unwrap();
            let at = leaves[position as usize];
            prop_assert_eq!(root_of_path(at, position, size, &path), Some(root));
            for other in (0..size).filter(|other| *other != position) {
                prop_assert_ne!(root_of_path(at, other, size, &path), Some(root));
                prop_assert_ne!(root_of_path(leaves[other as usize], position, size, &path), Some(root));
            }
            prop_assert_eq!(root_of_path(at, size, size, &path), None);
            let longer = [path.clone(), vec![Hash::ZERO]].concat();
            prop_assert_ne!(root_of_path(at, position, size, &longer), Some(root));
            if let Some((_, shorter)) = path.split_last() {
                prop_assert_ne!(root_of_path(at, position, size, shorter), Some(root));
            }
        }

        #[test]
        fn one_flipped_bit_anywhere_leads_elsewhere(size in 1usize..40, position in any::<usize>(), bit in any::<usize>()) {
            let leaves = leaves(size);
            let position = position % size;
            let mut steps = vec![leaves[position]];
            steps.extend(path(&leaves, position).unwrap());
            let bit = bit % (steps.len() * 256);
            steps[bit / 256].0[bit % 256 / 8] ^= 1 << (bit % 8);
            let (leaf, path) = steps.split_first().unwrap();
            prop_assert_ne!(root_of_path(*leaf, position as u64, size as u64, path), Some(root(&leaves)));
        }

        #[test]
        fn roots_of_whole_pages_stand_for_their_leaves(size in 0usize..200, level in 0u32..6, position in any::<usize>()) {
            let (leaves, page) = (leaves(size), 1usize << level);
            let pages: Vec<Hash> = leaves.chunks(page).map(root).collect();
            prop_assert_eq!(root(&pages), root(&leaves));
            if size > 0 {
                let position = position % size;
                let within = leaves.chunks(page).nth(position / page).unwrap();
                let below = path(within, position % page).unwrap();
                let joined = [below, path(&pages, position / page).unwrap()].concat();
                prop_assert_eq!(Some(joined), path(&leaves, position));
            }
        }

        #[test]
        fn another_order_another_leaf_or_one_leaf_less_is_another_root(size in 2usize..60, at in any::<usize>()) {
            let leaves = leaves(size);
            let at = at % (size - 1);
            let (mut swapped, mut other, mut less) = (leaves.clone(), leaves.clone(), leaves.clone());
            swapped.swap(at, at + 1);
            other[at] = leaf(b"another");
            less.remove(at);
            for changed in [swapped, other, less] {
                prop_assert_ne!(root(&changed), root(&leaves));
            }
        }
    }
}
