//! Makes the stylesheet and embeds it: `npm ci` when needed, Sass, a name that carries a hash of the content.
//!
//! Everything written goes to `OUT_DIR`, but for `assets/node_modules`, which all builds of this checkout share.

use std::env;
use std::fmt::Write as _;
use std::fs::{self, File};
use std::hash::{DefaultHasher, Hasher};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Output};

const NODE_IS_MISSING: &str = "Hearth's stylesheet is built with Node: install Node.js 20 or newer with npm (https://nodejs.org) and build again.";

fn main() -> ExitCode {
    // Folders are left out: npm touches `assets/` itself, and the build would run again for nothing.
    for watched in [
        "build.rs",
        "assets/package.json",
        "assets/package-lock.json",
        "assets/app.scss",
        "assets/favicon.svg",
    ] {
        println!("cargo::rerun-if-changed={watched}");
    }
    match build() {
        Ok(()) => ExitCode::SUCCESS,
        Err(sentence) => {
            println!("cargo::error={sentence}");
            ExitCode::FAILURE
        }
    }
}

fn build() -> Result<(), String> {
    let root = PathBuf::from(
        env::var_os("CARGO_MANIFEST_DIR").ok_or("Cargo did not set CARGO_MANIFEST_DIR.")?,
    );
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or("Cargo did not set OUT_DIR.")?);
    let assets = root.join("assets");

    install_packages(&root, &assets, &out)?;
    let stylesheet = out.join("app.css");
    compile_stylesheet(&assets, &stylesheet, &out)?;
    let favicon = out.join("favicon.svg");
    fs::copy(assets.join("favicon.svg"), &favicon)
        .map_err(|e| format!("assets/favicon.svg could not be copied: {e}."))?;

    let mut code = String::new();
    for (constant, file, media_type) in [
        ("STYLESHEET", stylesheet, "text/css; charset=utf-8"),
        ("FAVICON", favicon, "image/svg+xml"),
    ] {
        embed(&mut code, constant, &file, media_type, &out)?;
    }
    fs::write(out.join("embedded.rs"), code)
        .map_err(|e| format!("The list of embedded files could not be written: {e}."))
}

/// `npm ci`, unless the packages are there and no older than the lock file.
fn install_packages(root: &Path, assets: &Path, out: &Path) -> Result<(), String> {
    // A debug and a release build may run at once; npm must not. Nobody else locks this file.
    let turn = File::open(root.join("build.rs"))
        .map_err(|e| format!("build.rs could not be opened: {e}."))?;
    turn.lock()
        .map_err(|e| format!("build.rs could not be locked: {e}."))?;

    let modified = |file: PathBuf| fs::metadata(file).and_then(|found| found.modified()).ok();
    let locked = modified(assets.join("package-lock.json"));
    // npm writes this file last, so an interrupted installation has none.
    let installed = modified(assets.join("node_modules/.package-lock.json"));
    if installed.is_some() && installed >= locked {
        return Ok(());
    }
    let npm = if cfg!(windows) { "npm.cmd" } else { "npm" };
    let mut install = Command::new(npm);
    install
        .args([
            "ci",
            "--ignore-scripts",
            "--omit=optional",
            "--no-audit",
            "--no-fund",
        ])
        .current_dir(assets);
    run(&mut install, "npm ci", &out.join("npm-ci.log"))
}

fn compile_stylesheet(assets: &Path, stylesheet: &Path, out: &Path) -> Result<(), String> {
    let mut sass = Command::new("node");
    sass.args([
        "node_modules/sass/sass.js",
        "--load-path=node_modules",
        "--style=compressed",
    ])
    .args([
        "--no-source-map",
        "--no-charset",
        "--quiet-deps",
        "app.scss",
    ])
    .arg(stylesheet)
    .current_dir(assets);
    run(&mut sass, "Sass", &out.join("sass.log"))
}

/// Adds one `Embedded` to the generated code: the file as it is and as gzip, which browsers ask for.
fn embed(
    code: &mut String,
    constant: &str,
    file: &Path,
    media_type: &str,
    out: &Path,
) -> Result<(), String> {
    let content =
        fs::read(file).map_err(|e| format!("{} could not be read: {e}.", file.display()))?;
    let mut hasher = DefaultHasher::new();
    hasher.write(&content);
    let stem = file.file_stem().unwrap_or_default().to_string_lossy();
    let extension = file.extension().unwrap_or_default().to_string_lossy();
    let name = format!("{stem}-{:016x}.{extension}", hasher.finish());

    let gzipped = out.join(format!("{stem}.{extension}.gz"));
    let mut gzip = Command::new("node");
    gzip.args(["-e", "const [from, to] = process.argv.slice(1); const fs = require('fs'); fs.writeFileSync(to, require('zlib').gzipSync(fs.readFileSync(from), { level: 9 }))"])
        .arg(file)
        .arg(&gzipped);
    run(&mut gzip, "gzip", &out.join("gzip.log"))?;

    writeln!(
        code,
        "/// Embedded by build.rs.\npub static {constant}: Embedded = Embedded {{\n    name: {name:?},\n    path: {path:?},\n    \
         media_type: {media_type:?},\n    content: include_bytes!({file:?}),\n    gzipped: include_bytes!({gzipped:?}),\n}};",
        path = format!("/assets/{name}"),
    )
    .map_err(|e| e.to_string())
}

/// Runs a command with its output in a log; a failure is one sentence.
fn run(command: &mut Command, what: &str, log: &Path) -> Result<(), String> {
    let Output {
        status,
        stdout,
        stderr,
    } = command.output().map_err(|_| NODE_IS_MISSING.to_owned())?;
    let said = [stdout, stderr].concat();
    fs::write(log, &said).map_err(|e| format!("{} could not be written: {e}.", log.display()))?;
    if status.success() {
        return Ok(());
    }
    Err(format!(
        "{what} failed; what it said is in {}.",
        log.display()
    ))
}
