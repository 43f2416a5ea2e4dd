//! Holds the hot queries to their indexes: a list or search that is quick with ten children can be slow with 200,000,
//! and the plan says so before anybody waits.

use std::sync::{Arc, Mutex};

use diesel::connection::{Connection, InstrumentationEvent};
use diesel::prelude::*;
use diesel::sql_types::Text;

use crate::access::Viewer;
use crate::db::Result;
use crate::on_each;
use crate::register::counts::Counts;
use crate::register::list::{self, Listing, OfficerFilter, Sort, StatusFilter};
use crate::register::out_of_sight::{self, SightFilter, Worry};
use crate::register::testing::{World, day, world};
use crate::register::{address, child, episode, person, registration, search};
use crate::rules::calendar::Calendar;
use crate::rules::codes::ChildStatus;
use crate::rules::policy::{Policy, defaults};
use crate::rules::tier::Tier;
use crate::rules::verification::VerifiedSince;

#[derive(QueryableByName)]
struct Step {
    #[diesel(sql_type = Text)]
    detail: String,
}

/// SQLite's plans of all queries that `f` asks, one line a step.
fn plans<T>(world: &World, f: impl Fn(&mut crate::db::Conn) -> Result<T>) -> Vec<String> {
    let asked = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&asked);
    world.run(|conn| {
        let log = Arc::clone(&log);
        conn.set_instrumentation(move |event: InstrumentationEvent<'_>| {
            if let InstrumentationEvent::StartQuery { query, .. } = event {
                log.lock().unwrap().push(query.to_string());
            }
        });
        f(conn)
    });
    let asked = std::mem::take(&mut *asked.lock().unwrap());
    let selects = asked
        .iter()
        .filter_map(|sql| sql.split(" -- binds").next())
        .filter(|sql| sql.starts_with("SELECT"));
    selects.flat_map(|sql| plan(world, sql)).collect()
}

fn plan(world: &World, sql: &str) -> Vec<String> {
    let steps = world.run(|conn| {
        let explain = diesel::sql_query(format!("EXPLAIN QUERY PLAN {sql}"));
        Ok(on_each!(conn, |inner| explain.load::<Step>(inner))?)
    });
    steps.into_iter().map(|step| step.detail).collect()
}

#[test]
fn a_page_of_the_list_is_read_from_its_index_alone_and_in_its_order() {
    let world = world();
    world.add("Ada", "Moss", day(2015, 4, 3));
    let mine = OfficerFilter::One(world.officer.account().unwrap());
    let listings = [
        Listing::default(),
        Listing {
            sort: Sort::Name,
            ..Listing::default()
        },
        Listing {
            status: StatusFilter::Any,
            ..Listing::default()
        },
        Listing {
            status: StatusFilter::Only(ChildStatus::Notified),
            officer: mine,
            ..Listing::default()
        },
        Listing {
            tier: Some(Tier::Red),
            officer: OfficerFilter::Nobody,
            sort: Sort::Name,
            ..Listing::default()
        },
        Listing {
            due_before: Some(day(2027, 1, 1)),
            ..Listing::default()
        },
    ];
    for (listing, viewer) in listings
        .iter()
        .flat_map(|listing| [(listing, &world.officer), (listing, &world.manager)])
    {
        let index = match listing.sort {
            Sort::NextCheck => "child_list_due",
            Sort::Name => "child_list_name",
        };
        let page =
            |conn: &mut crate::db::Conn| list::page(conn, viewer, &Counts::default(), 0, listing);
        let steps = plans(&world, page);
        let of_children = || steps.iter().filter(|step| step.contains(" child "));
        assert!(
            of_children().any(|step| step.contains(&format!("USING COVERING INDEX {index} "))),
            "{listing:?}: {steps:?}"
        );
        assert!(
            of_children().all(|step| step.contains("USING COVERING INDEX")),
            "{listing:?}: {steps:?}"
        );
        assert!(
            !steps
                .iter()
                .any(|step| step.contains("TEMP B-TREE") || step.contains("SCAN")),
            "{listing:?}: {steps:?}"
        );
    }
}

#[test]
fn who_may_be_lost_from_sight_is_counted_along_an_index_alone() {
    let world = world();
    let today = day(2026, 11, 23);
    let policy = Policy::at(&defaults(), "990", today);
    let since = VerifiedSince::by(&policy, &Calendar::england(), today);
    let mine = world.officer.account();
    for (worry, index) in [
        (Worry::NeverSeen, "child_seen"),
        (Worry::SeenNotRecorded, "child_seen"),
        (Worry::NotSeenSince(today), "child_seen"),
        (Worry::Unverified(since), "child_list_"),
        (Worry::Lost, "child_lost"),
        (Worry::Resting(today), "child_list_"),
    ] {
        for (officer, viewer) in [(None, &world.manager), (mine, &world.officer)] {
            let asked = SightFilter { worry, officer };
            let steps = plans(&world, |conn| out_of_sight::count(conn, viewer, &asked));
            let along = format!("SEARCH child USING COVERING INDEX {index}");
            assert!(
                steps.iter().any(|step| step.starts_with(&along)),
                "{worry:?}: {steps:#?}"
            );
            assert!(
                !steps.iter().any(|step| step.contains("SCAN")),
                "{worry:?}: {steps:#?}"
            );
            let page = plans(&world, |conn| {
                out_of_sight::page(conn, viewer, &Counts::default(), 0, &asked, 1)
            });
            assert!(
                !page.iter().any(|step| step.contains("TEMP B-TREE")),
                "{worry:?}: {page:#?}"
            );
        }
    }
}

#[test]
fn what_is_held_about_one_child_is_found_from_that_child() {
    let world = world();
    let (ada, reference) = world.add("Ada", "Moss", day(2015, 4, 3));
    for viewer in [&world.officer, &world.manager] {
        let steps = plans(&world, |conn| {
            child::find(conn, viewer, &reference)?;
            address::history(conn, ada)?;
            person::parents_of(conn, viewer, ada)?;
            person::siblings_of(conn, viewer, ada)?;
            episode::of_child(conn, viewer, ada)?;
            registration::of_child(conn, ada)
        });
        let of_others = ["(authority_id=?", "SCAN"];
        assert!(
            steps.len() > 8
                && !steps
                    .iter()
                    .any(|step| of_others.iter().any(|sign| step.contains(sign))),
            "{steps:#?}"
        );
    }
}

#[test]
fn a_name_is_searched_along_the_index_of_words() {
    let world = world();
    let asked =
        |viewer: &Viewer, typed: &str| plans(&world, |conn| search::search(conn, viewer, typed));
    for viewer in [&world.officer, &world.manager] {
        for typed in ["smith", "anne smith", "zz anne smith"] {
            let steps = asked(viewer, typed);
            let along_words = steps
                .iter()
                .position(|step| step.starts_with("SEARCH name_token USING PRIMARY KEY"));
            let then_children = steps
                .iter()
                .position(|step| step == "SEARCH child USING INTEGER PRIMARY KEY (rowid=?)");
            assert!(
                along_words.is_some() && along_words < then_children,
                "{typed}: {steps:?}"
            );
            assert!(
                !steps
                    .iter()
                    .any(|step| step.contains("TEMP B-TREE") || step.contains("SCAN")),
                "{typed}: {steps:?}"
            );
        }
    }
}

#[test]
fn numbers_and_days_are_searched_along_their_indexes() {
    let world = world();
    for (typed, index) in [
        ("B801200005001", "child_upn"),
        ("999 000 0018", "child_nhs_number"),
        ("M1 1AE", "child_postcode"),
        ("M1", "child_postcode"),
        ("3/4/2015", "child_born"),
        ("C-7K4M-2QXD", "sqlite_autoindex_child_1"),
    ] {
        let steps = plans(&world, |conn| search::search(conn, &world.officer, typed));
        assert!(
            steps
                .iter()
                .any(|step| step.contains("child_other_reference")),
            "{typed}: {steps:?}"
        );
        assert!(
            steps
                .iter()
                .any(|step| step.contains(&format!("INDEX {index} "))),
            "{typed}: {steps:?}"
        );
    }
}
