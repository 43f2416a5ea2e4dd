//! Values that were written for a shell or a file and arrived as they were written: nobody means the quotation marks of an
//! environment file, or a variable that nothing put in.

/// Settings in which a dollar and a bracket may be part of a password.
const MAY_HOLD_SIGNS: &[&str] = &["HEARTH_SECRET"];

/// Why this value was not meant as it stands, if so. Its words do not repeat the value: it may be a secret.
pub(super) fn slip(name: &str, value: &str) -> Option<&'static str> {
    let quoted = |mark: char| value.len() > 1 && value.starts_with(mark) && value.ends_with(mark);
    if quoted('"') || quoted('\'') {
        return Some("take away the quotation marks around its value");
    }
    if value != value.trim() {
        return Some("take away the space before or after its value");
    }
    if value.contains(char::is_control) {
        return Some("take away the end of line or other control character in its value");
    }
    if is_unexpanded(name, value) {
        return Some("its value holds a variable or a command that no shell has put in");
    }
    if value.starts_with("~/") || value.contains(":~/") {
        return Some("write the folder out: no shell has put it in for the ~");
    }
    None
}

fn is_unexpanded(name: &str, value: &str) -> bool {
    let signs = ["${", "$("];
    match MAY_HOLD_SIGNS.contains(&name) {
        true => signs.iter().any(|sign| value.starts_with(sign)),
        false => signs.iter().any(|sign| value.contains(sign)),
    }
}
