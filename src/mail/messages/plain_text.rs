//! Plain text as mail programs show it best: short lines, single blank lines.

/// RFC 3676 section 4.2 asks for lines of 78 characters or fewer; two are left for a mark of quotation.
const WIDTH: usize = 76;

/// The text on one line: a header has no second.
pub(super) fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The text in short lines; the lines after the first of an item of a list are indented. What has no spaces, such
/// as a link, stays whole.
pub(super) fn wrapped(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 64);
    let mut blank = true;
    for line in text.lines().map(str::trim_end) {
        if line.is_empty() {
            blank = true;
            continue;
        }
        if blank && !out.is_empty() {
            out.push('\n');
        }
        blank = false;
        wrap_line(line, &mut out);
    }
    out
}

fn wrap_line(line: &str, out: &mut String) {
    let body = line.trim_start();
    let mut indent = line.chars().count() - body.chars().count();
    out.push_str(&" ".repeat(indent));
    let mut width = indent;
    if body.starts_with("- ") {
        indent += 2;
    }
    for (place, word) in body.split_whitespace().enumerate() {
        let length = word.chars().count();
        if place > 0 && width + 1 + length > WIDTH {
            out.push('\n');
            out.push_str(&" ".repeat(indent));
            width = indent;
        } else if place > 0 {
            out.push(' ');
            width += 1;
        }
        out.push_str(word);
        width += length;
    }
    out.push('\n');
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn items_of_a_list_hang_and_blank_lines_are_single() {
        let long =
            "- an item which is so long that it does not fit on one line of seventy-six characters";
        assert_eq!(
            wrapped(&format!("\n\nA\n\n\n\n{long}\nB\n\n")),
            "A\n\n- an item which is so long that it does not fit on one line of seventy-six\n  characters\nB\n"
        );
    }

    proptest! {
        #[test]
        fn no_word_is_lost_and_no_line_is_long(text in "[a-z \n-]{0,400}") {
            let out = wrapped(&text);
            let words: Vec<_> = text.split_whitespace().collect();
            prop_assert_eq!(out.split_whitespace().collect::<Vec<_>>(), words);
            prop_assert!(out.lines().all(|line| line.chars().count() <= WIDTH || !line.trim_start().contains(' ')));
        }
    }
}
