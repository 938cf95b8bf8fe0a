//! A bare actix-web server that answers fixed bytes: as fast as the framework can be here.

use crate::program::{Process, free_address, listening};
use actix_web::{App, HttpResponse, HttpServer, web};
use std::process::Command;

/// Starts it in a process of its own.
pub(crate) async fn start(body: &str) -> Process {
    let address = free_address();
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["serve-baseline", &address.to_string(), body]);
    listening(command, address).await
}

/// Is that process: the same bytes for every path.
pub(crate) fn serve(address: &str, body: &str) {
    let body = web::Bytes::from(body.to_owned());
    let answer = move || {
        let body = body.clone();
        async move { HttpResponse::Ok().content_type("application/json").body(body) }
    };
    let server = HttpServer::new(move || App::new().default_service(web::to(answer.clone()))).bind(address).unwrap();
    actix_web::rt::System::new().block_on(server.run()).unwrap();
}
