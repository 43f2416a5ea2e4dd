//! The register as a list: filtered, sorted, counted, a page at a time.

use chrono::NaiveDate;

use super::counts::Counts;
use super::store;
pub use super::store::list::Line;
use crate::access::{AccountKey, Viewer};
use crate::db::{Conn, Result};
use crate::rules::codes::ChildStatus;
use crate::rules::tier::Tier;

/// Rows on a page.
pub const PAGE: i64 = 50;

/// What to list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Listing {
    pub status: StatusFilter,
    /// Only one officer's children, or those of nobody.
    pub officer: OfficerFilter,
    pub tier: Option<Tier>,
    /// Only those whose next check is due before this day.
    pub due_before: Option<NaiveDate>,
    pub sort: Sort,
    /// Which page, from 1; a page past the end gives the last one.
    pub page: i64,
}

/// Which records to list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum StatusFilter {
    /// All that are not closed.
    #[default]
    Open,
    Only(ChildStatus),
    Any,
}

/// Whose children to list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum OfficerFilter {
    #[default]
    Anybody,
    /// Those without an officer.
    Nobody,
    One(AccountKey),
}

/// In which order to list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Sort {
    /// By the day the next check is due, the earliest first.
    #[default]
    NextCheck,
    Name,
}

/// A page of the list.
#[derive(Clone, Debug)]
pub struct ListPage {
    pub lines: Vec<Line>,
    /// How many children the whole list has.
    pub total: i64,
    pub page: i64,
}

/// A stretch of a list that is one range of one index. A list is read stretch after stretch: open records before closed
/// ones, and those with a next check before those without (the databases disagree about where "no day" sorts).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stretch {
    /// Open or closed records.
    pub(super) open: bool,
    /// Only those with, or only those without, a next check.
    pub(super) dated: Option<bool>,
}

impl Listing {
    fn stretches(&self) -> Vec<Stretch> {
        let (open, closed) = match self.status {
            StatusFilter::Open => (true, false),
            StatusFilter::Only(status) => (status.is_open(), !status.is_open()),
            StatusFilter::Any => (true, true),
        };
        let dated: &[Option<bool>] = match (self.sort, self.due_before) {
            (_, Some(_)) => &[Some(true)],
            (Sort::NextCheck, None) => &[Some(true), Some(false)],
            (Sort::Name, None) => &[None],
        };
        let kinds = [(true, open), (false, closed)]
            .into_iter()
            .filter(|(_, wanted)| *wanted);
        kinds
            .flat_map(|(open, _)| {
                dated.iter().map(move |dated| Stretch {
                    open,
                    dated: *dated,
                })
            })
            .collect()
    }

    /// The question without what only says which part of the answer to show.
    fn whole(&self) -> Self {
        Self {
            page: 1,
            ..self.clone()
        }
    }
}

/// A page of the register as this viewer may see it. `revision` is the authority's at the start of the request.
pub fn page(
    conn: &mut Conn,
    viewer: &Viewer,
    counts: &Counts<Listing>,
    revision: i64,
    listing: &Listing,
) -> Result<ListPage> {
    let stretches = listing.stretches();
    let sizes = sizes(conn, viewer, counts, revision, listing, &stretches)?;
    let total: i64 = sizes.iter().sum();
    let last = (total + PAGE - 1) / PAGE;
    let page = listing.page.clamp(1, last.max(1));
    let lines = lines(
        conn,
        viewer,
        listing,
        stretches.iter().zip(sizes),
        (page - 1) * PAGE,
    )?;
    Ok(ListPage { lines, total, page })
}

/// How many children each stretch has, counted or remembered.
fn sizes(
    conn: &mut Conn,
    viewer: &Viewer,
    counts: &Counts<Listing>,
    revision: i64,
    listing: &Listing,
    stretches: &[Stretch],
) -> Result<Vec<i64>> {
    counts.of(viewer, revision, listing.whole(), || {
        stretches
            .iter()
            .map(|stretch| store::list::count(conn, viewer, listing, *stretch))
            .collect()
    })
}

/// The lines of one page, which nearly always lies within one stretch and is then one query.
fn lines<'a>(
    conn: &mut Conn,
    viewer: &Viewer,
    listing: &Listing,
    sized: impl Iterator<Item = (&'a Stretch, i64)>,
    mut skip: i64,
) -> Result<Vec<Line>> {
    let mut lines = Vec::new();
    let mut wanted = PAGE;
    for (stretch, size) in sized {
        if skip < size && wanted > 0 {
            let found = store::list::lines(
                conn,
                viewer,
                listing,
                *stretch,
                skip,
                wanted.min(size - skip),
            )?;
            wanted -= wanted.min(size - skip);
            lines.extend(found);
        }
        skip = (skip - size).max(0);
    }
    Ok(lines)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;
    use crate::register::testing::{World, day, new_child, particulars, world};
    use crate::register::{ChildKey, child};

    fn names(page: &ListPage) -> Vec<&str> {
        page.lines
            .iter()
            .map(|line| line.family_name.as_str())
            .collect()
    }

    fn listed(world: &World, viewer: &Viewer, listing: &Listing) -> ListPage {
        world.run(|conn| page(conn, viewer, &Counts::default(), 0, listing))
    }

    fn add(
        world: &World,
        family_name: &str,
        status: ChildStatus,
        due_on: Option<NaiveDate>,
    ) -> ChildKey {
        let mut new = new_child(particulars("Jo", family_name, day(2015, 4, 3)));
        new.status = status;
        let (key, _) = world.add_child(&new);
        world.run(|tx| child::set_next_check(tx, key, due_on));
        key
    }

    fn four_children() -> World {
        let world = world();
        add(&world, "Undated", ChildStatus::Notified, None);
        add(&world, "Late", ChildStatus::Active, Some(day(2026, 12, 24)));
        add(&world, "Early", ChildStatus::Active, Some(day(2026, 11, 1)));
        add(&world, "Closed", ChildStatus::Closed, None);
        world
    }

    #[test]
    fn earliest_check_first_no_check_after_and_closed_last() {
        let world = four_children();
        let any = Listing {
            status: StatusFilter::Any,
            ..Listing::default()
        };
        assert_eq!(
            names(&listed(&world, &world.officer, &any)),
            ["Early", "Late", "Undated", "Closed"]
        );
        let open = listed(&world, &world.officer, &Listing::default());
        assert_eq!(
            (names(&open), open.total, open.page),
            (vec!["Early", "Late", "Undated"], 3, 1)
        );
        let by_name = Listing {
            sort: Sort::Name,
            ..Listing::default()
        };
        assert_eq!(
            names(&listed(&world, &world.officer, &by_name)),
            ["Early", "Late", "Undated"]
        );
    }

    #[test]
    fn filters_narrow_the_list_and_its_count() {
        let world = four_children();
        let total = |listing: Listing| listed(&world, &world.officer, &listing).total;
        assert_eq!(
            total(Listing {
                due_before: Some(day(2026, 12, 1)),
                ..Listing::default()
            }),
            1
        );
        assert_eq!(
            total(Listing {
                status: StatusFilter::Only(ChildStatus::Notified),
                ..Listing::default()
            }),
            1
        );
        assert_eq!(
            total(Listing {
                status: StatusFilter::Only(ChildStatus::Closed),
                ..Listing::default()
            }),
            1
        );
        assert_eq!(
            total(Listing {
                tier: Some(Tier::Red),
                ..Listing::default()
            }),
            0
        );
        assert_eq!(
            total(Listing {
                officer: OfficerFilter::Nobody,
                ..Listing::default()
            }),
            3
        );
        let mine = OfficerFilter::One(world.officer.account().unwrap());
        assert_eq!(
            total(Listing {
                officer: mine,
                ..Listing::default()
            }),
            0
        );
    }

    #[test]
    fn pages_follow_each_other_and_the_last_one_answers_for_those_beyond() {
        let world = world();
        for n in 0..60 {
            let due_on = (n < 30).then(|| day(2026, 12, 1));
            add(&world, &format!("Name{n:02}"), ChildStatus::Active, due_on);
        }
        let page = |page| {
            listed(
                &world,
                &world.officer,
                &Listing {
                    page,
                    ..Listing::default()
                },
            )
        };
        let (first, second) = (page(1), page(2));
        assert_eq!((first.lines.len(), first.total, first.page), (50, 60, 1));
        assert_eq!((second.lines.len(), second.page), (10, 2));
        let all: Vec<&str> = names(&first).into_iter().chain(names(&second)).collect();
        assert_eq!(
            all,
            (0..60).map(|n| format!("Name{n:02}")).collect::<Vec<_>>()
        );
        assert_eq!((names(&page(99)), page(99).page), (names(&second), 2));
        assert_eq!(page(-7).page, 1);
    }

    #[test]
    fn an_empty_list_has_one_page() {
        let world = world();
        let page = listed(
            &world,
            &world.officer,
            &Listing {
                page: 3,
                ..Listing::default()
            },
        );
        assert_eq!((page.total, page.page, page.lines.len()), (0, 1, 0));
    }

    #[test]
    fn restricted_children_and_other_authorities_are_not_listed_nor_counted() {
        let world = world();
        let key = add(
            &world,
            "Hidden",
            ChildStatus::Active,
            Some(day(2026, 12, 1)),
        );
        world.restrict_to(&world.colleague, key);
        let total = |viewer: &Viewer| {
            let page = listed(&world, viewer, &Listing::default());
            assert_eq!(i64::try_from(page.lines.len()).unwrap(), page.total);
            page.total
        };
        assert_eq!(total(&world.colleague), 1);
        assert_eq!(total(&world.manager), 1);
        assert_eq!(total(&world.program), 1);
        assert_eq!(total(&world.officer), 0);
        assert_eq!(total(&world.parent), 0);
        assert_eq!(total(&world.administrator), 0);
        assert_eq!(total(&world.elsewhere), 0);
        world.make_parent(&world.parent, key);
        assert_eq!(total(&world.parent), 1);
    }

    #[test]
    fn a_count_is_remembered_until_the_revision_moves() {
        let world = four_children();
        let counts = Counts::default();
        let total = |revision| {
            world
                .run(|conn| page(conn, &world.officer, &counts, revision, &Listing::default()))
                .total
        };
        assert_eq!(total(1), 3);
        add(&world, "New", ChildStatus::Active, None);
        assert_eq!(total(1), 3);
        assert_eq!(total(2), 4);
    }
}
