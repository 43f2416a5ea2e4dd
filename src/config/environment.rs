//! The variables of the environment that are ours, and how one is read.

use std::collections::BTreeMap;
use std::ffi::OsString;

use super::fault::ConfigError;
use super::list::{Preset, SETTINGS};
use super::written;

/// How the names of all our settings begin.
const PREFIX: &str = "HEARTH_";

/// The variables that are ours, and those of them that are no text; a foreign one may be what it likes.
pub(super) fn texts(
    vars: impl IntoIterator<Item = (OsString, OsString)>,
) -> (Vec<(String, String)>, Vec<ConfigError>) {
    let (mut texts, mut faults) = (Vec::new(), Vec::new());
    for (name, value) in vars {
        let name = name.to_string_lossy().into_owned();
        if !name.starts_with(PREFIX) {
            continue;
        }
        match value.into_string() {
            Ok(value) => texts.push((name, value)),
            Err(_) => faults.push(ConfigError::NotText(name)),
        }
    }
    (texts, faults)
}

/// Our variables, by their names.
pub(super) struct Environment(BTreeMap<String, String>);

impl Environment {
    pub(super) fn of(
        vars: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, ConfigError> {
        let ours: BTreeMap<_, _> = vars
            .into_iter()
            .filter(|(name, _)| name.starts_with(PREFIX))
            .collect();
        let unknown = ours
            .keys()
            .find(|name| !SETTINGS.iter().any(|s| s.name == *name));
        if let Some(name) = unknown {
            return Err(ConfigError::Unknown(name.clone()));
        }
        let slips = ours
            .iter()
            .find_map(|(name, value)| Some((name, written::slip(name, value)?)));
        match slips {
            Some((name, how)) => Err(ConfigError::Slip {
                name: name.clone(),
                how,
            }),
            None => Ok(Self(ours)),
        }
    }

    /// The text of a setting, as given or by default.
    pub(super) fn text(&self, name: &'static str) -> Result<String, ConfigError> {
        self.read(name, "use text", |v| Some(v.to_owned()))
    }

    /// Reads a setting as given or by default: both are parsed alike.
    pub(super) fn read<T>(
        &self,
        name: &'static str,
        wanted: &'static str,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Result<T, ConfigError> {
        let value = self.value(name).or_else(|| preset(name));
        let value = value.ok_or_else(|| ConfigError::Unknown(name.to_owned()))?;
        parsed(name, value, wanted, parse)
    }

    /// Reads a setting whose default no value says; none when it is not given.
    pub(super) fn read_if_set<T>(
        &self,
        name: &'static str,
        wanted: &'static str,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Result<Option<T>, ConfigError> {
        let given = self.value(name);
        given
            .map(|value| parsed(name, value, wanted, parse))
            .transpose()
    }

    pub(super) fn value(&self, name: &str) -> Option<&str> {
        self.0
            .get(name)
            .map(String::as_str)
            .filter(|value| !value.is_empty())
    }
}

/// The value that holds when a setting is not given, where there is one.
fn preset(name: &str) -> Option<&'static str> {
    let setting = SETTINGS.iter().find(|setting| setting.name == name)?;
    match setting.default {
        Preset::Value(value) => Some(value),
        Preset::InWords(_) => None,
    }
}

fn parsed<T>(
    name: &'static str,
    value: &str,
    wanted: &'static str,
    parse: impl Fn(&str) -> Option<T>,
) -> Result<T, ConfigError> {
    parse(value).ok_or_else(|| ConfigError::Value {
        name,
        value: value.to_owned(),
        wanted,
    })
}
