//! How many pages a second one core serves, and what each takes of the processor, for 2,000 and for 200,000 children, beside a
//! bare actix-web server that sends the same number of bytes; and how many outcomes are recorded. `cargo bench --bench pages`;
//! `-- 20000` for other sizes, `-- child` for the pages whose name has that word.

#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "bench/cores.rs"]
mod cores;
#[path = "bench/load.rs"]
mod load;
#[path = "bench/scene.rs"]
mod scene;
#[path = "bench/service.rs"]
mod service;

use std::path::Path;
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
        "| children | page | requests/s | bytes | CPU µs | bare server's CPU µs | requests/bare | bare/CPU | to {} children |",
        sizes[0]
    );
    println!("|---|---|---|---|---|---|---|---|---|");
    let mut first = Vec::new();
    for size in sizes {
        let scene = scene::of(size);
        let medians = measure(&scene, &words);
        if first.is_empty() {
            first = medians.iter().map(|it| it.page.cpu_us).collect();
        }
        for (PageAndBare { name, page, bare }, first) in medians.iter().zip(&first) {
            println!(
                "| {size} | {name} | {:.0} | {} | {:.0} | {:.1} | {:.3} | {:.3} | {:.2} |",
                page.per_second,
                page.body_bytes,
                page.cpu_us,
                bare.cpu_us,
                page.per_second / bare.per_second,
                bare.cpu_us / page.cpu_us,
                first / page.cpu_us
            );
        }
    }
}

/// What a page took, and a bare server's answer of the same length.
struct PageAndBare {
    name: &'static str,
    page: load::Measured,
    bare: load::Measured,
}

/// The median of some rounds for each page that has one of the words (all, without words), and for the bare server with as many bytes.
fn measure(scene: &Scene, words: &[&String]) -> Vec<PageAndBare> {
    let running = service::hearth(app(&scene.file));
    cores::stay_on(cores::LOAD);
    let officer = load::Target::as_a_browser(running.address, &scene.cookie);
    let mut medians = Vec::new();
    let is_wanted =
        |name: &str| words.is_empty() || words.iter().any(|word| name.contains(word.as_str()));
    for asked in pages(scene).into_iter().filter(|it| is_wanted(it.name)) {
        let warm = load::run(&officer, &asked.paths, Duration::from_millis(500));
        let bare = bare(warm.body_bytes);
        let one = ["/".to_owned()];
        let (mut with, mut without) = (Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            with.push(load::run(&officer, &asked.paths, LASTING));
            without.push(load::run(&bare.1, &one, LASTING));
        }
        medians.push(PageAndBare {
            name: asked.name,
            page: median(with),
            bare: median(without),
        });
    }
    drop(running);
    if is_wanted("recording an outcome") {
        medians.push(outcomes(scene));
    }
    medians
}

/// A bare server that answers with so many bytes, and how to ask it.
fn bare(bytes: usize) -> (service::Running, load::Target) {
    let running = service::bare(bytes);
    let target = load::Target {
        address: running.address,
        cookie: String::new(),
    };
    (running, target)
}

/// Outcomes of home visits, each of another check, recorded on a copy of the register.
fn outcomes(scene: &Scene) -> PageAndBare {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a folder");
    let file = folder.path().join("register.db");
    std::fs::copy(&scene.file, &file).expect("a copy");
    let running = service::hearth(app(&file));
    let officer = load::Target::as_a_browser(running.address, &scene.cookie);
    let form = format!("/checks/{}/outcomes/new", scene.checks[0]);
    let (_, page) = officer.ask(&officer.get(&form), 200);
    let token = page.split("name=\"csrf\" value=\"").nth(1);
    let token = token
        .and_then(|rest| rest.split('"').next())
        .expect("a token");
    let requests: Vec<Vec<u8>> = scene
        .checks
        .iter()
        .enumerate()
        .map(|(number, check)| {
            let body = format!(
                "csrf={token}&form_key=bench-{number}&result=child_seen&day-day=23&day-month=11&day-year=2026\
                 &mode=home_visit&place=At+home&present=Sam+and+the+child&spoken_alone=accepted&home_seen=yes\
                 &judgement=suitable&note=Work+samples+seen%3B+plan+for+the+year+discussed."
            );
            officer.post(&format!("/checks/{check}/outcomes"), &body)
        })
        .collect();
    let bare = bare(0);
    let rounds = requests.chunks(requests.len().div_ceil(ROUNDS));
    PageAndBare {
        name: "recording an outcome",
        page: median(
            rounds
                .map(|some| load::send_all(&officer, some, 303))
                .collect(),
        ),
        bare: load::run(&bare.1, &["/".to_owned()], LASTING),
    }
}

fn median(mut rounds: Vec<load::Measured>) -> load::Measured {
    rounds.sort_by(|a, b| a.per_second.total_cmp(&b.per_second));
    rounds[rounds.len() / 2]
}

fn app(register: &Path) -> App {
    let url = format!("sqlite:{}", register.display());
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
