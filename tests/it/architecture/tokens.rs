//! Rust cut into words and marks, as far as paths need it: comments, texts and numbers with their points are passed over.

/// The words and marks of some source; `::` is one mark.
pub fn tokens(source: &str) -> Vec<String> {
    let chars: Vec<char> = source.chars().collect();
    let mut found = Vec::new();
    let mut at = 0;
    while at < chars.len() {
        let rest = &chars[at..];
        at += match rest {
            ['/', '/', ..] => count(rest, |c| c != '\n'),
            ['/', '*', ..] => comment(rest),
            ['"', ..] => text(rest),
            ['\'', ..] => character_or_lifetime(rest),
            [':', ':', ..] => {
                found.push("::".to_owned());
                2
            }
            [c, ..] if is_word(*c) => {
                let length = count(rest, is_word);
                let word: String = rest[..length].iter().collect();
                let raw = raw_text(&rest[length..]);
                match (word.as_str(), raw) {
                    ("r" | "br" | "cr", Some(raw)) => length + raw,
                    ("b" | "c", _) if rest.get(length) == Some(&'"') => length,
                    _ => {
                        found.push(word);
                        length
                    }
                }
            }
            [c, ..] => {
                if !c.is_whitespace() {
                    found.push(c.to_string());
                }
                1
            }
            [] => 1,
        };
    }
    found
}

/// What is left without the items under `#[cfg(test)]`.
pub fn without_tests(tokens: &[String]) -> Vec<String> {
    let mut left = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        if starts(&tokens[at..], &["#", "[", "cfg", "(", "test", ")", "]"]) {
            at += 7;
            while starts(&tokens[at..], &["#"]) {
                at += 1 + group(&tokens[at + 1..]);
            }
            at += item(&tokens[at..]);
        } else {
            left.push(tokens[at].clone());
            at += 1;
        }
    }
    left
}

pub fn starts(tokens: &[String], with: &[&str]) -> bool {
    tokens.len() >= with.len() && tokens.iter().zip(with).all(|(token, with)| token == with)
}

/// The length of an item: up to its semicolon, or to the end of its braces.
fn item(tokens: &[String]) -> usize {
    let mut at = 0;
    while at < tokens.len() {
        match tokens[at].as_str() {
            ";" => return at + 1,
            "{" => return at + group(&tokens[at..]),
            "(" | "[" => at += group(&tokens[at..]),
            _ => at += 1,
        }
    }
    at
}

/// The length of what stands in brackets, with them.
fn group(tokens: &[String]) -> usize {
    let mut depth = 0;
    for (at, token) in tokens.iter().enumerate() {
        match token.as_str() {
            "(" | "[" | "{" => depth += 1,
            ")" | "]" | "}" => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return at + 1;
        }
    }
    tokens.len()
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

fn count(chars: &[char], is: impl Fn(char) -> bool) -> usize {
    chars.iter().take_while(|c| is(**c)).count()
}

fn comment(chars: &[char]) -> usize {
    let (mut at, mut depth) = (2, 1);
    while depth > 0 && at < chars.len() {
        match &chars[at..] {
            ['/', '*', ..] => (at, depth) = (at + 2, depth + 1),
            ['*', '/', ..] => (at, depth) = (at + 2, depth - 1),
            _ => at += 1,
        }
    }
    at
}

fn text(chars: &[char]) -> usize {
    let mut at = 1;
    while at < chars.len() && chars[at] != '"' {
        at += if chars[at] == '\\' { 2 } else { 1 };
    }
    at + 1
}

/// The length of `"…"`, `#"…"#` and so on, as they follow an `r`.
fn raw_text(chars: &[char]) -> Option<usize> {
    let hashes = count(chars, |c| c == '#');
    if chars.get(hashes) != Some(&'"') {
        return None;
    }
    let mut at = hashes + 1;
    while at < chars.len() {
        if chars[at] == '"' && count(&chars[at + 1..], |c| c == '#') >= hashes {
            return Some(at + 1 + hashes);
        }
        at += 1;
    }
    Some(at)
}

fn character_or_lifetime(chars: &[char]) -> usize {
    match chars {
        ['\'', '\\', ..] => 4 + count(&chars[3..], |c| c != '\''),
        ['\'', _, '\'', ..] => 3,
        _ => 1 + count(&chars[1..], is_word),
    }
}
