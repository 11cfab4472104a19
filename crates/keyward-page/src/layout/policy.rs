use keyward_web::{AllowedOrigins, WebOrigin};

/// Only our own files: no inline scripts or styles, no other host.
const OWN_FILES: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
     connect-src 'self'; form-action 'self'; base-uri 'none'";

/// The `Content-Security-Policy` of a page that pages of these origins may frame, and no others.
pub(crate) fn content_security_policy(framed_by: &AllowedOrigins) -> String {
    let mut ancestors: Vec<&str> = framed_by.iter().map(WebOrigin::as_str).collect();
    if ancestors.is_empty() {
        ancestors.push("'none'");
    }
    format!("{OWN_FILES}; frame-ancestors {}", ancestors.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_may_frame_the_page_but_the_allowed_origins() {
        for (allowed, ancestors) in [
            ("", "; frame-ancestors 'none'"),
            (
                "https://portal.example.com,http://localhost:3000",
                "; frame-ancestors https://portal.example.com http://localhost:3000",
            ),
        ] {
            let policy = content_security_policy(&AllowedOrigins::parse(allowed).unwrap());
            assert!(policy.starts_with("default-src 'none'; "), "{policy}");
            assert!(policy.ends_with(ancestors), "{policy}");
        }
    }
}
