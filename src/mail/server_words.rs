//! What a mail server says, for a person to read.

/// As much of an answer as helps.
const ANSWER_LENGTH: usize = 400;

/// The server's words on one line, short, and without the addresses that servers like to repeat.
pub(super) fn without_addresses(words: &str) -> String {
    let kept: Vec<&str> = words
        .split_whitespace()
        .map(|word| {
            if word.contains('@') {
                "(address)"
            } else {
                word
            }
        })
        .collect();
    kept.join(" ").chars().take(ANSWER_LENGTH).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

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
