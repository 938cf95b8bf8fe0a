//! `GET /problems/{code}`

use crate::problem::{Code, Problem};
use actix_web::HttpResponse;
use actix_web::http::header::CACHE_CONTROL;
use actix_web::web::Path;

/// A page that explains a problem: where a problem's `type` leads.
#[utoipa::path(
    get,
    path = "/problems/{code}",
    params(("code" = String, Path, description = "The code of a problem")),
    responses((status = 200, description = "The page", body = String, content_type = "text/html"))
)]
pub(crate) async fn problem_page(code: Path<String>) -> Result<HttpResponse, Problem> {
    let code = Code::from_name(&code).ok_or_else(|| Problem::new(Code::RouteNotFound))?;
    let answer = HttpResponse::Ok()
        .content_type("text/html; charset=utf-8")
        .insert_header((CACHE_CONTROL, "public, max-age=3600"))
        .body(page(code));
    Ok(answer)
}

/// Any path that no operation has.
pub(crate) async fn route_not_found() -> Result<HttpResponse, Problem> {
    Err(Problem::new(Code::RouteNotFound))
}

fn page(code: Code) -> String {
    let (name, status, title, explanation) = (code.as_str(), code.status(), code.title(), code.explanation());
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\"><title>{title} · Threshold</title>\n\
         <meta name=\"viewport\" content=\"width=device-width\"></head>\n\
         <body><main><h1>{title}</h1>\n<p><code>{name}</code>, status {status}</p>\n<p>{explanation}</p></main></body>\n</html>\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_hold_nothing_that_html_would_take_for_markup() {
        for code in Code::ALL {
            for text in [code.title(), code.explanation(), code.as_str()] {
                assert!(!text.contains(['<', '>', '&', '"']), "{text}");
            }
        }
    }
}
