//! What operators, tools and curious people ask.

mod docs;
mod health;
mod problem_page;
mod ready;

pub(crate) use docs::{
    __path_docs as DocsPath, __path_docs_file as DocsFilePath, __path_docs_page as DocsPagePath,
    __path_openapi as OpenApiPath, docs, docs_file, docs_page, openapi,
};
pub(crate) use health::{__path_health as HealthPath, Health, health};
pub(crate) use problem_page::{__path_problem_page as ProblemPagePath, problem_page, route_not_found};
pub(crate) use ready::{__path_ready as ReadyPath, ReadyView, ready};
