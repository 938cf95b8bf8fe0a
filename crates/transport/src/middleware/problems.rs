//! Gives every error answer its body.

use crate::problem::{Code, Problem};
use crate::request::RequestId;
use actix_cors::CorsError;
use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage};
use threshold_application::ErrorChain;
use tracing::error;

/// Turns what handlers and the framework refuse into problems with the request's id, and logs causes, once.
pub(crate) async fn render_problems<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let response = next.call(request).await?;
    let id = response.request().extensions().get::<RequestId>().cloned();
    let id = id.as_ref().map_or("unknown", RequestId::as_str);
    let rendered = match response.response().error() {
        Some(error) => match error.as_error::<Problem>() {
            Some(problem) => Some(render(problem, id)),
            None => Some(render(&of_the_framework(error), id)),
        },
        None => None,
    };
    Ok(match rendered {
        Some(answer) => response.into_response(answer),
        None => response.map_into_boxed_body(),
    })
}

fn render(problem: &Problem, id: &str) -> actix_web::HttpResponse {
    if let Some(cause) = problem.cause() {
        error!(problem = %problem, error = %ErrorChain(cause), "a request failed");
    }
    problem.render(id)
}

/// What actix refuses by itself, for example a path that is not UTF-8.
fn of_the_framework(error: &Error) -> Problem {
    if error.as_error::<CorsError>().is_some() {
        return Problem::new(Code::OriginNotAllowed);
    }
    match error.as_response_error().status_code() {
        StatusCode::NOT_FOUND | StatusCode::BAD_REQUEST => Problem::new(Code::RouteNotFound),
        StatusCode::PAYLOAD_TOO_LARGE => Problem::new(Code::BodyTooLarge),
        _ => Problem::internal(error.to_string()),
    }
}
