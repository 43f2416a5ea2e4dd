//! A page or a mail as a person reads it: decoded, without tags, and with one space where any number of spaces and ends of
//! lines stand. A name is given away whether or not a tag, an entity or the end of a line cuts it in two, so a test that
//! something is not said has to look here and not at what is sent.

use mail_parser::{HeaderValue, Message, MessageParser, PartType};
use scraper::node::Node;
use scraper::{ElementRef, Html};

/// Elements that do not part the words around them.
const INLINE: &[&str] = &[
    "a", "abbr", "b", "bdi", "bdo", "cite", "code", "data", "del", "dfn", "em", "font", "i", "ins",
    "kbd", "label", "mark", "q", "s", "samp", "small", "span", "strong", "sub", "sup", "time",
    "tt", "u", "var", "wbr",
];

/// Characters without a width.
const UNSEEN: &[char] = &[
    '\u{ad}', '\u{200b}', '\u{200c}', '\u{200d}', '\u{2060}', '\u{feff}',
];

/// Whether these words stand anywhere in a page, in its text or in any attribute, be it shown, read out or only sent.
pub fn page_mentions(html: &str, words: &str) -> bool {
    readings(html)
        .iter()
        .any(|read| read.contains(&plain(words)))
}

/// A mail that has arrived.
pub struct Mail {
    /// The headers, each on a line of its own; beside each the text that mail programs make of it.
    headers: Vec<String>,
    /// The body of a mail program that shows plain text.
    pub text: String,
    /// The body of one that shows HTML.
    pub html: String,
    /// Where the links of the HTML lead to.
    links: Vec<String>,
    /// Everything there is in the HTML, shown or not.
    behind: Vec<String>,
    /// What is neither.
    attached: Vec<String>,
}

impl Mail {
    /// Reads a message as the mail server got it.
    pub fn of(raw: &str) -> Self {
        let message = MessageParser::default()
            .parse(raw.as_bytes())
            .expect("a mail");
        let mut mail = Self {
            headers: headers(&message),
            text: String::new(),
            html: String::new(),
            links: Vec::new(),
            behind: Vec::new(),
            attached: Vec::new(),
        };
        for part in &message.parts {
            match &part.body {
                PartType::Text(text) => mail.text.push_str(&plain(text)),
                PartType::Html(html) => {
                    mail.html.push_str(&shown(html));
                    mail.links.extend(links(html));
                    mail.behind.extend(readings(html));
                }
                PartType::Multipart(_) => {}
                other => mail.attached.push(plain(&format!("{other:?}"))),
            }
        }
        mail
    }

    /// Whether whoever gets it reads these words or comes to this address: by a header, or by the text and by the HTML, for
    /// nobody sees both.
    pub fn says(&self, words: &str) -> bool {
        let words = plain(words);
        let has = |lines: &[String]| lines.iter().any(|line| line.contains(&words));
        let in_html = || self.html.contains(&words) || has(&self.links);
        has(&self.headers) || (self.text.contains(&words) && in_html())
    }

    /// Whether these words stand anywhere in it.
    pub fn mentions(&self, words: &str) -> bool {
        let words = plain(words);
        let all = [&self.headers, &self.behind, &self.attached]
            .into_iter()
            .flatten();
        all.chain([&self.text, &self.html])
            .any(|read| read.contains(&words))
    }
}

impl std::fmt::Display for Mail {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "{}\n\n{}\n\n{}",
            self.headers.join("\n"),
            self.text,
            self.html
        )
    }
}

/// Each header as it came, and as a mail program decodes it.
fn headers(message: &Message<'_>) -> Vec<String> {
    let raw = message.headers_raw();
    let mut lines: Vec<String> = raw
        .map(|(name, value)| plain(&format!("{name}: {value}")))
        .collect();
    for header in message.headers() {
        let name = header.name.as_str();
        lines.extend(
            decoded(&header.value)
                .iter()
                .map(|value| plain(&format!("{name}: {value}"))),
        );
    }
    lines
}

fn decoded(value: &HeaderValue<'_>) -> Vec<String> {
    match value {
        HeaderValue::Text(text) => vec![text.to_string()],
        HeaderValue::TextList(texts) => texts.iter().map(ToString::to_string).collect(),
        HeaderValue::Address(addresses) => addresses
            .iter()
            .map(|to| {
                format!(
                    "{} {}",
                    to.name().unwrap_or_default(),
                    to.address().unwrap_or_default()
                )
            })
            .collect(),
        _ => Vec::new(),
    }
}

/// What a screen shows of some HTML.
fn shown(html: &str) -> String {
    let mut text = String::new();
    write_text(Html::parse_document(html).root_element(), false, &mut text);
    plain(&text)
}

fn links(html: &str) -> Vec<String> {
    let document = Html::parse_document(html);
    let elements = document.tree.values().filter_map(Node::as_element);
    elements
        .filter_map(|element| element.attr("href"))
        .map(str::to_owned)
        .collect()
}

/// Everything in some HTML, read twice: elements inside a line may stand close together, as tags in a word do, or apart, as
/// a style sheet may set them. All attributes and comments follow the text.
fn readings(html: &str) -> [String; 2] {
    let document = Html::parse_document(html);
    let mut behind = String::new();
    for node in document.tree.values() {
        let found: Vec<&str> = match node {
            Node::Element(element) => element.attrs().map(|(_, value)| value).collect(),
            Node::Comment(comment) => vec![&**comment],
            _ => Vec::new(),
        };
        for value in found {
            behind.push_str(" | ");
            behind.push_str(value);
        }
    }
    [false, true].map(|apart| {
        let mut text = String::new();
        write_text(document.root_element(), apart, &mut text);
        plain(&(text + &behind))
    })
}

fn write_text(element: ElementRef<'_>, apart: bool, text: &mut String) {
    let parts = apart || !INLINE.contains(&element.value().name());
    let part = |text: &mut String| {
        if parts {
            text.push(' ');
        }
    };
    part(text);
    for child in element.children() {
        match (child.value(), ElementRef::wrap(child)) {
            (Node::Text(words), _) => text.push_str(words),
            (_, Some(inner)) => write_text(inner, apart, text),
            _ => {}
        }
    }
    part(text);
}

fn plain(text: &str) -> String {
    let seen: String = text.chars().filter(|c| !UNSEEN.contains(c)).collect();
    seen.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_found_however_it_is_cut_in_two() {
        for html in [
            "<p>Ada Field</p>",
            "<p>Ada\r\n   Field</p>",
            "<p>Ada&nbsp;Fi&#101;ld</p>",
            "<p>A<b>d</b>a <span>Field</span></p>",
            "<p><span>Ada</span><span>Field</span></p>",
            "<p>Ada<br>Field</p>",
            "<p>Ada</p><p>Field</p>",
            "<p>A\u{ad}da Field</p>",
            "<title>Ada Field</title>",
            "<img alt='Ada\nField'>",
            "<abbr title='Ada Field'>AF</abbr>",
            "<input value='Ada Field'>",
            "<input type='hidden' value='Ada &#70;ield'>",
            "<input placeholder='Ada Field'>",
            "<a aria-label='Ada Field'>1</a>",
            "<textarea>Ada Field</textarea>",
            "<!-- Ada Field -->",
        ] {
            assert!(page_mentions(html, "Ada Field"), "{html}");
            assert!(page_mentions(html, "Ada  Field"), "{html}");
            assert!(!page_mentions(html, "Ben Field"), "{html}");
        }
        assert!(page_mentions("<p>the child&#8217;s</p>", "the child’s"));
        assert!(!page_mentions(
            "<p>Ada</p><p>and</p><p>Field</p>",
            "Ada Field"
        ));
    }

    /// A mail with these headers and two bodies in quoted-printable.
    fn mail(headers: &str, text: &str, html: &str) -> Mail {
        let part = |kind: &str, body: &str| {
            format!(
                "--part\r\nContent-Type: text/{kind}; charset=utf-8\r\n\
                 Content-Transfer-Encoding: quoted-printable\r\n\r\n{body}\r\n"
            )
        };
        Mail::of(&format!(
            "{headers}MIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary=part\r\n\r\n{}{}--part--\r\n",
            part("plain", text),
            part("html", html),
        ))
    }

    #[test]
    fn a_name_is_found_however_a_mail_carries_it() {
        let (quiet, none) = ("Two checks\r\n", "Subject: Checks\r\n");
        for (headers, text, html) in [
            (none, "Ada Fi=\r\neld\r\n", quiet),
            (none, "Ada\r\nField\r\n", quiet),
            (none, "Ada=20F=69eld\r\n", quiet),
            (none, quiet, "<p>A=\r\nda <b>Fi</b>eld</p>\r\n"),
            (none, quiet, "<p title=3D\"Ada Field\">Two checks</p>\r\n"),
            (none, quiet, "<p>&#65;da&nbsp;Field</p>\r\n"),
            ("Subject: Ada\r\n Field\r\n", quiet, quiet),
            ("Subject: =?utf-8?q?Ada_F=69eld?=\r\n", quiet, quiet),
            ("Subject: =?utf-8?b?QWRhIEZpZWxk?=\r\n", quiet, quiet),
            (
                "To: =?utf-8?b?QWRhIEZpZWxk?= <mother@example.com>\r\n",
                quiet,
                quiet,
            ),
            ("X-About: Ada Field\r\n", quiet, quiet),
        ] {
            let mail = mail(headers, text, html);
            assert!(mail.mentions("Ada Field"), "{headers}{text}{html}: {mail}");
            assert!(!mail.mentions("Ben Field"), "{mail}");
        }
        let encoded = "Subject: Checks\r\nContent-Type: text/plain; charset=utf-8\r\n\
             Content-Transfer-Encoding: base64\r\n\r\nQWRhIEZpZWxk\r\n";
        assert!(Mail::of(encoded).mentions("Ada Field"));
    }

    #[test]
    fn a_mail_says_what_either_kind_of_mail_program_shows() {
        let both = mail(
            "Subject: Ada\r\n",
            "It =\r\nlapsed\r\n",
            "<p>It <b>lapsed</b></p>\r\n",
        );
        assert!(both.says("It lapsed") && both.says("Ada"));
        assert!(!both.says("It rests"));
        let hidden = mail(
            "",
            "It lapsed\r\n",
            "<p title=3D\"It lapsed\">See there</p>\r\n",
        );
        assert!(!hidden.says("It lapsed") && hidden.mentions("It lapsed"));
    }
}
