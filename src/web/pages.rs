//! A long list, fifty at a time: which pages there are and how to reach them.

/// Where one is in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pages {
    current: usize,
    last: usize,
    size: usize,
    total: usize,
    address: String,
}

/// One place in the row of page numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// The page; none where pages are left out.
    pub number: Option<usize>,
    pub href: String,
    /// Whether the person is on it.
    pub current: bool,
}

impl Pages {
    /// Page `asked` (from 1; as typed into the address, so anything else is page 1) of `total` things, `size` at a time.
    /// `address`: that of the list with its filters, without `page`.
    pub fn new(asked: &str, size: usize, total: usize, address: &str) -> Self {
        let size = size.max(1);
        let last = total.div_ceil(size).max(1);
        let current = asked.trim().parse().unwrap_or(1).clamp(1, last);
        let joint = if address.contains('?') { '&' } else { '?' };
        Self {
            current,
            last,
            size,
            total,
            address: format!("{address}{joint}page="),
        }
    }

    /// How many things to leave out before this page.
    pub fn offset(&self) -> usize {
        (self.current - 1) * self.size
    }

    /// The number of the last page.
    pub fn last(&self) -> usize {
        self.last
    }

    /// "51 to 100 of 1,024"; "None" for an empty list.
    pub fn range(&self) -> String {
        if self.total == 0 {
            return "None".to_owned();
        }
        let to = (self.offset() + self.size).min(self.total);
        format!(
            "{} to {} of {}",
            with_commas(self.offset() + 1),
            with_commas(to),
            with_commas(self.total)
        )
    }

    fn href(&self, number: usize) -> String {
        format!("{}{number}", self.address)
    }

    /// The address of the page before.
    pub fn previous(&self) -> Option<String> {
        (self.current > 1).then(|| self.href(self.current - 1))
    }

    /// The address of the page after.
    pub fn next(&self) -> Option<String> {
        (self.current < self.last).then(|| self.href(self.current + 1))
    }

    /// First, last, and this page with its neighbours.
    pub fn steps(&self) -> Vec<Step> {
        let mut steps = Vec::with_capacity(7);
        let mut before = 0;
        for number in [
            1,
            self.current - 1,
            self.current,
            self.current + 1,
            self.last,
        ] {
            if number <= before || number > self.last {
                continue;
            }
            if number > before + 1 {
                steps.push(Step {
                    number: None,
                    href: String::new(),
                    current: false,
                });
            }
            steps.push(Step {
                number: Some(number),
                href: self.href(number),
                current: number == self.current,
            });
            before = number;
        }
        steps
    }
}

/// 1024 as "1,024".
pub fn with_commas(number: usize) -> String {
    let digits = number.to_string();
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    #[test]
    fn the_page_asked_for_always_exists() {
        for (asked, current) in [
            ("3", 3),
            ("0", 1),
            ("-1", 1),
            ("99", 21),
            ("", 1),
            ("two", 1),
            ("99999999999999999999", 1),
        ] {
            assert_eq!(
                Pages::new(asked, 50, 1_024, "/register").current,
                current,
                "{asked}"
            );
        }
        let empty = Pages::new("4", 50, 0, "/register");
        assert_eq!(
            (empty.offset(), empty.last(), empty.range().as_str()),
            (0, 1, "None")
        );
    }

    #[test]
    fn steps_leave_out_what_is_far() {
        let steps = |asked: &str, total| {
            Pages::new(asked, 1, total, "/")
                .steps()
                .iter()
                .map(|step| step.number)
                .collect::<Vec<_>>()
        };
        assert_eq!(steps("1", 1), [Some(1)]);
        assert_eq!(steps("2", 3), [Some(1), Some(2), Some(3)]);
        assert_eq!(
            steps("5", 9),
            [Some(1), None, Some(4), Some(5), Some(6), None, Some(9)]
        );
        assert_eq!(steps("9", 9), [Some(1), None, Some(8), Some(9)]);
    }

    #[test]
    fn addresses_keep_the_filters() {
        let pages = Pages::new("2", 50, 1_024, "/register?tier=red");
        assert_eq!(pages.next().unwrap(), "/register?tier=red&page=3");
        assert_eq!(pages.range(), "51 to 100 of 1,024");
        assert_eq!(with_commas(1_234_567), "1,234,567");
    }
}
