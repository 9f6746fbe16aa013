//! One request and its answer.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use domain::fault::Code;
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::{Body, Frame, Incoming, SizeHint};
use hyper::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName, HeaderValue, LOCATION, REFERRER_POLICY,
    SET_COOKIE, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use hyper::{Method, Request, Response, StatusCode};
use tokio::sync::{broadcast, mpsc};

use super::gate::Refused;
use super::{Door, again, page};
use crate::shell::state::{News, Refusal};

/// Largest body of a call: a photo as a page sends it.
const BODY_BYTES_MAX: usize = 24 << 20;
/// How often a page that listens is shown that somebody is there.
const PULSE: Duration = Duration::from_secs(15);
/// Every tag of `client::Tag`, without ids: ask for all that is on the screen again.
const ALL: &str = r#"data: {"touched":["children","child","visits","record","differing","roster","drafts","settings","sync"]}

"#;
/// Nothing but the screens' own files and calls; never in a frame.
pub(super) const POLICY: &str = "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
     img-src 'self' blob: data:; connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'none'; \
     frame-ancestors 'none'";
const OPENER_POLICY: HeaderName = HeaderName::from_static("cross-origin-opener-policy");
const RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");

/// Bytes at once, or news as they come.
pub(super) enum Out {
    Whole(Full<Bytes>),
    News(Listening),
}

impl Body for Out {
    type Data = Bytes;
    type Error = Infallible;
    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        match self.get_mut() {
            Self::Whole(whole) => Pin::new(whole).poll_frame(cx),
            Self::News(listening) => listening.lines.poll_recv(cx).map(|line| line.map(|line| Ok(Frame::data(line)))),
        }
    }
    fn is_end_stream(&self) -> bool {
        matches!(self, Self::Whole(whole) if whole.is_end_stream())
    }
    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Whole(whole) => whole.size_hint(),
            Self::News(_) => SizeHint::default(),
        }
    }
}

/// Answers one request; never fails.
pub(super) async fn answer(door: Arc<Door>, asked: Request<Incoming>) -> Result<Response<Out>, Infallible> {
    let mut response = match route(door, asked).await {
        Ok(response) => response,
        Err(refused) => sorry(refused),
    };
    let headers = response.headers_mut();
    for (name, value) in [
        (CONTENT_SECURITY_POLICY, POLICY),
        (CACHE_CONTROL, "no-store"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (X_FRAME_OPTIONS, "DENY"),
        (REFERRER_POLICY, "no-referrer"),
        (OPENER_POLICY, "same-origin"),
        (RESOURCE_POLICY, "same-origin"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    Ok(response)
}

async fn route(door: Arc<Door>, asked: Request<Incoming>) -> Result<Response<Out>, Refused> {
    let path = asked.uri().path().to_owned();
    let token = asked.uri().query().and_then(|query| query.strip_prefix("token="));
    match (asked.method(), path.as_str()) {
        (&Method::GET, "/") if token.is_some() => {
            let cookie = door.gate.enter(asked.headers(), token.unwrap_or_default())?;
            let mut response = whole(StatusCode::SEE_OTHER, "text/plain", Bytes::new());
            response.headers_mut().insert(LOCATION, HeaderValue::from_static("/"));
            if let Ok(cookie) = HeaderValue::from_str(&cookie) {
                response.headers_mut().insert(SET_COOKIE, cookie);
            }
            Ok(response)
        }
        (&Method::POST, again::PATH) => {
            again::answer(&door.gate, asked.headers()).map(|url| whole(StatusCode::OK, "text/plain", url.into()))
        }
        (&Method::GET, "/news") => {
            door.gate.look(asked.headers())?;
            Ok(listen(&door))
        }
        (&Method::GET, path) => {
            door.gate.look(asked.headers())?;
            let found = page::find(path);
            Ok(found.map_or_else(missing, |(kind, bytes)| whole(StatusCode::OK, kind, bytes.into_owned().into())))
        }
        (&Method::POST, path) => {
            door.gate.call(asked.headers())?;
            let Some(name) = path.strip_prefix("/data/").map(str::to_owned) else { return Ok(missing()) };
            Ok(data(door, name, asked.into_body()).await)
        }
        _ => {
            door.gate.look(asked.headers())?;
            Ok(missing())
        }
    }
}

async fn data(door: Arc<Door>, name: String, body: Incoming) -> Response<Out> {
    let Ok(body) = Limited::new(body, BODY_BYTES_MAX).collect().await else {
        return fault(&Refusal::of(Code::BadCall.into()));
    };
    let args = body.to_bytes();
    let done = tokio::task::spawn_blocking(move || door.shell.call(&name, &args)).await;
    match done {
        Ok(Ok(json)) => whole(StatusCode::OK, "application/json", json.into()),
        Ok(Err(refusal)) => fault(&refusal),
        Err(_) => fault(&Refusal::bug()),
    }
}

fn fault(refusal: &Refusal) -> Response<Out> {
    let json = serde_json::to_vec(refusal).unwrap_or_default();
    whole(StatusCode::CONFLICT, "application/json", json.into())
}

fn missing() -> Response<Out> {
    whole(StatusCode::NOT_FOUND, "text/plain", Bytes::new())
}

fn sorry(refused: Refused) -> Response<Out> {
    let text = match refused {
        Refused::Token | Refused::Stranger => {
            "这个网页只能从童档打开，链接只能用一次。请关掉这一页，从桌面上的“童档”再打开一次。"
        }
        Refused::Host | Refused::Origin | Refused::Kind => "不接受这个请求。",
    };
    let page =
        format!("<!doctype html><html lang=\"zh-CN\"><meta charset=\"utf-8\"><title>童档</title><p>{text}</p></html>");
    whole(StatusCode::FORBIDDEN, "text/html; charset=utf-8", page.into())
}

fn whole(status: StatusCode, kind: &'static str, bytes: Bytes) -> Response<Out> {
    let mut response = Response::new(Out::Whole(Full::new(bytes)));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    response
}

/// A page that listens; counted as long as it does.
pub(super) struct Listening {
    lines: mpsc::Receiver<Bytes>,
    door: Arc<Door>,
}

impl Drop for Listening {
    fn drop(&mut self) {
        self.door.pages.fetch_sub(1, Ordering::Relaxed);
    }
}

fn listen(door: &Arc<Door>) -> Response<Out> {
    door.pages.fetch_add(1, Ordering::Relaxed);
    let (said, lines) = mpsc::channel(16);
    // The page may have missed news while it was away.
    let now = door.shell.state().ok().and_then(|state| serde_json::to_string(&News::State(state)).ok());
    let first = now.map_or_else(String::new, |now| format!("data: {now}\n\n")) + ALL;
    tokio::spawn(say(door.news.subscribe(), said, first));
    let mut response = Response::new(Out::News(Listening { lines, door: door.clone() }));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    response
}

async fn say(mut news: broadcast::Receiver<Arc<str>>, said: mpsc::Sender<Bytes>, first: String) {
    let mut line = first;
    loop {
        if said.send(line.into()).await.is_err() {
            return;
        }
        line = match tokio::time::timeout(PULSE, news.recv()).await {
            Err(_) => ":\n\n".to_owned(),
            Ok(Ok(json)) => format!("data: {json}\n\n"),
            Ok(Err(broadcast::error::RecvError::Lagged(_))) => ALL.to_owned(),
            Ok(Err(broadcast::error::RecvError::Closed)) => return,
        };
    }
}
