//! The two listeners: the API, and metrics for those inside.

use super::running::StartError;
use super::wiring::Wiring;
use crate::config::{ServerSettings, Settings};
use crate::tls::ServedCertificate;
use actix_web::dev::Server;
use actix_web::{App, HttpResponse, HttpServer, web};
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;
use threshold_telemetry::PrometheusMeter;
use threshold_transport::{Detached, app};
use tokio::runtime::Handle;

/// How long a client may take to send the head of a request.
const HEAD_TIMEOUT: Duration = Duration::from_secs(10);

/// How long a client may take to agree on TLS.
const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(5);

/// A listener that is bound, with its real address, and the server that will use it.
pub(super) struct Bound {
    pub(super) address: SocketAddr,
    pub(super) server: Server,
}

/// Binds the API's listener, with TLS if there is a certificate.
pub(super) fn bind_api(
    settings: &ServerSettings,
    wiring: &Wiring,
    certificate: Option<&Arc<ServedCertificate>>,
) -> Result<Bound, StartError> {
    let (listener, address) = listen(settings.listen, "server.listen")?;
    let services = wiring.services.clone();
    let http = Arc::new(wiring.http.clone());
    let detached = Detached::new(Handle::current());
    let server = HttpServer::new(move || app(&services, &http, &detached))
        .workers(settings.workers.or_else(|| std::thread::available_parallelism().ok()).map_or(1, Into::into))
        .client_request_timeout(HEAD_TIMEOUT)
        .shutdown_timeout(settings.grace.as_secs())
        .disable_signals();
    let bound = match certificate {
        Some(certificate) => {
            let server = server.tls_handshake_timeout(HANDSHAKE_TIMEOUT);
            server.listen_rustls_0_23(listener, certificate.server_config()?)
        }
        None => server.listen(listener),
    };
    let server = bound.map_err(|source| StartError::Listen { setting: "server.listen", address, source })?;
    Ok(Bound { address, server: server.run() })
}

/// Binds the listener of metrics, if there is one.
pub(super) fn bind_metrics(settings: &Settings, meter: &Arc<PrometheusMeter>) -> Result<Option<Bound>, StartError> {
    let setting = "observability.metrics_listen";
    let Some(address) = settings.observability.metrics_listen else { return Ok(None) };
    let (listener, address) = listen(address, setting)?;
    let meter = web::Data::from(Arc::clone(meter));
    let server = HttpServer::new(move || App::new().app_data(meter.clone()).route("/metrics", web::get().to(metrics)))
        .workers(1)
        .disable_signals()
        .listen(listener)
        .map_err(|source| StartError::Listen { setting, address, source })?;
    Ok(Some(Bound { address, server: server.run() }))
}

async fn metrics(meter: web::Data<PrometheusMeter>) -> HttpResponse {
    HttpResponse::Ok().content_type("text/plain; version=0.0.4; charset=utf-8").body(meter.render())
}

fn listen(address: SocketAddr, setting: &'static str) -> Result<(TcpListener, SocketAddr), StartError> {
    let failed = |source| StartError::Listen { setting, address, source };
    let listener = TcpListener::bind(address).map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    Ok((listener, address))
}
