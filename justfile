# Short names for what a day of work needs. What a check does stands in `.ci/run`, once.

# What there is.
default:
    @"{{ just_executable() }}" --list --unsorted

# Everything that must hold before a change is taken, as CI runs it (as root: it installs what is missing).
all:
    .ci/run

# What takes a few minutes and needs no server: format, lints, tests.
quick:
    .ci/run fmt clippy test

# Some steps by their names: just check town, just check browser mail.
check +steps:
    .ci/run {{ steps }}

# Known vulnerabilities in what Hearth is built from; fetches the list of them, so it is not in CI.
advisories:
    cargo deny check advisories

# What the tests keep of a version: its migrations' hashes and a small register (CONTRIBUTING.md says when).
cut:
    .ci/cut

# Write the code as rustfmt does.
fmt:
    cargo fmt

# An invented authority to look at.
demo *options:
    cargo run --release -- demo {{ options }}

# Three years of an invented town: just simulate --seed 7 --children 1000 --days 1100.
simulate *options:
    cargo run --release -- simulate {{ options }}

# How quick it is: just bench pages, import, sweep or delivery.
bench name:
    cargo bench --bench {{ name }}
