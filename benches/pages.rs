//! How many pages a second one core serves, for 2,000 and for 200,000 children, beside a bare actix-web server that sends
//! the same number of bytes. `cargo bench --bench pages`; `-- 20000` for other sizes, `-- child`
//! for the pages whose name has that word.

#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "bench/cores.rs"]
mod cores;
#[path = "bench/load.rs"]
mod load;
#[path = "bench/scene.rs"]
mod scene;
#[path = "bench/service.rs"]
mod service;

use std::time::Duration;

use hearth::clock::Clock;
use hearth::config::Config;
use hearth::db::Db;
use hearth::web::app::App;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use scene::Scene;

/// The allocator of the program itself.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// One measurement.
const LASTING: Duration = Duration::from_secs(3);
/// Rounds; the median counts, because machines are noisy.
const ROUNDS: usize = 3;

/// A page to be measured.
struct MeasuredPage {
    name: &'static str,
    paths: Vec<String>,
}

fn main() {
    let asked_for: Vec<String> = std::env::args()
        .skip(1)
        .filter(|argument| !argument.starts_with('-'))
        .collect();
    let mut sizes: Vec<usize> = asked_for.iter().filter_map(|it| it.parse().ok()).collect();
    let words: Vec<&String> = asked_for
        .iter()
        .filter(|it| it.parse::<usize>().is_err())
        .collect();
    if sizes.is_empty() {
        sizes = vec![2_000, 200_000];
    }
    println!(
        "| children | page | requests/s | bytes | bare server/s | ratio to bare | ratio to {} children |",
        sizes[0]
    );
    println!("|---|---|---|---|---|---|---|");
    let mut first = Vec::new();
    for size in sizes {
        let scene = scene::of(size);
        let medians = measure(&scene, &words);
        if first.is_empty() {
            first = medians.iter().map(|(_, page, _)| page.per_second).collect();
        }
        for ((name, page, bare), first) in medians.iter().zip(&first) {
            println!(
                "| {size} | {name} | {:.0} | {} | {:.0} | {:.3} | {:.2} |",
                page.per_second,
                page.body_bytes,
                bare.per_second,
                page.per_second / bare.per_second,
                page.per_second / first
            );
        }
    }
}

/// The median of some rounds for each page that has one of the words (all, without words), and for the bare server with as many bytes.
fn measure(
    scene: &Scene,
    words: &[&String],
) -> Vec<(&'static str, load::Measured, load::Measured)> {
    let running = service::hearth(app(scene));
    cores::stay_on(cores::LOAD);
    let mut medians = Vec::new();
    let is_wanted = |page: &MeasuredPage| {
        words.is_empty() || words.iter().any(|word| page.name.contains(*word))
    };
    for asked in pages(scene).into_iter().filter(is_wanted) {
        let ask = |lasting| load::run(running.address, &scene.cookie, &asked.paths, lasting);
        let warm = ask(Duration::from_millis(500));
        let bare = service::bare(warm.body_bytes);
        let one = ["/".to_owned()];
        let (mut with, mut without) = (Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            with.push(ask(LASTING));
            without.push(load::run(bare.address, "", &one, LASTING));
        }
        medians.push((asked.name, median(with), median(without)));
    }
    medians
}

fn median(mut rounds: Vec<load::Measured>) -> load::Measured {
    rounds.sort_by(|a, b| a.per_second.total_cmp(&b.per_second));
    rounds[rounds.len() / 2]
}

fn app(scene: &Scene) -> App {
    let url = format!("sqlite:{}", scene.file.display());
    let settings = [
        ("HEARTH_DATABASE_URL", url.as_str()),
        ("HEARTH_WORKERS", "1"),
    ];
    let config =
        Config::from_vars(settings.map(|(n, v)| (n.to_owned(), v.to_owned()))).expect("settings");
    App::new(
        Db::open(&url, 4).expect("the database"),
        Clock::stepped(scene::now()),
        config,
    )
}

fn pages(scene: &Scene) -> Vec<MeasuredPage> {
    let last = (scene.children * 3 / 100).div_ceil(50).clamp(1, 10);
    let list = (0..40)
        .map(|n| {
            format!(
                "/children?status=active&sort=next_check&page={}",
                1 + n % last
            )
        })
        .collect();
    let search = scene
        .names
        .iter()
        .map(|name| format!("/search?q={}", utf8_percent_encode(name, NON_ALPHANUMERIC)))
        .collect();
    let child = scene
        .references
        .iter()
        .map(|reference| format!("/children/{reference}"))
        .collect();
    vec![
        MeasuredPage {
            name: "register list",
            paths: list,
        },
        MeasuredPage {
            name: "name search",
            paths: search,
        },
        MeasuredPage {
            name: "child page",
            paths: child,
        },
    ]
}
