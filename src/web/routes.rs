//! Every route on one page: method, path, handler, and whom it lets in. The app is mounted from this table and the guard
//! reads it, so there is no route beside it.

use actix_web::http::Method;
use actix_web::{guard, web};

use super::account::{home, password, sign_in};
use super::parent::notify::{check_answers, child, children, you};
use super::parent::{about, family, notify, receipt, start, way_in};
use super::{admin, assets, health, officer, policy};

/// Whom a route lets in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    /// Everybody, as a person: with a form token.
    Anybody,
    /// Everybody, as a machine: no cookies are looked at.
    Machine,
    /// Whoever is signed in.
    SignedIn,
    Parent,
    /// Whoever works for the authority.
    Staff,
    Officer,
    Manager,
    Administrator,
}

/// A route as the table lists it.
#[derive(Clone, Copy, Debug)]
pub struct Route {
    /// "GET", which answers to HEAD as well, or "POST".
    pub method: &'static str,
    /// The path with its `{placeholders}`.
    pub path: &'static str,
    /// Whom it lets in.
    pub who: Who,
}

macro_rules! routes {
    ($( $method:ident $path:literal $who:ident $handler:path; )*) => {
        /// The table.
        pub const TABLE: &[Route] = &[
            $( Route { method: stringify!($method), path: $path, who: Who::$who } ),*
        ];

        /// Mounts the table.
        pub fn mount(app: &mut web::ServiceConfig) {
            $( app.route($path, on!($method).to($handler)); )*
        }
    };
}

macro_rules! on {
    (GET) => {
        web::route().guard(guard::Any(guard::Get()).or(guard::Head()))
    };
    (POST) => {
        web::post()
    };
}

routes! {
    GET  "/assets/{name}"   Machine  assets::asset;
    GET  "/favicon.ico"     Machine  assets::favicon;
    GET  "/health/live"     Machine  health::live;
    GET  "/health/ready"    Machine  health::ready;

    GET  "/children"        Officer  officer::desk::children::show;
    GET  "/search"          Officer  officer::desk::search::show;
    GET  "/children/new"    Officer  officer::intake::new_child::edit;
    POST "/children/new"    Officer  officer::intake::new_child::add;
    GET  "/children/unseen"          Officer  officer::desk::out_of_sight::unseen;
    GET  "/children/unseen.csv"      Officer  officer::desk::out_of_sight::unseen_file;
    GET  "/children/unverified"      Officer  officer::desk::out_of_sight::unverified;
    GET  "/children/unverified.csv"  Officer  officer::desk::out_of_sight::unverified_file;
    GET  "/children/conflicts"       Officer  officer::desk::out_of_sight::conflicts;
    GET  "/children/conflicts.csv"   Officer  officer::desk::out_of_sight::conflicts_file;
    GET  "/children/lost"            Officer  officer::desk::out_of_sight::lost;
    GET  "/children/lost.csv"        Officer  officer::desk::out_of_sight::lost_file;
    GET  "/children/resting"         Officer  officer::desk::out_of_sight::resting;
    GET  "/children/resting.csv"     Officer  officer::desk::out_of_sight::resting_file;
    GET  "/children/{reference}"                      Officer  officer::child::page::show;
    GET  "/children/{reference}/timeline"             Officer  officer::child::timeline::show;
    GET  "/children/{reference}/particulars"          Officer  officer::child::particulars::edit;
    POST "/children/{reference}/particulars"          Officer  officer::child::particulars::save;
    GET  "/children/{reference}/allocation"           Officer  officer::child::allocation::edit;
    POST "/children/{reference}/allocation"           Officer  officer::child::allocation::save;
    GET  "/children/{reference}/addresses"            Officer  officer::child::address::edit;
    POST "/children/{reference}/addresses"            Officer  officer::child::address::add;
    POST "/children/{reference}/address-verification" Officer  officer::child::address::verify;
    POST "/children/{reference}/address-settlement"   Officer  officer::child::address::settle;
    GET  "/children/{reference}/episodes"             Officer  officer::child::episodes::edit;
    POST "/children/{reference}/episodes"             Officer  officer::child::episodes::add;
    GET  "/children/{reference}/episodes/{episode}/end"  Officer  officer::child::episode_end::edit;
    POST "/children/{reference}/episodes/{episode}/end"  Officer  officer::child::episode_end::save;
    GET  "/children/{reference}/parents"              Officer  officer::child::parents::edit;
    POST "/children/{reference}/parents"              Officer  officer::child::parents::add;
    POST "/children/{reference}/restriction"          Manager  officer::child::restriction::save;

    GET  "/"                        Anybody  home::show;
    GET  "/sign-in"                 Anybody  sign_in::show;
    POST "/sign-in"                 Anybody  sign_in::create;
    POST "/sign-out"                Anybody  sign_in::end;
    GET  "/password/{link}"         Anybody  password::show;
    POST "/password/{link}"         Anybody  password::create;
    GET  "/privacy"                 Anybody  about::privacy;
    GET  "/accessibility"           Anybody  about::accessibility;

    GET  "/work"                                    Officer  officer::desk::work::show;
    GET  "/notifications"                           Officer  officer::intake::notifications::list;
    GET  "/notifications/{reference}"               Officer  officer::intake::notification::show;
    POST "/notifications/{reference}/acceptance"    Officer  officer::intake::notification::accept;
    GET  "/checks/{reference}"                      Officer  officer::check::page::show;
    GET  "/checks/{reference}/bookings/new"         Officer  officer::check::bookings::new;
    POST "/checks/{reference}/bookings"             Officer  officer::check::bookings::create;
    GET  "/checks/{reference}/outcomes/new"         Officer  officer::check::outcomes::new;
    POST "/checks/{reference}/outcomes"             Officer  officer::check::outcomes::create;
    GET  "/checks/{reference}/paper-letter/new"    Officer  officer::check::paper_letter::new;
    POST "/checks/{reference}/paper-letter"        Officer  officer::check::paper_letter::create;
    GET  "/duties/{reference}"                      Staff    officer::check::duty::show;
    POST "/duties/{reference}/sending"              Officer  officer::check::duty::send;
    GET  "/capacity"                                Officer  officer::desk::capacity::show;
    GET  "/capacity/spreading"                      Manager  officer::desk::capacity::preview;
    POST "/capacity/spreading"                      Manager  officer::desk::capacity::carry_out;
    GET  "/lapses"                                  Officer  officer::desk::lapses::list;
    GET  "/lapses/{reference}"                      Staff    officer::check::lapse::show;
    POST "/lapses/{reference}/answer"      Officer  officer::check::lapse::answer;
    GET  "/told/{reference}"                        Staff    officer::desk::told::show;
    GET  "/absences"                                Officer  officer::team::absences::list;
    POST "/absences"                                Officer  officer::team::absences::add;
    POST "/absences/{reference}/end"                Officer  officer::team::absences::end;
    GET  "/children/{reference}/rest"               Manager  officer::child::rest::new;
    POST "/children/{reference}/rest"               Manager  officer::child::rest::create;
    GET  "/children/{reference}/tier"               Manager  officer::child::tier::edit;
    POST "/children/{reference}/tier"               Manager  officer::child::tier::decide;
    POST "/children/{reference}/tier/withdrawal"    Manager  officer::child::tier::withdraw;
    GET  "/children/{reference}/whereabouts"        Officer  officer::child::whereabouts::edit;
    POST "/children/{reference}/whereabouts"        Officer  officer::child::whereabouts::save;
    GET  "/children/{reference}/closure"            Officer  officer::child::closure::edit;
    POST "/children/{reference}/closure"            Officer  officer::child::closure::save;

    GET  "/start"                   Anybody  start::show;
    GET  "/notify/link/{link}"      Anybody  way_in::link;
    POST "/notify/link/{link}"      Anybody  way_in::open;
    GET  "/notify/{authority}"      Anybody  way_in::show;
    POST "/notify/{authority}"      Anybody  way_in::create;
    GET  "/notify/{authority}/sent" Anybody  way_in::sent;
    GET  "/family"                  Parent   family::show;
    GET  "/family/notifications/{reference}"         Parent  receipt::show;
    GET  "/family/notify"                            Parent  notify::resume;
    GET  "/family/notify/you"                        Parent  notify::show::<you::You>;
    POST "/family/notify/you"                        Parent  notify::answer::<you::You>;
    GET  "/family/notify/address"                    Parent  notify::show::<you::Address>;
    POST "/family/notify/address"                    Parent  notify::answer::<you::Address>;
    GET  "/family/notify/contact"                    Parent  notify::show::<you::Contact>;
    POST "/family/notify/contact"                    Parent  notify::answer::<you::Contact>;
    GET  "/family/notify/children/{child}/name"      Parent  notify::show::<child::Name>;
    POST "/family/notify/children/{child}/name"      Parent  notify::answer::<child::Name>;
    GET  "/family/notify/children/{child}/born"      Parent  notify::show::<child::Born>;
    POST "/family/notify/children/{child}/born"      Parent  notify::answer::<child::Born>;
    GET  "/family/notify/children/{child}/sex"       Parent  notify::show::<child::ChildSex>;
    POST "/family/notify/children/{child}/sex"       Parent  notify::answer::<child::ChildSex>;
    GET  "/family/notify/children/{child}/you"       Parent  notify::show::<child::Tie>;
    POST "/family/notify/children/{child}/you"       Parent  notify::answer::<child::Tie>;
    GET  "/family/notify/children/{child}/home"      Parent  notify::show::<child::Home>;
    POST "/family/notify/children/{child}/home"      Parent  notify::answer::<child::Home>;
    GET  "/family/notify/children/{child}/address"   Parent  notify::show::<child::OtherHome>;
    POST "/family/notify/children/{child}/address"   Parent  notify::answer::<child::OtherHome>;
    GET  "/family/notify/children/{child}/school"    Parent  notify::show::<child::School>;
    POST "/family/notify/children/{child}/school"    Parent  notify::answer::<child::School>;
    GET  "/family/notify/children/{child}/reason"    Parent  notify::show::<child::Reason>;
    POST "/family/notify/children/{child}/reason"    Parent  notify::answer::<child::Reason>;
    POST "/family/notify/children/{child}/removal"   Parent  children::remove;
    GET  "/family/notify/children"                   Parent  children::show;
    POST "/family/notify/children"                   Parent  children::another;
    GET  "/family/notify/answers"                    Parent  check_answers::show;
    POST "/family/notify/answers"                    Parent  check_answers::send;

    GET  "/imports"                                 Officer  officer::intake::imports::list;
    POST "/imports"                                 Officer  officer::intake::imports::create;
    GET  "/imports/under-way"                       Officer  officer::intake::under_way::show;
    POST "/imports/under-way/stop"                  Officer  officer::intake::under_way::stop;
    GET  "/imports/{reference}"                     Officer  officer::intake::imports::show;
    GET  "/imports/{reference}/refused.csv"         Officer  officer::intake::import_files::refused;
    GET  "/imports/{reference}/to-look-at.csv"      Officer  officer::intake::import_files::to_look_at;
    GET  "/imports/{reference}/rows.csv"            Officer  officer::intake::import_files::account;
    POST "/imports/{reference}/ending"              Officer  officer::intake::import_ending::create;
    GET  "/rows/{reference}"                        Officer  officer::intake::row::show;
    POST "/rows/{reference}/answer"                 Officer  officer::intake::row::answer;
    GET  "/admin/watch"                             Administrator  admin::watch::show;
    GET  "/admin/mail"                              Administrator  admin::mail::show;
    POST "/admin/mail/{reference}/retry"            Administrator  admin::mail::retry;
    POST "/admin/mail/fault/repair"                 Administrator  admin::mail::mend;
    GET  "/admin/mail/messages/{reference}"         Administrator  admin::message::show;
    POST "/admin/mail/messages/{reference}/finding" Administrator  admin::message::place;
    GET  "/admin/mail/samples"                      Administrator  admin::samples::show;
    POST "/admin/mail/samples"                      Administrator  admin::samples::send;
    GET  "/admin/rehearsal"                         Administrator  admin::rehearsal::show;
    POST "/admin/mail/{reference}/address-works"    Administrator  admin::mail::address_works;
    GET  "/admin/calendar"                          Administrator  admin::calendar::show;
    POST "/admin/calendar/days"                     Administrator  admin::calendar::add_day;
    POST "/admin/calendar/days/{reference}/removal" Administrator  admin::calendar::remove_day;
    POST "/admin/calendar/terms"                    Administrator  admin::calendar::add_term;
    POST "/admin/calendar/terms/{reference}/removal"  Administrator  admin::calendar::remove_term;
    POST "/admin/calendar/term-list"                Administrator  admin::calendar::add_list;
    GET  "/policy"                                  Staff          policy::read;
    GET  "/admin/policy"                            Administrator  policy::change;
    GET  "/admin/policy/cnis-2026"                  Administrator  admin::commencement::edit;
    POST "/admin/policy/cnis-2026"                  Administrator  admin::commencement::save;
    POST "/admin/policy/cnis-2026/end"              Administrator  admin::commencement::end;
    GET  "/admin/policy/{key}"                      Administrator  admin::policy_value::edit;
    POST "/admin/policy/{key}"                      Administrator  admin::policy_value::save;
    POST "/admin/policy/{key}/withdrawal"           Administrator  admin::policy_value::withdraw;
}

/// Whom the route with this method and pattern lets in; none when there is none.
pub fn who(method: &Method, pattern: &str) -> Option<Who> {
    let asked = if *method == Method::HEAD {
        "GET"
    } else {
        method.as_str()
    };
    TABLE
        .iter()
        .find(|route| route.method == asked && route.path == pattern)
        .map(|route| route.who)
}
