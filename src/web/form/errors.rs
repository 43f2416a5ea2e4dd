//! What is wrong with a form, in the order in which the form asks.

use validator::ValidationErrors;

/// One mistake and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormError {
    /// The name of the field.
    pub field: String,
    /// Of a date, the box to look at; none for the whole of it.
    pub part: Option<&'static str>,
    /// What to do: "Enter the child's first name".
    pub message: String,
}

impl FormError {
    /// The id of the input that the error summary leads to. The first input of a field has the field's own name.
    pub fn id(&self) -> String {
        match self.part {
            _ if self.field.is_empty() => "main-content".to_owned(),
            None | Some("day") => self.field.clone(),
            Some(part) => format!("{}-{part}", self.field),
        }
    }
}

/// At most one mistake a field. Empty for a form that is shown for the first time.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FormErrors {
    found: Vec<FormError>,
    order: &'static [&'static str],
}

const NOT_UNDERSTOOD: &str =
    "We could not make sense of this form. Check each answer and send it again.";

impl FormErrors {
    /// One mistake, found after the form made sense by itself.
    pub fn at(field: &str, message: impl Into<String>) -> Self {
        let mut errors = Self::default();
        errors.add(field, message);
        errors
    }

    pub(super) fn in_order_of(fields: &'static [&'static str]) -> Self {
        Self {
            found: Vec::new(),
            order: fields,
        }
    }

    /// Adds a mistake, unless this field already has one.
    pub fn add(&mut self, field: &str, message: impl Into<String>) {
        self.insert(field, None, message.into());
    }

    /// Adds a mistake in one box of a date: "day", "month" or "year".
    pub fn add_part(&mut self, field: &str, part: &'static str, message: impl Into<String>) {
        self.insert(field, Some(part), message.into());
    }

    fn insert(&mut self, field: &str, part: Option<&'static str>, message: String) {
        if self.get(field).is_some() {
            return;
        }
        let place = self
            .found
            .partition_point(|known| self.rank(&known.field) <= self.rank(field));
        self.found.insert(
            place,
            FormError {
                field: field.to_owned(),
                part,
                message,
            },
        );
    }

    /// The value, or its problem as this field's mistake.
    pub fn keep<T, E: std::fmt::Display>(
        &mut self,
        field: &str,
        result: Result<T, E>,
    ) -> Option<T> {
        result
            .map_err(|problem| self.add(field, problem.to_string()))
            .ok()
    }

    /// What was typed, made sense of; `Some(None)` when nothing was typed.
    pub fn keep_if_typed<T>(&mut self, field: &str, typed: &str) -> Option<Option<T>>
    where
        T: std::str::FromStr,
        T::Err: std::fmt::Display,
    {
        match typed.trim() {
            "" => Some(None),
            typed => self.keep(field, typed.parse()).map(Some),
        }
    }

    /// One line with single spaces, which must say something; `problem` is what to do when it does not.
    pub fn keep_line(&mut self, field: &str, typed: &str, problem: &str) -> Option<String> {
        let line = super::one_line(typed);
        if line.is_empty() {
            self.add(field, problem);
            return None;
        }
        Some(line)
    }

    fn rank(&self, field: &str) -> usize {
        self.order
            .iter()
            .position(|known| *known == field)
            .unwrap_or(self.order.len())
    }

    pub(super) fn add_validation(&mut self, found: &ValidationErrors) {
        for (field, problems) in found.field_errors() {
            let message = problems.iter().find_map(|problem| problem.message.clone());
            self.add(&field, message.unwrap_or(NOT_UNDERSTOOD.into()));
        }
        self.ensure_one();
    }

    /// A refused form always says something, also where a form forgot to.
    pub(super) fn ensure_one(&mut self) {
        if self.found.is_empty() {
            self.add("", NOT_UNDERSTOOD);
        }
    }

    /// This field's mistake.
    pub fn get(&self, field: &str) -> Option<&str> {
        self.found
            .iter()
            .find(|error| error.field == field)
            .map(|error| error.message.as_str())
    }

    /// Whether this box of a date is to be looked at: the one that the mistake names, or else all three.
    pub fn marks(&self, field: &str, part: &str) -> bool {
        self.found
            .iter()
            .any(|error| error.field == field && error.part.is_none_or(|named| named == part))
    }

    /// Everything, for the error summary.
    pub fn summary(&self) -> &[FormError] {
        &self.found
    }

    /// Whether there is nothing to mend.
    pub fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// Goes before the title of the page: a screen reader reads the title first.
    pub fn title_prefix(&self) -> &'static str {
        if self.found.is_empty() { "" } else { "Error: " }
    }
}
