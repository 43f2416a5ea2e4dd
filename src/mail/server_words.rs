//! What a mail server says, for a person to read.

/// As much of an answer as helps.
const ANSWER_LENGTH: usize = 400;

/// The server's words on one line, short, and without the addresses that servers like to repeat.
pub(super) fn without_addresses(words: &str) -> String {
    let kept: Vec<&str> = words
        .split_whitespace()
        .map(|word| {
            if word.contains('@') || word.contains("%40") {
                "(address)"
            } else {
                word
            }
        })
        .collect();
    kept.join(" ").chars().take(ANSWER_LENGTH).collect()
}

/// The code with which an answer begins, such as `550 5.7.23`; where there is none, that it has none.
pub(super) fn code(words: &str) -> String {
    let is_code = |word: &&str| {
        word.chars()
            .all(|sign| sign.is_ascii_digit() || sign == '.')
    };
    let code: Vec<&str> = words.split([' ', '-']).take_while(is_code).collect();
    match code.is_empty() {
        true => "no code".to_owned(),
        false => code.join(" "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_log_has_the_code_alone() {
        assert_eq!(
            code("550 5.7.23 SPF fail for mailbox sam of domain x"),
            "550 5.7.23"
        );
        assert_eq!(code("550-5.1.1 sam"), "550 5.1.1");
        assert_eq!(code("connection refused by 10.0.0.1"), "no code");
        assert_eq!(
            without_addresses("see http://spf?id=sam%40example.org now"),
            "see (address) now"
        );
    }

    #[test]
    fn what_servers_say_is_kept_short_and_without_addresses() {
        let said =
            without_addresses("550 5.1.1 <sam@example.org>:\r\n Recipient  address rejected");
        assert_eq!(said, "550 5.1.1 (address) Recipient address rejected");
        assert_eq!(
            without_addresses(&"é".repeat(1000)).chars().count(),
            ANSWER_LENGTH
        );
    }
}
