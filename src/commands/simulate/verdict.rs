//! What the judge or the witness finds: nothing, or a promise that is broken.

/// A promise that is broken, and by what.
pub type Verdict = Option<(String, Vec<String>)>;

/// The first promise that is broken.
pub fn first_broken<const N: usize>(promises: [(&str, Vec<String>); N]) -> Verdict {
    let broken = promises.into_iter().find(|(_, names)| !names.is_empty());
    broken.map(|(promise, names)| (promise.to_owned(), names))
}
