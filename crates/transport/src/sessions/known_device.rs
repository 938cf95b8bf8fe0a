//! Knowing a device again.

use crate::problem::Problem;
use crate::request::Cookies;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use threshold_application::ports::{SecretGenerator, SessionSecrets};
use threshold_domain::accounts::UserId;
use threshold_domain::sessions::KnownDevice;

/// Has the browser remember that `user` has signed in on it: strangers' guesses don't keep them out there.
pub(super) fn remember_device(request: &HttpRequest, answer: &mut HttpResponse, user: UserId) -> Result<(), Problem> {
    let missing = || Problem::internal("known devices are not wired");
    let secrets = request.app_data::<Data<dyn SessionSecrets>>().ok_or_else(missing)?;
    let random = request.app_data::<Data<dyn SecretGenerator>>().ok_or_else(missing)?;
    let cookies = Cookies::of(request);
    let device = Cookies::device(request).unwrap_or_else(|| {
        let mut id = [0; 16];
        random.fill(&mut id);
        KnownDevice::new(id)
    });
    let tag = secrets.device_tag(&device.id, user);
    answer.add_cookie(&cookies.keep_device(&device.remembering(tag))).map_err(Problem::internal)
}
