//! One page with every component on it, read as a browser and a screen reader would.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::HashSet;

use askama::Template;
use scraper::{ElementRef, Html, Selector};

use super::colour::Colour;
use super::form::{Choice, DateInput, FormErrors};
use super::page::{Crumb, Flash, Link, Look, Page};
use super::pages::Pages;

#[derive(Template)]
#[template(
    ext = "html",
    source = r##"{% extends "layout.html" %}
{% import "components.html" as ui %}
{% block title %}{{ errors.title_prefix() }}Every component{% endblock %}
{% block before_content %}{{ ui::govuk_breadcrumbs(crumbs) }}{{ ui::govuk_back_link("/register") }}{% endblock %}
{% block content %}
{{ ui::govuk_error_summary(errors) }}
<h1 class="govuk-heading-l">Every component</h1>
<dl class="hearth-figures"><div class="hearth-figures__pressing"><dt>Lapsed</dt><dd>7</dd></div><div><dt>Due in 10 working days</dt><dd>23</dd></div><div><dt>New notifications</dt><dd>4</dd></div></dl>
<form class="hearth-filters" method="get" action="/register">{{ ui::govuk_select("tier", "Priority", items, "b", calm) }}{{ ui::govuk_input("officer", "Officer", "", calm) }}{{ ui::govuk_button("Filter", "govuk-button--secondary") }}</form>
<p>{{ pages.range() }}</p>
<table class="hearth-table hearth-table--stacked"><caption>Children</caption><thead><tr><th scope="col">Name</th><th scope="col">Born</th><th scope="col">Priority</th><th scope="col">Next check</th><th scope="col" class="hearth-number">Working days</th></tr></thead><tbody>
{% for name in names %}<tr><th scope="row"><a href="/children/C-7K4M-2QXD">{{ name }}</a></th><td data-label="Born">3 Mar 2016</td><td data-label="Priority">{{ ui::govuk_tag("Red", "red") }}</td><td data-label="Next check">First meeting, 23 Nov 2026</td><td data-label="Working days" class="hearth-number">-3</td></tr>
{% endfor %}</tbody></table>
{{ ui::govuk_pagination(pages) }}
{% call ui::scroll("Checks by month") %}<table class="hearth-table"><thead><tr>{% for month in 1..=14 %}<th scope="col">Month {{ month }}</th>{% endfor %}</tr></thead><tbody><tr>{% for month in 1..=14 %}<td>{{ month }}</td>{% endfor %}</tr></tbody></table>{% endcall %}
<div class="govuk-grid-row"><div class="govuk-grid-column-two-thirds">
<form method="post" action="/" novalidate>{{ ui::csrf(page) }}
{{ ui::govuk_input("given_names", "First names", form.typed, errors, hint="As on the birth certificate", autocomplete="given-name", spellcheck=false) }}
{{ ui::govuk_input("upn", "UPN", "", calm, classes="govuk-input--width-20", inputmode="text") }}
{{ ui::govuk_textarea("notes", "Notes", form.typed, errors) }}
{{ ui::govuk_select("sex", "Sex", items, "b", errors) }}
{{ ui::govuk_radios("spoken", "Was the child spoken to alone?", items, form.chosen, errors, hint="Only if the child wanted to", classes="govuk-radios--inline") }}
{{ ui::govuk_checkboxes("needs", "Special educational needs", items, form.values, errors) }}
{{ ui::govuk_date_input("born", "Date of birth", form.born, errors, hint="For example, 27 3 2016") }}
{{ ui::govuk_date_input("seen", "Last seen", form.born, errors, birthday=true) }}
{{ ui::govuk_file_upload("list", "Your list", errors, accept=".csv") }}
{{ ui::govuk_button("Save and continue") }}
</form>
<dl class="govuk-summary-list">{{ ui::govuk_summary_list_row("Name", form.typed, href="/change", what="name") }}{% call ui::govuk_summary_list_row_with("Address") %}1 High Street<br>Ashdale<br>AB1 2CD{% endcall %}</dl>
{{ ui::govuk_warning_text("This check has lapsed.") }}
{{ ui::govuk_inset_text("The first meeting is owed within 20 working days.") }}
{% call ui::govuk_details("How this date was found") %}<p>20 working days after the notification.</p>{% endcall %}
{{ ui::govuk_button_link("Book a check", "/bookings", "govuk-button--secondary") }}
{{ ui::govuk_start_button("Start now", "/notify") }}
<ol class="hearth-timeline"><li><time datetime="2026-11-20">20 Nov 2026</time>Visit: nobody in. A new attempt is owed.</li><li><time datetime="2026-11-02">2 Nov 2026</time>Notification received.</li></ol>
</div></div>
{% endblock %}"##
)]
struct EveryComponent {
    page: Page,
    crumbs: Vec<Crumb>,
    errors: FormErrors,
    calm: FormErrors,
    items: Vec<Choice>,
    names: Vec<&'static str>,
    pages: Pages,
    form: Typed,
}

struct Typed {
    typed: String,
    chosen: String,
    values: Vec<String>,
    born: DateInput,
}

fn every_component(errors: FormErrors) -> Html {
    let page = Page::of(Look {
        name: "Ashdale County Council".into(),
        colour: Colour::parse("#5b2c6f"),
    })
    .signed_in("Sam O\u{2019}Neil", "Officer")
    .csrf("token")
    .nav(
        &[
            Link {
                text: "My work",
                href: "/work",
            },
            Link {
                text: "Register",
                href: "/register",
            },
            Link {
                text: "Notifications",
                href: "/notifications",
            },
            Link {
                text: "Imports",
                href: "/imports",
            },
            Link {
                text: "Mail",
                href: "/mail",
            },
        ],
        "/register",
    )
    .search("/register", "o\"neil")
    .flash(vec![
        Flash::success("The check is booked for 3 December 2026."),
        Flash::important("Two lapses have nobody to act on them."),
    ]);
    let shown = EveryComponent {
        page,
        crumbs: vec![Crumb::to("Register", "/register")],
        errors,
        calm: FormErrors::default(),
        items: vec![
            Choice::new("a", "First"),
            Choice::new("b", "Second").hint("With a hint"),
            Choice::new("c", "Third"),
        ],
        names: vec![
            "Ada \u{d3} Briain",
            "Christopher-Alexander Featherstonehaugh-Cholmondeley",
        ],
        pages: Pages::new("5", 50, 1_024, "/register?tier=red"),
        form: Typed {
            typed: "\n\"<b>&".into(),
            chosen: "b".into(),
            values: vec!["a".into(), "c".into()],
            born: DateInput {
                day: "31".into(),
                month: "Feb".into(),
                year: String::new(),
            },
        },
    };
    Html::parse_document(&shown.render().unwrap())
}

fn with_mistakes() -> FormErrors {
    let mut errors = FormErrors::default();
    for field in [
        "given_names",
        "notes",
        "sex",
        "spoken",
        "needs",
        "list",
        "seen",
    ] {
        errors.add(field, format!("Enter {field}"));
    }
    errors.add_part("born", "year", "Date of birth must include a year");
    errors
}

fn select<'a>(page: &'a Html, css: &str) -> Vec<ElementRef<'a>> {
    page.select(&Selector::parse(css).unwrap()).collect()
}

fn text_of(page: &Html, css: &str) -> String {
    select(page, css)
        .first()
        .map(|found| found.text().collect())
        .unwrap_or_default()
}

fn attribute(page: &Html, css: &str, name: &str) -> String {
    select(page, css)
        .first()
        .and_then(|found| found.attr(name))
        .unwrap_or_default()
        .to_owned()
}

#[test]
fn ids_are_unique_and_whatever_names_one_finds_it() {
    for page in [
        every_component(with_mistakes()),
        every_component(FormErrors::default()),
    ] {
        let ids: Vec<&str> = select(&page, "[id]")
            .iter()
            .filter_map(|found| found.attr("id"))
            .collect();
        let known: HashSet<&str> = ids.iter().copied().collect();
        assert_eq!(ids.len(), known.len(), "an id stands twice: {ids:?}");
        for attribute in ["for", "aria-describedby", "aria-labelledby"] {
            for found in select(&page, &format!("[{attribute}]")) {
                for id in found.attr(attribute).unwrap().split(' ') {
                    assert!(
                        known.contains(id),
                        "{attribute} names {id}, which is not there"
                    );
                }
            }
        }
        for link in select(&page, "a[href^='#']") {
            assert!(
                known.contains(link.attr("href").unwrap().trim_start_matches('#')),
                "{}",
                link.html()
            );
        }
    }
}

#[test]
fn every_input_has_a_label() {
    let page = every_component(with_mistakes());
    let labelled: HashSet<&str> = select(&page, "label")
        .iter()
        .filter_map(|label| label.attr("for"))
        .collect();
    for input in select(&page, "input:not([type=hidden]), select, textarea") {
        assert!(
            labelled.contains(input.attr("id").unwrap()),
            "{}",
            input.html()
        );
    }
}

#[test]
fn hint_and_error_are_read_out_with_the_field() {
    let page = every_component(with_mistakes());
    assert_eq!(
        attribute(&page, "input#given_names", "aria-describedby"),
        "given_names-hint given_names-error"
    );
    assert_eq!(
        text_of(&page, "#given_names-error"),
        "Error: Enter given_names"
    );
    assert_eq!(attribute(&page, "input#upn", "aria-describedby"), "");
    assert_eq!(
        attribute(&page, "fieldset:has(#spoken)", "aria-describedby"),
        "spoken-hint spoken-error"
    );
    assert_eq!(
        text_of(&page, "title"),
        "Error: Every component \u{2013} Hearth"
    );
    assert_eq!(
        text_of(&every_component(FormErrors::default()), "title"),
        "Every component \u{2013} Hearth"
    );
}

#[test]
fn a_date_marks_the_box_to_look_at() {
    let page = every_component(with_mistakes());
    assert_eq!(
        select(&page, "fieldset:has(#born) .govuk-input--error").len(),
        1
    );
    assert_eq!(
        select(&page, "fieldset:has(#seen) .govuk-input--error").len(),
        3
    );
    assert_eq!(
        select(&page, ".govuk-error-summary a[href='#born-year']").len(),
        1
    );
    assert_eq!(
        select(&page, ".govuk-error-summary a[href='#seen']").len(),
        1
    );
}

#[test]
fn what_was_typed_stays_as_typed() {
    let page = every_component(with_mistakes());
    assert_eq!(attribute(&page, "#given_names", "value"), "\n\"<b>&");
    assert_eq!(text_of(&page, "#notes"), "\n\"<b>&");
    assert_eq!(attribute(&page, "#born-month", "value"), "Feb");
    assert_eq!(select(&page, "option[selected]").len(), 2);
    assert_eq!(attribute(&page, "input[type=radio][checked]", "value"), "b");
    assert_eq!(select(&page, "input[type=checkbox][checked]").len(), 2);
    assert_eq!(attribute(&page, "#site-search", "value"), "o\"neil");
}

#[test]
fn the_page_is_whole() {
    let page = every_component(FormErrors::default());
    assert_eq!(select(&page, "h1").len(), 1);
    assert_eq!(attribute(&page, "html", "lang"), "en-GB");
    assert_eq!(
        attribute(&page, "body a", "href"),
        "#main-content",
        "the skip link comes first"
    );
    assert_eq!(text_of(&page, "[aria-current=true]"), "Register");
    assert_eq!(
        attribute(&page, "link[href*=colour]", "href"),
        "/assets/colour-5b2c6f.css"
    );
    assert_eq!(
        select(&page, "form[method=post]:not(:has(input[name=csrf]))").len(),
        0
    );
    assert!(
        select(&page, "[style], style, script, [onclick]").is_empty(),
        "the Content-Security-Policy would refuse it"
    );
    assert!(select(&page, ".govuk-error-summary").is_empty());
}
