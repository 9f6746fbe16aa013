//! Who may knock: a browser that came by the one-time token and shows the cookie it was given, on
//! this computer, under this name, from this page. It must not read bodies.

use std::sync::{Mutex, PoisonError};

use domain::moment::Moment;
use hyper::header::{CONTENT_TYPE, COOKIE, HOST, HeaderMap, HeaderName, ORIGIN};

use crate::clock::{self, OsChance};

/// The cookie's name, before the port: a browser keeps one jar for all ports of a computer.
const COOKIE_NAME: &str = "tongdang";
/// What the browser says about where a request comes from.
const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Why a request is not answered.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Refused {
    /// Called by another name: a foreign page has pointed a name of its own at this computer.
    Host,
    /// No cookie, or not the one given.
    Stranger,
    /// A page of another origin asks.
    Origin,
    /// Not JSON.
    Kind,
    /// The token is wrong or was used.
    Token,
}

/// The secrets of one run.
pub struct Gate {
    port: u16,
    cookie: String,
    token: Mutex<Option<String>>,
}

/// A secret of 128 random bits, as text.
pub fn secret() -> String {
    let raw: [u8; 16] = Moment::new(clock::now(), &mut OsChance).bytes();
    raw.iter().map(|byte| format!("{byte:02x}")).collect()
}

impl Gate {
    /// A gate at a port, with the cookie of the process before or a fresh one.
    pub fn new(port: u16, cookie: Option<String>) -> Self {
        Self { port, cookie: cookie.unwrap_or_else(secret), token: Mutex::new(None) }
    }

    /// The address of the first page, with a token good for one visit; an earlier token is void.
    pub fn invite(&self) -> String {
        let token = secret();
        let url = format!("http://127.0.0.1:{}/?token={token}", self.port);
        *self.token.lock().unwrap_or_else(PoisonError::into_inner) = Some(token);
        url
    }

    /// The port.
    pub const fn port(&self) -> u16 {
        self.port
    }

    /// The cookie, for the process that comes after this one.
    pub fn cookie(&self) -> &str {
        &self.cookie
    }

    /// Takes the token; what to set as cookie.
    pub fn enter(&self, headers: &HeaderMap, token: &str) -> Result<String, Refused> {
        self.named(headers)?;
        let mut kept = self.token.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.as_deref().is_some_and(|kept| same(kept, token)) {
            *kept = None;
            return Ok(format!("{}={}; Path=/; HttpOnly; SameSite=Strict", self.cookie_name(), self.cookie));
        }
        Err(Refused::Token)
    }

    /// Whether this browser may look.
    pub fn look(&self, headers: &HeaderMap) -> Result<(), Refused> {
        self.named(headers)?;
        let cookies = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
        let mut ours = cookies.flat_map(|line| line.split(';')).filter_map(|one| one.trim().split_once('='));
        let own = self.cookie_name();
        let known = ours.any(|(name, value)| name == own && same(value, &self.cookie));
        if !known {
            return Err(Refused::Stranger);
        }
        // A browser that says where it comes from must come from here, or from the address bar.
        let site = text(headers, &FETCH_SITE).unwrap_or("same-origin");
        if matches!(site, "same-origin" | "none") { Ok(()) } else { Err(Refused::Origin) }
    }

    /// Whether this page may call.
    pub fn call(&self, headers: &HeaderMap) -> Result<(), Refused> {
        self.look(headers)?;
        let own = [format!("http://127.0.0.1:{}", self.port), format!("http://localhost:{}", self.port)];
        if !text(headers, &ORIGIN).is_some_and(|origin| own.iter().any(|own| own == origin)) {
            return Err(Refused::Origin);
        }
        let json = text(headers, &CONTENT_TYPE).is_some_and(|kind| kind.starts_with("application/json"));
        if json { Ok(()) } else { Err(Refused::Kind) }
    }

    fn cookie_name(&self) -> String {
        format!("{COOKIE_NAME}_{}", self.port)
    }

    fn named(&self, headers: &HeaderMap) -> Result<(), Refused> {
        let own = [format!("127.0.0.1:{}", self.port), format!("localhost:{}", self.port)];
        let named = text(headers, &HOST).is_some_and(|host| own.iter().any(|own| own == host));
        if named { Ok(()) } else { Err(Refused::Host) }
    }
}

fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    let mut all = headers.get_all(name).iter();
    let one = all.next()?.to_str().ok()?;
    // Said twice is said by somebody who hopes that two readers read differently.
    all.next().is_none().then_some(one)
}

/// Compares without telling by its time where two secrets differ.
pub(super) fn same(one: &str, other: &str) -> bool {
    one.len() == other.len() && one.bytes().zip(other.bytes()).fold(0, |all, (a, b)| all | (a ^ b)) == 0
}
