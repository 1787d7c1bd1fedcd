//! The cookie of a session.

use axum::http::{HeaderMap, HeaderValue, header};

/// How cookies are named and marked.
#[derive(Clone, Copy, Debug)]
pub struct Cookies {
    secure: bool,
}

impl Cookies {
    /// Cookies of a service that people reach by `https`, or by plain `http` on their own machine.
    #[must_use]
    pub const fn new(secure: bool) -> Self {
        Self { secure }
    }

    /// With the prefix `__Host-`, a browser takes it from this host alone, over `https`.
    const fn name(self) -> &'static str {
        if self.secure { "__Host-session" } else { "session" }
    }

    /// The session of a request. If there are several, somebody else may have set one, so none counts.
    #[must_use]
    pub fn session(self, headers: &HeaderMap) -> Option<String> {
        let pairs = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
        let pairs = pairs.flat_map(|pairs| pairs.split(';')).filter_map(|pair| pair.trim().split_once('='));
        let mut sessions = pairs.filter(|(name, _)| *name == self.name()).map(|(_, value)| value);
        let session = sessions.next()?;
        sessions.next().is_none().then(|| session.to_owned())
    }

    /// The header that sets a session.
    #[must_use]
    pub fn set(self, session: &str, seconds: i64) -> Option<HeaderValue> {
        let secure = if self.secure { "; Secure" } else { "" };
        let name = self.name();
        let cookie = format!("{name}={session}; Path=/; HttpOnly; SameSite=Lax; Max-Age={seconds}{secure}");
        HeaderValue::from_str(&cookie).ok()
    }

    /// The header that ends a session.
    #[must_use]
    pub fn end(self) -> Option<HeaderValue> {
        self.set("", 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(cookies: &[&'static str]) -> HeaderMap {
        cookies.iter().map(|cookie| (header::COOKIE, HeaderValue::from_static(cookie))).collect()
    }

    #[test]
    fn a_cookie_is_kept_from_scripts_and_other_sites() {
        let cookie = Cookies::new(true).set("session_1", 60).unwrap();
        assert_eq!(cookie, "__Host-session=session_1; Path=/; HttpOnly; SameSite=Lax; Max-Age=60; Secure");
        assert!(!Cookies::new(false).set("session_1", 60).unwrap().to_str().unwrap().contains("Secure"));
    }

    #[test]
    fn of_two_sessions_none_counts() {
        let cookies = Cookies::new(false);
        assert_eq!(cookies.session(&headers(&["a=b; session=one"])), Some("one".to_owned()));
        assert_eq!(cookies.session(&headers(&["session=one; session=two"])), None);
        assert_eq!(cookies.session(&headers(&["session=one", "session=two"])), None);
        assert_eq!(cookies.session(&headers(&["__Host-session=one"])), None);
    }
}
