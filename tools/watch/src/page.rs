//! The page and the metrics, served over HTTP: `/` is the page, `/events` the stream of snapshots that it draws,
//! `/payments` sends a payment on a local network, and `/metrics` is for Prometheus.

use crate::{metrics::Metrics, payments::Payments, snapshot::Snapshot};
use anyhow::{Context, Result};
use axum::{
    extract::State,
    http::{header, HeaderMap, StatusCode},
    response::{
        sse::{Event, KeepAlive},
        IntoResponse, Response, Sse,
    },
    routing::{get, post},
    Router,
};
use std::{convert::Infallible, net::SocketAddr, sync::Arc, time::Duration};
use tokio::{net::TcpListener, sync::watch};

/// Time between two snapshots that a page gets.
const PERIOD: Duration = Duration::from_millis(100);

macro_rules! modules {
    ($($name:literal)*) => { [$(($name, include_str!(concat!("page/", $name)))),*] };
}

/// The page's modules, by their file names.
const MODULES: [(&str, &str); 21] = modules!(
    "axis.js" "bars.js" "boxes.js" "charts.js" "connection.js" "controls.js" "details.js" "dom.js" "figures.js"
    "format.js" "header.js" "layout.js" "main.js" "model.js" "payment.js" "picture.js" "selection.js" "tables.js"
    "texts.js" "track.js" "view.js"
);

/// The newest snapshot.
pub type Newest = watch::Receiver<Arc<Snapshot>>;

#[derive(Clone)]
struct Served {
    newest: Newest,
    metrics: Arc<Metrics>,
    payments: Option<Arc<Payments>>,
}

/// Serves the page at `address`. Returns the address that was taken: port 0 stands for any free port.
///
/// # Errors
/// If the address cannot be taken.
pub async fn serve(
    address: SocketAddr,
    newest: Newest,
    metrics: Arc<Metrics>,
    payments: Option<Arc<Payments>>,
) -> Result<SocketAddr> {
    let listener = TcpListener::bind(address).await.with_context(|| {
        format!("the page cannot be served at {address}: give another address after --serve")
    })?;
    let address = listener.local_addr()?;
    let file = |kind: &'static str, text: &'static str| {
        get(move || async move { ([(header::CONTENT_TYPE, kind)], text) })
    };
    let mut app = Router::new()
        .route("/", file("text/html; charset=utf-8", include_str!("page/index.html")))
        .route("/page.css", file("text/css; charset=utf-8", include_str!("page/page.css")))
        .route("/events", get(events))
        .route("/payments", post(pay))
        .route("/metrics", get(metrics_text));
    for (name, text) in MODULES {
        app = app.route(&format!("/{name}"), file("text/javascript; charset=utf-8", text));
    }
    let app = app.with_state(Served { newest, metrics, payments });
    tokio::spawn(async move { axum::serve(listener, app).await });
    Ok(address)
}

async fn events(State(served): State<Served>) -> impl IntoResponse {
    // Each page receives the newest snapshot; a slow page skips some.
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

/// Sends a payment, for the page only.
async fn pay(State(served): State<Served>, headers: HeaderMap) -> Response {
    let Some(payments) = served.payments else {
        return (StatusCode::NOT_FOUND, "payments are for local networks").into_response();
    };
    // A page of another site cannot send this type without a preflight request, which is not answered. A site
    // that points its own name at this machine has another host.
    let value = |name| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let host = value(header::HOST);
    let host = host.rsplit_once(':').map_or(host, |(host, _port)| host);
    let is_local = ["127.0.0.1", "localhost", "[::1]"].contains(&host);
    if value(header::CONTENT_TYPE) != "application/json" || !is_local {
        return (StatusCode::FORBIDDEN, "payments are for the page on this machine").into_response();
    }
    match payments.pay().await {
        Ok(payment) => {
            let text = serde_json::to_string(&payment).unwrap_or_default();
            ([(header::CONTENT_TYPE, "application/json")], text).into_response()
        }
        Err(error) => (StatusCode::BAD_GATEWAY, format!("{error:#}")).into_response(),
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_module_is_served() {
        let files = std::fs::read_dir("src/page").unwrap().map(|file| file.unwrap().file_name());
        let mut modules: Vec<_> =
            files.filter_map(|name| name.into_string().ok()).filter(|name| name.ends_with(".js")).collect();
        modules.sort();
        assert_eq!(MODULES.map(|(name, _)| name).to_vec(), modules);
    }
}
