//! The page and the metrics, served to whoever is on this machine: `/` is the page, `/events` the
//! snapshots that it draws, one after another, and `/metrics` is for Prometheus.

use super::{metrics::Metrics, snapshot::Snapshot};
use anyhow::{Context, Result};
use axum::{
    extract::State,
    http::{header, StatusCode},
    response::{
        sse::{Event, KeepAlive},
        IntoResponse, Sse,
    },
    routing::get,
    Router,
};
use std::{convert::Infallible, net::SocketAddr, sync::Arc, time::Duration};
use tokio::{net::TcpListener, sync::watch};

/// Between two snapshots that a page gets.
const PERIOD: Duration = Duration::from_millis(100);

/// The newest snapshot, as those who serve it see it.
pub type Newest = watch::Receiver<Arc<Snapshot>>;

#[derive(Clone)]
struct Served {
    newest: Newest,
    metrics: Arc<Metrics>,
}

/// Serves the page at `address`; returns the address taken, for port 0 is any that is free.
///
/// # Errors
/// If the address cannot be taken.
pub async fn serve(address: SocketAddr, newest: Newest, metrics: Arc<Metrics>) -> Result<SocketAddr> {
    let listener = TcpListener::bind(address).await.with_context(|| {
        format!("the page cannot be served at {address}: give another address after --serve")
    })?;
    let address = listener.local_addr()?;
    let file = |kind: &'static str, text: &'static str| {
        get(move || async move { ([(header::CONTENT_TYPE, kind)], text) })
    };
    let app = Router::new()
        .route("/", file("text/html; charset=utf-8", include_str!("page/index.html")))
        .route("/page.css", file("text/css; charset=utf-8", include_str!("page/page.css")))
        .route("/page.js", file("text/javascript; charset=utf-8", include_str!("page/page.js")))
        .route("/events", get(events))
        .route("/metrics", get(metrics_text))
        .with_state(Served { newest, metrics });
    tokio::spawn(async move { axum::serve(listener, app).await });
    Ok(address)
}

async fn events(State(served): State<Served>) -> impl IntoResponse {
    // Each page has a view of its own on the newest snapshot; one that is slow skips some.
    let mut newest = served.newest;
    newest.mark_changed();
    let events = futures_util::stream::unfold(newest, |mut newest| async move {
        tokio::time::sleep(PERIOD).await;
        newest.changed().await.ok()?;
        let text = serde_json::to_string(&**newest.borrow_and_update()).ok()?;
        Some((Ok::<_, Infallible>(Event::default().data(text)), newest))
    });
    Sse::new(events).keep_alive(KeepAlive::default())
}

async fn metrics_text(State(served): State<Served>) -> impl IntoResponse {
    let snapshot = served.newest.borrow().clone();
    match served.metrics.text(&snapshot) {
        Ok(text) => {
            (StatusCode::OK, [(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text)
        }
        Err(error) => (
            StatusCode::INTERNAL_SERVER_ERROR,
            [(header::CONTENT_TYPE, "text/plain; charset=utf-8")],
            error.to_string(),
        ),
    }
}
