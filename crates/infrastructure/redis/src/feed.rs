//! What the instances tell each other: one stream, without groups or acknowledgements.

use crate::connection::SharedConnection;
use crate::entry::{self, EntryId};
use crate::settings::RedisSettings;
use async_trait::async_trait;
use deadpool_redis::{Connection, Manager, Pool, Runtime};
use redis::streams::{StreamId, StreamRangeReply, StreamReadReply};
use redis::{AsyncConnectionConfig, RedisResult};
use std::sync::Arc;
use std::time::Duration;
use threshold_application::ports::{BoxError, FeedError, FeedPosition, News, NewsFeed};

const STREAM: &str = "threshold:news";
/// About how many entries are kept; at about 150 bytes each.
const KEPT: u32 = 100_000;
/// How many are read at once.
const BATCH: u32 = 1000;
/// How long the server waits for news; it looks only ten times a second whether that is over.
const WAIT: Duration = Duration::from_millis(150);
/// How long all of `next` may take.
const DEADLINE: Duration = Duration::from_secs(1);
/// Before the first entry.
const START: &str = "0";
/// There is one reader an instance, as a rule.
const READERS: usize = 4;

/// The stream. Who reads occupies a connection while it waits.
pub(crate) struct RedisFeed {
    pub(crate) shared: Arc<SharedConnection>,
    pub(crate) waiting: Pool,
}

/// Connections for those who wait. Each is tried out before it is lent, so that one that failed is not lent again.
pub(crate) fn pool(settings: &RedisSettings) -> Result<Pool, BoxError> {
    let config = AsyncConnectionConfig::new()
        .set_connection_timeout(Some(settings.connect_timeout))
        .set_response_timeout(Some(DEADLINE));
    let pool = Pool::builder(Manager::new_with_config(settings.url.0.clone(), config)?)
        .max_size(READERS)
        .wait_timeout(Some(settings.connect_timeout))
        .create_timeout(Some(settings.connect_timeout))
        .recycle_timeout(Some(settings.response_timeout))
        .runtime(Runtime::Tokio1);
    Ok(pool.build()?)
}

#[async_trait]
impl NewsFeed for RedisFeed {
    async fn announce(&self, news: &[News]) -> Result<(), FeedError> {
        if news.is_empty() {
            return Ok(());
        }
        let mut transaction = redis::pipe();
        transaction.atomic();
        for one in news {
            let add = transaction.cmd("XADD").arg(STREAM).arg("MAXLEN").arg("~").arg(KEPT).arg("*");
            add.arg(entry::write(one)).ignore();
        }
        let sent = self.shared.run(|mut connection| async move { transaction.exec_async(&mut connection).await });
        sent.await.map_err(|error| FeedError(error.into()))
    }

    async fn next(&self, position: Option<&FeedPosition>) -> Result<(Vec<News>, FeedPosition), FeedError> {
        let position = position.map_or(START, FeedPosition::as_str);
        match tokio::time::timeout(DEADLINE, self.read(position)).await {
            Ok(outcome) => outcome.map_err(FeedError),
            Err(elapsed) => Err(FeedError(elapsed.into())),
        }
    }
}

impl RedisFeed {
    /// Reads on until something was understood or nothing is there.
    async fn read(&self, position: &str) -> Result<(Vec<News>, FeedPosition), BoxError> {
        let mut connection = self.waiting.get().await?;
        let mut after = position.to_owned();
        loop {
            let entries = entries_after(&mut connection, &after).await?;
            if let Some(last) = entries.last() {
                last.id.parse::<EntryId>()?;
                after.clone_from(&last.id);
                let news: Vec<_> = entries.iter().filter_map(understood).collect();
                if !news.is_empty() {
                    return Ok((news, FeedPosition::new(after)));
                }
            } else if is_ahead(&mut connection, &after).await? {
                START.clone_into(&mut after);
            } else {
                return Ok((Vec::new(), FeedPosition::new(after)));
            }
        }
    }
}

/// What stands after an entry, waiting for it.
async fn entries_after(connection: &mut Connection, after: &str) -> RedisResult<Vec<StreamId>> {
    let mut command = redis::cmd("XREAD");
    command.arg("BLOCK").arg(WAIT.as_millis().to_string()).arg("COUNT").arg(BATCH);
    command.arg("STREAMS").arg(STREAM).arg(after);
    let answer: Option<StreamReadReply> = command.query_async(connection).await?;
    Ok(answer.into_iter().flat_map(|answer| answer.keys).flat_map(|stream| stream.ids).collect())
}

/// Whether a position lies after everything that there is: then the stream has begun anew, since an entry stood there.
async fn is_ahead(connection: &mut Connection, after: &str) -> Result<bool, BoxError> {
    let mut command = redis::cmd("XREVRANGE");
    command.arg(STREAM).arg("+").arg("-").arg("COUNT").arg(1);
    let newest: StreamRangeReply = command.query_async(connection).await?;
    let newest = newest.ids.first().map_or(Ok(EntryId::default()), |entry| entry.id.parse())?;
    Ok(after.parse::<EntryId>()? > newest)
}

fn understood(entry: &StreamId) -> Option<News> {
    let news = entry::read(entry);
    if news.is_none() {
        tracing::debug!(entry = entry.id, "news that this version doesn't understand was passed over");
    }
    news
}
