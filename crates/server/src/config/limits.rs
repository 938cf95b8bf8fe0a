//! Settings of limits, and of Redis, which shares them.

use super::reader::{Noted, Reader};
use super::settings::{number, positive};
use std::num::NonZeroU32;
use std::str::FromStr;
use threshold_domain::limits::RateLimit;
use threshold_redis::{RedisSettings, RedisUrl};
use threshold_transport::RequestLimits;

/// How often one client may ask.
#[derive(Debug, Clone, Copy)]
pub struct LimitsSettings {
    /// The limits themselves.
    pub requests: RequestLimits,
    /// How many clients are remembered.
    pub max_clients: usize,
}

pub(super) fn limits(reader: &mut Reader) -> Result<LimitsSettings, Noted> {
    let default = reader.required("rate_limit.default_per_minute", per_minute);
    let auth = reader.required("rate_limit.auth_per_minute", per_minute);
    let max_clients = reader.required("rate_limit.max_clients", positive);
    Ok(LimitsSettings { requests: RequestLimits { default: default?, auth: auth? }, max_clients: max_clients?.get() })
}

pub(super) fn redis(reader: &mut Reader) -> Result<Option<RedisSettings>, Noted> {
    Ok(reader.optional("redis.url", RedisUrl::from_str)?.map(RedisSettings::new))
}

/// 0 is no limit.
fn per_minute(text: &str) -> Result<Option<RateLimit>, String> {
    let quota = u32::try_from(number(text)?).map_err(|_too_many| "must be at most 4294967295".to_owned())?;
    Ok(NonZeroU32::new(quota).map(RateLimit::per_minute))
}
