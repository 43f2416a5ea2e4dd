//! The body of a form, as browsers write it, into a struct of strings.
//!
//! Kinder than `serde_urlencoded`: a key sent twice is no error (the last counts, or all of them for a `Vec`), and
//! `born-day`, `born-month` and `born-year` come together as one [`super::DateInput`] named `born`.

use std::cell::Cell;
use std::collections::BTreeMap;

use percent_encoding::percent_decode_str;
use serde::de::value::{Error as ReadError, MapDeserializer, SeqDeserializer};
use serde::de::{DeserializeOwned, Deserializer, IntoDeserializer, Visitor};
use serde::forward_to_deserialize_any;

use crate::rules::text;
use crate::web::error::WebError;

/// What is compared as it was typed and never shown: a password that somebody set before stays the same one.
const AS_TYPED: [&str; 2] = ["password", "again"];

/// More than any form of ours has: a bound on the work that one request can ask for.
const MOST_PAIRS: usize = 1_000;

const DATE_PARTS: [&str; 3] = ["day", "month", "year"];

/// The body is not what a browser sends.
#[derive(Debug, thiserror::Error)]
#[error("The form arrived damaged. Go back, reload the page and send it again.")]
pub(super) struct Malformed;

impl From<Malformed> for WebError {
    fn from(malformed: Malformed) -> Self {
        Self::BadRequest(malformed.to_string())
    }
}

impl From<ReadError> for Malformed {
    fn from(_: ReadError) -> Self {
        Self
    }
}

/// What was sent, by name.
#[derive(Debug, Default)]
pub(super) struct Pairs(BTreeMap<String, Sent>);

/// Everything sent under one name.
#[derive(Debug, Default)]
struct Sent {
    texts: Vec<String>,
    date_parts: Vec<(&'static str, String)>,
}

impl Pairs {
    /// Takes the body apart, and out of every text what cannot be seen in it. Refuses what is not UTF-8 and NUL, which
    /// no database text can hold.
    pub(super) fn parse(body: &[u8]) -> Result<Self, WebError> {
        let body = std::str::from_utf8(body).map_err(|_| Malformed)?;
        let mut pairs = Self::default();
        for (index, pair) in body.split('&').filter(|pair| !pair.is_empty()).enumerate() {
            if index >= MOST_PAIRS {
                return Err(Malformed.into());
            }
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let (name, value) = (decode(name)?, decode(value)?);
            let value = match AS_TYPED.contains(&name.as_str()) {
                true => value,
                false => text::clean_lines(&value).into_owned(),
            };
            pairs.add(&name, value);
        }
        Ok(pairs)
    }

    fn add(&mut self, name: &str, value: String) {
        if let Some((base, part)) = date_part(name) {
            self.sent(base).date_parts.push((part, value));
            return;
        }
        self.sent(name).texts.push(value);
    }

    fn sent(&mut self, name: &str) -> &mut Sent {
        self.0.entry(name.to_owned()).or_default()
    }

    /// Takes one text out, so that the form does not see it.
    pub(super) fn take(&mut self, name: &str) -> String {
        self.0.remove(name).unwrap_or_default().last_text()
    }

    /// The form, and the names of its fields in the order in which it declares them.
    pub(super) fn read<F: DeserializeOwned>(
        self,
    ) -> Result<(F, &'static [&'static str]), WebError> {
        let fields = Cell::new(&[] as &'static [&'static str]);
        let form = F::deserialize(Body {
            pairs: self,
            fields: &fields,
        })
        .map_err(Malformed::from)?;
        Ok((form, fields.get()))
    }
}

fn date_part(name: &str) -> Option<(&str, &'static str)> {
    let (base, last) = name.rsplit_once('-')?;
    let part = DATE_PARTS.into_iter().find(|part| *part == last)?;
    Some((base, part))
}

/// Spaces travel as `+`; line breaks as CRLF, which would count twice towards a length.
fn decode(encoded: &str) -> Result<String, Malformed> {
    let spaced = encoded.replace('+', " ");
    let decoded = percent_decode_str(&spaced)
        .decode_utf8()
        .map_err(|_| Malformed)?;
    if decoded.contains('\0') {
        return Err(Malformed);
    }
    Ok(decoded.replace("\r\n", "\n"))
}

impl Sent {
    fn last_text(self) -> String {
        self.texts.into_iter().next_back().unwrap_or_default()
    }
}

struct Body<'a> {
    pairs: Pairs,
    fields: &'a Cell<&'static [&'static str]>,
}

impl<'de> Deserializer<'de> for Body<'_> {
    type Error = ReadError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        visitor.visit_map(MapDeserializer::new(self.pairs.0.into_iter()))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, ReadError> {
        self.fields.set(fields);
        self.deserialize_any(visitor)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 u8 u16 u32 u64 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map enum identifier ignored_any
    }
}

impl<'de> IntoDeserializer<'de, ReadError> for Sent {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

/// The type of the field decides what it gets: a text, all texts, or the parts of a date.
impl<'de> Deserializer<'de> for Sent {
    type Error = ReadError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        visitor.visit_string(self.last_text())
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        visitor.visit_some(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        visitor.visit_seq(SeqDeserializer::new(self.texts.into_iter()))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, ReadError> {
        let mut parts: Vec<(&str, String)> = Vec::with_capacity(DATE_PARTS.len());
        for part in DATE_PARTS {
            if let Some((_, text)) = self.date_parts.iter().rev().find(|(sent, _)| *sent == part) {
                parts.push((part, text.clone()));
            }
        }
        visitor.visit_map(MapDeserializer::new(parts.into_iter()))
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        visitor.visit_unit()
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 u8 u16 u32 u64 f32 f64 char str string bytes byte_buf unit unit_struct
        newtype_struct tuple tuple_struct map enum identifier
    }
}
