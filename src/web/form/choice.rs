//! The options of radios, checkboxes and selects.

use std::borrow::Cow;

/// One option.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Choice {
    /// What the form sends.
    pub value: Cow<'static, str>,
    /// What the person reads.
    pub text: Cow<'static, str>,
    /// A line of help under it; empty for none.
    pub hint: Cow<'static, str>,
}

impl Choice {
    /// An option without a hint.
    pub fn new(value: impl Into<Cow<'static, str>>, text: impl Into<Cow<'static, str>>) -> Self {
        Self {
            value: value.into(),
            text: text.into(),
            hint: Cow::Borrowed(""),
        }
    }

    /// With a line of help.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<Cow<'static, str>>) -> Self {
        self.hint = hint.into();
        self
    }

    /// Whether this is the chosen one.
    pub fn is(&self, value: &str) -> bool {
        self.value == value
    }

    /// Whether this is one of the chosen ones.
    pub fn is_among(&self, values: &[String]) -> bool {
        values.iter().any(|value| self.is(value))
    }
}

/// The options of a code list: `choices(Sex::ALL, Sex::as_str, Sex::label)`.
pub fn choices<T: Copy>(
    all: &[T],
    value: fn(T) -> &'static str,
    text: fn(T) -> &'static str,
) -> Vec<Choice> {
    all.iter()
        .map(|code| Choice::new(value(*code), text(*code)))
        .collect()
}

/// The options of a code list after an empty first one, for a select that may stay unanswered.
pub fn choices_with_blank<T: Copy>(
    blank: &'static str,
    all: &[T],
    value: fn(T) -> &'static str,
    text: fn(T) -> &'static str,
) -> Vec<Choice> {
    std::iter::once(Choice::new("", blank))
        .chain(choices(all, value, text))
        .collect()
}
