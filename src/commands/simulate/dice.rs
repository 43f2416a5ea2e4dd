//! Chance that can be repeated: dice for a subject, made of the seed and nothing that the program itself draws.

use std::hash::{DefaultHasher, Hash, Hasher};

use rand::SeedableRng;
use rand::rngs::StdRng;

/// Dice about a subject: the same seed and subject give the same throws, whatever else happened before.
pub fn dice(seed: u64, about: impl Hash) -> StdRng {
    let mut hasher = DefaultHasher::new();
    (seed, about).hash(&mut hasher);
    StdRng::seed_from_u64(hasher.finish())
}
