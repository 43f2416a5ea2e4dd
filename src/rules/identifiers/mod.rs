//! Identifiers, each a type that is valid because it exists: parsed at the edge, or a reason that tells the
//! person what to do.

mod contact;
mod nhs_number;
mod place;
mod reference;
mod upn;

pub use contact::{EmailAddress, EmailAddressProblem, PhoneNumber, PhoneNumberProblem};
pub use nhs_number::{NhsNumber, NhsNumberProblem};
pub use place::{Postcode, PostcodeProblem, Uprn, UprnProblem};
pub use reference::{Reference, ReferenceKind, ReferenceProblem};
pub use upn::{Upn, UpnProblem};

/// Declares an identifier kept as one text: `as_str`, `Display` and `FromStr` through its own `parse`.
macro_rules! identifier {
    ($(#[$about:meta])* pub struct $name:ident or $problem:ident) => {
        $(#[$about])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        impl $name {
            /// The identifier in its one stored form.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl std::str::FromStr for $name {
            type Err = $problem;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Self::parse(text)
            }
        }
    };
}
use identifier;

/// The text without spaces and hyphens, in capitals: how people write one identifier in many ways.
fn compact(text: &str) -> String {
    text.chars()
        .filter(|c| !c.is_whitespace() && *c != '-')
        .map(|c| c.to_ascii_uppercase())
        .collect()
}
