//! What the browser loads beside the page: the stylesheet, the icon and the authority's colour.

use actix_web::http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, VARY,
};
use actix_web::{HttpRequest, HttpResponse, web};

use super::colour::Colour;
use super::embedded::{Embedded, FAVICON, STYLESHEET};
use super::error::WebError;

const FOR_EVER: (actix_web::http::header::HeaderName, &str) =
    (CACHE_CONTROL, "public, max-age=31536000, immutable");

/// GET `/assets/{name}`.
///
/// # Errors
/// [`WebError::NotFound`] for a name that is not among them.
pub async fn asset(
    request: HttpRequest,
    name: web::Path<String>,
) -> Result<HttpResponse, WebError> {
    if let Some(colour) = Colour::of_stylesheet(&name) {
        return Ok(colour_stylesheet(colour));
    }
    [&STYLESHEET, &FAVICON]
        .into_iter()
        .find(|embedded| embedded.name == *name)
        .map(|embedded| serve(&request, embedded))
        .ok_or(WebError::NotFound)
}

/// GET `/favicon.ico`, which browsers ask for unasked on pages that are not ours, such as a file to download.
pub async fn favicon(request: HttpRequest) -> HttpResponse {
    serve(&request, &FAVICON)
}

fn serve(request: &HttpRequest, embedded: &'static Embedded) -> HttpResponse {
    let mut response = HttpResponse::Ok();
    response
        .insert_header(FOR_EVER)
        .insert_header((CONTENT_TYPE, embedded.media_type))
        .insert_header((VARY, "accept-encoding"));
    if takes_gzip(request) {
        return response
            .insert_header((CONTENT_ENCODING, "gzip"))
            .body(embedded.gzipped);
    }
    response.body(embedded.content)
}

fn takes_gzip(request: &HttpRequest) -> bool {
    let accepted = request
        .headers()
        .get(ACCEPT_ENCODING)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    accepted.split(',').any(|offer| {
        let (coding, quality) = offer.split_once(';').unwrap_or((offer, ""));
        coding.trim().eq_ignore_ascii_case("gzip")
            && !matches!(quality.trim(), "q=0" | "q=0.0" | "q=0.00" | "q=0.000")
    })
}

/// The colour is in the name, so no database is asked and the answer never changes.
fn colour_stylesheet(colour: Colour) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header(FOR_EVER)
        .insert_header((CONTENT_TYPE, "text/css; charset=utf-8"))
        .body(format!(
            ":root{{--govuk-brand-colour:#{colour};--hearth-on-brand:{}}}",
            colour.readable_text()
        ))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use actix_web::http::StatusCode;
    use actix_web::test::{TestRequest, call_service, init_service};
    use actix_web::{App, body::to_bytes};

    use super::*;

    async fn get(path: &str, accept_encoding: &str) -> (StatusCode, String, usize) {
        let app = init_service(App::new().route("/assets/{name}", web::get().to(asset))).await;
        let request = TestRequest::get()
            .uri(path)
            .insert_header((ACCEPT_ENCODING, accept_encoding))
            .to_request();
        let response = call_service(&app, request).await;
        let status = response.status();
        let cached = response
            .headers()
            .get(CACHE_CONTROL)
            .map(|value| value.to_str().unwrap().to_owned())
            .unwrap_or_default();
        (
            status,
            cached,
            to_bytes(response.into_body()).await.unwrap().len(),
        )
    }

    #[actix_web::test]
    async fn the_stylesheet_is_cached_for_ever_and_smaller_as_gzip() {
        let (status, cached, plain) = get(STYLESHEET.path, "br").await;
        assert_eq!(status, StatusCode::OK);
        assert!(cached.contains("immutable"));
        let (_, _, gzipped) = get(STYLESHEET.path, "br, GZIP;q=0.8").await;
        assert!(gzipped * 4 < plain, "{gzipped} of {plain} bytes");
        assert_eq!(get(STYLESHEET.path, "gzip;q=0").await.2, plain);
    }

    #[actix_web::test]
    async fn a_colour_needs_no_database() {
        assert_eq!(get("/assets/colour-1d70b8.css", "").await.0, StatusCode::OK);
    }

    #[actix_web::test]
    async fn other_names_are_not_found() {
        for path in [
            "/assets/app.css",
            "/assets/colour-1d70b.css",
            "/assets/colour-red%7D.css",
            "/assets/..%2f..%2fetc%2fpasswd",
        ] {
            assert_eq!(get(path, "").await.0, StatusCode::NOT_FOUND, "{path}");
        }
    }

    #[test]
    fn nothing_of_gov_uk_domains_is_in_the_stylesheet() {
        let css = std::str::from_utf8(STYLESHEET.content).unwrap();
        assert!(
            !css.contains("GDS Transport") && !css.contains("url("),
            "fonts and images of gov.uk domains are not ours to use"
        );
    }
}
