//! The code lists of the register: closed sets of values with a stable key and words for a page.
//!
//! A list is written once, with `code_list!`; what is stored and what a form sends is the key, what a person
//! reads is the label. Keys never change; labels may.

mod child;
mod involvement;
mod register;
mod schooling;

pub use child::{AbuseCategory, Ethnicity, SenProvision, SenType, Sex};
pub use involvement::EpisodeKind;
pub use register::{
    ChildStatus, ClosureReason, Confidentiality, RegisterBasis, Relationship, Source, Tier,
};
pub use schooling::{PreviousSetting, PrimaryReason};

/// A key that the list does not hold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("“{value}” is not in the list {list}")]
pub struct UnknownCode {
    /// The name of the list.
    pub list: &'static str,
    /// The key as it was given.
    pub value: String,
}

/// Declares an enum whose items each have a stable key and a label: `Item = "key", "Label";`.
///
/// Gives `ALL`, `as_str`, `label` and `FromStr` (keys only, exactly as stored). The label is the item's
/// documentation as well.
macro_rules! code_list {
    (
        $(#[$about:meta])*
        pub enum $list:ident {
            $( $(#[$note:meta])* $item:ident = $key:literal, $label:literal; )+
        }
    ) => {
        $(#[$about])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum $list {
            $(
                #[doc = $label]
                #[doc = ""]
                $(#[$note])*
                $item,
            )+
        }

        impl $list {
            /// Every item, in the order in which a page lists them.
            pub const ALL: &'static [Self] = &[$(Self::$item),+];

            /// The stable key, as stored and as sent by forms.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$item => $key),+ }
            }

            /// The words for a page.
            #[must_use]
            pub const fn label(self) -> &'static str {
                match self { $(Self::$item => $label),+ }
            }
        }

        impl std::str::FromStr for $list {
            type Err = $crate::rules::codes::UnknownCode;

            fn from_str(key: &str) -> Result<Self, Self::Err> {
                match key {
                    $($key => Ok(Self::$item),)+
                    _ => Err($crate::rules::codes::UnknownCode {
                        list: stringify!($list),
                        value: key.to_owned(),
                    }),
                }
            }
        }
    };
}
pub(crate) use code_list;

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;
    use std::collections::HashSet;
    use std::fmt::Debug;
    use std::str::FromStr;

    fn keys_come_back<T>(all: &[T], as_str: fn(T) -> &'static str, label: fn(T) -> &'static str)
    where
        T: Copy + Debug + PartialEq + FromStr<Err = UnknownCode>,
    {
        let keys: HashSet<_> = all.iter().map(|item| as_str(*item)).collect();
        assert_eq!(keys.len(), all.len(), "two items share a key: {all:?}");
        let labels: HashSet<_> = all.iter().map(|item| label(*item)).collect();
        assert_eq!(labels.len(), all.len(), "two items share a label: {all:?}");
        for item in all {
            assert_eq!(as_str(*item).parse::<T>().as_ref(), Ok(item));
        }
    }

    macro_rules! check_lists {
        ($($list:ty),+ $(,)?) => { $(keys_come_back(<$list>::ALL, <$list>::as_str, <$list>::label);)+ };
    }

    #[test]
    fn every_key_names_one_item() {
        use crate::rules::{census, duty, escalation, identifiers, outcome, policy, tier};
        check_lists!(
            Sex,
            Ethnicity,
            SenProvision,
            SenType,
            AbuseCategory,
            EpisodeKind,
            RegisterBasis,
            Relationship,
            ClosureReason,
            ChildStatus,
            Source,
            Confidentiality,
            PrimaryReason,
            PreviousSetting,
            tier::Tier,
            policy::Unit,
            policy::PolicyKey,
            policy::PolicySet,
            duty::DutyKind,
            duty::Purpose,
            escalation::Ladder,
            census::Census,
            outcome::Mode,
            outcome::AttemptResult,
            outcome::SpokenAlone,
            outcome::Judgement,
            escalation::Post,
            escalation::Step,
            identifiers::ReferenceKind,
        );
    }

    #[test]
    fn the_lists_are_as_long_as_the_department_publishes_them() {
        assert_eq!(Ethnicity::ALL.len(), 20);
        assert_eq!(SenType::ALL.len(), 14);
        assert_eq!(PrimaryReason::ALL.len(), 19);
        assert_eq!(PreviousSetting::ALL.len(), 11);
        assert_eq!(AbuseCategory::ALL.len(), 5);
    }

    #[test]
    fn a_key_that_is_not_in_the_list_is_refused() {
        let refused = "female".parse::<Sex>().unwrap_err();
        assert_eq!(refused.to_string(), "“female” is not in the list Sex");
    }
}
