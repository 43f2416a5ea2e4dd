//! What HEARTH_LOG may be: a level, or a filter that lets Hearth's own errors through. A mistyped one would log nothing at
//! all, and nobody would miss it until something has gone wrong.

use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::LevelFilter;

/// How the names of our own parts begin.
const OURS: &str = "hearth";

/// What a filter does with Hearth's own errors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Heard {
    /// They are logged.
    Yes,
    /// They are not, and that is what was asked for.
    Off,
}

/// What a filter does; none when it is not understood, or lets Hearth's own errors through nowhere by a slip.
pub(super) fn heard(filter: &str) -> Option<Heard> {
    if EnvFilter::try_new(filter).is_err() || filter.contains(char::is_whitespace) {
        return None;
    }
    let directives: Option<Vec<_>> = filter.split(',').map(level_for_us).collect();
    let about_us: Vec<LevelFilter> = directives?.into_iter().flatten().collect();
    match about_us.contains(&LevelFilter::OFF) {
        true => Some(Heard::Off),
        false if about_us.is_empty() => None,
        false => Some(Heard::Yes),
    }
}

/// The level that a directive gives to all of Hearth, or off when it takes it from a part; inside none when it is about others.
fn level_for_us(directive: &str) -> Option<Option<LevelFilter>> {
    let Some((target, level)) = directive.rsplit_once('=') else {
        return match directive {
            "" => None,
            OURS => Some(Some(LevelFilter::TRACE)),
            part if part.starts_with("hearth::") => Some(None),
            word => word.parse().ok().map(Some),
        };
    };
    // Nothing at all would be read as error.
    let level: LevelFilter = Some(level).filter(|it| !it.is_empty())?.parse().ok()?;
    let is_a_part = target.starts_with("hearth::") || target.starts_with("hearth[");
    match target {
        "" => None,
        OURS => Some(Some(level)),
        _ if is_a_part && level == LevelFilter::OFF => Some(Some(level)),
        _ => Some(None),
    }
}
