//! Headers that every answer carries.

use actix_web::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY,
    X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use actix_web::middleware::DefaultHeaders;

/// Hearth's pages run no script, load nothing from elsewhere and stand in nobody's frame.
const POLICY: &str = "default-src 'none'; script-src 'none'; style-src 'self'; img-src 'self'; font-src 'none'; form-action 'self'; \
     base-uri 'none'; frame-ancestors 'none'";

/// The middleware that adds them. An answer that sets one of them itself keeps its own: `Cache-Control` of an asset.
///
/// `https`: whether people reach Hearth over TLS; only then are browsers told to insist on it.
pub fn security_headers(https: bool) -> DefaultHeaders {
    let headers = DefaultHeaders::new()
        .add((CONTENT_SECURITY_POLICY, POLICY))
        .add((X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .add((X_FRAME_OPTIONS, "DENY"))
        .add((REFERRER_POLICY, "same-origin"))
        .add((
            "permissions-policy",
            "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
        ))
        .add(("cross-origin-opener-policy", "same-origin"))
        .add(("cross-origin-resource-policy", "same-origin"))
        // A page holds personal data: neither a proxy nor the back button of a shared computer may show it again.
        .add((CACHE_CONTROL, "no-store"));
    if https {
        headers.add((
            STRICT_TRANSPORT_SECURITY,
            "max-age=63072000; includeSubDomains",
        ))
    } else {
        headers
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use actix_web::http::header::HeaderMap;
    use actix_web::test::{TestRequest, call_service, init_service};
    use actix_web::{App, HttpResponse, web};

    use super::*;

    async fn headers(https: bool, path: &str) -> HeaderMap {
        let app = App::new()
            .wrap(security_headers(https))
            .route("/page", web::get().to(HttpResponse::Ok))
            .route(
                "/asset",
                web::get().to(async || {
                    HttpResponse::Ok()
                        .insert_header((CACHE_CONTROL, "public"))
                        .finish()
                }),
            );
        let app = init_service(app).await;
        call_service(&app, TestRequest::get().uri(path).to_request())
            .await
            .headers()
            .clone()
    }

    #[actix_web::test]
    async fn every_answer_is_protected_and_not_kept() {
        for path in ["/page", "/nothing-here"] {
            let found = headers(false, path).await;
            assert_eq!(found.get(CONTENT_SECURITY_POLICY).unwrap(), POLICY);
            assert_eq!(found.get(CACHE_CONTROL).unwrap(), "no-store");
            assert!(found.get(STRICT_TRANSPORT_SECURITY).is_none());
        }
        assert_eq!(
            headers(false, "/asset").await.get(CACHE_CONTROL).unwrap(),
            "public"
        );
    }

    #[actix_web::test]
    async fn tls_is_insisted_on_where_there_is_tls() {
        assert!(
            headers(true, "/page")
                .await
                .get(STRICT_TRANSPORT_SECURITY)
                .is_some()
        );
    }
}
