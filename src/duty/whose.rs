//! Whose work is asked about.

use crate::access::AccountKey;

/// Whose work to show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whose {
    Of(AccountKey),
    /// Everybody's, and those of nobody.
    Team,
}
