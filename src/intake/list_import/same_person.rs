//! Whether two rows are about one person.

/// Whether two children who share a number can be one: the name or the date of birth is the same. (A name is corrected
/// or changed, a day is mistyped; both at once is another child.)
pub(super) fn is_same_person(one: &str, other: &str) -> bool {
    let parts = |key: &str| {
        key.rsplit_once('|')
            .map(|(name, day)| (name.to_owned(), day.to_owned()))
    };
    match (parts(one), parts(other)) {
        (Some((name, day)), Some((other_name, other_day))) => {
            name == other_name || day == other_day
        }
        _ => one == other,
    }
}
