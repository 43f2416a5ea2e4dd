//! Letters that were lost or broken before a list came here. They are named with the way to save the list again, and never
//! mended in silence: what they were can only be guessed.

use super::code_page::CodePage;

/// What the words were, if letters of them were saved as UTF-8 and read by another table ("SiÃ¢n", "Si├ón").
pub(super) fn meant(words: &str) -> Option<String> {
    if words.is_ascii() {
        return None;
    }
    CodePage::ALL
        .iter()
        .find_map(|page| read_again(words, *page))
}

/// The words with each run of letters beyond English written by a table and read as UTF-8. Names never look so: the first
/// letter of such a run would be one of "Ã", "Â" and the like, and the next one no letter at all.
fn read_again(words: &str, page: CodePage) -> Option<String> {
    let mut again = String::with_capacity(words.len());
    let mut has_changed = false;
    let mut rest = words;
    while let Some(from) = rest.find(|letter: char| !letter.is_ascii()) {
        let (plain, beyond) = rest.split_at_checked(from)?;
        let to = beyond
            .find(|letter: char| letter.is_ascii())
            .unwrap_or(beyond.len());
        let (run, after) = beyond.split_at_checked(to)?;
        again.push_str(plain);
        let bytes = page.written(run);
        match bytes.and_then(|bytes| String::from_utf8(bytes).ok()) {
            Some(meant) => {
                again.push_str(&meant);
                has_changed = true;
            }
            None => again.push_str(run),
        }
        rest = after;
    }
    again.push_str(rest);
    has_changed.then_some(again)
}

/// Whether a letter was replaced because the table in which the list was saved had none for it: by U+FFFD, or by a
/// question mark within a word. Outside names and addresses people put question marks themselves.
pub(super) fn has_lost_letter(words: &str, is_name_or_address: bool) -> bool {
    if words.contains('\u{fffd}') {
        return true;
    }
    if !is_name_or_address || !words.contains('?') {
        return false;
    }
    let letters: Vec<char> = words.chars().collect();
    let is_letter = |place: Option<usize>| {
        place
            .and_then(|place| letters.get(place))
            .is_some_and(|letter| letter.is_alphabetic())
    };
    let mut marks = letters
        .iter()
        .enumerate()
        .filter(|(_, letter)| **letter == '?');
    marks.any(|(place, _)| is_letter(place.checked_sub(1)) || is_letter(Some(place + 1)))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    #[test]
    fn sees_what_was_read_by_the_wrong_table() {
        for (broken, was) in [
            ("SiÃ¢n", "Siân"),
            ("MÃ¼ller-ÅukasÃk", "M\u{fc}ller-ÅukasÃk"),
            ("Oâ€™Brien", "O’Brien"),
            ("Si├ón", "Siân"),
            ("Si√¢n", "Siân"),
            ("Â£20", "£20"),
        ] {
            assert_eq!(meant(broken).as_deref(), Some(was), "{broken}");
        }
        for whole in [
            "Siân",
            "RENÉ",
            "Zoë Müller",
            "O’Brien",
            "Ángel",
            "ÃO",
            "Łukasik",
            "李",
            "½ Mill Lane",
            "São",
        ] {
            assert_eq!(meant(whole), None, "{whole}");
        }
    }

    #[test]
    fn sees_what_was_lost() {
        assert!(has_lost_letter("Zo\u{fffd}", false));
        assert!(has_lost_letter("Zo?", true) && has_lost_letter("M?ller", true));
        assert!(!has_lost_letter("Really?", false) && !has_lost_letter("?", true));
    }
}
